"""A round's own record: observations are decided here, and each is committed with all that follows from it."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import TypeAlias

from monitor.alerts.messages.new_messages import escalating_messages, messages_for
from monitor.alerts.routing.recipients import escalation
from monitor.alerts.unknown_customers import tell_owner
from monitor.coverage.slot_outcome import slot_outcome
from monitor.findings.batches import TOGETHER, count, opened_by, shows_open, together
from monitor.findings.decide import Decision, Look, changed
from monitor.findings.finding import Change, Finding, State, Step
from monitor.findings.handling import ActionKind, TriageStatus, after_all, fold, signature_of
from monitor.findings.match import OnFile, match_verdicts
from monitor.findings.observation import Observation
from monitor.findings.promises import Promised, judged
from monitor.findings.reach.apply_survey import apply_survey
from monitor.findings.reach.extent import CONFIG
from monitor.findings.reach.tally import SurveyResult
from monitor.findings.reasons import Cause, Reason
from monitor.findings.retire import retire
from monitor.inventory.model.assets import Asset
from monitor.inventory.model.inventory import Inventory
from monitor.rounds.batch.lines import Line, Of, OnLine, Seen, Shown, line_of, lines_of
from monitor.rounds.evidence import evidence_of
from monitor.rounds.intents import action_of, declared_open, meant, open_inside, policy_of, promised_of, still_promised
from monitor.rounds.run import lost_in
from monitor.store import queries
from monitor.store.ledger import Ledger, LedgerUnusable
from monitor.store.messages.facts import Rounds
from monitor.store.messages.queued import NewMessage
from monitor.store.tables import actions, networks, places, rounds
from monitor.store.tables.rounds import RoundKind
from monitor.store.thread import LedgerThread
from probes.api import Clear, Exposed, Verdict, WebTarget
from probes.reasons import ELSEWHERE, ClosedReason
from probes.web.listing import HTTP_LISTING

log = logging.getLogger("leftopen")


NOT_LOOKED_AT = "names"
"""What stands in place of a probe where an asset, or an address of it, could not be looked at."""

Decided: TypeAlias = list[tuple[Verdict, Decision | Reason]] | tuple[Verdict, ...]
"""Each verdict of a look with the decision about its finding, or the reason why there is none; the verdicts alone where
nothing was open and there never was a finding of the asset."""


class Recorder:
    """A round under way: takes observations, decides, and commits each with all that follows in one transaction."""

    def __init__(
        self,
        id_: str,
        kind: RoundKind,
        inventory: Inventory,
        ledger: LedgerThread,
        now: Callable[[], datetime],
        on_line: OnLine | None = None,
        *,
        keeps_lines: bool = False,
    ) -> None:
        """`keeps_lines`: for whoever asks for `lines`: of many assets they are more than all else that is held."""
        self.id = id_
        self._kind = kind
        self.nonce = "x" + secrets.token_hex(8)
        self.seen = Seen()
        self._lines: list[tuple[Of, Shown]] | None = [] if keeps_lines else None
        self.changed: dict[str, Finding] = {}
        self._early: dict[str, Decision] = {}
        """By finding, what was decided of it in the middle of a look: the look itself finds it on file, and is shown as
        what made it."""
        self.asks = 0
        self._unseen: dict[tuple[str, str], set[str]] = {}
        self._verdicts: dict[tuple[str, str], list[Verdict]] = {}
        self._promised: dict[tuple[str | None, str, str], Promised] = {}
        self._inventory = inventory
        self._ledger = ledger
        self._now = now
        self._on_line = on_line

    async def take(self, observations: Sequence[Observation]) -> None:
        """Decide what observations mean, in their order, and commit each with all that follows from it.

        A few dozen share one transaction: a disk makes a commit last for milliseconds, and a round has thousands.
        """
        for some in together(observations):
            # Counted before anything is locked, and not by the event loop: a page of a megabyte takes a while.
            if opened := opened_by(some):
                await asyncio.to_thread(count, opened)
            try:
                decided = await self._ledger(partial(self._commit, some))
            except LedgerUnusable:
                raise
            except Exception:
                # A bug of ours in judging one observation must not cost the others theirs: each by itself, then.
                log.exception("observations of round %s could not be judged together", self.id)
                await self._one_by_one(some)
                continue
            for observation, ones in zip(some, decided, strict=True):
                self.show(observation, ones)

    async def _one_by_one(self, observations: Sequence[Observation]) -> None:
        for observation in observations:
            try:
                (decided,) = await self._ledger(partial(self._commit, (observation,)))
            except LedgerUnusable:
                raise
            except Exception:
                log.exception("%s at %s could not be judged", observation.probe, observation.target)
            else:
                self.show(observation, decided)

    async def lose(self, observations: Sequence[Observation]) -> None:
        """Observations of a blind round: recorded as asked, decided as nothing."""
        await self.take([lost_in(one) for one in observations])

    async def looked(
        self, assets: Iterable[str], started: datetime, led_to: Mapping[str, frozenset[str]], network: str = ""
    ) -> None:
        """These assets were wholly looked at from a network, by looks that began then. Endpoints to which inventory and
        DNS no longer lead from there are given up: `led_to` are those to which they do, for each asset of which that is
        known. Another network may lead elsewhere: what was seen from there stays."""
        ids = tuple(assets)
        for first in range(0, len(ids), TOGETHER):
            some = ids[first : first + TOGETHER]
            lead = {id_: led_to[id_] for id_ in some if id_ in led_to}
            await self._ledger(partial(self._looked, self.outcomes(some, network), started, lead, network))

    def _looked(
        self,
        outcomes: Mapping[str, str],
        started: datetime,
        led_to: Mapping[str, frozenset[str]],
        network: str,
        ledger: Ledger,
    ) -> None:
        with ledger.step():
            self.retire_in(ledger, led_to, network)
            rounds.looked(ledger, outcomes, started, self._now(), network or self._inventory.vantage.network)

    def retire_in(self, ledger: Ledger, led_to: Mapping[str, frozenset[str]], network: str = "") -> None:
        """Give up endpoints to which whole looks no longer lead, as `looked` does; the caller holds a `step`."""
        now, filed = self._now(), self._filed(ledger, network)
        for id_ in sorted(ledger.with_findings(led_to)):
            policy = policy_of(self._inventory, self._asset(id_))
            for finding in ledger.on_file(id_).values():
                # Settings of an account are read by other ways than a round's.
                mine = finding.kind != CONFIG and finding.network == filed
                decision = retire(finding, led_to[id_], now, policy) if mine else None
                if decision is not None:
                    self._save(ledger, decision, now)
        seen = {id_: endpoints | self._unseen.get((id_, network), set()) for id_, endpoints in led_to.items()}
        for id_ in sorted(places.moved(ledger, seen, CONFIG, filed)):
            most = policy_of(self._inventory, self._asset(id_)).retire_after
            places.not_led(ledger, id_, seen[id_], CONFIG, most, filed)

    def _save(self, ledger: Ledger, decision: Decision, now: datetime) -> None:
        """Put a decision on file, with the messages that its change owes."""
        finding, change = decision.finding, decision.change
        owed = () if change is None else self._owed(ledger, finding, change, ledger.parties_told(finding.id))
        ledger.save(finding, change, self.id, now, owed)

    def record_survey(self, ledger: Ledger, id_: str, surveyed: SurveyResult) -> None:
        """Put on file what a survey makes of its finding, with what is owed when that is worse than was told."""
        with ledger.step():
            finding = ledger.finding(id_)
            if finding is None:
                return
            policy = policy_of(self._inventory, self._asset(finding.asset))
            decision = apply_survey(finding, surveyed, self._now(), policy)
            self._save(ledger, decision, self._now())
            ledger.add_witnesses(id_, surveyed.witnesses)
            if not self._settled(ledger, decision.finding):
                tell_owner(ledger, self._inventory, decision.finding, surveyed, self.id, self._now())

    def _filed(self, ledger: Ledger, network: str) -> str:
        return networks.filed(ledger, network or self._inventory.vantage.network, self._now())

    def _commit(self, observations: Sequence[Observation], ledger: Ledger) -> list[Decided]:
        # What was promised is judged by the whole look.
        judged_too = [one if one.early else self.with_promises(one) for one in observations]
        with ledger.step():
            return self.record_in(ledger, judged_too)

    def record_in(self, ledger: Ledger, observations: Sequence[Observation]) -> list[Decided]:
        """Decide what observations `with_promises` mean, and put that on file. The caller holds a `step`, and shows
        them when it has ended."""
        filed = {name: self._filed(ledger, name) for name in {one.network for one in observations}}
        seen_from = [one.seen_from(filed[one.network]) for one in observations]
        ledger.read_ahead(seen_from)
        # Most assets never had a finding: that is read for all of them at once.
        known = ledger.with_findings({one.asset for one in observations})
        known |= {one.asset for one in observations if shows_open(one)}
        decided: list[Decided] = []
        pairs = zip(seen_from, observations, strict=True)
        for judged_alone, some in groupby(pairs, lambda pair: pair[0].asset in known):
            if judged_alone:
                decided += [self._decide(ledger, one, raw.network) for one, raw in some]
            else:
                plain = [one for one, _ in some]
                ledger.record_all(self.id, plain)
                decided += [one.verdicts for one in plain]
        return decided

    def with_promises(self, seen: Observation) -> Observation:
        """A look with the verdicts on what was promised of its asset."""
        if seen.probe != HTTP_LISTING.name or not isinstance(seen.target, WebTarget):
            return seen
        asset = self._asset(seen.asset)
        # Assets of one contract are many, and were promised the same.
        key = asset.contract, asset.reach, seen.network
        if key not in self._promised:
            self._promised[key] = promised_of(self._inventory, asset, seen.network)
        more = judged(seen.target, seen.verdicts, self._promised[key])
        return replace(seen, verdicts=(*seen.verdicts, *more)) if more else seen

    def _decide(self, ledger: Ledger, observation: Observation, seen_from: str) -> Decided:
        asset = self._asset(observation.asset)
        inside = open_inside(self._inventory, asset, seen_from or self._inventory.vantage.network)
        network = observation.network
        look = Look(asset.id, observation.probe, observation.target.endpoint, observation.ended, network)
        # What only an open place needs is read for one alone.
        exposed = [verdict for verdict in observation.verdicts if isinstance(verdict, Exposed)]
        intended = {verdict.place: declared_open(asset, verdict.place, observation.ended) for verdict in exposed}
        findings, endpoint = ledger.on_file(asset.id), str(observation.target)
        # What a look that sends a stranger on needs is read for one at an endpoint of a finding alone.
        sent = {one.why for one in observation.verdicts if isinstance(one, Clear)} & ELSEWHERE
        sent = sent if any(seen.endpoint == look.endpoint for one in findings.values() for seen in one.seen) else set()
        there = asset.id, endpoint, network
        on_file = OnFile(
            findings,
            places.last_good(ledger, asset.id, endpoint, network) if exposed else {},
            {place: public.until for place, public in intended.items() if public is not None},
            actions.unprovable(ledger, findings.values()),
            places.judged_otherwise(ledger, *there) if ClosedReason.NOT_SPOKEN in sent else (),
            places.unjudged_elsewhere(ledger, *there) if ClosedReason.LOOKED_AT_THERE in sent else (),
            inside,
        )
        decided = match_verdicts(observation.verdicts, look, on_file, policy_of(self._inventory, asset))
        news = any(isinstance(one, Decision) and one.change is not None for one in decided)
        if observation.early and not news:
            # Nobody is told of it: the look itself, which follows, has it.
            return list(zip(observation.verdicts, decided, strict=True))
        row = ledger.record(self.id, observation, whole=news)
        pairs: list[tuple[Verdict, Decision | Reason]] = []
        for verdict, decision in zip(observation.verdicts, decided, strict=True):
            if isinstance(decision, Decision):
                self._save(ledger, decision, observation.ended)
                if isinstance(verdict, Exposed):
                    ledger.add_witnesses(decision.finding.id, verdict.witnesses)
                if decision.change is not None:
                    ledger.add_evidence(decision.change, row, evidence_of(verdict, observation, self.id))
                if (asset.public or inside) and isinstance(verdict, Exposed):
                    decision = self._by_intent(ledger, asset, decision, verdict, observation.ended, inside=inside)
            pairs.append((verdict, decision))
        return pairs

    def _by_intent(
        self, ledger: Ledger, asset: Asset, made: Decision, verdict: Exposed, now: datetime, *, inside: bool
    ) -> Decision:
        """Settle an open finding that the inventory declares open by intent, which is then why nothing more is done;
        take that back where more than that is open."""
        finding = made.finding
        handling = fold(actions.of_finding(ledger, finding.id), finding)
        action = action_of(asset, finding, handling, verdict, now, inside=inside)
        if action is None:
            return replace(made, why=meant(handling.until)) if handling.standing is TriageStatus.INTENDED else made
        if action.act is ActionKind.INTENDED:
            # Told before the action is on file: of what is settled nobody is told.
            self._save(ledger, changed(finding, Step.INTENDED, now, meant(action.until)), now)
            actions.append(ledger, finding.id, action)
            return replace(made, why=meant(action.until))
        actions.append(ledger, finding.id, action)
        self._save(ledger, changed(finding, Step.RETURNED, now, Cause.INTENT_ENDED), now)
        return made

    def _settled(self, ledger: Ledger, finding: Finding) -> bool:
        """Whether people hold that just this is no exposure, or meant: it is watched on, and nobody is told."""
        handling = fold(actions.of_finding(ledger, finding.id), finding)
        if handling.standing is TriageStatus.DISMISSED:
            return handling.signature == signature_of(finding)
        return handling.standing in (TriageStatus.INTENDED, TriageStatus.UNPROMISED)

    def _owed(self, ledger: Ledger, finding: Finding, change: Change, told: Collection[str]) -> tuple[NewMessage, ...]:
        """The messages that a change makes; none while people hold that it is none, or meant."""
        if change.step is not Step.UNPROMISED and self._settled(ledger, finding):
            return ()
        return messages_for(finding, change, self._inventory, told, self._rounds(ledger, finding))

    def _rounds(self, ledger: Ledger, finding: Finding) -> Rounds | None:
        """Our own rounds that stand in the log of whoever runs the asset, this one among them."""
        found = rounds.at_asset(ledger, finding.asset, finding.last_known_good)
        if self._kind is not RoundKind.ROUND:
            return Rounds(*found) if found else None
        first, last, number = found or (self.id, "", 0)
        # Its observations are put on file with the messages; those of an earlier place in it are there already.
        return Rounds(first, self.id, number + (last != self.id))

    def escalate(self, ledger: Ledger) -> datetime | None:
        """Tell those who are told only when nobody has acknowledged the last news of what is open.

        Returns when the next of them may have to be told.
        """
        now = self._now()
        waits = sorted({channel.after for channel in self._inventory.channels if channel.after is not None})
        if not waits:
            return None
        with ledger.step():
            news = queries.last_news_of(ledger, actions.OPEN)
            late = {id_: one for id_, one in news.items() if now - one.at >= waits[0]}
            told, done = queries.told_by_change(ledger, late.values()), actions.of_all(ledger)
            further = {channel.id for channel in self._inventory.channels if channel.after is not None}
            untold = {id_ for id_ in late if not further <= told.get(id_, frozenset())}
            free = {id_ for id_ in untold if after_all(done.get(id_, ())).standing is TriageStatus.NEW}
            for finding in ledger.findings(ids=free):
                one, heard = late[finding.id], told.get(finding.id, frozenset())
                if escalation(finding, one, self._inventory, heard, now):
                    ours = self._rounds(ledger, finding)
                    ledger.owe_now(escalating_messages(finding, one, self._inventory, heard, now, ours), now)
        return min((one.at + wait for one in news.values() for wait in waits if now < one.at + wait), default=None)

    def settle(self, ledger: Ledger) -> datetime | None:
        """What time has done to people's hold on findings; those that are open and that nobody has are told again.

        Returns when time does something next.
        """
        now = self._now()
        with ledger.step():
            declared = {asset.id for asset in self._inventory.assets}
            own = networks.own(ledger)
            promised = partial(still_promised, self._inventory, own)
            settled = actions.settle(ledger, declared, now, partial(self._intended, now, own), promised)
            for id_, action in settled.news:
                finding = ledger.finding(id_)
                if finding is None or finding.state not in (State.EXPOSED, State.CLEARING):
                    continue
                if finding.asset not in declared:
                    continue
                if action.act is ActionKind.UNPROMISED:
                    self._save(ledger, changed(finding, Step.UNPROMISED, now, Cause.UNPROMISED), now)
                    continue
                self._save(ledger, changed(finding, Step.RETURNED, now, Cause(action.act.value)), now)
        return settled.following

    def _intended(self, now: datetime, own: str, finding: Finding) -> bool:
        asset = self._asset(finding.asset)
        if declared_open(asset, finding.place, now) is not None:
            return True
        return open_inside(self._inventory, asset, finding.network or own)

    def show(self, observation: Observation, decided: Decided) -> None:
        """Count what is on file now, and tell it. Of what was proven early the news alone: the look itself counts."""
        # Most looks saw nothing open, and nobody asks for their lines one by one: they are counted alone.
        if isinstance(decided, tuple) and self._lines is None and self._on_line is None and not observation.early:
            self._count(observation, decided)
            return
        target = observation.target
        of = (observation.asset, str(target), target.address, target.port, observation.probe)
        shown = decided if isinstance(decided, tuple) else [self._line(of, *one) for one in decided]
        if observation.early:
            made = [] if isinstance(decided, tuple) else [one for _, one in decided]
            news = [one for one in made if isinstance(one, Decision) and one.change is not None]
            self._early |= {one.finding.id: one for one in news}
            for line in lines_of(of, shown):
                if self._on_line is not None and line.finding in self._early:
                    self._on_line(line)
            return
        self._count(observation, shown)
        if self._lines is not None:
            self._lines.append((of, shown))
        if self._on_line is not None:
            for line in lines_of(of, shown):
                self._on_line(line)

    def _count(self, observation: Observation, shown: Shown) -> None:
        self.asks += len(observation.asked)
        self.seen.add(observation.asset, shown)
        verdicts = self._verdicts.setdefault((observation.asset, observation.network), [])
        verdicts += shown if isinstance(shown, tuple) else [line.verdict for line in shown]
        if observation.probe == NOT_LOOKED_AT:
            self._unseen.setdefault((observation.asset, observation.network), set()).add(str(observation.target))

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every place that was recorded, where they are kept."""
        return tuple(line for of, shown in self._lines or () for line in lines_of(of, shown))

    def _line(self, of: Of, verdict: Verdict, decision: Decision | Reason) -> Line:
        if isinstance(decision, Decision) and decision.change is not None:
            self.changed[decision.finding.id] = decision.finding
        elif isinstance(decision, Decision) and isinstance(verdict, Exposed):
            decision = self._early.get(decision.finding.id, decision)
        return line_of(of, verdict, decision)

    def outcomes(self, assets: Iterable[str], network: str = "") -> dict[str, str]:
        """What came of the slots of these assets, by all that this round saw of each from a network: it is not kept."""
        return {id_: slot_outcome(self._verdicts.pop((id_, network), ())) for id_ in assets}

    def _asset(self, id_: str) -> Asset:
        return self._inventory.asset(id_)
