"""The workload `looks`: what a look costs in a process that goes on, without the start of the program.

The places of `rounds` that answer are looked at again and again by one process, as `watch` does, the ledger included;
so is a network of which one place of twenty is open, and the others have the same few pages of refusal.
Beside it stands the floor: a bare asyncio protocol sends as many requests to the same endpoints, over one connection
to each, and reads as many answers. It judges, records and paces nothing: what is above it is ours.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

import uvloop

from bench.child import complaint, spend
from bench.figures import Figure, middle
from bench.places import Spot
from bench.rounds import Setting, inventory, misjudged, network
from monitor.api.verdict import verdict_json
from monitor.cli.main import collect_rarely
from monitor.inventory.load import loads
from monitor.service.application import Application
from monitor.store.thread import LedgerThread

PLACES = Setting(places=300)
MOSTLY_CLOSED = Setting(places=1000, mostly_closed=True, holes=0)
"""Many hosts, most of them closed, with the same few error pages."""
ROUNDS = 10
LEARNING = 5
"""After so many rounds every default path had its turn once: from then on a look only repeats what is on file."""
AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Cost:
    """What one round cost: requests, and processor seconds of the whole process."""

    asks: int
    cpu: float


def answering(setting: Setting) -> tuple[Spot, ...]:
    """Those of the places that are no black hole."""
    return tuple(spot for spot in setting.spots if not spot.nature.hole)


async def looked(setting: Setting, port: int, folder: Path, rounds: int = ROUNDS) -> list[Cost]:
    """Rounds over the places that answer, one after the other. Raises AssertionError when one was misjudged."""
    at, costs = answering(setting), list[Cost]()
    ledger = LedgerThread(folder / "leftopen.db")
    try:
        async with Application(loads(inventory(setting, port, at), "bench.yaml"), ledger) as app:
            for _ in range(rounds):
                begun = time.process_time()
                done = await app.round()
                costs.append(Cost(done.asks, time.process_time() - begun))
                wrong = misjudged(at, [verdict_json(line) for line in done.lines])
                assert done.blind is None, done.blind
                assert not wrong, wrong[:5]
    finally:
        ledger.close()
    return costs


class _Asker(asyncio.Protocol):
    """Sends a request, reads its answer by its length, and so on to the last."""

    def __init__(self, said: bytes, times: int, over: asyncio.Future[None]) -> None:
        self._said, self._left, self._over = said, times, over
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._out = cast(asyncio.Transport, transport)
        self._out.write(self._said)

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, found, body = self._got.partition(b"\r\n\r\n")
        if not found or len(body) < int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0]):
            return
        self._got, self._left = b"", self._left - 1
        if self._left:
            self._out.write(self._said)
        else:
            self._out.close()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._over.done():
            self._over.set_result(None)


async def floor(setting: Setting, port: int, asks: Sequence[int]) -> list[Cost]:
    """For each number of requests what they cost the protocol alone, spread over the endpoints."""
    at, costs, loop = answering(setting), list[Cost](), asyncio.get_running_loop()
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(address: str, times: int) -> None:
        said = f"GET /unknown/ HTTP/1.1\r\nHost: {address}:{port}\r\nAccept: */*\r\n\r\n".encode()
        async with gate:
            over = loop.create_future()
            await loop.create_connection(lambda: _Asker(said, times, over), address, port)
            await over

    for wanted in asks:
        begun = time.process_time()
        each, more = divmod(wanted, 2 * len(at))
        await asyncio.gather(
            *(one(spot.address, each + (number < more)) for number, spot in enumerate(2 * at) if each or number < more)
        )
        costs.append(Cost(wanted, time.process_time() - begun))
    return costs


def _child(*words: object) -> list[Cost]:
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "out"
        spent = spend([sys.executable, "-m", "bench.looks", *map(str, words), name], out)
        if spent.code:
            raise RuntimeError(complaint(out))
        return [Cost(**one) for one in json.loads(out.read_text())]


def measure(setting: Setting, runs: int) -> list[Figure]:
    """Several runs of it and of the floor, by turns."""
    taken, told = [], json.dumps(asdict(setting))
    with network(setting) as port:
        for _ in range(runs):
            ours = _child("looks", told, port, ROUNDS)
            taken.append((ours, _child("floor", told, port, *(cost.asks for cost in ours))))
    endpoints, made = 2 * len(answering(setting)), []
    name = "looks: 5 % open" if setting.mostly_closed else "looks"
    note = f"a bare protocol, as many requests; n = {endpoints:,} endpoints"
    for what, some in (("round 1", slice(0, 1)), ("steady state", slice(LEARNING, None))):
        cpu = [middle(taken, lambda pair: middle(pair[n][some], lambda cost: cost.cpu)) for n in (0, 1)]  # noqa: B023
        least = min(cost.cpu for ours, _ in taken for cost in ours[some])
        asks = middle(taken[0][0][some], lambda cost: cost.asks)
        made += [
            Figure(name, f"{what}: requests an endpoint", "", asks / endpoints),
            Figure(name, f"{what}: CPU an endpoint", "ms", cpu[0] / endpoints * 1e3, cpu[1] / endpoints * 1e3, note),
            Figure(name, f"{what}: CPU an endpoint, lowest", "ms", least / endpoints * 1e3),
            Figure(name, f"{what}: CPU a request", "ms", cpu[0] / asks * 1e3, cpu[1] / asks * 1e3, note),
        ]
    return made


if __name__ == "__main__":
    kind, setting_, *numbers, place = sys.argv[1:]
    told = Setting(**json.loads(setting_))
    port_, *rest = map(int, numbers)
    if kind == "looks":
        collect_rarely()
        found = uvloop.run(looked(told, port_, Path(place), *rest))
    else:
        found = uvloop.run(floor(told, port_, rest))
    print(json.dumps([asdict(cost) for cost in found]))
