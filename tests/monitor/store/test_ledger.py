"""The ledger on real files: whole steps or nothing, history that only grows, and paths that nobody can read from it."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from pathlib import Path

import pytest

from monitor.store import queries
from monitor.store.damage.damaged_rows import set_aside
from monitor.store.encryption import KeyUnusable, Seal, make_key, set_mark
from monitor.store.ledger import Ledger, LedgerUnusable
from monitor.store.messages.queued import Delivery, DueState, Outcome
from monitor.store.rows import finding_body, finding_of
from monitor.store.schema import migrations
from monitor.store.schema.stored import RowDamaged
from monitor.store.tables import places
from monitor.store.tables import rounds as store_rounds
from monitor.store.tables.rounds import RoundKind
from probes.api import Place
from probes.recognise.people.masking import mask_text
from tests.monitor.findings.builders import HERE, NOON, closed, unseen
from tests.monitor.store.builders import TABLES, WITNESS, counts, found, looked, owed, put

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A fresh ledger with a round under way."""
    made = Ledger(tmp_path / "var" / "a.db")
    store_rounds.begin(made, "r1", RoundKind.ROUND, NOON, "internet-1", "digest")
    yield made
    made.close()


def test_a_fresh_file_and_a_reopened_one_hold_the_same(ledger: Ledger) -> None:
    finding = put(ledger)
    schema = [tuple(row) for row in ledger.rows("SELECT name, sql FROM sqlite_master ORDER BY name")]
    before = counts(ledger)
    again = Ledger(ledger.path)
    try:
        assert again.finding(finding.id) == finding
        assert again.witnesses(finding.id) == (WITNESS,)
        assert counts(again) == before
        assert [tuple(row) for row in again.rows("SELECT name, sql FROM sqlite_master ORDER BY name")] == schema
        assert again.rows("PRAGMA journal_mode")[0][0] == "wal"
        assert again.rows("PRAGMA synchronous")[0][0] == 2
        assert again.rows("PRAGMA foreign_keys")[0][0] == 1
        assert len(again.rows("SELECT * FROM _sqlite_migrations")) >= 1
    finally:
        again.close()


@pytest.mark.parametrize("marked", [True, False])
def test_a_ledger_of_an_older_program_is_brought_up_to_date(
    marked: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr(migrations, "MIGRATIONS", migrations.MIGRATIONS[:2])
        Ledger(tmp_path / "a.db").close()
    with sqlite3.connect(tmp_path / "a.db") as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == 2
        if not marked:  # as programs left it that did not say how far they came
            connection.execute("PRAGMA user_version = 0")
    connection.close()
    for _ in range(2):
        again = Ledger(tmp_path / "a.db")
        assert len(again.rows("SELECT * FROM _sqlite_migrations")) == len(migrations.MIGRATIONS)
        assert again.rows("PRAGMA user_version")[0][0] == len(migrations.MIGRATIONS)
        again.close()


def test_a_ledger_of_a_newer_program_is_refused_in_words_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    Ledger(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {len(migrations.MIGRATIONS) + 1}")
        connection.execute("PRAGMA journal_mode = DELETE")
    before = path.read_bytes()
    with pytest.raises(LedgerUnusable, match="made by a newer leftopen"):
        Ledger(path)
    assert path.read_bytes() == before


def test_its_files_are_the_owner_s_alone(ledger: Ledger) -> None:
    put(ledger)
    for file in ledger.path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0, file.name


def test_a_finding_comes_back_as_it_was() -> None:
    finding, _ = found()
    row = {
        "id": finding.id, "fingerprint": finding.fingerprint, "tenant": "region", "asset": "nas",
        "state": finding.state.value, "severity": finding.severity.value, "sequence": 1, "body": finding_body(finding),
        "first_seen": "2026-10-01T12:00:00.000Z", "last_seen": "2026-10-01T12:00:00.000Z",
    }  # fmt: skip
    assert finding_of(row) == finding


def test_an_exception_inside_a_step_leaves_nothing(ledger: Ledger) -> None:
    before = counts(ledger)
    finding, change = found()

    def broken() -> None:
        with ledger.step():
            row = ledger.record("r1", looked())
            ledger.save(finding, change, "r1", NOON, (owed(finding),))
            ledger.add_witnesses(finding.id, (WITNESS,))
            ledger.add_evidence(change, row, {})
            assert counts(ledger) != before
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    assert counts(ledger) == before
    put(ledger)
    assert counts(ledger)["findings"] == 1


def test_a_step_within_a_step_is_a_part_of_it(ledger: Ledger) -> None:
    before = counts(ledger)

    def broken() -> None:
        with ledger.step():
            put(ledger)
            assert counts(ledger) != before
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    assert counts(ledger) == before
    with ledger.step():
        put(ledger)
    assert counts(ledger)["findings"] == 1


def test_a_step_that_breaks_half_way_leaves_nothing(ledger: Ledger) -> None:
    put(ledger)
    before = counts(ledger)
    with pytest.raises(sqlite3.IntegrityError, match="a change is never replaced"):
        put(ledger)  # the same change once more: it is refused, and the observation before it goes too
    assert counts(ledger) == before


@pytest.mark.parametrize(
    "sql", ["UPDATE changes SET reason = 'other'", "DELETE FROM changes", "UPDATE changes SET at = ''"]
)
def test_history_is_neither_rewritten_nor_deleted(ledger: Ledger, sql: str) -> None:
    finding = put(ledger)
    life = queries.changes(ledger, finding.id)
    with sqlite3.connect(ledger.path) as other, pytest.raises(sqlite3.IntegrityError, match="a change is never"):
        other.execute(sql)
    assert queries.changes(ledger, finding.id) == life != ()


def test_history_is_not_replaced_either(ledger: Ledger) -> None:
    finding = put(ledger)
    with sqlite3.connect(ledger.path) as other:
        other.execute("PRAGMA recursive_triggers = OFF")
        with pytest.raises(sqlite3.IntegrityError):
            other.execute("INSERT OR REPLACE INTO changes VALUES (?, 1, 'cleared', '', '', '')", (finding.id,))
    assert [one.step.value for one in queries.changes(ledger, finding.id)] == ["opened"]


def test_witnesses_are_sealed(ledger: Ledger) -> None:
    finding = put(ledger)
    for file in ledger.path.parent.iterdir():
        data = file.read_bytes()
        for word in (b"0701740605", b"unik-77", WITNESS.encode()):
            assert word not in data, file.name
    assert ledger.witnesses(finding.id) == (WITNESS,)


def test_a_lost_key_costs_the_witnesses_and_nothing_else(ledger: Ledger) -> None:
    finding = put(ledger)
    ledger.path.with_name("a.db.key").unlink()
    make_key(ledger.path.with_name("a.db.key"))
    set_mark(ledger._connection, Seal.beside(ledger.path))
    again = Ledger(ledger.path)
    try:
        with pytest.raises(RowDamaged):
            again.witnesses(finding.id)
        assert set_aside(again, NOON) == 1
        assert again.witnesses(finding.id) == ()
        assert again.finding(finding.id) == finding
        put(again, "/other/")
    finally:
        again.close()


def test_a_key_that_is_none_says_what_to_do(ledger: Ledger) -> None:
    ledger.path.with_name("a.db.key").write_text("rubbish", "utf-8")
    with pytest.raises(KeyUnusable, match="put the right one back"):
        Ledger(ledger.path)


@pytest.mark.parametrize("content", [b"no database at all" * 100, bytes(4096)])
def test_a_file_that_is_no_database_is_refused_with_a_reason(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.db").write_bytes(content)
    with pytest.raises(LedgerUnusable, match=r"a\.db"):
        Ledger(tmp_path / "a.db")


@pytest.mark.parametrize("damage", ["char(0)", "CAST(x'ff00' AS TEXT)", "substr(body, 1, 40)"])
def test_what_is_damaged_within_a_text_is_said_in_words(ledger: Ledger, damage: str) -> None:
    finding = put(ledger)
    with ledger.step():
        ledger.execute(f"UPDATE findings SET body = {damage} WHERE id = ?", finding.id)  # noqa: S608  of this test
    with pytest.raises(LedgerUnusable, match="leftopen restore"):
        ledger.findings()


def test_a_folder_that_cannot_be_made_is_refused_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LedgerUnusable):
        Ledger(tmp_path / "file" / "a.db")


def test_owed_twice_is_owed_once(ledger: Ledger) -> None:
    finding = put(ledger)
    ledger.owe((owed(finding), owed(finding, "other")), NOON)
    assert sorted(due.owed.channel for due in ledger.due(NOON + timedelta(days=1))) == ["oncall", "other"]


def test_a_message_is_owed_again_at_its_date_until_it_is_sent(ledger: Ledger) -> None:
    put(ledger)
    (due,) = ledger.due(NOON + timedelta(minutes=1))
    later = NOON + timedelta(hours=1)
    ledger.delivered(Delivery(due.id, "oncall", NOON, NOON, Outcome.REFUSED, mask_text("no")), DueState.OWED, later)
    assert ledger.due(NOON + timedelta(minutes=59)) == ()
    (again,) = ledger.due(later)
    assert (again.tries, again.last_error) == (1, "no")
    ledger.delivered(Delivery(due.id, "oncall", later, later, Outcome.ACCEPTED, mask_text("")), DueState.SENT, None)
    assert ledger.due(later + timedelta(days=9)) == ()
    (told,) = queries.messages_about(ledger, due.owed.finding)
    assert (told.tries, told.accepted, told.state) == (2, later, "sent")


def test_the_last_good_look_is_one_at_the_same_place_and_location(ledger: Ledger) -> None:
    place = Place("nas.test", 443, "/")
    with ledger.step():
        ledger.record("r1", replace(looked(), verdicts=(closed(),)))
    assert places.last_good(ledger, "nas", HERE)["listing", str(place)] == NOON + timedelta(seconds=2)
    assert places.last_good(ledger, "nas", "elsewhere") == {}
    with ledger.step():
        ledger.record("r1", replace(looked(), ended=NOON + timedelta(hours=1), verdicts=(unseen(),)))
    assert places.last_good(ledger, "nas", HERE)["listing", str(place)] == NOON + timedelta(seconds=2)
    assert [one.why for one in queries.unseen(ledger)] == ["timed-out"]


# -- several processes, full disks, power cuts


def writer(database: Path, name: str, most: int = 10_000, limit: int = 0) -> subprocess.Popen[str]:
    """A process that writes."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.monitor.store.writer", str(database), name, str(most), str(limit)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def whole(ledger: Ledger) -> int:
    """How many steps are on file; fails when one is not whole."""
    assert ledger.rows("PRAGMA integrity_check")[0][0] == "ok"
    assert ledger.rows("PRAGMA foreign_key_check") == []
    found_ = counts(ledger)
    assert len({found_[table] for table in TABLES if table not in ("records",)}) == 1, found_
    return found_["findings"]


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    database = tmp_path / "a.db"
    Ledger(database).close()
    both = [writer(database, name, 25) for name in ("one", "two")]
    for process in both:
        assert process.wait(60) == 0, process.stderr and process.stderr.read()
    ledger = Ledger(database)
    assert whole(ledger) == 50
    ledger.close()


def test_two_processes_make_the_same_ledger_at_once(tmp_path: Path) -> None:
    database = tmp_path / "a.db"
    both = [writer(database, name, 3) for name in ("one", "two", "three")]
    for process in both:
        assert process.wait(60) == 0, process.stderr and process.stderr.read()
    ledger = Ledger(database)
    assert whole(ledger) == 9
    ledger.close()


def test_a_full_disk_is_said_and_nothing_is_half_written(tmp_path: Path) -> None:
    database = tmp_path / "a.db"
    process = writer(database, "full", 10_000, 2_000_000)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 7, err
    assert "unusable: cannot write" in out
    assert "nothing of this step was recorded" in out
    ledger = Ledger(database)
    assert whole(ledger) == len(out.splitlines()) - 1 > 3
    put(ledger, "/after/", round_="full")  # there is room again
    ledger.close()


def test_a_database_that_may_grow_no_more_refuses_the_step(ledger: Ledger) -> None:
    pages = ledger.rows("PRAGMA page_count")[0][0]
    ledger.rows(f"PRAGMA max_page_count = {pages + 4}")
    done = 0

    def fill() -> None:
        nonlocal done
        while done < 500:
            put(ledger, f"/{done}/")
            done += 1

    with pytest.raises(LedgerUnusable, match="full"):
        fill()
    assert whole(ledger) == done
    ledger.rows("PRAGMA max_page_count = 1000000")
    put(ledger, "/after/")
    assert whole(ledger) == done + 1


@pytest.mark.parametrize("after", [0.0, 0.05, 0.11, 0.2, 0.35])
def test_killed_at_any_moment_it_holds_whole_steps_alone(tmp_path: Path, after: float) -> None:
    database = tmp_path / "a.db"
    process = writer(database, "killed")
    assert process.stdout is not None
    assert process.stdout.readline() == "0\n"
    time.sleep(after)
    process.kill()
    said = 1 + len(process.stdout.read().splitlines())
    process.wait(40)
    ledger = Ledger(database)
    try:
        assert said <= whole(ledger) <= said + 1, "what was said to be written is there"
        put(ledger, "/after/", round_="killed")
    finally:
        ledger.close()


def test_folders_that_were_seen_open_are_not_pushed_out_by_new_files(ledger: Ledger) -> None:
    put(ledger)
    finding, _ = found()
    folders = tuple(f"GET /calls/{number}/" for number in range(40))
    with ledger.step():
        ledger.add_witnesses(finding.id, folders)
        for day in range(50):
            ledger.add_witnesses(finding.id, tuple(f"/calls/{day}-{number}.wav" for number in range(6)))
    kept = ledger.witnesses(finding.id)
    assert [one for one in kept if one in folders] == list(folders[:30])
    assert len(kept) == 48
    assert kept[0] == "/calls/49-0.wav"


def test_rows_of_many_are_read_one_after_the_other(tmp_path: Path) -> None:
    """To fetch all of these would take minutes and gigabytes."""
    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000000000) SELECT i FROM n"
    with closing(Ledger(tmp_path / "l.db")) as ledger:
        assert [row["i"] for row in islice(ledger.each_row(many), 3)] == [1, 2, 3]
