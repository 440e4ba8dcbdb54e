"""Incidents that may have to be counted as one: what opened again and again from what looks like the same cause.

CIR (EU) 2024/2690 article 4: at least twice in six months, with the same apparent root cause, and together significant.
The first two are computed and shown; whether the causes are one, and whether it is significant, a person says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from monitor.findings.finding import Change, Finding, Step
from monitor.legal.duties import months_on

MONTHS = 6
TIMES = 2


@dataclass(frozen=True, slots=True)
class Known:
    """A finding on file, with its changes and the cause that a person has told; empty when nobody has."""

    finding: Finding
    changes: tuple[Change, ...]
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that something was open: which finding, when, and why it is held to be the same."""

    finding: str
    at: datetime
    same: str
    """`finding`: itself; `cause`: people told the same cause; `asset`: the same asset, open in the same way."""


class Candidates:
    """All that is on file, by what may be the same: of ten thousand findings none is compared with all the others."""

    def __init__(self, every: Iterable[Known]) -> None:
        self._alike: dict[tuple[object, ...], list[Known]] = {}
        self._told: dict[str, list[Known]] = {}
        for one in every:
            self._alike.setdefault(_looks(one.finding), []).append(one)
            if one.cause:
                self._told.setdefault(_plain(one.cause), []).append(one)

    def of(self, this: Known) -> tuple[Known, ...]:
        """What `recurring` has to look at for this one, itself among it."""
        told = self._told.get(_plain(this.cause), ()) if this.cause else ()
        return tuple({one.finding.id: one for one in (*self._alike.get(_looks(this.finding), ()), *told)}.values())


def recurring(this: Known, every: Iterable[Known], now: datetime) -> tuple[Occurrence, ...]:
    """The times in the last six months, oldest first; empty when there were fewer than two."""
    since = months_on(now, -MONTHS)
    found = [
        Occurrence(other.finding.id, change.at, same)
        for other in every
        if (same := _same(this, other))
        for change in other.changes
        if change.step in (Step.OPENED, Step.REOPENED) and since <= change.at <= now
    ]
    found.sort(key=lambda one: one.at)
    return tuple(found) if len(found) >= TIMES else ()


def _same(this: Known, other: Known) -> str:
    if other.finding.id == this.finding.id:
        return "finding"
    if this.cause and other.cause:
        # Where people have told both, their word goes before what it looks like.
        return "cause" if _plain(this.cause) == _plain(other.cause) else ""
    return "asset" if _looks(this.finding) == _looks(other.finding) else ""


def _looks(finding: Finding) -> tuple[object, ...]:
    return finding.asset, finding.kind, finding.why


def _plain(cause: str) -> str:
    return " ".join(cause.casefold().split())
