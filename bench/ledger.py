"""The workload `ledger`: observations decided and recorded, each with all of its asks, and what they take on disk.

Of two kinds: whole looks (14 requests, 13 places) and looks of a quiet host in turns (5 requests, 4 places). The peer
inserts a row of JSON for each and commits as seldom as leftopen does.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

from bench.figures import Figure, middle
from monitor.cli.main import collect_rarely
from monitor.findings.observation import Observation, RequestLog
from monitor.inventory.load import loads
from monitor.inventory.model.inventory import Inventory
from monitor.rounds.log_scope import scope_of
from monitor.rounds.recorder import Recorder
from monitor.store.ledger import Ledger
from monitor.store.log.declaration import declare
from monitor.store.log.slots import Scope
from monitor.store.tables import rounds as store_rounds
from monitor.store.tables.rounds import RoundKind
from monitor.store.thread import LedgerThread
from probes.api import Clear, WebTarget
from probes.reasons import ClosedReason

_START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
WHOLE, QUIET = 13, 4
"""Places that a look sees."""
_BATCH = 256
"""Rows that the peer commits together."""
_BRACKET = 256
"""Looks between two controls of a round."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run; sizes in bytes of the file after everything is in it."""

    observations: int
    recorded: int
    ours: float
    peer: float
    cpu: float
    first: float
    """Bytes that an observation of the first round takes."""
    more: float
    """Bytes that each further one takes."""
    peer_size: float


def inventory(assets: int) -> Inventory:
    """So many hosts."""
    head = (
        "leftopen: 1\norganisation: {id: bench, name: Bench, contact: bench@region.example}\n"
        "parties: [{id: region, name: Region Exempel, role: controller}]\ndefaults: {interval: 15m}\nassets:\n"
    )
    rows = (f"  - {{id: a{n}, host: 127.0.0.1, ports: [{8000 + n}], owner: region}}\n" for n in range(assets))
    return loads(head + "".join(rows), "bench.yaml")


def observations(assets: int, round_: int, places: int) -> list[Observation]:
    """What a round over closed hosts sees: every path refused, the same from round to round but for the times."""
    at = _START + timedelta(minutes=15 * round_)
    paths = ("/", *(f"/recorder-{number}/" for number in range(places - 1)))
    made = []
    for number in range(assets):
        target = WebTarget(f"a{number}", "127.0.0.1", None, "127.0.0.1", 8000 + number, tls=False)
        asked = tuple(
            RequestLog("GET", path, "404 whole", 153, (number + round_) % 9) for path in (*paths, "/{canary}/")
        )
        verdicts = tuple(Clear(target.place(path), "listing", ClosedReason.NOT_FOUND) for path in paths)
        made.append(Observation(target.asset, "http-listing", target, at, at + timedelta(seconds=3), asked, verdicts))
    return made


async def _ours(
    folder: Path, assets: int, rounds: int, places: int, whole: int | None
) -> tuple[float, float, int, int, int]:
    """Seconds and CPU seconds of the rounds after the first, looks on file, and the sizes after the first and the last
    round: a ledger that watches the same for months is what counts."""
    declared = inventory(assets)
    seen = [observations(assets, number, places) for number in range(rounds)]
    if whole is not None:
        chance = Random(whole)
        for number, one in enumerate(seen):
            other = observations(assets, number, WHOLE)
            seen[number] = [other[n] if not chance.randrange(whole) else few for n, few in enumerate(one)]
    ledger = LedgerThread(folder / "ours.db")
    # As in a round: what all these observations are made of is the workload's own.
    collect_rarely()
    try:
        seconds = cpu = 0.0
        scope = scope_of(declared)
        for number, one in enumerate(seen):
            if number == 1:
                first = await ledger(_size)
            at = _START + timedelta(minutes=15 * number)
            recorder = Recorder(f"r{number}", RoundKind.ROUND, declared, ledger, lambda: at, None)  # noqa: B023
            await ledger(partial(_begin, recorder.id, at, declared, scope))
            for start in range(0, assets, _BRACKET):
                some = one[start : start + _BRACKET]
                begun, used = time.perf_counter(), time.process_time()
                await recorder.take(some)
                if number:
                    seconds, cpu = seconds + time.perf_counter() - begun, cpu + time.process_time() - used
                # The outcome of its slot, in the evidence log, is of an asset and not of a look.
                await recorder.looked([seen_.asset for seen_ in some], at, {})
        recorded = await ledger(lambda led: led.rows("SELECT sum(looks) AS n FROM all_days")[0]["n"])
        last = await ledger(_size)
    finally:
        ledger.close()
    return seconds, cpu, int(recorded), first, last


def _size(ledger: Ledger) -> int:
    return int(ledger.rows("SELECT page_count * page_size AS n FROM pragma_page_count, pragma_page_size")[0]["n"])


def _begin(round_: str, at: datetime, declared: Inventory, scope: Scope, ledger: Ledger) -> None:
    declare(ledger, scope, at)
    store_rounds.begin(ledger, round_, RoundKind.ROUND, at, "bench", declared.digest)


def _peer(folder: Path, assets: int, rounds: int, places: int) -> tuple[float, int]:
    """The same observations as a row of JSON each: what one would write in an afternoon."""
    file = folder / "peer.db"
    seen = [observations(assets, number, places) for number in range(rounds)]
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE observations (id INTEGER PRIMARY KEY, body TEXT)")
        begun = time.perf_counter()
        for round_ in seen:
            for start in range(0, assets, _BATCH):
                rows = [(_json(one),) for one in round_[start : start + _BATCH]]
                connection.executemany("INSERT INTO observations (body) VALUES (?)", rows)
                connection.commit()
        seconds = time.perf_counter() - begun
    connection.close()
    return seconds, file.stat().st_size


def _json(one: Observation) -> str:
    asked = [[a.method, a.said, a.outcome, a.wire, a.milliseconds] for a in one.asked]
    verdicts = [[str(verdict.place), verdict.kind, verdict.why.value] for verdict in one.verdicts]
    return json.dumps([one.asset, one.probe, str(one.target), one.started.isoformat(), asked, verdicts])


def run(assets: int, rounds: int, places: int = WHOLE, whole: int | None = None) -> Outcome:
    """Both, one after the other, on the same disk. By chance one of `whole` looks is a whole one, for ours alone."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seconds, cpu, recorded, first, last = asyncio.run(_ours(folder, assets, rounds, places, whole))
        peer_seconds, peer_size = _peer(folder, assets, rounds, places)
    count, later = assets * rounds, assets * (rounds - 1)
    return Outcome(
        observations=count,
        recorded=recorded,
        ours=later / seconds,
        peer=count / peer_seconds,
        cpu=cpu / later,
        first=first / assets,
        more=(last - first) / later,
        peer_size=peer_size / count,
    )


def measure(assets: int = 200, rounds: int = 48, runs: int = 3) -> list[Figure]:
    """Several runs. Raises AssertionError when an observation is missing."""
    figures = []
    for places, kind in ((WHOLE, "whole look"), (QUIET, "look in turns")):
        taken = [run(assets, rounds, places) for _ in range(runs)]
        assert all(one.recorded == one.observations for one in taken)
        of = f"{places + 1} asks, {places} places; n = {taken[0].observations:,}"
        peer = f"sqlite3: a row of JSON each, a commit for {_BATCH}; {of}"
        rate = (middle(taken, lambda o: o.ours), middle(taken, lambda o: o.peer))
        room = (middle(taken, lambda o: o.more), middle(taken, lambda o: o.peer_size))
        figures += [
            Figure("ledger", f"{kind}, unchanged", "a second", *rate, peer),
            Figure("ledger", f"{kind}, CPU", "µs", middle(taken, lambda o: o.cpu) * 1e6, None, of),
            Figure("ledger", f"{kind}, the first", "B", middle(taken, lambda o: o.first), None, of),
            Figure("ledger", f"{kind}, each further", "B", *room, of),
        ]
    return figures
