"""Readings of the ledger by scope, on threads of their own beside the one that writes."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from monitor.store.access.scope import ScopedLedger
from monitor.store.access.views import ReadScope
from monitor.store.ledger import Ledger

T = TypeVar("T")
THREADS = 3
"""Few: a round must get its share of the processor, whatever is read."""
MOST_WAITING = 64
"""More readings than this do not wait: they are refused."""
KEPT = 12
"""Connections that are kept open between readings."""
OLDEST = 60.0
"""Seconds after which a connection is opened anew: assets that left the inventory are found again."""


class TooBusy(Exception):
    """More is being read than can be."""


class ReadPool:
    """Reads with the ledger of a scope. Nothing that is read here waits for a round, and no round for it."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.path = path
        self._clock = clock
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="reading")
        self._idle: OrderedDict[int, tuple[str, float, ScopedLedger]] = OrderedDict()
        self._lock = threading.Lock()
        self._waiting = 0

    async def __call__(self, scope: ReadScope, work: Callable[[Ledger], T]) -> T:
        """Run `work` with the ledger as `scope` sees it, all of it at one moment of the ledger's life.

        Raises TooBusy, LedgerUnusable.
        """
        if self._waiting >= MOST_WAITING:
            raise TooBusy
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self.read, scope, work)
        finally:
            self._waiting -= 1

    async def renew(self, scope: ReadScope) -> None:
        """Open a connection of this scope anew, so that the next reading need not. Raises LedgerUnusable."""
        await asyncio.get_running_loop().run_in_executor(self._threads, self._renew, scope)

    def _renew(self, scope: ReadScope) -> None:
        opened, ledger = self._clock(), ScopedLedger(self.path, scope)
        with self._lock:
            for number in [number for number, (key, *_) in self._idle.items() if key == scope.key]:
                self._idle.pop(number)[2].close()
        self._give(scope, opened, ledger)

    def read(self, scope: ReadScope, work: Callable[[Ledger], T]) -> T:
        """As calling it, on this thread."""
        opened, ledger = self._take(scope)
        try:
            ledger.begin()
            done = work(ledger)
            ledger.end()
        except BaseException:
            ledger.close()
            raise
        self._give(scope, opened, ledger)
        return done

    def _take(self, scope: ReadScope) -> tuple[float, ScopedLedger]:
        with self._lock:
            for number, (key, opened, ledger) in self._idle.items():
                if key == scope.key:
                    del self._idle[number]
                    if self._clock() - opened < OLDEST:
                        return opened, ledger
                    ledger.close()
                    break
        return self._clock(), ScopedLedger(self.path, scope)

    def _give(self, scope: ReadScope, opened: float, ledger: ScopedLedger) -> None:
        with self._lock:
            self._idle[id(ledger)] = scope.key, opened, ledger
            while len(self._idle) > KEPT:
                self._idle.popitem(last=False)[1][2].close()

    def close(self) -> None:
        """End all readings."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        with self._lock:
            while self._idle:
                self._idle.popitem()[1][2].close()
