"""Which parties were in the chain of an asset, and when: rows that are only ever appended and ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from monitor.store.ledger import Ledger
from monitor.store.rows import stamp


def note(ledger: Ledger, chains: Mapping[str, frozenset[str]], now: datetime) -> int:
    """Put on file who is in the chain of each asset from now on; how many rows that took. Raises LedgerUnusable."""
    rows = ledger.rows("SELECT asset, party FROM asset_parties WHERE until IS NULL")
    before = {(row["asset"], row["party"]) for row in rows}
    after = {(asset, party) for asset, parties in chains.items() for party in parties}
    if before == after:
        return 0
    at = stamp(now)
    with ledger.step():
        ledger.executemany(
            "UPDATE asset_parties SET until = ? WHERE asset = ? AND party = ? AND until IS NULL",
            ((at, asset, party) for asset, party in sorted(before - after)),
        )
        ledger.executemany(
            "INSERT INTO asset_parties (asset, party, since) VALUES (?, ?, ?)",
            ((asset, party, at) for asset, party in sorted(after - before)),
        )
    return len(before ^ after)
