"""The application: the one place where inventory, driver, judge, ledger and channels are wired together."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from types import TracebackType
from typing import TYPE_CHECKING, Self

from monitor.alert.contacts import tell_gaps
from monitor.alert.message import owed_blind
from monitor.alert.retract import retract
from monitor.authority.warn import warn
from monitor.drive.dangling import name_jobs, names_that_lead
from monitor.drive.driver import Driver, Limits, Observation
from monitor.drive.endpoint import Guard, Timeouts
from monitor.drive.hosts import leading
from monitor.drive.pace import Pace
from monitor.drive.pages import SurveyBudget
from monitor.drive.probing import probing
from monitor.drive.round import CONTROL_KEY, ControlPair, Job, run_round
from monitor.inventory.buckets import bucket_targets
from monitor.inventory.expand import control_targets, endpoints, names_to_resolve, pace_groups
from monitor.inventory.model import Asset, Inventory
from monitor.inventory.scope import Scope
from monitor.judge.finding import Finding, State
from monitor.judge.handling import Standing
from monitor.judge.tally import Surveyed
from monitor.plan import Rhythm, due, next_turn
from monitor.recorder import Line, OnLine, Recorder
from monitor.store import deeds
from monitor.store.ledger import Ledger
from monitor.store.thread import LedgerThread
from monitor.survey.crawl import Progress
from monitor.survey.survey import Terms, survey
from probes.asks import Why
from probes.buckets.s3_name import KIND as DANGLING
from probes.buckets.vector import KIND as BUCKET
from probes.contract import BucketTarget, Known, Place
from probes.recognise.recorders import default_paths
from probes.registry import PROBES, STORE_PROBES

if TYPE_CHECKING:
    from monitor.drive.names import Names, Resolved
    from monitor.practice.controls import BuiltInControls

log = logging.getLogger("leftopen")

WARN_EVERY = timedelta(minutes=1)
"""So often it is looked up whether a legal clock has something to say."""

OPEN_STATES = (State.EXPOSED.value, State.CLEARING.value)
"""The states in which something is, or until proven otherwise may be, open."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one round came to."""

    id: str
    started: datetime
    ended: datetime
    assets: tuple[str, ...]
    blind: str
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
        self.inventory = inventory
        self.ledger = ledger
        self.now = now
        self._pace = Pace()
        self._stack = AsyncExitStack()
        self._built_in: BuiltInControls | None = None
        self._warned: datetime | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    # -- one round

    async def due(self) -> tuple[tuple[str, ...], datetime]:
        """The assets whose turn it is, and when the next turn comes."""
        looks, findings, handlings = await self.ledger(
            lambda ledger: (ledger.looks(), ledger.findings(), deeds.handlings(ledger))
        )
        now = self.now()
        watched = {
            id_
            for id_, handling in handlings.items()
            if handling.standing is Standing.CONTAINED and handling.until is not None and now < handling.until
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
        inventory = self.inventory
        wanted = None if assets is None else frozenset(assets)
        chosen = tuple(asset for asset in inventory.assets if wanted is None or asset.id in wanted)
        started = self.now()
        round_ = Recorder(f"{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}", inventory, self.ledger, self.now, on_line)
        digest = hashlib.sha256(inventory.model_dump_json().encode()).hexdigest()
        await self.ledger(lambda ledger: ledger.begin_round(round_.id, started, inventory.vantage.id, digest))
        scope = Scope(inventory)
        controls = await self._controls(round_.nonce, any(asset.bucket is not None for asset in chosen))
        own = {(t.name, t.address, t.port) for t in (controls.open, controls.closed)}
        own |= {(None, t.host, t.port) for t in controls.buckets or ()}

        def guard(name: str | None, address: str, port: int) -> bool:
            return (name, address, port) in own or scope.allows(name, address, port)

        driver = self._driver(guard, round_.id, scope)
        self._pace.set(CONTROL_KEY, 1000.0, 8)
        jobs = await self._jobs(chosen, scope, round_)
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
        owed = owed_blind(round_.id, (blind,), inventory, ended) if blind else ()
        if not blind:
            await self._mind(round_)
        await self.ledger(lambda ledger: ledger.end_round(round_.id, ended, blind, looks, owed))
        if blind:
            log.error("round %s is blind and decided nothing: %s", round_.id, blind)
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
        await self._mind(Recorder(f"mind-{started:%Y%m%dT%H%M%SZ}", self.inventory, self.ledger, self.now, None))

    async def _mind(self, recorder: Recorder) -> None:
        await self.ledger(recorder.settle)
        await self.ledger(recorder.escalate)
        now = self.now()
        await self.ledger(lambda ledger: retract(ledger, self.inventory, recorder.id, now))
        await self.ledger(lambda ledger: tell_gaps(ledger, self.inventory, now))
        # Clocks run for hours: more often than this there is nothing new to say.
        if self._warned is None or not timedelta() <= now - self._warned < WARN_EVERY:
            await self.ledger(lambda ledger: warn(ledger, self.inventory, recorder.id, now))
            self._warned = now

    async def survey(
        self, finding: Finding, *, whole: bool = False, on_progress: Callable[[Progress], None] = lambda _: None
    ) -> Surveyed | None:
        """Measure how far a finding reaches, where it was last seen open; what it came to is on file when this returns.

        None when the inventory no longer leads there, or the authority to look has ended: nothing is asked then.
        Raises LedgerUnusable.
        """
        inventory = self.inventory
        asset = next((a for a in inventory.assets if a.id == finding.asset), None)
        if asset is None or self._unauthorised(asset) is not None:
            return None
        started = self.now()
        round_ = Recorder(f"survey-{started:%Y%m%dT%H%M%SZ}", inventory, self.ledger, self.now, None)
        scope = Scope(inventory)
        names = self._names()
        found = await self._resolve((asset,), names, scope, None)
        targets = {str(target): target for target in endpoints(asset, found, inventory, nonce=round_.nonce)}
        seen = sorted(finding.seen, key=lambda one: (one.clears, -one.last_open.timestamp()))
        target = next((targets[one.location] for one in seen if one.location in targets), None)
        if target is None:
            return None
        settings = inventory.settings(asset).survey
        key = f"survey {pace_groups(inventory, found)[asset.id].key}"
        self._pace.set(key, settings.pace, settings.concurrency)
        times = inventory.settings(asset).timeouts
        budget = SurveyBudget(
            settings.requests, settings.bytes, settings.seconds, Timeouts(times.connect, times.read, times.ask)
        )
        declared = [text for party in inventory.parties for text in (party.id, party.name)]
        declared += [text for one in inventory.assets for text in (one.id, one.host)]
        terms = Terms(budget, key, settings.concurrency, tuple(declared))
        surveyed = await survey(
            finding,
            target,
            self._driver(scope.allows, round_.id, scope),
            self.ledger,
            terms,
            whole=whole,
            on_progress=on_progress,
        )
        await self.ledger(lambda ledger: round_.reach(ledger, finding.id, surveyed))
        return surveyed

    def surveyable(self, changed: Iterable[Finding]) -> tuple[Finding, ...]:
        """Those of the findings that are to be measured by themselves: listings that are proven open."""
        chosen = []
        for finding in changed:
            asset = next((a for a in self.inventory.assets if a.id == finding.asset), None)
            if asset is None or finding.kind != "listing" or finding.state is not State.EXPOSED:
                continue
            if self.inventory.settings(asset).survey.automatic:
                chosen.append(finding)
        return tuple(chosen)

    def _driver(self, guard: Guard, id_: str, scope: Scope) -> Driver:
        organisation = self.inventory.organisation
        agent = _agent(self.inventory, id_)
        contact = organisation.contact
        resolve = leading(self.inventory, scope, self._names)
        signs = probing(self.inventory, self.environ, self.now)
        return Driver(guard, self._pace, self.now, agent=agent, contact=contact, resolve=resolve, sign=signs)

    def _names(self) -> Names:
        from monitor.drive.names import Names

        defaults = self.inventory.defaults
        return Names([(r.address, r.port) for r in defaults.resolvers], defaults.timeouts.connect)

    def _unauthorised(self, asset: Asset) -> str | None:
        """The contract whose authority to look has ended, if there is one: looking without it is not ours to decide."""
        today = self.now().date()
        return next((c.id for c in self.inventory.contract_chain(asset) if c.authorised_until < today), None)

    async def _controls(self, nonce: str, stores: bool) -> ControlPair:
        """The inventory's own controls, or the built-in ones; those of a store are always built in."""
        declared = control_targets(self.inventory, nonce=nonce)
        if declared is not None and not stores:
            return ControlPair(*declared)
        if self._built_in is None:
            # A server of our own is needed for this alone: a survey should not wait for it to be imported.
            from monitor.practice.controls import BuiltInControls

            self._built_in = await self._stack.enter_async_context(BuiltInControls())
        opened, closed = declared or self._built_in.targets(nonce)
        return ControlPair(opened, closed, self._built_in.buckets(nonce) if stores else None)

    async def _jobs(self, assets: tuple[Asset, ...], scope: Scope, round_: Recorder) -> tuple[Job, ...]:
        inventory = self.inventory
        findings = await self.ledger(lambda ledger: _known(ledger))
        names = self._names()
        said: dict[str, Resolved] = {}
        found = await self._resolve(assets, names, scope, round_, said)
        dangling = await self.ledger(lambda ledger: _dangling(ledger))
        groups = pace_groups(inventory, found)
        for group in set(groups.values()):
            self._pace.set(group.key, group.pace, group.concurrency)
        jobs = []
        for asset in assets:
            ended = self._unauthorised(asset)
            if ended is not None:
                await round_.unseen(asset, Why.OUT_OF_SCOPE, f"the authority to look ended (contract {ended})")
                continue
            settings = inventory.settings(asset)
            limits = Limits(
                settings.budget.requests,
                settings.budget.bytes,
                settings.budget.seconds,
                Timeouts(settings.timeouts.connect, settings.timeouts.read, settings.timeouts.ask),
            )
            targets = endpoints(
                asset,
                found,
                inventory,
                recorder_paths=tuple(path.path for path in default_paths()),
                known=findings.get(asset.id, {}),
                nonce=round_.nonce,
            )
            key = groups[asset.id].key
            jobs += [
                Job(probe, target, key, limits)
                for target in targets
                for probe in PROBES
                if probe.name != "http-media" or target.files
            ]
            jobs += [Job(STORE_PROBES[one.dialect], one, key, limits) for one in self._buckets(asset, findings, round_)]
            jobs += name_jobs(asset, said, dangling.get(asset.id, set()), key, limits, round_.nonce)
        return tuple(jobs)

    def _buckets(
        self, asset: Asset, findings: Mapping[str, Mapping[int, tuple[Known, ...]]], round_: Recorder
    ) -> tuple[BucketTarget, ...]:
        if asset.bucket is None:
            return ()
        known = tuple(one for each in findings.get(asset.id, {}).values() for one in each)
        return bucket_targets(asset.id, asset.bucket, known, round_.nonce)

    async def _resolve(
        self,
        assets: tuple[Asset, ...],
        names: Names,
        scope: Scope,
        round_: Recorder | None,
        said: dict[str, Resolved] | None = None,
    ) -> dict[str, tuple[str, ...]]:
        """The addresses of every name that the scope admits; what it refuses, and what fails, is recorded.

        `said` takes what name servers said, also of names in front of buckets, which need no address here.
        """
        named = names_to_resolve if said is None else names_that_lead
        wanted = tuple(dict.fromkeys(name for asset in assets for name in named(asset)))
        at_once = asyncio.Semaphore(64)

        async def ask(name: str) -> Resolved:
            async with at_once:
                return await names.addresses(name)

        resolved = dict(zip(wanted, await asyncio.gather(*(ask(name) for name in wanted)), strict=True))
        if said is not None:
            said.update(resolved)
        found: dict[str, tuple[str, ...]] = {}
        for asset in assets:
            for name in names_to_resolve(asset):
                answer = resolved[name]
                if answer.why is not None and round_ is not None:
                    await round_.unseen(asset, answer.why, f"{name}: {answer.detail}")
                admitted = []
                for address in answer.addresses:
                    refusal = scope.admit(asset, name, address)
                    if refusal is None:
                        admitted.append(address)
                    elif round_ is not None:
                        await round_.unseen(asset, Why.OUT_OF_SCOPE, str(refusal))
                found[name] = tuple(dict.fromkeys((*found.get(name, ()), *admitted)))
        return found

    def _rhythm(self, asset: Asset) -> Rhythm:
        settings = self.inventory.settings(asset)
        return Rhythm(asset.id, settings.interval, settings.clear_looks, timedelta(minutes=settings.clear_minutes))


def _agent(inventory: Inventory, round_: str) -> str:
    """Who looks, where that is explained, and in which round: RFC 9511's description, named in the User-Agent."""
    about = inventory.organisation.about or f"mailto:{inventory.organisation.contact}"
    return f"leftopen/{version('leftopen')} (+{about}; run={round_})"


def _known(ledger: Ledger) -> dict[str, dict[int, tuple[Known, ...]]]:
    """What is on file by asset and port: it is looked at again, whatever the inventory says now."""
    known: dict[str, dict[int, tuple[Known, ...]]] = {}
    for finding in ledger.findings():
        if finding.kind not in ("listing", BUCKET):
            continue
        ports = known.setdefault(finding.asset, {})
        one = Known(finding.place.path, ledger.witnesses(finding.id))
        ports[finding.place.port] = (*ports.get(finding.place.port, ()), one)
    return known


def _dangling(ledger: Ledger) -> dict[str, set[Place]]:
    """The names on file that led to nothing, by asset: they are looked at until they are clear."""
    places: dict[str, set[Place]] = {}
    for finding in ledger.findings():
        if finding.kind == DANGLING and finding.state is not State.CLEARED:
            places.setdefault(finding.asset, set()).add(finding.place)
    return places
