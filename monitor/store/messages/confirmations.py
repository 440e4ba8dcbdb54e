"""Who has confirmed that a channel leads to them: rows that are only ever appended, and never an address.

A destination is kept as a keyed digest: enough to see that it has changed, and of no use to whoever lacks the key.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.store.ledger import Ledger
from monitor.store.rows import maybe, stamp, when

LASTS = timedelta(days=180)
"""So long a confirmation is good for: people leave, and addresses are given to others."""
ANSWER_WITHIN = timedelta(days=14)
"""So long the question waits for its answer."""


@dataclass(frozen=True, slots=True)
class Question:
    """A channel that was asked to confirm: which, for whom, where it led then, and when."""

    number: int
    channel: str
    parties: str
    """Ids of the parties that it reached, with commas between."""
    destination: str
    at: datetime

    @property
    def text(self) -> str:
        """What is signed: the signature is the answer that only somebody who got the message can give."""
        return f"confirm|{self.number}|{self.channel}|{self.destination}"

    def ends(self) -> datetime:
        """When it is too late to answer."""
        return self.at + ANSWER_WITHIN


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A channel that was confirmed: for whom, where it led, when, and by whom."""

    channel: str
    parties: str
    destination: str
    at: datetime
    by: str

    def holds(self, parties: str, destination: str | None, now: datetime) -> bool:
        """Whether it still stands; `destination` is None where the secret cannot be had, and is then not compared."""
        same = self.parties == parties and destination in (None, self.destination)
        return same and self.at <= now < self.at + LASTS


def ask(ledger: Ledger, channel: str, parties: str, destination: str, now: datetime) -> Question:
    """Put a question on file. The caller holds a `step`, in which the message is owed."""
    cursor = ledger.execute(
        "INSERT INTO confirmations (channel, parties, destination, act, at, by) VALUES (?, ?, ?, 'asked', ?, '')",
        channel,
        parties,
        destination,
        stamp(now),
    )
    return Question(cursor.lastrowid or 0, channel, parties, destination, now)


def question(ledger: Ledger, number: int) -> Question | None:
    """One question, or None."""
    rows = ledger.rows("SELECT * FROM confirmations WHERE act = 'asked' AND id = ?", number)
    return next((Question(r["id"], r["channel"], r["parties"], r["destination"], when(r["at"])) for r in rows), None)


def last_question(ledger: Ledger, channel: str) -> Question | None:
    """The last question to a channel: an earlier one is no longer answered."""
    rows = ledger.rows("SELECT max(id) AS id FROM confirmations WHERE act = 'asked' AND channel = ?", channel)
    return question(ledger, rows[0]["id"]) if rows[0]["id"] is not None else None


def confirm(ledger: Ledger, asked: Question, by: str, now: datetime) -> str:
    """Put an answer on file and let go of what was held for it; why not, when it comes too late or twice.

    The caller holds a `step`. What the question was about is confirmed, not what the channel leads to by now.
    """
    last = last_question(ledger, asked.channel)
    if last is None or last.number != asked.number:
        return "a newer question was sent to this channel: answer that one"
    if now >= asked.ends():
        return f"it had to be answered within {ANSWER_WITHIN.days} days: ask again"
    if ledger.rows("SELECT 1 FROM confirmations WHERE act = 'confirmed' AND answers = ?", asked.number):
        return "it has been answered already"
    ledger.execute(
        """INSERT INTO confirmations (channel, parties, destination, act, at, by, answers)
           VALUES (?, ?, ?, 'confirmed', ?, ?, ?)""",
        asked.channel,
        asked.parties,
        asked.destination,
        stamp(now),
        by,
        asked.number,
    )
    ledger.execute("UPDATE dues SET due = ? WHERE state = 'held' AND channel = ?", stamp(now), asked.channel)
    return ""


def confirmation(ledger: Ledger, channel: str) -> Confirmation | None:
    """The last confirmation of a channel, whether or not it still holds."""
    rows = ledger.rows(
        "SELECT * FROM confirmations WHERE act = 'confirmed' AND channel = ? ORDER BY id DESC LIMIT 1", channel
    )
    found = (Confirmation(r["channel"], r["parties"], r["destination"], when(r["at"]), r["by"]) for r in rows)
    return next(found, None)


def drilled(ledger: Ledger, channel: str, party: str) -> datetime | None:
    """When a provider last accepted a drill for a party on a channel."""
    rows = ledger.rows(
        """SELECT max(t.ended) AS at FROM deliveries t JOIN dues d ON d.id = t.due
           WHERE d.step = 'drill' AND d.channel = ? AND d.party = ? AND t.outcome = 'accepted'""",
        channel,
        party,
    )
    return maybe(rows[0]["at"])


def last_of_step(ledger: Ledger, step: str) -> datetime | None:
    """When a message of this step was last put on file."""
    return maybe(ledger.rows("SELECT max(created) AS at FROM dues WHERE step = ?", step)[0]["at"])
