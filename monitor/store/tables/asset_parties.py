"""Which parties were in the chain of an asset, and when: rows that are only ever appended and ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from monitor.store.ledger import Ledger
from monitor.store.rows import stamp

TOGETHER = 2000
"""Rows in one transaction."""


def note(ledger: Ledger, chains: Mapping[str, frozenset[str]], now: datetime) -> None:
    """As `noting`, to its end."""
    for _ in noting(ledger, chains, now):
        pass


def noting(ledger: Ledger, chains: Mapping[str, frozenset[str]], now: datetime) -> Iterator[None]:
    """Put on file who is in the chain of each asset from now on; in small steps, each a transaction of its own, with a
    pause after each. Raises LedgerUnusable."""
    rows = ledger.rows("SELECT asset, party FROM asset_parties WHERE until IS NULL")
    before = {(row["asset"], row["party"]) for row in rows}
    after = {(asset, party) for asset, parties in chains.items() for party in parties}
    at = stamp(now)
    for sql, pairs in (
        ("UPDATE asset_parties SET until = ?1 WHERE asset = ?2 AND party = ?3 AND until IS NULL", before - after),
        ("INSERT INTO asset_parties (asset, party, since) VALUES (?2, ?3, ?1)", after - before),
    ):
        every = sorted(pairs)
        for first in range(0, len(every), TOGETHER):
            with ledger.step():
                ledger.executemany(sql, [(at, asset, party) for asset, party in every[first : first + TOGETHER]])
            yield
