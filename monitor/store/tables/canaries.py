"""Blind canaries on file: places that we opened on purpose to time how soon somebody else's watching tells us."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.store.ledger import Ledger
from monitor.store.rows import maybe, stamp


class CanaryEvent(StrEnum):
    """What happened to a canary; each is put on file once."""

    PLANTED = "planted"
    """It was open from then on."""
    LOOKED_AT = "looked_at"
    """leftopen asked for it for the first time."""
    TOLD = "told"
    """An alert about it arrived."""
    ACKNOWLEDGED = "acknowledged"
    """Whoever runs the asset has taken it."""
    WITHDRAWN = "withdrawn"
    """It was closed again."""


@dataclass(frozen=True, slots=True)
class Canary:
    """One canary, and when each thing happened to it."""

    id: str
    place: str
    planted: datetime | None
    looked_at: datetime | None
    told: datetime | None
    acknowledged: datetime | None
    withdrawn: datetime | None

    def seconds(self, event: CanaryEvent) -> int | None:
        """Seconds from its planting to an event; None when that has not happened."""
        at = getattr(self, event.value)
        return None if at is None or self.planted is None else round((at - self.planted).total_seconds())


def mark(ledger: Ledger, id_: str, event: CanaryEvent, at: datetime, place: str = "") -> bool:
    """Put on file that something happened to a canary, and in the evidence log; False when it had happened already, or
    when there is no such canary. Raises LedgerUnusable."""
    with ledger.step():
        if event is CanaryEvent.PLANTED:
            changed = ledger.execute("INSERT OR IGNORE INTO canaries (id, place) VALUES (?, ?)", id_, place).rowcount
            if not changed:
                return False
        sql = f"UPDATE canaries SET {event.value} = ? WHERE id = ? AND {event.value} IS NULL"  # noqa: S608  a word of ours
        if not ledger.execute(sql, stamp(at), id_).rowcount:
            return False
        row = {"id": id_, "event": event.value, "at": stamp(at), "place": place}
        ledger.log.add("canaries", [ledger.number("canary", id_), event.value], at, {"canary": row})
    return True


def canaries(ledger: Ledger) -> tuple[Canary, ...]:
    """All of them, oldest first."""
    return tuple(
        Canary(row["id"], row["place"], *(maybe(row[event.value]) for event in CanaryEvent))
        for row in ledger.rows("SELECT * FROM canaries ORDER BY planted")
    )
