"""What a directory listing holds, whatever wrote it: the value that every family's recogniser returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property


class Kind(StrEnum):
    """What an entry of a listing is."""

    FILE = "file"
    DIRECTORY = "directory"


class Strength(StrEnum):
    """How much the structure of a page says that it is a listing. None of them is proof: entries that answer are."""

    CERTAIN = "certain"
    """The structure of a known program, or a title or sort links beside rows of names."""
    LIKELY = "likely"
    """Rows of names that make up the page, whoever wrote it."""
    WEAK = "weak"
    """Links to what lies below the page, and nothing that makes them a listing: enough to try them, no more."""


@dataclass(frozen=True, slots=True)
class Size:
    """A size as far as the page tells it, in bytes: `4.8M` is a best guess between two bounds, `5000019` is exact."""

    best: int
    low: int
    high: int

    @property
    def exact(self) -> bool:
        """Whether the page carried the number of bytes itself."""
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class Modified:
    """A date as far as the page tells it: no earlier than `low`, no later than `high`, both in UTC.

    A page without a zone leaves 26 hours of doubt, one without a year or with an ambiguous day order more.
    """

    low: datetime
    high: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One file or directory. `name` is decoded, for recognising and never for storing; `path` is what a request must
    send, in the server's own spelling, absolute, strictly below the listing's own path (or a query of it)."""

    name: str
    path: str
    kind: Kind
    size: Size | None = None
    modified: Modified | None = None


@dataclass(frozen=True)
class Listing:
    """A page that parses as a directory listing of the URL asked for. It may be empty; it says when it is cut."""

    family: str
    entries: tuple[Entry, ...]
    partial: str = ""
    """Why there is more than `entries`: empty when the listing is whole, else e.g. `cut short`, `paged`."""
    reasons: tuple[str, ...] = field(default=())
    """The structure that was seen, in our own words: what a person who doubts the verdict can look for."""
    strength: Strength = Strength.CERTAIN

    @property
    def claimed(self) -> bool:
        """Whether the structure alone makes the page a listing; a weak one only says what is worth trying."""
        return self.strength is not Strength.WEAK

    @cached_property
    def files(self) -> tuple[Entry, ...]:
        """The entries that are files."""
        return tuple(entry for entry in self.entries if entry.kind is Kind.FILE)

    @cached_property
    def directories(self) -> tuple[Entry, ...]:
        """The entries that are directories."""
        return tuple(entry for entry in self.entries if entry.kind is Kind.DIRECTORY)


@dataclass(frozen=True, slots=True)
class NoListing:
    """A page that is none, not even a weak one, and why, in our own words."""

    why: str
