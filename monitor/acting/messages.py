"""What people do about messages: let out what waits, stop what was not sent, say what went astray."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from monitor.findings.handling import Refused, TriageStatus, fold, same_person
from monitor.store.ledger import Ledger
from monitor.store.messages import digests, events
from monitor.store.messages.events import Event
from monitor.store.messages.queued import QueuedMessage
from monitor.store.tables import actions
from probes.recognise.people.masking import mask_text


@dataclass(frozen=True, slots=True)
class Stopped:
    """What was stopped, and what was being sent at that moment."""

    stopped: tuple[QueuedMessage, ...]
    late: tuple[QueuedMessage, ...]


def approve(
    ledger: Ledger, dues: Iterable[QueuedMessage], now: datetime, by: str
) -> tuple[QueuedMessage, ...] | Refused:
    """Let out what waits for a person's approval; not by whoever has taken the finding. Within a `step`."""
    approved = []
    for due in dues:
        if not due.owed.finding or not due.state.waits or events.approved(ledger, due.id):
            continue
        about = ledger.finding(due.owed.finding)
        stands = fold(actions.of_finding(ledger, about.id), about) if about is not None else None
        taken = stands is not None and stands.standing in (TriageStatus.ACKNOWLEDGED, TriageStatus.CONTAINED)
        if stands is not None and taken and same_person(stands.by, by):
            return Refused(f"{by} has taken {due.owed.finding}: a second person must approve what is told of it")
        approved.append(due)
    for due in approved:
        events.approve(ledger, due, now, by)
    return tuple(approved)


def cancel(ledger: Ledger, dues: Iterable[QueuedMessage], now: datetime, by: str, reason: str) -> Stopped:
    """Stop what was not sent yet, with all that goes with a group. Within a `step`."""
    dues = tuple(dues)
    late = tuple(due for due in dues if events.in_hand(ledger, due.id, now))
    stopped = tuple(due for due in dues if due not in late and due.state.waits)
    for due in stopped:
        # A copy of a group in another channel's place goes alone.
        members = () if events.is_copy(ledger, due.id) else digests.members(ledger, due.id)
        for one in (due, *members):
            events.stop(ledger, one, Event.CANCELLED, now, by, str(mask_text(reason)))
    return Stopped(stopped, late)


def misdelivered(ledger: Ledger, due: QueuedMessage, now: datetime, by: str, reason: str) -> Refused | None:
    """Put on file that a message reached somebody whom it was not meant for. Within a `step`."""
    if not events.may_have_reached(ledger, due.id):
        return Refused(f"message {due.id} reached nobody: no provider has taken it")
    if events.has(ledger, due.id, Event.MISDELIVERED):
        return Refused(f"message {due.id} is on file as misdelivered already")
    events.note(ledger, due.id, Event.MISDELIVERED, now, by, str(mask_text(reason)))
    return None
