"""Names one legal clock of a finding, so that a warning on file can be matched with the clock that it was about."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClockKey:
    """One legal clock of a finding: whose duty it is, which duty, why it applies, and to whom it is owed."""

    party: str
    duty: str
    basis: str
    to: str
