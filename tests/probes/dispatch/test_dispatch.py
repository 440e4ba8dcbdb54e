"""Dispatch against a routine that sends over real SMTP: as in the incidents, after the fix, and near misses."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from monitor.findings.finding import Severity, State
from monitor.service.application import Application, Round
from monitor.store.thread import LedgerThread
from probes.api import Clear, Exposed, Unknown, Verdict
from probes.dispatch.kinds import DISPATCH
from probes.reasons import OpenReason, UndecidedReason
from tests.monitor.network.rounds import inventory
from tests.servers.certificates import certificate
from tests.servers.dispatching import BOXES, TOKENS, A, B, Routine, routine
from tests.servers.dovecot import KEY, dovecot
from tests.servers.launch import free_port

NINE = datetime(2026, 11, 23, 8, tzinfo=UTC)
CASES: list[dict[str, object]] = [
    {"id": "decision-a", "token": "env:T_DECISION", "to": "a", "attachments": 1},
    {"id": "wrong-digit", "token": "env:T_DIGIT"},
    {"id": "moved", "token": "env:T_MOVED", "to": "a"},
    {"id": "look-alike", "token": "env:T_ALIKE", "to": "a"},
]
SECRETS = {
    "T_DECISION": TOKENS["decision-a"],
    "T_DIGIT": TOKENS["wrong-digit"],
    "T_MOVED": TOKENS["moved"],
    "T_ALIKE": TOKENS["look-alike"],
}


@dataclass
class Watched:
    """The routine, the application that reads the boxes, and the clock of both."""

    routine: Routine
    app: Application
    clock: Callable[[], datetime]
    set_to: Callable[[datetime], None]

    async def dispatched(self, minutes: int = 10) -> dict[str, Verdict]:
        """Dispatch so many minutes after nine, and look when the time to arrive has passed."""
        self.set_to(NINE + timedelta(minutes=minutes))
        self.routine.dispatch()
        self.set_to(NINE + timedelta(hours=5))
        return verdicts(await self.app.round())


@asynccontextmanager
async def watched(
    tmp_path: Path, environ: dict[str, str] = SECRETS, imap: bool = False, **declared: Any
) -> AsyncIterator[Watched]:
    """A routine, and who looks at its boxes: as Maildirs, or over IMAP of a real server, in TLS at `nas.test`."""
    at = [NINE]
    port = free_port()
    mail = tmp_path / "mail"
    with routine(mail, lambda: at[0]) as it, dovecot(mail, certificate()) if imap else nullcontext() as server:
        boxes: list[dict[str, Any]] = [{"id": box, "maildir": str(mail / address)} for box, address in BOXES.items()]
        if server is not None:
            authority = tmp_path / "authority.pem"
            authority.write_bytes(certificate().authority)
            signs = {"port": server.port, "password": "env:MAIL_KEY", "authority": str(authority)}
            environ = {
                **environ,
                "MAIL_KEY": KEY,
                **{f"USER_{number}": one for number, one in enumerate(BOXES.values())},
            }
            boxes = [{"id": box, "imap": {**signs, "user": f"env:USER_{number}"}} for number, box in enumerate(BOXES)]
        dispatch = {
            "port": port,
            "tls": False,
            "boxes": boxes,
            "cases": CASES,
            "first": "2026-11-23T09:00",
            **declared,
        }
        name = "nas.test" if imap else "post.test"
        host = {"id": "post", "host": name, "addresses": ["127.0.0.1"], "ports": [port], "dispatch": dispatch}
        ledger = LedgerThread(tmp_path / "a.db")
        try:
            async with Application(inventory(host), ledger, lambda: at[0], environ) as app:
                yield Watched(it, app, lambda: at[0], lambda to: at.__setitem__(0, to))
        finally:
            ledger.close()


def verdicts(done: Round) -> dict[str, Verdict]:
    """The verdict about each case."""
    return {
        line.verdict.place.path.rpartition("/")[2]: line.verdict for line in done.lines if line.verdict.kind == DISPATCH
    }


def boxes(verdict: Verdict) -> dict[str, str]:
    return {check.name: f"{check.verdict} {check.detail}".strip() for check in verdict.checks}


async def test_canary_1_a_routine_that_reaches_whom_it_should_is_clear(tmp_path: Path) -> None:
    async with watched(tmp_path) as it:
        seen = await it.dispatched()
        assert {case: type(one) for case, one in seen.items()} == dict.fromkeys(TOKENS, Clear), seen
        assert boxes(seen["decision-a"])["a"] == "clear 1 with at most 1 files"


FAULTS: dict[str, tuple[Callable[[Routine], None], str, OpenReason]] = {
    "canary-3-wrong-digit": (lambda it: setattr(it, "misreads_number", True), "wrong-digit", OpenReason.MISDIRECTED),
    "canary-2-receipt-with-all-files": (
        lambda it: setattr(it, "attaches_all", True),
        "decision-a",
        OpenReason.UNDECLARED_ATTACHMENTS,
    ),
    "canary-4-address-of-the-order": (lambda it: setattr(it, "keeps_address", True), "moved", OpenReason.MISDIRECTED),
    "canary-5-look-alike": (lambda it: setattr(it, "completes_wrongly", True), "look-alike", OpenReason.MISDIRECTED),
}


@pytest.mark.parametrize("name", FAULTS)
async def test_each_fault_of_the_incidents_is_a_finding_of_its_case_alone(tmp_path: Path, name: str) -> None:
    fault, case, why = FAULTS[name]
    async with watched(tmp_path) as it:
        fault(it.routine)
        seen = await it.dispatched()
        assert {one: type(verdict) for one, verdict in seen.items() if one != case} == dict.fromkeys(
            [one for one in TOKENS if one != case], Clear
        )
        assert isinstance(seen[case], Exposed)
        assert seen[case].why is why
        (finding,) = await it.app.ledger(lambda ledger: ledger.findings())
        assert (finding.severity, finding.state) == (Severity.HIGH, State.EXPOSED)


async def test_a_leak_is_told_before_the_time_to_arrive_has_passed(tmp_path: Path) -> None:
    async with watched(tmp_path) as it:
        it.routine.completes_wrongly = True
        it.routine.dispatch()
        it.set_to(NINE + timedelta(minutes=1))
        seen = verdicts(await it.app.round())
        assert isinstance(seen["look-alike"], Exposed)
        assert seen["decision-a"].why is UndecidedReason.NOT_DISPATCHED


async def test_after_the_fix_the_next_dispatch_closes_the_finding(tmp_path: Path) -> None:
    async with watched(tmp_path, every="1d") as it:
        it.routine.misreads_number = True
        await it.dispatched()
        it.routine.misreads_number = False
        it.set_to(NINE + timedelta(days=1, minutes=3))
        it.routine.dispatch()
        for hour in (5, 6):
            it.set_to(NINE + timedelta(days=1, hours=hour))
            await it.app.round()
        (finding,) = await it.app.ledger(lambda ledger: ledger.findings())
        assert finding.state is State.CLEARED


async def test_a_silent_routine_is_no_pass(tmp_path: Path) -> None:
    async with watched(tmp_path) as it:
        it.routine.silent = True
        seen = await it.dispatched()
        assert {one.why for one in seen.values()} == {UndecidedReason.LETTER_MISSING}


async def test_before_the_first_dispatch_no_box_is_read(tmp_path: Path) -> None:
    async with watched(tmp_path) as it:
        it.set_to(NINE - timedelta(hours=1))
        seen = verdicts(await it.app.round())
        assert {one.why for one in seen.values()} == {UndecidedReason.NOT_DISPATCHED}


async def test_a_letter_that_was_held_back_for_a_while_is_in_time(tmp_path: Path) -> None:
    async with watched(tmp_path) as it:
        seen = await it.dispatched(minutes=45)
        assert isinstance(seen["decision-a"], Clear)


async def test_a_letter_that_comes_too_late_is_neither_leak_nor_pass(tmp_path: Path) -> None:
    async with watched(tmp_path) as it:
        seen = await it.dispatched(minutes=270)
        assert seen["decision-a"].why is UndecidedReason.LETTER_LATE
        assert isinstance(seen["wrong-digit"], Clear)


async def test_a_case_without_its_file_is_no_pass(tmp_path: Path) -> None:
    async with watched(tmp_path, cases=[{**CASES[0], "attachments": 2}, *CASES[1:]]) as it:
        assert (await it.dispatched())["decision-a"].why is UndecidedReason.ATTACHMENT_MISSING


async def test_other_mail_in_a_box_is_no_leak_and_what_cannot_be_read_is_no_pass(tmp_path: Path) -> None:
    async with watched(tmp_path) as it:
        news = EmailMessage()
        news["Subject"] = "News"
        news.set_content("Nothing of yours.")
        it.routine.letter(B, news)
        seen = await it.dispatched()
        assert {type(one) for one in seen.values()} == {Clear}
        sealed = EmailMessage()
        sealed.set_content("see the file")
        sealed.add_attachment(b"PK\x03\x04 broken", maintype="application", subtype="zip", filename="x.zip")
        it.routine.letter(B, sealed)
        seen = verdicts(await it.app.round())
        assert {one.why for one in seen.values()} == {UndecidedReason.BODY_UNREADABLE}


async def test_a_box_that_cannot_be_read_makes_no_case_clear(tmp_path: Path) -> None:
    lost = [{"id": "a", "maildir": str(tmp_path / "mail" / A)}, {"id": "b", "maildir": str(tmp_path / "nowhere")}]
    async with watched(tmp_path, boxes=lost) as it:
        seen = await it.dispatched()
        assert {one.why for one in seen.values()} == {UndecidedReason.MAILBOX_UNREAD}


async def test_no_letter_is_moved_or_marked(tmp_path: Path) -> None:
    async with watched(tmp_path) as it:
        await it.dispatched()
        for address in BOXES.values():
            assert not list((tmp_path / "mail" / address / "cur").iterdir())


def _bytes_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())


async def test_no_token_and_nothing_of_a_letter_is_kept(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with watched(tmp_path) as it:
        it.routine.misreads_number = it.routine.attaches_all = True
        await it.dispatched()
        done = await it.app.round()
        found = await it.app.ledger(lambda ledger: ledger.findings())
        said = repr(done) + caplog.text + repr(it.app.inventory) + repr(found)
    kept = _bytes_in(tmp_path)
    for secret in (*TOKENS.values(), "Åsa", "Beslut", "file-0.pdf", "office@agency.test"):
        assert secret.encode() not in kept
        assert secret not in said


async def test_a_token_that_cannot_be_had_reads_no_box(tmp_path: Path) -> None:
    async with watched(tmp_path, {**SECRETS, "T_DIGIT": ""}) as it:
        seen = await it.dispatched()
        assert {type(one) for one in seen.values()} == {Unknown}
