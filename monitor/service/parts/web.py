"""Keeps the declared dashboard served: another one after a reload, and again when its place was taken."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.health.stalls import Stalls
from monitor.inventory.model.installation.web import Web
from monitor.inventory.model.inventory import Inventory
from monitor.service.supervisor import PartFailed
from monitor.store.access.pool import ReadPool
from monitor.store.access.thread import AccessThread
from monitor.store.thread import OnLedger

if TYPE_CHECKING:
    from monitor.web.call import Services
    from monitor.web.server import WebServer

CHECKED_EVERY = 5.0


class WebKeeper:
    """Serves the dashboard that the inventory declares now, if it declares one."""

    def __init__(
        self,
        inventory: Callable[[], Inventory],
        database: Path,
        now: Callable[[], datetime],
        ledger: OnLedger | None = None,
        acted: Callable[[], None] = lambda: None,
        stalls: Stalls | None = None,
    ) -> None:
        """`ledger` is where actions are recorded (None: it only reads); `acted` is called when one was. `stalls` are
        those of the loop that serves."""
        self._inventory = inventory
        self._database = database
        self._now = now
        self._ledger = ledger
        self._acted = acted
        self._stalls = stalls
        self._served: Web | None = None
        self._server: WebServer | None = None
        self._opened: tuple[ReadPool, AccessThread] | None = None

    @property
    def serving(self) -> bool:
        """Whether the dashboard is served now."""
        return self._server is not None

    async def serve(self) -> float:
        """Serve what is declared. Raises PartFailed when its place cannot be had: looking goes on without it."""
        declared = self._inventory().web
        # Grants are read at every request: when only they change, nobody is thrown out.
        if _fixed(declared) != _fixed(self._served):
            await self.close()
        if declared is not None and self._server is None:
            await self._open(declared)
        self._served = declared
        return CHECKED_EVERY

    async def _open(self, declared: Web) -> None:
        self._opened = ReadPool(self._database), AccessThread(self._database)
        pool, access = self._opened
        # Beside the loop: the libraries of the dashboard take most of a second to import.
        make_services, make_server = await asyncio.to_thread(_libraries)
        server = make_server(
            declared,
            make_services(self._inventory, pool, access, self._now, self._ledger, self._acted, stalls=self._stalls),
        )
        try:
            await server.__aenter__()
        except OSError as error:
            await self.close()
            raise PartFailed(
                f"web.listen: the dashboard cannot be served at {declared.listen} ({error.strerror or error}); "
                "it is tried again"
            ) from error
        self._server = server

    async def close(self) -> None:
        """Serve nothing more."""
        server, self._server, self._served = self._server, None, None
        opened, self._opened = self._opened, None
        if server is not None:
            await server.__aexit__(None, None, None)
        for one in opened or ():
            one.close()


def _libraries() -> tuple[type[Services], type[WebServer]]:
    # A service that serves no dashboard never holds its libraries.
    from monitor.web.call import Services
    from monitor.web.server import WebServer

    return Services, WebServer


def _fixed(declared: Web | None) -> Web | None:
    return None if declared is None else declared.model_copy(update={"grants": ()})
