"""A meter of the event loop: how often it was held, and for how long, so that nothing else could go on.

A timer is due every few hundredths of a second. How late it comes is how long something else held the loop: a page that
was read where it should not be, a query that should have been on the ledger's thread, or a machine with no time left.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

log = logging.getLogger("leftopen.watch")

TICK = 0.05
"""Seconds between two timers."""
LIMIT = 0.1
"""A loop that is held for more seconds than this stalls."""
SAID_EVERY = 60.0
"""Seconds for which further stalls are counted and not said, unless they are twice as long as the one that was."""


@dataclass(slots=True)
class Stalls:
    """What was measured since the start."""

    number: int = 0
    seconds: float = 0.0
    """All stalls together."""
    longest: float = 0.0
    longest_work: float = 0.0
    """The most processor time that the loop's own thread used in one of them; the rest was waiting for a processor."""


class StallMeter:
    """Measures the loop that `step` runs in."""

    def __init__(
        self,
        limit: float = LIMIT,
        clock: Callable[[], float] = time.monotonic,
        work: Callable[[], float] = time.thread_time,
    ) -> None:
        """`work` is the processor time of the loop's own thread."""
        self.stalls = Stalls()
        self._limit = limit
        self._clock = clock
        self._work = work
        self._said: tuple[float, float] | None = None

    async def step(self) -> float:
        """Measure until it is cancelled."""
        while True:
            began, worked = self._clock(), self._work()
            await asyncio.sleep(TICK)
            self.took(self._clock() - began - TICK, self._work() - worked)

    def took(self, late: float, worked: float) -> None:
        """A timer came so many seconds late, of which the loop's own thread worked."""
        if late <= self._limit:
            return
        stalls, now = self.stalls, self._clock()
        stalls.number += 1
        stalls.seconds += late
        stalls.longest = max(stalls.longest, late)
        stalls.longest_work = max(stalls.longest_work, worked)
        if self._said is None or now - self._said[0] >= SAID_EVERY or late >= 2 * self._said[1]:
            self._said = now, late
            text = "the event loop was held for %.2f s, of which it worked %.2f s; so far %d times, %.1f s in all"
            log.warning(text, late, worked, stalls.number, stalls.seconds)
