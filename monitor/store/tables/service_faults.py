"""Parts of the service that do not work now: the service writes them down, `health` reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.store.ledger import Ledger
from monitor.store.rows import stamp, when


@dataclass(frozen=True, slots=True)
class ServiceFault:
    """A part of the service that fails: which, since when, and why."""

    part: str
    since: datetime
    why: str


def record(ledger: Ledger, part: str, why: str, now: datetime) -> None:
    """Put on file that a part fails, or with an empty `why` that it works again. Raises LedgerUnusable."""
    with ledger.step():
        if not why:
            ledger.execute("DELETE FROM service_faults WHERE part = ?", part)
            return
        ledger.execute(
            "INSERT INTO service_faults VALUES (?, ?, ?) ON CONFLICT (part) DO UPDATE SET why = excluded.why",
            part,
            stamp(now),
            why,
        )


def clear(ledger: Ledger) -> None:
    """Forget all of them: a service that starts has none yet. Raises LedgerUnusable."""
    with ledger.step():
        ledger.execute("DELETE FROM service_faults")


def faults(ledger: Ledger) -> tuple[ServiceFault, ...]:
    """The parts that fail, by name."""
    rows = ledger.rows("SELECT * FROM service_faults ORDER BY part")
    return tuple(ServiceFault(row["part"], when(row["since"]), row["why"]) for row in rows)
