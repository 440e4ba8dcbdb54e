"""The workload `ledger`: observations decided and recorded, each with all of its asks, and what they take on disk."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from bench.figures import Figure, middle
from monitor.findings.observation import Observation, RequestLog
from monitor.inventory.load import loads
from monitor.inventory.model.inventory import Inventory
from monitor.rounds.recorder import Recorder
from monitor.store.ledger import Ledger
from monitor.store.tables import rounds as store_rounds
from monitor.store.tables.rounds import RoundKind
from monitor.store.thread import LedgerThread
from probes.api import Clear, WebTarget
from probes.reasons import ClosedReason

_START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
_PATHS = ("/", *(f"/recorder-{number}/" for number in range(12)))


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run; sizes in bytes of the file after everything is in it."""

    observations: int
    recorded: int
    ours: float
    peer: float
    size: int
    peer_size: int


def inventory(assets: int) -> Inventory:
    """So many hosts."""
    head = (
        "leftopen: 1\norganisation: {id: bench, name: Bench, contact: bench@region.example}\n"
        "parties: [{id: region, name: Region Exempel, role: controller}]\nassets:\n"
    )
    rows = (f"  - {{id: a{n}, host: 127.0.0.1, ports: [{8000 + n}], owner: region}}\n" for n in range(assets))
    return loads(head + "".join(rows), "bench.yaml")


def observations(assets: int, round_: int) -> list[Observation]:
    """What a round over closed hosts sees: every path refused, the same from round to round but for the times."""
    at = _START + timedelta(minutes=15 * round_)
    made = []
    for number in range(assets):
        target = WebTarget(f"a{number}", "127.0.0.1", None, "127.0.0.1", 8000 + number, tls=False)
        asked = tuple(
            RequestLog("GET", path, "404 whole", 153, (number + round_) % 9) for path in (*_PATHS, "/{canary}/")
        )
        verdicts = tuple(Clear(target.place(path), "listing", ClosedReason.NOT_FOUND) for path in _PATHS)
        made.append(Observation(target.asset, "http-listing", target, at, at + timedelta(seconds=3), asked, verdicts))
    return made


async def _ours(folder: Path, assets: int, rounds: int) -> tuple[float, int, int]:
    declared = inventory(assets)
    seen = [observations(assets, number) for number in range(rounds)]
    ledger = LedgerThread(folder / "ours.db")
    try:
        begun = time.perf_counter()
        for number, one in enumerate(seen):
            at = _START + timedelta(minutes=15 * number)
            recorder = Recorder(f"r{number}", RoundKind.ROUND, declared, ledger, lambda: _START, None)
            await ledger(partial(_begin, recorder.id, at))
            await recorder.take(one)
        seconds = time.perf_counter() - begun
        recorded = await ledger(lambda led: led.rows("SELECT sum(looks) AS n FROM all_days")[0]["n"])
    finally:
        ledger.close()
    return seconds, int(recorded), (folder / "ours.db").stat().st_size


def _begin(round_: str, at: datetime, ledger: Ledger) -> None:
    store_rounds.begin(ledger, round_, RoundKind.ROUND, at, "bench", "")


def _peer(folder: Path, assets: int, rounds: int) -> tuple[float, int]:
    """The same observations as a row of JSON each, one commit a row: what one would write in an afternoon."""
    file = folder / "peer.db"
    bodies = [[_json(one) for one in observations(assets, number)] for number in range(rounds)]
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE observations (id INTEGER PRIMARY KEY, body TEXT)")
        begun = time.perf_counter()
        for round_ in bodies:
            for body in round_:
                connection.execute("INSERT INTO observations (body) VALUES (?)", (body,))
                connection.commit()
        seconds = time.perf_counter() - begun
    connection.close()
    return seconds, file.stat().st_size


def _json(one: Observation) -> str:
    asked = [[a.method, a.said, a.outcome, a.wire, a.milliseconds] for a in one.asked]
    verdicts = [[str(verdict.place), verdict.kind, verdict.why.value] for verdict in one.verdicts]
    return json.dumps([one.asset, one.probe, str(one.target), one.started.isoformat(), asked, verdicts])


def run(assets: int, rounds: int) -> Outcome:
    """Both, one after the other, on the same disk."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seconds, recorded, size = asyncio.run(_ours(folder, assets, rounds))
        peer_seconds, peer_size = _peer(folder, assets, rounds)
    return Outcome(assets * rounds, recorded, seconds, peer_seconds, size, peer_size)


def measure(assets: int = 200, rounds: int = 48, runs: int = 3) -> list[Figure]:
    """Several runs. Raises AssertionError when an observation is missing."""
    taken = [run(assets, rounds) for _ in range(runs)]
    assert all(one.recorded == one.observations for one in taken)
    count = taken[0].observations

    def rate(seconds: Callable[[Outcome], float]) -> float:
        return count / middle(taken, seconds)

    peer = "sqlite3: a row of JSON and a commit for each"
    return [
        Figure("ledger", f"{count:,} observations", "a second", rate(lambda o: o.ours), rate(lambda o: o.peer), peer),
        Figure(
            "ledger",
            "an observation on disk",
            "B",
            taken[0].size / count,
            taken[0].peer_size / count,
            "14 asks, 13 places",
        ),
    ]
