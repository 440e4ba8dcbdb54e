"""The figures of one party in one month, counted from what is on file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from statistics import median

from monitor.coverage.endings import Ending, contract_endings, exceptions
from monitor.coverage.slot_coverage import Coverage, Outage, coverage
from monitor.findings import promises
from monitor.findings.finding import Change, Finding, Step
from monitor.findings.handling import Action, ActionKind
from monitor.inventory.model.assets import Asset
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.model.parties import Contract
from monitor.reports.canary_times import measured, of_assets
from monitor.store import queries
from monitor.store.ledger import Ledger
from monitor.store.looks.days import series_days
from monitor.store.messages import events
from monitor.store.messages.drills import Drilled, drills
from monitor.store.tables import actions
from monitor.store.tables.canaries import Canary

_OPENS = frozenset({Step.OPENED, Step.REOPENED})
_CLOSES = frozenset({Step.CLEARED, Step.RETRACTED, Step.UNPROMISED})


@dataclass(frozen=True, slots=True)
class Story:
    """One finding with all that happened to it."""

    finding: Finding
    changes: tuple[Change, ...]
    actions: tuple[Action, ...]
    told: tuple[queries.SentMessage, ...]

    def open_at(self, at: datetime) -> bool:
        """Whether it was open at a moment."""
        last = None
        for change in self.changes:
            if change.at < at and change.step in {*_OPENS, *_CLOSES, Step.RETURNED}:
                last = change.step
        return last is not None and last not in _CLOSES

    def open_in(self, since: datetime, until: datetime) -> bool:
        """Whether it was open at any moment of a time, and was an exposure (not retracted)."""
        retracted = any(change.step is Step.RETRACTED for change in self.changes)
        return not retracted and (self.steps_opened(since, until) or self.open_at(since))

    def steps(self, step: Step, since: datetime, until: datetime) -> int:
        """How often a step was taken in a time."""
        return sum(change.step is step and since <= change.at < until for change in self.changes)

    def steps_opened(self, since: datetime, until: datetime) -> bool:
        """Whether it opened in a time, for the first time or again."""
        return any(since <= change.at < until and change.step in _OPENS for change in self.changes)

    def spans(self, since: datetime, until: datetime) -> list[float]:
        """Seconds from each opening to the closing by proof that followed in the time."""
        found, opened = [], None
        for change in self.changes:
            if change.step in _OPENS:
                opened = change.at
            elif change.step is Step.CLEARED and opened is not None:
                if since <= change.at < until:
                    found.append((change.at - opened).total_seconds())
                opened = None
        return found

    def acknowledged_after(self, since: datetime, until: datetime) -> float | None:
        """Seconds from its opening in the time to the first acknowledgement; None without one."""
        opened = next((one.at for one in self.changes if one.step in _OPENS and since <= one.at < until), None)
        taken = (one.at for one in self.actions if one.act is ActionKind.ACKNOWLEDGED and opened and one.at >= opened)
        first = next(taken, None)
        return None if opened is None or first is None else (first - opened).total_seconds()

    def told_after(self, party: str) -> float | None:
        """Seconds from its first opening until a provider accepted a message to the party; None when none did."""
        opened = next((one.at for one in self.changes if one.step is Step.OPENED), None)
        accepted = [one.accepted for one in self.told if one.party == party and one.accepted is not None]
        return None if opened is None or not accepted else (min(accepted) - opened).total_seconds()


@dataclass(frozen=True, slots=True)
class Spans:
    """How long something took, in seconds."""

    count: int
    middle: float | None
    worst: float | None

    @classmethod
    def of(cls, seconds: Iterable[float | None]) -> Spans:
        """The spans of those that happened."""
        found = [one for one in seconds if one is not None]
        return cls(len(found), median(found) if found else None, max(found) if found else None)


@dataclass(frozen=True, slots=True)
class Requests:
    """What was asked of one asset in the time."""

    asset: str
    looks: int
    requests: int
    most_a_day: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All of it."""

    party: str
    name: str
    since: datetime
    until: datetime
    """The first moment that is not in it; before the month is over, the moment of the report."""
    assets: tuple[Asset, ...]
    contracts: tuple[Contract, ...]
    under: dict[str, frozenset[str]]
    """By contract, the assets that are looked at under it."""
    coverage: dict[str, Coverage]
    outages: tuple[Outage, ...]
    stories: tuple[Story, ...]
    endings: tuple[Ending, ...]
    drills: tuple[Drilled, ...]
    misdelivered: int
    canaries: tuple[Canary, ...]
    requests: tuple[Requests, ...]

    @property
    def due(self) -> int:
        """Slots in which an asset was due."""
        return sum(one.due for one in self.coverage.values())

    @property
    def conclusive(self) -> int:
        """Slots in which all of an asset was judged."""
        return sum(one.conclusive for one in self.coverage.values())

    @property
    def worst_gap(self) -> timedelta:
        """The longest time without a conclusive look, of any asset."""
        return max((one.worst_gap for one in self.coverage.values()), default=timedelta(0))

    def of_contract(self, contract: str) -> Figures:
        """The same of the assets under one contract alone."""
        ids = self.under[contract]
        return replace(
            self,
            assets=tuple(one for one in self.assets if one.id in ids),
            coverage={id_: one for id_, one in self.coverage.items() if id_ in ids},
            stories=tuple(one for one in self.stories if one.finding.asset in ids),
        )

    def exposures(self) -> tuple[Story, ...]:
        """The findings that were open in the time; those about how something is reached are not among them."""
        return tuple(
            one
            for one in self.stories
            if one.finding.kind not in promises.KINDS and one.open_in(self.since, self.until)
        )


def figures(
    ledger: Ledger, inventory: Inventory, party: str, since: datetime, until: datetime, now: datetime
) -> Figures:
    """The figures of the assets in whose chain of contracts the party stands. Raises KeyError for an unknown party."""
    who = inventory.party(party)
    until = min(until, now)
    mine = tuple(asset for asset in inventory.assets if who in inventory.chain(asset))
    ids = [asset.id for asset in mine]
    period = coverage(ledger, inventory, since, until, now)
    contracts = tuple(one for one in inventory.contracts if party in (one.controller, one.processor))
    names = {one.id for one in contracts}
    endings = (
        *(one for one in contract_endings(inventory) if one.name in names),
        *(one for one in exceptions(ledger, inventory) if set(one.assets) & set(ids)),
    )
    return Figures(
        party,
        who.name,
        since,
        until,
        mine,
        contracts,
        {one.id: frozenset(asset.id for asset in mine if one in inventory.contract_chain(asset)) for one in contracts},
        {id_: one for id_, one in period.assets.items() if id_ in ids},
        period.outages,
        tuple(_story(ledger, finding) for finding in ledger.findings(assets=ids)),
        endings,
        tuple(one for one in drills(ledger) if one.party == party and since <= one.started < until),
        events.count_misdelivered(ledger, party, since, until),
        of_assets(measured(ledger, inventory), mine, since, until),
        _requests(ledger, ids, since, until),
    )


def _story(ledger: Ledger, finding: Finding) -> Story:
    return Story(
        finding,
        queries.changes(ledger, finding.id),
        actions.of_finding(ledger, finding.id),
        queries.messages_about(ledger, finding.id),
    )


def _requests(ledger: Ledger, assets: list[str], since: datetime, until: datetime) -> tuple[Requests, ...]:
    by_day: dict[str, dict[date, int]] = {asset: {} for asset in assets}
    looks = dict.fromkeys(assets, 0)
    # The last day is one that has begun; a period that ends at midnight does not reach into the next one.
    for one in series_days(ledger, since.date(), (until - timedelta(microseconds=1)).date(), assets):
        looks[one.asset] += one.looks
        by_day[one.asset][one.day] = by_day[one.asset].get(one.day, 0) + one.requests
    return tuple(
        Requests(asset, looks[asset], sum(days.values()), max(days.values(), default=0))
        for asset, days in by_day.items()
    )
