"""Opens the database of a ledger: its key, the rights of its file, its tables, and how surely it writes."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from monitor.store.encryption import Seal, seal_of
from monitor.store.files.causes import cause
from monitor.store.schema.migrations import MadeByNewer, bring_up_to_date
from monitor.store.schema.stored import LedgerUnusable


def opened(path: Path) -> tuple[sqlite3.Connection, Seal]:
    """The database at `path`, which is made where there is none, with its tables up to date; and its seal, whose key
    lies beside it.

    The connection may be used on any thread, and on one at a time. Raises LedgerUnusable, KeyUnusable.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(path.parent):
            if not path.exists() or path.stat().st_size == 0:
                # The key is there before the first table: another process never finds a ledger without one.
                Seal.beside(path, make=True)
            # Witnesses are sealed, but places and counts are confidential too.
            path.touch(mode=0o600, exist_ok=True)
        connection = sqlite3.connect(path, timeout=30, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        # FULL: a message that is owed must outlive a power cut, not just a killed process.
        connection.execute("PRAGMA synchronous = FULL")
        with _alone(path.parent):
            bring_up_to_date(connection)
        connection.execute("PRAGMA foreign_keys = ON")
        seal = seal_of(path, connection)
    except MadeByNewer as error:
        connection.close()
        raise LedgerUnusable(
            f"the database {path} was made by a newer leftopen ({error}): use that one, or restore the backup that "
            "was made before the upgrade"
        ) from None
    except (OSError, sqlite3.Error) as error:
        raise LedgerUnusable(f"cannot use the database {path}: {cause(path, error)}") from error
    return connection, seal


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time: two that make the same tables at once would both find them missing."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        # Where a file system has no such lock we go on without: it matters only when two start in the same moment.
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
