"""The ledger on a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TypeVar

from monitor.store.access.write_lock import WriteLock
from monitor.store.damage import damaged_rows
from monitor.store.ledger import Ledger
from monitor.store.schema.stored import RowDamaged

T = TypeVar("T")


class OnLedger(Protocol):
    """Runs a piece of work with the ledger, on the ledger's own thread."""

    def __call__(self, work: Callable[[Ledger], T], /) -> Awaitable[T]: ...


class LedgerThread:
    """The ledger on a thread of its own, so that a slow disk never holds up a look."""

    def __init__(self, path: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.path = path
        self._now = now
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="ledger")
        self._ledger = self._pool.submit(Ledger, path).result()

    @property
    def writes(self) -> WriteLock:
        """For how long transactions held the write lock."""
        return self._ledger.writes

    async def __call__(self, work: Callable[[Ledger], T]) -> T:
        """Run `work` with the ledger and bring back what it returns; calls are done in their order. Where it meets a
        damaged row, that row is set aside, and `work` is run once more."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._work, work)

    async def steps(self, work: Callable[[Ledger], Iterator[None]]) -> None:
        """Do work that pauses, step by step: whatever else is given to the ledger goes in between. Work that meets a
        damaged row begins anew once that is set aside."""
        running: Iterator[None] | None = None

        def step(ledger: Ledger) -> bool:
            nonlocal running
            running = work(ledger) if running is None else running
            try:
                next(running)
            except StopIteration:
                return False
            except BaseException:
                running = None
                raise
            return True

        while await self(step):
            pass

    def _work(self, work: Callable[[Ledger], T]) -> T:
        try:
            return work(self._ledger)
        except damaged_rows.MAY_BE_DAMAGE as error:
            mended = damaged_rows.set_aside_after(error, self._ledger, self._now())
            # Another process may have met the same row, and mended it first.
            if not mended and not isinstance(error, RowDamaged):
                raise
            return work(self._ledger)

    def close(self) -> None:
        """Close the ledger once all work given to it is done."""
        self._pool.submit(self._ledger.close).result()
        self._pool.shutdown()
