"""Reads what a column holds beyond its type: JSON, packed or not. SQLite cannot see that the inside of a text is
damaged; whoever reads it can, and says so in words."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

WAY_OUT = "`leftopen restore` puts a copy back"


class LedgerUnusable(Exception):
    """The database cannot be opened, read or written; the message says why and what to do."""


class RowDamaged(LedgerUnusable, ValueError):
    """What a column holds is nothing that was written there."""

    def __init__(self) -> None:
        super().__init__(f"cannot read the database: a row of it is damaged; {WAY_OUT}")


class reading_row:  # noqa: N801  it is called like a function, once for each row: as a generator it took four times as long
    """Whatever does not fit while a row becomes a value is damage of that row. Raises RowDamaged."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ValueError | TypeError | LookupError | AttributeError):
            raise RowDamaged from error


def of_damage(error: sqlite3.Error) -> bool:
    """Whether a query failed at what a row holds: a text that is no UTF-8 (Python says so itself: there is no code of
    SQLite's), what is no JSON, or a number that leads beyond the largest."""
    if getattr(error, "sqlite_errorcode", None) is None:
        return str(error).startswith("Could not decode to UTF-8")
    return str(error) in _OF_ROWS


_OF_ROWS = frozenset(("malformed JSON", "integer overflow", "datatype mismatch", "bad JSON path"))


class NoText(bytes):
    """What calls itself a text, and is no UTF-8."""


def _text(raw: bytes) -> str | NoText:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return NoText(raw)


@contextmanager
def any_text(connection: sqlite3.Connection) -> Iterator[None]:
    """Rows are read in here also where a text is no UTF-8."""
    before, connection.text_factory = connection.text_factory, _text
    try:
        yield
    finally:
        connection.text_factory = before


def value_of(text: str | bytes) -> Any:
    """The JSON value that a column holds. Raises RowDamaged."""
    try:
        return json.loads(text)
    except ValueError:
        raise RowDamaged from None


def unpacked(body: bytes) -> bytes:
    """What a column holds packed. Raises RowDamaged."""
    try:
        return zlib.decompress(body)
    except zlib.error:
        raise RowDamaged from None
