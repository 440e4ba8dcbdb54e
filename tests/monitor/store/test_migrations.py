"""A ledger that version 0.1.0 wrote opens, and shows the same findings with the same reasons.

`ledger-0.1.0.sql` is the dump of a ledger which the code of 0.1.0 made: it holds every sentence that it could store.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.findings.finding import Severity, State, Step
from monitor.findings.reasons import (
    Cause,
    ClearLooks,
    ClockRuns,
    ClocksRun,
    Control,
    ControlFailed,
    Declared,
    FirstClear,
    Grew,
    Holding,
    Holds,
    Live,
    NamesHold,
    NoWorseThan,
    OpenAgain,
    Tenfold,
    UnknownCustomers,
    Worse,
)
from monitor.store import queries
from monitor.store.encryption import key_file, make_key
from monitor.store.ledger import Ledger
from monitor.store.schema import old_sentences
from monitor.store.tables import rounds as store_rounds
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason

DUMP = Path(__file__).with_name("ledger-0.1.0.sql")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """The old ledger, opened by the code of today."""
    path = tmp_path / "leftopen.db"
    make_key(key_file(path))
    with sqlite3.connect(path) as connection:
        connection.executescript(DUMP.read_text("utf-8"))
    connection.close()
    made = Ledger(path)
    yield made
    made.close()


def test_the_findings_are_the_same_and_their_reasons_are_values(ledger: Ledger) -> None:
    findings = {finding.place.path: finding for finding in ledger.findings()}
    assert sorted(findings) == ["/0/", "/1/", "/2/", "/3/", "/4/"]
    assert {one.severity for one in findings.values()} == {Severity.CRITICAL}
    assert findings["/0/"].extent.files == 2_700_000
    assert findings["/0/"].severity_reasons == (
        Holds(Holding.RECORDINGS, 2_700_000, readable=False),
        Declared("recordings"),
        NamesHold("phone numbers in 97 % of 300 names"),
        Live(),
    )
    assert findings["/2/"].severity_reasons == (
        Holds(Holding.NOTHING, 0, False),
        NoWorseThan(OpenReason.CONFIGURED_OPEN),
    )
    assert findings["/3/"].severity_reasons == (Holds(Holding.BACKUPS, 2, readable=True),)
    assert findings["/0/"].proof == (
        Proof(ProofStep.PARSES_AS_LISTING, "nginx"),
        Proof(ProofStep.PAGE_SAYS, "a heading, a rule and preformatted rows, as nginx writes them"),
        Proof(ProofStep.CANARY_DIFFERS),
        Proof(ProofStep.FILE_ANSWERS),
        Proof(ProofStep.SEEN_AGAIN),
    )
    assert [one.step for one in findings["/1/"].proof] == [
        ProofStep.STORE_LISTS,
        ProofStep.OBJECT_ANSWERS,
        ProofStep.GRANTS_LET_WRITE,
        ProofStep.SEEN_AGAIN,
        ProofStep.CANARY_DISORDERLY,
    ]
    assert findings["/4/"].proof[0] == Proof(ProofStep.NO_SUCH_ACCOUNT, "amazonaws.com")


def test_no_change_loses_its_reason(ledger: Ledger) -> None:
    (first,) = [finding for finding in ledger.findings() if finding.place.path == "/0/"]
    reasons = [change.reason for change in queries.changes(ledger, first.id)]
    assert reasons == [
        Cause.PROVEN,
        Cause.LIKELY_ONCE,
        Cause.CONFIRMED,
        Grew(3, 9),
        Tenfold(3, 40),
        Worse(Severity.MEDIUM, Severity.CRITICAL),
        FirstClear(ClosedReason.NOT_FOUND),
        ClearLooks(3, 30),
        OpenAgain(State.CLEARED),
        Cause.LAPSED,
        Cause.TAKEN_BACK,
        UnknownCustomers(2),
        ClocksRun((ClockRuns("region", "gdpr-33-1", 50), ClockRuns("voice", "gdpr-33-2", 75))),
        Cause.DISMISSED,
        Cause.GONE,
        Cause.CONFIRMED_AGAIN,
        Cause.PROVEN,
        Cause.PROVEN,
    ]


def test_blind_rounds_keep_their_reason(ledger: Ledger) -> None:
    assert {one.id[:16]: one.blind for one in store_rounds.last(ledger, 10)} == {
        "20261001T120000Z": None,
        "20261001T120001Z": ControlFailed(Control.OPEN_PLACE, NoAnswerReason.TIMED_OUT),
        "20261001T120002Z": ControlFailed(Control.CLOSED_BUCKET, OpenReason.LISTED),
        "20261001T120003Z": Cause.CONTROL_NOT_SEEN,
    }


def test_a_change_is_still_never_rewritten(ledger: Ledger) -> None:
    with pytest.raises(Exception, match="never rewritten"), ledger.step():
        ledger.execute("UPDATE changes SET reason = ''")


def test_what_is_in_no_table_is_kept_as_far_as_it_can_be() -> None:
    assert old_sentences.change_reason("written by hand") == ["unknown"]
    assert old_sentences.proof_steps(["the heading names the path"]) == [["page-says", "the heading names the path"]]


def test_steps_of_a_finding_are_those_of_its_past(ledger: Ledger) -> None:
    (first,) = [finding for finding in ledger.findings() if finding.place.path == "/0/"]
    steps = [change.step for change in queries.changes(ledger, first.id)]
    assert steps[:4] == [Step.OPENED, Step.SUSPECTED, Step.OPENED, Step.GROWN]
