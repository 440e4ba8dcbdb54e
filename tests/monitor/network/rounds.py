"""Whole rounds of the application on a ledger of a test's own, over real sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from monitor.inventory.model.inventory import Inventory
from monitor.service.application import Application, Round
from monitor.store.thread import LedgerThread
from probes.api import Verdict


def inventory(
    *assets: Mapping[str, Any],
    channels: Sequence[Mapping[str, Any]] = (),
    defaults: Mapping[str, Any] | None = None,
    **more: Any,
) -> Inventory:
    """A vendor and its assets, looked at without pauses."""
    return Inventory.model_validate(
        {
            "leftopen": 1,
            "organisation": {"id": "region", "name": "Region Exempel", "contact": "security@region.example"},
            "parties": [{"id": "vendor", "name": "Vendor", "role": "processor"}],
            "channels": list(channels),
            "defaults": {
                "pace": 1000,
                "concurrency": 8,
                "recorder_paths": False,
                "confirm_recipients": False,
                "clear_looks": 2,
                "clear_minutes": 0,
                "timeouts": {"connect": 5, "read": 10, "ask": 20},
                "budget": {"seconds": 60},
                **(defaults or {}),
            },
            "assets": [{"owner": "vendor", **one} for one in assets],
            **more,
        }
    )


@asynccontextmanager
async def application(
    declared: Inventory, database: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> AsyncIterator[Application]:
    """The application on a ledger at `database`."""
    ledger = LedgerThread(database)
    try:
        async with Application(declared, ledger, now) as app:
            yield app
    finally:
        ledger.close()


async def one_round(declared: Inventory, database: Path) -> Round:
    """One round, and the ledger closed behind it."""
    async with application(declared, database) as app:
        return await app.round()


def said(done: Round, *, tls: bool | None = False) -> list[tuple[str, Verdict]]:
    """What a round said of each target that is spoken to so (None: of all), in its order."""
    scheme = {None: "", True: "https://", False: "http://"}[tls]
    return [(line.target, line.verdict) for line in done.lines if line.target.startswith(scheme)]
