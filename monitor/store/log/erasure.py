"""Erases what the log commits to and does not show, at the age at which looks are deleted. The log stays whole."""

from __future__ import annotations

from datetime import datetime

from monitor.store.ledger import Ledger
from monitor.store.log.packed import plain
from monitor.store.looks.slots import day_and_second
from monitor.store.rows import stamp
from monitor.store.schema.stored import value_of

AT_A_TIME = 100
"""Private parts that one step erases, each of the looks of one record; and of rows that none of them needs, ten times
as many: whoever records waits no longer than that takes."""


def erase(ledger: Ledger, before: datetime, most: int = AT_A_TIME) -> bool:
    """Delete salts and private parts of looks recorded before that time, and of what a vantage signed of them, a few;
    whether more may be left.

    Without its salt a commitment tells nothing, even to somebody who guesses what it stood for. Raises LedgerUnusable.
    """
    with ledger.step():
        rows = ledger.rows(
            """SELECT p.seq, p.part, CAST(r.body AS BLOB) AS body FROM log_private p JOIN log_records r ON r.seq = p.seq
               WHERE p.shared IS NOT NULL ORDER BY p.seq, p.part LIMIT ?""",
            most,
        )
        # Records are in the order of their commits, so the first that is young enough ends the search.
        limit = stamp(before)
        young = next((n for n, row in enumerate(rows) if value_of(plain(row["body"]))["at"] >= limit), len(rows))
        old = [(row["seq"], row["part"]) for row in rows[:young]]
        ledger.executemany("DELETE FROM log_private WHERE seq = ? AND part = ?", old)
        more = young == len(rows) == most
        if more:
            return True
        # What no part needs that is left was used for the last time before the first day of which looks are kept.
        sql = "DELETE FROM log_shared WHERE id IN (SELECT id FROM log_shared WHERE used < ? LIMIT ?)"
        return ledger.execute(sql, day_and_second(before)[0], 10 * most).rowcount == 10 * most
