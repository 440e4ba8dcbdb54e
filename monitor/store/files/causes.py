"""Why a database cannot be used, and the way out, in the words of whoever runs leftopen: SQLite's own say neither."""

from __future__ import annotations

import errno
import os
import pwd
import sqlite3
from pathlib import Path

_ELSEWHERE = "or name another database with --database"


def cause(path: Path, error: sqlite3.Error | OSError) -> str:
    """What stands behind `error` at the database `path`, and what to do about it."""
    if path.is_dir():
        return f"it is a folder: name a file in it, such as {path / 'leftopen.db'}"
    said = str(getattr(error, "sqlite_errorname", ""))
    number = error.errno if isinstance(error, OSError) else None
    if said.startswith("SQLITE_FULL") or number in (errno.ENOSPC, errno.EDQUOT):
        return "its disk is full: make room there"
    if number == errno.EROFS:
        return f"its disk takes no writes (mounted read-only): mend that, {_ELSEWHERE}"
    if said.startswith("SQLITE_NOTADB"):
        return f"the file is no database: put a backup back (`leftopen restore`), {_ELSEWHERE}"
    if said.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return "another program has held it for 30 seconds: end that one, or wait"
    if said.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY")) or number in (errno.EACCES, errno.EPERM):
        return _forbidden(path)
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)


def _forbidden(path: Path) -> str:
    """Which of the file and its folders this user may not use, and whose it is."""
    for one in (path, *path.absolute().parents):
        if not one.exists():
            continue
        if _may(one, os.R_OK | os.W_OK | (os.X_OK if one.is_dir() else 0)):
            continue
        # Only the nearest folder has to be writable.
        if one.is_dir() and one != _nearest(path) and _may(one, os.X_OK):
            continue
        owner, we = one.stat().st_uid, os.geteuid()
        way = "change its mode (chmod)" if owner == we else "run leftopen as its owner"
        return f"{_user(we)} may not write {one} (of {_user(owner)}): {way}, {_ELSEWHERE}"
    return f"it cannot be opened: look at the rights of its folder, {_ELSEWHERE}"


def _may(path: Path, mode: int) -> bool:
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)


def _nearest(path: Path) -> Path:
    return next(one for one in path.absolute().parents if one.exists())


def _user(number: int) -> str:
    try:
        return f"user {pwd.getpwuid(number).pw_name}"
    except KeyError:
        return f"user {number}"
