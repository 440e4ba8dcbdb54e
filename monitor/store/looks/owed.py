"""Batches that were given out and whose result is owed: a result counts only by deleting its row.

So what comes twice is dropped, what comes too late is too late, and what never comes is seen.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.store.ledger import Ledger
from monitor.store.rows import maybe, stamp, when
from monitor.store.schema.stored import reading_row, value_of


@dataclass(frozen=True, slots=True)
class Owed:
    """One batch whose result is owed."""

    id: str
    vantage: str
    network: str
    assets: tuple[str, ...]
    pace: tuple[str, ...]
    """The pace groups that its hosts belong to: no second batch of them is given out at this vantage."""
    nonce: str
    attempt: int
    alone: bool
    """Whether it is one asset by itself, since a batch with it killed whoever looked."""
    created: datetime
    deadline: datetime
    """Nobody waits for it any longer."""
    sent: datetime | None = None
    """When the broker took it; None: it has to be sent, or sent again."""


def owe(ledger: Ledger, batches: Iterable[Owed]) -> None:
    """Put batches on file before they are sent. Raises LedgerUnusable."""
    with ledger.step():
        ledger.executemany(
            "INSERT INTO owed VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    one.id,
                    one.vantage,
                    one.network,
                    json.dumps(one.assets),
                    json.dumps(one.pace),
                    one.nonce,
                    one.attempt,
                    int(one.alone),
                    stamp(one.created),
                    stamp(one.deadline),
                    None if one.sent is None else stamp(one.sent),
                )
                for one in batches
            ],
        )


def sent(ledger: Ledger, taken: Iterable[str], refused: Iterable[Owed], now: datetime) -> None:
    """The broker has taken some batches, and refused others, which are owed no longer unless they may have arrived.
    Raises LedgerUnusable."""
    with ledger.step():
        ledger.executemany("UPDATE owed SET sent = ? WHERE id = ?", [(stamp(now), id_) for id_ in taken])
        for one in refused:
            if one.sent is None and not one.alone:
                settle(ledger, one.id, one.attempt, one.vantage)


def settle(ledger: Ledger, id_: str, attempt: int, vantage: str) -> bool:
    """Whether the result of this attempt was still owed by this vantage: it is no longer. Within a step."""
    sql = "DELETE FROM owed WHERE id = ? AND attempt = ? AND vantage = ? RETURNING id"
    return bool(ledger.rows(sql, id_, attempt, vantage))


def find(ledger: Ledger, ids: Iterable[str], vantage: str) -> dict[str, Owed]:
    """What is owed under these ids by a vantage."""
    sql = "SELECT * FROM owed WHERE id IN (SELECT value FROM json_each(?)) AND vantage = ?"
    return {row["id"]: owed_of(dict(row)) for row in ledger.rows(sql, json.dumps(list(ids)), vantage)}


def unsent(ledger: Ledger, vantage: str) -> tuple[Owed, ...]:
    """What is owed by a vantage and was not sent, or may not have been: the oldest first."""
    sql = "SELECT * FROM owed WHERE vantage = ? AND sent IS NULL ORDER BY created, id"
    return tuple(owed_of(dict(row)) for row in ledger.rows(sql, vantage))


def late(ledger: Ledger, now: datetime) -> tuple[Owed, ...]:
    """What is owed past its deadline, the oldest first."""
    rows = ledger.rows("SELECT * FROM owed WHERE deadline < ? ORDER BY created, id", stamp(now))
    return tuple(owed_of(dict(row)) for row in rows)


def busy(ledger: Ledger, vantage: str) -> frozenset[str]:
    """The pace groups at which a vantage looks now."""
    rows = ledger.rows("SELECT DISTINCT value FROM owed, json_each(owed.pace) WHERE vantage = ?", vantage)
    return frozenset(row["value"] for row in rows)


def count(ledger: Ledger) -> dict[str, int]:
    """How many batches each vantage owes."""
    rows = ledger.rows("SELECT vantage, count(*) AS n FROM owed GROUP BY vantage")
    return {row["vantage"]: row["n"] for row in rows}


def note_queues(ledger: Ledger, vantage: str, lengths: Mapping[str, int], now: datetime) -> None:
    """How many messages wait in each queue of a vantage. Raises LedgerUnusable."""
    with ledger.step():
        ledger.execute("DELETE FROM queue_lengths WHERE vantage = ?", vantage)
        rows = [(vantage, name, length, stamp(now)) for name, length in lengths.items()]
        ledger.executemany("INSERT INTO queue_lengths VALUES (?, ?, ?, ?)", rows)


def queues(ledger: Ledger, since: datetime) -> dict[str, dict[str, int]]:
    """By vantage: how many messages waited in each of its queues, where that was asked since then."""
    found: dict[str, dict[str, int]] = {}
    for row in ledger.rows("SELECT * FROM queue_lengths WHERE at >= ? ORDER BY vantage, queue", stamp(since)):
        found.setdefault(row["vantage"], {})[row["queue"]] = row["messages"]
    return found


def owed_of(row: Mapping[str, Any]) -> Owed:
    """The batch that a row of `owed` holds. Raises RowDamaged."""
    with reading_row():
        return _owed_of(row)


def _owed_of(row: Mapping[str, Any]) -> Owed:
    return Owed(
        row["id"],
        row["vantage"],
        row["network"],
        tuple(value_of(row["assets"])),
        tuple(value_of(row["pace"])),
        row["nonce"],
        row["attempt"],
        bool(row["alone"]),
        when(row["created"]),
        when(row["deadline"]),
        maybe(row["sent"]),
    )
