"""What an attack is, what came of it, and how the table of all of them is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

Group = Literal["faults", "peers", "pages", "scope", "secrets", "load", "upgrades"]

HEAD = ("attack", "what is tried", "tried", "outcome", "measured", "bound", "run on")


@dataclass(slots=True)
class Outcome:
    """How often something was tried, what went wrong, and what was measured on the way."""

    tried: int = 0
    failures: list[str] = field(default_factory=list)
    """One sentence for each loss, crossing, leak, stall or crash, with what is needed to see it again."""
    too_slow: list[str] = field(default_factory=list)
    """One sentence for each time limit that was passed. It fails the attack but no test: tests share the machine."""
    measured: str = ""
    skipped: str = ""
    """Why it could not be tried on this machine. An attack that is skipped has not held."""

    def check(self, holds: bool, failure: str) -> None:
        """Count one failure where `holds` is false."""
        if not holds:
            self.failures.append(failure)

    @property
    def word(self) -> str:
        """The outcome in a word or a count."""
        if self.skipped:
            return f"not tried: {self.skipped}"
        failed = len(self.failures) + len(self.too_slow)
        return f"{failed} FAILED" if failed else "held"


@dataclass(frozen=True, slots=True)
class Attack:
    """One attack: its name, what it tries, what must hold, and how much of it there is in the whole and in a sample."""

    name: str
    group: Group
    tries: str
    bound: str
    run: Callable[[int, Path], Outcome]
    """Takes an amount and an empty folder."""
    whole: int
    sample: int
    """The amount in `make test`; 0: what it runs are tests already."""
    seconds: int = 30
    """About how long the whole takes: the longest begin first."""
    alone: bool = False
    """Whether nothing else may run beside it, since it measures how fast leftopen is."""


def row(attack: Attack, outcome: Outcome, day: date) -> str:
    """The row of one attack in the table of the manual."""
    cells = (attack.name, attack.tries, str(outcome.tried), outcome.word, outcome.measured, attack.bound, str(day))
    return f"| {' | '.join(cells)} |"


def table(rows: Iterable[str]) -> str:
    """The Markdown table that the manual carries."""
    return "\n".join([f"| {' | '.join(HEAD)} |", f"| {' | '.join(['---'] * len(HEAD))} |", *rows]) + "\n"
