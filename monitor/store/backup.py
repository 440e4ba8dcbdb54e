"""Copies the ledger while it is in use, and puts a copy back. The key is copied apart: together they tell all."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from monitor.store.encryption import KeyUnusable, Seal, key_file


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
        _checked(half)
        if key_target is not None:
            _copy_key(key_file(database), key_target)
        half.rename(target)
    except (OSError, sqlite3.Error) as error:
        raise BackupFailed(f"{database} could not be copied to {target}: {error}") from error
    finally:
        half.unlink(missing_ok=True)
    return target.stat().st_size


def put_back(copy: Path, key: Path, database: Path) -> None:
    """Make `database` from a copy and its key. Raises BackupFailed; a ledger that is there is never overwritten."""
    for wanted in (database, key_file(database)):
        if wanted.exists():
            raise BackupFailed(f"{wanted} exists: move it away first, with {database.name}-wal and {database.name}-shm")
    try:
        _checked(copy)
        Seal(key.read_bytes().strip())
        database.parent.mkdir(parents=True, exist_ok=True)
        _copy_key(key, key_file(database))
        half = database.with_name(f"{database.name}.half")
        shutil.copyfile(copy, half)
        half.chmod(0o600)
        half.rename(database)
    except ValueError as error:
        raise BackupFailed(f"{key} is not a key") from error
    except (OSError, sqlite3.Error, KeyUnusable) as error:
        raise BackupFailed(f"{copy} could not be put back: {error}") from error


def _reading(database: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)


def _checked(copy: Path) -> None:
    with closing(_reading(copy)) as connection:
        (said,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if said != "ok" or "findings" not in tables:
        raise BackupFailed(f"{copy} is no whole ledger: {said if said != 'ok' else 'it has no findings table'}")


def _copy_key(source: Path, target: Path) -> None:
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(source.read_bytes())
        out.flush()
        os.fsync(out.fileno())
