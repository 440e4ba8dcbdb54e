"""The timers: expires acknowledgements and acceptances, escalates, retracts, warns of legal deadlines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from monitor.alerts.damage import tell_damage
from monitor.alerts.endings import tell_endings
from monitor.alerts.newcomers import tell_newcomers
from monitor.alerts.queue.retraction import retract
from monitor.alerts.routing.reachability import tell_gaps
from monitor.inventory.model.inventory import Inventory
from monitor.legal.warn import Warner
from monitor.rounds.recorder import Recorder
from monitor.store.ledger import Ledger
from monitor.store.tables.rounds import RoundKind
from monitor.store.thread import LedgerThread

WARN_EVERY = timedelta(minutes=1)
"""So often it is looked up whether a legal clock has something to say."""
WARN_AT_A_TIME = 20
AT_THE_LATEST = timedelta(minutes=5)
"""So often everything is looked up again when nothing was written and no date has come: duties change by the hour."""


class Timers:
    """What time alone brings about. While nothing is written and no date comes, nothing is read."""

    def __init__(self, ledger: LedgerThread, now: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._now = now
        self._alone = asyncio.Lock()
        self._warner = Warner()
        self._warned: datetime | None = None
        self._told_by: Inventory | None = None
        """The inventory by whose parties was told what was open before."""
        self._idle: tuple[Inventory, tuple[int, int], datetime, datetime] | None = None

    async def run(self, inventory: Inventory) -> bool:
        """Do what is due; whether there was anything to look at. Raises LedgerUnusable."""
        async with self._alone:
            now = self._now()
            version = await self._ledger(Ledger.version)
            if self._nothing_new(inventory, version, now):
                return False
            if self._told_by is not inventory:
                await self._ledger(lambda ledger: tell_newcomers(ledger, inventory, now))
                self._told_by = inventory
            following = await self._all(inventory, now)
            self._idle = inventory, version, now, min(following or now + AT_THE_LATEST, now + AT_THE_LATEST)
            return True

    def _nothing_new(self, inventory: Inventory, version: tuple[int, int], now: datetime) -> bool:
        if self._idle is None:
            return False
        on, then, at, until = self._idle
        # What this run has written itself changes the version too: it is run once more, and then rests.
        return on is inventory and then == version and at <= now < until

    async def _all(self, inventory: Inventory, now: datetime) -> datetime | None:
        id_ = f"timers-{now:%Y%m%dT%H%M%SZ}"
        recorder = Recorder(id_, RoundKind.TIMERS, inventory, self._ledger, self._now)
        dates = [await self._ledger(recorder.settle), await self._ledger(recorder.escalate)]
        await self._ledger(lambda ledger: retract(ledger, inventory, id_, now))
        await self._ledger(lambda ledger: tell_gaps(ledger, inventory, now))
        await self._ledger(lambda ledger: tell_damage(ledger, inventory, now))
        # Clocks run for hours, and what ends does so by the day: more often than this there is nothing new to say.
        if self._warned is None or not timedelta() <= now - self._warned < WARN_EVERY:
            await self._ledger(lambda ledger: tell_endings(ledger, inventory, now))
            await self._warn(inventory, id_, now)
            self._warned = now
        dates.append(self._warner.following)
        return min((date for date in dates if date is not None), default=None)

    async def _warn(self, inventory: Inventory, id_: str, now: datetime) -> None:
        """Warn of legal clocks, a few findings at a time: whatever else is to be recorded does not wait for all."""
        due = await self._ledger(lambda ledger: self._warner.due(ledger, inventory, now))
        for first in range(0, len(due), WARN_AT_A_TIME):
            await self._ledger(partial(self._look, inventory, due[first : first + WARN_AT_A_TIME], id_, now))

    def _look(self, inventory: Inventory, some: tuple[str, ...], id_: str, now: datetime, ledger: Ledger) -> None:
        self._warner.look(ledger, inventory, some, id_, now)
