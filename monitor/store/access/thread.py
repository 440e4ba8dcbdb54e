"""The file of sessions, tokens and the log on a thread of its own."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from monitor.store.access.access_file import AccessFile
from monitor.store.damage.damaged_rows import MAY_BE_DAMAGE
from monitor.store.ledger import LedgerUnusable

T = TypeVar("T")
log = logging.getLogger("leftopen")


class AccessThread:
    """Runs work with the file, one piece after the other, beside the event loop."""

    def __init__(self, ledger: Path) -> None:
        """Open or make the file beside `ledger`. Raises LedgerUnusable."""
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="access")
        self._file = self._pool.submit(AccessFile, ledger).result()

    async def __call__(self, work: Callable[[AccessFile], T]) -> T:
        """Run `work` with the file and bring back what it returns. Where it meets a damaged row, that is set aside,
        and `work` is run once more."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._work, work)

    def _work(self, work: Callable[[AccessFile], T]) -> T:
        try:
            return work(self._file)
        except (*MAY_BE_DAMAGE, sqlite3.OperationalError) as error:
            found = self._file.mend(datetime.now(UTC))
            if not found and isinstance(error, sqlite3.OperationalError):
                raise LedgerUnusable(f"cannot read {self._file.path}: {error}") from error
            if not found:
                raise
            log.error("%s: %d damaged rows were kept and set aside", self._file.path, found)
            return work(self._file)
        except sqlite3.DatabaseError as error:
            # Its pages are damaged, not its rows alone.
            raise LedgerUnusable(f"cannot read {self._file.path}: {error}; move it away to begin another") from error

    def close(self) -> None:
        """Close the file once all work given to it is done."""
        self._pool.submit(self._file.close).result()
        self._pool.shutdown()
