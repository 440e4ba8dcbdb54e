"""Declares in the log what is looked at: in parts, so that an inventory of any size holds nobody up.

A declaration holds from its last part on. What the plan of each asset becomes by it waits in `log_slots_next` until
then: who is killed before has declared nothing, and after that whoever needs the plan has it follow.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from monitor.store.ledger import Ledger
from monitor.store.log.slots import Scope, ScopeAsset, closing, micro, settled
from monitor.store.rows import stamp, when
from monitor.store.tables import networks

PART = 1000
"""Assets in one part, which is one transaction."""


def declare(ledger: Ledger, scope: Scope, now: datetime, own: str = "") -> None:
    """As `declaring`, to its end."""
    for _ in declaring(ledger, scope, now, own):
        pass


def declaring(ledger: Ledger, scope: Scope, now: datetime, own: str = "") -> Iterator[None]:
    """Put the scope in the log, if it is not what was declared last; in small steps, each a transaction of its own,
    with a pause after each. `own` is the network of this installation: what a new ledger takes for its own.

    When another process begins a declaration meanwhile, this one ends: `holds` says so. Raises LedgerUnusable.
    """
    # The log has milliseconds: what is computed here must be what a reader computes from it.
    now = when(stamp(now))
    if own:
        with ledger.step():
            networks.filed(ledger, own, now)
    yield from settled(ledger)
    if holds(ledger, scope):
        return
    yield from closing(ledger, now)
    mine = secrets.token_hex(8)
    with ledger.step():
        ledger.execute("INSERT OR REPLACE INTO log_declaring VALUES (1, ?)", mine)
    for step in (*_cleared(ledger), *_without(ledger, scope, now), *_parts(ledger, scope, now)):
        yield
        with ledger.step():
            if not ledger.rows("SELECT 1 FROM log_declaring WHERE by = ?", mine):
                return
            step()
    yield from settled(ledger)


def holds(ledger: Ledger, scope: Scope) -> bool:
    """Whether this scope is what was declared last."""
    return bool(ledger.rows("SELECT 1 FROM log_scope WHERE digest = ?", scope.digest))


def _cleared(ledger: Ledger) -> Iterator[Callable[[], object]]:
    """What is left of a declaration that did not come to its end."""
    sql = "DELETE FROM log_slots_next WHERE asset IN (SELECT asset FROM log_slots_next LIMIT ?)"
    (left,) = ledger.rows("SELECT count(*) AS n FROM log_slots_next")
    for _ in range(0, left["n"], PART):
        yield partial(ledger.execute, sql, PART)


def _without(ledger: Ledger, scope: Scope, now: datetime) -> Iterator[Callable[[], object]]:
    """What no longer is looked at is no longer due."""
    named = {one.id for one in scope.assets}
    sql = "SELECT n.id, s.asset FROM log_slots s JOIN log_numbers n ON n.kind = 'asset' AND n.number = s.asset"
    gone = [row["asset"] for row in ledger.rows(sql) if row["id"] not in named]
    for first in range(0, len(gone), PART):
        rows = [(n, 0, 0, 0, micro(now), "", scope.digest) for n in gone[first : first + PART]]
        yield partial(ledger.executemany, "INSERT INTO log_slots_next VALUES (?, ?, ?, ?, ?, ?, ?)", rows)


def _parts(ledger: Ledger, scope: Scope, now: datetime) -> Iterator[Callable[[], object]]:
    firsts = range(0, max(1, len(scope.assets)), PART)
    for n, first in enumerate(firsts):
        entry: dict[str, Any] = {"from": stamp(now), "inventory": scope.inventory} | ({"part": n} if n else {})
        entry |= scope.public if first == firsts[-1] else {"more": True}
        yield partial(_part, ledger, scope, scope.assets[first : first + PART], entry, now)


def _part(ledger: Ledger, scope: Scope, assets: Sequence[ScopeAsset], entry: dict[str, Any], now: datetime) -> None:
    """Declare some of the assets, and what their plan becomes by it. Within a step."""
    numbered = ledger.numbers("asset", (one.id for one in assets))
    contracts = ledger.numbers("contract", (one.contract for one in assets if one.contract))
    entries: list[list[Any]] = []
    rows: list[tuple[Any, ...]] = []
    names: dict[str, list[str]] = {}
    for one in assets:
        n, (every, phase) = numbered[one.id], one.rhythm
        names[str(n)] = one.private
        entries.append([n, one.data, every, phase, contracts.get(one.contract, 0)])
        wanted = sorted(networks.filed(ledger, name, now) for name in one.networks)
        # The slot that is running began before it was declared: the next one is the first that is due.
        last = (micro(now) - phase) // every
        rows.append((n, every, phase, last, micro(now), json.dumps(wanted) if wanted else "", scope.digest))
    ledger.executemany(
        """INSERT INTO log_slots_next SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE NOT EXISTS (SELECT 1 FROM log_slots
           WHERE asset = ?1 AND every = ?2 AND phase = ?3 AND networks = ?6 AND seen > 0)""",
        rows,
    )
    if "more" not in entry:
        sql = "INSERT INTO log_scope VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET digest = excluded.digest"
        ledger.execute(sql, scope.digest)
    ledger.log.add("scope", [{**entry, "assets": entries}], now, {"names": names})
