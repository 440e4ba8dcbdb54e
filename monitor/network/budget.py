"""What one dialogue may still ask, and what it asked: requests, bytes, seconds, patience, within its host's pace."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from monitor.findings.observation import RequestLog
from monitor.network.http.retry_after import retry_after
from monitor.network.pace import Pace
from monitor.network.transport import Timeouts
from probes.api import Target, WebTarget
from probes.reasons import NoAnswerReason
from probes.requests.http import NoAnswer, Request, Response

_SILENCE = frozenset({NoAnswerReason.TIMED_OUT, NoAnswerReason.REFUSED, NoAnswerReason.UNREACHABLE})
_PATIENCE = 2
"""So many silent requests in a row, and the rest of the dialogue is not asked."""
_PAST = 50
"""Requests beyond its budget that a probe may still want, all of them refused, before it is taken to ask for ever."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one dialogue may cost: requests, body bytes on the wire, and seconds; and the time-outs of each request."""

    requests: int = 80
    wire: int = 8 * 2**20
    seconds: float = 120.0
    timeouts: Timeouts = field(default_factory=Timeouts)


@dataclass(frozen=True, slots=True)
class AnswerSummary:
    """What of an answer is counted and recorded."""

    outcome: str
    wire: int = 0
    digest: str = ""
    front: str = ""
    """What the first answer of the dialogue looked like."""


A = TypeVar("A")


def place_of(target: Target, request: Request) -> str | None:
    """What may be out of service by itself: the path of a web endpoint, in either form. None: of a bucket or a service,
    all of it. Empty: a name that cannot exist, which is asked for once."""
    if not isinstance(target, WebTarget):
        return None
    return "" if target.nonce in request.path else request.path.partition("?")[0].rstrip("/") or "/"


class Budget:
    """The budget of one dialogue at one host."""

    def __init__(self, limits: Limits, pace: Pace, key: str, endpoint: str) -> None:
        self.limits = limits
        self._endpoint = endpoint
        self._pace = pace
        self._key = key
        # Each question of which loop runs asks the system for our process, and a look has dozens.
        self._loop = asyncio.get_running_loop()
        self._ends = self._loop.time() + limits.seconds
        self._requests = 0
        self._wire = 0
        self._silent = 0
        self.asked: list[RequestLog] = []

    def elsewhere(self, key: str, endpoint: str) -> Budget:
        """The budget of the same dialogue at another host: its pace and patience are that host's, its time and record
        are the dialogue's."""
        other = copy(self)
        other._key, other._endpoint, other._silent = key, endpoint, 0
        return other

    @property
    def overrun(self) -> bool:
        """Whether the probe asks on although its budget was spent long ago."""
        return self._requests > self.limits.requests + _PAST

    async def spend(
        self,
        method: str,
        said: str,
        ask: Callable[[float], Awaitable[A | NoAnswer]],
        summary: Callable[[A], AnswerSummary],
        *,
        out_of_scope: str = "",
        path: str = "",
    ) -> A | NoAnswer:
        """Ask, in the host's next turn, for at most the seconds that `ask` is given; or say why nothing is asked.

        `said` is recorded; `out_of_scope` in its place when the scope refuses. `path` is what is asked for of a web
        endpoint, which may be out of service by itself.
        """
        loop = self._loop
        self._requests += 1
        refused = self._refused(loop.time(), path)
        if refused is not None:
            return self.refuse(method, said, refused)
        if path and (wait := self._pace.path_held(self._key, self._endpoint, path)):
            # Not in a turn of the host: its other paths have theirs meanwhile.
            await asyncio.sleep(wait)
        async with self._pace.turn(self._key, self._ends, endpoint=self._endpoint) as granted:
            begun = loop.time()
            if not granted or begun >= self._ends:
                return self.refuse(method, said, self._refused(begun) or _TIME_SPENT)
            answer = await ask(min(self.limits.timeouts.ask, self._ends - begun))
            took = int((loop.time() - begun) * 1000)
            if isinstance(answer, NoAnswer):
                self._silent += answer.why in _SILENCE
                said = out_of_scope or said if answer.why is NoAnswerReason.OUT_OF_SCOPE else said
                self.asked.append(RequestLog(method, said, answer.why.value, 0, took))
                return answer
            what = summary(answer)
            self._silent = 0
            self._wire += what.wire
            self.asked.append(RequestLog(method, said, what.outcome, what.wire, took, what.digest, what.front))
            return answer

    async def knock(self, said: str, ask: Callable[[float], Awaitable[NoAnswer | None]]) -> NoAnswer | None:
        """Open a port and close it again, in the host's next turn. Ports of a sweep may be silent, one as the other:
        that uses up no patience, and no request of the budget."""
        loop = self._loop
        async with self._pace.turn(self._key, self._ends, endpoint=self._endpoint) as granted:
            begun = loop.time()
            if not granted or begun >= self._ends:
                return self.refuse("OPEN", said, _TIME_SPENT)
            answer = await ask(self._ends - begun)
            took = int((loop.time() - begun) * 1000)
            self.asked.append(RequestLog("OPEN", said, "answered" if answer is None else answer.why.value, 0, took))
            return answer

    def heed(self, answer: Response, now: Callable[[], datetime], place: str | None = None) -> None:
        """Leave the host alone for as long as an answer asks for (Retry-After); where it is out of service (503), just
        the endpoint, or the place of it that was asked for (`place_of`)."""
        wait = retry_after(answer.headers.get("retry-after"), now()) if answer.status in (429, 503) else 0
        if not wait:
            return
        # RFC 9110 section 15.6.4: 503 is about the service that was asked. 429 is about us, whatever we ask there.
        if answer.status == 429:
            self._pace.too_many(self._key, wait, self._endpoint)
        elif place is None:
            self._pace.hold(self._key, wait, self._endpoint)
        elif place:
            self._pace.out_of_service(self._key, wait, self._endpoint, place)

    def refuse(self, method: str, said: str, why: NoAnswer) -> NoAnswer:
        """Record what is not asked: a refusal is a result."""
        self.asked.append(RequestLog(method, said, why.why.value, 0, 0))
        return why

    def _refused(self, now: float, path: str = "") -> NoAnswer | None:
        if self._requests > self.limits.requests:
            return NoAnswer(NoAnswerReason.BUDGET_SPENT, f"{self.limits.requests} requests are spent")
        if self._wire > self.limits.wire:
            return NoAnswer(NoAnswerReason.BUDGET_SPENT, f"{self.limits.wire} bytes are spent")
        if now >= self._ends:
            return _TIME_SPENT
        if self._silent >= _PATIENCE:
            return NoAnswer(NoAnswerReason.HOST_SILENT, "not asked: the endpoint was silent before")
        held = self._pace.held(self._key, self._endpoint)
        if held > self._ends - now:
            return NoAnswer(NoAnswerReason.TOLD_TO_WAIT, f"the host asked to be left alone for {held:.0f} s more")
        held = self._pace.path_held(self._key, self._endpoint, path) if path else 0.0
        if held > self._ends - now:
            return NoAnswer(
                NoAnswerReason.TOLD_TO_WAIT, f"it is out of service, says its server, for {held:.0f} s more"
            )
        return None


_TIME_SPENT = NoAnswer(NoAnswerReason.BUDGET_SPENT, "the dialogue's time is spent")
