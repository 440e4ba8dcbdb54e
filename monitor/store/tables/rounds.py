"""Rounds on file: passes over what was due, and readings of accounts beside them, told apart by their kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from monitor.findings.reasons import Reason
from monitor.store.ledger import Ledger
from monitor.store.log import slots
from monitor.store.looks.days import looks_since
from monitor.store.messages.queued import NewMessage
from monitor.store.reason_rows import dump_reason, load_reason
from monitor.store.rows import maybe, stamp, when
from monitor.store.tables import networks


class RoundKind(StrEnum):
    """What made a record: only a round has looked from outside."""

    ROUND = "round"
    ACCOUNT = "account"
    SURVEY = "survey"
    TIMERS = "timers"


@dataclass(frozen=True, slots=True)
class RoundRow:
    """One round on file; `blind` says why it decided nothing, and is None when it saw."""

    id: str
    started: datetime
    ended: datetime | None
    blind: Reason | None
    tasks: int
    asks: int
    exposed: int
    clear: int
    unknown: int


def begin(
    ledger: Ledger,
    id_: str,
    kind: RoundKind,
    started: datetime,
    vantage: str,
    inventory: str,
) -> None:
    """A round has begun on the inventory with that digest. Raises LedgerUnusable."""
    with ledger.step():
        values = (id_, kind.value, stamp(started), vantage, inventory)
        ledger.execute("INSERT INTO rounds (id, kind, started, vantage, inventory) VALUES (?, ?, ?, ?, ?)", *values)


def end(
    ledger: Ledger,
    id_: str,
    ended: datetime,
    blind: Reason | None = None,
    owed: tuple[NewMessage, ...] = (),
    clock: Sequence[object] = (),
) -> None:
    """A round has ended; the evidence log has it, with how good the `clock` was. Raises LedgerUnusable."""
    with ledger.step():
        ledger.count_looks()  # what the log says of a round holds all of its looks
        ledger.execute(
            "UPDATE rounds SET ended = ?, blind = ? WHERE id = ?",
            stamp(ended),
            dump_reason(blind) if blind is not None else "",
            id_,
        )
        why = None if blind is None else dump_reason(blind)
        sql = "SELECT tasks, asks, exposed, clear, unknown, kind, started FROM rounds WHERE id = ?"
        for row in ledger.rows(sql, id_):
            ledger.log.say("end", [id_, why, *row, *clock], ended)
        ledger.owe_now(owed, ended)


def looked(ledger: Ledger, outcomes: Mapping[str, str], started: datetime, now: datetime, network: str = "") -> None:
    """These assets were wholly looked at from a network (empty: the ledger's own) in a round that began then; each with
    the outcome of its slot. Raises LedgerUnusable."""
    with ledger.step():
        network = networks.filed(ledger, network, now) if network else ""
        ledger.looked(outcomes, network, started)
        slots.decide(ledger, outcomes, started, now, network)


def last(ledger: Ledger, most: int = 20) -> tuple[RoundRow, ...]:
    """The last rounds that looked from outside, newest first."""
    rows = ledger.rows(
        "SELECT * FROM rounds WHERE kind = ? ORDER BY started DESC, id DESC LIMIT ?", RoundKind.ROUND.value, most
    )
    return tuple(round_of(dict(row)) for row in rows)


def of_vantage(ledger: Ledger, vantage: str, most: int) -> tuple[RoundRow, ...]:
    """The last rounds of one vantage, newest first. Of a batch that nothing came of there is a row too."""
    rows = ledger.rows(
        "SELECT * FROM rounds WHERE vantage = ? AND kind = ? ORDER BY started DESC, id DESC LIMIT ?",
        vantage,
        RoundKind.ROUND.value,
        most,
    )
    return tuple(round_of(dict(row)) for row in rows)


def between(ledger: Ledger, since: datetime, until: datetime) -> Iterator[RoundRow]:
    """The rounds that looked from outside and began in a time, in their order."""
    sql = "SELECT * FROM rounds WHERE kind = ? AND started >= ? AND started < ? ORDER BY started, id"
    for row in ledger.rows(sql, RoundKind.ROUND.value, stamp(since), stamp(until)):
        yield round_of(dict(row))


def round_of(row: Mapping[str, Any]) -> RoundRow:
    """The round that a row of `rounds` holds. Raises RowDamaged."""
    return RoundRow(
        row["id"],
        when(row["started"]),
        maybe(row["ended"]),
        load_reason(row["blind"]) if row["blind"] else None,
        row["tasks"],
        row["asks"],
        row["exposed"],
        row["clear"],
        row["unknown"],
    )


def at_asset(ledger: Ledger, asset: str, since: datetime | None) -> tuple[str, str, int] | None:
    """The first and the last round that looked at an asset since then, and how many there were; None when none did.

    The first is the one that saw something new. How many there were is counted by the looks at the endpoint that was
    looked at most: of the day of `since` to within a slot.
    """
    (row,) = ledger.rows(
        """SELECT min(r.started || ' ' || r.id) AS first FROM series s JOIN observations o ON o.series = s.id
           JOIN rounds r ON r.id = o.round WHERE s.asset = ? AND o.started >= ? AND r.kind = ?""",
        asset,
        "" if since is None else stamp(since),
        RoundKind.ROUND.value,
    )
    (last,) = ledger.rows(
        """SELECT max(r.started || ' ' || r.id) AS last FROM series s JOIN rounds r ON r.id = s.round
           WHERE s.asset = ? AND r.kind = ?""",
        asset,
        RoundKind.ROUND.value,
    )
    number = looks_since(ledger, asset, since)
    if row["first"] is None or last["last"] is None or not number:
        return None
    return row["first"].partition(" ")[2], last["last"].partition(" ")[2], number
