"""The workload `differential`: generated hosts looked at with and without turns, which must come to the same verdicts.

Every host is a function of its number: how it answers, which folders of recorders open or close, when it changes. The
same hosts are looked at by two ledgers. In one, rounds are five minutes apart, so default paths are asked in turns; in
the other they lie so far apart that every look asks for everything. Hosts that behave alike are looked at once: a plan
is a function of what is on file alone, and so are its verdicts.
"""

from __future__ import annotations

import asyncio
import random
import re
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from bench.figures import Figure
from bench.pages import nginx
from bench.places import Nature, Spot
from bench.serving import bound
from monitor.inventory.load import loads
from monitor.inventory.model.inventory import Inventory
from monitor.service.application import Application, Round
from monitor.store.thread import LedgerThread
from probes.api import Exposed
from probes.recognise.media.recorder_paths import default_paths
from probes.turns import IN_A_TURN, LONGEST

DEFAULTS = tuple(path.path for path in default_paths())
CYCLE = -(-len(DEFAULTS) // IN_A_TURN)
"""Looks after which every default path was asked for."""
CHANGES = 2
"""Hosts change in the rounds from 1 up to this one."""
ROUNDS = CHANGES + CYCLE + 1
_START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_ROOTS = ("site", "site", "site", "forbidden", "login", "open", "missing")


@dataclass(frozen=True, slots=True)
class Host:
    """How one host answers, round by round."""

    address: str
    root: str
    folders: dict[str, tuple[int, int]]
    """Folders of recordings, each with the first round in which it is open and the first in which it no longer is."""
    changes: int
    """The round from which on its banner is another one; 0: never."""
    catches: bool
    """Whether it answers whatever does not exist with its front page."""

    @property
    def kind(self) -> object:
        """What tells it from other hosts: how it answers, and in which turn a folder lies that opens, and when. Which
        of the paths of one turn it is makes no difference: they are asked for together."""
        lives = sorted((DEFAULTS.index(path) // IN_A_TURN, *life) for path, life in self.folders.items() if path != "/")
        return self.root, tuple(lives), self.changes, self.catches

    def open(self, path: str, round_: int) -> bool:
        """Whether a folder lists itself in a round."""
        first, last = self.folders.get(path, (1, 0))
        return first <= round_ < last

    def says(self, verb: bytes, path: str, round_: int) -> bytes:
        """The whole response to one request."""
        server = "nginx/1.26.1" if self.changes and round_ >= self.changes else "nginx/1.24.0"
        folder = path.rpartition("/")[0] + "/"
        if verb not in (b"GET", b"HEAD"):
            return _response(405, server, verb)
        if self.open(folder, round_):
            if path == folder:
                return _response(200, server, verb, nginx(folder, 3))
            if path.endswith(".wav") and "/call-" in path:
                return _response(200, server, verb, b"RIFF\x24\0\0\0WAVEfmt " + bytes(40), "audio/x-wav")
        if path == "/" and self.root != "missing":
            status = {"forbidden": 403, "login": 401}.get(self.root, 200)
            return _response(status, server, verb, _FRONT if status == 200 else b"")
        return _response(200, server, verb, _FRONT) if self.catches else _response(404, server, verb)


_FRONT = b"<html><head><title>Welcome</title></head><body><h1>Region Exempel</h1><p>Open 8-17.</p></body></html>\n"
_WORDS = {200: "OK", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed"}


def _response(status: int, server: str, verb: bytes, body: bytes = b"", type_: str = "text/html") -> bytes:
    words = _WORDS[status]
    body = body or f"<html><head><title>{status} {words}</title></head><body><h1>{words}</h1></body></html>".encode()
    challenge = 'WWW-Authenticate: Basic realm="r"\r\n' if status == 401 else ""
    head = (
        f"HTTP/1.1 {status} {words}\r\nServer: {server}\r\nContent-Type: {type_}\r\n{challenge}"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + (b"" if verb == b"HEAD" else body)


def hosts(count: int) -> tuple[Host, ...]:
    """The first `count` hosts, the same ones every time."""
    made = []
    for number in range(count):
        chance = random.Random(number)
        root = chance.choice(_ROOTS)
        folders = {"/": (0, ROUNDS)} if root == "open" else {}
        for path in chance.sample(DEFAULTS, chance.choice((0, 0, 1, 1, 2))):
            opens = chance.choice((0, 0, 1, CHANGES))
            closes = chance.choice((ROUNDS, ROUNDS, opens + 1)) if opens == 0 else ROUNDS
            folders[path] = (opens, closes)
        address = f"127.{60 + number // 62_500}.{number // 250 % 250}.{number % 250 + 1}"
        changes = chance.choice((0, 0, 1, CHANGES))
        made.append(Host(address, root, folders, changes, chance.random() < 0.15 and root == "site"))
    return tuple(made)


def unlike(made: Iterable[Host]) -> tuple[Host, ...]:
    """The first host of each kind."""
    kinds: dict[object, Host] = {}
    for host in made:
        kinds.setdefault(host.kind, host)
    return tuple(kinds.values())


class _Speaker(asyncio.Protocol):
    """Answers as the host of the address that was connected to."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._out = cast(asyncio.Transport, transport)
        self._host = self._network.hosts[transport.get_extra_info("sockname")[0]]

    def data_received(self, data: bytes) -> None:
        self._got += data
        if self._got[:1] == b"\x16":
            self._out.write(_response(404, "nginx", b"GET"))
            self._out.close()
            return
        while (end := self._got.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self._got[: end + 2])
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._got) < whole:
                return
            verb, path, _ = self._got[:end].split(b" ", 2)
            self._got = self._got[whole:]
            self._out.write(self._host.says(verb, path.decode("latin-1"), self._network.round))


@dataclass(slots=True)
class Network:
    """All hosts on one port, and the round that they are in."""

    hosts: dict[str, Host]
    port: int = 0
    round: int = 0


@asynccontextmanager
async def served(made: tuple[Host, ...]) -> AsyncIterator[Network]:
    """Serve them."""
    network = Network({host.address: host for host in made})
    network.port, sockets = bound(tuple(Spot(host.address, Nature.SITE) for host in made))
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(lambda: _Speaker(network), sock=one, backlog=64) for one in sockets]
    try:
        yield network
    finally:
        for server in servers:
            server.close()


def inventory(network: Network) -> Inventory:
    """An asset for each host."""
    head = (
        "leftopen: 1\norganisation: {id: bench, name: Bench, contact: bench@region.example}\n"
        "parties: [{id: region, name: Region Exempel, role: controller}]\n"
        "defaults: {interval: 5m, pace: 1000, concurrency: 8, recorder_paths: true, clear_looks: 2, clear_minutes: 0, "
        "survey: {automatic: false}, timeouts: {connect: 30, read: 60, ask: 90}, budget: {seconds: 300}}\nassets:\n"
    )
    rows = (f"  - {{id: h{n}, host: {one}, ports: [{network.port}], owner: region, data: recordings}}\n"
            for n, one in enumerate(network.hosts))  # fmt: skip
    return loads(head + "".join(rows), "bench.yaml")


_Seen = dict[tuple[str, str, str], tuple[str, str]]
"""By target, kind and place: which verdict, and why."""


@dataclass(slots=True)
class Plan:
    """What one way of looking came to."""

    rounds: list[_Seen] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)
    findings: dict[tuple[str, str], str] = field(default_factory=dict)
    """The state of each finding at the end, by asset and place."""


async def looked_at(network: Network, folder: Path, apart: timedelta) -> Plan:
    """All rounds over the hosts, so far apart."""
    now, plan, ledger = _START, Plan(), LedgerThread(folder / "leftopen.db")
    try:
        async with Application(inventory(network), ledger, lambda: now) as app:
            for number in range(ROUNDS):
                network.round = number
                done = await app.round()
                assert done.blind is None, done.blind
                plan.rounds.append(_seen(done))
                plan.requests.append(done.asks)
                now += apart
        found: tuple[Any, ...] = await ledger(lambda led: led.findings())
    finally:
        ledger.close()
    plan.findings = {(one.asset, str(one.place)): one.state.value for one in found}
    return plan


def _seen(done: Round) -> _Seen:
    return {
        (one.target, one.verdict.kind, str(one.verdict.place)): (type(one.verdict).__name__, one.verdict.why.value)
        for one in done.lines
    }


@dataclass(frozen=True, slots=True)
class Outcome:
    """Both plans side by side."""

    turns: Plan
    whole: Plan
    wrong: tuple[str, ...]
    """Where they differ in what must be the same; nothing, hopefully."""


def compared(made: tuple[Host, ...], turns: Plan, whole: Plan) -> tuple[str, ...]:
    """Every difference: another verdict, an exposure found later than a cycle, a changed host not asked for all."""
    wrong = []
    for number, (some, every) in enumerate(zip(turns.rounds, whole.rounds, strict=True)):
        wrong += [f"round {number}: {key} is {seen}, and {every.get(key)} without turns"
                  for key, seen in some.items() if every.get(key) != seen]  # fmt: skip
        for host in made:
            if host.changes == number > 0:
                left = {key for key in every if key[0].endswith(f"@{host.address}")} - some.keys()
                wrong += [f"round {number}: {key} was not asked for, and its host has changed" for key in left]
    for key, first in first_exposed(whole).items():
        root = (key[0], key[1], key[2].partition("/")[0] + "/")
        if key != root and whole.rounds[first].get(root, ("",))[0] == Exposed.__name__:
            continue  # a part of what is known to be open: it takes no turn, and is asked for within `LONGEST`
        found = first_exposed(turns).get(key)
        if found is None or not first <= found < first + CYCLE:
            wrong.append(f"{key} was open from round {first} on, and found in round {found}")
    for place in turns.findings.keys() | whole.findings.keys():
        ends, expected = turns.findings.get(place), whole.findings.get(place)
        if ends != expected:
            wrong.append(f"{place} ends as {ends}, and as {expected} without turns")
    return tuple(wrong)


def first_exposed(plan: Plan) -> dict[tuple[str, str, str], int]:
    """The round in which each place was first seen open."""
    found: dict[tuple[str, str, str], int] = {}
    for number, seen in enumerate(plan.rounds):
        for key, (verdict, _) in seen.items():
            if verdict == Exposed.__name__:
                found.setdefault(key, number)
    return found


async def run(made: tuple[Host, ...], folder: Path) -> Outcome:
    """Look at hosts in both ways."""
    async with served(made) as network:
        turns = await looked_at(network, folder / "turns", timedelta(minutes=5))
        whole = await looked_at(network, folder / "whole", LONGEST + timedelta(minutes=30))
    return Outcome(turns, whole, compared(made, turns, whole))


def measure(count: int = 1000) -> list[Figure]:
    """One run. Raises AssertionError when the two differ."""
    made = unlike(hosts(count))
    with tempfile.TemporaryDirectory() as name:
        outcome = asyncio.run(run(made, Path(name)))
    assert not outcome.wrong, outcome.wrong[:5]
    note = f"without turns; n = {count:,} hosts of {len(made)} kinds, {ROUNDS} rounds, the same verdicts"
    asked = [sum(plan.requests[1:]) / (len(made) * (ROUNDS - 1)) for plan in (outcome.turns, outcome.whole)]
    return [Figure("differential", "requests a host, later rounds", "", asked[0], asked[1], note)]
