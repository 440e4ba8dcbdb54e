"""What is due, kept up to date by what changed in the ledger, so that many assets cost nothing while they wait."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.findings.finding import State
from monitor.inventory.model.inventory import Inventory
from monitor.rounds.due.plan import Timetable, Unsure, rhythm_of
from monitor.store.ledger import Ledger
from monitor.store.tables import actions, networks
from monitor.store.thread import LedgerThread


@dataclass(frozen=True, slots=True)
class _Read:
    """What the ledger holds now."""

    version: tuple[int, int]
    network: str
    """As it is written there."""
    looks: dict[str, datetime]
    """All last looks from here, or those that are new."""
    whole: bool
    unsure: tuple[Unsure, ...]
    """What makes the next look come sooner."""


class Due:
    """Whose turn it is in one inventory, to be looked at from one network. There is one for each network of a ledger:
    what is new is told to it alone."""

    def __init__(self, inventory: Inventory, network: str, ledger: LedgerThread, now: Callable[[], datetime]) -> None:
        self.inventory = inventory
        self._here = network
        self._ledger = ledger
        self._now = now
        self._rhythms = tuple(rhythm_of(inventory, asset) for asset in inventory.looked_at_from(network))
        self.shortest = min((one.interval for one in self._rhythms), default=timedelta())
        """The shortest interval at which one of them is looked at, where nothing hurries."""
        self._table = Timetable((), {}, now())
        self._version = (-1, -1)
        self._network = ""

    async def __call__(self) -> tuple[tuple[str, ...], datetime]:
        """The assets whose turn it is, and when the next turn comes.

        While nothing is written, nothing is read; of what this program writes, what is new is read, and all of it only
        after another program has written. Raises LedgerUnusable.
        """
        now = self._now()
        read = await self._ledger(lambda ledger: self._read(ledger, now))
        if read is not None:
            if read.whole:
                # Of many assets that takes longer than the loop may be held.
                self._table = await asyncio.to_thread(self._begun, read, now)
            else:
                self._table.looked(read.looks, now)
                self._table.hurry(read.unsure, now)
            self._version, self._network = read.version, read.network
        found = self._table.turns(now)
        return found.ready, found.following

    def _begun(self, read: _Read, now: datetime) -> Timetable:
        table = Timetable(self._rhythms, read.looks, now)
        table.hurry(read.unsure, now)
        table.turns(now)  # what is due already is found once
        return table

    def _read(self, ledger: Ledger, now: datetime) -> _Read | None:
        version = ledger.version()
        if version == self._version:
            return None
        here = networks.written(ledger, self._here)
        whole = version[0] != self._version[0] or here != self._network
        unsure = _unsure(ledger, here, now)
        fresh = ledger.new_looks(here)
        return _Read(version, here, ledger.looks(here) if whole else fresh, whole, unsure)


def _unsure(ledger: Ledger, network: str, now: datetime) -> tuple[Unsure, ...]:
    """The findings that hurry a look: those that are unsure, and those that somebody has just said are contained."""
    watched = actions.watched(ledger, now)
    states = (State.SUSPECTED.value, State.CLEARING.value)
    sql = """SELECT id, asset, state FROM findings WHERE (state IN (?, ?) OR id IN (SELECT value FROM json_each(?)))
             AND coalesce(json_extract(body, '$.network'), '') = ?"""
    rows = ledger.rows(sql, *states, json.dumps(sorted(watched)), network)
    return tuple(Unsure(row["asset"], State(row["state"]), row["id"] in watched) for row in rows)
