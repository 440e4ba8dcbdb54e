"""How long a peer may take. Time in which our own event loop was held is not the peer's: its answer may have come, and
nobody had read it yet."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

HELD = 0.05
"""Seconds: a timer that strikes later than this was kept waiting by work of our own, or by a machine with too much of
it."""
MOST_GRACES = 3
"""So often in a row one peer is given more time: a loop that is always late is no reason to wait for ever."""


def grace(due: float, now: float) -> float:
    """For how many seconds more to listen, when a timer that was due has struck only now; 0: it struck in time."""
    late = now - due
    return late if late > HELD else 0.0


class Deadline:
    """`async with Deadline(ends)`, as `asyncio.timeout_at`: TimeoutError at `ends`, the loop's time; where the loop was
    held then, later by as long as it was."""

    def __init__(self, ends: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._due = ends
        self._graces = MOST_GRACES
        self._timeout = asyncio.timeout(None)
        self._timer: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Self:
        await self._timeout.__aenter__()
        self._timer = self._loop.call_at(self._due, self._strike)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        await self._timeout.__aexit__(kind, error, trace)

    def _strike(self) -> None:
        now = self._loop.time()
        more = grace(self._due, now)
        if more and self._graces:
            self._graces -= 1
            self._due = now + more
            self._timer = self._loop.call_at(self._due, self._strike)
        else:
            self._timeout.reschedule(now)
