"""For how long one program keeps all others from writing: a meter of the transactions of a ledger."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class WriteLock:
    """What was measured since the ledger was opened."""

    number: int = 0
    longest: float = 0.0
    """Seconds by the clock, of which a busy machine makes any number."""
    longest_work: float = 0.0
    """The most processor seconds that the thread used in one transaction."""

    @contextmanager
    def held(self) -> Iterator[None]:
        """Measure one transaction, from when it has the lock until that is given back."""
        began, worked = time.monotonic(), time.thread_time()
        try:
            yield
        finally:
            self.number += 1
            self.longest = max(self.longest, time.monotonic() - began)
            self.longest_work = max(self.longest_work, time.thread_time() - worked)
