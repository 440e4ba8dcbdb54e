"""The workload `locks`: for how long one transaction keeps all others from writing, with the assets of a national team.

What a service writes of itself is done one after the other, by the ledger's own thread: all assets are declared first,
a round looks at some, five assets go and come again days later, and looks that are too old are deleted.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.figures import Figure
from bench.fleet import spread
from monitor.cli.main import collect_rarely
from monitor.inventory.load import load
from monitor.service.application import Application
from monitor.service.parts.housekeeping import BETWEEN_DELETIONS, Housekeeping
from monitor.store.access.write_lock import WriteLock
from monitor.store.thread import LedgerThread

MOST = 0.1
"""Seconds that nobody may hold the lock."""
_LOOKED = 2_000
_GONE = 5


async def _phases(folder: Path, assets: int) -> dict[str, WriteLock]:
    now, phases = datetime(2026, 3, 1, tzinfo=UTC), dict[str, WriteLock]()
    inventory, ledger = load(spread(folder, assets)), LedgerThread(folder / "leftopen.db", lambda: now)
    fewer = inventory.model_copy(update={"assets": inventory.assets[_GONE:]})
    collect_rarely()

    async def measured(phase: str, work: Callable[[], Awaitable[object]]) -> None:
        await ledger(lambda led: setattr(led, "writes", WriteLock()))
        await work()
        phases[phase] = ledger.writes

    async def deleting(app: Application) -> None:
        housekeeping = Housekeeping(lambda: app.inventory, ledger, lambda: now)
        while await housekeeping.delete() == BETWEEN_DELETIONS:
            pass

    try:
        async with Application(inventory, ledger, lambda: now) as app:
            await measured("all are declared", app.declare)
            some = [asset.id for asset in inventory.assets[:_LOOKED]]
            for phase in ("a first round", "a later round"):
                await measured(phase, lambda: app.round(some))
                now += timedelta(days=3)
            for phase, declared in (("five have gone", fewer), ("five have come", inventory)):
                app.inventory = declared
                await measured(phase, app.declare)
                now += timedelta(days=3)
            now += timedelta(days=3_000)
            await measured("old looks are deleted", lambda: deleting(app))
    finally:
        ledger.close()
    return phases


def measure(assets: int) -> list[Figure]:
    """One run of all of it."""
    with tempfile.TemporaryDirectory() as name:
        phases = asyncio.run(_phases(Path(name), assets))
    figures = []
    for phase, lock in phases.items():
        kept = "keeps" if lock.longest <= MOST else "DOES NOT KEEP"
        own = f"{lock.longest_work * 1e3:.0f} ms of it work at the most"
        note = f"n = {lock.number:,} transactions, {assets:,} assets; {own}; {kept} the bound of {MOST * 1e3:.0f} ms"
        figures.append(Figure("locks", f"{phase}: the longest transaction", "ms", lock.longest * 1e3, None, note))
    return figures
