"""Writes a look: its row, and what the day of its series comes to with it, in the recorder's transaction.

A series is the looks of one probe at one endpoint of an asset. Its row holds what the current day came to so far; when
the day ends, or when something else is seen, that goes to `days`.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from datetime import datetime

from monitor.findings.observation import Observation
from monitor.store.looks.slots import bit_of, day_and_second, pack, unpack
from monitor.store.rows import record, stamp, verdict_row, verdict_word


def observe(connection: sqlite3.Connection, round_: str, observation: Observation) -> tuple[int, bytes, bytes]:
    """Put a look on file; its row, and the digests of what it asked and of its verdicts. Within a step."""
    words = Counter(verdict_word(verdict) for verdict in observation.verdicts)
    (asked, asked_digest), (verdicts, verdicts_digest) = (
        _record(connection, value)
        for value in (
            [[one.method, one.said, one.outcome, one.wire] for one in observation.asked],
            [verdict_row(verdict) for verdict in observation.verdicts],
        )
    )
    asks, wire = len(observation.asked), sum(one.wire for one in observation.asked)
    key = (observation.asset, observation.probe, str(observation.target))
    series = fold(connection, key, observation.ended, verdicts, asks, wire)
    cursor = connection.execute(
        """INSERT INTO observations (round, series, started, ended, asks, wire, exposed, clear, unknown, asked,
           verdicts, timings) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            round_,
            series,
            stamp(observation.started),
            stamp(observation.ended),
            asks,
            wire,
            words["exposed"],
            words["clear"],
            words["unknown"],
            asked,
            verdicts,
            record([one.milliseconds for one in observation.asked])[1],
        ),
    )
    return cursor.lastrowid or 0, asked_digest, verdicts_digest


def fold(
    connection: sqlite3.Connection, key: tuple[str, str, str], at: datetime, verdicts: int, asks: int, wire: int
) -> int:
    """Count a look that ended at `at` into the day of its series (asset, probe, endpoint); returns the series."""
    day, second = day_and_second(at)
    found = connection.execute(
        """SELECT id, day, verdicts, looks, first, last, gap, asks, wire, slots FROM series
           WHERE asset = ? AND probe = ? AND endpoint = ?""",
        key,
    ).fetchone()
    if found is None:
        cursor = connection.execute("INSERT INTO series (asset, probe, endpoint) VALUES (?, ?, ?)", key)
        series, last_day, last_verdicts, row = cursor.lastrowid or 0, 0, 0, None
    else:
        series, last_day, last_verdicts, *row = found
    if row and (last_day, last_verdicts) == (day, verdicts):
        looks, first, last, gap, asked, read, slots = row
        values = (
            looks + 1,
            min(first, second),
            max(last, second),
            max(gap, second - last),
            asked + asks,
            read + wire,
            pack(unpack(slots) | bit_of(second)),
        )
    else:
        if row and row[0]:
            close(connection, (series, last_day, last_verdicts, *row))
        values = (1, second, second, 0, asks, wire, pack(bit_of(second)))
    connection.execute(
        """UPDATE series SET day = ?, verdicts = ?, looks = ?, first = ?, last = ?, gap = ?, asks = ?, wire = ?,
           slots = ? WHERE id = ?""",
        (day, verdicts, *values, series),
    )
    return series


def close(connection: sqlite3.Connection, row: tuple[int, int, int, int, int, int, int, int, int, bytes]) -> None:
    """Put a part of a day that is over into `days`; its values are in the order of the columns."""
    series, day, verdicts, looks, first, last, gap, asks, wire, slots = row
    before = connection.execute(
        "SELECT slots FROM days WHERE series = ? AND day = ? AND verdicts = ?", (series, day, verdicts)
    ).fetchone()
    if before is not None:
        slots = pack(unpack(slots) | unpack(before[0]))
    connection.execute(
        """INSERT INTO days (series, day, verdicts, looks, first, last, gap, asks, wire, slots)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (series, day, verdicts) DO UPDATE SET
           looks = looks + excluded.looks, first = min(first, excluded.first), last = max(last, excluded.last),
           gap = max(gap, excluded.gap), asks = asks + excluded.asks, wire = wire + excluded.wire,
           slots = excluded.slots""",
        (series, day, verdicts, looks, first, last, gap, asks, wire, slots),
    )


def _record(connection: sqlite3.Connection, value: object) -> tuple[int, bytes]:
    digest, body = record(value)
    found = connection.execute("SELECT id FROM records WHERE digest = ?", (digest,)).fetchone()
    if found is not None:
        return int(found[0]), digest
    cursor = connection.execute("INSERT INTO records (digest, body) VALUES (?, ?)", (digest, body))
    return cursor.lastrowid or 0, digest
