"""How long a peer may take. Time in which our own event loop was held is not the peer's: its answer may have come, and
nobody had read it yet."""

from __future__ import annotations

import asyncio
import math

HELD = 0.05
"""Seconds: a timer that strikes later than this was kept waiting by work of our own, or by a machine with too much of
it."""
MOST_GRACES = 3
"""So often in a row one peer is given more time: a loop that is always late is no reason to wait for ever."""


def grace(due: float, now: float) -> float:
    """For how many seconds more to listen, when a timer that was due has struck only now; 0: it struck in time."""
    late = now - due
    return late if late > HELD else 0.0


async def until_ready(number: int, ends: float, *, writable: bool = False) -> None:
    """Wait until a socket of that number can be read or, if `writable`, written.

    Raises TimeoutError at `ends`, the loop's time; where the loop was held then, later by as long as it was, once.
    """
    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    timer = loop.call_at(ends, _too_late, ready, ends)
    if writable:
        loop.add_writer(number, _strike, ready)
    else:
        loop.add_reader(number, _strike, ready)
    try:
        await ready
    finally:
        timer.cancel()
        if writable:
            loop.remove_writer(number)
        else:
            loop.remove_reader(number)
        # It holds what it raised, which holds this frame: both would be there until the collector comes.
        del ready


def _strike(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)


def _too_late(ready: asyncio.Future[None], due: float) -> None:
    if ready.done():
        return
    loop = ready.get_loop()
    if more := grace(due, loop.time()):
        loop.call_later(more, _too_late, ready, math.inf)
    else:
        ready.set_exception(TimeoutError())
