"""What every conversation of a survey has: its target, its budget, and the reasons why nothing more is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from monitor.network.driver import Driver
from monitor.network.transport import Timeouts
from probes.api import Target
from probes.reasons import NoAnswerReason
from probes.requests.http import NoAnswer

T = TypeVar("T", bound=Target)


@dataclass(frozen=True, slots=True)
class SurveyBudget:
    """What one survey may cost: requests, body bytes on the wire, seconds; and the time-outs of each request."""

    requests: int = 20_000
    wire: int = 4 * 2**30
    seconds: float = 1800.0
    timeouts: Timeouts = field(default_factory=Timeouts)


class SurveyConversation(Generic[T]):
    """A conversation with one target under one budget. Subclasses open the connection and ask."""

    def __init__(
        self, driver: Driver, target: T, pace_key: str, budget: SurveyBudget, refusal: Callable[[], str] = lambda: ""
    ) -> None:
        """`refusal` says before every request why it may not be made any more; empty: it may."""
        self._driver = driver
        self._target = target
        self._key = pace_key
        self._budget = budget
        self._refusal = refusal
        self._ends = 0.0
        self.requests = 0
        self.wire = 0

    def begin(self) -> None:
        """The budget's seconds run from here."""
        self._ends = asyncio.get_running_loop().time() + self._budget.seconds

    def refused(self) -> NoAnswer | None:
        """Why the next request may not be made: permission ended, or requests or bytes are spent; None: it may."""
        if refusal := self._refusal():
            return NoAnswer(NoAnswerReason.OUT_OF_SCOPE, refusal)
        if self.requests >= self._budget.requests:
            return NoAnswer(NoAnswerReason.BUDGET_SPENT, f"{self._budget.requests} requests are spent")
        if self.wire >= self._budget.wire:
            return NoAnswer(NoAnswerReason.BUDGET_SPENT, f"{self._budget.wire} bytes are spent")
        return None

    @property
    def spent(self) -> bool:
        """Whether all bytes are spent: a page that was cut then was cut by us."""
        return self.wire >= self._budget.wire

    @property
    def seconds_left(self) -> float:
        """What is left of the budget's seconds."""
        return max(0.0, self._ends - asyncio.get_running_loop().time())

    def now(self) -> datetime:
        """The driver's clock."""
        return self._driver.now()
