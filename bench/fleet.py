"""The workload `fleet`: 10,000 assets with as many open findings, and what commands and an idle service cost there."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bench.child import complaint, spend
from bench.figures import Figure, middle
from monitor.findings.decide import Look, Policy, open_finding
from monitor.inventory.load import load
from monitor.rounds.vantage import Vantage
from monitor.service.application import Application
from monitor.store.ledger import Ledger
from monitor.store.rows import stamp
from monitor.store.tables import rounds as store_rounds
from monitor.store.tables.rounds import RoundKind
from monitor.store.thread import LedgerThread
from probes.api import Certainty, Exposed, Place
from probes.reasons import OpenReason

IDLE = 100.0
"""Seconds for which an idle service is watched."""
CALM = 10
"""Seconds in a row in which a service took less than a tenth of a core each, after which it has started."""
_COMMANDS = (("check", 0), ("findings", 1), ("status", None), ("health", None))
"""With the code that each ends with; None: what it says of a ledger like this one is no part of the measurement."""


MANY = 140_000
"""Assets of a national team, declared in files of 10,000."""
_A_FILE = 10_000


def inventory(assets: int) -> str:
    """So many hosts, looked at once a month: with a day, the turn of one comes every nine seconds."""
    return _HEAD + _rows(0, assets)


_HEAD = (
    "leftopen: 1\norganisation: {id: bench, name: Bench, contact: bench@region.example}\n"
    "parties: [{id: region, name: Region Exempel, role: controller}]\n"
    "defaults: {interval: 30d, survey: {automatic: false}}\nassets:\n"
)


def _rows(first: int, end: int) -> str:
    return "".join(f"  - {{id: a{n}, host: {_address(n)}, ports: [9], owner: region}}\n" for n in range(first, end))


def spread(folder: Path, assets: int) -> Path:
    """The same inventory in files of 10,000 assets; returns the file that includes them."""
    begins = range(0, assets, _A_FILE)
    for first in begins:
        (folder / f"{first}.yaml").write_text("assets:\n" + _rows(first, min(assets, first + _A_FILE)))
    path = folder / "inventory.yaml"
    head, names = _HEAD.removesuffix("assets:\n"), ", ".join(f"{first}.yaml" for first in begins)
    path.write_text(f"{head}include: [{names}]\n")
    return path


def _address(n: int) -> str:
    return f"127.{70 + n // 62_500}.{n // 250 % 250}.{n % 250 + 1}"


def fill(assets: int, now: datetime, ledger: Ledger) -> None:
    """A finding for each asset, and that each was just looked at."""
    store_rounds.begin(ledger, "r", RoundKind.ROUND, now, "bench", "")
    for first in range(0, assets, 500):
        with ledger.step():
            for n in range(first, min(assets, first + 500)):
                place = Place(_address(n), 9, "/")
                verdict = Exposed(place, "listing", OpenReason.LISTED_AND_READABLE, Certainty.PROVEN)
                look = Look(f"a{n}", "http-listing", f"http://{place.host}:9@{place.host}", now)
                decision = open_finding(verdict, look, Policy("bench", "unknown"), None)
                assert decision.change is not None
                ledger.save(replace(decision.finding, asset=f"a{n}"), decision.change, "r", now)
                ledger.execute("INSERT INTO looks (asset, at) VALUES (?, ?)", f"a{n}", stamp(now))
    store_rounds.end(ledger, "r", now)


async def _fixed(declared: Path, database: Path, now: datetime) -> tuple[float, float]:
    """Processor seconds of a round over one asset that answers nobody, and of looking up what is due."""
    ledger = LedgerThread(database)
    try:
        async with Application(load(declared), ledger, lambda: now) as app:
            await app.due()
            for asset in ("a0", "a1"):
                begun = time.process_time()
                await app.round([asset])
                spent = time.process_time() - begun
            # The last round has written: what is new is read, and one asset is placed anew.
            begun = time.process_time()
            await app.due()
            return spent, time.process_time() - begun
    finally:
        ledger.close()


def _many(assets: int) -> tuple[int, float, int]:
    """Processor seconds and bytes that a program takes which loads so many assets and ends."""
    with tempfile.TemporaryDirectory() as name:
        declared = spread(Path(name), assets)
        code = "import sys; from monitor.inventory.load import load; print(len(load(sys.argv[1]).assets))"
        out = Path(name) / "out.txt"
        spent = spend([sys.executable, "-c", code, declared], out)
        if out.read_text().strip() != str(assets):
            raise RuntimeError(f"{assets} assets were not loaded: {complaint(out)}")
    return assets, spent.cpu, spent.peak


def _idle(folder: Path) -> float:
    """The share of a core that `watch` takes with nothing due, once it has started."""
    words = [sys.executable, "-m", "monitor", "watch", "inventory.yaml", "--database", "leftopen.db"]
    with (folder / "watch.log").open("wb") as log:
        service = subprocess.Popen(words, cwd=folder, stdout=log, stderr=log)
        try:
            # What starting costs is over when some seconds took little: on a busy machine one or two always do.
            before, calm, ends = _cpu(service.pid), 0, time.monotonic() + 300
            while calm < CALM and time.monotonic() < ends:
                time.sleep(1)
                used, before = _cpu(service.pid) - before, _cpu(service.pid)
                calm = calm + 1 if used < 0.1 and before > 0.5 else 0
            begun, since = _cpu(service.pid), time.monotonic()
            time.sleep(IDLE)
            share = (_cpu(service.pid) - begun) / (time.monotonic() - since)
            if service.poll() is not None:
                raise RuntimeError(f"watch ended: {(folder / 'watch.log').read_text()[-500:]}")
            return share
        finally:
            service.terminate()
            service.wait(60)


def _cpu(pid: int) -> float:
    """Processor seconds that a process has used."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / 100


def measure(assets: int, runs: int) -> list[Figure]:
    """Commands as programs of their own, from their start to their end; and what a service does within."""
    of, figures = f"n = {assets:,} assets, {assets:,} findings", []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        declared, database, now = folder / "inventory.yaml", folder / "leftopen.db", datetime.now(UTC)
        declared.write_text(inventory(assets))
        ledger = Ledger(database)
        fill(assets, now, ledger)
        ledger.close()
        for command, code in _COMMANDS:
            words: list[str | Path] = [sys.executable, "-m", "monitor", command]
            words += [] if command == "findings" else [declared]
            words += [] if command == "check" else ["--database", database]
            out = folder / f"{command}.txt"
            taken = [spend(words, out) for _ in range(runs)]
            if code is not None and taken[0].code != code:
                raise RuntimeError(f"{command} ended with {taken[0].code}: {complaint(out)}")
            for what, value in (("CPU", lambda one: one.cpu), ("wall", lambda one: one.wall)):
                figures.append(Figure("fleet", f"`{command}`, {what}", "s", middle(taken, value), None, of))
        idle = _idle(folder)
        inside, due = asyncio.run(_fixed(declared, database, now))
        begun = time.process_time()
        vantage = Vantage(load(declared), partial(datetime.now, UTC), {})
        loaded = time.process_time() - begun
        vantage.scope()
        begun = time.process_time()
        vantage.scope()
        scope = time.process_time() - begun
    many, took, held = _many(MANY if assets > _A_FILE // 2 else assets)
    figures += [
        Figure("fleet", "loading included files, CPU", "s", took, None, f"n = {many:,} assets; with the start"),
        Figure("fleet", "loading included files, memory", "MB", held / 1e6, None, f"n = {many:,} assets; at its peak"),
    ]
    return [
        *figures,
        Figure("fleet", "idle `watch`", "% of a core", idle * 100, None, f"{of}; {IDLE:.0f} s"),
        Figure("fleet", "loading the inventory, CPU", "s", loaded, None, of),
        Figure("fleet", "a round over one asset, CPU", "s", inside, None, f"{of}; with its controls"),
        Figure("fleet", "what is due, CPU", "ms", due * 1e3, None, of),
        Figure("fleet", "the scope of a round, CPU", "ms", scope * 1e3, None, of),
    ]
