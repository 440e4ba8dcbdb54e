"""A declared dispatch of canary cases to synthetic recipients: without any secret and without any letter."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CanaryCase:
    """One case that the owner's routine dispatches again and again."""

    id: str
    to: str = ""
    """The box that it must reach; empty: the routine must hold it, and it must reach nobody."""
    attachments: int = 0
    """How many files it comes with."""


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
