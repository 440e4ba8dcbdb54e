"""What is due: from intervals, last looks and open findings to the assets whose turn it is. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.findings.finding import Finding, State

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


def hurried(rhythm: Rhythm, findings: Iterable[Finding], watched: Collection[str] = ()) -> timedelta:
    """The interval that holds now: shorter while a suspicion waits to be confirmed or a finding waits to be closed.

    `watched` are findings that somebody just said are contained: they are looked at every minute for a while.
    """
    interval = rhythm.interval
    for finding in findings:
        if finding.asset != rhythm.asset:
            continue
        if finding.id in watched:
            interval = min(interval, WATCHED_EVERY)
        if finding.state is State.SUSPECTED:
            interval = min(interval, SUSPECTED_EVERY)
        elif finding.state is State.CLEARING:
            # One look at either end and the others between: n looks span n - 1 intervals.
            spread = rhythm.clear_over / max(1, rhythm.clear_looks - 1)
            interval = min(interval, max(spread, timedelta(seconds=1)))
    return interval


def phase(asset: str, interval: timedelta) -> timedelta:
    """Where in its interval an asset has its turn: from a stable hash, so that turns are spread and never bunch."""
    digest = hashlib.sha256(asset.encode("utf-8", "surrogatepass")).digest()
    return interval * (int.from_bytes(digest[:8], "big") / 2**64)


def turn(asset: str, interval: timedelta, at: datetime) -> int:
    """The number of the asset's turn that is running at a time, counted from the epoch."""
    since = at.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (since - phase(asset, interval)) // interval


def due(
    rhythms: Iterable[Rhythm],
    looks: Mapping[str, datetime],
    findings: Iterable[Finding],
    now: datetime,
    watched: Collection[str] = (),
) -> tuple[str, ...]:
    """The assets whose turn has come since their last look, in the order of the inventory; all that never had one."""
    findings = tuple(findings)
    ready = []
    for rhythm in rhythms:
        last = looks.get(rhythm.asset)
        interval = hurried(rhythm, findings, watched)
        # A clock that was set back must not silence an asset until it has caught up: a future look counts as none.
        if last is None or last > now or turn(rhythm.asset, interval, now) > turn(rhythm.asset, interval, last):
            ready.append(rhythm.asset)
    return tuple(ready)


def next_turn(
    rhythms: Iterable[Rhythm],
    looks: Mapping[str, datetime],
    findings: Iterable[Finding],
    now: datetime,
    watched: Collection[str] = (),
) -> datetime:
    """When the next asset is due; `now` when one is already."""
    findings = tuple(findings)
    soonest: datetime | None = None
    for rhythm in rhythms:
        if due((rhythm,), looks, findings, now, watched):
            return now
        interval = hurried(rhythm, findings, watched)
        following = turn(rhythm.asset, interval, now) + 1
        at = datetime(1970, 1, 1, tzinfo=UTC) + following * interval + phase(rhythm.asset, interval)
        soonest = at if soonest is None else min(soonest, at)
    return soonest or now + timedelta(minutes=1)
