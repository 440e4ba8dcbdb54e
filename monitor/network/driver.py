"""The driver: holds one dialogue between a probe and a target, and is the one way to the network.

Scope, pace, budget, time-outs, byte limits and the record of what was asked stand here, so no probe can step around
them. A probe that raises, or asks on past its budget, costs its own target a verdict and nothing else.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, assert_never

from monitor.findings.observation import Observation, RequestLog
from monitor.network.budget import AnswerSummary, Budget, Limits, place_of
from monitor.network.channel import NARROW, Dialer
from monitor.network.elsewhere import Elsewhere, leads_to, named
from monitor.network.http.client import HttpConversation
from monitor.network.http.speaker import Speaker
from monitor.network.http.twins import TLS_ONLY, Twins, clear_only, says_tls, timed_out, unspoken
from monitor.network.pace import Pace
from monitor.network.sign_in.sessions import SecretsOf
from monitor.network.sign_in.subjects import Subjects
from monitor.network.sources.reading import SourceAsk, SourceOf, read_source, said
from monitor.network.stores.client import Connection, Resolve, Sign, StoreConversation
from monitor.network.stream_client import StreamConversation, step_said, summary_of, sweep
from monitor.network.transport import Guard, Timeouts, room_for_sockets
from probes.api import BucketTarget, Dialogue, Place, Probe, ServiceTarget, T, Target, Unknown, Verdict, WebTarget
from probes.reasons import NoAnswerReason
from probes.requests.commands.command import Asker
from probes.requests.dns import Lookup, Records
from probes.requests.front import front_of
from probes.requests.http import Answer, Ask, NoAnswer, Proven, Reply, Request, Response, Together
from probes.requests.session import InSession, SideBySide
from probes.requests.sources import CountRead, LogRead, MailboxRead, ReadCount, ReadLog, ReadMailbox
from probes.requests.stream import Datagram, Disconnect, Exchange, Open, Received, Secure, Step, Sweep

if TYPE_CHECKING:
    from monitor.network.names.dns import Names

log = logging.getLogger("leftopen.drive")

Tell = Callable[[Observation], None]
"""Takes what is proven in the middle of a look."""

HEAVY = 1 << 16
"""Bytes of a page from which on it is read beside the event loop, not in it."""


class Driver:
    """Looks at targets, one dialogue at a time each, all of them within their hosts' pace."""

    def __init__(
        self,
        guard: Guard,
        pace: Pace,
        now: Callable[[], datetime],
        *,
        agent: str,
        contact: str,
        at_once: int = 512,
        open_looks: asyncio.Semaphore | None = None,
        resolve: Resolve | None = None,
        sign: Sign | None = None,
        names: Callable[[], Names] | None = None,
        secrets: SecretsOf | None = None,
        sources: SourceOf | None = None,
        elsewhere: Elsewhere | None = None,
    ) -> None:
        """`agent` and `contact` are what User-Agent and From say; `at_once` bounds the looks that are open, with
        `open_looks` those of all drivers that share it.

        `resolve` leads to the hosts of object stores, and `sign` signs where an owner gave a probing key; without them
        no store is asked. `names` makes the resolver when a probe looks up a name. `secrets` reads what declared
        subjects sign in with; without it none does. `sources` says where logs, mailboxes and counts are that owners
        give us to read; without it none is read. `elsewhere` leads to declared hosts that a service names; without it
        none is asked but the service's own.
        """
        self.dialer = Dialer(guard)
        self.twins = Twins()
        self.pace = pace
        self.now = now
        self.says = (("User-Agent", agent), ("From", contact))
        room_for_sockets(4 * at_once)
        self.at_once = at_once
        self._open = open_looks or asyncio.Semaphore(at_once)
        self._resolve = resolve
        self._sign = sign
        self.names = names
        self.secrets = secrets
        self.sources = sources
        self.elsewhere = elsewhere
        self.asker = Asker(contact)

    async def look(
        self, probe: Probe[T], target: T, pace_key: str, limits: Limits, early: Tell | None = None
    ) -> Observation:
        """One dialogue from its first ask to its verdicts. Never raises for anything that a peer does.

        `early` is handed an observation of its own of what is proven in the middle of it.
        """
        async with self._open:
            return await self.control(probe, target, pace_key, limits, early)

    async def control(
        self, probe: Probe[T], target: T, pace_key: str, limits: Limits, early: Tell | None = None
    ) -> Observation:
        """The same of a place of our own, begun at once: nothing that was seen is decided before its control, which
        must not wait for all the looks that have not begun yet."""
        started = self.now()

        # It does not hold the talk, which holds it: both would be there until the collector comes.
        def tell(proven: tuple[Verdict, ...], asked: tuple[RequestLog, ...]) -> None:
            if early is not None:
                early(Observation(target.asset, probe.name, target, started, self.now(), asked, proven, early=True))

        talk = _Talk(self, target, pace_key, limits, tell)
        with talk.speech or nullcontext():
            async with self.conversation(target, limits.timeouts) as web:
                verdicts = await talk.hold(probe.name, lambda: probe.look(target), web)
        return Observation(target.asset, probe.name, target, started, self.now(), tuple(talk.budget.asked), verdicts)

    async def ask(self, target: WebTarget, request: Request, pace_key: str, limits: Limits) -> Answer:
        """One request of a control that is no probe, asked as a look asks: within scope, pace and budget."""
        async with self.conversation(target, limits.timeouts) as web:
            return await _Talk(self, target, pace_key, limits, lambda *_: None).one(request, web)

    def conversation(self, target: Target, timeouts: Timeouts) -> Connection:
        """A conversation with a target under this driver's guard and name."""

        def opened(endpoint: WebTarget) -> Connection:
            in_clear, greeted = partial(self.twins.in_clear, endpoint), partial(self.twins.greeted, endpoint)
            return HttpConversation(endpoint, self.dialer, timeouts, self.says, in_clear=in_clear, greeted=greeted)

        match target:
            case WebTarget():
                return opened(target)
            case BucketTarget():
                return StoreConversation(target, opened, self._resolve, self._sign)
            case ServiceTarget():
                at = target
                return opened(WebTarget(at.asset, at.host, at.name, at.address, at.port, at.tls, nonce=at.nonce))
            case _:
                assert_never(target)


@dataclass(frozen=True, slots=True)
class _End:
    """What a dialogue came to."""

    verdicts: tuple[Verdict, ...]


def front(target: Target) -> Place:
    """The place that stands for all of a target: its root, or its bucket."""
    return target.filed if isinstance(target, BucketTarget) else target.place("/")


def _next(dialogue: Dialogue, reply: Reply | None) -> Ask | _End:
    try:
        # A generator takes no value before its first ask; None is what starts it.
        return dialogue.send(reply)  # type: ignore[arg-type]
    except StopIteration as end:
        # It cannot cross from a thread to a coroutine as it is (PEP 479).
        return _End(tuple(end.value))


def _heavy(reply: Reply | None) -> bool:
    if isinstance(reply, tuple):
        return any(map(_heavy, reply))
    return isinstance(reply, Response) and len(reply.body) > HEAVY


class _Talk:
    """One dialogue: what the probe wants is asked within the budget, and each answer is handed to the probe."""

    def __init__(
        self,
        driver: Driver,
        target: Target,
        pace_key: str,
        limits: Limits,
        tell: Callable[[tuple[Verdict, ...], tuple[RequestLog, ...]], None],
    ) -> None:
        """`tell` takes what the probe says is proven already, and what was asked until then."""
        self._driver = driver
        self._tell = tell
        self._target = target
        self.budget = Budget(limits, driver.pace, pace_key, target.endpoint)
        self.speech = driver.twins.of(target) if isinstance(target, WebTarget) else None
        self._stream: StreamConversation | None = None
        self._speaker = Speaker(driver.dialer, driver.says, driver.now, self.budget)
        self._subjects = Subjects(target, driver.secrets, self._speaker)

    async def hold(self, probe: str, look: Callable[[], Dialogue], web: Connection) -> tuple[Verdict, ...]:
        try:
            return await self._talk(look(), web)
        except Exception:
            log.exception("probe %s failed on %s", probe, self._target)
            return (
                Unknown(front(self._target), probe, NoAnswerReason.BUG, "the probe failed; the log has the traceback"),
            )

    async def _talk(self, dialogue: Dialogue, web: Connection) -> tuple[Verdict, ...]:
        reply: Reply | None = None
        heavy = False
        try:
            while True:
                # A page of thousands of rows takes long to read: on a thread of its own, other looks go on meanwhile.
                # So does all that follows: a page is read when what stands beside it has been answered too.
                heavy = heavy or _heavy(reply)
                step = await asyncio.to_thread(_next, dialogue, reply) if heavy else _next(dialogue, reply)
                if isinstance(step, _End):
                    return step.verdicts
                if self.budget.overrun:
                    raise RuntimeError("the probe asks on past its budget")
                reply = await self._answer_to(step, web)
        finally:
            if self._stream is not None:
                self._stream.close()
            await self._subjects.close()
            # Whoever gives a look up while a thread still reads its page leaves the dialogue to that thread.
            if inspect.getgeneratorstate(dialogue) != inspect.GEN_RUNNING:
                dialogue.close()

    async def _answer_to(self, ask: Ask, web: Connection) -> Reply:
        match ask:
            case Request():
                return await self.one(ask, web)
            case Together(asks=asks):
                return tuple(await asyncio.gather(*(self.one(request, web) for request in asks)))
            case Lookup():
                return await self._look_up(ask)
            case InSession():
                return await self._subjects.ask(ask)
            case SideBySide(asks=asks):
                return await self._subjects.side_by_side(asks)
            case ReadLog() | ReadMailbox() | ReadCount():
                return await self._read_source(ask)
            case Open() | Exchange() | Secure() | Disconnect() | Datagram():
                return await self._step(ask)
            case Proven():
                self._tell(ask.verdicts, tuple(self.budget.asked))
                return NoAnswer(NoAnswerReason.NOT_ASKED)
            case Sweep():
                return await sweep(self._target, ask, self._driver.dialer, self.budget)
            case _:
                assert_never(ask)

    async def _look_up(self, lookup: Lookup) -> Records | NoAnswer:
        async def ask(_: float) -> Records | NoAnswer:
            if self._driver.names is None or not leads_to(self._target, lookup.name):
                return NoAnswer(NoAnswerReason.OUT_OF_SCOPE, "a name that the target does not lead to")
            return await self._driver.names().look_up(lookup)

        said = f"{lookup.type} {lookup.name.replace(self._target.nonce, '{canary}')}"
        summary = AnswerSummary("answered")
        return await self.budget.spend("DNS", said, ask, lambda _: summary, out_of_scope=f"{lookup.type} {{name}}")

    async def _step(self, step: Step) -> Received | NoAnswer:
        if self._stream is None:
            if isinstance(self._target, BucketTarget):
                return self.budget.refuse(
                    "OPEN", "a bare connection", NoAnswer(NoAnswerReason.OUT_OF_SCOPE, "no service")
                )
            timeouts = self.budget.limits.timeouts
            self._stream = StreamConversation(self._target, self._driver.dialer, timeouts, self._driver.asker)
        stream = self._stream
        if isinstance(step, Disconnect):
            return await stream.step(step, 0)
        return await self.budget.spend(*step_said(step), lambda seconds: stream.step(step, seconds), summary_of)

    async def _read_source(self, ask: SourceAsk) -> LogRead | MailboxRead | CountRead | NoAnswer:
        target, driver = self._target, self._driver
        if not isinstance(target, WebTarget) or driver.sources is None:
            return self.budget.refuse("READ", said(ask), NoAnswer(NoAnswerReason.OUT_OF_SCOPE, "nothing is declared"))
        source = driver.sources(target, ask)
        if isinstance(source, NoAnswer):
            return self.budget.refuse("READ", said(ask), source)
        speaking = partial(self._speaker.to, target, trusted=True)
        answer = await self.budget.spend(
            "READ",
            said(ask),
            lambda seconds: read_source(source, ask, target, driver.dialer, speaking, driver.now(), seconds),
            lambda read: AnswerSummary("unreadable" if read.told.unread else "read", read.told.wire, read.told.digest),
        )
        return answer if isinstance(answer, NoAnswer) else answer.told

    async def one(self, request: Request, web: Connection) -> Answer:
        """The answer to one request; what the target's twin was found to speak is not asked again."""
        target = self._target
        if isinstance(target, ServiceTarget) and request.host:
            return await self._ask_elsewhere(target, request)
        speech = self.speech
        if speech is None or not isinstance(target, WebTarget):
            return await self._send(request, web)
        if not speech.known:
            async with speech.lock:
                if not speech.known:
                    try:
                        answer = await self._send(request, web)
                        speech.heard(answer)
                        speech.otherwise = await self._otherwise(target, answer, web)
                    finally:
                        speech.settle()
                    return speech.otherwise or answer
        if speech.otherwise is not None:
            return self.budget.refuse(request.method, self._said(request), speech.otherwise)
        return await self._send(request, web)

    async def _otherwise(self, target: WebTarget, answer: Answer, web: Connection) -> NoAnswer | None:
        """Whether the port speaks as the target's twin does, after the first answer to the target itself."""
        if says_tls(answer):
            return TLS_ONLY
        if not isinstance(web, HttpConversation) or not web.reached or web.secured or not unspoken(answer):
            return None
        heard = await self._driver.twins.heard_beside(target, silent=timed_out(answer))
        if heard is not None:
            # The look at the twin has asked what would be asked here.
            return heard.otherwise
        twin = replace(target, tls=not target.tls)
        async with HttpConversation(twin, self._driver.dialer, self.budget.limits.timeouts, self._driver.says) as other:
            if target.tls:
                answer = await self._send(Request("GET", "/", NARROW, said="/ in clear"), other)
                return clear_only(answer)
            await self.budget.spend("TLS", "a handshake", other.greet, lambda _: AnswerSummary("completed"))
            return self._driver.twins.after_greeting(target, other)

    async def _ask_elsewhere(self, target: ServiceTarget, request: Request) -> Answer:
        """Ask a host that the service named, at that host's pace."""
        there = await named(target, request.host, self._driver.elsewhere)
        if isinstance(there, NoAnswer):
            return self.budget.refuse(request.method, f"{{host}}{self._said(request)}", there)
        budget = self.budget.elsewhere(there.pace_key, there.at.endpoint) if there.pace_key else self.budget
        async with self._speaker.to(there.at, pace_key=there.pace_key) as web:
            return await self._send(request, web, budget)

    async def _send(self, request: Request, web: Connection, budget: Budget | None = None) -> Answer:
        path = self._said(request)
        # A host that the inventory does not lead to is a peer's own text: it is refused, and not written down.
        place = place_of(self._target, request)
        return await (budget or self.budget).spend(
            request.method,
            request.host + path,
            lambda seconds: web.ask(request, seconds),
            lambda answer: self._summary(answer, place),
            out_of_scope=f"{{host}}{path}" if request.host else path,
            path=place or "",
        )

    def _summary(self, answer: Response, place: str | None) -> AnswerSummary:
        self.budget.heed(answer, self._driver.now, place)
        digest = answer.digest if answer.body else ""
        front = "" if self.budget.asked else front_of(answer)
        return AnswerSummary(f"{answer.status} {answer.ending.value}", answer.wire, digest, front)

    def _said(self, request: Request) -> str:
        return (request.said or request.path).replace(self._target.nonce, "{canary}")
