"""What each day of an asset came to, slot by slot, and its gaps: coverage is read from these few rows.

Times are microseconds since 1970, as in the log. A slot belongs to the day in which it begins (UTC).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from monitor.store.ledger import Ledger

DAY = 86_400 * 10**6
DECLARED_ANEW = "declared-anew"
"""Why a gap ended that no look has ended: the asset is gone, or has another interval."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A time without a conclusive look at an asset; `why` is the last outcome before it ended, or "" for none."""

    asset: int
    start: int
    end: int
    why: str

    def longer(self, than: int) -> bool:
        """Whether it is longer than so many microseconds."""
        return self.end - self.start > than


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A declared asset as the log has it now."""

    asset: int
    id: str
    every: int
    seen: int
    """When it was last seen conclusively, or declared."""
    why: str
    phase: int
    last: int
    """The number of the last slot that has an outcome."""

    def unwritten(self, start: int, end: int) -> int:
        """How many slots that begin in a time are over for an interval and have no outcome on file: nobody looked.

        The next start of the service writes them down; until then they count as not looked at all the same.
        """
        first = max(self.last + 1, -((self.phase - start) // self.every))
        return max(0, (end - self.phase) // self.every - 1 - first)


def days_of(every: int, phase: int, first: int, last: int) -> Iterator[tuple[int, int]]:
    """The days in which slots from the first to the last begin, and how many in each."""
    if first == last:  # nearly always: somebody has looked in every slot
        yield (phase + first * every) // DAY, 1
        return
    while first <= last:
        day = (phase + first * every) // DAY
        # The last slot that begins on this day.
        upto = min(last, ((day + 1) * DAY - 1 - phase) // every)
        yield day, upto - first + 1
        first = upto + 1


def count(ledger: Ledger, slots: Mapping[tuple[int, int, str], int]) -> None:
    """Count slots, by asset, day and outcome. Within a step."""
    ledger.executemany(
        """INSERT INTO slot_days VALUES (?, ?, ?, ?) ON CONFLICT (asset, day, outcome)
           DO UPDATE SET slots = slots + excluded.slots""",
        ((*of, number) for of, number in slots.items()),
    )


def gap(ledger: Ledger, asset: int, every: int, start: int, end: int, why: str) -> None:
    """A gap has ended. Gaps of one interval make no rows: there is one for each conclusive slot. Within a step."""
    if 0 < start < end and end - start != every:
        ledger.execute("INSERT OR REPLACE INTO slot_gaps VALUES (?, ?, ?, ?)", asset, end, start, why)


def _of(assets: Collection[int] | None) -> tuple[str, str]:
    """A condition that SQLite looks up, for these assets or for all, and its parameter."""
    if assets is None:
        return "?1", "1"
    return "asset IN (SELECT value FROM json_each(?1))", json.dumps(sorted(assets))


def days(
    ledger: Ledger, first: int, last: int, assets: Collection[int] | None = None
) -> Iterator[tuple[int, str, int]]:
    """Asset, outcome and number of slots in the days from `first` up to, not with, `last`; of these assets, or all."""
    which, given = _of(assets)
    sql = f"""SELECT asset, outcome, sum(slots) AS n FROM slot_days WHERE {which} AND day >= ?2 AND day < ?3
              GROUP BY asset, outcome"""  # noqa: S608  words of ours
    for row in ledger.rows(sql, given, first, last):
        yield row["asset"], row["outcome"], row["n"]


def gaps(ledger: Ledger, start: int, end: int, assets: Collection[int] | None = None) -> Iterator[Gap]:
    """The gaps that reach into a time, as long as they are."""
    which, given = _of(assets)
    sql = f"""SELECT * FROM slot_gaps WHERE {which} AND "end" > ?2 AND start < ?3
              ORDER BY asset, "end" """  # noqa: S608  words of ours
    for row in ledger.rows(sql, given, start, end):
        yield Gap(row["asset"], row["start"], row["end"], row["why"])


def rhythms(ledger: Ledger, assets: Collection[int] | None = None) -> Iterator[Rhythm]:
    """Every asset that is declared in the log now."""
    which, given = _of(assets)
    for row in ledger.rows(
        f"""SELECT asset, every, seen, why, phase, last, (SELECT id FROM log_numbers n WHERE n.kind = 'asset'
              AND n.number = log_slots.asset) AS id FROM log_slots WHERE {which} ORDER BY asset""",  # noqa: S608  words of ours
        given,
    ):
        yield Rhythm(row["asset"], row["id"], row["every"], row["seen"], row["why"], row["phase"], row["last"])


def names(ledger: Ledger, ids: Collection[str] | None = None) -> dict[int, str]:
    """The number and the id of these assets, or of every one that the log ever numbered."""
    rows = ledger.rows(
        """SELECT number, id FROM log_numbers WHERE kind = 'asset'
           AND (?1 IS NULL OR id IN (SELECT value FROM json_each(?1)))""",
        None if ids is None else json.dumps(sorted(ids)),
    )
    return {row["number"]: row["id"] for row in rows}
