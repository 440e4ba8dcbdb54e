"""A ledger that version 0.1.0 wrote opens, and shows the same findings with the same reasons.

`ledger-0.1.0.sql` is the dump of a ledger which the code of 0.1.0 made: it holds every sentence that it could store.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlite_utils import Database

from monitor.api.finding import finding_json
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
from monitor.store.damage import damaged_rows
from monitor.store.encryption import key_file, make_key
from monitor.store.ledger import Ledger
from monitor.store.messages.facts import News, dump_facts, load_facts
from monitor.store.reason_rows import facts_of
from monitor.store.rows import packed, record
from monitor.store.schema import migrations, old_sentences
from monitor.store.schema.statements import CHANGES_ARE_APPENDED
from monitor.store.tables import rounds as store_rounds
from probes import facts
from probes.facts import Fact, FactKind
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason
from probes.recognise.people.tokens import Identifier
from tests.monitor.store.builders import found

ANY = "DROP TRIGGER changes_are_appended_only"
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
DUMP = Path(__file__).with_name("ledger-0.1.0.sql")
DAMAGE = {
    "findings.body": "UPDATE findings SET body = {} WHERE id = 'LO-3W2RP9H7TD'",
    "changes.reason": "UPDATE changes SET reason = {} WHERE sequence = 2",
    "rounds.blind": "UPDATE rounds SET blind = {} WHERE id LIKE '20261001T120001Z%'",
    "dues.body": "UPDATE dues SET body = {} WHERE id = (SELECT min(id) FROM dues)",
    "observations.ended": "UPDATE observations SET ended = {}",
    "observations.asked": "UPDATE observations SET asked = {}",
}
"""How a value of the old ledger becomes another one."""
LOOK = """
INSERT INTO records VALUES ('{digest}', x'{body}');
INSERT INTO observations VALUES (1, '20261001T120000Z-0a1b2c', 'a', 'http-listing', 'http://a:80',
  '2026-10-01T12:00:00.000Z', '2026-10-01T12:00:01.000Z', 1, 1, 0, 1, 0, '{digest}', '{digest}', x'{body}');
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """The old ledger, opened by the code of today."""
    made = _opened(tmp_path / "leftopen.db")
    yield made
    made.close()


def _opened(path: Path, *more: str) -> Ledger:
    """The old ledger with more statements, opened by the code of today."""
    make_key(key_file(path))
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(";\n".join((DUMP.read_text("utf-8"), *more)))
    return Ledger(path)


def test_the_findings_are_the_same_and_their_reasons_are_values(ledger: Ledger) -> None:
    findings = {finding.place.path: finding for finding in ledger.findings()}
    assert sorted(findings) == ["/0/", "/1/", "/2/", "/3/", "/4/"]
    assert {one.severity for one in findings.values()} == {Severity.CRITICAL}
    assert findings["/0/"].extent.files == 2_700_000
    assert findings["/0/"].severity_reasons == (
        Holds(Holding.RECORDINGS, 2_700_000, readable=False),
        Declared("recordings"),
        Live(),
        NamesHold(Identifier.PHONE, 97, 300),
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


def test_facts_are_values_and_are_written_as_they_were(ledger: Ledger) -> None:
    for finding in ledger.findings():
        assert finding.facts == (Fact(FactKind.HTTP_ON, number=443), Fact(FactKind.BANNER, "Apache/2.4.7"))
        assert finding.extent.claims == (NamesHold(Identifier.PHONE),)
        shown = finding_json(finding, finding.last_seen)
        assert shown["facts"] == ["http-on-443", "banner Apache/2.4.7: possible CVEs, not checked"]
        assert shown["claims"] == ["phone numbers in names"]


LATER = {
    FactKind.PERFORMED,
    FactKind.LETTER_SEEN,
    FactKind.CERTIFICATE_ENDS,
    FactKind.CERTIFICATE_SITHS,
    FactKind.CERTIFICATE_SITHS_OPEN,
    FactKind.CERTIFICATE_TEST_ISSUER,
    FactKind.HANDS_OUT_TOKENS,
}
"""Kinds that came when facts were values already: no ledger holds a sentence of them."""


@pytest.mark.parametrize("kind", [kind for kind in FactKind if kind not in LATER])
def test_every_fact_that_was_stored_as_a_sentence_becomes_a_value(kind: FactKind) -> None:
    every = tuple(
        Fact(kind, detail if "{detail}" in text else "", 7 if "{number}" in text else 0, least and "{least}" in text)
        for detail in ("Apache/2.4.7", "s3.eu-north-1.amazonaws.com")
        for least in (False, True)
        for text in (facts._TEXTS.get(kind, ""),)
    )
    assert facts_of(old_sentences.facts(map(str, every))) == every


def test_the_finding_in_a_queued_message_is_migrated_too() -> None:
    finding, change = found()
    finding = replace(
        finding,
        facts=(Fact(FactKind.HTTP_ON, number=443),),
        severity_reasons=(Live(), NamesHold(Identifier.CPR, 5, 90, synthetic=True)),
        reach=replace(finding.extent, claims=(NamesHold(Identifier.CPR, 5, 90, synthetic=True),)),
    )
    news = dump_facts(News(finding, change, ("vendor",), owner_told=True))
    old = json.loads(news)
    body = json.loads(old["finding"]["body"])
    body["facts"] = ["http-on-443"]
    body["severity_reasons"][1] = ["names-hold", "synthetic cpr in 5 % of 90 names"]
    body["reach"]["claims"] = ["synthetic cpr in 5 % of 90 names"]
    old["finding"]["body"] = json.dumps(body)
    db = Database(memory=True)
    db.execute("CREATE TABLE findings (id TEXT, body TEXT)")
    db.execute("CREATE TABLE dues (id INTEGER, facts TEXT)")
    db.execute("INSERT INTO dues VALUES (1, ?)", (json.dumps(old, separators=(",", ":")),))
    old_sentences.replace_facts(db)
    assert load_facts(db.execute("SELECT facts FROM dues").fetchone()[0]) == load_facts(news)


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
    for read in (old_sentences.change_reason, old_sentences.blind_reason):
        with pytest.raises(LookupError):
            read("written by hand")
    assert old_sentences.proof_steps(["the heading names the path"]) == [["page-says", "the heading names the path"]]


def test_steps_of_a_finding_are_those_of_its_past(ledger: Ledger) -> None:
    (first,) = [finding for finding in ledger.findings() if finding.place.path == "/0/"]
    steps = [change.step for change in queries.changes(ledger, first.id)]
    assert steps[:4] == [Step.OPENED, Step.SUSPECTED, Step.OPENED, Step.GROWN]


def test_a_finding_with_witnesses_says_so_after_the_migration_and_a_damaged_one_stops_nothing(ledger: Ledger) -> None:
    ids = sorted(finding.id for finding in ledger.findings())
    with ledger.step():
        ledger.executemany("INSERT INTO witnesses VALUES (?, ?)", [(one, b"sealed") for one in ids[:2]])
        ledger.execute("UPDATE findings SET body = '{nonsense' WHERE id = ?", ids[1])
        migrations.findings_say_that_they_have_witnesses(ledger._db)
    rows = {row["id"]: row["body"] for row in ledger.rows("SELECT id, body FROM findings")}
    assert rows[ids[1]] == "{nonsense"
    assert [id_ for id_ in ids if '"witnessed":true' in rows[id_]] == ids[:1]


@pytest.mark.parametrize("wrong", ["'{nonsense'", "CAST(x'ff0a' AS TEXT)", "'[7]'"])
@pytest.mark.parametrize("place", DAMAGE)
def test_a_damaged_value_stops_no_migration_and_is_kept_and_said(tmp_path: Path, place: str, wrong: str) -> None:
    if (place, wrong) in {("dues.body", "'{nonsense'"), ("dues.body", "'[7]'")}:
        pytest.skip("any text may be the body of a message")
    text = record([])
    look = LOOK.format(digest=hashlib.sha256(text).hexdigest(), body=packed(text).hex())
    whole, damaged = (
        _opened(tmp_path / "a.db", look),
        _opened(tmp_path / "b.db", look, ANY, DAMAGE[place].format(wrong), CHANGES_ARE_APPENDED),
    )
    with closing(whole), closing(damaged):
        assert damaged_rows.set_aside(whole, NOON) == 0
        assert damaged_rows.set_aside(damaged, NOON) >= 1
        assert damaged_rows.set_aside(damaged, NOON) == 0
        for sql in ("SELECT id FROM findings", "SELECT id FROM dues", "SELECT id FROM observations"):
            assert [*map(tuple, whole.rows(sql))] == [*map(tuple, damaged.rows(sql))]
        others = [{one.id: one for one in of.findings() if one.id != "LO-3W2RP9H7TD"} for of in (whole, damaged)]
        assert others[0] == others[1]
        assert all(queries.changes(damaged, one.id) for one in damaged.findings())
        kept = [row["row"] for row in damaged.rows("SELECT row FROM damaged_rows")]
        stood = {"'{nonsense'": "{nonsense", "'[7]'": "[7]"}.get(wrong, "xff")
        assert place == "observations.asked" or any(stood in row for row in kept)
