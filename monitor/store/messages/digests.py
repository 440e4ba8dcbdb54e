"""Messages that stand for others: one for many findings at once, one in another channel's place.

Everything here is done within a `step` of the caller: a process killed at any moment has either all of it or nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from monitor.store.ledger import Ledger
from monitor.store.messages.queued import IN_ORDER, NewMessage, QueuedMessage
from monitor.store.rows import due_of, stamp
from monitor.store.tables import actions


def fold(ledger: Ledger, group: NewMessage, members: Collection[QueuedMessage], now: datetime) -> None:
    """Put `group` on file in the place of its members; the ledger still shows of each what became of it."""
    ledger.owe_now((group,), now)
    (row,) = ledger.rows("SELECT id FROM dues WHERE key = ?", group.key)
    ledger.executemany(
        "UPDATE dues SET state = 'grouped', grouped = ?, last_error = '' WHERE id = ? AND state IN ('owed', 'held')",
        [(row["id"], due.id) for due in members],
    )


def dissolve(ledger: Ledger, group: int, now: datetime) -> None:
    """The members are owed by themselves again, and the group is no more."""
    ledger.execute("UPDATE dues SET state = 'cancelled', sending = NULL WHERE id = ? OR copy_of = ?", group, group)
    ledger.execute(
        "UPDATE dues SET state = 'owed', grouped = NULL, due = ? WHERE grouped = ? AND state = 'grouped'",
        stamp(now),
        group,
    )


def members(ledger: Ledger, group: int) -> tuple[QueuedMessage, ...]:
    """The messages that a group, or its copy in another channel's place, stands for."""
    rows = ledger.rows(
        "SELECT * FROM dues WHERE grouped = (SELECT coalesce(copy_of, id) FROM dues WHERE id = ?) ORDER BY id", group
    )
    return tuple(due_of(dict(row)) for row in rows)


def behind(ledger: Ledger) -> frozenset[tuple[str, str]]:
    """The channels with a finding whose next news waits for a group that holds its last news; not for ever."""
    rows = ledger.rows(
        """SELECT m.channel, m.finding FROM dues m JOIN dues g ON g.id = m.grouped
           WHERE m.state = 'grouped' AND g.tries < ?""",
        IN_ORDER,
    )
    return frozenset((row["channel"], row["finding"]) for row in rows)


def hand_over(ledger: Ledger, due: QueuedMessage, owed: NewMessage) -> bool:
    """Address a message that is not sent to whoever is on duty now; not when they are told of the same already."""
    taken = ledger.rows(
        "SELECT 1 FROM dues WHERE key = ? OR (finding <> '' AND finding = ? AND sequence = ? AND channel = ?)",
        owed.key,
        owed.finding,
        owed.sequence,
        owed.channel,
    )
    if taken:
        return False
    cursor = ledger.execute(
        "UPDATE dues SET key = ?, channel = ? WHERE id = ? AND state IN ('owed', 'held')",
        owed.key,
        owed.channel,
        due.id,
    )
    return cursor.rowcount > 0


def stand_in(ledger: Ledger, due: QueuedMessage, owed: NewMessage, now: datetime) -> int | None:
    """Owe a message to a fallback channel too; the number of the copy, or None when it is owed there already."""
    if ledger.rows("SELECT 1 FROM dues WHERE key = ?", owed.key):
        return None
    ledger.owe_now((owed,), now)
    ledger.execute(
        "UPDATE dues SET copy_of = (SELECT coalesce(copy_of, id) FROM dues WHERE id = ?) WHERE key = ?",
        due.id,
        owed.key,
    )
    (row,) = ledger.rows("SELECT id FROM dues WHERE key = ?", owed.key)
    return int(row["id"])


@dataclass(frozen=True, slots=True)
class Unheard:
    """News of an open finding that was tried, and that no provider has accepted for anybody."""

    finding: str
    sequence: int


def unheard(ledger: Ledger) -> tuple[Unheard, ...]:
    """The open findings of which nobody at all could be told, each with the first news that nobody got."""
    rows = ledger.rows(
        """SELECT d.finding, min(d.sequence) AS sequence FROM dues d LEFT JOIN dues g ON g.id = d.grouped
           WHERE d.finding <> '' AND d.step NOT IN ('cleared', 'retracted', 'warned', 'undeclared')
           AND (d.state IN ('owed', 'dead') AND d.tries > 0 OR d.state = 'grouped' AND g.tries > 0 OR d.state = 'dead')
           AND NOT EXISTS (SELECT 1 FROM dues o JOIN deliveries t ON t.due = o.id
                           WHERE o.finding = d.finding AND o.sequence >= d.sequence
                           AND t.outcome IN ('accepted', 'partly-refused') AND o.step NOT IN ('warned', 'undeclared'))
           GROUP BY d.finding ORDER BY d.finding"""
    )
    if not rows:
        return ()
    still_open = {finding.id for finding in actions.still_open(ledger)}
    return tuple(Unheard(row["finding"], row["sequence"]) for row in rows if row["finding"] in still_open)
