"""What each day came to: how often a place was looked at, what was seen of it, when, and the longest time between.

The recorder keeps these figures in the transaction of each look, and they outlive the looks: what a heat map, a figure
of coverage or a proof of looking rests on is read here, whatever age looks are deleted at. Days are those of UTC, and
the time of a look is that of its end. Nothing here writes.

    for one in place_days(ledger, date(2026, 11, 1), date(2026, 11, 30), assets=["voice-nas"]):
        one.looks, one.conclusive, one.exposed, one.clear, one.unknown, one.first, one.last, one.gap

A day without a look has no value. How long a place was not seen in a period, its edges included, says `longest_gap`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from sqlite3 import Row

from monitor.store.ledger import Ledger
from monitor.store.looks.slots import SECONDS, date_of, day_and_second, day_of, longest_between, moment, unpack
from monitor.store.rows import read_record
from probes.reasons import ClosedReason


@dataclass(frozen=True, slots=True)
class PlaceDay:
    """One place at one endpoint, as it was seen from one network, on one day."""

    asset: str
    kind: str
    """The kind of exposure that was looked for: `listing`, `bucket`, ..."""
    place: str
    endpoint: str
    day: date
    looks: int
    exposed: int
    """Looks that found it open."""
    clear: int
    """Looks that found it closed."""
    unknown: int
    """Looks that came to no verdict."""
    first: datetime | None
    """The first conclusive look of the day, to the second; None: there was none."""
    last: datetime | None
    """The last conclusive look of the day."""
    gap: timedelta
    """The longest time between two conclusive looks of this day. To the second where all looks of the day saw the same,
    else to within one slot. What lies between two days follows from `last` and `first`."""
    looked_slots: int
    """The slots in which it was looked at, as bits: see `monitor.store.looks.slots`."""
    seen_slots: int
    """Those with a conclusive look."""
    open_slots: int
    """Those in which it was found open."""
    network: str = ""
    """From where, as the ledger files it."""

    @property
    def conclusive(self) -> int:
        """Looks that came to a verdict."""
        return self.exposed + self.clear


@dataclass(frozen=True, slots=True)
class SeriesDay:
    """What one probe saw at one endpoint of an asset on one day, always the same; another row for what else it saw."""

    asset: str
    probe: str
    endpoint: str
    day: date
    looks: int
    first: int
    """The second of the day at which the first of these looks ended."""
    last: int
    gap: int
    """The longest time in seconds between two of these looks with no other look between them."""
    requests: int
    """Requests that these looks made, of all kinds."""
    bytes: int
    """Bytes of bodies that they read."""
    slots: int
    record: int
    """The number of the record that holds what was seen: the same number, the same verdicts."""
    seen: tuple[tuple[str, str, str, str], ...]
    """What was seen: place, kind, verdict and reason."""
    network: str = ""


def series_days(ledger: Ledger, first: date, last: date, assets: Collection[str] | None = None) -> Iterator[SeriesDay]:
    """The days from `first` to `last`, both included, of all series, or of those of `assets`; by asset, endpoint, day.

    This is what is on file; `place_days` has it place by place.
    """
    chosen = sorted(assets) if assets is not None else [row[0] for row in ledger.rows(_ASSETS)]
    for number in range(0, len(chosen), _AT_A_TIME):
        seen: dict[int, tuple[tuple[str, str, str, str], ...]] = {}
        some = json.dumps(chosen[number : number + _AT_A_TIME])
        for row in ledger.rows(_DAYS, some, day_of(first), day_of(last)):
            if row["verdicts"] not in seen:
                seen[row["verdicts"]] = _seen(ledger, row["verdicts"])
            yield _series_day(row, seen[row["verdicts"]])


def place_days(ledger: Ledger, first: date, last: date, assets: Collection[str] | None = None) -> Iterator[PlaceDay]:
    """The days from `first` to `last`, both included, of every place, or of those of `assets`.

    An endpoint that speaks another protocol is no place: its twin is, and says how it stood.

    In the order of asset, endpoint, day, kind and place, and read as it is asked for: all places of a large inventory
    over a year fit into no memory.
    """
    for (asset, endpoint, network, day), rows in groupby(
        series_days(ledger, first, last, assets), key=lambda one: (one.asset, one.endpoint, one.network, one.day)
    ):
        by_place: dict[tuple[str, str], list[tuple[str, SeriesDay]]] = {}
        for row in rows:
            for place, kind, verdict, why in row.seen:
                if why == ClosedReason.NOT_SPOKEN:
                    continue
                by_place.setdefault((kind, place), []).append((verdict, row))
        for (kind, place), seen in sorted(by_place.items()):
            yield _place_day((asset, kind, place, endpoint, day), network, seen)


_AT_A_TIME = 50
"""Assets whose days are held in memory together."""
_ASSETS = "SELECT DISTINCT asset FROM series ORDER BY asset"
_DAYS = """SELECT s.asset, s.probe, s.endpoint, s.network, d.* FROM json_each(?1) a JOIN series s ON s.asset = a.value
JOIN all_days d ON d.series = s.id WHERE d.day BETWEEN ?2 AND ?3
ORDER BY s.asset, s.endpoint, s.network, d.day, s.probe, d.first"""


@dataclass(slots=True)
class AssetDay:
    """All places of an asset at all of its endpoints on one day."""

    looks: dict[str, int]
    """Looks at its places by verdict."""
    gap: int = 0
    """The longest time in seconds between two conclusive looks at one of them, as `PlaceDay` counts it."""


def asset_days(ledger: Ledger, first: date, last: date, assets: Collection[str]) -> dict[tuple[str, date], AssetDay]:
    """The days of these assets on which a place of them was looked at: what `place_days` comes to, without a value for
    each place."""
    found: dict[tuple[str, date], AssetDay] = {}
    seen: dict[int, tuple[tuple[str, str, str, str], ...]] = {}
    for _, group in groupby(
        ledger.rows(_DAYS, json.dumps(sorted(assets)), day_of(first), day_of(last)),
        key=lambda row: (row["asset"], row["endpoint"], row["network"], row["day"]),
    ):
        rows = list(group)
        key = rows[0]["asset"], date_of(rows[0]["day"])
        several: dict[tuple[str, str], list[tuple[str, SeriesDay]]] = {}
        for row in rows:
            if row["verdicts"] not in seen:
                seen[row["verdicts"]] = tuple(
                    one for one in _seen(ledger, row["verdicts"]) if one[3] != ClosedReason.NOT_SPOKEN
                )
            alone = len(rows) == 1 and len({one[:2] for one in seen[row["verdicts"]]}) == len(seen[row["verdicts"]])
            for place, kind, verdict, _ in seen[row["verdicts"]]:
                day = found.setdefault(key, AssetDay({"exposed": 0, "clear": 0, "unknown": 0}))
                day.looks[verdict] += row["looks"]
                if not alone:
                    several.setdefault((kind, place), []).append((verdict, _series_day(row, ())))
                elif verdict != "unknown":
                    day.gap = max(day.gap, min(row["gap"], row["last"] - row["first"]))
        for (kind, place), looks in several.items():
            one = _place_day((key[0], kind, place, rows[0]["endpoint"], key[1]), rows[0]["network"], looks)
            found[key].gap = max(found[key].gap, int(one.gap.total_seconds()))
    return found


def longest_gap(days: Iterable[PlaceDay], start: datetime, end: datetime) -> timedelta:
    """The longest time between `start` and `end` without a conclusive look, by the days of one place at one endpoint.

    What lies before the first look and after the last one counts: a place that was never seen has the whole period.
    """
    longest, before = timedelta(0), start
    for one in sorted(days, key=lambda one: one.day):
        if one.first is None or one.last is None:
            continue
        longest = max(longest, one.gap, min(one.first, end) - before)
        before = max(before, one.last)
    return max(longest, end - before)


def looks_since(ledger: Ledger, asset: str, since: datetime | None) -> int:
    """How often the endpoint of an asset that was looked at most was looked at since then, to within one slot."""
    day, second = (0, 0) if since is None else day_and_second(since)
    found: dict[tuple[str, str, str], int] = {}
    for row in ledger.rows(
        """SELECT s.probe, s.endpoint, s.network, d.* FROM series s JOIN all_days d ON d.series = s.id
           WHERE s.asset = ? AND d.day >= ?""",
        asset,
        day,
    ):
        looks = int(row["looks"])
        if row["day"] == day and row["first"] <= second:
            # Looks of both sides of that time are in one row: the slots behind it say how many were later.
            looks = (unpack(row["slots"]) >> 1 + second // SECONDS).bit_count()
        key = row["probe"], row["endpoint"], row["network"]
        found[key] = found.get(key, 0) + looks
    return max(found.values(), default=0)


def _place_day(key: tuple[str, str, str, str, date], network: str, seen: list[tuple[str, SeriesDay]]) -> PlaceDay:
    asset, kind, place, endpoint, day = key
    looks = {"exposed": 0, "clear": 0, "unknown": 0}
    slots = dict(looks)
    for verdict, row in seen:
        looks[verdict] += row.looks
        slots[verdict] |= row.slots
    conclusive = [row for verdict, row in seen if verdict != "unknown"]
    seen_slots = slots["exposed"] | slots["clear"]
    first = min((row.first for row in conclusive), default=None)
    last = max((row.last for row in conclusive), default=None)
    gap = timedelta(0)
    if first is not None and last is not None:
        # Where something else was seen between two looks, its row does not know: the slots do.
        gap = timedelta(seconds=conclusive[0].gap) if len(seen) == 1 else longest_between(seen_slots)
        gap = min(gap, timedelta(seconds=last - first))
    return PlaceDay(
        asset=asset,
        kind=kind,
        place=place,
        endpoint=endpoint,
        day=day,
        looks=sum(looks.values()),
        exposed=looks["exposed"],
        clear=looks["clear"],
        unknown=looks["unknown"],
        first=None if first is None else moment(day, first),
        last=None if last is None else moment(day, last),
        gap=gap,
        looked_slots=seen_slots | slots["unknown"],
        seen_slots=seen_slots,
        open_slots=slots["exposed"],
        network=network,
    )


def _series_day(row: Row, seen: tuple[tuple[str, str, str, str], ...]) -> SeriesDay:
    return SeriesDay(
        asset=row["asset"],
        probe=row["probe"],
        endpoint=row["endpoint"],
        day=date_of(row["day"]),
        looks=row["looks"],
        first=row["first"],
        last=row["last"],
        gap=row["gap"],
        requests=row["asks"],
        bytes=row["wire"],
        slots=unpack(row["slots"]),
        record=row["verdicts"],
        seen=seen,
        network=row["network"],
    )


def _seen(ledger: Ledger, record: int) -> tuple[tuple[str, str, str, str], ...]:
    (row,) = ledger.rows("SELECT body FROM records WHERE id = ?", record)
    return tuple((place, kind, verdict, why) for place, kind, verdict, why, *_ in read_record(row["body"]))
