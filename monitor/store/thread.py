"""The ledger on a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol, TypeVar

from monitor.store.ledger import Ledger

T = TypeVar("T")


class OnLedger(Protocol):
    """Runs a piece of work with the ledger, on the ledger's own thread."""

    def __call__(self, work: Callable[[Ledger], T], /) -> Awaitable[T]: ...


class LedgerThread:
    """The ledger on a thread of its own, so that a slow disk never holds up a look."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="ledger")
        self._ledger = self._pool.submit(Ledger, path).result()

    async def __call__(self, work: Callable[[Ledger], T]) -> T:
        """Run `work` with the ledger and bring back what it returns; calls are done in their order."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, self._ledger)

    def close(self) -> None:
        """Close the ledger once all work given to it is done."""
        self._pool.submit(self._ledger.close).result()
        self._pool.shutdown()
