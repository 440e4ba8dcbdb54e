"""Access logs against a casework system over real sockets: as in the incident, after the fix, and near misses."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from monitor.cli.text.findings import show_finding
from monitor.findings.finding import Severity, State
from monitor.service.application import Application, Round
from monitor.store import queries
from monitor.store.thread import LedgerThread
from probes.api import Clear, Exposed, Unknown, Verdict
from probes.logs.kinds import FORM, SESSION, TRUTH
from probes.reasons import UndecidedReason
from tests.monitor.network.rounds import inventory
from tests.servers import casework as system_of
from tests.servers.casework import Casework, Entry, casework

SECRETS = {
    "CLERK": system_of.CLERK,
    "RECORD_A": system_of.RECORD_A,
    "RECORD_B": system_of.RECORD_B,
    "KEY": system_of.KEY,
    "EXPORT_KEY": system_of.EXPORT_KEY,
}
SESSION_STEPS: list[dict[str, Any]] = [
    {"id": "start", "by": "clerk", "get": "/start"},
    {"id": "search", "by": "clerk", "get": "/search", "activity": "Sök"},
    {"id": "open-a", "by": "clerk", "get": "/record/a", "activity": "Läsa", "object": "a"},
    {"id": "print-a", "by": "clerk", "get": "/record/a/print", "activity": "Utskrift", "object": "a"},
    {"id": "refused-b", "by": "clerk", "get": "/record/b", "refused": True},
]
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that is set by hand."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Watched:
    """The system, the application that looks at it, and their clock."""

    system: Casework
    app: Application
    clock: Clock

    async def day_later(self) -> dict[str, Verdict]:
        """A round in which the session is performed, and the verdicts of one a day later."""
        await self.app.round()
        self.clock.at += timedelta(hours=25)
        return verdicts(await self.app.round())


@asynccontextmanager
async def watched(
    tmp_path: Path, environ: dict[str, str] = SECRETS, clock: Clock | None = None, **log: Any
) -> AsyncIterator[Watched]:
    clock = clock or Clock()
    async with casework(clock) as system:
        declared = {
            "port": system.port,
            "tls": False,
            "get": f"/export/{log.get('form', 'csv')}",
            "kind": "bearer",
            "credential": "env:EXPORT_KEY",
            "numbered": True,
            "actors": [{"id": "clerk", "logged_as": "env:CLERK", "kind": "bearer", "credential": "env:KEY"}],
            "objects": [
                {"id": "a", "logged_as": "env:RECORD_A"},
                {"id": "b", "logged_as": "env:RECORD_B"},
            ],
            "session": SESSION_STEPS,
            **log,
        }
        declared = {key: value for key, value in declared.items() if value is not None}
        host = {"id": "casework", "host": "casework.test", "addresses": ["127.0.0.1"], "ports": [system.port]}
        ledger = LedgerThread(tmp_path / "a.db")
        try:
            found = inventory({**host, "access_log": declared})
            async with Application(found, ledger, clock, environ) as app:
                system.others(20)
                yield Watched(system, app, clock)
        finally:
            ledger.close()


def verdicts(done: Round) -> dict[str, Verdict]:
    """The verdicts about the log, by kind."""
    return {line.verdict.kind: line.verdict for line in done.lines if line.verdict.kind in (TRUTH, FORM, SESSION)}


def checks(verdict: Verdict) -> dict[str, str]:
    return {check.name: check.detail for check in verdict.checks}


@pytest.mark.parametrize("form", ["csv", "json-lines", "riv-ta"])
async def test_a_log_that_says_what_was_done_is_clear_in_every_form(tmp_path: Path, form: str) -> None:
    async with watched(tmp_path, form=form, numbered=form != "riv-ta") as it:
        seen = await it.day_later()
        assert {kind: type(one) for kind, one in seen.items()} == dict.fromkeys((TRUTH, FORM, SESSION), Clear), seen
        assert checks(seen[TRUTH]) == {"actions in the log": "3"}


async def test_before_a_session_could_be_in_the_export_there_is_no_verdict(tmp_path: Path) -> None:
    async with watched(tmp_path) as it:
        first = verdicts(await it.app.round())
        assert first[TRUTH].why is UndecidedReason.NO_SESSION
        assert it.system.asked.count("/record/a") == 1
        await it.app.round()
        assert it.system.asked.count("/record/a") == 1, "the session is performed once a day"


async def test_d1_a_start_page_that_is_logged_as_a_search_is_a_false_hit(tmp_path: Path) -> None:
    async with watched(tmp_path) as it:
        it.system.start_is_search = True
        seen = await it.day_later()
        assert isinstance(seen[TRUTH], Exposed)
        assert checks(seen[TRUTH])["rows of nothing that was done"] == "1: row 21"
        (finding,) = await it.app.ledger(lambda ledger: ledger.findings())
        assert (finding.kind, finding.severity, finding.state) == (TRUTH, Severity.HIGH, State.EXPOSED)


async def test_d1_after_the_fix_the_finding_closes(tmp_path: Path) -> None:
    async with watched(tmp_path) as it:
        it.system.start_is_search = True
        await it.day_later()
        it.system.start_is_search = False
        it.system.entries = [one for one in it.system.entries if one.object != system_of.SOMEBODY]
        it.clock.at += timedelta(hours=25)
        await it.app.round()
        it.clock.at += timedelta(hours=25)
        await it.app.round()
        (finding,) = await it.app.ledger(lambda ledger: ledger.findings())
        assert finding.state is State.CLEARED


async def test_d2_an_opened_record_that_is_not_in_the_log_is_a_false_miss(tmp_path: Path) -> None:
    async with watched(tmp_path) as it:
        it.system.loses_opens = True
        seen = await it.day_later()
        assert isinstance(seen[TRUTH], Exposed)
        assert checks(seen[TRUTH])["actions without a row"] == "1: open-a"


async def test_a_row_that_is_late_is_unknown_until_its_delay_has_passed(tmp_path: Path) -> None:
    async with watched(tmp_path, delay="2d") as it:
        it.system.loses_opens = True
        await it.app.round()
        it.clock.at += timedelta(hours=1)
        seen = verdicts(await it.app.round())
        assert seen[TRUTH].why is UndecidedReason.ROW_DELAYED
        assert checks(seen[TRUTH])["actions not yet in the log"] == "1: open-a"
        it.system.entries.append(Entry(NOON, system_of.CLERK, "Läsa", system_of.RECORD_A))
        it.clock.at += timedelta(hours=60)
        assert isinstance(verdicts(await it.app.round())[TRUTH], Clear)


FAULTS: dict[str, Callable[[Casework], None]] = {
    "rows with a wrong user": lambda system: setattr(system, "logs_gateway", True),
    "rows with a wrong object": lambda system: setattr(system, "logs_other_record", True),
    "rows at a wrong time": lambda system: setattr(system, "hours_off", 2),
}


@pytest.mark.parametrize("name", FAULTS)
async def test_a_row_that_is_wrong_in_one_thing_is_said_to_be(tmp_path: Path, name: str) -> None:
    async with watched(tmp_path) as it:
        FAULTS[name](it.system)
        seen = await it.day_later()
        assert isinstance(seen[TRUTH], Exposed)
        assert name in checks(seen[TRUTH]), checks(seen[TRUTH])
        assert "rows of nothing that was done" not in checks(seen[TRUTH])


async def test_somebody_else_who_opens_other_records_meanwhile_is_no_hit(tmp_path: Path) -> None:
    async with watched(tmp_path) as it:
        it.system.entries.append(Entry(NOON, system_of.OTHER_CLERK, "Läsa", system_of.SOMEBODY))
        assert isinstance((await it.day_later())[TRUTH], Clear)


async def test_an_action_that_two_systems_log_is_a_fault_of_form_and_no_false_hit(tmp_path: Path) -> None:
    async with watched(tmp_path) as it:
        it.system.two_systems = True
        seen = await it.day_later()
        assert isinstance(seen[TRUTH], Clear), checks(seen[TRUTH])
        assert isinstance(seen[FORM], Exposed)
        assert "logged-twice" in checks(seen[FORM])


async def test_an_account_that_is_refused_performs_nothing_that_could_be_missed(tmp_path: Path) -> None:
    async with watched(tmp_path) as it:
        it.system.refuses = True
        seen = await it.day_later()
        assert isinstance(seen[SESSION], Unknown)
        assert seen[SESSION].why is UndecidedReason.LOCKED_OUT
        assert seen[TRUTH].why is UndecidedReason.NO_SESSION


async def test_an_export_that_cannot_be_had_is_unknown(tmp_path: Path) -> None:
    async with watched(tmp_path, {**SECRETS, "EXPORT_KEY": "wrong"}) as it:
        seen = verdicts(await it.app.round())
        assert {seen[TRUTH].why, seen[FORM].why} == {UndecidedReason.LOG_UNREAD}
    async with watched(tmp_path, {**SECRETS, "RECORD_A": ""}) as it:
        assert isinstance(verdicts(await it.app.round())[TRUTH], Unknown)
        assert not [path for path in it.system.asked if path.startswith("/export")]


async def test_d3_times_without_a_zone_are_read_in_the_declared_one_but_for_the_hour_that_comes_twice(
    tmp_path: Path,
) -> None:
    night = Clock(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    async with watched(tmp_path, clock=night, zone="Europe/Stockholm") as it:
        it.system.zoned = False
        it.system.entries.clear()
        seen = await it.day_later()
        assert isinstance(seen[TRUTH], Clear), checks(seen[TRUTH])
        assert checks(seen[FORM]) == {"zone-missing": "3 at row 1, 2, 3"}
    async with watched(tmp_path / "b", zone="Europe/Stockholm") as it:
        it.system.zoned = False
        assert isinstance((await it.day_later())[FORM], Clear)
    async with watched(tmp_path / "c") as it:
        it.system.zoned = False
        assert (await it.day_later())[TRUTH].why is UndecidedReason.LOG_UNREAD


async def test_the_owner_performs_the_session_and_writes_it_down(tmp_path: Path) -> None:
    drop, diary = tmp_path / "drop", tmp_path / "diary.csv"
    drop.mkdir()
    steps = [{key: value for key, value in step.items() if key != "get"} for step in SESSION_STEPS]
    given: dict[str, Any] = {"get": None, "kind": None, "credential": None, "file": str(drop), "written": str(diary)}
    actors = [{"id": "clerk", "logged_as": "env:CLERK"}]
    async with watched(tmp_path, session=steps, actors=actors, **given) as it:
        system, done = it.system, NOON + timedelta(minutes=1)
        lines = [f"{(done + timedelta(seconds=10 * n)).isoformat()},{step['id']}" for n, step in enumerate(steps)]
        diary.write_text("\n".join(["at,step", *lines]))
        it.clock.at = done + timedelta(seconds=10)
        system.log("Sök", "")
        system.log("Läsa", system_of.RECORD_A)
        _export(drop / "1.csv", system, done + timedelta(hours=2))
        assert verdicts(await it.app.round())[TRUTH].why is UndecidedReason.ROW_DELAYED
        _export(drop / "2.csv", system, done + timedelta(hours=30))
        seen = verdicts(await it.app.round())
        assert isinstance(seen[TRUTH], Exposed)
        assert checks(seen[TRUTH])["actions without a row"] == "1: print-a"
        system.log("Utskrift", system_of.RECORD_A)
        _export(drop / "3.csv", system, done + timedelta(hours=31))
        assert isinstance(verdicts(await it.app.round())[TRUTH], Clear)
        assert SESSION not in seen


def _export(place: Path, system: Casework, at: datetime) -> None:
    place.write_text(system.export("csv"))
    os.utime(place, (at.timestamp(), at.timestamp()))


def _bytes_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())


async def test_no_credential_canary_or_person_is_kept_anywhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with watched(tmp_path) as it:
        it.system.start_is_search = it.system.two_systems = True
        await it.app.round()
        it.clock.at += timedelta(hours=25)
        done = await it.app.round()
        found = await it.app.ledger(lambda ledger: ledger.findings())
        said = repr(done) + caplog.text + repr(it.app.inventory) + repr(found)
    kept = _bytes_in(tmp_path)
    for secret in (*SECRETS.values(), system_of.SOMEBODY, system_of.OTHER_CLERK):
        assert secret.encode() not in kept
        assert secret not in said


async def test_show_lists_the_rows_by_their_positions(tmp_path: Path) -> None:
    async with watched(tmp_path) as it:
        it.system.start_is_search = it.system.loses_opens = True
        await it.day_later()
        (finding,) = await it.app.ledger(lambda ledger: ledger.findings())
        proofs = await it.app.ledger(lambda ledger: queries.evidence(ledger, finding.id))
    out = Console(file=StringIO(), width=200)
    show_finding(out, finding, (), (), proofs, it.clock.at)
    assert isinstance(out.file, StringIO)
    shown = out.file.getvalue()
    untrue = "(log-untrue: the log says what nobody did, or lacks what somebody did)"
    assert f"exposed  rows of nothing that was done {untrue}: 1: row 21" in shown
    assert f"exposed  actions without a row {untrue}: 1: open-a" in shown
