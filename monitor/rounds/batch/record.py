"""Puts the result of a batch on file: all of it in the transaction that stops waiting for it, or nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from monitor.alerts.messages.new_messages import blind_messages
from monitor.coverage.slot_outcome import slot_outcome
from monitor.findings.batches import PLACES_TOGETHER, TOGETHER, places_of
from monitor.findings.observation import Observation
from monitor.findings.reasons import Cause, Reason
from monitor.inventory.model.inventory import Inventory
from monitor.rounds.batch.asked import asked
from monitor.rounds.batch.lines import OnLine
from monitor.rounds.batch.look import not_looked_at
from monitor.rounds.batch.values import BatchResult
from monitor.rounds.clock_state import clock_state
from monitor.rounds.recorder import Decided, Recorder
from monitor.rounds.vantage import Unseen
from monitor.store.ledger import Ledger, LedgerUnusable
from monitor.store.log.pending import SIGNED
from monitor.store.looks.owed import Owed, settle
from monitor.store.schema.stored import RowDamaged
from monitor.store.tables import networks, rounds
from monitor.store.tables.rounds import RoundKind
from monitor.store.thread import LedgerThread
from probes.api import Unknown, Verdict
from probes.reasons import NoAnswerReason, UndecidedReason, Why

log = logging.getLogger("leftopen")

CLOCKS = timedelta(seconds=5)
"""So far the clock of another machine may be from ours before its times prove nothing."""


class BadResult(ValueError):
    """A result that does not fit what was given out: it was made by no worker of ours, and is not recorded."""


@dataclass(frozen=True, slots=True)
class _Work:
    """One result that is to be put on file."""

    recorder: Recorder
    owed: Owed
    result: BatchResult
    declared: Collection[str]
    """The assets of the batch that are still declared."""
    note: str
    seen: list[Observation]
    """What is recorded of it."""


class BatchRecorder:
    """Records what comes of batches, each as a round of its own: it has its own controls, and its own end."""

    def __init__(
        self,
        inventory: Inventory,
        ledger: LedgerThread,
        now: Callable[[], datetime],
        on_line: OnLine | None = None,
    ) -> None:
        self._inventory = inventory
        self._ledger = ledger
        self._now = now
        self._on_line = on_line

    async def result(self, owed: Owed, result: BatchResult, note: str = "") -> Recorder | None:
        """Record one result, as `results` does. Raises what stands there in its place."""
        (done,) = await self.results([(owed, result, note)])
        if isinstance(done, Exception):
            raise done
        return done

    async def results(self, came: Iterable[tuple[Owed, BatchResult, str]]) -> list[Recorder | Exception | None]:
        """Record results, each with the signed note that the vantage made of it: the evidence log commits to that. As
        many are committed together as observations of one round are, and what cannot be recorded fails alone.

        None for what is no longer owed. BadResult, LedgerUnusable, or what a bug of ours raised: nothing of that result
        is on file, and it is owed as before.
        """
        done: list[Recorder | Exception | None] = []
        some: list[_Work] = []
        for one in came:
            try:
                work = self._work(*one)
            except Exception as error:  # noqa: BLE001  a BadResult, or a bug of ours: the others stand
                done += [*await self._record(some), error]
                some = []
                continue
            if some and not _fit(some, work):
                done += await self._record(some)
                some = []
            some.append(work)
        return done + await self._record(some)

    def _work(self, owed: Owed, result: BatchResult, note: str) -> _Work:
        """Raises BadResult."""
        declared = self._looked_at(owed)
        told_of = {*result.looked, *result.led_to, *result.undeclared, *(one.asset for one in result.observations)}
        if (result.id, result.attempt) != (owed.id, owed.attempt) or not told_of <= set(owed.assets):
            raise BadResult(f"the result {result.id[:60]} says what batch {owed.id} did not ask")
        now = self._now()
        old = self._declared_otherwise(declared, result)
        mine = [one for one in result.observations if one.asset in declared]
        seen = [self._in_time(one, owed, now) for one in mine if one.asset not in old or self._is_there(one)]
        why, detail = NoAnswerReason.OUT_OF_SCOPE, f"the vantage {owed.vantage} does not have it in its declaration"
        seen += self._not_looked_at(declared & {*result.undeclared}, why, detail)
        detail = f"the vantage {owed.vantage} looks by an older declaration of it: `leftopen fleet declare` makes one"
        seen += self._not_looked_at(old, why, detail)
        led_to = {id_: to for id_, to in result.led_to.items() if id_ not in old}
        return self._judged(owed, replace(result, observations=tuple(seen), led_to=led_to), declared, note)

    def _looked_at(self, owed: Owed) -> set[str]:
        """The assets of a batch that are declared, and looked at from its network, still: of what is seen from another
        one no later look would see that it is closed."""
        found = {id_: self._inventory.find_asset(id_) for id_ in owed.assets}
        return {
            id_ for id_, one in found.items() if one is not None and owed.network in self._inventory.looked_from(one)
        }

    def _declared_otherwise(self, declared: Collection[str], result: BatchResult) -> set[str]:
        """The assets of which whoever looked has declared something else than holds here: who does not know that a
        host has another address has not looked at it."""
        said = {id_: digest for id_, digest in result.declared.items() if id_ in declared}
        return {id_ for id_, digest in said.items() if digest != asked(self._inventory, self._inventory.asset(id_))}

    def _is_there(self, seen: Observation) -> bool:
        """Whether what was seen is at the host that the asset has now."""
        asset = self._inventory.asset(seen.asset)
        return all(one.place.host in (asset.place.host, *asset.hosts) for one in seen.verdicts)

    async def silence(self, owed: Owed, detail: str) -> Recorder | None:
        """Record that nothing came of a batch: nobody saw anything from there, and its assets are due as before. None
        when its result was recorded meanwhile."""
        return await self._nothing(owed, NoAnswerReason.VANTAGE_SILENT, detail, (), Cause.VANTAGE_SILENT)

    async def failure(self, owed: Owed, detail: str) -> Recorder | None:
        """Record that its assets cannot be looked at because of a bug of ours: they have their turn again when their
        interval has passed. None when a result was recorded meanwhile."""
        return await self._nothing(owed, NoAnswerReason.BUG, detail, owed.assets, None)

    async def _nothing(
        self, owed: Owed, why: Why, detail: str, looked: tuple[str, ...], blind: Reason | None
    ) -> Recorder | None:
        now = self._now()
        declared = {id_ for id_ in owed.assets if self._inventory.find_asset(id_) is not None}
        seen = tuple(self._not_looked_at(declared, why, detail))
        result = BatchResult(owed.id, owed.attempt, now, now, seen, looked, blind=blind)
        (done,) = await self._record([self._judged(owed, result, declared)])
        if isinstance(done, Exception):
            raise done
        return done

    def _not_looked_at(self, assets: Collection[str], why: Why, detail: str) -> list[Observation]:
        found = (self._inventory.find_asset(id_) for id_ in sorted(assets))
        return [not_looked_at(Unseen(one, why, detail), self._now()) for one in found if one is not None]

    def _in_time(self, seen: Observation, owed: Owed, now: datetime) -> Observation:
        """An observation whose times cannot be right proves nothing of any time."""
        if owed.created - CLOCKS <= seen.started <= seen.ended <= now + CLOCKS:
            return seen
        verdicts = tuple(_unknown(one, UndecidedReason.CLOCK_WRONG) for one in seen.verdicts)
        return replace(seen, started=owed.created, ended=now, verdicts=verdicts)

    def _judged(self, owed: Owed, result: BatchResult, declared: Collection[str], note: str = "") -> _Work:
        recorder = Recorder(owed.id, RoundKind.ROUND, self._inventory, self._ledger, self._now, self._on_line)
        seen = [recorder.with_promises(one.seen_from(owed.network)) for one in result.observations]
        return _Work(recorder, owed, result, declared, note, seen)

    async def _record(self, some: Sequence[_Work]) -> list[Recorder | Exception | None]:
        """What came of each; where they cannot be recorded together, of each by itself."""
        if not some:
            return []
        try:
            decided = await self._ledger(partial(self._in_one_step, some))
        except LedgerUnusable as error:
            # A damaged row is in the way of some alone.
            if len(some) == 1 or not isinstance(error, RowDamaged):
                return [error] * len(some)
        except Exception:
            log.exception("%d results could not be recorded", len(some))
            if len(some) == 1:
                return [await self._without_what_fails(some[0])]
        else:
            return [_shown(one, of) for one, of in zip(some, decided, strict=True)]
        return [done for one in some for done in await self._record([one])]

    async def _without_what_fails(self, one: _Work) -> Recorder | Exception | None:
        """A bug of ours in judging one observation must not cost the others theirs."""
        try:
            one.seen[:] = [seen for seen in one.seen if await self._ledger(partial(self._can_be_judged, one, seen))]
            (decided,) = await self._ledger(partial(self._in_one_step, [one]))
        except Exception as error:
            log.exception("the result of batch %s could not be recorded", one.owed.id)
            return error
        return _shown(one, decided)

    def _can_be_judged(self, one: _Work, seen: Observation, ledger: Ledger) -> bool:
        """Whether an observation can be recorded by itself; nothing of it is put on file here."""
        try:
            with ledger.step():
                self._in_a_part(replace(one, seen=[seen]), ledger)
                raise _OnlyTried
        except _OnlyTried:
            return True
        except LedgerUnusable:
            raise
        except Exception:
            log.exception("%s at %s could not be judged", seen.probe, seen.target)
            return False

    def _in_one_step(self, some: Sequence[_Work], ledger: Ledger) -> list[list[Decided] | None]:
        with ledger.step():
            return [self._in_a_part(one, ledger) for one in some]

    def _in_a_part(self, one: _Work, ledger: Ledger) -> list[Decided] | None:
        owed, result, recorder, now = one.owed, one.result, one.recorder, self._now()
        with ledger.part():
            if not settle(ledger, owed.id, owed.attempt, owed.vantage):
                return None
            # The network of this process is the ledger's own, whoever hands in a result first.
            networks.filed(ledger, self._inventory.vantage.network, now)
            rounds.begin(ledger, owed.id, RoundKind.ROUND, owed.created, owed.vantage, self._inventory.digest)
            decided = recorder.record_in(ledger, one.seen)
            if not result.blind:
                led_to = {id_: to for id_, to in result.led_to.items() if id_ in one.declared}
                recorder.retire_in(ledger, led_to, owed.network)
                verdicts = _by_asset(one.seen)
                outcomes = {id_: slot_outcome(verdicts.get(id_, ())) for id_ in result.looked if id_ in one.declared}
                rounds.looked(ledger, outcomes, owed.created, now, owed.network)
            if one.note:
                ledger.log.add("signed", [], now, {"signed": one.note}, shared=SIGNED)
            told = blind_messages(owed.id, result.blind, self._inventory, now) if result.blind else ()
            rounds.end(ledger, owed.id, now, result.blind, told, clock_state())
            return decided


def _fit(some: Sequence[_Work], more: _Work) -> bool:
    """Whether they can be committed together: others wait to write meanwhile."""
    seen = [one for work in (*some, more) for one in work.seen]
    return len(seen) <= TOGETHER and sum(map(places_of, seen)) <= PLACES_TOGETHER


def _shown(one: _Work, decided: list[Decided] | None) -> Recorder | None:
    if decided is None:
        return None
    for seen, of in zip(one.seen, decided, strict=True):
        one.recorder.show(seen, of)
    return one.recorder


def _by_asset(observations: Iterable[Observation]) -> dict[str, list[Verdict]]:
    found: dict[str, list[Verdict]] = {}
    for one in observations:
        found.setdefault(one.asset, []).extend(one.verdicts)
    return found


class _OnlyTried(Exception):
    """Ends a step that was only to show whether it can be done."""


def _unknown(verdict: Verdict, why: Why) -> Unknown:
    return Unknown(verdict.place, verdict.kind, why, "seen at a time that cannot be right")
