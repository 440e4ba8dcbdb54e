"""A round: all due tasks side by side, between controls that must be judged rightly, or it decides nothing.

A known-open and a known-closed place of our own go through the same driver and the same probe, before the first look,
every few seconds while looks are under way, and after the last. An observation is handed on only when a control that
passed stands on either side of it: so what is decided was seen while we could see.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from monitor.findings.observation import Observation
from monitor.findings.reasons import Cause, Control, ControlFailed, Reason
from monitor.network.budget import Limits
from monitor.network.driver import Driver, Tell
from monitor.rounds.batch.network_controls import NetworkControls
from monitor.rounds.shared_check import SharedCheck
from probes.api import BucketTarget, Certainty, Clear, Exposed, Target, Unknown, Verdict, WebTarget
from probes.logs.kinds import SESSION
from probes.reasons import UndecidedReason
from probes.registry import AnyProbe, bucket_probe
from probes.web.listing import HTTP_LISTING

CONTROL_EVERY = 5.0
"""Seconds between controls while looks are under way."""
NEWS_WAITS = 1.0
"""Seconds that what was not known to be open waits for more of it, before the control behind it: of that somebody is to
be told."""
BRACKET = 256
"""Looks that have ended have their control at once when they are so many."""
NOT_ON_FILE = 1024
"""No look begins while so many that have ended are not on file: what they saw is held until the disk has taken it."""
CONTROL_KEY = "control"


@dataclass(frozen=True, slots=True)
class Job:
    """A task, ready to be driven."""

    probe: AnyProbe
    target: Target
    pace_key: str
    limits: Limits


@dataclass(frozen=True, slots=True)
class ControlPair:
    """A place that must be found open, and one that must be found closed."""

    open: WebTarget
    closed: WebTarget
    buckets: tuple[BucketTarget, BucketTarget] | None = None
    """The same of a store: looked at where the round has buckets."""
    network: NetworkControls | None = None
    """What shows that the vantage is in its network; None: nothing does, and nothing is asked."""
    shared: SharedCheck = field(default_factory=SharedCheck)
    """With the other rounds of the same inventory that look at the same controls."""


Sink = Callable[[Sequence[Observation]], Awaitable[None]]
"""Takes the observations of one bracket, between two controls."""


async def run_round(
    jobs: tuple[Job, ...],
    driver: Driver,
    controls: ControlPair,
    sink: Sink,
    lost: Sink,
    follow: Callable[[Observation], Iterable[Job]] = lambda _: (),
    *,
    early: bool = False,
) -> Reason | None:
    """Drive all jobs; returns why the round was blind, or None when it saw.

    `sink` is handed every observation that stands between two passed controls. In a blind round the observations that
    were waiting go to `lost`, and the looks under way are stopped. `follow` says what is looked at behind a look.
    With `early`, what is proven in the middle of a look is handed to `sink` before the look itself is.
    """
    wrong = await check_controls(driver, controls)
    if wrong or not jobs:
        return wrong
    looks = _Looks(driver, jobs, early=early)
    try:
        while looks.left:
            seen = await looks.ended_within(CONTROL_EVERY)
            looks.add(job for one in seen if not one.early for job in follow(one))
            if not seen and looks.left:
                continue
            wrong = await check_controls(driver, controls)
            if wrong:
                await lost([one for one in seen if not one.early])
                return wrong
            await sink(seen)
        return None
    finally:
        await looks.close()


class _Looks:
    """The looks of a round, in their order. As many are under way as the driver has open at once; of one that has not
    begun there is its job and nothing more, and few are held that have ended: so a round over many hosts needs little
    memory."""

    def __init__(self, driver: Driver, jobs: Iterable[Job], *, early: bool) -> None:
        self._driver = driver
        self._waiting = deque(jobs)
        self._tells = early
        self._early: dict[tuple[str, Target], Observation] = {}
        """What is proven in looks that go on, by probe and target, until it is handed out."""
        self._under_way: dict[asyncio.Task[Observation], str] = {}
        """With the asset of each."""
        self._ended: list[asyncio.Task[Observation]] = []
        self._handed = 0
        """How many were handed out the last time: until the next time they are being put on file."""
        self._changed = asyncio.Event()
        self._news = math.inf
        """When the first of what has ended saw something open that was not known to be."""
        self._begin()

    @property
    def left(self) -> bool:
        """Whether there is a look whose observation was not handed out."""
        return bool(self._waiting or self._under_way or self._ended)

    def add(self, jobs: Iterable[Job]) -> None:
        """Looks behind those that are left."""
        self._waiting.extend(jobs)
        self._begin()

    async def ended_within(self, seconds: float) -> list[Observation]:
        """What the looks saw that ended since this was asked, at the latest after so many seconds; soon after news, and
        at once where nobody else is looked at."""
        clock = asyncio.get_running_loop().time
        ends = clock() + seconds
        self._handed = 0
        self._begin()
        while self._under_way and len(self._ended) < BRACKET:
            rest = min(ends, self._news + NEWS_WAITS) - clock()
            if rest <= 0 or (self._early and self._news < math.inf and not self._others()):
                break
            self._changed.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), rest)
        self._news = math.inf
        ended, self._ended = self._ended, []
        early, self._early = self._early, {}
        self._handed = len(ended)
        return [*early.values(), *(task.result() for task in ended)]

    async def close(self) -> None:
        """Break off what is under way, and begin no more."""
        self._waiting.clear()
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _begin(self) -> None:
        held = len(self._ended) + self._handed
        while self._waiting and len(self._under_way) < self._driver.at_once and held < NOT_ON_FILE:
            job = self._waiting.popleft()
            task = asyncio.create_task(_look(self._driver, job, self._tell if self._tells else None))
            task.add_done_callback(self._end)
            self._under_way[task] = job.target.asset

    def _others(self) -> bool:
        """Whether an asset is looked at of which there is no news yet."""
        told = {one.asset for one in self._early.values()}
        return bool(self._waiting) or any(asset not in told for asset in self._under_way.values())

    def _tell(self, proven: Observation) -> None:
        self._early[proven.probe, proven.target] = proven
        self._hear()

    def _hear(self) -> None:
        if self._news == math.inf:
            self._news = asyncio.get_running_loop().time()
        self._changed.set()

    def _end(self, task: asyncio.Task[Observation]) -> None:
        self._under_way.pop(task, None)
        self._ended.append(task)
        if not task.cancelled() and not task.exception():
            seen = task.result()
            # The look itself says all of it, where it was not handed out yet.
            self._early.pop((seen.probe, seen.target), None)
            if _opened(seen):
                self._hear()
        self._begin()
        if not self._under_way or len(self._ended) >= BRACKET:
            self._changed.set()


def _opened(seen: Observation) -> bool:
    """Whether a look saw something open that was not open at the last look."""
    known = {one.path for one in seen.target.known if one.open}
    return any(isinstance(one, Exposed) and one.place.path not in known for one in seen.verdicts)


def _look(driver: Driver, job: Job, early: Tell | None) -> Coroutine[Any, Any, Observation]:
    # A probe and a target of its kind were put together where the job was made.
    return driver.look(job.probe, job.target, job.pace_key, job.limits, early)  # type: ignore[misc]


def blinded(verdict: Verdict) -> Unknown:
    """What a blind round makes of a verdict. What the look did stays on file: the log that is judged later holds it."""
    facts = verdict.facts if verdict.kind == SESSION else ()
    return Unknown(verdict.place, verdict.kind, UndecidedReason.BLIND_ROUND, "the round was blind", facts=facts)


def lost_in(seen: Observation) -> Observation:
    """An observation as a blind round has it: recorded as asked, decided as nothing."""
    return replace(seen, verdicts=tuple(blinded(verdict) for verdict in seen.verdicts))


async def check_controls(driver: Driver, controls: ControlPair) -> Reason | None:
    """Why we cannot see, or None. One look that fails is tried once more: packets get lost."""

    async def check() -> Reason | None:
        wrong = await _controls(driver, controls)
        return await _controls(driver, controls) if wrong else None

    return await controls.shared(check)


async def _controls(driver: Driver, controls: ControlPair) -> Reason | None:
    opened, closed = await asyncio.gather(
        driver.control(HTTP_LISTING, controls.open, CONTROL_KEY, Limits(seconds=30)),
        driver.control(HTTP_LISTING, controls.closed, CONTROL_KEY, Limits(seconds=30)),
    )
    for verdict in opened.verdicts:
        if not isinstance(verdict, Exposed) or verdict.certainty is not Certainty.PROVEN:
            return ControlFailed(Control.OPEN_PLACE, verdict.why)
    for verdict in closed.verdicts:
        if not isinstance(verdict, Clear):
            return ControlFailed(Control.CLOSED_PLACE, verdict.why)
    if not opened.verdicts or not closed.verdicts:
        return Cause.CONTROL_NOT_SEEN
    wrong = await controls.network.check(driver) if controls.network is not None else None
    return wrong if wrong or controls.buckets is None else await _bucket_controls(driver, *controls.buckets)


async def _bucket_controls(driver: Driver, open_: BucketTarget, closed: BucketTarget) -> Reason | None:
    opened, shut = await asyncio.gather(
        driver.control(bucket_probe(open_.dialect), open_, CONTROL_KEY, Limits(seconds=30)),
        driver.control(bucket_probe(closed.dialect), closed, CONTROL_KEY, Limits(seconds=30)),
    )
    for verdict in opened.verdicts:
        if not isinstance(verdict, Exposed) or verdict.certainty is not Certainty.PROVEN:
            return ControlFailed(Control.OPEN_BUCKET, verdict.why)
    for verdict in shut.verdicts:
        if not isinstance(verdict, Clear):
            return ControlFailed(Control.CLOSED_BUCKET, verdict.why)
    return None if opened.verdicts and shut.verdicts else Cause.CONTROL_NOT_SEEN
