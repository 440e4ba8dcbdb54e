"""Why a decision changed a finding or left it as it is, and why it is so severe: values, never sentences.

They are stored as values (`monitor.store.reason_rows`) and written out where they are read, in the reader's language
(`monitor.alerts.messages.text.reason`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from probes.reasons import Why
from probes.recognise.people.tokens import Identifier

if TYPE_CHECKING:
    from monitor.findings.finding import Severity, State


class Cause(StrEnum):
    """A reason of a decision that needs no values beside it."""

    # Why something changed.
    PROVEN = "proven"
    LIKELY_ONCE = "seen-once"
    CONFIRMED = "confirmed-by-a-second-look"
    CONFIRMED_AGAIN = "seen-again-and-confirmed"
    GONE = "suspicion-did-not-last"
    DISMISSED = "dismissed-after-it-was-told"
    UNPROMISED = "no-longer-promised"

    # Why a finding is nobody's any more; the names are those of the actions.
    LAPSED = "lapsed"
    DISPROVED = "disproved"
    EXPIRED = "expired"
    VOIDED = "voided"
    INTENT_ENDED = "intent-ended"
    TAKEN_BACK = "reopened"
    PROMISED_AGAIN = "promised-again"

    # Why nothing changed.
    STILL_OPEN = "still-open"
    TOO_SOON = "seen-again-too-soon"
    NOT_CONFIRMED = "seen-again-not-confirmed"
    NEVER_OPEN_HERE = "never-open-here"
    CLEAR_AGAIN = "clear-again"
    SUSPECTED_AND_CLEAR = "suspected-and-clear"
    OPEN_ELSEWHERE = "open-at-another-endpoint"
    UNJUDGED_ELSEWHERE = "not-judged-where-it-leads"
    """Its port is spoken to in the other way now (TLS or clear text), or leads to another endpoint of its host, where
    the place has no verdict."""
    NOT_LONG_ENOUGH = "clear-not-long-enough"
    WITNESSES_LOST = "witnesses-lost"
    """Clear often enough, and the names of the files that must be refused are lost from the database."""
    NOT_LED_TO = "not-led-to-an-endpoint"
    MEASURED = "measured"
    NOT_MEASURED = "not-measured"
    NOTHING_ON_FILE = "closed-and-nothing-on-file"
    OPEN_INSIDE = "open-inside-its-network"
    """It may be reached from the closed network that it was seen from, and from nowhere else."""

    CONTROL_NOT_SEEN = "control-not-seen"
    """A round is blind: one of its controls gave no verdict at all."""
    VANTAGE_SILENT = "vantage-silent"
    """A round is blind: it was given to a vantage of the fleet, and no result came in time."""

    UNKNOWN = "unknown"
    """A change on file whose sentence, of an earlier version, could not be read."""


class Control(StrEnum):
    """A control of a round."""

    OPEN_PLACE = "open-place"
    CLOSED_PLACE = "closed-place"
    OPEN_BUCKET = "open-bucket"
    CLOSED_BUCKET = "closed-bucket"
    BEACON = "beacon"
    BEYOND = "beyond"
    REFLECTOR = "reflector"


@dataclass(frozen=True, slots=True)
class Grew:
    """A leak that was still is live: there are more files than before."""

    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Tenfold:
    """There are ten times as many files as when it was last told."""

    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Worse:
    """The severity rose."""

    before: Severity
    after: Severity


@dataclass(frozen=True, slots=True)
class OpenAgain:
    """It was seen open after it had been found clear; `after` says how far the finding was closed."""

    after: State


@dataclass(frozen=True, slots=True)
class ClearLooks:
    """So many clear looks over at least so many minutes, at every endpoint, have closed it."""

    looks: int
    minutes: int


@dataclass(frozen=True, slots=True)
class FirstClear:
    """The first look that found it clear, and what that look saw."""

    why: Why


@dataclass(frozen=True, slots=True)
class Retired:
    """Neither inventory nor DNS led to these endpoints in so many looks: nobody can look there any more."""

    endpoints: tuple[str, ...]
    looks: int


@dataclass(frozen=True, slots=True)
class UnknownCustomers:
    """So many folders look like customers that nobody declared."""

    folders: int


@dataclass(frozen=True, slots=True)
class ClockRuns:
    """A legal clock of a party has used so much of its time."""

    party: str
    duty: str
    percent: int


@dataclass(frozen=True, slots=True)
class ClocksRun:
    """The legal clocks that are running out."""

    clocks: tuple[ClockRuns, ...]


@dataclass(frozen=True, slots=True)
class NoVerdict:
    """A look that gave no verdict moves nothing."""

    why: Why


@dataclass(frozen=True, slots=True)
class OpenByIntent:
    """The owner declares the place to be open, until a date (ISO 8601)."""

    until: str


@dataclass(frozen=True, slots=True)
class PartOf:
    """The place lies below one that is open: it is part of that finding."""

    place: str


@dataclass(frozen=True, slots=True)
class ControlFailed:
    """A round is blind: a place or a bucket of our own, known to be open or closed, was not found to be so."""

    known: Control
    why: Why


Reason: TypeAlias = (
    Cause
    | ControlFailed
    | Grew
    | Tenfold
    | Worse
    | OpenAgain
    | ClearLooks
    | FirstClear
    | Retired
    | UnknownCustomers
    | ClocksRun
    | NoVerdict
    | OpenByIntent
    | PartOf
)
"""Why a decision is what it is."""


class Holding(StrEnum):
    """What files were seen to be, as far as it makes a difference for the severity."""

    RECORDINGS = "recordings"
    BACKUPS = "backups"
    DOCUMENTS = "documents"
    OTHERS = "others"
    FOLDERS = "folders"
    NOTHING = "nothing"
    STORE = "store"


@dataclass(frozen=True, slots=True)
class Holds:
    """What can be seen, or read without a list, and how many files of it."""

    what: Holding
    files: int
    readable: bool
    """Whether it answers by its name alone and stands in no list."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What the owner says the place holds is graver than what was seen."""

    data: str


@dataclass(frozen=True, slots=True)
class NamesHold:
    """What the names of the files hold, by the bulk test."""

    what: Identifier
    percent: int = 0
    """Of the names that were read, how many hold it."""
    names: int = 0
    """How many names were read; 0: it is not known (as version 0.1.0 once stored it)."""
    synthetic: bool = False
    """Whether they are numbers of a test register."""

    def __str__(self) -> str:
        """As it is written in JSON and on the console."""
        made_up = "synthetic " if self.synthetic else ""
        what = "phone numbers" if self.what is Identifier.PHONE else self.what.value
        return f"{made_up}{what} in " + (f"{self.percent} % of {self.names} names" if self.names else "names")


@dataclass(frozen=True, slots=True)
class Live:
    """Files are still arriving."""


@dataclass(frozen=True, slots=True)
class NoWorseThan:
    """The way in which it is open limits the severity, whatever the bucket holds."""

    why: Why


SeverityReason: TypeAlias = Holds | Declared | NamesHold | Live | NoWorseThan
"""Why a finding is as severe as it is."""
