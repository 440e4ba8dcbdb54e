"""A declared access log and the canary actions that it is held against: without any secret and without any row."""

from __future__ import annotations

from dataclasses import dataclass

REFUSED_STATUS = frozenset({403, 404, 410})
"""What a step that must be refused may be answered with: to an account that is signed in, and not asked to sign in."""


@dataclass(frozen=True, slots=True)
class CanaryStep:
    """One action of the canary session, and the row that it must leave: none where `activity` is empty."""

    id: str
    by: str
    """The id of the account that acts."""
    path: str = ""
    """What is asked for; empty: the owner acts, and writes down when."""
    activity: str = ""
    """The activity of its row, as the log writes it."""
    object: str = ""
    """The id of the object of its row; empty: a row without an object, such as a search."""
    refused: bool = False
    """Whether the portal must refuse it."""


@dataclass(frozen=True, slots=True)
class Performed:
    """A step that was performed: by leftopen, or by the owner, who wrote it down."""

    step: str
    at: int
    """Unix seconds."""
    doubtful: bool = False
    """Whether it was not answered as expected: it may have left its row, and need not have."""


@dataclass(frozen=True, slots=True)
class AccessLog:
    """What is declared of one log, and what is on file of its canary sessions."""

    steps: tuple[CanaryStep, ...]
    tolerance: int
    """Seconds by which the time of a row may differ from that of the action."""
    delay: int
    """Seconds after which the row of an action must be in an export."""
    performed: tuple[Performed, ...] = ()
    """The steps that leftopen performed."""
    due: bool = False
    """Whether leftopen performs the session in this look."""

    def step(self, id_: str) -> CanaryStep | None:
        """The step of that id, if it is still declared."""
        return next((one for one in self.steps if one.id == id_), None)
