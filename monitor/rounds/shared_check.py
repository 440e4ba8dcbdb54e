"""Rounds side by side share a check of the controls: each is answered by one that began after it asked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from monitor.findings.reasons import Reason

Check = Callable[[], Awaitable[Reason | None]]
"""Says why we cannot see, or None."""


class SharedCheck:
    """Whoever asks while a check is under way waits for the next one, with all others who do.

    A check that has begun already is no answer: the controls must be seen after what stands before them was seen.
    """

    def __init__(self) -> None:
        self._running: asyncio.Task[Reason | None] | None = None
        self._next: asyncio.Task[Reason | None] | None = None

    async def __call__(self, check: Check) -> Reason | None:
        """What a check comes to that begins from now on: this one, or that of who asked first."""
        if self._next is None:
            self._next = asyncio.create_task(self._after(self._running, check))
        # A round that is broken off takes the check from nobody else.
        return await asyncio.shield(self._next)

    async def _after(self, before: asyncio.Task[Reason | None] | None, check: Check) -> Reason | None:
        if before is not None:
            await asyncio.wait([before])
        self._running, self._next = self._next, None
        return await check()
