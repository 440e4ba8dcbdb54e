"""The networks from which this ledger has seen anything: the first is its own, and is written as an empty text."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from monitor.store.rows import stamp

if TYPE_CHECKING:
    from monitor.store.ledger import Ledger


def filed(ledger: Ledger, name: str, now: datetime) -> str:
    """What a network is written as: empty for the ledger's own, which is the first that it hears of, else its name.

    So rows of a time before there were several networks need no change. Within a step.
    """
    for row in ledger.rows("SELECT own FROM networks WHERE name = ?", name):
        return "" if row["own"] else name
    (own,) = ledger.rows("SELECT count(*) = 0 AS first FROM networks WHERE own")
    ledger.execute("INSERT INTO networks VALUES (?, ?, ?)", name, own["first"], stamp(now))
    return "" if own["first"] else name


def named(ledger: Ledger) -> dict[str, str]:
    """The name of each network by what it is written as, the own one first; empty while there is only one: there is
    nothing to tell apart then."""
    rows = ledger.rows("SELECT name, own FROM networks ORDER BY own DESC, name")
    return {"" if row["own"] else row["name"]: row["name"] for row in rows} if len(rows) > 1 else {}
