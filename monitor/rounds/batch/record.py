"""Puts the result of a batch on file: all of it in the transaction that stops waiting for it, or nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from monitor.alerts.messages.new_messages import blind_messages
from monitor.coverage.slot_outcome import slot_outcome
from monitor.findings.observation import Observation
from monitor.findings.reasons import Cause, Reason
from monitor.inventory.model.inventory import Inventory
from monitor.rounds.batch.lines import OnLine
from monitor.rounds.batch.look import not_looked_at
from monitor.rounds.batch.values import BatchResult
from monitor.rounds.clock_state import clock_state
from monitor.rounds.recorder import Decided, Recorder
from monitor.rounds.vantage import Unseen
from monitor.store.ledger import Ledger, LedgerUnusable
from monitor.store.log.pending import SIGNED
from monitor.store.looks.owed import Owed, settle
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
        """Record a result; None when it is no longer owed. Raises BadResult, and LedgerUnusable: nothing of it is on
        file then, and it is owed as before. `note` is the signed note that the vantage made of it: the evidence log
        commits to it."""
        declared = {id_ for id_ in owed.assets if self._inventory.find_asset(id_) is not None}
        asked = {*result.looked, *result.led_to, *result.undeclared, *(one.asset for one in result.observations)}
        if (result.id, result.attempt) != (owed.id, owed.attempt) or not asked <= set(owed.assets):
            raise BadResult(f"the result {result.id[:60]} says what batch {owed.id} did not ask")
        now = self._now()
        mine = [one for one in result.observations if one.asset in declared]
        seen = [self._in_time(one, owed, now) for one in mine]
        why, detail = NoAnswerReason.OUT_OF_SCOPE, f"the vantage {owed.vantage} does not have it in its declaration"
        seen += self._not_looked_at(declared & {*result.undeclared}, why, detail)
        return await self._record(owed, replace(result, observations=tuple(seen)), declared, note)

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
        return await self._record(owed, result, declared)

    def _not_looked_at(self, assets: Collection[str], why: Why, detail: str) -> list[Observation]:
        found = (self._inventory.find_asset(id_) for id_ in sorted(assets))
        return [not_looked_at(Unseen(one, why, detail), self._now()) for one in found if one is not None]

    def _in_time(self, seen: Observation, owed: Owed, now: datetime) -> Observation:
        """An observation whose times cannot be right proves nothing of any time."""
        if owed.created - CLOCKS <= seen.started <= seen.ended <= now + CLOCKS:
            return seen
        verdicts = tuple(_unknown(one, UndecidedReason.CLOCK_WRONG) for one in seen.verdicts)
        return replace(seen, started=owed.created, ended=now, verdicts=verdicts)

    async def _record(
        self, owed: Owed, result: BatchResult, declared: Collection[str], note: str = ""
    ) -> Recorder | None:
        network = owed.network
        recorder = Recorder(owed.id, RoundKind.ROUND, self._inventory, self._ledger, self._now, self._on_line)
        observations: Sequence[Observation] = [
            recorder.with_promises(replace(one, network=network)) for one in result.observations
        ]
        work = partial(self._in_one_step, recorder, owed, result, declared, note)
        try:
            decided = await self._ledger(partial(work, observations))
        except LedgerUnusable:
            raise
        except Exception:
            # A bug of ours in judging one observation must not cost the others theirs.
            log.exception("the result of batch %s could not be judged whole", owed.id)
            observations = [one for one in observations if await self._ledger(partial(_tried, work, one))]
            decided = await self._ledger(partial(work, observations))
        if decided is None:
            return None
        for observation, ones in zip(observations, decided, strict=True):
            recorder.show(observation, ones)
        return recorder

    def _in_one_step(
        self,
        recorder: Recorder,
        owed: Owed,
        result: BatchResult,
        declared: Collection[str],
        note: str,
        observations: Sequence[Observation],
        ledger: Ledger,
    ) -> list[Decided] | None:
        now = self._now()
        with ledger.step():
            if not settle(ledger, owed.id, owed.attempt, owed.vantage):
                return None
            # The network of this process is the ledger's own, whoever hands in a result first.
            networks.filed(ledger, self._inventory.vantage.network, now)
            rounds.begin(ledger, owed.id, RoundKind.ROUND, owed.created, owed.vantage, self._inventory.digest)
            decided = recorder.record_in(ledger, observations)
            if not result.blind:
                led_to = {id_: to for id_, to in result.led_to.items() if id_ in declared}
                recorder.retire_in(ledger, led_to, owed.network)
                verdicts = _by_asset(observations)
                outcomes = {id_: slot_outcome(verdicts.get(id_, ())) for id_ in result.looked if id_ in declared}
                rounds.looked(ledger, outcomes, owed.created, now, owed.network)
            if note:
                ledger.log.add("signed", [], now, {"signed": note}, shared=SIGNED)
            told = blind_messages(owed.id, result.blind, self._inventory, now) if result.blind else ()
            rounds.end(ledger, owed.id, now, result.blind, told, clock_state())
            return decided


def _by_asset(observations: Iterable[Observation]) -> dict[str, list[Verdict]]:
    found: dict[str, list[Verdict]] = {}
    for one in observations:
        found.setdefault(one.asset, []).extend(one.verdicts)
    return found


class _OnlyTried(Exception):
    """Ends a step that was only to show whether it can be done."""


def _tried(work: Callable[[Sequence[Observation], Ledger], object], one: Observation, ledger: Ledger) -> bool:
    """Whether an observation can be recorded by itself; nothing of it is put on file here."""
    try:
        with ledger.step():
            work((one,), ledger)
            raise _OnlyTried
    except _OnlyTried:
        return True
    except LedgerUnusable:
        raise
    except Exception:
        log.exception("%s at %s could not be judged", one.probe, one.target)
        return False


def _unknown(verdict: Verdict, why: Why) -> Unknown:
    return Unknown(verdict.place, verdict.kind, why, "seen at a time that cannot be right")
