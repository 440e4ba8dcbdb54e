"""Indexes that lie: after a torn write a row is in its table and not in an index, and no question by that shows it.

A message that is owed would never be sent, and a finding that is open be filed a second time. SQLite itself notices
nothing of it; only a check of the whole file does.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from monitor.store.ledger import Ledger, LedgerUnusable
from monitor.store.rows import stamp

WHAT = "an index of the database, which was made anew"


def fault_of(database: Path) -> str:
    """What a check of the whole file says first; empty: it is whole. It takes a second of the processor for a hundred
    megabytes, and holds up nobody who writes. Raises LedgerUnusable."""
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as connection:
            (said,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error as error:
        raise LedgerUnusable(f"cannot read {database}: {error}") from error
    return "" if said == "ok" else " ".join(str(said).split())


def make_anew(ledger: Ledger, now: datetime) -> str:
    """Make every index anew from its table; what a check says after that: empty where the tables were whole."""
    try:
        with ledger.step():
            ledger.execute("REINDEX")
            sql = "INSERT INTO damaged_rows (at, what, row) VALUES (?, ?, '{}')"
            ledger.execute(sql, stamp(now), WHAT)
        return fault_of(ledger.path)
    except (sqlite3.IntegrityError, LedgerUnusable) as error:
        # The tables are damaged too; or two rows have one key, of which the index knew but one.
        return str(error)


def mended(ledger: Ledger, now: datetime) -> int:
    """As `make_anew`, where work failed that may have been led astray by an index; how many faults were mended."""
    return int(bool(fault_of(ledger.path)) and not make_anew(ledger, now))
