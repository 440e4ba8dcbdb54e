"""Looks are deleted at their age; what they came to stays, and the figures of a month are the same afterwards."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from monitor.alerts.delivery.process import OwnProcess
from monitor.alerts.queue.outbox import Outbox
from monitor.findings.observation import RequestLog
from monitor.health.examine import examine
from monitor.service.application import Application
from monitor.service.watch import Watch
from monitor.store import queries
from monitor.store.ledger import Ledger
from monitor.store.retention import AT_A_TIME, Forgotten, forget, overdue, size
from monitor.store.statistics import Month, month_of, statistics
from monitor.store.tables import rounds as store_rounds
from monitor.store.thread import LedgerThread
from probes.api import Place
from tests.monitor.findings.builders import NOON, closed
from tests.monitor.network.rounds import application, inventory
from tests.monitor.store.builders import looked
from tests.servers.faulty import faulty

DAY = timedelta(days=1)
KEPT = ("findings", "changes", "evidence", "places", "rounds", "dues", "deliveries", "deeds", "witnesses", "looks")


async def lived(path: Path, days: int) -> datetime:
    """A ledger of a round a day, on a disk that is open; the time of the last."""
    at = datetime.now(UTC) - days * DAY
    async with faulty("twin-apache") as server:
        nas = {
            "id": "nas",
            "host": "nas.test",
            "addresses": [server.host],
            "ports": [server.port],
            "data": "recordings",
        }
        channels = [{"id": "oncall", "party": "vendor", "url": "env:NOBODY"}]
        async with application(inventory(nas, channels=channels), path, lambda: at) as app:
            for number in range(days):
                done = await app.round()
                await app.ledger(partial(_differs, done.id, at, number))
                at += DAY
    return at


def _differs(round_: str, at: datetime, number: int, ledger: Ledger) -> None:
    """A look that saw something else each time: what is seen unchanged has no row of its own."""
    asked = (RequestLog("GET", f"/{number}", "404 whole", 1, 1),)
    verdicts = (closed(place=Place("nas.test", 443, f"/{number}")),)
    seen = replace(looked(), probe="http-media", started=at, ended=at, asked=asked, verdicts=verdicts)
    with ledger.step():
        ledger.record(round_, seen)


def rows(path: Path, table: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(path) as db:
        return list(db.execute(f"SELECT * FROM {table}"))  # noqa: S608  its own tables


def months(ledger: Ledger, now: datetime) -> list[Month]:
    found = [month_of(f"{at:%Y-%m}") for at in (now, now - 31 * DAY)]
    return [statistics(ledger, start, end) for start, end in found]


async def test_only_looks_and_what_they_asked_are_deleted_and_no_figure_changes(tmp_path: Path) -> None:
    path = tmp_path / "leftopen.db"
    now = await lived(path, 6)
    before = {table: rows(path, table) for table in KEPT}
    looks = len(rows(path, "observations"))
    ledger = Ledger(path)
    try:
        figures = [asdict(month) for month in months(ledger, now)]
        assert overdue(ledger, now - 2 * DAY)
        gone = 0
        step = Forgotten(0, 0)
        while step.reached is not None:
            step = forget(ledger, now - 2 * DAY, step.reached, most=1)
            gone += step.deleted
        assert forget(ledger, now - 2 * DAY).deleted == 0
        assert not overdue(ledger, now - 2 * DAY)
        assert [asdict(month) for month in months(ledger, now)] == figures
        (finding,) = ledger.findings()
        assert queries.evidence(ledger, finding.id)
        assert len(queries.asked(ledger, "nas")) >= 2, "what is kept can be read"
        assert ledger.rows("PRAGMA foreign_key_check") == []
        assert ledger.rows("PRAGMA foreign_keys")[0][0] == 1
        held = size(ledger)
    finally:
        ledger.close()
    assert {table: rows(path, table) for table in KEPT} == before
    # Three or four days of looks, but for those that evidence rests on and what is seen now.
    left = rows(path, "observations")
    assert len(left) == looks - gone == held.observations
    assert 0 < gone < looks
    days = {row[2] for table in ("all_days", "days") for row in rows(path, table)}
    assert {row[0] for row in rows(path, "records")} == {id_ for row in left for id_ in (row[10], row[11])} | days


def test_an_empty_ledger_has_nothing_to_forget(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "leftopen.db")
    try:
        assert forget(ledger, datetime.now(UTC)) == Forgotten(0, None)
        held = size(ledger)
        assert (held.observations, held.oldest) == (0, None)
        assert held.bytes > 0
    finally:
        ledger.close()


async def test_the_service_deletes_by_itself_and_health_says_how_large_the_ledger_is(tmp_path: Path) -> None:
    path = tmp_path / "leftopen.db"
    now = await lived(path, 5)
    looks = len(rows(path, "observations"))
    nas = {"id": "nas", "host": "127.0.0.1", "ports": [9], "interval": "1h"}
    declared = inventory(nas, defaults={"keep_looks": "1d"})
    file = tmp_path / "inventory.yaml"
    file.write_text("unchanged")
    ledger = LedgerThread(path)
    try:
        health = await ledger(lambda led: examine(led, declared, now))
        assert any("were not deleted" in fault for fault in health.faults)
        assert health.numbers["looks"] == looks
        assert health.numbers["ledger_bytes"] >= path.stat().st_size
        async with Application(declared, ledger) as app:
            stop = asyncio.Event()
            outbox = Outbox(ledger, declared, app.now, OwnProcess(), environ={})
            running = asyncio.create_task(Watch(app, outbox, file, stop).run())
            for _ in range(800):
                await asyncio.sleep(0.1)
                if not await ledger(lambda led: overdue(led, now - DAY)):
                    break
            stop.set()
            await asyncio.wait_for(running, 30)
        health = await ledger(lambda led: examine(led, declared, now))
    finally:
        ledger.close()
    assert not any("were not deleted" in fault for fault in health.faults)
    assert any("the ledger takes" in note for note in health.notes)
    assert len(rows(path, "evidence")) == 1


def test_a_step_of_deletion_is_small_and_reads_no_whole_table(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "leftopen.db")
    old, said = NOON - 900 * DAY, list[str]()
    try:
        store_rounds.begin(ledger, "r1", store_rounds.RoundKind.ROUND, old, "v", "i")
        for n in range(0, 3000, 500):
            with ledger.step():
                for number in range(n, n + 500):
                    at = old + timedelta(minutes=number)
                    asked = (RequestLog("GET", f"/{number}", "200", 1, 1),)
                    ledger.record("r1", replace(looked(), started=at, ended=at, asked=asked))
        connection = ledger._connection  # what is run is looked at where it is run
        connection.set_trace_callback(said.append)
        step = forget(ledger, NOON - 30 * DAY)
        connection.set_trace_callback(None)
        assert step == Forgotten(AT_A_TIME, AT_A_TIME)
        plans = []
        ledger.rows("PRAGMA foreign_keys = OFF")
        for statement in {one for one in said if one.lstrip().startswith(("SELECT", "DELETE"))}:
            plans += [row["detail"] for row in ledger.rows(f"EXPLAIN QUERY PLAN {statement}")]
        assert plans
        assert [one for one in plans if one.startswith("SCAN")] == []
        ledger.rows("PRAGMA foreign_keys = ON")
        while step.reached is not None:
            step = forget(ledger, NOON - 30 * DAY, step.reached)
        assert size(ledger).observations == 1, "what is seen now"
        # What was seen is one thing, and the days say it still.
        assert len(ledger.rows("SELECT * FROM records")) == 2
    finally:
        ledger.close()
