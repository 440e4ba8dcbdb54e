"""Rows as CSV for a spreadsheet, in which no text is run as a formula."""

from __future__ import annotations

import csv
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from monitor.api.csv_text import cell


def print_csv(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print rows that share their keys, with a heading; nothing when there are none."""
    if rows:
        writer = csv.DictWriter(sys.stdout, rows[0].keys())
        writer.writeheader()
        writer.writerows({key: cell(value) for key, value in row.items()} for row in rows)
