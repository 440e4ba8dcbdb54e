"""Which legal clock has warned its party at which level, on file: rows that are only ever appended."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import datetime

from monitor.findings.clock_key import ClockKey
from monitor.store.ledger import Ledger
from monitor.store.rows import stamp


def warned(ledger: Ledger, findings: Collection[str]) -> dict[str, dict[ClockKey, int]]:
    """The highest level at which each clock of these findings has warned, in percent; by finding."""
    found: dict[str, dict[ClockKey, int]] = {}
    for r in ledger.rows(
        """SELECT finding, party, duty, basis, receiver, max(level) AS level FROM clock_warnings
           WHERE finding IN (SELECT value FROM json_each(?)) GROUP BY finding, party, duty, basis, receiver""",
        json.dumps(list(findings)),
    ):
        found.setdefault(r["finding"], {})[ClockKey(r["party"], r["duty"], r["basis"], r["receiver"])] = r["level"]
    return found


def told_in(ledger: Ledger, finding: str, sequence: int, party: str) -> frozenset[ClockKey]:
    """The clocks that one message to a party was about."""
    rows = ledger.rows(
        "SELECT duty, basis, receiver FROM clock_warnings WHERE finding = ? AND sequence = ? AND party = ?",
        finding,
        sequence,
        party,
    )
    return frozenset(ClockKey(party, r["duty"], r["basis"], r["receiver"]) for r in rows)


def append(ledger: Ledger, finding: str, sequence: int, levels: Iterable[tuple[ClockKey, int]], at: datetime) -> None:
    """Put on file that clocks have warned. The caller holds a `step`, in which the messages are owed."""
    ledger.executemany(
        "INSERT INTO clock_warnings VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(finding, one.party, one.duty, one.basis, one.to, level, sequence, stamp(at)) for one, level in levels],
    )


def waiting(ledger: Ledger) -> tuple[str, ...]:
    """The findings with a warning that was not sent yet."""
    rows = ledger.rows(
        "SELECT DISTINCT finding FROM dues WHERE step = 'warned' AND state IN ('owed', 'held', 'grouped')"
    )
    return tuple(row["finding"] for row in rows)
