"""Copies the ledger while it is in use, and puts a copy back. The key is copied apart: together they tell all.

Of the file beside it that says who may read, a copy holds the log of what was read: the evidence log commits to it.
Sessions, invitations and tokens are left out, since one that was taken back after the copy would be valid again.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from monitor.store.access.access_file import NAME, make_tables
from monitor.store.encryption import KeyUnusable, Seal, fit, key_file
from monitor.store.files.whole_file import put_in_place, write_new

_COPIED = ("reads", "logged", "file")
"""Tables of the access file that a copy holds, each behind this name."""
_BEHIND = "access_"


class BackupFailed(Exception):
    """No copy was made, or none was put back; the text says why and what to do. What was there before stays."""


def back_up(database: Path, target: Path, key_target: Path | None) -> int:
    """Copy `database` to `target` while others write it, and its key to `key_target` if one is given; the bytes copied.

    Both files are readable by their owner alone. The copy is checked before it gets its name. Raises BackupFailed.
    """
    for wanted in filter(None, (target, key_target)):
        if wanted.exists():
            raise BackupFailed(f"{wanted} exists already: name another file")
    half = target.with_name(f"{target.name}.half")
    try:
        half.unlink(missing_ok=True)
        os.close(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(_reading(database)) as source, closing(sqlite3.connect(half)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
            # After the ledger: then all reads that its log commits to are there.
            _take_reads(copy, database.parent / NAME)
        _checked(half)
        if key_target is not None:
            write_new(key_target, key_file(database).read_bytes())
        put_in_place(half, target)
    except (OSError, sqlite3.Error) as error:
        raise BackupFailed(f"{database} could not be copied to {target}: {error}") from error
    finally:
        half.unlink(missing_ok=True)
    return target.stat().st_size


def put_back(copy: Path, key: Path, database: Path) -> None:
    """Make `database` from a copy and its key, and the log of reads beside it where none is. Raises BackupFailed; a
    ledger or a log of reads that is there is never overwritten."""
    for wanted in (database, key_file(database), *_journals(database)):
        if wanted.exists():
            raise BackupFailed(f"{wanted} exists: move it away first, with {database.name}-wal and {database.name}-shm")
    access = database.parent / NAME
    for wanted in () if access.exists() else _journals(access):
        if wanted.exists():
            raise BackupFailed(f"{wanted} exists, and {access} does not: move it away first")
    try:
        _checked(copy)
        seal = Seal(key.read_bytes().strip())
        with closing(_reading(copy)) as held:
            if not fit(held, seal):
                raise BackupFailed(f"{key} is the key of another database than {copy}")
        database.parent.mkdir(parents=True, exist_ok=True)
        write_new(key_file(database), key.read_bytes())
        half = database.with_name(f"{database.name}.half")
        half.unlink(missing_ok=True)
        made = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with copy.open("rb") as source, os.fdopen(made, "wb") as out:
            shutil.copyfileobj(source, out)
        _give_reads(half, access)
        put_in_place(half, database)
    except ValueError as error:
        raise BackupFailed(f"{key} is not a key") from error
    except (OSError, sqlite3.Error, KeyUnusable) as error:
        raise BackupFailed(f"{copy} could not be put back: {error}") from error


def _journals(database: Path) -> tuple[Path, ...]:
    """What SQLite plays back into a database of that name when it is opened, whichever database it was written for."""
    return tuple(database.with_name(f"{database.name}-{one}") for one in ("wal", "shm", "journal"))


def _take_reads(copy: sqlite3.Connection, access: Path) -> None:
    if not access.is_file():
        return  # no page was ever served here
    try:
        _copy_reads(copy, access)
    except sqlite3.DatabaseError as error:
        raise BackupFailed(
            f"{access} cannot be read: {error}. Stop the service and move it away: then the ledger is copied without "
            "the list of who read what"
        ) from error


def _copy_reads(copy: sqlite3.Connection, access: Path) -> None:
    with closing(_reading(access)) as source:
        source.execute("BEGIN")
        there = {name for (name,) in source.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for name in _COPIED:
            if name not in there:
                continue  # of an older program
            rows = source.execute(f"SELECT * FROM {name}")  # noqa: S608  a name of ours
            columns = [column for column, *_ in rows.description]
            copy.execute(f"CREATE TABLE {_BEHIND}{name} ({', '.join(columns)})")
            copy.executemany(_into(_BEHIND + name, len(columns)), rows)
    copy.commit()


def _give_reads(half: Path, access: Path) -> None:
    """Move what a copy holds of the access file out of `half` into a file of its own, unless there is one."""
    made = access.with_name(f"{access.name}.half")
    with closing(sqlite3.connect(half)) as copy:
        there = {name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        held = [name for name in _COPIED if _BEHIND + name in there]
        if held and not access.exists():
            made.unlink(missing_ok=True)
            os.close(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            with closing(sqlite3.connect(made)) as target:
                make_tables(target)
                target.execute("DELETE FROM file")
                for name in held:
                    rows = copy.execute(f"SELECT * FROM {_BEHIND}{name}")  # noqa: S608  a name of ours
                    target.executemany(_into(name, len(rows.description)), rows)
                target.commit()
            put_in_place(made, access)
        for name in held:
            copy.execute(f"DROP TABLE {_BEHIND}{name}")
        copy.commit()


def _into(table: str, columns: int) -> str:
    return f"INSERT INTO {table} VALUES ({', '.join('?' * columns)})"  # noqa: S608  names of ours


def _reading(database: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)


def _checked(copy: Path) -> None:
    with closing(_reading(copy)) as connection:
        (said,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if said != "ok" or "findings" not in tables:
        raise BackupFailed(f"{copy} is no whole ledger: {said if said != 'ok' else 'it has no findings table'}")
