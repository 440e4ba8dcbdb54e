"""Slots: the times at which an asset is due, and the one outcome that the log has of each.

An asset with an interval is due once in every interval, counted from 1970 and shifted by its phase. What is due is
a function of the declared scope, so the log holds the scope, and anybody computes the plan from it. Every slot has
exactly one outcome, in order, from the first whole slot after the declaration: what nobody looked at is `not-run`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from monitor.proof.formats.canonical import canonical
from monitor.store.ledger import Ledger
from monitor.store.log import slot_days
from monitor.store.rows import stamp, when
from monitor.store.schema.stored import value_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
BLIND, NOT_RUN, CONCLUSIVE = "blind", "not-run", ("exposed", "clear")
CLOSED_TOGETHER, SETTLED_TOGETHER = 500, 1000
"""Assets in one transaction: whatever else is to be recorded waits no longer than that takes."""
HALF = "inconclusive:vantage-silent"
"""Some of the networks from which the asset must be seen have looked, and others have not."""


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
    networks: tuple[str, ...] = ()
    """The networks from each of which it must be seen for a slot to be conclusive; none named: the ledger's own."""

    @property
    def private(self) -> list[str]:
        """What the log names only to whom it is revealed."""
        return [self.id, self.place, self.owner, self.contract]

    @property
    def rhythm(self) -> tuple[int, int]:
        """Its interval and its phase, in microseconds."""
        return self.every // _MICROSECOND, self.phase // _MICROSECOND


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
        assets = [
            (one.id, one.data, str(one.every), str(one.phase), *one.private, *one.networks) for one in self.assets
        ]
        return hashlib.sha256(canonical([self.inventory, dict(self.public), assets])).hexdigest()


def decide(ledger: Ledger, outcomes: Mapping[str, str], started: datetime, now: datetime, network: str = "") -> None:
    """Put on file what came of the slot in which a look from one network at each of these assets began. Within a step.

    The first outcome of a slot stands: further looks in it stand in the log as looks alone. An asset that is looked at
    from several networks has an outcome when each of them has looked.
    """
    numbers = ledger.numbers("asset", outcomes)
    settle(ledger, numbers.values())
    sql = f"SELECT networks, {_OF_A_RUN} FROM log_slots WHERE asset IN (SELECT value FROM json_each(?))"  # noqa: S608  columns of ours
    rows = {of[0]: (networks, of) for networks, *of in ledger.rows(sql, json.dumps(list(numbers.values())))}
    new, at = _New(ledger, now), micro(started)
    for asset, outcome in outcomes.items():
        found = rows.get(numbers[asset])
        if found is None:
            continue
        run = _Run(new, *found[1])
        slot = run.slot_at(at)
        if run.lacks(slot):
            run.fill(slot - 1)
            seen = _from_all(ledger, numbers[asset], found[0], slot, network, outcome)
            if seen is not None:
                run.put(slot, seen)
    new.write()


def _from_all(ledger: Ledger, asset: int, networks: str, slot: int, network: str, outcome: str) -> str | None:
    """The outcome of a slot by all networks from which an asset must be seen; None: some have not looked yet."""
    wanted = set(value_of(networks)) if networks else {""}
    if wanted == {network}:
        return outcome
    ledger.execute(
        """INSERT INTO slot_views VALUES (?, ?, ?, ?) ON CONFLICT (asset, network) DO UPDATE SET
           slot = excluded.slot, outcome = excluded.outcome WHERE excluded.slot > slot""",
        asset,
        network,
        slot,
        outcome,
    )
    views = ledger.rows("SELECT network, outcome FROM slot_views WHERE asset = ? AND slot = ?", asset, slot)
    seen = {view["network"]: view["outcome"] for view in views if view["network"] in wanted}
    return _worst(seen.values()) if seen.keys() == wanted else None


def _worst(outcomes: Collection[str]) -> str:
    """What is open from one network is open; else what no network left without a verdict is clear."""
    if "exposed" in outcomes:
        return "exposed"
    return next((one for one in sorted(outcomes) if one not in CONCLUSIVE), "clear")


def close(ledger: Ledger, now: datetime) -> None:
    """As `closing`, to its end."""
    for _ in closing(ledger, now):
        pass


def closing(ledger: Ledger, now: datetime) -> Iterator[None]:
    """Give every slot that ended an interval ago or earlier its outcome: nobody looked. In small steps, each a
    transaction of its own, with a pause after each. Raises LedgerUnusable."""
    now, after = when(stamp(now)), 0
    yield from settled(ledger)
    while True:
        with ledger.step():
            sql = f"SELECT {_OF_A_RUN} FROM log_slots WHERE asset > ? ORDER BY asset LIMIT ?"  # noqa: S608  columns of ours
            rows = ledger.rows(sql, after, CLOSED_TOGETHER)
            new, at = _New(ledger, now), micro(now)
            for row in rows:
                run = _Run(new, *row)
                run.fill(run.slot_at(at) - 2)
            new.write()
            after = rows[-1]["asset"] if rows else after
            if len(rows) < CLOSED_TOGETHER:
                if after:
                    ledger.log.say("closed", stamp(now), now)
                return
        yield


def settled(ledger: Ledger) -> Iterator[None]:
    """Have the plan follow what was declared last, in small steps as `closing`. Raises LedgerUnusable."""
    while some := [row["asset"] for row in ledger.rows(f"SELECT asset {_DECLARED} LIMIT ?", SETTLED_TOGETHER)]:
        with ledger.step():
            settle(ledger, some)
        yield


def settle(ledger: Ledger, assets: Iterable[int]) -> None:
    """Have the plan of these assets follow what was declared last. Within a step."""
    found = ledger.rows(
        f"""SELECT n.*, s.every AS before, s.phase AS at, s.seen AS saw {_DECLARED}
            AND n.asset IN (SELECT value FROM json_each(?))""",  # noqa: S608  words of ours
        json.dumps(list(assets)),
    )
    for row in found:
        if row["before"] is not None and (row["before"], row["at"]) != (row["every"], row["phase"]):
            slot_days.gap(ledger, row["asset"], row["before"], row["saw"], row["seen"], slot_days.DECLARED_ANEW)
    gone = [(row["asset"],) for row in found if not row["every"]]
    ledger.executemany("DELETE FROM log_slots WHERE asset = ?", gone)
    ledger.executemany(
        """INSERT INTO log_slots (asset, every, phase, last, seen, networks) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
           ON CONFLICT (asset) DO UPDATE SET networks = ?6, every = ?2, phase = ?3,
           last = iif(every <> ?2 OR phase <> ?3 OR seen = 0, ?4, last),
           seen = iif(every <> ?2 OR phase <> ?3 OR seen = 0, ?5, seen)""",
        [
            (row["asset"], row["every"], row["phase"], row["last"], row["seen"], row["networks"])
            for row in found
            if row["every"]
        ],
    )
    ledger.executemany("DELETE FROM log_slots_next WHERE asset = ?", [(row["asset"],) for row in found])


_DECLARED = """FROM log_slots_next n LEFT JOIN log_slots s USING (asset)
               WHERE n.scope = (SELECT digest FROM log_scope)"""
"""What was declared last and the plan does not follow yet; what is not declared to its end has another digest."""


def micro(at: datetime) -> int:
    """Microseconds since 1970."""
    return (at.astimezone(UTC) - _EPOCH) // _MICROSECOND


_OF_A_RUN = "asset, every, phase, last, seen, why"
"""The columns of `log_slots` that a `_Run` is made of, in its order."""


class _New:
    """The outcomes of many assets that a step adds: written by a few statements for all of them."""

    def __init__(self, ledger: Ledger, now: datetime) -> None:
        self.ledger, self.now = ledger, now
        self.days: dict[tuple[int, int, str], int] = {}
        self.assets: dict[int, tuple[int, int, str]] = {}
        """The last slot that has an outcome, when the asset was last seen conclusively, and why not since."""

    def count(self, of: tuple[int, int, str], number: int) -> None:
        """So many slots of an asset have an outcome on a day."""
        self.days[of] = self.days.get(of, 0) + number

    def write(self) -> None:
        """Put them on file. Within a step."""
        slot_days.count(self.ledger, self.days)
        sql = "UPDATE log_slots SET last = ?, seen = ?, why = ? WHERE asset = ?"
        self.ledger.executemany(sql, ((*values, n) for n, values in self.assets.items()))


class _Run:
    """The slots of one asset as they get their outcomes, one after the other."""

    def __init__(self, new: _New, asset: int, every: int, phase: int, last: int, seen: int, why: str) -> None:
        """As its row has it: `_OF_A_RUN`."""
        self._new, self._ledger = new, new.ledger
        self._n, self._every, self._phase, self._next = asset, every, phase, last + 1
        self._seen, self._why = seen, why

    def slot_at(self, at: int) -> int:
        """The slot that holds a time, which is in microseconds."""
        return (at - self._phase) // self._every

    def lacks(self, slot: int) -> bool:
        """Whether a slot has no outcome yet."""
        return slot >= self._next

    def fill(self, last: int) -> None:
        """Slots that nobody looked in: blind where a round that began in them was, else not run."""
        if self._next > last:
            return
        start, end = (_EPOCH + (self._phase + slot * self._every) * _MICROSECOND for slot in (self._next, last + 1))
        rounds = self._ledger.rows(
            "SELECT started FROM rounds WHERE kind = 'round' AND blind <> '' AND started >= ? AND started < ?",
            stamp(start),
            stamp(end),
        )
        found = dict.fromkeys([(micro(when(row["started"])) - self._phase) // self._every for row in rounds], BLIND)
        views = self._ledger.rows(
            "SELECT DISTINCT slot FROM slot_views WHERE asset = ? AND slot BETWEEN ? AND ?", self._n, self._next, last
        )
        found |= dict.fromkeys([row["slot"] for row in views], HALF)
        for slot in sorted(found):
            self.put(slot - 1, NOT_RUN)
            self.put(min(slot, last), found[slot])
        self.put(last, NOT_RUN)

    def put(self, last: int, outcome: str) -> None:
        """The outcome of the next slot up to `last`; nothing when it has one already."""
        first = self._next
        if first > last:
            return
        self._ledger.log.add("slots", [self._n, first, last, outcome], self._new.now)
        for day, number in slot_days.days_of(self._every, self._phase, first, last):
            self._new.count((self._n, day, outcome), number)
        if outcome in CONCLUSIVE:
            at = self._phase + first * self._every
            slot_days.gap(self._ledger, self._n, self._every, self._seen, at, self._why)
            self._seen, self._why = at, ""
        else:
            self._why = outcome
        self._next = last + 1
        self._new.assets[self._n] = last, self._seen, self._why
