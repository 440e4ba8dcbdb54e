"""The workload `latency`: how long it takes from the moment that a folder opens until a webhook has been told of it.

A `watch` of its own looks at places on loopback, each at an address of its own, at the declared interval. When it has
seen all of them once, some begin to list recordings, one after the other, spread over three intervals. How long each
then waits for its turn is spread evenly from nothing to the interval: by chance, the median of twenty would be six
seconds from that of all. The webhook is a server here, and the time is taken when the whole message has arrived.
"""

from __future__ import annotations

import asyncio
import os
import re
import resource
import sqlite3
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median

from bench.figures import Figure
from bench.places import Nature, Spot
from bench.serving import Speaker, answers, bound
from monitor.rounds.due.plan import EPOCH, phase, turn

_ASSET = re.compile(rb"\bh\d{5}\b")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_ROWS = 20
_START, _AFTER = 1800.0, 60.0
"""Seconds that the first look at all may take, and that are waited beyond the interval for the last message."""
MEDIAN_SLACK, WORST_SLACK = 5.0, 10.0
"""Seconds that the median may be above half the interval, and the worst above the interval."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How many places there are, how often each is looked at, how many never answer, and how many open."""

    places: int = 200
    interval: int = 60
    mute: int = 0
    open: int = 20


USUAL = (Setting(), Setting(mute=10))
FULL = (*USUAL, Setting(10_000, 300, 10))
SMALL = (Setting(20, 3, 2, 4),)


@dataclass(slots=True)
class _Town:
    """When each place opened, and when the webhook was told of it, by the clock of the loop."""

    opened: dict[str, float] = field(default_factory=dict)
    told: dict[str, float] = field(default_factory=dict)
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a message has come."""


def _names(setting: Setting) -> dict[str, Spot]:
    """The places by the id of their asset; those that never answer are spread among the others."""
    every = setting.places // setting.mute if setting.mute else 0
    return {
        f"h{n:05d}": Spot(
            f"127.{90 + n // 62_500}.{n // 250 % 250}.{n % 250 + 1}",
            Nature.MUTE if every and n % every == every - 1 else Nature.SITE,
        )
        for n in range(setting.places)
    }


@asynccontextmanager
async def _served(town: _Town, names: dict[str, Spot]) -> AsyncIterator[int]:
    """The places, on one port."""
    says, loop = answers(_ROWS), asyncio.get_running_loop()

    def answer(asset: str, verb: bytes, path: bytes) -> bytes:
        return says[Nature.OPEN if asset in town.opened else Nature.SITE](verb, path)

    port, sockets = bound(tuple(names.values()))
    async with AsyncExitStack() as stack:
        for (asset, spot), listening in zip(names.items(), sockets, strict=True):
            speaks = partial(Speaker, None if spot.nature is Nature.MUTE else partial(answer, asset))
            stack.callback((await loop.create_server(speaks, sock=listening, backlog=64)).close)
        yield port


@asynccontextmanager
async def _webhook(town: _Town) -> AsyncIterator[int]:
    """Whoever is told: notes when it first hears of each asset, and says that it took it."""

    async def heard(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            head = await reader.readuntil(b"\r\n\r\n")
            length = _LENGTH.search(head)
            body = await reader.readexactly(int(length[1]) if length else 0)
            for asset in _ASSET.findall(body):
                town.told.setdefault(asset.decode(), asyncio.get_running_loop().time())
            town.heard.set()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(heard, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def _inventory(setting: Setting, names: dict[str, Spot], port: int) -> str:
    """An asset for each place, and one channel."""
    head = (
        "leftopen: 1\norganisation: {id: bench, name: Bench, contact: bench@region.example}\n"
        "parties: [{id: region, name: Region Exempel, role: controller}]\n"
        "channels: [{id: oncall, party: region, url: 'env:HOOK'}]\n"
        f"defaults: {{interval: {setting.interval}s, confirm_recipients: false, survey: {{automatic: false}}}}\n"
        "assets:\n"
    )
    return head + "".join(
        f"  - {{id: {asset}, host: {spot.address}, ports: [{port}], owner: region, data: recordings}}\n"
        for asset, spot in names.items()
    )


@asynccontextmanager
async def _watching(folder: Path, hook: int) -> AsyncIterator[asyncio.subprocess.Process]:
    words = [sys.executable, "-m", "monitor", "watch", "inventory.yaml", "--database", "leftopen.db"]
    environ = {**os.environ, "HOOK": f"leftopen://a-secret-of-the-bench@127.0.0.1:{hook}/hook"}
    with (folder / "watch.log").open("wb") as log:
        service = await asyncio.create_subprocess_exec(*words, cwd=folder, env=environ, stdout=log, stderr=log)
    try:
        yield service
    finally:
        if service.returncode is None:
            service.terminate()
        await asyncio.wait_for(service.wait(), 60)


def _looked(database: Path) -> int:
    with suppress(sqlite3.OperationalError), sqlite3.connect(f"file:{database}?mode=ro", uri=True) as ledger:
        return int(ledger.execute("SELECT count(*) FROM looks").fetchone()[0])
    return 0


async def _told(setting: Setting, folder: Path) -> tuple[list[float], int]:
    """Seconds from each opening to its message, in the order of the openings; and the bytes that `watch` held at its
    peak."""
    town, names, clock = _Town(), _names(setting), asyncio.get_running_loop().time
    async with _webhook(town) as hook, _served(town, names) as port:
        (folder / "inventory.yaml").write_text(_inventory(setting, names, port))
        async with _watching(folder, hook) as service:
            ends = clock() + _START
            while await asyncio.to_thread(_looked, folder / "leftopen.db") < setting.places:
                if clock() > ends or service.returncode is not None:
                    raise RuntimeError(f"watch did not look at all: {_log(folder)}")
                await asyncio.sleep(1)
            speaking = [asset for asset, spot in names.items() if spot.nature is Nature.SITE]
            for at, asset in _openings(setting, speaking, datetime.now(UTC)):
                await asyncio.sleep((at - datetime.now(UTC)).total_seconds())
                town.opened[asset] = clock()
            with suppress(TimeoutError):
                async with asyncio.timeout(setting.interval + _AFTER):
                    while len(town.told) < len(town.opened):
                        await town.heard.wait()
                        town.heard.clear()
            if service.returncode is not None:
                raise RuntimeError(f"watch ended: {_log(folder)}")
            peak = _peak(service.pid)
    untold = town.opened.keys() - town.told.keys()
    assert not untold, f"nobody was told of {sorted(untold)}"
    assert town.told.keys() <= town.opened.keys(), f"told of {town.told.keys() - town.opened.keys()}, which are closed"
    return [town.told[asset] - at for asset, at in town.opened.items()], peak


def _openings(setting: Setting, speaking: Sequence[str], now: datetime) -> list[tuple[datetime, str]]:
    """Which places open when, in the order of time."""
    interval, found = timedelta(seconds=setting.interval), []
    for n in range(setting.open):
        asset, begun = speaking[n * 7919 % len(speaking)], now + 2 * interval * n / setting.open
        waits = interval * ((n * 7 % setting.open) + 0.5) / setting.open
        number = turn(asset, interval, begun + waits) + 1
        found.append((EPOCH + number * interval + phase(asset, interval) - waits, asset))
    return sorted(found)


def _peak(pid: int) -> int:
    """The most bytes that a process has held."""
    found = re.search(r"VmHWM:\s*(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) * 1024 if found else 0


def _log(folder: Path) -> str:
    return (folder / "watch.log").read_text(errors="replace")[-500:]


def measure(settings: tuple[Setting, ...]) -> list[Figure]:
    """One run of each. Raises AssertionError when an opening was not told, or what is closed was."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    figures = []
    for setting in settings:
        with tempfile.TemporaryDirectory() as name:
            taken, peak = asyncio.run(_told(setting, Path(name)))
        of = f"n = {setting.open} of {setting.places:,} places, every {setting.interval} s, {setting.mute} never answer"
        for what, value, most_seconds in (
            ("median", median(taken), setting.interval / 2 + MEDIAN_SLACK),
            ("worst", max(taken), setting.interval + WORST_SLACK),
        ):
            kept = "keeps" if value <= most_seconds else "DOES NOT KEEP"
            note = f"{of}; {kept} the bound of {most_seconds:g} s"
            figures.append(Figure("latency", f"from opening to webhook, {what}", "s", value, None, note))
        figures.append(Figure("latency", "`watch`, memory at its peak", "MB", peak / 1e6, None, of))
    return figures
