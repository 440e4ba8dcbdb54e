"""A hub as a process of its own, with small batches: `watch` does the same with all else that it does."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from monitor.cli.opening import run_to_end
from monitor.fleet.hub import FleetHub, HubFault
from monitor.inventory.load import load
from monitor.inventory.model.inventory import Inventory
from monitor.rounds.vantage import Vantage
from monitor.store.thread import LedgerThread


def clock() -> Callable[[], datetime]:
    """The time; with $CLOCK (`epoch seconds,times,seconds`) one that runs so many times as fast since then, and so far
    ahead."""
    said = os.environ.get("CLOCK")
    if not said:
        return lambda: datetime.now(UTC)
    begun, times, ahead = map(float, said.split(","))
    return lambda: datetime.fromtimestamp(begun + ahead + (datetime.now(UTC).timestamp() - begun) * times, UTC)


async def work(inventory: Inventory, database: Path, hosts: int) -> int:
    """Work until somebody ends the process."""
    ledger, now = LedgerThread(database), clock()
    vantage = Vantage(inventory, now, os.environ)
    hub = FleetHub(
        ledger, lambda: vantage, now, os.environ, step=float(os.environ.get("STEP", "0.5")), hosts=hosts or None
    )
    while True:
        try:
            wait = await hub.step()
        except HubFault as fault:
            logging.warning("%s", fault)
            wait = 1.0
        await asyncio.sleep(wait)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    # As `watch` does: the same event loop, and the collector as seldom.
    sys.exit(run_to_end(work(load(Path(sys.argv[1])), Path(sys.argv[2]), int(sys.argv[3]))))
