"""A copy of the ledger is whole, closed to others, and can be put back; a lost key is said, not replaced."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest

from monitor.store.backup import BackupFailed, back_up, put_back
from monitor.store.encryption import KeyUnusable, key_file, make_key
from monitor.store.ledger import Ledger


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
    Ledger(ledger).close()
