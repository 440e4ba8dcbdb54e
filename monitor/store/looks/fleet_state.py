"""How the vantages of a fleet stand, by what they owe and by the rounds that came of their batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from monitor.store.ledger import Ledger
from monitor.store.rows import maybe, stamp, when

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class VantageState:
    """One vantage."""

    vantage: str
    owed: int
    """Batches that were given out and whose result has not come."""
    oldest: float
    """Seconds since the oldest of them was given out; 0: none is owed."""
    last_seen: datetime | None
    """When the last batch came back that was not blind."""
    last_blind: datetime | None
    """When the last one was blind, or did not come back."""
    batches: int
    """Batches of the last hour, those without a result among them."""
    blind: int
    """Those of them that were blind or did not come back."""

    @property
    def sees(self) -> bool:
        """Whether the last that is known of it is that it saw."""
        return self.last_seen is not None and (self.last_blind is None or self.last_blind < self.last_seen)

    def as_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "vantage": self.vantage,
            "sees": self.sees,
            "owed": self.owed,
            "oldest_seconds": round(self.oldest, 1),
            "last_seen": None if self.last_seen is None else stamp(self.last_seen),
            "last_blind": None if self.last_blind is None else stamp(self.last_blind),
            "batches_in_an_hour": self.batches,
            "blind_in_an_hour": self.blind,
        }


def fleet_state(ledger: Ledger, vantages: Sequence[str], now: datetime) -> tuple[VantageState, ...]:
    """How these vantages stand at `now`, in their order."""
    owed = {
        row["vantage"]: row
        for row in ledger.rows("SELECT vantage, count(*) AS n, min(created) AS first FROM owed GROUP BY vantage")
    }
    found = []
    for id_ in vantages:
        (last,) = ledger.rows(
            """SELECT max(CASE WHEN blind = '' THEN ended END) AS seen,
               max(CASE WHEN blind <> '' THEN ended END) AS blind,
               sum(started >= ?2) AS batches, sum(started >= ?2 AND blind <> '') AS late
               FROM rounds WHERE vantage = ?1 AND kind = 'round' AND ended IS NOT NULL""",
            id_,
            stamp(now - HOUR),
        )
        row = owed.get(id_)
        found.append(
            VantageState(
                id_,
                row["n"] if row else 0,
                (now - when(row["first"])).total_seconds() if row else 0.0,
                maybe(last["seen"]),
                maybe(last["blind"]),
                last["batches"] or 0,
                last["late"] or 0,
            )
        )
    return tuple(found)
