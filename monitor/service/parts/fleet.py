"""The fleet as a part of the service: what other machines look at is given out and put on file here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from monitor.alerts.queue.outbox import Outbox
from monitor.findings.finding import Finding
from monitor.rounds.recorder import Recorder
from monitor.service.application import Application
from monitor.service.supervisor import PartFailed
from monitor.store.looks.owed import Owed

if TYPE_CHECKING:
    from monitor.fleet.hub import FleetHub

CHECKED_EVERY = 5.0
"""Seconds after which a changed inventory is seen."""


class FleetKeeper:
    """Works the hub of the fleet while the inventory declares one."""

    def __init__(self, app: Application, outbox: Outbox, found: Callable[[tuple[Finding, ...]], None]) -> None:
        """`found` is told of findings that changed, as seen from the network of this process: it may survey them."""
        self._app = app
        self._outbox = outbox
        self._found = found
        self._hub: FleetHub | None = None

    @property
    def sees(self) -> bool:
        """Whether the workers that look in place of this process see."""
        return self._hub is not None and self._hub.sees

    async def step(self) -> float:
        """Give out what is due. Raises PartFailed and LedgerUnusable."""
        if self._hub is None:
            if self._app.inventory.fleet is None:
                return CHECKED_EVERY
            self._hub = self._made()
        from monitor.fleet.hub import HubFault

        try:
            await self._app.declare()
            return await self._hub.step()
        except HubFault as error:
            raise PartFailed(str(error)) from None

    async def close(self) -> None:
        """End the links to the broker. What is owed stays on file."""
        if self._hub is not None:
            await self._hub.close()

    def _made(self) -> FleetHub:
        app = self._app
        try:
            # A machine that looks alone does without what speaks to a broker.
            from monitor.fleet.hub import FleetHub
        except ImportError as error:
            missing = f"a fleet is declared, and {error.name} is missing: pip install 'leftopen[fleet]'"
            raise PartFailed(missing) from None
        return FleetHub(app.ledger, lambda: app.vantage, app.now, app.environ, self._recorded)

    def _recorded(self, owed: Owed, done: Recorder) -> None:
        self._outbox.wake()
        if owed.network == self._app.inventory.vantage.network:
            self._found(tuple(done.changed.values()))
