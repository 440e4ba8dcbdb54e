"""Finds the messages that a command is about, by number or by finding."""

from __future__ import annotations

from monitor.cli.opening import fail
from monitor.store.ledger import Ledger
from monitor.store.messages import digests, events
from monitor.store.messages.queued import QueuedMessage
from probes.recognise.people.masking import mask_text


def message_of(ledger: Ledger, which: str) -> tuple[QueuedMessage, ...]:
    """The message with this number, as `trace` and `health` print it."""
    number = which.strip().removeprefix("#")
    due = events.message(ledger, int(number)) if number.isascii() and number.isdigit() and len(number) < 16 else None
    if due is None:
        fail(f"{which!r} is no message's number and no finding's id: `leftopen trace ID|CHANNEL` prints them")
    return (due,)


def members_of(ledger: Ledger, due: QueuedMessage) -> tuple[QueuedMessage, ...]:
    """The messages that go with a group; a copy of it in another channel's place goes alone."""
    return () if events.is_copy(ledger, due.id) else digests.members(ledger, due.id)


def person(by: str) -> str:
    said = str(mask_text(" ".join(by.split())))
    return said or fail("say who does it")
