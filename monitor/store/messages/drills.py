"""Drills, on file: which channel, when, how long until a provider accepted it, and until a person answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.store.ledger import Ledger
from monitor.store.rows import maybe, stamp, when

PREFIX = "DRILL-"


@dataclass(frozen=True, slots=True)
class Drilled:
    """One drill of one channel."""

    drill: str
    channel: str
    party: str
    started: datetime
    state: str
    accepted: datetime | None
    answered: datetime | None
    by: str
    last_error: str

    def seconds(self, at: datetime | None) -> float | None:
        """How long after its start something was; None when it was not."""
        return None if at is None else (at - self.started).total_seconds()


def drill_id(at: datetime) -> str:
    """The id of a drill: its time, to the millisecond."""
    return PREFIX + stamp(at).replace("-", "").replace(":", "").replace(".", "-")


def drills(ledger: Ledger, *, last: bool = False) -> tuple[Drilled, ...]:
    """Every drill, oldest first; with `last`, only the newest of each channel and party."""
    rows = ledger.rows(
        """SELECT d.*, (SELECT min(ended) FROM deliveries WHERE due = d.id AND outcome = 'accepted') AS accepted,
             a.at AS answered, coalesce(a.by, '') AS answerer
           FROM dues d LEFT JOIN answers a ON d.key = 'drill/' || a.drill || '/' || a.channel
           WHERE d.step = 'drill' ORDER BY d.created, d.id"""
    )
    found = [
        Drilled(
            r["key"].split("/")[1],
            r["channel"],
            r["party"],
            when(r["created"]),
            r["state"],
            maybe(r["accepted"]),
            maybe(r["answered"]),
            r["answerer"],
            r["last_error"],
        )
        for r in rows
    ]
    return tuple({(one.channel, one.party): one for one in found}.values()) if last else tuple(found)


def known(ledger: Ledger, drill: str, channel: str) -> bool:
    """Whether there was such a drill of that channel."""
    return bool(ledger.rows("SELECT 1 FROM dues WHERE key = ?", f"drill/{drill}/{channel}"))


def answer(ledger: Ledger, drill: str, channel: str, at: datetime, by: str) -> bool:
    """A person has answered a drill; False when somebody had before. The caller holds a `step`."""
    cursor = ledger.execute("INSERT OR IGNORE INTO answers VALUES (?, ?, ?, ?)", drill, channel, stamp(at), by)
    return cursor.rowcount > 0


def first_round(ledger: Ledger) -> datetime | None:
    """When the first round on file began; None when there was none."""
    return maybe(ledger.rows("SELECT min(started) AS at FROM rounds")[0]["at"])
