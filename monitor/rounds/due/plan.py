"""What is due: from intervals, last looks and open findings to the assets whose turn it is. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from heapq import heapify, heappop, heappush

from monitor.findings.finding import Finding, State
from monitor.inventory.model.assets import Asset
from monitor.inventory.model.inventory import Inventory

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""From when turns are counted."""

SUSPECTED_EVERY = timedelta(seconds=60)
"""A suspicion is looked at again as soon as a second look can confirm it."""

WATCHED_EVERY = timedelta(seconds=60)
"""After somebody says that it is contained, the place is looked at so often."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often one asset is looked at, and how its clear looks are spread when a finding is closing."""

    asset: str
    interval: timedelta
    clear_looks: int = 3
    clear_over: timedelta = timedelta(minutes=30)


def rhythm_of(inventory: Inventory, asset: Asset) -> Rhythm:
    """How often `asset` is looked at, by its own settings and the inventory's defaults."""
    settings = inventory.settings(asset)
    return Rhythm(asset.id, settings.interval, settings.clear_looks, timedelta(minutes=settings.clear_minutes))


def hurried(rhythm: Rhythm, findings: Iterable[Finding], watched: Collection[str] = ()) -> timedelta:
    """The interval that holds now: shorter while a suspicion waits to be confirmed or a finding waits to be closed.

    `findings` are those of the asset; `watched` are findings that somebody just said are contained: they are looked at
    every minute for a while.
    """
    return _interval(rhythm, (Unsure(one.asset, one.state, one.id in watched) for one in findings))


def _interval(rhythm: Rhythm, unsure: Iterable[Unsure]) -> timedelta:
    interval = rhythm.interval
    for one in unsure:
        if one.watched:
            interval = min(interval, WATCHED_EVERY)
        if one.state is State.SUSPECTED:
            interval = min(interval, SUSPECTED_EVERY)
        elif one.state is State.CLEARING:
            # One look at either end and the others between: n looks span n - 1 intervals.
            spread = rhythm.clear_over / max(1, rhythm.clear_looks - 1)
            interval = min(interval, max(spread, timedelta(seconds=1)))
    return interval


@lru_cache(maxsize=1 << 18)
def _share(asset: str) -> float:
    digest = hashlib.sha256(asset.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def phase(asset: str, interval: timedelta) -> timedelta:
    """Where in its interval an asset has its turn: from a stable hash, so that turns are spread and never bunch."""
    return interval * _share(asset)


def turn(asset: str, interval: timedelta, at: datetime) -> int:
    """The number of the asset's turn that is running at a time, counted from the epoch."""
    return (at.astimezone(UTC) - EPOCH - phase(asset, interval)) // interval


@dataclass(frozen=True, slots=True)
class Turns:
    """Whose turn it is."""

    ready: tuple[str, ...]
    """The assets whose turn has come since their last look, in the order of the inventory; all that never had one."""
    following: datetime
    """When the next asset is due that is not yet."""


def turns(
    rhythms: Iterable[Rhythm],
    looks: Mapping[str, datetime],
    findings: Iterable[Finding],
    now: datetime,
    watched: Collection[str] = (),
) -> Turns:
    """Whose turn it is at `now`, by their last looks. Of `findings` only those that hurry a look matter."""
    by_asset: dict[str, list[Finding]] = {}
    for finding in findings:
        by_asset.setdefault(finding.asset, []).append(finding)
    ready, coming = [], []
    for rhythm in rhythms:
        last = looks.get(rhythm.asset)
        interval = hurried(rhythm, by_asset.get(rhythm.asset, ()), watched)
        running = turn(rhythm.asset, interval, now)
        # A clock that was set back must not silence an asset until it has caught up: a future look counts as none.
        if last is None or last > now or running > turn(rhythm.asset, interval, last):
            ready.append(rhythm.asset)
        else:
            coming.append(EPOCH + (running + 1) * interval + phase(rhythm.asset, interval))
    return Turns(tuple(ready), min(coming, default=now + timedelta(minutes=1)))


@dataclass(frozen=True, slots=True)
class Unsure:
    """What of a finding hurries the next look at its asset."""

    asset: str
    state: State
    watched: bool = False
    """Whether somebody just said that it is contained."""


class Timetable:
    """Whose turn it is among many assets, as `turns` says it, from what has changed since it was asked the last time.

    When an asset is next due is computed when it was looked at, or is hurried, and never while it waits.
    """

    def __init__(self, rhythms: Sequence[Rhythm], looks: Mapping[str, datetime], now: datetime) -> None:
        """`looks` are the last looks; who has none is due at once."""
        self._rhythms = rhythms
        self._number = {rhythm.asset: n for n, rhythm in enumerate(rhythms)}
        self._looks = [looks.get(rhythm.asset) for rhythm in rhythms]
        self._hurried: dict[int, timedelta] = {}
        self._asked = now
        self._begin(now)

    def looked(self, looks: Mapping[str, datetime], now: datetime) -> None:
        """These assets were looked at again. What the inventory does not declare is nobody's turn."""
        for asset, at in looks.items():
            if (number := self._number.get(asset)) is not None:
                self._looks[number] = at
                self._place(number, now)

    def hurry(self, unsure: Iterable[Unsure], now: datetime) -> None:
        """These are all the findings that hurry a look now."""
        of: dict[int, list[Unsure]] = {}
        for one in unsure:
            if (number := self._number.get(one.asset)) is not None:
                of.setdefault(number, []).append(one)
        hurried = {number: _interval(self._rhythms[number], some) for number, some in of.items()}
        changed = [number for number in hurried.keys() | self._hurried.keys()
                   if hurried.get(number) != self._hurried.get(number)]  # fmt: skip
        self._hurried = hurried
        for number in changed:
            self._place(number, now)

    def turns(self, now: datetime) -> Turns:
        """Whose turn it is at `now`."""
        if now < self._asked:
            # The clock was set back: what lies ahead of it is no look, and stays none until there is a new one.
            self._looks = [None if last is not None and last > now else last for last in self._looks]
            self._begin(now)
        self._asked = now
        coming = self._coming
        while coming and (coming[0][0] <= now or self._at[coming[0][1]] != coming[0][0]):
            at, number = heappop(coming)
            if self._at[number] == at:
                self._ready.add(number)
        ready = tuple(self._rhythms[number].asset for number in sorted(self._ready))
        return Turns(ready, coming[0][0] if coming else now + timedelta(minutes=1))

    def _begin(self, now: datetime) -> None:
        self._ready = set[int]()
        self._at = [self._next(number, now) for number in range(len(self._rhythms))]
        self._coming = [(at, number) for number, at in enumerate(self._at)]
        heapify(self._coming)

    def _place(self, number: int, now: datetime) -> None:
        self._ready.discard(number)
        self._at[number] = at = self._next(number, now)
        heappush(self._coming, (at, number))
        if len(self._coming) > 2 * len(self._at) + 64:  # what holds no longer is dropped when it comes up, or here
            self._coming = [(at, number) for number, at in enumerate(self._at) if number not in self._ready]
            heapify(self._coming)

    def _next(self, number: int, now: datetime) -> datetime:
        """When the turn after the last look begins; at once where there was none, or one in what is still to come."""
        rhythm, last = self._rhythms[number], self._looks[number]
        if last is None or last > now:
            return EPOCH
        interval = self._hurried.get(number, rhythm.interval)
        first = EPOCH + phase(rhythm.asset, interval)
        return first + ((last - first) // interval + 1) * interval  # the turn after `turn(asset, interval, last)`


WITNESSES_FIRST = timedelta(minutes=10)
"""So long after a finding is closed its witnesses are tried in every look; then after twice the time, and so on."""


def witnesses_tried(finding: Finding, last: datetime | None, now: datetime) -> bool:
    """Whether a look at `now` tries the files that were once seen open; `last` is the last look at the asset.

    Those of a finding that is closed are tried at a slower and slower rhythm, and once a day at least.
    """
    if finding.state is not State.CLEARED or finding.cleared is None or last is None or last >= now:
        return True
    return now - finding.cleared < WITNESSES_FIRST or _steps(now - finding.cleared) != _steps(last - finding.cleared)


_AT_A_LOOK = 24
"""Witnesses that one look asks at most, once all were refused: the others have their turn in the next."""
_SHARE = 3
"""What was refused twice is asked in every third look."""


def witnesses_of(finding: Finding, witnesses: tuple[str, ...], now: datetime) -> tuple[str, ...]:
    """Those of a finding's witnesses that a look at `now` tries, if the place is closed then: all of them until a look
    has seen it clear, since one may be enough to close it. Then which these are follows from how many looks have, and
    of a closed finding from how long it is closed."""
    turns = -(-len(witnesses) // _AT_A_LOOK)
    number = min((one.clears for one in finding.seen), default=0)
    if finding.state is State.CLEARED and finding.cleared is not None:
        number = sum(_steps(now - finding.cleared))
    elif not number:
        return witnesses
    elif number > turns:
        turns = max(turns, _SHARE)
    return witnesses[number % turns :: turns] if turns > 1 else witnesses


def _steps(since: timedelta) -> tuple[int, int]:
    """How many times the time since it was closed has doubled, and how many days it is."""
    return max(0, since // WITNESSES_FIRST).bit_length(), since // timedelta(days=1)
