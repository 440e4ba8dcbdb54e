"""Slots: the times at which an asset is due, and the one outcome that the log has of each.

An asset with an interval is due once in every interval, counted from 1970 and shifted by its phase. What is due is
a function of the declared scope, so the log holds the scope, and anybody computes the plan from it. Every slot has
exactly one outcome, in order, from the first whole slot after the declaration: what nobody looked at is `not-run`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from monitor.proof.formats.canonical import canonical
from monitor.store.ledger import Ledger
from monitor.store.rows import stamp, when

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
BLIND, NOT_RUN = "blind", "not-run"


@dataclass(frozen=True, slots=True)
class ScopeAsset:
    """An asset as the log declares it. Its name and place are private; its data class and rhythm are not."""

    id: str
    data: str
    every: timedelta
    phase: timedelta
    contract: str
    place: str
    owner: str


@dataclass(frozen=True)
class Scope:
    """What is looked at, by what, from where: declared in the log whenever it changes."""

    inventory: str
    """The inventory's digest."""
    public: Mapping[str, Any]
    """The tool's version, the digest of the probes, the vantage, the name servers, the trusted roots of TLS."""
    assets: tuple[ScopeAsset, ...]

    @cached_property
    def digest(self) -> str:
        """What tells two scopes apart."""
        assets = [(one.id, one.data, str(one.every), str(one.phase), *_private(one)) for one in self.assets]
        return hashlib.sha256(canonical([self.inventory, dict(self.public), assets])).hexdigest()


def _private(asset: ScopeAsset) -> list[str]:
    return [asset.id, asset.place, asset.owner, asset.contract]


def declare(ledger: Ledger, scope: Scope, now: datetime) -> None:
    """Put the scope in the log, if it is not what was declared last. Within a step."""
    # The log has milliseconds: what is computed here must be what a reader computes from it.
    now = when(stamp(now))
    if ledger.rows("SELECT 1 FROM log_scope WHERE digest = ?", scope.digest):
        return
    close(ledger, now)
    entries: list[list[Any]] = []
    names: dict[str, list[str]] = {}
    for one in scope.assets:
        n, every, phase = ledger.number("asset", one.id), one.every // _MICROSECOND, one.phase // _MICROSECOND
        names[str(n)] = _private(one)
        entries.append([n, one.data, every, phase, ledger.number("contract", one.contract) if one.contract else 0])
        # The slot that is running began before it was declared: the next one is the first that is due.
        ledger.execute(
            """INSERT INTO log_slots VALUES (?1, ?2, ?3, ?4) ON CONFLICT (asset) DO UPDATE
               SET every = ?2, phase = ?3, last = ?4 WHERE every <> ?2 OR phase <> ?3""",
            n,
            every,
            phase,
            _slot(now, every, phase),
        )
    for row in ledger.rows("SELECT asset FROM log_slots"):
        if str(row["asset"]) not in names:
            ledger.execute("DELETE FROM log_slots WHERE asset = ?", row["asset"])
    entry = [{"from": stamp(now), "inventory": scope.inventory, **scope.public, "assets": entries}]
    ledger.log.add("scope", entry, now, {"names": names})
    sql = "INSERT INTO log_scope VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET digest = excluded.digest"
    ledger.execute(sql, scope.digest)


def decide(ledger: Ledger, outcomes: Mapping[str, str], started: datetime, now: datetime) -> None:
    """Put on file what came of the slot in which a look at each of these assets began. Within a step.

    The first outcome of a slot stands: further looks in it stand in the log as looks alone.
    """
    for asset, outcome in outcomes.items():
        n = ledger.number("asset", asset)
        for row in ledger.rows("SELECT * FROM log_slots WHERE asset = ?", n):
            slot = _slot(started, row["every"], row["phase"])
            if slot > row["last"]:
                _fill(ledger, n, row["every"], row["phase"], row["last"] + 1, slot - 1, now)
                _put(ledger, n, slot, slot, outcome, now)


def close(ledger: Ledger, now: datetime) -> None:
    """Give every slot that ended an interval ago or earlier its outcome: nobody looked. Within a step."""
    now, rows = when(stamp(now)), ledger.rows("SELECT * FROM log_slots ORDER BY asset")
    for row in rows:
        every, phase = row["every"], row["phase"]
        _fill(ledger, row["asset"], every, phase, row["last"] + 1, _slot(now, every, phase) - 2, now)
    if rows:
        ledger.log.say("closed", stamp(now), now)


def _slot(at: datetime, every: int, phase: int) -> int:
    return ((at.astimezone(UTC) - _EPOCH) // _MICROSECOND - phase) // every


def _fill(ledger: Ledger, n: int, every: int, phase: int, first: int, last: int, now: datetime) -> None:
    """Slots that nobody looked in: blind where a round that began in them was, else not run."""
    if first > last:
        return
    start, end = (_EPOCH + (phase + slot * every) * _MICROSECOND for slot in (first, last + 1))
    rows = ledger.rows(
        "SELECT started FROM rounds WHERE kind = 'round' AND blind <> '' AND started >= ? AND started < ?",
        stamp(start),
        stamp(end),
    )
    at = first
    for slot in sorted({_slot(datetime.fromisoformat(row["started"]), every, phase) for row in rows}):
        if at < slot:
            _put(ledger, n, at, slot - 1, NOT_RUN, now)
        if at <= slot <= last:
            _put(ledger, n, slot, slot, BLIND, now)
            at = slot + 1
    if at <= last:
        _put(ledger, n, at, last, NOT_RUN, now)


def _put(ledger: Ledger, n: int, first: int, last: int, outcome: str, now: datetime) -> None:
    ledger.log.add("slots", [n, first, last, outcome], now)
    ledger.execute("UPDATE log_slots SET last = ? WHERE asset = ?", last, n)
