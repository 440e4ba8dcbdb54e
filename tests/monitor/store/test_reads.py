"""What was read of findings stands in the evidence log, and a line that is changed, removed or slipped in is named."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.proof.formats.note import LOG, SigningKey
from monitor.proof.log.checkpoint import sign_checkpoint
from monitor.proof.log.database import compare
from monitor.store.access.access_file import AccessFile, Read
from monitor.store.ledger import Ledger
from monitor.store.log import reads, records
from tests.monitor.findings.builders import NOON

READ = Read(NOON, "Anna", "viewer", "region", "read", "/findings/LO-1", "LO-1", 200)


def told(folder: Path, *names: str) -> None:
    file = AccessFile(folder / "leftopen.db")
    file.log(*(replace(READ, who=name) for name in names))
    file.close()


def signed(folder: Path, minute: int = 0) -> list[bytes]:
    """The records of the log after what was read has been added to it, and signed."""
    ledger = Ledger(folder / "leftopen.db")
    try:
        reads.add_reads(ledger, NOON + timedelta(minutes=minute))
        sign_checkpoint(ledger, SigningKey.make("vendor.example/log", LOG), NOON + timedelta(minutes=minute))
        return list(records.bodies(ledger, 0, records.size(ledger)))
    finally:
        ledger.close()


def differences(folder: Path) -> tuple[str, ...]:
    ledger = Ledger(folder / "leftopen.db")
    try:
        return compare(ledger).differences
    finally:
        ledger.close()


def tamper(folder: Path, sql: str) -> None:
    """As somebody with the file and sqlite3 would."""
    with sqlite3.connect(folder / "access.db") as file:
        for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            file.execute(f"DROP TRIGGER {name}")
        file.execute(sql)
    file.close()


def test_each_line_is_committed_to_once_and_no_record_names_anybody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reads, "_ONCE", 2)
    assert signed(tmp_path) == [], "where no page was served there is nothing to record"
    told(tmp_path, "Anna", "Bo", "Carin")
    assert b"".join(signed(tmp_path, 1)).count(b'"reads":[[') == 2, "two at a time"
    assert len(signed(tmp_path, 2)) == 2, "nothing new, and no record of it"
    told(tmp_path, "Didrik")
    bodies = signed(tmp_path, 3)
    assert [body.split(b'"reads":[[')[1][:3] for body in bodies] == [b"1,2", b"3,3", b"4,4"]
    assert not any(name in b"".join(bodies) for name in (b"Anna", b"Didrik", b"LO-1"))
    assert differences(tmp_path) == ()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE reads SET who = 'nobody' WHERE id = 2",
        "UPDATE reads SET object = 'LO-2' WHERE id = 3",
        "DELETE FROM reads WHERE id = 1",
        "DELETE FROM reads WHERE id = 3",
        "DELETE FROM reads",
        "UPDATE reads SET id = 9 WHERE id = 2",
    ],
)
def test_a_line_that_is_changed_or_gone_is_named(sql: str, tmp_path: Path) -> None:
    told(tmp_path, "Anna", "Bo", "Carin")
    signed(tmp_path)
    tamper(tmp_path, sql)
    (said,) = differences(tmp_path)
    assert said == "access.db: of the reads 1 to 3, one is changed or gone"


def missing(folder: Path) -> str:
    ledger = Ledger(folder / "leftopen.db")
    try:
        compared = compare(ledger)
        assert compared.differences == ()
        return compared.missing
    finally:
        ledger.close()


def test_a_ledger_that_was_put_back_without_the_file_is_incomplete_and_not_broken(tmp_path: Path) -> None:
    told(tmp_path, "Anna")
    signed(tmp_path)
    assert missing(tmp_path) == ""
    for file in tmp_path.glob("access.db*"):
        file.unlink()
    assert "gone or is another file" in missing(tmp_path)
    assert not (tmp_path / "access.db").exists(), "to compare makes nothing"
    told(tmp_path, "Bo", "Carin")
    assert len(signed(tmp_path, 1)) == 2, "the new file is committed to from its beginning"
    assert "gone or is another file" in missing(tmp_path)


def test_an_older_ledger_commits_anew_to_what_it_has_not_committed_to(tmp_path: Path) -> None:
    told(tmp_path, "Anna")
    signed(tmp_path)
    with sqlite3.connect(tmp_path / "leftopen.db") as live, sqlite3.connect(tmp_path / "old.db") as old:
        live.backup(old)
    told(tmp_path, "Bo")
    signed(tmp_path, 1)
    for file in tmp_path.glob("leftopen.db*"):
        if file.suffix in (".db", ".db-wal", ".db-shm", ".log-head"):
            file.unlink()
    (tmp_path / "old.db").rename(tmp_path / "leftopen.db")
    assert [body.split(b'"reads":[[')[1][:3] for body in signed(tmp_path, 2)] == [b"1,1", b"2,2"]
    assert missing(tmp_path) == ""


def test_who_is_killed_between_record_and_mark_records_the_same_once_more(tmp_path: Path) -> None:
    told(tmp_path, "Anna", "Bo")
    signed(tmp_path)
    tamper(tmp_path, "DELETE FROM logged")
    assert len(signed(tmp_path, 1)) == 2
    assert differences(tmp_path) == ()
