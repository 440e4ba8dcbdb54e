"""A declared dispatch of canary cases to synthetic recipients: without any secret and without any letter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_EARLY: Final = 900


@dataclass(frozen=True, slots=True)
class Recall:
    """When a case that its owner takes back must be gone from its box."""

    judged: int = 0
    """The last dispatch after which it must be gone by now, in Unix seconds; 0: there was none."""
    running: int = 0
    """A later dispatch, after which it may still lie there; 0: there is none."""
    seen: tuple[int, ...] = ()
    """Those of both after which an earlier look saw it in its box."""

    def after(self, at: int, early: int) -> int:
        """The dispatch that a letter of this time belongs to, sent so many seconds early at most; 0: an earlier one."""
        return next((one for one in (self.running, self.judged) if one and at >= one - early), 0)


@dataclass(frozen=True, slots=True)
class CanaryCase:
    """One case that the owner's routine dispatches again and again."""

    id: str
    to: str = ""
    """The box that it must reach; empty: the routine must hold it, and it must reach nobody."""
    attachments: int = 0
    """How many files it comes with."""
    recall: Recall | None = None
    """Of a case that is sent and then taken back: when; None: it stays where it is."""


@dataclass(frozen=True, slots=True)
class DispatchPlan:
    """What is dispatched, to which boxes, and when."""

    boxes: tuple[str, ...]
    cases: tuple[CanaryCase, ...]
    within: int
    """Seconds within which a case arrives."""
    judged: int = 0
    """When the last dispatch was whose time to arrive has passed, in Unix seconds; 0: there was none."""
    running: int = 0
    """When the last dispatch was, where its time to arrive has not passed; 0: it has."""
    counts: bool = False
    """Whether the owner's count of misdirected dispatches is declared."""
    months: tuple[str, ...] = ()
    """Months (`2026-10`) of which it must be there by now, and equal a recount."""
    early: int = _EARLY
    """Seconds before its time by which a dispatch may go out, and clocks may differ."""


def early(every: int) -> int:
    """How early a dispatch that goes out every so many seconds may be: a quarter of an hour, or of a shorter turn."""
    return min(_EARLY, every // 4)
