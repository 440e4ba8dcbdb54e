"""What the service does besides looking: drills of channels, deletion of old looks, the page for acknowledgements."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.alerts.delivery.address import without_address
from monitor.alerts.drills import owe_due_drills
from monitor.inventory.model.inventory import Acknowledge, Inventory
from monitor.service.supervisor import PartFailed
from monitor.store.damage import damaged_rows, indexes
from monitor.store.log.erasure import erase
from monitor.store.retention import forget
from monitor.store.schema.stored import WAY_OUT
from monitor.store.tables import reports
from monitor.store.thread import LedgerThread

if TYPE_CHECKING:
    from monitor.web.phone.server import AcknowledgePage

log = logging.getLogger("leftopen.watch")

DRILLS_EVERY = 60.0
DELETED_EVERY = 3600.0
BETWEEN_DELETIONS = 0.1
"""Seconds between two small deletions: whatever else is to be recorded goes in between."""
PAGE_CHECKED_EVERY = 5.0
CHANNELS_EVERY = 60.0
DATABASE_EVERY = 24 * 3600.0


class Housekeeping:
    """Drills and deletion, each called by the supervisor however busy the looks are."""

    def __init__(self, inventory: Callable[[], Inventory], ledger: LedgerThread, now: Callable[[], datetime]) -> None:
        self._inventory = inventory
        self._ledger = ledger
        self._now = now
        self._reached = 0
        self._deleted = 0

    async def drill(self, owed: Callable[[], None]) -> float:
        """Try the channels of parties whose last drill is too old; `owed` is called when there are any."""
        inventory, at = self._inventory(), self._now()
        if await self._ledger(lambda ledger: owe_due_drills(ledger, inventory, at)):
            owed()
        return DRILLS_EVERY

    async def delete(self) -> float:
        """Delete some of what is older than is declared; soon again while there is more."""
        defaults, now = self._inventory().defaults, self._now()
        if defaults.keep_damaged_rows:
            damaged = now - defaults.keep_damaged_rows
            if await self._ledger(lambda ledger: damaged_rows.delete_older(ledger, damaged)):
                return BETWEEN_DELETIONS
        if defaults.keep_reports:
            old = now - defaults.keep_reports
            if await self._ledger(lambda ledger: reports.delete_older(ledger, old, now)):
                return BETWEEN_DELETIONS
        keep = defaults.keep_looks
        if not keep:
            return DELETED_EVERY
        before, behind = now - keep, self._reached
        step = await self._ledger(lambda ledger: forget(ledger, before, behind))
        self._deleted += step.deleted
        self._reached = step.reached or 0
        more = await self._ledger(lambda ledger: erase(ledger, before))
        if more or step.reached is not None:
            return BETWEEN_DELETIONS
        if self._deleted:
            log.info("%d looks from before %s were deleted", self._deleted, f"{before:%Y-%m-%d}")
        self._deleted = 0
        return DELETED_EVERY


class DatabaseCheck:
    """Checks the whole database, and makes indexes anew that do not fit their tables."""

    def __init__(
        self,
        ledger: LedgerThread,
        now: Callable[[], datetime],
        record: Callable[[str], Awaitable[None]],
        begins: float = 0.0,
    ) -> None:
        """`record` puts on file what is wrong; empty: nothing is any more. It begins after so many seconds: the first
        looks come first."""
        self._ledger = ledger
        self._now = now
        self._record = record
        self._begins = begins
        self._said = ""

    async def step(self) -> float:
        """Check; what cannot be mended is put on file. Raises LedgerUnusable."""
        begins, self._begins = self._begins, 0.0
        if begins:
            return begins
        fault = await asyncio.to_thread(indexes.fault_of, self._ledger.path)
        if fault:
            log.error("the database: a check of it says: %s", fault)
            fault = await self._ledger(lambda ledger: indexes.make_anew(ledger, self._now()))
        said = f"{self._ledger.path} is damaged ({fault}): {WAY_OUT}" if fault else ""
        if said != self._said:
            await self._record(said)
            self._said = said
        return DATABASE_EVERY


class ChannelCheck:
    """Writes down which channels have no address for this process: before an alert needs one."""

    def __init__(
        self,
        inventory: Callable[[], Inventory],
        environ: Mapping[str, str],
        record: Callable[[str], Awaitable[None]],
    ) -> None:
        """`record` puts on file what is wrong; empty: nothing is any more."""
        self._inventory = inventory
        self._environ = environ
        self._record = record
        self._said = ""

    async def step(self) -> float:
        """Read each secret; only what has changed is put on file."""
        missing = await asyncio.to_thread(without_address, self._inventory(), self._environ)
        said = "; ".join(f"{channel}: {why}" for channel, why in missing)
        if said != self._said:
            await self._record(said)
            self._said = said
        return CHANNELS_EVERY


class PageKeeper:
    """Serves the acknowledgement page that the inventory declares now; another one after a reload."""

    def __init__(
        self,
        inventory: Callable[[], Inventory],
        ledger: LedgerThread,
        now: Callable[[], datetime],
        acted: Callable[[], None],
    ) -> None:
        """`acted` is called when something was done on the page: what it owes, or lets go, may be sent."""
        self._inventory = inventory
        self._ledger = ledger
        self._now = now
        self._acted = acted
        self._served: Acknowledge | None = None
        self._page: AcknowledgePage | None = None

    async def serve(self) -> float:
        """Serve what is declared. Raises PartFailed when its address cannot be had: looking goes on without it."""
        declared = self._inventory().acknowledge
        if declared != self._served:
            await self.close()
        if declared is not None and self._page is None:
            page = (await asyncio.to_thread(_page_server))(
                declared, self._inventory, self._ledger, self._now, self._acted
            )
            try:
                await page.__aenter__()
            except OSError as error:
                where = f"{declared.listen.address}:{declared.listen.port}"
                raise PartFailed(
                    f"acknowledge.listen: the page cannot be served at {where} ({error.strerror or error}); "
                    "links in messages lead nowhere until it can, and it is tried again"
                ) from error
            self._page, self._served = page, declared
        return PAGE_CHECKED_EVERY

    async def close(self) -> None:
        """Serve nothing more."""
        page, self._page, self._served = self._page, None, None
        if page is not None:
            await page.__aexit__(None, None, None)


def _page_server() -> type[AcknowledgePage]:
    # A service that serves no page never holds its libraries; they are imported beside the loop.
    from monitor.web.phone.server import AcknowledgePage

    return AcknowledgePage
