"""The application: the one place where inventory, driver, judge, ledger and channels are wired together."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

from monitor.alerts.messages.new_messages import blind_messages
from monitor.alerts.messages.text.reason import reason_text
from monitor.findings.finding import Finding
from monitor.findings.observation import Observation
from monitor.findings.reach.tally import SurveyResult
from monitor.findings.reasons import Reason
from monitor.inventory.endpoints import control_targets
from monitor.inventory.model.inventory import Inventory
from monitor.network.sign_in.refusals import Refusals
from monitor.rounds.batch.lines import Line, OnLine
from monitor.rounds.batch.look import has_stores, looking, not_looked_at
from monitor.rounds.batch.on_file import on_file
from monitor.rounds.clock_state import clock_state
from monitor.rounds.due.due import Due
from monitor.rounds.log_scope import scope_of
from monitor.rounds.recorder import Recorder
from monitor.rounds.refused import InLedger
from monitor.rounds.run import ControlPair, Job, run_round
from monitor.rounds.vantage import Vantage
from monitor.service.parts.timers import Timers
from monitor.store.log.declaration import declaring, holds
from monitor.store.tables import asset_parties, rounds
from monitor.store.tables.rounds import RoundKind
from monitor.store.thread import LedgerThread
from monitor.surveys.measure import left_unmeasured, measure, surveyable
from monitor.surveys.progress import Progress

if TYPE_CHECKING:
    from monitor.rounds.controls import BuiltInControls

log = logging.getLogger("leftopen")


@dataclass(frozen=True)
class Round:
    """What one round came to."""

    id: str
    started: datetime
    ended: datetime
    assets: tuple[str, ...]
    blind: Reason | None
    """Why it decided nothing; None: it saw."""
    recorded: Recorder
    changed: tuple[Finding, ...]
    asks: int

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Every place as it was seen, where they are kept: of a large round many, and made where they are shown."""
        return self.recorded.lines


class Application:
    """One inventory at work: `async with Application(...) as app: await app.round()`."""

    def __init__(
        self,
        inventory: Inventory,
        ledger: LedgerThread,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        environ: Mapping[str, str] = os.environ,
        *,
        sign_in_again: bool = False,
    ) -> None:
        """`environ` is where references such as `env:NAME` lead; `sign_in_again` sends credentials that were refused
        once more."""
        self.environ = environ
        self.ledger = ledger
        self.now = now
        refusals = Refusals(InLedger(ledger, now), again=sign_in_again)
        self.vantage = Vantage(inventory, now, environ, refusals)
        self._stack = AsyncExitStack()
        self._built_in: BuiltInControls | None = None
        self._making_controls = asyncio.Lock()
        self._timers = Timers(ledger, now)
        self._declaring = asyncio.Lock()
        self._declared: Inventory | None = None
        self._prepared: Vantage | None = None
        self._due: Due | None = None

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

    async def _prepare(self) -> None:
        """What rests on the inventory alone is worked out beside the loop: of many assets it takes seconds."""
        while self._prepared is not self.vantage:
            vantage = self.vantage
            await asyncio.to_thread(vantage.prepare)
            self._prepared = vantage

    async def due(self) -> tuple[tuple[str, ...], datetime]:
        """The assets whose turn it is, and when the next turn comes. Raises LedgerUnusable."""
        await self._prepare()
        inventory = self.inventory
        if self._due is None or self._due.inventory is not inventory:
            self._due = await asyncio.to_thread(Due, inventory, inventory.vantage.network, self.ledger, self.now)
        return await self._due()

    async def round(
        self,
        assets: Iterable[str] | None = None,
        on_line: OnLine | None = None,
        on_progress: Callable[[int, int], None] | None = None,
        on_done: Callable[[Collection[str]], None] | None = None,
        keeps_lines: bool = True,
        early: bool = False,
    ) -> Round:
        """One round over the given assets (None: all), decided, recorded and with the messages that it owes on file.

        `on_line` is called with every place as it is recorded, `on_progress` with how many looks are recorded and how
        many there are, and `on_done` with assets that were wholly looked at, long before a slow one is. Sending is the
        outbox's. Raises LedgerUnusable when the ledger cannot be written: what was seen is then lost, and seen again in
        the next round. A round that is cancelled keeps what it recorded; the other assets stay due. With `early`, what
        a look proves is put on file while the rest of it goes on, as an observation of its own.
        """
        await self._prepare()
        vantage, inventory = self.vantage, self.inventory
        wanted = None if assets is None else frozenset(assets)
        chosen = tuple(
            asset
            for asset in inventory.assets
            if (wanted is None or asset.id in wanted) and inventory.vantage.network in inventory.looked_from(asset)
        )
        started = self.now()
        id_ = f"{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        round_ = Recorder(id_, RoundKind.ROUND, inventory, self.ledger, self.now, on_line, keeps_lines=keeps_lines)
        await self._declare(inventory, started)
        await self.ledger(
            lambda ledger: rounds.begin(ledger, id_, RoundKind.ROUND, started, inventory.vantage.id, inventory.digest)
        )
        controls = await self.controls(round_.nonce, stores=has_stores(chosen))
        filed = await self.ledger(lambda ledger: on_file(ledger, chosen, self.now(), inventory.vantage.network))
        look = await looking(vantage, chosen, filed, controls, round_.id, round_.nonce)
        targets, jobs = look.targets, look.targets.jobs
        await round_.take([not_looked_at(one, self.now()) for one in targets.unseen])
        taken, left = 0, Counter(job.target.asset for job in jobs)
        total = len(jobs)

        async def looked_at(ids: Collection[str]) -> None:
            await round_.looked(ids, started, targets.led_to)
            if on_done is not None:
                on_done(ids)

        async def take(observations: Sequence[Observation]) -> None:
            nonlocal taken
            await round_.take(observations)
            ended = [one.asset for one in observations if not one.early]
            taken += len(ended)
            left.subtract(ended)
            done = sorted({asset for asset in ended if not left[asset]})
            if done:
                await looked_at(done)
            if on_progress is not None:
                on_progress(taken, total)

        def follow(seen: Observation) -> tuple[Job, ...]:
            nonlocal total
            more = targets.follow(seen)
            left.update(job.target.asset for job in more)
            total += len(more)
            return more

        if on_progress is not None:
            on_progress(0, total)
        try:
            blind = await run_round(jobs, look.driver, look.controls, take, round_.lose, follow, early=early)
        except asyncio.CancelledError:
            await self.ledger(lambda ledger: rounds.end(ledger, id_, self.now()))
            raise
        ended = self.now()
        owed = blind_messages(round_.id, blind, inventory, ended) if blind else ()
        if not blind:
            await looked_at([asset.id for asset in chosen if asset.id not in left])
            await self._timers.run(inventory)
        await self.ledger(lambda ledger: rounds.end(ledger, id_, ended, blind, owed, clock_state()))
        if blind:
            log.error("round %s is blind and decided nothing: %s", round_.id, reason_text(blind, "en"))
        return Round(
            id=round_.id,
            started=started,
            ended=ended,
            assets=tuple(asset.id for asset in chosen),
            blind=blind,
            recorded=round_,
            changed=tuple(round_.changed.values()),
            asks=round_.asks,
        )

    async def run_timers(self) -> bool:
        """Run the timers: expire acknowledgements and acceptances, escalate, retract, warn of legal deadlines.

        Returns whether there was anything to look at.
        """
        return await self._timers.run(self.inventory)

    async def controls(self, nonce: str, *, stores: bool) -> ControlPair:
        """The inventory's own controls, or the built-in ones; those of a store are always built in."""
        declared = control_targets(self.inventory, nonce=nonce)
        if declared is not None and not stores:
            return ControlPair(*declared)
        async with self._making_controls:
            if self._built_in is None:
                built_in = await asyncio.to_thread(_built_in_controls)
                self._built_in = await self._stack.enter_async_context(built_in)
        opened, closed = declared or self._built_in.targets(nonce)
        return ControlPair(opened, closed, await self._built_in.buckets(nonce) if stores else None)

    async def survey(
        self, finding: Finding, *, whole: bool = False, on_progress: Callable[[Progress], None] = lambda _: None
    ) -> SurveyResult | None:
        """Measure how far a finding reaches: see `measure`."""
        return await measure(
            self.vantage, self.ledger, finding, current=lambda: self.inventory, whole=whole, on_progress=on_progress
        )

    def surveyable(self, changed: Iterable[Finding]) -> tuple[Finding, ...]:
        """Those of the findings that are to be measured by themselves."""
        return surveyable(self.inventory, changed)

    async def left_unmeasured(self) -> tuple[Finding, ...]:
        """What an earlier process has found and not measured to the end: see `left_unmeasured`."""
        return await self.ledger(lambda ledger: left_unmeasured(self.inventory, ledger))

    async def declare(self) -> None:
        """Put on file what is to be looked at, and who is in whose chain, before others look at it. A round does so
        itself."""
        await self._declare(self.inventory, self.now())

    async def _declare(self, inventory: Inventory, now: datetime) -> None:
        """Who is in the chain of each asset: whoever was may still read what was open then. And the scope, in the
        evidence log."""
        async with self._declaring:
            if self._declared is inventory:
                return
            # Of many assets all this takes longer than the loop may be held.
            chains, scope = await asyncio.to_thread(lambda: (_chains(inventory), scope_of(inventory)))
            await self.ledger.steps(lambda ledger: asset_parties.noting(ledger, chains, now))
            await self.ledger.steps(lambda ledger: declaring(ledger, scope, now, inventory.vantage.network))
            # Another process may have begun to declare meanwhile: the next round says again what it looks at.
            if await self.ledger(lambda ledger: holds(ledger, scope)):
                self._declared = inventory


def _built_in_controls() -> BuiltInControls:
    # A server of our own is needed for this alone: a survey should not wait for it to be imported, nor the loop.
    from monitor.rounds.controls import BuiltInControls

    return BuiltInControls()


def _chains(inventory: Inventory) -> dict[str, frozenset[str]]:
    """The parties of each asset's chain, by asset: of many assets there are few chains."""
    known: dict[tuple[str, str | None], frozenset[str]] = {}
    chains: dict[str, frozenset[str]] = {}
    for asset in inventory.assets:
        key = asset.owner, asset.contract
        if key not in known:
            known[key] = frozenset(party.id for party in inventory.chain(asset))
        chains[asset.id] = known[key]
    return chains
