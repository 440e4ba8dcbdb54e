"""What the columns of a database may hold, and what stands there instead where one holds something else.

SQLite keeps whatever a bad disk, or a hand, puts into a column: bytes that are no text, a text for a number, nothing
where something must be. Every table is read by what it was made with, also those whose rows are only ever appended.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from monitor.store.rows import when
from monitor.store.schema.stored import any_text

_MOST: Final = {"day": 2_900_000, "first": 86_400, "last": 2**53, "gap": 86_400}
"""The largest number of a column of that name: the last day of the calendar, a second of a day."""
_LARGEST = 2**53
"""No other number on file comes near it: microseconds since 1970 do not for two centuries."""
_TIMES: Final = {
    *("at", "started", "ended", "created", "due", "first_seen", "last_seen", "since", "until", "good", "sent"),
    *("deadline", "last_clear", "last_conclusive", "began", "seen", "proven", "made", "ends", "used", "revoked"),
    *("planted", "looked_at", "told", "acknowledged", "withdrawn", "lease", "sending"),
}
"""Texts of these names are times."""
_EVIDENCE: Final = {"log_records", "log_blocks", "log_checkpoints", "log_time_stamps", "reports"}
"""What others were shown is never mended: `leftopen verify` has to see that it is damaged."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column as its table was made with it."""

    name: str
    kind: str
    may_be_null: bool
    default: str | None
    key: bool


_SEQ: Final = Column("seq", "INTEGER", may_be_null=False, default=None, key=True)
_HAS_LOG: Final = "SELECT 1 FROM sqlite_master WHERE name = 'log_records'"


@dataclass(frozen=True, slots=True)
class Rules:
    """What the tables of one database hold beyond the types of their columns."""

    words: Mapping[str, tuple[frozenset[str], str]] = field(default_factory=dict)
    """By `table.column`: the words that it may hold, and the one that stands there instead."""
    values: Mapping[str, tuple[Callable[[str], object], str]] = field(default_factory=dict)
    """By `table.column` of JSON: what reads it, or raises ValueError; and what stands there instead."""
    blobs: Mapping[str, tuple[Callable[[bytes], object], bytes | None]] = field(default_factory=dict)
    """By `table.column` of bytes: what reads them, or raises ValueError; and what stands there instead."""
    also: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By table: what a row says besides, once something in it was damaged."""
    forgotten: frozenset[str] = frozenset()
    """Tables whose damaged rows are deleted: what they say is asked or said anew."""
    types_alone: frozenset[str] = frozenset()
    """Tables whose texts are read by others, who know better what stands there instead."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A row that holds what does not fit."""

    row: dict[str, Any]
    """As it stands; a text that is no UTF-8 is bytes."""
    number: tuple[Any, ...]
    """What tells it from the others of its table."""
    columns: tuple[Column, ...]
    """Those that do not fit."""


def mend_columns(connection: sqlite3.Connection, rules: Rules, now: str) -> list[tuple[str, Wrong]]:
    """Put what is careful in place of what does not fit; what stood there, by table. Within a step."""
    found = [(table, one) for table in _tables(connection) for one in _wrong(connection, table, rules)]
    for table, one in found:
        _mend(connection, table, one, rules, now)
    return found + _renumbered(connection)


def _tables(connection: sqlite3.Connection) -> list[str]:
    """The tables whose rows may be mended."""
    sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 1) <> '_' AND name <> 'damaged_rows'"
    return [name for (name,) in _plain(connection, sql) if name not in _EVIDENCE]


def _wrong(connection: sqlite3.Connection, table: str, rules: Rules) -> list[Wrong]:
    """The rows of a table that hold what does not fit their columns."""
    columns = _columns(connection, table)
    keys = _keys(connection, table, columns)
    number = ", ".join(f"CAST({key} AS BLOB)" for key in keys)
    found = []
    with any_text(connection):
        for row in _cursor(connection).execute(f"SELECT {number}, * FROM {table}"):  # noqa: S608  names of the schema
            values = row[len(keys) :]
            bad = [one for one, value in zip(columns, values, strict=True) if not _fits(one, value, table, rules)]
            if bad:
                by_name = {one.name: value for one, value in zip(columns, values, strict=True)}
                found.append(Wrong(by_name, row[: len(keys)], tuple(bad)))
    return found


def _mend(connection: sqlite3.Connection, table: str, one: Wrong, rules: Rules, now: str) -> None:
    """Put what is careful in place of what does not fit; a row that cannot be mended is deleted. Within a step."""
    where = " AND ".join(f"CAST({key} AS BLOB) IS ?" for key in _keys(connection, table, _columns(connection, table)))
    new = {column.name: _instead(column, one.row[column.name], table, rules, now) for column in one.columns}
    new |= rules.also.get(table, {})
    with _without_triggers(connection, table):
        try:
            if table in rules.forgotten:
                raise sqlite3.IntegrityError
            sets = ", ".join(f"{name} = ?" for name in new)
            connection.execute(f"UPDATE {table} SET {sets} WHERE {where}", (*new.values(), *one.number))  # noqa: S608
        except sqlite3.IntegrityError:
            # Of two rows with one key, or one that is of no use.
            connection.execute(f"DELETE FROM {table} WHERE {where}", one.number)  # noqa: S608  names of the schema


def _renumbered(connection: sqlite3.Connection) -> list[tuple[str, Wrong]]:
    """A record of the evidence log whose number cannot be gets the one that is missing: the next one must follow it."""
    among = "FROM log_records WHERE seq NOT BETWEEN 0 AND (SELECT count(*) - 1 FROM log_records)"
    missing = """SELECT min(n) FROM (SELECT 0 AS n UNION ALL SELECT seq + 1 FROM log_records WHERE seq >= 0)
                 WHERE n NOT IN (SELECT seq FROM log_records)"""
    with _without_triggers(connection, "log_records"):
        found = _plain(connection, f"SELECT seq {among}") if _plain(connection, _HAS_LOG) else []
        for one in found:
            connection.execute(f"UPDATE log_records SET seq = ({missing}) WHERE seq = ?", one)  # noqa: S608
    return [("log_records", Wrong({"seq": seq}, (seq,), (_SEQ,))) for (seq,) in found]


@contextmanager
def _without_triggers(connection: sqlite3.Connection, table: str) -> Iterator[None]:
    """They forbid to rewrite history. What a bad disk wrote over it is none; the log still says what stood there."""
    triggers = _plain(connection, "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", table)
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    yield
    for _, sql in triggers:
        connection.execute(sql)


def _fits(column: Column, value: Any, table: str, rules: Rules) -> bool:
    if value is None:
        return column.may_be_null
    where = f"{table}.{column.name}"
    if column.kind == "INTEGER":
        return type(value) is int and 0 <= value <= _MOST.get(column.name, _LARGEST)
    if column.kind == "BLOB":
        return type(value) is bytes and (where not in rules.blobs or _reads(rules.blobs[where][0], value))
    if type(value) is not str:
        return column.kind != "TEXT"
    if table in rules.types_alone or (column.default == "''" and not value):
        return True
    if where in rules.words:
        return value in rules.words[where][0]
    if where in rules.values:
        return _reads(rules.values[where][0], value)
    return column.name not in _TIMES or _reads(when, value)


def _instead(column: Column, value: Any, table: str, rules: Rules, now: str) -> Any:
    where = f"{table}.{column.name}"
    if where in rules.words:
        return rules.words[where][1]
    if where in rules.values:
        return rules.values[where][1]
    if where in rules.blobs:
        return rules.blobs[where][1]
    if isinstance(value, bytes) and column.kind == "TEXT" and (table in rules.types_alone or column.name not in _TIMES):
        return value.decode("utf-8", "replace")
    if column.may_be_null:
        return None
    if column.kind == "TEXT":
        return now if column.name in _TIMES and table not in rules.types_alone else ""
    return 0 if column.kind == "INTEGER" else b""


def _reads(read: Callable[[Any], object], value: Any) -> bool:
    try:
        read(value)
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError):
        return False
    return True


def _columns(connection: sqlite3.Connection, table: str) -> list[Column]:
    info = _plain(connection, f"PRAGMA table_info({table})")
    return [Column(name, kind, not need and not key, default, bool(key)) for _, name, kind, need, default, key in info]


def _keys(connection: sqlite3.Connection, table: str, columns: list[Column]) -> list[str]:
    sql = "SELECT wr FROM pragma_table_list(?) WHERE schema = 'main'"
    without_number = _plain(connection, sql, table)[0][0]
    return [one.name for one in columns if one.key] if without_number else ["rowid"]


def _plain(connection: sqlite3.Connection, sql: str, *given: object) -> list[tuple[Any, ...]]:
    return _cursor(connection).execute(sql, given).fetchall()


def _cursor(connection: sqlite3.Connection) -> sqlite3.Cursor:
    cursor = connection.cursor()
    cursor.row_factory = None
    return cursor
