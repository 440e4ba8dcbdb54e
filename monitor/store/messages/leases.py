"""Who is at a message: a claim with an owner and an end, so that of two outboxes on one ledger one alone sends it.

An owner is a locked file beside the database. The system lets go of the lock when the process dies, however it dies, so
the claims of a killed one are void at once; those of one that hangs end with their lease.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import weakref
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from monitor.store.ledger import Ledger, LedgerUnusable
from monitor.store.rows import stamp, when

LEASE = timedelta(minutes=2)
"""A claim ends after this, whatever has become of its owner; a delivery is killed long before."""
_MARK = ".outbox-"


class Owner:
    """One outbox, as others see it: alive as long as it holds the lock of its file."""

    def __init__(self, database: Path) -> None:
        """Raises LedgerUnusable when there can be no file beside the database."""
        self.name = secrets.token_hex(8)
        path = _file(database, self.name)
        # Locked before it has its name: in between, another would take it for one that was left behind.
        unnamed = database.with_name(f".{database.name}.{self.name}")
        try:
            _sweep(database)
            descriptor = os.open(unnamed, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
            # A file system without such locks tells nobody apart: there an owner counts as alive until its lease ends.
            with suppress(OSError):
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            unnamed.rename(path)
        except OSError as error:
            raise LedgerUnusable(f"cannot make {path}, by which a message is claimed: {error.strerror}") from error
        weakref.finalize(self, _gone, descriptor, path, os.getpid())


def claim(ledger: Ledger, due: int, owner: str, now: datetime) -> None:
    """Say that a try at a message begins. The caller holds a `step`, in which it has seen that nobody else is at it."""
    ledger.execute(
        "UPDATE dues SET sending = ?, owner = ?, lease = ? WHERE id = ?", stamp(now), owner, stamp(now + LEASE), due
    )


def claimed(ledger: Ledger, now: datetime, *, but: str = "", of: int | None = None) -> frozenset[int]:
    """The messages that a living owner, another than `but`, is at: among all, or whether `of` is."""
    sql = "SELECT id, owner, lease FROM dues WHERE sending IS NOT NULL AND state IN ('owed', 'held') AND owner <> ?"
    rows = ledger.rows(sql, but) if of is None else ledger.rows(f"{sql} AND id = ?", but, of)
    alive = {name: _alive(ledger.path, name) for name in {row["owner"] for row in rows}}
    return frozenset(row["id"] for row in rows if now < when(row["lease"]) and alive[row["owner"]])


def _file(database: Path, name: str) -> Path:
    return database.with_name(f"{database.name}{_MARK}{name}")


def _alive(database: Path, name: str) -> bool:
    try:
        descriptor = os.open(_file(database, name), os.O_RDWR)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def _sweep(database: Path) -> None:
    """Take away what killed ones have left behind."""
    for path in database.parent.glob(f"{database.name}{_MARK}*"):
        if not _alive(database, path.name.rpartition(_MARK)[2]):
            path.unlink(missing_ok=True)


def _gone(descriptor: int, path: Path, process: int) -> None:
    # A child that was forked off is not the owner, and ends before it or after it.
    if os.getpid() == process:
        path.unlink(missing_ok=True)
    os.close(descriptor)
