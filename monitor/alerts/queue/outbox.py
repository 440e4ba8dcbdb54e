"""The outbox: whatever is owed is sent, then marked, and tried again at a date; one hung channel delays no other.

A process killed at any moment loses nothing: what is not marked is sent again, under the same finding id and sequence.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor.alerts.delivery.process import Sender
from monitor.alerts.queue.pipeline import Pipeline, Tried
from monitor.alerts.queue.retry import holds_up
from monitor.inventory.model.inventory import Inventory
from monitor.store.ledger import Ledger
from monitor.store.messages import events, leases
from monitor.store.messages.digests import Unheard, unheard
from monitor.store.messages.queued import DueState, Outcome, QueuedMessage
from monitor.store.thread import OnLedger
from probes.recognise.people.masking import mask_text

log = logging.getLogger("leftopen.outbox")

POLL = 30.0
"""Seconds after which the ledger is read again in any case: another process may have put something in it."""
_POLL_LOOKING = 3.0
"""As `POLL`, while a round is under way: an alert does not wait for its end."""
_AT_ONCE = 24
_SLOW_AT_ONCE = 8
_MOST_AT_A_TIME = 5
_GRACE = 5.0
_PASSES = 3
_LOOK_ELSEWHERE = 0.1


@dataclass(frozen=True, slots=True)
class Drained:
    """What one pass over the outbox came to."""

    tried: tuple[Tried, ...]
    next_due: datetime | None
    """When there is something to do again; None when nothing is owed."""

    def count(self, outcome: Outcome) -> int:
        """How many tries ended so."""
        return sum(one.outcome is outcome for one in self.tried)

    @property
    def failed(self) -> tuple[Tried, ...]:
        """The tries that no provider accepted."""
        return tuple(one for one in self.tried if one.outcome is not Outcome.ACCEPTED)


def _quietly(_: Tried) -> None:
    """Nobody listens."""


class Outbox:
    """Sends what the ledger says is owed. There may be several on one ledger: each message is claimed before it is
    sent, and what one of them is at, the others leave alone."""

    def __init__(
        self,
        on_ledger: OnLedger,
        inventory: Inventory,
        now: Callable[[], datetime],
        sender: Sender,
        *,
        environ: Mapping[str, str],
        storage: Path | None = None,
        heard: Callable[[Tried], None] = _quietly,
    ) -> None:
        """`environ` is where `env:` secrets are; `storage` is a folder for what services must remember, with one for
        each channel in it; `heard` is called with every try.
        """
        self._pipeline = Pipeline(on_ledger, inventory, now, sender, environ, storage)
        self._on_ledger = on_ledger
        self._now = now
        self._heard = heard
        self._woken = asyncio.Event()
        # Channels that hang have places of their own, so that however many of them there are, the others never queue.
        self._swift = asyncio.Semaphore(_AT_ONCE)
        self._slow = asyncio.Semaphore(_SLOW_AT_ONCE)
        self._hung: set[str] = set()
        self._alarmed: set[Unheard] = set()

    @property
    def inventory(self) -> Inventory:
        """The inventory as it now is: who may be told is looked up in it at each try."""
        return self._pipeline.inventory

    @inventory.setter
    def inventory(self, inventory: Inventory) -> None:
        self._pipeline.inventory = inventory

    def look(self, looking: bool) -> None:
        """A round begins, or has ended: what is found in it is told as one when it is much."""
        self._pipeline.batches.look(looking)
        self.wake()

    def wake(self) -> None:
        """Something new is owed: look now."""
        self._woken.set()

    async def drain_once(self, only: Collection[str] | None = None) -> Drained:
        """Try every message that is due, all channels side by side; with `only`, just the messages with these keys."""
        tried: list[Tried] = []
        ready = await self._pipeline.ready(only)
        # Once more for what a failure has brought about: a message in another channel's place.
        for _ in range(_PASSES):
            if not ready.now:
                break
            batches = await asyncio.gather(*(self._work(dues, len(dues)) for dues in ready.now.values()))
            tried += [one for batch in batches for one in batch]
            ready = await self._pipeline.ready(only)
        if only is not None:
            tried += await self._elsewhere(set(only) - {one.key for one in tried})
        return Drained(tuple(tried), self._now() if ready.now else ready.later)

    async def _elsewhere(self, keys: Collection[str]) -> list[Tried]:
        """What became of messages that another outbox is at, or was: whoever asked for them wants to hear it."""

        def look(ledger: Ledger) -> list[Tried] | None:
            dues = events.messages(ledger, keys)
            claimed = leases.claimed(ledger, self._now(), but=self._pipeline.owner(ledger))
            return None if claimed & {due.id for due in dues} else [_marked(due) for due in dues if _was_tried(due)]

        while True:
            found = await self._on_ledger(look)
            if found is not None:
                return found
            await asyncio.sleep(_LOOK_ELSEWHERE)

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop`. Raises LedgerUnusable: what cannot be marked must not be sent again and again."""
        working: dict[str, asyncio.Task[list[Tried]]] = {}
        signals = {asyncio.ensure_future(stop.wait())}
        try:
            while not stop.is_set():
                self._woken.clear()
                ready = await self._pipeline.ready()
                for channel, dues in ready.now.items():
                    if channel not in working:
                        working[channel] = asyncio.create_task(self._work(dues, _MOST_AT_A_TIME))
                woken = asyncio.ensure_future(self._woken.wait())
                try:
                    await asyncio.wait(
                        {woken, *signals, *working.values()},
                        timeout=self._sleep(ready.later),
                        return_when=asyncio.FIRST_COMPLETED,
                    )
                finally:
                    woken.cancel()
                for channel in [channel for channel, task in working.items() if task.done()]:
                    working.pop(channel).result()
            if working:
                await asyncio.wait(working.values(), timeout=_GRACE)
        finally:
            for task in (*working.values(), *signals):
                task.cancel()
            await asyncio.gather(*working.values(), *signals, return_exceptions=True)

    def _sleep(self, later: datetime | None) -> float:
        poll = _POLL_LOOKING if self._pipeline.batches.looking else POLL
        if later is None:
            return poll
        return min(poll, max(0.05, (later - self._now()).total_seconds()))

    async def _work(self, dues: tuple[QueuedMessage, ...], most: int) -> list[Tried]:
        """One channel's messages, one after the other."""
        tried: list[Tried] = []
        waiting: set[str] = set()
        for due in dues:
            if len(tried) >= most:
                break
            if due.owed.finding in waiting:
                continue
            one = await self._try(due)
            tried.append(one)
            if one.outcome is not Outcome.ACCEPTED and holds_up(due):
                waiting.add(due.owed.finding)
        return tried

    async def _try(self, due: QueuedMessage) -> Tried:
        channel = due.owed.channel
        async with self._slow if channel in self._hung else self._swift:
            one = await self._pipeline.deliver(due)
        if one.outcome is Outcome.HELD:
            if one.state is DueState.CANCELLED:
                self.wake()
            if one.news:
                self._heard(one)
            return one
        (self._hung.add if one.outcome is Outcome.MAYBE else self._hung.discard)(channel)
        if one.outcome is Outcome.MISCONFIGURED or one.state is DueState.DEAD:
            # Its fallback has to be told now.
            self.wake()
        if one.outcome is not Outcome.ACCEPTED and not due.owed.of_ourselves:
            await self._alarm()
        self._heard(one)
        return one

    async def _alarm(self) -> None:
        """Say in the journal, once, that nobody at all could be told of what is open."""
        for one in await self._on_ledger(unheard):
            if one not in self._alarmed:
                self._alarmed.add(one)
                log.error("%s/%d is open, and nobody could be told: no channel takes it", one.finding, one.sequence)


def _was_tried(due: QueuedMessage) -> bool:
    return due.state is DueState.SENT or due.tries > 0


def _marked(due: QueuedMessage) -> Tried:
    """A message as another outbox has marked it."""
    sent = due.state is DueState.SENT
    outcome, again = (Outcome.ACCEPTED, None) if sent else (Outcome.REFUSED, due.due)
    return Tried(due.owed.key, due.owed.channel, outcome, mask_text(due.last_error), due.state, again)
