"""The driver: holds one dialogue between a probe and a target, and is the one way to the network.

Scope, pace, budget, time-outs, byte limits and the record of what was asked stand here, so no probe can step around
them. A probe that raises, or asks on past its budget, costs its own target a verdict and nothing else.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import resource
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import assert_never

from monitor.network.channel import Dialer
from monitor.network.http_client import HttpConversation
from monitor.network.pace import Pace
from monitor.network.store_client import Connection, Resolve, Sign, StoreConversation
from monitor.network.transport import Guard, Timeouts
from probes.api import BucketTarget, Dialogue, Place, Probe, T, Target, Unknown, Verdict, WebTarget
from probes.reasons import Why
from probes.requests.http import Answer, Ask, NoAnswer, Reply, Request, Response, Together

log = logging.getLogger("leftopen.drive")

LONGEST_WAIT = 3600.0
"""A Retry-After beyond this is cut: servers were seen to ask for four hours, and a watch may not sleep that long."""

HEAVY = 1 << 16
"""Bytes of a page from which on it is read beside the event loop, not in it."""

_SILENCE = frozenset({Why.TIMED_OUT, Why.REFUSED, Why.UNREACHABLE})
_PATIENCE = 2
"""So many silent asks in a row, and the rest of the dialogue is not asked."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one dialogue may cost: requests, body bytes on the wire, and seconds; and the time-outs of each ask."""

    requests: int = 80
    wire: int = 8 * 2**20
    seconds: float = 120.0
    timeouts: Timeouts = field(default_factory=Timeouts)


@dataclass(frozen=True, slots=True)
class RequestLog:
    """One ask and what came of it. `said` is fit to be stored: a path that was learnt is not in it."""

    method: str
    said: str
    outcome: str
    wire: int
    milliseconds: int
    digest: str = ""
    """SHA-256 of the body as it was read, for the evidence: it shows later that a page was this one, and tells nothing
    of what stood in it."""


@dataclass(frozen=True, slots=True)
class Observation:
    """A task with its verdicts, cost and times."""

    asset: str
    probe: str
    target: Target
    started: datetime
    ended: datetime
    asked: tuple[RequestLog, ...]
    verdicts: tuple[Verdict, ...]


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
        resolve: Resolve | None = None,
        sign: Sign | None = None,
    ) -> None:
        """`agent` and `contact` are what User-Agent and From say; `at_once` bounds the dialogues that are open.

        `resolve` leads to the hosts of object stores, and `sign` signs where an owner gave a probing key; without them
        no store is asked.
        """
        self._dialer = Dialer(guard)
        self.pace = pace
        self.now = now
        self._says = (("User-Agent", agent), ("From", contact))
        _room_for_sockets(4 * at_once)
        self._open = asyncio.Semaphore(at_once)
        self._resolve = resolve
        self._sign = sign

    async def look(self, probe: Probe[T], target: T, pace_key: str, limits: Limits) -> Observation:
        """One dialogue from its first ask to its verdicts. Never raises for anything that a peer does."""
        async with self._open:
            started = self.now()
            talk = _Talk(self, target, pace_key, limits)
            async with self.conversation(target, limits.timeouts) as web:
                verdicts = await talk.hold(probe.name, lambda: probe.look(target), web)
            return Observation(target.asset, probe.name, target, started, self.now(), tuple(talk.asked), verdicts)

    def conversation(self, target: Target, timeouts: Timeouts) -> Connection:
        """A conversation with a target under this driver's guard and name."""

        def opened(endpoint: WebTarget) -> Connection:
            return HttpConversation(endpoint, self._dialer, timeouts, self._says)

        match target:
            case WebTarget():
                return opened(target)
            case BucketTarget():
                return StoreConversation(target, opened, self._resolve, self._sign)
            case _:
                assert_never(target)


@dataclass(frozen=True, slots=True)
class _End:
    """What a dialogue came to."""

    verdicts: tuple[Verdict, ...]


def front(target: Target) -> Place:
    """The place that stands for all of a target: its root, or its bucket."""
    return target.filed if isinstance(target, BucketTarget) else target.place("/")


def _next(dialogue: Dialogue, told: Reply | None) -> Ask | _End:
    try:
        # A generator takes no value before its first ask; None is what starts it.
        return dialogue.send(told)  # type: ignore[arg-type]
    except StopIteration as end:
        # It cannot cross from a thread to a coroutine as it is (PEP 479).
        return _End(tuple(end.value))


def _heavy(told: Reply | None) -> bool:
    return isinstance(told, Response) and len(told.body) > HEAVY


class _Talk:
    """One dialogue's state: what was asked, what is left of the budget, how silent the peer is."""

    def __init__(self, driver: Driver, target: Target, pace_key: str, limits: Limits) -> None:
        self._driver = driver
        self._target = target
        self._key = pace_key
        self._limits = limits
        self._ends = asyncio.get_running_loop().time() + limits.seconds
        self._requests = 0
        self._wire = 0
        self._silent = 0
        self.asked: list[RequestLog] = []

    async def hold(self, probe: str, look: Callable[[], Dialogue], web: Connection) -> tuple[Verdict, ...]:
        try:
            return await self._talk(look(), web)
        except Exception:
            log.exception("probe %s failed on %s", probe, self._target)
            return (Unknown(front(self._target), probe, Why.BUG, "the probe failed; the log has the traceback"),)

    async def _talk(self, dialogue: Dialogue, web: Connection) -> tuple[Verdict, ...]:
        told: Reply | None = None
        try:
            while True:
                # A page of thousands of rows takes long to read: on a thread of its own, other looks go on meanwhile.
                step = await asyncio.to_thread(_next, dialogue, told) if _heavy(told) else _next(dialogue, told)
                if isinstance(step, _End):
                    return step.verdicts
                ask = step
                if self._requests > self._limits.requests + 50:
                    raise RuntimeError("the probe asks on past its budget")
                told = await self._tell(ask, web)
        finally:
            dialogue.close()

    async def _tell(self, ask: Ask, web: Connection) -> Reply:
        match ask:
            case Request():
                return await self._one(ask, web)
            case Together(asks=asks):
                return tuple(await asyncio.gather(*(self._one(request, web) for request in asks)))
            case _:
                assert_never(ask)

    async def _one(self, request: Request, web: Connection) -> Answer:
        loop = asyncio.get_running_loop()
        self._requests += 1
        refused = self._refused(loop.time())
        if refused is not None:
            return self._record(request, refused, 0.0)
        async with self._driver.pace.turn(self._key):
            left = self._ends - loop.time()
            if left <= 0:
                return self._record(request, NoAnswer(Why.BUDGET_SPENT, "the dialogue's time is spent"), 0.0)
            begun = loop.time()
            answer = await web.ask(request, min(self._limits.timeouts.ask, left))
            return self._record(request, answer, loop.time() - begun)

    def _refused(self, now: float) -> NoAnswer | None:
        if self._requests > self._limits.requests:
            return NoAnswer(Why.BUDGET_SPENT, f"{self._limits.requests} requests are spent")
        if self._wire > self._limits.wire:
            return NoAnswer(Why.BUDGET_SPENT, f"{self._limits.wire} bytes are spent")
        if now >= self._ends:
            return NoAnswer(Why.BUDGET_SPENT, "the dialogue's time is spent")
        if self._silent >= _PATIENCE:
            return NoAnswer(Why.HOST_SILENT, "not asked: the endpoint was silent before")
        held = self._driver.pace.held(self._key)
        if held > self._ends - now:
            return NoAnswer(Why.TOLD_TO_WAIT, f"the host asked to be left alone for {held:.0f} s more")
        return None

    def _record(self, request: Request, answer: Answer, seconds: float) -> Answer:
        match answer:
            case NoAnswer(why=why):
                self._silent = self._silent + 1 if why in _SILENCE else self._silent
                outcome, wire = why.value, 0
            case Response(status=status, wire=wire, ending=ending):
                self._silent = 0
                self._wire += wire
                outcome = f"{status} {ending.value}"
                if status in (429, 503):
                    self._wait(answer)
        # A host that the inventory does not lead to is a peer's own text: it is refused, and not written down.
        host = "{host}" if request.host and outcome == Why.OUT_OF_SCOPE else request.host
        said = host + (request.said or request.path.replace(self._target.nonce, "{canary}"))
        digest = hashlib.sha256(answer.body).hexdigest() if isinstance(answer, Response) and answer.body else ""
        self.asked.append(RequestLog(request.method, said, outcome, wire, int(seconds * 1000), digest))
        return answer

    def _wait(self, answer: Response) -> None:
        seconds = retry_after(answer.headers.get("retry-after"), self._driver.now())
        if seconds:
            self._driver.pace.hold(self._key, seconds)


def _room_for_sockets(wanted: int) -> None:
    """Raise what this process may open at a time, where it may: 1,024 is a usual limit, and looks would fail at it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def retry_after(text: str, now: datetime) -> float:
    """Seconds that a Retry-After asks for, in either form of RFC 9110 section 10.2.3; 0 when it asks for nothing.

    A date that has passed asks for nothing, and no wait is longer than LONGEST_WAIT.
    """
    text = text.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_WAIT)
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, IndexError, OverflowError):
        return 0.0
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return min(max(0.0, (date - now).total_seconds()), LONGEST_WAIT)
