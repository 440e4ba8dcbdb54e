"""What a dialogue asks as declared subjects: signed in once, each in a session of its own, within its budget."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

from monitor.network.budget import AnswerSummary
from monitor.network.http.client import HttpConversation
from monitor.network.http.speaker import Speaker
from monitor.network.sign_in.sessions import SecretsOf, Sessions
from probes.api import Target, WebTarget
from probes.reasons import NoAnswerReason
from probes.requests.http import NoAnswer
from probes.requests.session import InSession, Shown


class Subjects:
    """The subjects of one dialogue. Their secrets are read at the first request."""

    def __init__(self, target: Target, secrets: SecretsOf | None, speaker: Speaker) -> None:
        self._target = target
        self._secrets = secrets
        self._speaker = speaker
        self._budget = speaker.budget
        self._sessions: Sessions | NoAnswer | None = None

    async def close(self) -> None:
        """End their sessions."""
        if isinstance(self._sessions, Sessions):
            await self._sessions.close()

    async def ask(self, step: InSession) -> Shown | NoAnswer:
        """Ask as a subject, which signs in first."""
        if self._sessions is None:
            self._sessions = self._begin()
        sessions = self._sessions
        # A path of the inventory, and the id of a subject that it declares.
        said = f"{step.path} as {step.subject}"
        if isinstance(sessions, NoAnswer):
            return self._budget.refuse("GET", said, sessions)
        async with aclosing(sessions.signing_in(step.subject)) as forms:
            async for form in forms:
                budget = self._budget.elsewhere(form.pace_key, form.at.endpoint) if form.pace_key else self._budget
                await budget.spend(form.method, f"{form.path} as {step.subject}", form.ask, _summary)
        unsigned = sessions.unsigned(step.subject)
        if unsigned is not None:
            self._budget.refuse("GET", said, NoAnswer(NoAnswerReason.NOT_SIGNED_IN))
            return unsigned
        return await self._budget.spend("GET", said, lambda seconds: sessions.ask(step, seconds), _summary)

    async def side_by_side(self, asks: tuple[InSession, ...]) -> tuple[Shown | NoAnswer, ...]:
        """Ask as several subjects at once: the requests of each in their order."""
        answers: dict[int, Shown | NoAnswer] = {}

        async def in_turn(subject: str) -> None:
            for at, one in enumerate(asks):
                if one.subject == subject:
                    answers[at] = await self.ask(one)

        await asyncio.gather(*map(in_turn, dict.fromkeys(one.subject for one in asks)))
        return tuple(answers[at] for at in range(len(asks)))

    def _begin(self) -> Sessions | NoAnswer:
        target, speaker = self._target, self._speaker
        if not isinstance(target, WebTarget) or self._secrets is None:
            return NoAnswer(NoAnswerReason.OUT_OF_SCOPE, "no subjects are declared")
        secrets = self._secrets(target)
        if isinstance(secrets, NoAnswer):
            return secrets

        def trusted(at: WebTarget, pace_key: str) -> HttpConversation:
            return speaker.to(at, trusted=True, pace_key=pace_key)

        return Sessions(target, secrets, trusted, lambda: speaker.to(target), speaker.now)


def _summary(shown: Shown) -> AnswerSummary:
    return AnswerSummary(str(shown.status), shown.wire)
