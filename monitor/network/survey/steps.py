"""Steps over bare connections, taken for a survey."""

from __future__ import annotations

from collections.abc import Generator
from types import TracebackType
from typing import Self, TypeVar

from monitor.network.pace import Work
from monitor.network.stream_client import StreamConversation
from monitor.network.survey.conversation import SurveyConversation
from probes.api import ServiceTarget
from probes.reasons import NoAnswerReason
from probes.requests.http import Ask, NoAnswer, Reply
from probes.requests.stream import Disconnect, Exchange, Open, Received, Secure

R = TypeVar("R")


class Steps(SurveyConversation[ServiceTarget]):
    """A service under survey: `async with Steps(...) as steps: await steps.hold(tree.folder(path))`."""

    _stream: StreamConversation | None = None
    stopped = ""
    """Why no more is asked: the budget is spent, or it may not be asked any more; empty: it goes on."""

    async def __aenter__(self) -> Self:
        self.begin()
        self._stream = StreamConversation(self._target, self._driver.dialer, self._budget.timeouts, self._driver.asker)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stream is not None:
            self._stream.close()

    async def hold(self, dialogue: Generator[Ask, Reply, R]) -> R:
        """Hold a dialogue to its end: each of its steps within scope, pace and budget. A refusal is an answer."""
        told: Received | NoAnswer | None = None
        try:
            while True:
                # A generator takes no value before its first step; None is what starts it.
                step = dialogue.send(told)  # type: ignore[arg-type]
                told = await self._take(step)
        except StopIteration as end:
            result: R = end.value
            return result
        finally:
            dialogue.close()

    async def _take(self, step: Ask) -> Received | NoAnswer:
        assert self._stream is not None  # noqa: S101  used inside `async with`
        if isinstance(step, Disconnect):
            return await self._stream.step(step, 0)
        if not isinstance(step, Open | Exchange | Secure):
            return NoAnswer(NoAnswerReason.BUG, "a survey of a service takes steps of its connections alone")
        if (refused := self.refused()) is not None:
            return self._stop(refused.why, refused.detail)
        if isinstance(step, Exchange) and step.command is None:
            # Listening on is no question: what comes was asked for already.
            answer = await self._stream.step(step, self.seconds_left)
        else:
            self.requests += 1
            async with self._driver.pace.turn(self._key, self._ends, Work.SURVEY, self._target.endpoint) as granted:
                left = self.seconds_left
                if not granted or left <= 0:
                    return self._stop(NoAnswerReason.BUDGET_SPENT, f"{self._budget.seconds:.0f} seconds are spent")
                answer = await self._stream.step(step, left)
        if isinstance(answer, Received):
            self.wire += len(answer.data)
        return answer

    def _stop(self, why: NoAnswerReason, detail: str) -> NoAnswer:
        self.stopped = detail if why is NoAnswerReason.OUT_OF_SCOPE else f"the budget ended: {detail}"
        return NoAnswer(why, detail)
