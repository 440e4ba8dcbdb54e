"""Writes a look in the recorder's transaction: a row of its own if anything is new, else one look more of the same.

A series is the looks of one probe at one endpoint of an asset, from one network; looks that take turns over what they
ask have a series a turn beside the first. Its row says when it was last looked at, and holds what the current day came
to so far; when the day ends, or when something else is seen, that goes to `days`. Places refer to the series that saw
them last.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b, sha256
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

from monitor.findings.observation import Observation
from monitor.store.looks.slots import bit_of, day_and_second, pack, unpack
from monitor.store.rows import packed, record, stamp, verdict_row
from monitor.store.schema.stored import RowDamaged
from monitor.store.tables import places
from probes.api import Clear, Exposed, WebTarget


class Recorded(NamedTuple):
    """Where a look is on file."""

    observation: int
    """The row that says what was asked and seen; of an unchanged look that of the first of its kind."""
    series: int
    asked: bytes
    """The digest of what was asked."""
    verdicts: bytes
    """The digest of what was seen."""
    endpoint: str
    counts: tuple[int, int, int, int, int]
    """Requests, bytes, and verdicts that are exposed, clear and unknown. What was proven in the middle of a look has no
    requests of its own: they are of the look itself."""


class _Day(NamedTuple):
    """What a series came to on one day while it saw the same, as its row has it."""

    day: int
    verdicts: int
    looks: int
    first: int
    last: int
    gap: int
    asks: int
    wire: int
    packed: bytes

    @property
    def slots(self) -> int:
        """Its slots. Raises RowDamaged."""
        try:
            return unpack(self.packed)
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise RowDamaged from error


_Key: TypeAlias = tuple[str, str, str, str, str]
"""What a series is of: asset, probe, endpoint, turn, network."""

Ahead: TypeAlias = dict[_Key, tuple[Any, ...]]
"""What is on file of series whose looks are about to be put there."""


def read_ahead(connection: sqlite3.Connection, observations: Iterable[Observation]) -> Ahead:
    """What is on file of the series of looks, by a few queries: one for each takes three times as long. Within a
    step."""
    keys, found = [_key(one) for one in observations], dict[_Key, tuple[Any, ...]]()
    for first in range(0, len(keys), _AT_ONCE):
        some = keys[first : first + _AT_ONCE]
        # Always as many: SQLite has one statement ready for all. What is missing finds nothing.
        values = [*chain.from_iterable(some), *_NO_KEY * (_AT_ONCE - len(some))]
        found |= {tuple(row[:5]): tuple(row[5:]) for row in connection.execute(_FIND_ALL, values)}
    return found


def observe(
    connection: sqlite3.Connection, round_: str, looks: Iterable[Observation], whole: bool, ahead: Ahead
) -> list[Recorded]:
    """Put looks on file; with `whole` a row of its own for each, even when it saw the same as the last. Within a step.

    What was read `ahead` in this step is used, and taken out when it no longer holds.
    """
    folds = _Folds(connection, round_)
    recorded = [_observe(connection, round_, seen, whole, ahead, folds) for seen in looks]
    folds.write()
    return recorded


def _observe(
    connection: sqlite3.Connection, round_: str, seen: Observation, whole: bool, ahead: Ahead, folds: _Folds
) -> Recorded:
    key = _key(seen)
    kinds = [*map(type, seen.verdicts)]
    exposed, clear = kinds.count(Exposed), kinds.count(Clear)
    wire = sum([one.wire for one in seen.asked])
    counts = (len(seen.asked), wire, exposed, clear, len(kinds) - exposed - clear)
    # The look that goes on has all of these requests too: they are summed up once.
    summed = (0, 0, *counts[2:]) if seen.early else counts
    same = _identity(seen)
    found: Any = ahead.pop(key, None)
    new = False
    if found is None:
        folds.write()  # what waits there may be of this very series
        found, new = _find(connection, key)
    id_, head, before, observation, asked, verdicts = found[:6]
    current = _Day._make(found[6:])
    if before == same and not whole and None not in (asked, verdicts):
        folds.add((id_, head), current, current.verdicts, seen, summed)
        return Recorded(observation, id_, asked, verdicts, key[2], summed)
    folds.write()
    for other in [one for one in ahead if one[:3] == key[:3]]:
        del ahead[other]  # another turn there may see something else, from now on
    rows = [verdict_row(verdict) for verdict in seen.verdicts]
    asked_id, asked = _record(connection, [[one.method, one.said, one.outcome, one.wire] for one in seen.asked])
    verdicts_id, verdicts = _record(connection, rows)
    cursor = connection.execute(
        """INSERT INTO observations (round, series, started, ended, asks, wire, exposed, clear, unknown, asked,
           verdicts, timings) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            round_,
            id_,
            stamp(seen.started),
            stamp(seen.ended),
            *counts,
            asked_id,
            verdicts_id,
            packed(record([one.milliseconds for one in seen.asked])),
        ),
    )
    observation = cursor.lastrowid or 0
    if not new:
        places.settle(connection, id_, head)
        if places.differ(connection, seen, rows):
            # What another turn has seen of the same places no longer holds: its next look is put on file whole.
            connection.execute("UPDATE series SET same = NULL WHERE head = ? AND id <> ?", (head, id_))
    row = (head, same, observation, id_)
    connection.execute("UPDATE series SET head = ?, same = ?, observation = ? WHERE id = ?", row)
    folds.add((id_, head), current, verdicts_id, seen, summed)
    # In a whole look all places are as those that every turn looks at, until the next turn says otherwise.
    turned = seen.target.in_turn if isinstance(seen.target, WebTarget) else ()
    places.mark(connection, seen, rows, [id_ if one.place.path in turned else head for one in seen.verdicts])
    return Recorded(observation, id_, asked, verdicts, key[2], summed)


_ON_FILE = """s.id, s.head, s.same, s.observation, a.digest, v.digest,
s.day, s.verdicts, s.looks, s.first, s.last, s.gap, s.asks, s.wire, s.slots"""
_RECORDS = """LEFT JOIN observations o ON o.id = s.observation LEFT JOIN records a ON a.id = o.asked
LEFT JOIN records v ON v.id = s.verdicts"""
_FIND = f"""SELECT {_ON_FILE} FROM series s {_RECORDS}
WHERE s.asset = ? AND s.probe = ? AND s.endpoint = ? AND s.part = ? AND s.network = ?"""  # noqa: S608  columns of ours
_AT_ONCE, _NO_KEY = 32, (None,) * 5
"""Series that one query finds, and a key that none has."""
_FIND_ALL = f"""WITH k (asset, probe, endpoint, part, network) AS (VALUES {", ".join(["(?, ?, ?, ?, ?)"] * _AT_ONCE)})
SELECT s.asset, s.probe, s.endpoint, s.part, s.network, {_ON_FILE} FROM k JOIN series s ON s.asset = k.asset
AND s.probe = k.probe AND s.endpoint = k.endpoint AND s.part = k.part AND s.network = k.network
{_RECORDS}"""  # noqa: S608  columns of ours


def _key(seen: Observation) -> _Key:
    return seen.asset, seen.probe, str(seen.target), _turn(seen), seen.network


def _find(connection: sqlite3.Connection, key: _Key) -> tuple[Any, bool]:
    """What is on file of a series, and whether nothing was of all its turns: it is begun then."""
    sql = "INSERT OR IGNORE INTO series (asset, probe, endpoint, part, network) VALUES (?, ?, ?, ?, ?)"
    *endpoint, turn, network = key
    made = connection.execute(sql, (*endpoint, "", network))
    if made.rowcount and not turn:
        return (made.lastrowid, made.lastrowid, *_NOTHING), True
    connection.execute(sql, key)
    connection.execute(
        """UPDATE series SET head =
           (SELECT id FROM series WHERE (asset, probe, endpoint, part, network) = (?1, ?2, ?3, '', ?4))
           WHERE asset = ?1 AND probe = ?2 AND endpoint = ?3 AND network = ?4 AND head IS NULL""",
        (*endpoint, network),
    )
    return connection.execute(_FIND, key).fetchone(), False


_NOTHING = (None, None, None, None, 0, None, 0, 0, 0, 0, 0, 0, b"")
"""What a new series has seen, as `_ON_FILE` has it."""


def _turn(seen: Observation) -> str:
    target = seen.target
    if not isinstance(target, WebTarget) or not target.turn:
        return ""
    # What should have rested was asked after all: that is a whole look.
    return "" if any(one.place.path in target.resting for one in seen.verdicts) else target.turn


def _identity(seen: Observation) -> bytes:
    """What tells two looks apart: what was asked and how it was answered, and every verdict; not sizes and times."""
    lines = [f"{one.method} {one.said} {one.outcome}" for one in seen.asked]
    kind: type | None = None
    host, port, begin = None, None, ""
    for one in seen.verdicts:
        place = one.place
        # The places of a look are mostly of one host and seen the same.
        if type(one) is not kind or place.host is not host or place.port != port:
            kind, host, port = type(one), place.host, place.port
            begin = f"{kind.__name__} {host or ''} {port}"
        # Joined, since a reason is a text already: to format it costs as much as all the rest.
        lines.append(" ".join((begin, place.path, one.kind, one.why)))
        if one.facts or one.checks:
            lines.append(f"{one.facts} {[(check.name, check.verdict, check.why.value) for check in one.checks]}")
    return blake2b("\n".join(lines).encode("utf-8", "surrogatepass"), digest_size=16).digest()


@dataclass(slots=True)
class _Folds:
    """Looks that are counted into the days of their series: those that wait are written by one statement."""

    _connection: sqlite3.Connection
    _round: str
    _rows: list[tuple[object, ...]] = field(default_factory=list)
    _heads: list[tuple[object, ...]] = field(default_factory=list)
    _waiting: set[int] = field(default_factory=set)
    """The series of which something waits: what comes of them later is written later."""

    def add(
        self,
        series: tuple[int, int],
        current: _Day,
        verdicts: int,
        seen: Observation,
        counts: tuple[int, int, int, int, int],
    ) -> None:
        """Count a look into the day of its series: its own number, and that of the first of its turns."""
        id_, head = series
        if not self._waiting.isdisjoint(series):
            self.write()
        self._waiting.update(series)
        day, second = day_and_second(seen.ended)
        asks, wire, *_ = counts
        at = stamp(seen.ended)
        # What an endpoint looked like stays on file while it does not answer.
        front = seen.asked[0].front if seen.asked else ""
        if current.day == day and current.verdicts == verdicts and current.looks:
            since = second - current.last
            gap = since if since > current.gap else current.gap
            first = second if second < current.first else current.first
            last = second if since > 0 else current.last
            slots = pack(current.slots | bit_of(second))
            self._rows.append((at, self._round, front, first, last, gap, asks, wire, slots, id_))
        else:
            if current.looks:
                _close(self._connection, id_, current)
            self._connection.execute(
                """UPDATE series SET at = ?, round = ?, front = coalesce(nullif(?, ''), front), day = ?, verdicts = ?,
                   looks = 1, first = ?, last = ?, gap = 0, asks = ?, wire = ?, slots = ? WHERE id = ?""",
                (at, self._round, front, day, verdicts, second, second, asks, wire, pack(bit_of(second)), id_),
            )
        if head != id_:
            self._heads.append((at, self._round, front, head))

    def write(self) -> None:
        """Put on file what waits."""
        # What stays is not named: SQLite looks up what a column refers to, and writes its index, whenever it is.
        self._connection.executemany(
            """UPDATE series SET at = ?, round = ?, front = coalesce(nullif(?, ''), front), looks = looks + 1,
               first = ?, last = ?, gap = ?, asks = asks + ?, wire = wire + ?, slots = ? WHERE id = ?""",
            self._rows,
        )
        self._connection.executemany(
            "UPDATE series SET at = ?, round = ?, front = coalesce(nullif(?, ''), front) WHERE id = ?", self._heads
        )
        self._rows, self._heads = [], []
        self._waiting.clear()


def _close(connection: sqlite3.Connection, series: int, over: _Day) -> None:
    """Put what a day came to so far into `days`."""
    key = (series, over.day, over.verdicts)
    before = connection.execute("SELECT slots FROM days WHERE series = ? AND day = ? AND verdicts = ?", key).fetchone()
    slots = over.slots | (unpack(before[0]) if before is not None else 0)
    connection.execute(
        """INSERT INTO days (series, day, verdicts, looks, first, last, gap, asks, wire, slots)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (series, day, verdicts) DO UPDATE SET
           looks = looks + excluded.looks, first = min(first, excluded.first), last = max(last, excluded.last),
           gap = max(gap, excluded.gap), asks = asks + excluded.asks, wire = wire + excluded.wire,
           slots = excluded.slots""",
        (*key, over.looks, over.first, over.last, over.gap, over.asks, over.wire, pack(slots)),
    )


def _record(connection: sqlite3.Connection, value: object) -> tuple[int, bytes]:
    text = record(value)
    digest = sha256(text).digest()
    found = connection.execute("SELECT id FROM records WHERE digest = ?", (digest,)).fetchone()
    if found is not None:
        return int(found[0]), digest
    cursor = connection.execute("INSERT INTO records (digest, body) VALUES (?, ?)", (digest, packed(text)))
    return cursor.lastrowid or 0, digest
