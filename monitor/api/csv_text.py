"""Rows as CSV for a spreadsheet, in which no text is run as a formula."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|")


def cell(value: Any) -> str:
    """A value for a spreadsheet. A text that a spreadsheet would run as a formula is quoted; a number is left alone.

    Spreadsheets pass over blanks in front, and take full-width signs for the usual ones.
    """
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    text = " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    text = "".join(f"[U+{ord(c):04X}]" if _unseen(c) else c for c in text)
    first = unicodedata.normalize("NFKC", text).lstrip(" \u00a0")[:1]
    return f"'{text}" if text[:1] in _FORMULA or first in _FORMULA else text


def _unseen(char: str) -> bool:
    """Whether a character shows nothing, and may do something: to a spreadsheet, or to a terminal."""
    kind = unicodedata.category(char)
    return kind in ("Cf", "Cs", "Zl", "Zp") or (kind == "Cc" and char not in "\t\r\n")


def csv_text(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """Rows as a file: see `table_csv`."""
    return table_csv(columns, ([row.get(column) for column in columns] for row in rows))


def table_csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table as a file, all quoted; with the mark without which some spreadsheets take it for another encoding."""
    out = io.StringIO(newline="")
    out.write("\ufeff")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(head)
    writer.writerows([cell(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8", "replace").decode()
