"""What happened to messages besides tries: held, released, approved, cancelled, misdelivered; only ever appended."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.store.ledger import Ledger
from monitor.store.messages import digests, leases
from monitor.store.messages.queued import DueState, QueuedMessage
from monitor.store.rows import due_of, stamp, when


class Event(StrEnum):
    """What happened to a message."""

    HELD = "held"  # by the system: not sent, and why
    RELEASED = "released"  # by the system: what held it is over
    APPROVED = "approved"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"  # by the system: what it tells was dismissed before it was sent
    MISDELIVERED = "misdelivered"  # it reached somebody whom it was not meant for, as a person says


@dataclass(frozen=True, slots=True)
class Happened:
    """One event in a message's life."""

    due: int
    finding: str
    sequence: int
    step: str
    channel: str
    party: str
    event: Event
    at: datetime
    by: str
    reason: str


def note(ledger: Ledger, due: int, event: Event, at: datetime, by: str, reason: str) -> None:
    """Put an event on file. The caller holds a `step`."""
    ledger.execute(
        "INSERT INTO postings (due, event, at, by, reason) VALUES (?, ?, ?, ?, ?)",
        due,
        event.value,
        stamp(at),
        by,
        reason,
    )


def may_have_reached(ledger: Ledger, due: int) -> bool:
    """Whether a provider took a message, or may have."""
    sql = "SELECT 1 FROM deliveries WHERE due = ? AND outcome IN ('accepted', 'partly-refused', 'may-have-arrived')"
    return bool(ledger.rows(sql, due))


def count_misdelivered(ledger: Ledger, party: str, since: datetime, until: datetime) -> int:
    """How many messages to a party were marked as misdelivered from `since` until before `until`."""
    rows = ledger.rows(
        """SELECT count(DISTINCT p.due) AS n FROM postings p JOIN dues d ON d.id = p.due
           WHERE d.party = ? AND p.event = ? AND p.at >= ? AND p.at < ?""",
        party,
        Event.MISDELIVERED.value,
        stamp(since),
        stamp(until),
    )
    return int(rows[0]["n"])


def has(ledger: Ledger, due: int, event: Event) -> bool:
    """Whether this has happened to a message."""
    return bool(ledger.rows("SELECT 1 FROM postings WHERE due = ? AND event = ?", due, event.value))


def is_copy(ledger: Ledger, due: int) -> bool:
    """Whether a message stands in another channel's place."""
    return bool(ledger.rows("SELECT 1 FROM dues WHERE id = ? AND copy_of IS NOT NULL", due))


def happened(ledger: Ledger, whom: str) -> tuple[Happened, ...]:
    """The events of messages about a finding (its id), or to a channel or a party (its id), in order."""
    rows = ledger.rows(
        """SELECT p.*, d.finding, d.sequence, d.step, d.channel, d.party FROM postings p JOIN dues d ON d.id = p.due
           WHERE ?1 IN (d.finding, d.channel, d.party) ORDER BY p.id""",
        whom,
    )
    return tuple(
        Happened(
            r["due"],
            r["finding"],
            r["sequence"],
            r["step"],
            r["channel"],
            r["party"],
            Event(r["event"]),
            when(r["at"]),
            r["by"],
            r["reason"],
        )
        for r in rows
    )


def message(ledger: Ledger, due: int) -> QueuedMessage | None:
    """One message as it stands now, or None."""
    rows = ledger.rows("SELECT * FROM dues WHERE id = ?", due)
    return due_of(dict(rows[0])) if rows else None


def waiting_for(ledger: Ledger, channel: str, step: str | None = None) -> tuple[QueuedMessage, ...]:
    """The messages that wait for one channel, or those of one step; in the order in which they were made."""
    sql = "SELECT * FROM dues WHERE channel = ? AND state IN ('owed', 'held') AND coalesce(?, step) = step ORDER BY id"
    return tuple(due_of(dict(row)) for row in ledger.rows(sql, channel, step))


def of_finding(ledger: Ledger, finding: str) -> tuple[QueuedMessage, ...]:
    """Every message about a finding as it stands now, in the order in which they were made."""
    return tuple(due_of(dict(row)) for row in ledger.rows("SELECT * FROM dues WHERE finding = ? ORDER BY id", finding))


def messages(ledger: Ledger, keys: Collection[str]) -> tuple[QueuedMessage, ...]:
    """The messages with these keys, as they stand now."""
    rows = (row for key in keys for row in ledger.rows("SELECT * FROM dues WHERE key = ?", key))
    return tuple(due_of(dict(row)) for row in rows)


def waiting(ledger: Ledger, finding: str) -> tuple[QueuedMessage, ...]:
    """The messages about a finding that are owed or held."""
    rows = ledger.rows("SELECT * FROM dues WHERE finding = ? AND state IN ('owed', 'held') ORDER BY id", finding)
    return tuple(due_of(dict(row)) for row in rows)


def warnings_waiting(ledger: Ledger, finding: str) -> tuple[QueuedMessage, ...]:
    """The warnings of a finding's legal clocks that were not sent yet, by themselves or with others."""
    rows = ledger.rows(
        """SELECT * FROM dues WHERE finding = ? AND step = 'warned' AND state IN ('owed', 'held', 'grouped')
           ORDER BY id""",
        finding,
    )
    return tuple(due_of(dict(row)) for row in rows)


def ungroup(ledger: Ledger, finding: str, now: datetime) -> None:
    """What is to be sent about a finding as one with others is owed by itself again. Within a `step`."""
    rows = ledger.rows(
        "SELECT DISTINCT grouped AS id FROM dues WHERE finding = ? AND state = 'grouped' AND grouped IS NOT NULL",
        finding,
    )
    for row in rows:
        group = message(ledger, row["id"])
        if group is None or group.state not in (DueState.OWED, DueState.HELD) or in_hand(ledger, group.id, now):
            continue
        if not ledger.rows(
            "SELECT 1 FROM deliveries WHERE due = ? AND outcome IN ('partly-refused', 'may-have-arrived')", group.id
        ):
            digests.dissolve(ledger, group.id, now)


def approved(ledger: Ledger, due: int) -> bool:
    """Whether a person has approved that a message goes out."""
    return bool(ledger.rows("SELECT 1 FROM postings WHERE due = ? AND event = 'approved'", due))


def hold(ledger: Ledger, due: QueuedMessage, reason: str, again: datetime, now: datetime) -> bool:
    """Hold a message until `again`; whether that is news, the reason being another than before. Within a `step`."""
    ledger.execute(
        "UPDATE dues SET state = 'held', due = ?, last_error = ?, sending = NULL WHERE id = ?",
        stamp(again),
        reason,
        due.id,
    )
    news = due.state is not DueState.HELD or due.last_error != reason
    if news:
        note(ledger, due.id, Event.HELD, now, "leftopen", reason)
    return news


def bring_forward(ledger: Ledger, latest: datetime, now: datetime) -> bool:
    """What waits for later than `latest`, for which nothing ever waits, is due now: it was put there by a clock that
    was wrong, or its row was damaged. Whether there was any. Raises LedgerUnusable."""
    late = "state IN ('owed', 'held') AND due > ?"
    if not ledger.rows(f"SELECT 1 FROM dues WHERE {late} LIMIT 1", stamp(latest)):  # noqa: S608  words of ours
        return False
    with ledger.step():
        # Made ahead of now, it would be held, and would have no fallback, until then.
        sql = f"UPDATE dues SET due = ?1, created = min(created, ?1) WHERE {late.replace('?', '?2')}"  # noqa: S608
        ledger.execute(sql, stamp(now), stamp(latest))
    return True


def begin(ledger: Ledger, due: QueuedMessage, owner: str, now: datetime) -> None:
    """A try by `owner` begins: from here on it is too late to cancel. Within a `step`."""
    if due.state is DueState.HELD:
        note(ledger, due.id, Event.RELEASED, now, "leftopen", "")
        ledger.execute("UPDATE dues SET state = 'owed' WHERE id = ?", due.id)
    leases.claim(ledger, due.id, owner, now)


def in_hand(ledger: Ledger, due: int, now: datetime) -> bool:
    """Whether a try is under way at this moment."""
    return bool(leases.claimed(ledger, now, of=due))


def stop(ledger: Ledger, due: QueuedMessage, event: Event, now: datetime, by: str, reason: str) -> None:
    """Never send a message (any more). Within a `step`."""
    ledger.execute("UPDATE dues SET state = 'cancelled', sending = NULL WHERE id = ?", due.id)
    note(ledger, due.id, event, now, by, reason)


def bury(ledger: Ledger, due: QueuedMessage) -> None:
    """Give a held message up: it is a dead letter. Within a `step`."""
    ledger.execute("UPDATE dues SET state = 'dead', sending = NULL WHERE id = ?", due.id)


def approve(ledger: Ledger, due: QueuedMessage, now: datetime, by: str) -> None:
    """A person has looked at it, and it may go out: it is looked at again at once. Within a `step`."""
    note(ledger, due.id, Event.APPROVED, now, by, "")
    ledger.execute("UPDATE dues SET due = ? WHERE id = ? AND state = 'held'", stamp(now), due.id)


def reached(ledger: Ledger, finding: str) -> tuple[tuple[str, str], ...]:
    """The channels, with their parties, at which a message arrived, or may have, alone or in a group."""
    rows = ledger.rows(
        """SELECT DISTINCT t.channel, s.party FROM dues d
           JOIN dues s ON s.id = d.id OR s.id = d.grouped OR s.copy_of = d.grouped JOIN deliveries t ON t.due = s.id
           WHERE d.finding = ? AND d.step <> 'retracted'
           AND t.outcome IN ('accepted', 'partly-refused', 'may-have-arrived')
           ORDER BY t.channel""",
        finding,
    )
    return tuple((r["channel"], r["party"]) for r in rows)
