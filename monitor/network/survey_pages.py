"""Pages of one host, streamed for a survey: the driver's scope and pace, with a budget as large as a survey needs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import TracebackType
from typing import Self

from monitor.network.budget import LONGEST_WAIT, retry_after
from monitor.network.driver import Driver
from monitor.network.http.decoder import Feed
from monitor.network.pace import Work
from monitor.network.stores.client import Connection
from monitor.network.transport import Timeouts
from probes.api import Target
from probes.reasons import NoAnswerReason
from probes.requests.http import Answer, NoAnswer, Request, Response

LONGEST_REST = 60.0
"""Seconds of rest, at most, that a host is given which says "too much" and not for how long."""


@dataclass(frozen=True, slots=True)
class SurveyBudget:
    """What one survey may cost: requests, body bytes on the wire, seconds; and the time-outs of each ask."""

    requests: int = 20_000
    wire: int = 4 * 2**30
    seconds: float = 1800.0
    timeouts: Timeouts = field(default_factory=Timeouts)


class Pages:
    """A conversation for a survey: `async with Pages(...) as pages: await pages.read(...)`."""

    def __init__(
        self,
        driver: Driver,
        target: Target,
        pace_key: str,
        budget: SurveyBudget,
        refusal: Callable[[], str] = lambda: "",
    ) -> None:
        """`refusal` says before every request why it may not be made any more; empty: it may."""
        self._driver = driver
        self._target = target
        self._key = pace_key
        self._budget = budget
        self._refusal = refusal
        self._web: Connection | None = None
        self._ends = 0.0
        self._throttled = 0
        self.requests = 0
        self.wire = 0

    async def __aenter__(self) -> Self:
        self._ends = asyncio.get_running_loop().time() + self._budget.seconds
        self._web = self._driver.conversation(self._target, self._budget.timeouts)
        await self._web.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._web is not None:
            await self._web.__aexit__(kind, error, trace)

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

    async def read(self, request: Request, feed: Feed | None = None) -> Answer:
        """Ask within scope, pace and budget; the body goes to `feed` as it comes. A refusal is an answer."""
        assert self._web is not None  # noqa: S101  used inside `async with`
        loop = asyncio.get_running_loop()
        if refusal := self._refusal():
            return NoAnswer(NoAnswerReason.OUT_OF_SCOPE, refusal)
        if self.requests >= self._budget.requests:
            return NoAnswer(NoAnswerReason.BUDGET_SPENT, f"{self._budget.requests} requests are spent")
        if self.wire >= self._budget.wire:
            return NoAnswer(NoAnswerReason.BUDGET_SPENT, f"{self._budget.wire} bytes are spent")
        request = replace(request, take=min(request.take, self._budget.wire - self.wire))
        self.requests += 1
        async with self._driver.pace.turn(self._key, self._ends, Work.SURVEY) as granted:
            left = self._ends - loop.time()
            if not granted or left <= 0:
                held = self._driver.pace.held(self._key)
                said = f"the host asked to be left alone for {held:.0f} s more" if held > left else ""
                return NoAnswer(NoAnswerReason.BUDGET_SPENT, said or f"{self._budget.seconds:.0f} seconds are spent")
            # A page of a million rows takes as long as it takes: silence ends it, or the survey's own time.
            answer = await self._web.ask(request, left, feed)
        if isinstance(answer, Response):
            self.wire += answer.wire
            if answer.status in (429, 503):
                self._throttled += 1
                wait = retry_after(answer.headers.get("retry-after"), self.now())
                rest = min(LONGEST_REST, 2.0 ** min(self._throttled, 8))
                self._driver.pace.hold(self._key, min(wait, LONGEST_WAIT) if wait else rest)
            else:
                self._throttled = 0
        return answer
