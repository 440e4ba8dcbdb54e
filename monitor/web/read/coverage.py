"""Coverage: every declared asset with its state, its places and its days; also what was not looked at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from monitor.api.asset import asset_json
from monitor.api.coverage import coverage_json, one_coverage_json
from monitor.api.finding import seen_from
from monitor.api.times import iso
from monitor.coverage import slot_coverage
from monitor.coverage.asset_state import AssetState, AssetStatus
from monitor.store.ledger import Ledger
from monitor.store.looks.days import AssetDay, PlaceDay, asset_days, longest_gap, place_days
from monitor.store.rows import maybe, when
from monitor.store.tables import networks
from monitor.web.identity.grants import Seen
from probes.reasons import ClosedReason

DAYS = 31
_RANK = {status: rank for rank, status in enumerate(AssetStatus)}


def worst_first(states: Iterable[AssetState]) -> tuple[AssetState, ...]:
    """The states of the assets, the worst first."""
    return tuple(sorted(states, key=lambda one: (_RANK[one.status], one.asset)))


def of_status(states: Iterable[AssetState], status: Collection[str]) -> list[AssetState]:
    """Only those in `status`, when any is given."""
    return [one for one in states if not status or one.status.value in status]


def assets(states: Iterable[AssetState], seen: Seen) -> list[dict[str, Any]]:
    """Assets with their states, as JSON values."""
    return [
        asset_json(one, seen.inventory)
        | {"interval_seconds": seen.inventory.settings(seen.inventory.asset(one.asset)).interval.total_seconds()}
        for one in states
    ]


def reasons(states: Iterable[AssetState]) -> list[dict[str, Any]]:
    """Why assets were not judged, the most frequent reason first."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for one in states:
        if not one.judged:
            counts[one.status.value, one.why] += 1
    rows = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [{"status": status, "why": why, "assets": count} for (status, why), count in rows]


def places(ledger: Ledger, chosen: Collection[str], now: datetime, *, gaps: bool = True) -> list[dict[str, Any]]:
    """Every place of these assets at every endpoint: its last verdict, the last conclusive look, and the longest time
    without one in the last days, since it was first seen in them (None: it was not seen, or nobody asks)."""
    found, longest, names = [], _gaps(ledger, chosen, now) if gaps else {}, networks.named(ledger)
    for asset in chosen:
        for row in ledger.rows("SELECT * FROM places WHERE asset = ? ORDER BY place, kind, endpoint, network", asset):
            found.append(
                {
                    "asset": row["asset"],
                    "place": row["place"],
                    "kind": row["kind"],
                    "endpoint": row["endpoint"],
                    **seen_from(row["network"], names),
                    "verdict": row["verdict"],
                    "why": row["why"],
                    "at": iso(when(row["at"])),
                    "last_clear": iso(maybe(row["last_clear"])),
                    "last_conclusive": iso(maybe(row["last_conclusive"])),
                    "longest_gap_seconds": longest.get(
                        (asset, row["kind"], row["place"], row["endpoint"], row["network"])
                    ),
                }
            )
    return found


def last_verdicts(ledger: Ledger, most: int) -> list[dict[str, Any]]:
    """The last verdict on every place at every endpoint, what is open first; not where another protocol answers."""
    rows = ledger.rows(
        """SELECT asset, place, kind, endpoint, network, verdict, why, at FROM places WHERE why <> ?
           ORDER BY verdict <> 'exposed', verdict <> 'unknown', asset, place, kind, endpoint, network LIMIT ?""",
        ClosedReason.NOT_SPOKEN.value,
        most,
    )
    names = networks.named(ledger)
    return [
        {key: value for key, value in dict(row).items() if key != "network"}
        | {"at": iso(when(row["at"])), **seen_from(row["network"], names)}
        for row in rows
    ]


def _gaps(ledger: Ledger, chosen: Collection[str], now: datetime) -> dict[tuple[str, str, str, str, str], float]:
    """The longest time without a conclusive look at each place, from its first one in the last days until now."""
    by_place: dict[tuple[str, str, str, str, str], list[PlaceDay]] = defaultdict(list)
    for one in place_days(ledger, now.date() - timedelta(days=DAYS - 1), now.date(), chosen):
        by_place[one.asset, one.kind, one.place, one.endpoint, one.network].append(one)
    firsts = {key: min((d.first for d in seen if d.first is not None), default=None) for key, seen in by_place.items()}
    return {
        key: longest_gap(by_place[key], first, now).total_seconds()
        for key, first in firsts.items()
        if first is not None
    }


def days(ledger: Ledger, chosen: Collection[str], until: date, most: int = DAYS) -> dict[str, list[dict[str, Any]]]:
    """For each of these assets, each day up to `until`: looks by verdict, the worst gap, and one word for the day.

    A day is `open` when anything was found open, `unknown` when some look came to no verdict and none was open,
    `closed` when all of it was conclusive, and `unseen` when nobody looked.
    """
    first = until - timedelta(days=most - 1)
    seen = asset_days(ledger, first, until, chosen)
    dates = [first + timedelta(days=n) for n in range(most)]
    return {asset: [_day(at, seen.get((asset, at))) for at in dates] for asset in chosen}


def _day(at: date, seen: AssetDay | None) -> dict[str, Any]:
    looks = seen.looks if seen is not None else {"exposed": 0, "clear": 0, "unknown": 0}
    word = "open" if looks["exposed"] else "unseen" if seen is None else "unknown" if looks["unknown"] else "closed"
    gap = None if seen is None else float(seen.gap)
    return {"day": at.isoformat(), "state": word, **looks, "longest_gap_seconds": gap}


def slots(ledger: Ledger, chosen: Collection[str], now: datetime) -> dict[str, dict[str, Any]]:
    """Conclusive slots over due slots of these assets in the last days, as `leftopen coverage` counts them; nothing of
    an asset that was not due yet."""
    since = datetime.combine(now.date() - timedelta(days=DAYS - 1), time(), UTC)
    found = slot_coverage.of_assets(ledger, chosen, since, now, now)
    return {asset: one_coverage_json(one) for asset, one in found.items()}


def whole(ledger: Ledger, seen: Seen, since: date, until: date, now: datetime) -> dict[str, Any]:
    """Coverage of whole days of all that the scope holds: by asset, data class and contract, with gaps and outages."""
    first, last = (datetime.combine(day, time(), UTC) for day in (since, until))
    return coverage_json(slot_coverage.coverage(ledger, seen.inventory, first, last, now))


def of_one(
    ledger: Ledger, seen: Seen, states: Iterable[AssetState], asset: str, now: datetime
) -> dict[str, Any] | None:
    """One asset with its places and its days; None when it is not of this scope."""
    state = next((one for one in states if one.asset == asset), None)
    if state is None:
        return None
    heat = days(ledger, [asset], now.date())[asset]
    (value,) = assets([state], seen)
    return value | {
        "places": places(ledger, [asset], now),
        "days": heat,
        "coverage": slots(ledger, [asset], now).get(asset),
    }
