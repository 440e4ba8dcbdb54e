"""How long looks are kept: observations and what they asked are deleted at a declared age, and nothing else ever is.

What a look came to stays: findings, changes, evidence with the observation that it rests on, places with their longest
gap, the figures of each day, rounds with their counts, messages, tries, actions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.store.ledger import Ledger
from monitor.store.rows import maybe, stamp

AT_A_TIME = 300
"""So many in one transaction: what is found meanwhile waits no longer than that takes, a few hundredths of a second."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large the ledger is, and since when it has looks."""

    bytes: int
    observations: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Forgotten:
    """One small step of deletion."""

    deleted: int
    reached: int | None
    """The look up to which all old ones are gone, to go on behind it; None when no older one is left."""


def forget(ledger: Ledger, before: datetime, behind: int = 0, most: int = AT_A_TIME) -> Forgotten:
    """Delete looks that ended before that time: the next few behind the look `behind`. Raises LedgerUnusable.

    Evidence keeps the look that it rests on, and what is seen unchanged the look that saw it first. Looks are numbered
    in the order in which they were put on file, so the first one that is young enough ends the search.
    """
    # Checked here by hand: SQLite would read a whole table for each row, to see that nothing refers to it.
    ledger.rows("PRAGMA foreign_keys = OFF")
    try:
        with ledger.step():
            looks = ledger.rows(
                """SELECT id, ended < ? AS old, asked, verdicts,
                   EXISTS (SELECT 1 FROM evidence e WHERE e.observation = o.id)
                   OR EXISTS (SELECT 1 FROM series s WHERE s.observation = o.id) AS kept
                   FROM observations o WHERE id > ? ORDER BY id LIMIT ?""",
                stamp(before),
                behind,
                most,
            )
            young = next((n for n, row in enumerate(looks) if not row["old"]), len(looks))
            old = [row for row in looks[:young] if not row["kept"]]
            ledger.executemany("DELETE FROM observations WHERE id = ?", [(row["id"],) for row in old])
            # What was seen is kept as long as a day says so: the figures of days outlive the looks.
            ledger.executemany(
                """DELETE FROM records WHERE id = ?1
                   AND NOT EXISTS (SELECT 1 FROM observations WHERE asked = ?1)
                   AND NOT EXISTS (SELECT 1 FROM observations WHERE verdicts = ?1)
                   AND NOT EXISTS (SELECT 1 FROM days WHERE verdicts = ?1)
                   AND NOT EXISTS (SELECT 1 FROM series WHERE verdicts = ?1)""",
                [(record,) for record in {row[column] for row in old for column in ("asked", "verdicts")}],
            )
    finally:
        ledger.rows("PRAGMA foreign_keys = ON")
    return Forgotten(len(old), looks[-1]["id"] if young == len(looks) == most else None)


def overdue(ledger: Ledger, before: datetime) -> bool:
    """Whether there are looks from before that time that should be gone."""
    # They are put on file in their order, so the first that may be deleted is the oldest.
    rows = ledger.rows(
        """SELECT ended FROM observations o WHERE NOT EXISTS (SELECT 1 FROM evidence e WHERE e.observation = o.id)
           AND NOT EXISTS (SELECT 1 FROM series s WHERE s.observation = o.id) ORDER BY id LIMIT 1"""
    )
    return bool(rows) and str(rows[0]["ended"]) < stamp(before)


def size(ledger: Ledger) -> Size:
    """How much there is on file, with what SQLite has not yet written back."""
    (row,) = ledger.rows(
        "SELECT count(*) AS n, (SELECT ended FROM observations ORDER BY id LIMIT 1) AS oldest FROM observations"
    )
    files = (ledger.path, ledger.path.with_name(ledger.path.name + "-wal"))
    return Size(sum(file.stat().st_size for file in files if file.exists()), row["n"], maybe(row["oldest"]))
