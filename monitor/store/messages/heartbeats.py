"""The last heartbeat. Its row is written before the request is sent, so a full disk also stops heartbeats."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.store.ledger import Ledger
from monitor.store.messages.queued import Outcome
from monitor.store.rows import maybe, stamp, when
from probes.recognise.people.masking import Masked


@dataclass(frozen=True, slots=True)
class Beaten:
    """The last sign of life, how it ended, and when one was last answered."""

    at: datetime
    outcome: Outcome
    reason: str
    good: datetime | None


def record(ledger: Ledger, at: datetime, outcome: Outcome, reason: Masked) -> None:
    """Put a sign of life on file. Raises LedgerUnusable."""
    with ledger.step():
        ledger.execute(
            """INSERT INTO heartbeats (id, at, outcome, reason, good) VALUES (1, ?1, ?2, ?3, ?4)
               ON CONFLICT (id) DO UPDATE SET at = ?1, outcome = ?2, reason = ?3, good = coalesce(?4, good)""",
            stamp(at),
            outcome.value,
            reason,
            stamp(at) if outcome is Outcome.ACCEPTED else None,
        )


def last(ledger: Ledger) -> Beaten | None:
    """The last one, or None."""
    rows = ledger.rows("SELECT * FROM heartbeats")
    return (
        Beaten(when(rows[0]["at"]), Outcome(rows[0]["outcome"]), rows[0]["reason"], maybe(rows[0]["good"]))
        if rows
        else None
    )
