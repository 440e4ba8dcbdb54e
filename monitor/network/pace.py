"""How fast: one pace for each host over all its endpoints and probes, and how long hosts asked us to wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class _Host:
    every: float
    slots: asyncio.Semaphore
    next_turn: float = 0.0
    held_until: float = 0.0
    waiting: int = field(default=0)


class Pace:
    """Turns for each host: at most `rate` requests a second, at most `side_by_side` at once. Times are the loop's."""

    def __init__(self) -> None:
        self._hosts: dict[str, _Host] = {}

    def set(self, key: str, rate: float, side_by_side: int) -> None:
        """The pace of one host; what it has already been asked, and asked of us, stays remembered."""
        host = self._hosts.get(key)
        if host is None:
            self._hosts[key] = _Host(1.0 / rate, asyncio.Semaphore(side_by_side))
        else:
            host.every = 1.0 / rate

    def hold(self, key: str, seconds: float) -> None:
        """The host said Retry-After: nothing is asked of it for so long."""
        host = self._hosts[key]
        host.held_until = max(host.held_until, asyncio.get_running_loop().time() + seconds)

    def held(self, key: str) -> float:
        """How many seconds the host still wants to be left alone."""
        return max(0.0, self._hosts[key].held_until - asyncio.get_running_loop().time())

    @asynccontextmanager
    async def turn(self, key: str) -> AsyncIterator[None]:
        """Wait for the host's next turn and hold one of its slots while asking."""
        host = self._hosts[key]
        async with host.slots:
            now = asyncio.get_running_loop().time()
            at = max(now, host.next_turn, host.held_until)
            host.next_turn = at + host.every
            if at > now:
                await asyncio.sleep(at - now)
            yield
