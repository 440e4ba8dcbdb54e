"""The file of sessions, tokens and the log on a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from monitor.store.access.access_file import AccessFile

T = TypeVar("T")


class AccessThread:
    """Runs work with the file, one piece after the other, beside the event loop."""

    def __init__(self, ledger: Path) -> None:
        """Open or make the file beside `ledger`. Raises LedgerUnusable."""
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="access")
        self._file = self._pool.submit(AccessFile, ledger).result()

    async def __call__(self, work: Callable[[AccessFile], T]) -> T:
        """Run `work` with the file and bring back what it returns."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, self._file)

    def close(self) -> None:
        """Close the file once all work given to it is done."""
        self._pool.submit(self._file.close).result()
        self._pool.shutdown()
