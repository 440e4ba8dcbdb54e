"""Folders of customers that nobody declared, on file: which were told of. A keyed digest stands for each name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from monitor.findings.finding import Finding
from monitor.store.ledger import Ledger
from monitor.store.rows import stamp


def unknown(ledger: Ledger, asset: str, keys: Iterable[str]) -> tuple[str, ...]:
    """Those of the folders of an asset that nobody was told of."""
    known = {row["key"] for row in ledger.rows("SELECT key FROM strangers WHERE asset = ?", asset)}
    return tuple(key for key in keys if key not in known)


def append(ledger: Ledger, finding: Finding, keys: Iterable[str], at: datetime) -> None:
    """Put on file that they are told of with this change. The caller holds a `step`."""
    ledger.executemany(
        "INSERT INTO strangers VALUES (?, ?, ?, ?, ?)",
        [(finding.asset, key, finding.id, finding.sequence, stamp(at)) for key in keys],
    )
