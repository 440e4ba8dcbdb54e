"""The head of each scope that is being read, kept so fresh that no page waits for it."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.store.access.pool import ReadPool, TooBusy
from monitor.store.ledger import LedgerUnusable
from monitor.web.identity.grants import Seen
from monitor.web.read.head import Head, amended, head

log = logging.getLogger("leftopen.web")
FRESH, STALE = 5.0, 60.0
"""Seconds for which the head of a scope is shown again: without being read anew, and while it is. Its time stands on
the page."""
PAUSE = timedelta(hours=12)
"""So long after a scope was read last, its next page is as fast as if somebody had just read one."""
MOST_WARM = 8
"""Scopes that are read ahead: of ten thousand assets each takes a third of a second of the processor a minute."""
MOST_ACTIONS = 100
"""Actions since a head was read, after which all of it is read anew."""
EVERY = 40.0
"""Seconds between two readings ahead; less than `STALE`, and than a connection is kept."""


@dataclass(frozen=True, slots=True)
class _Kept:
    head: Head
    actions: int
    """How many actions had been done when it began to be read: it shows these."""


class Heads:
    """The heads by scope. Calling it gives the head of one, a minute old at the most, and with all that people did."""

    def __init__(self, pool: ReadPool, now: Callable[[], datetime]) -> None:
        self._pool = pool
        self._now = now
        self._known: dict[str, _Kept] = {}
        self._done = 0
        self._acted: deque[frozenset[str]] = deque(maxlen=MOST_ACTIONS)
        self._reading: dict[str, asyncio.Lock] = {}
        self._renewing: dict[str, asyncio.Task[Head]] = {}
        self._wanted: dict[str, tuple[Seen, datetime]] = {}

    async def __call__(self, view: Seen) -> Head:
        """The head of a scope. Raises TooBusy, LedgerUnusable."""
        key = view.scope.key
        self._wanted[key] = view, self._now()
        known = self._known.get(key)
        age = self._age(known)
        if known is None or not 0 <= age < STALE:
            return await self._read(view)
        if known.actions < self._done:
            return await self._amend(view)
        if age >= FRESH and key not in self._renewing:
            # Nobody waits for it.
            renewing = asyncio.create_task(self._read(view))
            self._renewing[key] = renewing
            renewing.add_done_callback(lambda done: self._renewed(key, done))
        return known.head

    def acted(self, findings: Collection[str]) -> None:
        """Something was done about these findings, or about messages: the next page shows it."""
        self._done += 1
        self._acted.append(frozenset(findings))

    def forget(self) -> None:
        """The inventory has changed, and with it what every scope sees."""
        for kept in (self._known, self._reading, self._wanted):
            kept.clear()

    def want(self, view: Seen) -> None:
        """A scope that somebody may read soon: it is read ahead as if somebody had."""
        self._wanted.setdefault(view.scope.key, (view, self._now()))

    async def warm(self) -> None:
        """Read anew the heads of the scopes that were read lately, and are not fresh, each by a new connection, which
        the next page takes: nobody waits for either."""
        since = self._now() - PAUSE
        lately = sorted((one for one in self._wanted.values() if one[1] > since), key=lambda one: one[1])
        for view, _ in lately[-MOST_WARM:]:
            try:
                await self._pool.renew(view.scope)
                await self._read(view)
            except (LedgerUnusable, TooBusy) as error:
                log.warning("the head of %s could not be read ahead: %s", view.grant, error or type(error).__name__)

    def age(self, view: Seen) -> float | None:
        """How many seconds old the head of a scope is; None: it was not read yet."""
        known = self._known.get(view.scope.key)
        return None if known is None else self._age(known)

    def _age(self, known: _Kept | None) -> float:
        return STALE if known is None else (self._now() - known.head.at).total_seconds()

    def _renewed(self, key: str, done: asyncio.Task[Head]) -> None:
        self._renewing.pop(key, None)
        if not done.cancelled() and done.exception() is not None:
            log.warning("the head of %s could not be read: %s", key.partition(":")[0], done.exception())

    async def _read(self, view: Seen) -> Head:
        key = view.scope.key
        async with self._reading.setdefault(key, asyncio.Lock()):
            known, now, done = self._known.get(key), self._now(), self._done
            if known is None or known.actions < done or not 0 <= self._age(known) < FRESH:
                known = _Kept(await self._pool(view.scope, lambda ledger: head(ledger, view, now)), done)
                self._known[key] = known
            return known.head

    async def _amend(self, view: Seen) -> Head:
        """Read anew what actions have changed: a person who has done something waits for no more."""
        key = view.scope.key
        async with self._reading.setdefault(key, asyncio.Lock()):
            known, now, done = self._known.get(key), self._now(), self._done
            missed = done - known.actions if known is not None else len(self._acted) + 1
            if known is not None and 0 < missed <= len(self._acted):
                before = known.head
                findings = frozenset().union(*list(self._acted)[-missed:])
                known = _Kept(
                    await self._pool(view.scope, lambda ledger: amended(ledger, view, before, findings, now)), done
                )
                self._known[key] = known
            if known is not None and known.actions >= done:
                return known.head
        return await self._read(view)
