"""Pages of one host, streamed for a survey."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import Self

from monitor.network.http.decoder import Feed
from monitor.network.http.retry_after import LONGEST_WAIT, retry_after
from monitor.network.pace import Work
from monitor.network.stores.client import Connection
from monitor.network.survey.conversation import SurveyConversation
from probes.api import Target
from probes.reasons import NoAnswerReason
from probes.requests.accept import as_browser, heard, wants_browsers
from probes.requests.http import Answer, NoAnswer, Request, Response
from probes.requests.walls import LONGEST_NOTE, Passes, leads, may_be_wall

_HOPS = 4
_WALLS = 3
"""Cookies that a wall may hand out, one after another."""
_OF_A_CONNECTION = frozenset({400, 408})
"""Answers that balancers and small servers give to what comes second on a connection (RFC 9110 section 15.5.9)."""
_LITTLE = 1 << 14
LONGEST_REST = 60.0
"""Seconds of rest, at most, that a host is given which says "too much" and not for how long."""


class Pages(SurveyConversation[Target]):
    """A conversation for a survey: `async with Pages(...) as pages: await pages.read(...)`."""

    _web: Connection | None = None
    _throttled = 0
    _as_browsers = False
    """Whether the host serves its pages to those alone who say that they accept one."""

    _one_each = False
    """Whether the host fails whatever is asked second on a connection: then each request has one of its own."""
    _fails_alike = False
    """Whether what failed so on a kept connection failed on a new one, too."""

    _passes: Passes
    _tried = False
    """Whether a page was read."""

    async def __aenter__(self) -> Self:
        self.begin()
        self._passes = Passes()
        self._web = self._driver.conversation(self._target, self._budget.timeouts)
        await self._web.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._web is not None:
            await self._web.__aexit__(kind, error, trace)

    async def read(self, request: Request, feed: Callable[[], Feed] | None = None) -> Answer:
        """Ask within scope, pace and budget; the body goes to a `feed` as it comes. A refusal is an answer.

        Where a host wants to be asked as browsers ask, it is from then on, and a body that it sends then is fed anew.
        """
        answer = await self._read_kept(as_browser(request) if self._as_browsers else request, feed)
        if not self._as_browsers and wants_browsers(answer):
            self._as_browsers = True
            answer = await self._read(as_browser(request), feed)
        if isinstance(answer, Response) and not self._tried:
            # A wall stands before the first page.
            self._tried = True
            for _ in range(_WALLS):
                if not await self._let_in(request, answer):
                    break
                answer = await self._read(request, feed)
        return heard(answer)

    async def _read_kept(self, request: Request, feed: Callable[[], Feed] | None) -> Answer:
        """As `_read`; once more over a new connection where the answer may be about the connection alone."""
        if self._one_each:
            return await self._read(replace(request, fresh=True), feed)
        answer = await self._read(request, feed)
        if not isinstance(answer, Response) or answer.status not in _OF_A_CONNECTION or self._fails_alike:
            return answer
        anew = await self._read(replace(request, fresh=True), feed)
        if isinstance(anew, Response) and anew.status not in _OF_A_CONNECTION:
            self._one_each = True
        else:
            self._fails_alike = True
        return anew

    async def _let_in(self, request: Request, answer: Answer) -> bool:
        """Whether what leads on comes back to where it began, and hands out a cookie on the way, or a refusal does."""
        if may_be_wall(answer):
            # Its body went to the feed.
            answer = await self._read(replace(request, take=LONGEST_NOTE), None)
        if self._passes.once_more(request, answer) is not None:
            return self._passes.let_in(await self._read(replace(request, take=_LITTLE), None))
        for _ in range(_HOPS):
            if not isinstance(answer, Response):
                break
            if self._passes.hear(request, answer):
                return True
            if not (onward := leads(request.path, answer)):
                break
            request = Request("GET", onward, _LITTLE)
            answer = await self._read(request, None)
        return False

    async def _read(self, request: Request, feed: Callable[[], Feed] | None) -> Answer:
        assert self._web is not None  # noqa: S101  used inside `async with`
        if (refused := self.refused()) is not None:
            return refused
        request = replace(self._passes.carried(request), take=min(request.take, self._budget.wire - self.wire))
        self.requests += 1
        async with self._driver.pace.turn(self._key, self._ends, Work.SURVEY, self._target.endpoint) as granted:
            left = self.seconds_left
            if not granted or left <= 0:
                held = self._driver.pace.held(self._key, self._target.endpoint)
                said = f"the host asked to be left alone for {held:.0f} s more" if held > left else ""
                return NoAnswer(NoAnswerReason.BUDGET_SPENT, said or f"{self._budget.seconds:.0f} seconds are spent")
            # A page of a million rows takes as long as it takes: silence ends it, or the survey's own time.
            answer = await self._web.ask(request, left, feed and feed())
        if isinstance(answer, Response):
            self.wire += answer.wire
            if answer.status in (429, 503):
                self._throttled += 1
                wait = retry_after(answer.headers.get("retry-after"), self.now())
                rest = min(LONGEST_REST, 2.0 ** min(self._throttled, 8))
                hold = self._driver.pace.hold if answer.status == 503 else self._driver.pace.too_many
                hold(self._key, min(wait, LONGEST_WAIT) if wait else rest, self._target.endpoint)
            else:
                self._throttled = 0
        return answer
