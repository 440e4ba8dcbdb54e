"""Runs the parts of the service side by side: a part that fails is logged, stands in `health`, and is tried again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from monitor.store.ledger import LedgerUnusable

log = logging.getLogger("leftopen.watch")

FIRST_PAUSE = 1.0
PAUSE = 30.0
"""Seconds after which a part that failed is tried again: at first, and at the most when it goes on failing."""
SETTLED = 1.0
"""Seconds after which an endless part that was started again counts as working."""


class PartFailed(Exception):
    """A part cannot work for a reason outside this program; the message says what, why and what to do."""


@dataclass(frozen=True, slots=True)
class Part:
    """One loop of the service."""

    name: str
    step: Callable[[], Awaitable[float]]
    """Does what is due, and returns the seconds until it is to be called again."""
    vital: bool = False
    """While a vital part fails, the service does not say that it is well."""
    endless: bool = False
    """Its step goes on until the service stops, and then ends by itself. Any other part is cancelled at the stop."""


class Supervisor:
    """Keeps every part going until `stop` is set. No part can end another one, or the service."""

    def __init__(
        self, parts: Iterable[Part], stop: asyncio.Event, record: Callable[[str, str], Awaitable[None]]
    ) -> None:
        """`record` puts on file why a part fails, and an empty text once it works again."""
        self._parts = tuple(parts)
        self._stop = stop
        self._record = record
        self._wakes = {part.name: asyncio.Event() for part in self._parts}
        self._faults: dict[str, str] = {}
        self._unwritten: set[str] = set()
        """Parts whose state could not be put on file."""

    @property
    def well(self) -> bool:
        """Whether every vital part works."""
        return not any(part.vital and part.name in self._faults for part in self._parts)

    def wake(self, name: str) -> None:
        """Call a part now, however long it wanted to wait. (A part that failed keeps its pause.)"""
        self._wakes[name].set()

    async def run(self) -> None:
        """Run the parts; returns when all of them have ended after `stop` was set."""
        tasks = {part: asyncio.create_task(self._keep(part), name=part.name) for part in self._parts}
        try:
            await self._stop.wait()
        finally:
            self._stop.set()
            for part, task in tasks.items():
                if not part.endless:
                    task.cancel()
            await asyncio.gather(*tasks.values(), return_exceptions=True)

    async def _keep(self, part: Part) -> None:
        woken, clock = self._wakes[part.name], asyncio.get_running_loop().time
        pause = last = 0.0
        while not self._stop.is_set():
            woken.clear()
            try:
                wait = await (self._endless(part) if part.endless else part.step())
            except LedgerUnusable as error:
                # What is on file stays, and what is due is due again: nothing can be decided without a memory.
                await self._failed(part, str(error))
            except PartFailed as error:
                await self._failed(part, str(error))
            except Exception as error:
                log.exception("%s: a bug of ours; it is tried again", part.name)
                await self._failed(part, f"a bug of ours ({type(error).__name__}), see the log", logged=True)
            else:
                await self._works(part)
                await self._sleep(wait, woken)
                continue
            # A part that works a little between two failures is not tried more often for that.
            pause = min(PAUSE, pause * 2 if pause and clock() - last < 2 * PAUSE else FIRST_PAUSE)
            await self._rest(part, pause)
            last = clock()

    async def _rest(self, part: Part, seconds: float) -> None:
        """Wait so long; where not even the fault can be written, as on a full disk, until it can be."""
        clock = asyncio.get_running_loop().time
        ends = clock() + seconds
        while (left := ends - clock()) > 0 and not self._stop.is_set():
            await self._sleep(min(left, FIRST_PAUSE) if part.name in self._unwritten else left)
            if part.name in self._unwritten and await self._note(part.name, self._faults[part.name]):
                return

    async def _endless(self, part: Part) -> float:
        step = asyncio.ensure_future(part.step())
        try:
            if part.name in self._faults and not (await asyncio.wait({step}, timeout=SETTLED))[0]:
                await self._works(part)
            return await step
        finally:
            step.cancel()

    async def _failed(self, part: Part, why: str, *, logged: bool = False) -> None:
        if self._faults.get(part.name) == why:
            return  # said once: it is in the log, and in health for as long as it lasts
        self._faults[part.name] = why
        if not logged:
            log.error("%s: %s", part.name, why)
        await self._note(part.name, why)

    async def _works(self, part: Part) -> None:
        if self._faults.pop(part.name, None) is not None:
            log.info("%s works again", part.name)
            await self._note(part.name, "")

    async def _note(self, name: str, why: str) -> bool:
        """Put the state of a part on file; whether it could be."""
        try:
            await self._record(name, why)
        except LedgerUnusable:
            log.debug("the state of %s could not be recorded", name)
            self._unwritten.add(name)
            return False
        self._unwritten.discard(name)
        return True

    async def _sleep(self, seconds: float, woken: asyncio.Event | None = None) -> None:
        waits = [asyncio.ensure_future(event.wait()) for event in (self._stop, woken) if event is not None]
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*waits, return_exceptions=True)
