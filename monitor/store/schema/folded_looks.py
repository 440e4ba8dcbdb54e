"""The migration that gives looks their series, and every day of a series its figures, from the looks on file."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

_TABLES = (
    """CREATE TABLE new_records (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, body BLOB NOT NULL)""",
    """CREATE TABLE series (
         id INTEGER PRIMARY KEY, asset TEXT NOT NULL, probe TEXT NOT NULL, endpoint TEXT NOT NULL,
         part TEXT NOT NULL DEFAULT '',
         day INTEGER NOT NULL DEFAULT 0, verdicts INTEGER REFERENCES records(id), looks INTEGER NOT NULL DEFAULT 0,
         first INTEGER NOT NULL DEFAULT 0, last INTEGER NOT NULL DEFAULT 0, gap INTEGER NOT NULL DEFAULT 0,
         asks INTEGER NOT NULL DEFAULT 0, wire INTEGER NOT NULL DEFAULT 0, slots BLOB NOT NULL DEFAULT x'',
         UNIQUE (asset, probe, endpoint, part)
       )""",
    """CREATE TABLE days (
         series INTEGER NOT NULL REFERENCES series(id), day INTEGER NOT NULL,
         verdicts INTEGER NOT NULL REFERENCES records(id), looks INTEGER NOT NULL, first INTEGER NOT NULL,
         last INTEGER NOT NULL, gap INTEGER NOT NULL, asks INTEGER NOT NULL, wire INTEGER NOT NULL,
         slots BLOB NOT NULL, PRIMARY KEY (series, day, verdicts)
       ) WITHOUT ROWID""",
    """CREATE TABLE new_observations (
         id INTEGER PRIMARY KEY, round TEXT NOT NULL REFERENCES rounds(id),
         series INTEGER NOT NULL REFERENCES series(id), started TEXT NOT NULL, ended TEXT NOT NULL,
         asks INTEGER NOT NULL, wire INTEGER NOT NULL, exposed INTEGER NOT NULL, clear INTEGER NOT NULL,
         unknown INTEGER NOT NULL, asked INTEGER NOT NULL REFERENCES records(id),
         verdicts INTEGER NOT NULL REFERENCES records(id), timings BLOB NOT NULL
       )""",
)
_COPIES = (
    "INSERT INTO new_records (digest, body) SELECT leftopen_bytes(CAST(digest AS BLOB)), body FROM records",
    # What a look refers to and nobody finds: its body is damaged, and whoever reads it says so.
    """INSERT OR IGNORE INTO new_records (digest, body)
       SELECT leftopen_bytes(CAST(asked AS BLOB)), x'' FROM observations UNION ALL
       SELECT leftopen_bytes(CAST(sights AS BLOB)), x'' FROM observations""",
    "INSERT INTO series (asset, probe, endpoint) SELECT asset, probe, endpoint FROM observations GROUP BY 1, 2, 3",
    """INSERT INTO new_observations
       SELECT o.id, o.round, s.id, o.started, o.ended, o.asks, o.wire, o.exposed, o.clear, o.unknown, a.id, w.id,
       o.timings
       FROM observations o JOIN series s ON (s.asset, s.probe, s.endpoint) = (o.asset, o.probe, o.endpoint)
       JOIN new_records a ON a.digest = leftopen_bytes(CAST(o.asked AS BLOB))
       JOIN new_records w ON w.digest = leftopen_bytes(CAST(o.sights AS BLOB)) ORDER BY o.id""",
)
_CHANGE_PLACES = (
    "DROP TABLE observations",
    "DROP TABLE records",
    "ALTER TABLE new_records RENAME TO records",
    "ALTER TABLE new_observations RENAME TO observations",
    "CREATE INDEX observations_series ON observations(series, started)",
    "CREATE INDEX observations_round ON observations(round)",
    "CREATE INDEX observations_asked ON observations(asked)",
    "CREATE INDEX observations_verdicts ON observations(verdicts)",
    "CREATE INDEX days_verdicts ON days(verdicts)",
    "CREATE INDEX series_verdicts ON series(verdicts)",
    # The current day of a series stands in its own row.
    """CREATE VIEW all_days AS
       SELECT series, day, verdicts, looks, first, last, gap, asks, wire, slots FROM days UNION ALL
       SELECT id, day, verdicts, looks, first, last, gap, asks, wire, slots FROM series WHERE looks > 0""",
)


def apply(db: Database) -> None:
    """Every look that is on file stays; days are counted from them. Nothing may refer to other rows meanwhile."""
    db.conn.create_function("leftopen_bytes", 1, _digest, deterministic=True)
    for statement in (*_TABLES, *_COPIES):
        db.execute(statement)
    looks = db.execute("SELECT series, ended, verdicts, asks, wire FROM new_observations ORDER BY series, ended")
    days: dict[tuple[int, int, int], list[int]] = {}
    before, current = (0, 0), 0
    for series, ended, verdicts, asks, wire in looks:
        day, second = divmod(_second(ended), 86400)
        if series != current:
            _write(db, days)
            days, current, before = {}, series, (0, 0)
        bit = 1 << second // 300
        row = days.setdefault((series, day, verdicts), [0, second, second, 0, 0, 0, 0])
        if before == (day, verdicts):
            row[3] = max(row[3], second - row[2])
        row[0] += 1
        row[2] = second
        row[4] += asks
        row[5] += wire
        row[6] |= bit
        before = (day, verdicts)
    _write(db, days)
    for statement in _CHANGE_PLACES:
        db.execute(statement)


def _digest(written: bytes) -> bytes:
    """A digest as bytes. Of what is none another one, so that what refers to it still finds it."""
    with suppress(ValueError):
        return bytes.fromhex(written.decode("ascii"))
    return hashlib.sha256(written).digest()


def _second(written: str) -> int:
    """The second of a time; of what is none the first of all, long before keep_looks: such a day is deleted soon."""
    with suppress(ValueError, TypeError, OverflowError):
        return max(int(datetime.fromisoformat(written).timestamp()), 0)
    return 0


def _write(db: Database, days: dict[tuple[int, int, int], list[int]]) -> None:
    db.conn.executemany(
        "INSERT INTO days VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(*key, *row[:6], _packed(row[6])) for key, row in days.items()],
    )


def _packed(slots: int) -> bytes:
    empty = ((slots & -slots).bit_length() - 1) // 8
    rest = slots >> 8 * empty
    return bytes([empty]) + rest.to_bytes((rest.bit_length() + 7) // 8, "little")
