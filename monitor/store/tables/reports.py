"""Reports on file, as they were made, with what they were made from; each has a record in the evidence log.

They are deleted at a declared age; that they were there, and that they were deleted, stays in the log."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Row
from typing import Any

from monitor.store.ledger import Ledger
from monitor.store.rows import stamp, when
from monitor.store.schema.stored import unpacked, value_of

COLUMNS = ("at", "kind", "party", "about", "language", "digest", "template", "engine", "seal")


@dataclass(frozen=True, slots=True)
class FiledReport:
    """One report that was put on file. `about` is its month, or its finding."""

    at: datetime
    kind: str
    party: str
    about: str
    language: str
    digest: str
    """SHA-256 of its content."""
    template: str
    """SHA-256 of what lays it out."""
    engine: str
    """The program that made it."""
    seal: str
    """SHA-256 over the three: it stands in the evidence log."""
    id: int = 0


def file(ledger: Ledger, report: FiledReport, content: dict[str, Any]) -> int:
    """Put a report on file and in the evidence log; its number. Raises LedgerUnusable."""
    row = (stamp(report.at), *(getattr(report, name) for name in COLUMNS[1:]))
    body = zlib.compress(json.dumps(content, ensure_ascii=False, sort_keys=True).encode())
    with ledger.step():
        cursor = ledger.execute(
            f"INSERT INTO reports ({', '.join(COLUMNS)}, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608  names of ours
            *row,
            body,
        )
        # The seal alone is public: it says nothing, and whoever has the report finds it in the log.
        ledger.log.add("reports", [report.seal], report.at, {"report": dict(zip(COLUMNS, row, strict=True))})
        return cursor.lastrowid or 0


DELETED = "reports_deleted"
"""The section of the evidence log that names the seals of reports that were deleted at their age."""


def delete_older(ledger: Ledger, before: datetime, now: datetime, most: int = 20) -> int:
    """Delete reports that were filed before that time, a few; how many. The evidence log says of each that it was
    there, and that it was deleted. Raises LedgerUnusable."""
    rows = ledger.rows("SELECT id, at, seal FROM reports ORDER BY id LIMIT ?", most)
    # They are on file in the order of their time, so the first that is young enough ends the search.
    young = next((n for n, row in enumerate(rows) if row["at"] >= stamp(before)), len(rows))
    if young:
        with ledger.step():
            for row in rows[:young]:
                ledger.log.add(DELETED, [row["seal"]], now)
            ledger.executemany("DELETE FROM reports WHERE id = ?", [(row["id"],) for row in rows[:young]])
    return young


def filed(ledger: Ledger, before: int, most: int) -> tuple[FiledReport, ...]:
    """The reports on file, newest first, before a number."""
    names = ", ".join(COLUMNS)
    rows = ledger.rows(f"SELECT id, {names} FROM reports WHERE id < ? ORDER BY id DESC LIMIT ?", before, most)  # noqa: S608  names of ours
    return tuple(map(_report, rows))


def one(ledger: Ledger, id_: int) -> tuple[FiledReport, dict[str, Any]] | None:
    """A report with its content; None when there is none."""
    for row in ledger.rows("SELECT * FROM reports WHERE id = ?", id_):
        content: dict[str, Any] = value_of(unpacked(row["body"]))
        return _report(row), content
    return None


def _report(row: Row) -> FiledReport:
    rest = {name: str(row[name]) for name in COLUMNS[1:]}
    return FiledReport(at=when(row["at"]), id=row["id"], **rest)
