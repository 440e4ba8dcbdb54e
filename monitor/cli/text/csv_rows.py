"""Rows as CSV for a spreadsheet, in which no text is run as a formula."""

from __future__ import annotations

import csv
import sys
from collections.abc import Mapping, Sequence
from typing import Any


def print_csv(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print rows that share their keys, with a heading; nothing when there are none."""
    if rows:
        writer = csv.DictWriter(sys.stdout, rows[0].keys())
        writer.writeheader()
        writer.writerows({key: cell(value) for key, value in row.items()} for row in rows)


def cell(value: Any) -> str:
    """A value for a spreadsheet. A text that a spreadsheet would run as a formula is quoted."""
    text = " ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
