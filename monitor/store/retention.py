"""How long looks are kept: observations and what they asked are deleted at a declared age, and nothing else ever is.

What a look came to stays: findings, changes, evidence with the observation that it rests on, places with their longest
gap, rounds with their counts, messages, tries, actions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.store.ledger import Ledger
from monitor.store.rows import maybe, stamp

AT_A_TIME = 2000
"""So many in one transaction: what is found meanwhile waits no longer than that takes."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large the ledger is, and since when it has looks."""

    bytes: int
    observations: int
    oldest: datetime | None


def forget(ledger: Ledger, before: datetime, most: int = AT_A_TIME) -> int:
    """Delete the oldest looks that ended before that time; how many. To be called until there are none.

    Raises LedgerUnusable, with nothing of it done.
    """
    # Checked here by hand: SQLite would read a whole table for each row, to see that nothing refers to it.
    ledger.rows("PRAGMA foreign_keys = OFF")
    try:
        with ledger.step():
            old = [
                row["id"]
                for row in ledger.rows(
                    """SELECT id FROM observations WHERE ended < ? AND id NOT IN (SELECT observation FROM evidence)
                       ORDER BY id LIMIT ?""",
                    stamp(before),
                    most,
                )
            ]
            ledger.executemany("DELETE FROM observations WHERE id = ?", [(id_,) for id_ in old])
            if old and len(old) < most:
                ledger.execute(
                    """DELETE FROM records WHERE digest NOT IN
                       (SELECT asked FROM observations UNION SELECT sights FROM observations)"""
                )
    finally:
        ledger.rows("PRAGMA foreign_keys = ON")
    return len(old)


def overdue(ledger: Ledger, before: datetime) -> bool:
    """Whether there are looks from before that time that should be gone."""
    # They are put on file in their order, so the first that may be deleted is the oldest.
    rows = ledger.rows(
        "SELECT ended FROM observations WHERE id NOT IN (SELECT observation FROM evidence) ORDER BY id LIMIT 1"
    )
    return bool(rows) and str(rows[0]["ended"]) < stamp(before)


def size(ledger: Ledger) -> Size:
    """How much there is on file, with what SQLite has not yet written back."""
    (row,) = ledger.rows(
        "SELECT count(*) AS n, (SELECT ended FROM observations ORDER BY id LIMIT 1) AS oldest FROM observations"
    )
    files = (ledger.path, ledger.path.with_name(ledger.path.name + "-wal"))
    return Size(sum(file.stat().st_size for file in files if file.exists()), row["n"], maybe(row["oldest"]))
