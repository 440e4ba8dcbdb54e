"""The application: the one place where inventory, driver, judge, ledger and channels are wired together."""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Self

from monitor.alerts.messages.new_messages import blind_messages
from monitor.alerts.messages.reason_text import reason_text
from monitor.alerts.queue.retraction import retract
from monitor.alerts.routing.reachability import tell_gaps
from monitor.findings.finding import Finding, State
from monitor.findings.handling import TriageStatus
from monitor.findings.reasons import Reason
from monitor.findings.tally import Surveyed
from monitor.inventory.endpoints import control_targets
from monitor.inventory.model.assets import Asset, BucketAsset
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.scope import Scope
from monitor.legal.warn import Warner
from monitor.network.driver import Observation
from monitor.rounds.plan import Rhythm, due, next_turn
from monitor.rounds.recorder import Line, OnLine, Recorder
from monitor.rounds.run import CONTROL_KEY, ControlPair, run_round
from monitor.rounds.targets import targets_of
from monitor.rounds.vantage import Vantage
from monitor.store import actions, rounds
from monitor.store.rounds import RoundKind
from monitor.store.thread import LedgerThread
from monitor.surveys.measure import measure, surveyable
from monitor.surveys.web.crawl import Progress

if TYPE_CHECKING:
    from monitor.rounds.controls import BuiltInControls
    from monitor.store.ledger import Ledger

log = logging.getLogger("leftopen")

WARN_EVERY = timedelta(minutes=1)
"""So often it is looked up whether a legal clock has something to say."""
WARN_AT_A_TIME = 20

OPEN_STATES = (State.EXPOSED.value, State.CLEARING.value)
"""The states in which something is, or until proven otherwise may be, open."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one round came to."""

    id: str
    started: datetime
    ended: datetime
    assets: tuple[str, ...]
    blind: Reason | None
    """Why it decided nothing; None: it saw."""
    lines: tuple[Line, ...]
    changed: tuple[Finding, ...]
    asks: int


class Application:
    """One inventory at work: `async with Application(...) as app: await app.round()`."""

    def __init__(
        self,
        inventory: Inventory,
        ledger: LedgerThread,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        """`environ` is where references such as `env:NAME` lead."""
        self.environ = environ
        self.ledger = ledger
        self.now = now
        self.vantage = Vantage(inventory, now, environ)
        self._stack = AsyncExitStack()
        self._built_in: BuiltInControls | None = None
        self._warned: datetime | None = None
        self._warner = Warner()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    @property
    def inventory(self) -> Inventory:
        """What is looked at; a service takes on a new one between two rounds."""
        return self.vantage.inventory

    @inventory.setter
    def inventory(self, inventory: Inventory) -> None:
        # Rounds and surveys under way keep the vantage that they began with: what they may ask stays one thing.
        self.vantage = self.vantage.with_inventory(inventory)

    # -- one round

    async def due(self) -> tuple[tuple[str, ...], datetime]:
        """The assets whose turn it is, and when the next turn comes."""
        looks, findings, handlings = await self.ledger(
            lambda ledger: (ledger.looks(), ledger.findings(), actions.handlings(ledger))
        )
        now = self.now()
        watched = {
            id_
            for id_, handling in handlings.items()
            if handling.standing is TriageStatus.CONTAINED and handling.until is not None and now < handling.until
        }
        rhythms = tuple(self._rhythm(asset) for asset in self.inventory.assets)
        return (
            due(rhythms, looks, findings, now, watched),
            next_turn(rhythms, looks, findings, now, watched),
        )

    async def round(
        self,
        assets: Iterable[str] | None = None,
        on_line: OnLine | None = None,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> Round:
        """One round over the given assets (None: all), decided, recorded and with the messages that it owes on file.

        `on_line` is called with every place as it is recorded, `on_progress` with how many looks are recorded and how
        many there are. Sending is the outbox's. Raises LedgerUnusable when the ledger cannot be written: what was seen
        is then lost, and seen again in the next round.
        """
        vantage, inventory = self.vantage, self.inventory
        wanted = None if assets is None else frozenset(assets)
        chosen = tuple(asset for asset in inventory.assets if wanted is None or asset.id in wanted)
        started = self.now()
        id_ = f"{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        round_ = Recorder(id_, RoundKind.ROUND, inventory, self.ledger, self.now, on_line)
        digest = hashlib.sha256(inventory.model_dump_json().encode()).hexdigest()
        await self.ledger(
            lambda ledger: rounds.begin(ledger, id_, RoundKind.ROUND, started, inventory.vantage.id, digest)
        )
        scope = Scope(inventory)
        controls = await self._controls(round_.nonce, any(isinstance(asset, BucketAsset) for asset in chosen))
        own = {(t.name, t.address, t.port) for t in (controls.open, controls.closed)}
        own |= {(None, t.host, t.port) for t in controls.buckets or ()}

        def guard(name: str | None, address: str, port: int) -> bool:
            return (name, address, port) in own or scope.allows(name, address, port)

        driver = vantage.driver(guard, round_.id, scope)
        vantage.pace.set(CONTROL_KEY, 1000.0, 8)
        targets = await targets_of(vantage, self.ledger, chosen, scope, round_.nonce)
        jobs = targets.jobs
        for one in targets.unseen:
            await round_.unseen(one.asset, one.why, one.detail)
        taken = 0

        async def take(observations: Sequence[Observation]) -> None:
            nonlocal taken
            await round_.take(observations)
            taken += len(observations)
            if on_progress is not None:
                on_progress(taken, len(jobs))

        if on_progress is not None:
            on_progress(0, len(jobs))
        blind = await run_round(jobs, driver, controls, take, round_.lose)
        ended = self.now()
        looks = {} if blind else {asset.id: started for asset in chosen}
        owed = blind_messages(round_.id, blind, inventory, ended) if blind else ()
        if not blind:
            await round_.retire(targets.led_to)
            await self._mind(round_)
        await self.ledger(lambda ledger: rounds.end(ledger, id_, ended, blind, looks, owed))
        if blind:
            log.error("round %s is blind and decided nothing: %s", round_.id, reason_text(blind, "en"))
        return Round(
            id=round_.id,
            started=started,
            ended=ended,
            assets=tuple(asset.id for asset in chosen),
            blind=blind,
            lines=tuple(round_.lines),
            changed=tuple(round_.changed.values()),
            asks=round_.asks,
        )

    async def mind(self) -> None:
        """What time alone brings about: acknowledgements lapse, acceptances end, and who is next is told."""
        started = self.now()
        id_ = f"timers-{started:%Y%m%dT%H%M%SZ}"
        await self._mind(Recorder(id_, RoundKind.TIMERS, self.inventory, self.ledger, self.now, None))

    async def _mind(self, recorder: Recorder) -> None:
        await self.ledger(recorder.settle)
        await self.ledger(recorder.escalate)
        now = self.now()
        await self.ledger(lambda ledger: retract(ledger, self.inventory, recorder.id, now))
        await self.ledger(lambda ledger: tell_gaps(ledger, self.inventory, now))
        # Clocks run for hours: more often than this there is nothing new to say.
        if self._warned is None or not timedelta() <= now - self._warned < WARN_EVERY:
            await self._warn(recorder.id, now)
            self._warned = now

    async def _warn(self, round_: str, now: datetime) -> None:
        """Warn of legal clocks, a few findings at a time: whatever else is to be recorded does not wait for all."""
        inventory = self.inventory
        due = await self.ledger(lambda ledger: self._warner.due(ledger, inventory, now))
        for first in range(0, len(due), WARN_AT_A_TIME):
            some = due[first : first + WARN_AT_A_TIME]
            await self.ledger(partial(_look, self._warner, inventory, some, round_, now))

    async def _controls(self, nonce: str, stores: bool) -> ControlPair:
        """The inventory's own controls, or the built-in ones; those of a store are always built in."""
        declared = control_targets(self.inventory, nonce=nonce)
        if declared is not None and not stores:
            return ControlPair(*declared)
        if self._built_in is None:
            # A server of our own is needed for this alone: a survey should not wait for it to be imported.
            from monitor.rounds.controls import BuiltInControls

            self._built_in = await self._stack.enter_async_context(BuiltInControls())
        opened, closed = declared or self._built_in.targets(nonce)
        return ControlPair(opened, closed, self._built_in.buckets(nonce) if stores else None)

    async def survey(
        self, finding: Finding, *, whole: bool = False, on_progress: Callable[[Progress], None] = lambda _: None
    ) -> Surveyed | None:
        """Measure how far a finding reaches: see `measure`."""
        return await measure(self.vantage, self.ledger, finding, whole=whole, on_progress=on_progress)

    def surveyable(self, changed: Iterable[Finding]) -> tuple[Finding, ...]:
        """Those of the findings that are to be measured by themselves."""
        return surveyable(self.inventory, changed)

    def _rhythm(self, asset: Asset) -> Rhythm:
        settings = self.inventory.settings(asset)
        return Rhythm(asset.id, settings.interval, settings.clear_looks, timedelta(minutes=settings.clear_minutes))


def _look(
    warner: Warner, inventory: Inventory, some: tuple[str, ...], round_: str, now: datetime, ledger: Ledger
) -> None:
    warner.look(ledger, inventory, some, round_, now)
