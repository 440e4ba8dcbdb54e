"""Messages that are owed to channels: what is committed with the fact, and what became of each try."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from probes.recognise.people.masking import Masked


class DueState(StrEnum):
    """Where a message stands. `SENT` means that the provider accepted it: nobody has read it by that."""

    OWED = "owed"
    SENT = "sent"
    DEAD = "dead"
    GROUPED = "grouped"  # told by the one message that stands for many; what becomes of that becomes of it
    HELD = "held"  # it may not be sent now; it is looked at again at its date
    CANCELLED = "cancelled"  # by a person, or since what it tells was dismissed before it was sent

    @property
    def waits(self) -> bool:
        """Whether it is to be sent, now or later."""
        return self in (DueState.OWED, DueState.HELD)


class Outcome(StrEnum):
    """How one try at delivery ended."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    MAYBE = "may-have-arrived"  # killed or timed out: the peer may have the message
    PARTLY = "partly-refused"  # some of the channel's addresses took it, the others refused it
    MISCONFIGURED = "misconfigured"  # a missing secret, an address that apprise cannot read
    HELD = "held"  # no try at all: it may not be sent now

    @property
    def reached(self) -> bool:
        """Whether somebody has the message, or may have it."""
        return self in (Outcome.ACCEPTED, Outcome.PARTLY, Outcome.MAYBE)


WARNED = "warned"
"""The step of a message about a legal clock; it is no news of the exposure."""
UNSIGNED = "SIGNED-WHEN-SENT"
"""Stands in a stored text for the signature of a link: whoever reads the ledger cannot use the link."""
UNWRITTEN = "WRITTEN-WHEN-SENT"
"""The same, for a code by which a channel is confirmed."""
IN_ORDER = 6
"""So often is a message tried before later ones about the same finding go out ahead of it (about half an hour)."""
GROUP = "group/"
"""What the key of a message that stands for many begins with."""


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message before it is on file. Finding id and sequence stand in its text, so that a repeat can be recognised."""

    key: str
    """Unique: `finding/sequence/channel`; of ourselves `blind/hour/channel`, `drill/...`. A second one is dropped."""
    finding: str
    sequence: int
    step: str
    channel: str
    party: str
    severity: str
    facts: str = field(repr=False)
    """What it is about, as JSON (`monitor.store.messages.facts`): its text is written when it is sent."""
    via: str = ""
    """The schedule by which the channel is on duty; empty when it is told at all times."""

    @property
    def of_ourselves(self) -> bool:
        """Whether it is about leftopen and not about any finding: a blind round, a drill."""
        return not self.finding and not self.key.startswith(GROUP)

    @property
    def incident(self) -> str:
        """What a paging service folds repeats of it by: its finding, or its group; empty for what is of ourselves.

        A clock's warning is an incident of its own: it outlives the exposure, and "fixed" does not end it.
        """
        if self.finding and self.step == WARNED:
            return f"{self.finding}-clock"
        return self.finding or (self.key.split("/")[1] if self.key.startswith(GROUP) else "")


@dataclass(frozen=True, slots=True)
class QueuedMessage:
    """A message on file."""

    id: int
    owed: NewMessage
    state: DueState
    created: datetime
    due: datetime
    """When it is to be tried (again): a retry is a date."""
    tries: int
    last_error: str = ""
    taken: tuple[str, ...] = ()
    """Keyed digests of the addresses of its channel that have taken it, while others have not."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One try at delivering one message."""

    due: int
    channel: str
    started: datetime
    ended: datetime
    outcome: Outcome
    reason: Masked
    text: str = ""
    """What was sent, first line and body, without the signatures of its links; empty where nothing was."""
    taken: tuple[str, ...] = ()
    """The addresses that took it at this try, as keyed digests; a later try leaves them out."""
