"""What a probe may ask of a declared source that its owner exports: of which no row comes back that names a person.

The driver reads the source and holds its rows only while it looks for canaries in them; a probe learns how many rows
there are, what is wrong with their form, and the rows of canary actions by the ids of the inventory.
"""

from __future__ import annotations

from dataclasses import dataclass

from probes.access_log import Performed
from probes.recognise.logs.lint import LogFault


@dataclass(frozen=True, slots=True)
class ReadLog:
    """Read the access log that the target declares."""


OTHER = "?"
"""Somebody or something that is no canary: who or what is not said."""


@dataclass(frozen=True, slots=True)
class CanaryRow:
    """A row in which a canary account acts, or in which a canary object stands."""

    position: int
    """Which entry of the export it is, from 1."""
    at: tuple[int, ...]
    """What its time may mean, in Unix seconds; none: it cannot be read."""
    actor: str
    """The id of a canary account, or `OTHER`."""
    activity: str
    """An activity that a canary step declares, or `OTHER`."""
    object: str
    """The id of a canary object, `OTHER`, or empty: the row names none."""


@dataclass(frozen=True, slots=True)
class LogRead:
    """What came of it."""

    entries: int
    """How many entries the export has."""
    exported: int
    """When it was made, in Unix seconds."""
    rows: tuple[CanaryRow, ...] = ()
    faults: tuple[LogFault, ...] = ()
    performed: tuple[Performed, ...] = ()
    """Steps that the owner performed, and wrote down."""
    unread: str = ""
    """Why nothing can be said by it, in our own words; empty: it was read."""
    wire: int = 0
    digest: str = ""


@dataclass(frozen=True, slots=True)
class ReadMailbox:
    """Read a box of a synthetic recipient, from a time on."""

    box: str
    since: int
    """Unix seconds."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter in which tokens of canary cases stand; of any other nothing is told."""

    at: int
    """When it was received, in Unix seconds."""
    cases: tuple[str, ...]
    """The cases whose tokens stand in it or in a file that it comes with."""
    attachments: int = 0


@dataclass(frozen=True, slots=True)
class MailboxRead:
    """What came of it."""

    letters: tuple[Letter, ...] = ()
    others: int = 0
    """Letters in which no token stands."""
    unclear: tuple[int, ...] = ()
    """When letters were received of which not all could be read, and in which no token was found."""
    unread: str = ""
    """Why nothing can be said of the box, in our own words; empty: it was read."""
    wire: int = 0
    digest: str = ""


@dataclass(frozen=True, slots=True)
class ReadCount:
    """Read what the owner counted as misdirected in these months (`2026-10`), and count it once more by its log."""

    months: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CountedMonth:
    """One month, as the owner counted it, and as its log says."""

    month: str
    counted: int | None
    """The owner's figure; None: it says nothing of that month."""
    recount: int | None
    """Dispatches that the log calls misdirected; None: the log has no dispatch of that month at all."""


@dataclass(frozen=True, slots=True)
class CountRead:
    """What came of it."""

    months: tuple[CountedMonth, ...] = ()
    unread: str = ""
    """Why nothing can be said, in our own words; empty: both were read."""
    wire: int = 0
    digest: str = ""
