"""Which hosts the hub of a fleet sets aside: those whose look ends a worker, and those that want to be left alone.

Both are on file, so that they hold after a restart too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from monitor.rounds.vantage import Vantage
from monitor.store.looks import set_aside as table
from monitor.store.thread import LedgerThread

LONGEST_HOLD = timedelta(days=1)
"""So long a host is left alone because of one Retry-After."""


class SetAside:
    """The hosts that are set aside now, at all vantages of a fleet."""

    def __init__(self, ledger: LedgerThread, vantage: Callable[[], Vantage], now: Callable[[], datetime]) -> None:
        """`vantage` is that of the hub: its pace holds for workers too."""
        self._ledger = ledger
        self._vantage = vantage
        self._now = now
        self._alone: set[tuple[str, str]] = set()
        """Vantages and assets: a look at these has ended a worker, and they are looked at alone until one succeeds."""
        self._remembers = False

    async def remember(self) -> None:
        """Read, once, what was set aside before this process began. Raises LedgerUnusable."""
        if self._remembers:
            return
        now = self._now()
        alone, held = await self._ledger(lambda ledger: (table.alone(ledger), table.held(ledger, now)))
        self._alone, self._remembers = set(alone), True
        groups, pace = self._vantage().pace_groups(), self._vantage().pace
        for asset in self._vantage().inventory.assets if held else ():
            for name in held.keys() & set(asset.hosts):
                pace.hold(groups[asset.id].key, (held[name] - now).total_seconds(), f"//{name}")

    def is_alone(self, vantage: str, asset: str) -> bool:
        """Whether an asset is in a batch by itself when it is looked at from there."""
        return (vantage, asset) in self._alone

    async def failed(self, vantage: str, assets: Collection[str]) -> None:
        """A look at these assets has ended a worker of the vantage. Raises LedgerUnusable."""
        self._alone.update((vantage, id_) for id_ in assets)
        await self._ledger(lambda ledger: table.look_alone(ledger, vantage, assets))

    async def succeeded(self, vantage: str, assets: Collection[str]) -> None:
        """Looks at these assets have ended well. Raises LedgerUnusable."""
        if well := [id_ for id_ in assets if (vantage, id_) in self._alone]:
            self._alone.difference_update((vantage, id_) for id_ in well)
            await self._ledger(lambda ledger: table.look_together(ledger, vantage, well))

    async def hold(self, asked: Mapping[str, float], assets: Collection[str]) -> None:
        """Hosts of some of these assets have asked to be left alone for so many seconds. Raises LedgerUnusable."""
        if not asked:
            return
        vantage = self._vantage()
        groups, pace = vantage.pace_groups(), vantage.pace
        # By the names of each asset: what said so may share its pace with hosts of others.
        held = {
            (groups[id_].key, name): min(seconds, LONGEST_HOLD.total_seconds())
            for id_, seconds in asked.items()
            if id_ in assets and id_ in groups and seconds > 0
            for name in vantage.inventory.asset(id_).hosts
        }
        for (key, name), seconds in held.items():
            pace.hold(key, seconds, f"//{name}")
        if held:
            until = [(name, self._now() + timedelta(seconds=seconds)) for (_, name), seconds in held.items()]
            await self._ledger(lambda ledger: table.hold(ledger, until))
