"""What the hub of a fleet remembers of hosts over its restarts: which are looked at alone, and which are left alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from monitor.store.ledger import Ledger
from monitor.store.rows import stamp, when


def look_alone(ledger: Ledger, vantage: str, assets: Iterable[str]) -> None:
    """A look at these assets has ended a worker of the vantage: each is in a batch by itself from now on. Raises
    LedgerUnusable."""
    with ledger.step():
        ledger.executemany("INSERT OR IGNORE INTO looked_at_alone VALUES (?, ?)", [(vantage, id_) for id_ in assets])


def look_together(ledger: Ledger, vantage: str, assets: Iterable[str]) -> None:
    """A look at these assets succeeded again. Raises LedgerUnusable."""
    with ledger.step():
        sql = "DELETE FROM looked_at_alone WHERE vantage = ? AND asset = ?"
        ledger.executemany(sql, [(vantage, id_) for id_ in assets])


def alone(ledger: Ledger) -> frozenset[tuple[str, str]]:
    """Vantages, and the assets that are looked at alone from there."""
    return frozenset((row["vantage"], row["asset"]) for row in ledger.rows("SELECT * FROM looked_at_alone"))


def hold(ledger: Ledger, until: Iterable[tuple[str, datetime]]) -> None:
    """Hosts, by their names, said Retry-After until then. Raises LedgerUnusable."""
    with ledger.step():
        sql = "INSERT INTO held_hosts VALUES (?, ?) ON CONFLICT DO UPDATE SET until = max(until, excluded.until)"
        ledger.executemany(sql, [(name, stamp(at)) for name, at in until])


def held(ledger: Ledger, now: datetime) -> dict[str, datetime]:
    """The names of hosts that want to be left alone now, and until when; what is over is forgotten. Raises
    LedgerUnusable."""
    with ledger.step():
        ledger.execute("DELETE FROM held_hosts WHERE until <= ?", stamp(now))
    return {row["pace"]: when(row["until"]) for row in ledger.rows("SELECT * FROM held_hosts")}
