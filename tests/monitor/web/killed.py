"""A process that serves the dashboard with its actions until it is killed: `python -m ... DATABASE PORT`."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from monitor.service.parts.web import WebKeeper
from monitor.store.thread import LedgerThread
from tests.monitor.web.house import NOW, inventory


async def serve(database: Path, port: int) -> None:
    declared = inventory(f'web: {{listen: "127.0.0.1:{port}", url: "http://127.0.0.1:{port}"}}\n')
    ledger = LedgerThread(database)
    await WebKeeper(lambda: declared, database, lambda: NOW + timedelta(minutes=1), ledger).serve()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
