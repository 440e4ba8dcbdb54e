"""A row of our own tables that was changed, removed or slipped in is found, whichever it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.findings.handling import Action, ActionKind
from monitor.proof.formats.note import LOG, SigningKey
from monitor.proof.log.checkpoint import sign_checkpoint
from monitor.proof.log.database import compare
from monitor.store.ledger import Ledger
from monitor.store.log.erasure import erase
from monitor.store.log.packed import plain
from monitor.store.messages.queued import Delivery, DueState, Outcome
from monitor.store.retention import forget
from monitor.store.tables import actions, reports, rounds
from monitor.store.tables.reports import FiledReport
from monitor.store.tables.rounds import RoundKind
from probes.recognise.people.masking import Masked
from tests.monitor.findings.builders import NOON
from tests.monitor.store.builders import looked, put


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    one = Ledger(tmp_path / "leftopen.db")
    rounds.begin(one, "r1", RoundKind.ROUND, NOON, "v", "i")
    finding = put(one)
    for minute in (1, 2, 3):
        with one.step():
            at = NOON + timedelta(minutes=minute, microseconds=999 - 300 * minute)
            look = replace(looked(), started=at, ended=at + timedelta(milliseconds=1500))
            # The last one sees nothing new, and has no row of its own.
            one.record("r1", look, whole=minute < 3)
    with one.step():
        action = Action(ActionKind.ACKNOWLEDGED, NOON, "anna", "region", "command line", "we are on it")
        actions.append(one, finding.id, action)
    due = one.due(NOON + timedelta(days=1))[0]
    delivery = Delivery(due.id, "oncall", NOON, NOON + timedelta(seconds=1), Outcome.ACCEPTED, Masked(""), "text")
    one.delivered(delivery, DueState.SENT, None)
    rounds.end(one, "r1", NOON + timedelta(minutes=5))
    sign_checkpoint(one, SigningKey.make("vendor.example/log", LOG), NOON + timedelta(minutes=6))
    yield one
    one.close()


def tamper(ledger: Ledger, sql: str) -> None:
    """As somebody with the file and sqlite3 would."""
    for row in ledger.rows("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
        ledger.execute(f"DROP TRIGGER {row['name']}")
    ledger.rows("PRAGMA foreign_keys = OFF")
    ledger._connection.create_function("plain", 1, plain)
    assert ledger.execute(sql).rowcount == 1
    ledger._connection.commit()


def test_an_honest_ledger_is_what_its_log_says(ledger: Ledger) -> None:
    compared = compare(ledger)
    assert compared.differences == ()
    assert (compared.parts, compared.rows, compared.erased) == (8, 9, 0)


@pytest.mark.parametrize(
    ("sql", "table"),
    [
        ("UPDATE changes SET at = '2020-01-01T00:00:00.000Z'", "changes"),
        ("UPDATE changes SET step = 'closed'", "changes"),
        ("DELETE FROM changes", "changes"),
        ("UPDATE deeds SET by = 'bertil'", "deeds"),
        ("DELETE FROM deeds", "deeds"),
        (
            "INSERT INTO deeds SELECT 99, finding, 'dismissed', '2099-01-01T00:00:00.000Z', by, party, channel, "
            "reason, since, until, signature FROM deeds",
            "deeds",
        ),
        ("UPDATE deliveries SET outcome = 'refused'", "deliveries"),
        ("UPDATE evidence SET body = replace(body, 'exposed', 'clear')", "evidence"),
        ("UPDATE observations SET started = '2026-01-01T00:00:00.000Z' WHERE id = 2", "observations"),
        ("UPDATE observations SET exposed = 0 WHERE id = 3", "observations"),
        ("UPDATE observations SET asks = 7 WHERE id = 2", "observations"),
        ("DELETE FROM observations WHERE id = 1", "observations"),
        (
            "INSERT INTO observations SELECT 99, round, series, started, '2099-01-01T00:00:00.000Z', asks, wire, "
            "exposed, clear, unknown, asked, verdicts, timings FROM observations WHERE id = 2",
            "observations",
        ),
        ("UPDATE series SET looks = 9", "days"),
        ("UPDATE records SET body = x'789c8b8e0500011500b9' WHERE id = 1", "records"),
        ("UPDATE rounds SET exposed = 0", "rounds"),
        ("UPDATE rounds SET blind = '[\"control-not-seen\"]'", "rounds"),
        ("DELETE FROM rounds", "rounds"),
        ("UPDATE rounds SET started = '2026-01-01T00:00:00.000Z'", "rounds"),
        ("UPDATE series SET endpoint = 'http://other.test:80 at 192.0.2.9'", "observations"),
        ("UPDATE log_private SET own = replace(own, ',1500,', ',1400,') WHERE shared = 0 AND seq = 2", "record 2"),
        ("DELETE FROM log_shared", "record 1"),
        ("UPDATE log_shared SET body = x'789c8b8e0500011500b9'", "record 1"),
        (
            "UPDATE log_records SET body = replace(CAST(plain(body) AS TEXT), 'acknowledged', 'dismissed') "
            "WHERE seq = 4",
            "signed",
        ),
        ("UPDATE log_records SET body = substr(body, 1, 40) WHERE seq = 4", "signed"),
    ],
)
def test_d4_a_row_that_is_not_as_it_was_is_named(sql: str, table: str, ledger: Ledger) -> None:
    tamper(ledger, sql)
    differences = compare(ledger).differences
    assert differences
    assert any(table in one for one in differences), differences


def test_a_report_that_was_deleted_at_its_age_is_no_difference_and_one_that_is_gone_is(ledger: Ledger) -> None:
    for day in range(3):
        about = f"2026-0{day + 1}"
        filed = FiledReport(NOON + timedelta(days=day), "vendor", "region", about, "en", "d", "t", "e", f"seal {day}")
        reports.file(ledger, filed, {"month": about})
    at = NOON + timedelta(days=9)
    assert reports.delete_older(ledger, NOON + timedelta(days=2), at, 1) == 1
    assert reports.delete_older(ledger, NOON + timedelta(days=2), at) == 1
    assert reports.delete_older(ledger, NOON + timedelta(days=2), at) == 0
    sign_checkpoint(ledger, SigningKey.make("vendor.example/log", LOG), at)
    assert [one.seal for one in reports.filed(ledger, 99, 9)] == ["seal 2"]
    assert compare(ledger).differences == ()
    tamper(ledger, "DELETE FROM reports")
    assert any("reports" in one for one in compare(ledger).differences)


def test_what_retention_deletes_is_no_difference(ledger: Ledger) -> None:
    before = NOON + timedelta(minutes=2)
    forget(ledger, before)
    assert not erase(ledger, before)
    compared = compare(ledger)
    assert compared.differences == ()
    assert compared.erased == 2
