"""Erases what the log commits to and does not show, at the age at which looks are deleted. The log stays whole."""

from __future__ import annotations

from datetime import datetime

from monitor.store.ledger import Ledger
from monitor.store.rows import stamp

AT_A_TIME = 500


def erase(ledger: Ledger, before: datetime, most: int = AT_A_TIME) -> bool:
    """Delete salts and private parts of looks recorded before that time, a few; whether more may be left.

    Without its salt a commitment tells nothing, even to somebody who guesses what it stood for. Raises LedgerUnusable.
    """
    with ledger.step():
        rows = ledger.rows(
            """SELECT p.seq, p.part, json_extract(CAST(r.body AS TEXT), '$.at') < ? AS old
               FROM log_private p JOIN log_records r ON r.seq = p.seq
               WHERE p.shared IS NOT NULL ORDER BY p.seq, p.part LIMIT ?""",
            stamp(before),
            most,
        )
        # Records are in the order of their commits, so the first that is young enough ends the search.
        young = next((n for n, row in enumerate(rows) if not row["old"]), len(rows))
        old = [(row["seq"], row["part"]) for row in rows[:young]]
        ledger.executemany("DELETE FROM log_private WHERE seq = ? AND part = ?", old)
        more = young == len(rows) == most
        if old and not more:
            ledger.execute(
                "DELETE FROM log_shared WHERE id NOT IN (SELECT shared FROM log_private WHERE shared IS NOT NULL)"
            )
    return more
