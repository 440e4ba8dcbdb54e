"""What is due: from intervals, last looks and open findings to the assets whose turn it is. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from monitor.findings.finding import Finding, State
from monitor.inventory.model.assets import Asset
from monitor.inventory.model.inventory import Inventory

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

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
    interval = rhythm.interval
    for finding in findings:
        if finding.id in watched:
            interval = min(interval, WATCHED_EVERY)
        if finding.state is State.SUSPECTED:
            interval = min(interval, SUSPECTED_EVERY)
        elif finding.state is State.CLEARING:
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
    return (at.astimezone(UTC) - _EPOCH - phase(asset, interval)) // interval


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
            coming.append(_EPOCH + (running + 1) * interval + phase(rhythm.asset, interval))
    return Turns(tuple(ready), min(coming, default=now + timedelta(minutes=1)))


WITNESSES_FIRST = timedelta(minutes=10)
"""So long after a finding is closed its witnesses are tried in every look; then after twice the time, and so on."""


def witnesses_tried(finding: Finding, last: datetime | None, now: datetime) -> bool:
    """Whether a look at `now` tries the files that were once seen open; `last` is the last look at the asset.

    Those of a finding that is closed are tried at a slower and slower rhythm, and once a day at least.
    """
    if finding.state is not State.CLEARED or finding.cleared is None or last is None or last >= now:
        return True
    return now - finding.cleared < WITNESSES_FIRST or _steps(now - finding.cleared) != _steps(last - finding.cleared)


def _steps(since: timedelta) -> tuple[int, int]:
    """How many times the time since it was closed has doubled, and how many days it is."""
    return max(0, since // WITNESSES_FIRST).bit_length(), since // timedelta(days=1)
