"""Coverage: conclusive slots over due slots, for each asset, data class and contract, with the gaps between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from monitor.coverage.slot_outcome import NOT_RUN, conclusive
from monitor.findings.reasons import Reason
from monitor.inventory.model.inventory import Inventory
from monitor.store.ledger import Ledger
from monitor.store.log import slot_days
from monitor.store.log.slot_days import DAY, Gap, Rhythm
from monitor.store.tables import rounds

STILL = "still"
"""Why a gap has not ended: nothing conclusive was seen since."""
GRACE = timedelta(minutes=5)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a period came to, for one asset or for many."""

    outcomes: Mapping[str, int]
    worst_gap: timedelta
    p95_gap: timedelta

    @property
    def due(self) -> int:
        """How many slots were due."""
        return sum(self.outcomes.values())

    @property
    def conclusive(self) -> int:
        """How many of them came to exposed or clear."""
        return sum(count for outcome, count in self.outcomes.items() if conclusive(outcome))

    @property
    def percent(self) -> float | None:
        """Conclusive slots in a hundred; None when none was due."""
        return 100 * self.conclusive / self.due if self.due else None


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which we ourselves did not see: no round, or a blind one."""

    start: datetime
    end: datetime
    blind: Reason | None
    """Why the round was blind; None: there was no round."""


@dataclass(frozen=True, slots=True)
class Period:
    """What was looked at in some days, and what was not."""

    since: datetime
    until: datetime
    assets: Mapping[str, Coverage]
    classes: Mapping[str, Coverage]
    contracts: Mapping[str, Coverage]
    all: Coverage
    gaps: tuple[tuple[str, Gap], ...]
    """The asset and its gap, longest first: those that are longer than two intervals."""
    outages: tuple[Outage, ...]


@dataclass(slots=True)
class _Counts:
    outcomes: Counter[str] = field(default_factory=Counter)
    gaps: Counter[int] = field(default_factory=Counter)

    def coverage(self) -> Coverage:
        ordered, passed, p95, total = sorted(self.gaps), 0, 0, self.gaps.total()
        for p95 in ordered:
            passed += self.gaps[p95]
            if 100 * passed >= 95 * total:
                break
        worst = ordered[-1] if ordered else 0
        return Coverage(dict(sorted(self.outcomes.items())), worst * _MICROSECOND, p95 * _MICROSECOND)


def coverage(ledger: Ledger, inventory: Inventory, since: datetime, until: datetime, now: datetime) -> Period:
    """Coverage of whole days (UTC) from `since` up to, not with, `until`; assets that are gone by now are among them.

    An asset that is no longer declared counts for no data class and no contract. Raises LedgerUnusable.
    """
    start, end = _micro(since) // DAY, -(-_micro(until) // DAY)
    names, rhythms = slot_days.names(ledger), {one.asset: one for one in slot_days.rhythms(ledger)}
    counts, gaps = _counted(ledger, rhythms, start, end, _micro(now), None)
    long = [
        (names[one.asset], one) for one in gaps if one.asset in rhythms and one.longer(2 * rhythms[one.asset].every)
    ]
    by_id = {names[asset]: one for asset, one in counts.items()}
    return Period(
        since,
        until,
        {id_: one.coverage() for id_, one in sorted(by_id.items())},
        _grouped(by_id, {asset.id: asset.data.value for asset in inventory.assets}),
        _grouped(by_id, {asset.id: asset.contract for asset in inventory.assets if asset.contract}),
        _sum(by_id.values()).coverage(),
        tuple(sorted(long, key=lambda one: one[1].start - one[1].end)),
        tuple(_outages(ledger, inventory, since, min(until, now))),
    )


def of_assets(
    ledger: Ledger, assets: Collection[str], since: datetime, until: datetime, now: datetime
) -> dict[str, Coverage]:
    """The coverage of these assets alone, in whole days; nothing of one that was never due. Raises LedgerUnusable."""
    names = slot_days.names(ledger, assets)
    rhythms = {one.asset: one for one in slot_days.rhythms(ledger, names)}
    start, end = _micro(since) // DAY, -(-_micro(until) // DAY)
    counts, _ = _counted(ledger, rhythms, start, end, _micro(now), names)
    return {names[asset]: one.coverage() for asset, one in counts.items()}


def _counted(
    ledger: Ledger, rhythms: Mapping[int, Rhythm], start: int, end: int, now: int, only: Collection[int] | None
) -> tuple[dict[int, _Counts], list[Gap]]:
    """What slots and gaps came to in the days from `start` up to `end`, for each asset; and the gaps."""
    counts: dict[int, _Counts] = {}
    for asset, outcome, number in slot_days.days(ledger, start, end, only):
        counts.setdefault(asset, _Counts()).outcomes[outcome] += number
    for rhythm in rhythms.values():
        if lost := rhythm.unwritten(start * DAY, min(end * DAY, now)):
            counts.setdefault(rhythm.asset, _Counts()).outcomes[NOT_RUN] += lost
    gaps = list(_gaps(ledger, rhythms.values(), start * DAY, min(end * DAY, now), only))
    ended = Counter(gap.asset for gap in gaps if gap.why not in (slot_days.DECLARED_ANEW, STILL))
    for gap in gaps:
        counts.setdefault(gap.asset, _Counts()).gaps[gap.end - gap.start] += 1
    for asset, one in counts.items():
        usual = sum(number for outcome, number in one.outcomes.items() if conclusive(outcome)) - ended[asset]
        if usual > 0 and asset in rhythms:
            one.gaps[rhythms[asset].every] += usual
    return counts, gaps


def _gaps(
    ledger: Ledger, rhythms: Iterable[Rhythm], start: int, end: int, only: Collection[int] | None
) -> Iterator[Gap]:
    """The gaps in a time, cut to it; those that go on among them."""
    for one in slot_days.gaps(ledger, start, end, only):
        yield replace(one, start=max(one.start, start), end=min(one.end, end))
    for now in rhythms:
        if max(now.seen, start) < end:
            yield Gap(now.asset, max(now.seen, start), end, STILL)


def _grouped(by_id: Mapping[str, _Counts], of: Mapping[str, str]) -> dict[str, Coverage]:
    groups: dict[str, list[_Counts]] = {}
    for id_, group in of.items():
        if id_ in by_id:
            groups.setdefault(group, []).append(by_id[id_])
    return {group: _sum(ones).coverage() for group, ones in sorted(groups.items())}


def _sum(ones: Iterable[_Counts]) -> _Counts:
    total = _Counts()
    for one in ones:
        total.outcomes.update(one.outcomes)
        total.gaps.update(one.gaps)
    return total


def _outages(ledger: Ledger, inventory: Inventory, since: datetime, until: datetime) -> Iterator[Outage]:
    """Blind rounds, and times in which no round was under way although something was due."""
    usual = min((inventory.settings(asset).interval for asset in inventory.assets), default=timedelta(hours=1))
    before: datetime | None = None
    for one in rounds.between(ledger, since, until):
        if before is not None and one.started - before > 2 * usual + GRACE:
            yield Outage(before, one.started, None)
        if one.blind is not None:
            yield Outage(one.started, one.ended or one.started, one.blind)
        before = max(before or one.started, one.ended or one.started)
    if before is not None and until - before > 2 * usual + GRACE:
        yield Outage(before, until, None)


def _micro(at: datetime) -> int:
    return (at.astimezone(UTC) - _EPOCH) // _MICROSECOND
