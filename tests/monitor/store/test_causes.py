"""A database that cannot be used says why, whose it is, and what to do."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from monitor.store.files.causes import cause
from monitor.store.ledger import Ledger, LedgerUnusable

ROOT = Path(__file__).resolve().parents[3]


def test_a_folder_and_a_file_of_another_kind_are_told(tmp_path: Path) -> None:
    with pytest.raises(LedgerUnusable, match="it is a folder: name a file in it, such as"):
        Ledger(tmp_path)
    other = tmp_path / "notes.txt"
    other.write_text("hello\n" * 1000)
    with pytest.raises(LedgerUnusable, match="no database: put a backup back"):
        Ledger(other)


def full(path: Path) -> None:
    with closing(sqlite3.connect(path)) as made:
        made.execute("CREATE TABLE t (a)")
        made.execute("PRAGMA max_page_count = 3")
        made.execute("INSERT INTO t VALUES (zeroblob(100000))")


def held(path: Path) -> None:
    with closing(sqlite3.connect(path)) as one, closing(sqlite3.connect(path, timeout=0)) as other:
        one.execute("BEGIN EXCLUSIVE")
        other.execute("BEGIN IMMEDIATE")


def read_only(path: Path) -> None:
    raise OSError(errno.EROFS, "Read-only file system")


@pytest.mark.parametrize(
    ("fails", "says"),
    [
        (full, "its disk is full: make room there"),
        (held, "another program has held it for 30 seconds"),
        (read_only, "mounted read-only"),
    ],
)
def test_what_sqlite_and_the_system_say_gets_a_way_out(
    tmp_path: Path, fails: Callable[[Path], None], says: str
) -> None:
    path = tmp_path / "a.db"
    with pytest.raises((sqlite3.Error, OSError)) as caught:
        fails(path)
    assert isinstance(caught.value, sqlite3.Error | OSError)
    assert says in cause(path, caught.value)


@pytest.mark.parametrize(
    ("locked", "mode"), [("house", 0o555), ("house/a.db", 0o000), ("house/a.db", 0o444), ("house/a.db.key", 0o000)]
)
def test_the_file_or_folder_that_this_user_may_not_use_is_named_with_its_owner(locked: str, mode: int) -> None:
    program = """
import os, sys
from pathlib import Path
from monitor.store.ledger import Ledger
if os.geteuid() == 0:
    os.seteuid(65534)
try:
    with Ledger(Path(sys.argv[1])).step():
        pass
except Exception as error:
    print(error)
"""
    with tempfile.TemporaryDirectory() as made:
        house = Path(made) / "house"
        house.mkdir()
        os.chmod(made, 0o755)  # noqa: PTH101, S103  another user has to get there
        if locked != "house":
            Ledger(house / "a.db").close()
            for one in house.iterdir():
                one.chmod(0o666)
            house.chmod(0o777)
        (Path(made) / locked).chmod(mode)
        done = subprocess.run(
            [sys.executable, "-c", program, str(house / "a.db")], capture_output=True, text=True, cwd=ROOT, check=True
        )
    assert f"may not write {Path(made) / locked} (of user " in done.stdout, done.stdout + done.stderr
    assert "run leftopen as its owner" in done.stdout
