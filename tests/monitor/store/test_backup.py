"""A copy of the ledger is whole, closed to others, and can be put back; a lost key is said, not replaced."""

from __future__ import annotations

import sqlite3
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.proof.formats.note import LOG, SigningKey
from monitor.proof.log.checkpoint import sign_checkpoint
from monitor.proof.log.database import Compared, compare
from monitor.store.access.access_file import NAME, AccessFile, Read, digest
from monitor.store.backup import BackupFailed, back_up, put_back
from monitor.store.encryption import KeyUnusable, key_file, make_key
from monitor.store.ledger import Ledger
from monitor.store.log.reads import add_reads
from tests.monitor.findings.builders import NOON


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "var" / "leftopen.db"
    Ledger(path).close()
    return path


def test_a_copy_made_while_others_write_is_whole_and_put_back(ledger: Path, tmp_path: Path) -> None:
    copy, key = tmp_path / "copy.db", tmp_path / "copy.key"
    used = Ledger(ledger)
    sealed = used.seal.close(("/a/call 1.wav",))
    with used.step():
        used.execute("INSERT INTO looks (asset, at) VALUES ('nas', '2026-11-29T10:00:00.000Z')")
    assert back_up(ledger, copy, key) > 0
    used.close()
    for file in (copy, key):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    there = tmp_path / "other" / "leftopen.db"
    put_back(copy, key, there)
    again = Ledger(there)
    assert set(again.looks()) == {"nas"}
    assert again.seal.open(sealed) == ("/a/call 1.wav",)
    again.close()


def test_nothing_is_ever_overwritten(ledger: Path, tmp_path: Path) -> None:
    copy, key = tmp_path / "copy.db", tmp_path / "copy.key"
    back_up(ledger, copy, key)
    before = copy.read_bytes()
    with pytest.raises(BackupFailed, match="exists already"):
        back_up(ledger, copy, None)
    with pytest.raises(BackupFailed, match="move it away first"):
        put_back(copy, key, ledger)
    assert copy.read_bytes() == before


@pytest.mark.parametrize("damage", ["cut", "not a database", "another database"])
def test_a_damaged_copy_is_not_put_back(ledger: Path, tmp_path: Path, damage: str) -> None:
    copy, key, there = tmp_path / "copy.db", tmp_path / "copy.key", tmp_path / "there.db"
    back_up(ledger, copy, key)
    if damage == "another database":
        copy.unlink()
        with sqlite3.connect(copy) as other:
            other.execute("CREATE TABLE x (y)")
    else:
        copy.write_bytes(copy.read_bytes()[:9000] if damage == "cut" else b"no database at all" * 100)
    with pytest.raises(BackupFailed):
        put_back(copy, key, there)
    assert not there.exists()
    assert not key_file(there).exists()


def test_a_copy_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(BackupFailed):
        back_up(tmp_path / "none.db", tmp_path / "copy.db", None)
    assert list(tmp_path.iterdir()) == []


def test_a_lost_key_is_said_and_no_other_is_made(ledger: Path) -> None:
    key_file(ledger).unlink()
    with pytest.raises(KeyUnusable, match="missing: put it back"):
        Ledger(ledger)
    assert not key_file(ledger).exists()
    make_key(key_file(ledger))
    with pytest.raises(KeyUnusable, match="is that of another database"):
        Ledger(ledger)


def read(ledger: Path, *names: str) -> None:
    file = AccessFile(ledger)
    file.log(*(Read(NOON, name, "viewer", "region", "read", "/findings/LO-1", "LO-1", 200) for name in names))
    file.close()


def compared(ledger: Path, *, sign: bool = False) -> Compared:
    opened = Ledger(ledger)
    try:
        if sign:
            add_reads(opened, NOON)
            sign_checkpoint(opened, SigningKey.make("vendor.example/log", LOG), NOON)
        return compare(opened)
    finally:
        opened.close()


def test_the_log_of_reads_goes_along_and_no_session_or_token_does(ledger: Path, tmp_path: Path) -> None:
    read(ledger, "Anna", "Bo")
    file = AccessFile(ledger)
    session = file.begin("invite", "anna", "Anna", {}, NOON)
    token = file.make_token("nagios", "viewer", "region", ("read",), NOON, NOON + timedelta(days=9))
    assert token is not None
    assert compared(ledger, sign=True).differences == ()
    copy, key, there = tmp_path / "copy.db", tmp_path / "copy.key", tmp_path / "other" / "leftopen.db"
    back_up(ledger, copy, key)
    for secret in (session, token):
        assert digest(secret).encode() not in copy.read_bytes()
    put_back(copy, key, there)
    assert stat.S_IMODE((there.parent / NAME).stat().st_mode) == 0o600
    said = compared(there)
    assert (said.differences, said.missing) == ((), "")
    again = AccessFile(there)
    assert [one.who for _, one in again.reads(None, 99, 99)] == ["Bo", "Anna"]
    assert again.session(session, NOON) is None
    assert again.tokens() == ()
    again.close()
    read(there, "Carin")
    assert compared(there, sign=True).missing == "", "the same log goes on"
    with sqlite3.connect(there) as put:
        assert not put.execute("SELECT 1 FROM sqlite_master WHERE name LIKE 'access%'").fetchall()
    with sqlite3.connect(there.parent / NAME) as tampered, pytest.raises(sqlite3.Error, match="never rewritten"):
        tampered.execute("UPDATE reads SET who = 'nobody'")


def test_a_line_that_was_changed_in_the_copy_is_named(ledger: Path, tmp_path: Path) -> None:
    read(ledger, "Anna", "Bo")
    compared(ledger, sign=True)
    copy, key, there = tmp_path / "copy.db", tmp_path / "copy.key", tmp_path / "other" / "leftopen.db"
    back_up(ledger, copy, key)
    with sqlite3.connect(copy) as changed:
        changed.execute("UPDATE access_reads SET who = 'nobody' WHERE id = 1")
    put_back(copy, key, there)
    assert compared(there).differences == ("access.db: of the reads 1 to 2, one is changed or gone",)


def test_a_log_of_reads_that_is_there_stays(ledger: Path, tmp_path: Path) -> None:
    read(ledger, "Anna")
    copy, key = tmp_path / "copy.db", tmp_path / "copy.key"
    back_up(ledger, copy, key)
    read(ledger, "Bo")
    for file in ledger.parent.glob("leftopen.db*"):
        file.unlink()
    put_back(copy, key, ledger)
    opened = AccessFile(ledger)
    assert [one.who for _, one in opened.reads(None, 99, 99)] == ["Bo", "Anna"]
    opened.close()


@pytest.mark.parametrize("left", ["leftopen.db-wal", "leftopen.db-journal", "access.db-wal"])
def test_what_another_database_has_left_to_be_played_back_is_in_the_way(
    ledger: Path, tmp_path: Path, left: str
) -> None:
    copy, key, there = tmp_path / "copy.db", tmp_path / "copy.key", tmp_path / "there" / "leftopen.db"
    back_up(ledger, copy, key)
    there.parent.mkdir()
    (there.parent / left).write_bytes(b"of another database")
    with pytest.raises(BackupFailed, match=f"{left} exists"):
        put_back(copy, key, there)
    assert [one.name for one in there.parent.iterdir()] == [left]


def test_the_key_of_another_ledger_is_not_put_beside_a_copy(ledger: Path, tmp_path: Path) -> None:
    other, copy, key = tmp_path / "other" / "leftopen.db", tmp_path / "copy.db", tmp_path / "copy.key"
    Ledger(other).close()
    back_up(ledger, copy, None)
    back_up(other, tmp_path / "other.db", key)
    with pytest.raises(BackupFailed, match="the key of another database"):
        put_back(copy, key, tmp_path / "there.db")
    assert not key_file(tmp_path / "there.db").exists()
    put_back(tmp_path / "other.db", key, tmp_path / "there.db")


@pytest.mark.parametrize("damage", [b"no database" * 500, b"SQLite format 3\0" + b"\xff" * 9000])
def test_a_list_of_reads_that_is_damaged_is_said_by_name_and_keeps_no_ledger_from_being_copied(
    ledger: Path, tmp_path: Path, damage: bytes
) -> None:
    read(ledger, "Ada", "Bo")
    assert compared(ledger, sign=True).differences == ()
    access = ledger.parent / NAME
    for rest in ledger.parent.glob(f"{NAME}*"):
        rest.unlink()
    access.write_bytes(damage)
    (said,) = compared(ledger).differences
    assert said.startswith("access.db cannot be read")
    with pytest.raises(BackupFailed, match=r"access\.db cannot be read: .*move it away"):
        back_up(ledger, tmp_path / "copy.db", None)
    access.unlink()
    assert back_up(ledger, tmp_path / "copy.db", None) > 0
