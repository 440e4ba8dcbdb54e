"""Rounds side by side share a check; none is answered by one that began before it asked."""

from __future__ import annotations

import asyncio

from monitor.findings.reasons import Cause, Reason
from monitor.rounds.shared_check import SharedCheck


class Checks:
    """Checks that begin one after the other and end when they are let."""

    def __init__(self) -> None:
        self.begun = 0
        self.says: list[Reason | None] = []
        self._let = asyncio.Semaphore(0)

    async def __call__(self) -> Reason | None:
        self.begun += 1
        mine = self.begun
        await self._let.acquire()
        return self.says[mine - 1]

    async def end(self) -> None:
        self._let.release()
        await asyncio.sleep(0.01)


async def test_who_asks_while_a_check_is_under_way_waits_for_the_next_one() -> None:
    shared, checks = SharedCheck(), Checks()
    checks.says = [None, Cause.CONTROL_NOT_SEEN]
    first = [asyncio.create_task(shared(checks)) for _ in range(8)]
    await asyncio.sleep(0.01)
    assert checks.begun == 1
    later = [asyncio.create_task(shared(checks)) for _ in range(8)]
    await asyncio.sleep(0.01)
    assert checks.begun == 1
    await checks.end()
    assert [one.result() for one in first] == [None] * 8
    assert not any(one.done() for one in later)
    await checks.end()
    assert [one.result() for one in later] == [Cause.CONTROL_NOT_SEEN] * 8
    assert checks.begun == 2


async def test_a_round_that_is_broken_off_takes_the_check_from_nobody() -> None:
    shared, checks = SharedCheck(), Checks()
    checks.says = [None, None]
    gone, stays = (asyncio.create_task(shared(checks)) for _ in range(2))
    await asyncio.sleep(0.01)
    gone.cancel()
    await checks.end()
    assert gone.cancelled()
    assert await stays is None
    again = asyncio.create_task(shared(checks))
    await asyncio.sleep(0.01)
    await checks.end()
    assert await again is None
    assert checks.begun == 2
