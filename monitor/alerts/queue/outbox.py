"""The outbox: whatever is owed is sent, then marked, and tried again at a date; one hung channel delays no other.

A process killed at any moment loses nothing: what is not marked is sent again, under the same finding id and sequence.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from monitor.alerts.delivery.process import Parcel, Sender, Sent
from monitor.alerts.delivery.sign_at_sending import completed
from monitor.alerts.queue.batching import Desk, MayGo
from monitor.alerts.queue.retry import SLOWEST, Turns, after, holds_up, turns
from monitor.alerts.queue.send_conditions import OnFile, held, parties_of
from monitor.inventory.model.inventory import Channel, Inventory
from monitor.inventory.values.secrets import NoSecret, resolve_secret
from monitor.store.ledger import Ledger
from monitor.store.messages import confirmations, digests, events, leases, paging_incidents
from monitor.store.messages.digests import Unheard, unheard
from monitor.store.messages.leases import Owner
from monitor.store.messages.queued import Delivery, DueState, Outcome, QueuedMessage
from monitor.store.thread import OnLedger
from probes.recognise.people.masking import Masked, mask_text

log = logging.getLogger("leftopen.outbox")

POLL = 30.0
"""Seconds after which the ledger is read again in any case: another process may have put something in it."""
_POLL_LOOKING = 3.0
"""As `POLL`, while a round is under way: an alert does not wait for its end."""
_AT_ONCE = 24
_SLOW_AT_ONCE = 8
_MOST_AT_A_TIME = 5
_MOST_READ = 10_000
_GRACE = 5.0
_PASSES = 3
_AGAIN = timedelta(seconds=1)
_LOOK_ELSEWHERE = 0.1


@dataclass(frozen=True, slots=True)
class Tried:
    """One try: which message, how it ended, and where the message stands now."""

    key: str
    channel: str
    outcome: Outcome
    reason: Masked
    state: DueState
    again: datetime | None


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
        self.inventory = inventory
        self._on_ledger = on_ledger
        self._now = now
        self._sender = sender
        self._environ = environ
        self._storage = storage
        self._heard = heard
        self._woken = asyncio.Event()
        # Channels that hang have places of their own, so that however many of them there are, the others never queue.
        self._swift = asyncio.Semaphore(_AT_ONCE)
        self._slow = asyncio.Semaphore(_SLOW_AT_ONCE)
        self._hung: set[str] = set()
        self._desk = Desk()
        self._alarmed: set[Unheard] = set()
        self._owner: Owner | None = None

    def look(self, looking: bool) -> None:
        """A round begins, or has ended: what is found in it is told as one when it is much."""
        self._desk.look(looking)
        self.wake()

    def wake(self) -> None:
        """Something new is owed: look now."""
        self._woken.set()

    async def drain_once(self, only: Collection[str] | None = None) -> Drained:
        """Try every message that is due, all channels side by side; with `only`, just the messages with these keys."""
        tried: list[Tried] = []
        ready = await self._turns(only)
        # Once more for what a failure has brought about: a message in another channel's place.
        for _ in range(_PASSES):
            if not ready.now:
                break
            batches = await asyncio.gather(*(self._work(dues, len(dues)) for dues in ready.now.values()))
            tried += [one for batch in batches for one in batch]
            ready = await self._turns(only)
        if only is not None:
            tried += await self._elsewhere(set(only) - {one.key for one in tried})
        return Drained(tuple(tried), self._now() if ready.now else ready.later)

    async def _elsewhere(self, keys: Collection[str]) -> list[Tried]:
        """What became of messages that another outbox is at, or was: whoever asked for them wants to hear it."""

        def look(ledger: Ledger) -> list[Tried] | None:
            dues = events.messages(ledger, keys)
            claimed = leases.claimed(ledger, self._now(), but=self._name(ledger))
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
                ready = await self._turns(None)
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
        poll = _POLL_LOOKING if self._desk.looking else POLL
        if later is None:
            return poll
        return min(poll, max(0.05, (later - self._now()).total_seconds()))

    async def _turns(self, only: Collection[str] | None) -> Turns:
        now = self._now()
        # Those that wait are read too: a message may have to wait for an earlier one about the same finding.
        horizon = now + SLOWEST + timedelta(minutes=5)
        inventory, may_go = self.inventory, self._may_go(now)

        def read(ledger: Ledger) -> list[QueuedMessage]:
            if only is not None:
                dues = tuple(due for due in ledger.due(horizon, _MOST_READ) if due.owed.key in only)
            else:
                dues = self._desk.sort(ledger, inventory, now, horizon, _MOST_READ, may_go)
            # What another is at is not looked at again before it may be through.
            claimed = leases.claimed(ledger, now, but=self._name(ledger))
            soon = now + _AGAIN
            return [replace(due, due=max(due.due, soon)) if due.id in claimed else due for due in dues]

        return turns(await self._on_ledger(read), now)

    def _name(self, ledger: Ledger) -> str:
        """The name under which this outbox claims; on the ledger's thread."""
        if self._owner is None:
            self._owner = Owner(ledger.path)
        return self._owner.name

    def _may_go(self, now: datetime) -> MayGo:
        """Whether nothing holds a message, its channel's address looked up once for all of them."""
        urls: dict[str, str | NoSecret] = {}

        def may_go(ledger: Ledger, due: QueuedMessage) -> bool:
            channel = self._channel(due)
            url = urls.setdefault(due.owed.channel, self._url(channel)) if channel else ""
            on_file = self._on_file(ledger, due, channel, url, now)
            return held(due, channel, self.inventory, on_file, now) is None

        return may_go

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
        gate = self._slow if due.owed.channel in self._hung else self._swift
        async with gate:
            started = self._now()
            channel = self._channel(due)
            url = self._url(channel)
            kept = await self._on_ledger(lambda ledger: self._begin(ledger, due, channel, url))
            if kept is not None or channel is None:
                one, news = kept or (_kept(due, "", due.state, None), False)
                if news:
                    self._heard(one)
                return one
            sent = Sent(Outcome.MISCONFIGURED, mask_text(str(url))) if isinstance(url, NoSecret) else None
            sent = sent or await self._send(due, channel, str(url))
            ended = self._now()
        if sent.outcome is Outcome.MAYBE:
            self._hung.add(due.owed.channel)
        else:
            self._hung.discard(due.owed.channel)
        state, again = after(due, sent.outcome, ended, permanent=sent.permanent)
        delivery = Delivery(due.id, due.owed.channel, started, ended, sent.outcome, sent.reason, sent.taken)
        # After sending, never before: a crash in between sends a repeat, the other way round it loses an alert.
        await self._on_ledger(lambda ledger: ledger.delivered(delivery, state, again))
        if sent.outcome is Outcome.MISCONFIGURED or state is DueState.DEAD:
            self._desk.broken.add(due.id)
            self.wake()
        if sent.outcome is not Outcome.ACCEPTED and not due.owed.of_ourselves:
            await self._alarm()
        one = Tried(due.owed.key, due.owed.channel, sent.outcome, sent.reason, state, again)
        self._heard(one)
        return one

    async def _alarm(self) -> None:
        """Say in the journal, once, that nobody at all could be told of what is open."""
        for one in await self._on_ledger(unheard):
            if one not in self._alarmed:
                self._alarmed.add(one)
                log.error("%s/%d is open, and nobody could be told: no channel takes it", one.finding, one.sequence)

    def _channel(self, due: QueuedMessage) -> Channel | None:
        """The channel, if it still leads to the party that the message is for: it is looked up again at each try."""
        owed = due.owed
        channel = next((c for c in self.inventory.channels if c.id == owed.channel), None)
        party = next((p for p in self.inventory.parties if p.id == owed.party), None)
        if channel is None or (owed.party and party is None):
            return None
        if party is None:
            return channel if channel.party is None else None
        return channel if channel in self.inventory.channels_of(party) else None

    def _url(self, channel: Channel | None) -> str | NoSecret:
        try:
            return resolve_secret(channel.url, self._environ) if channel else ""
        except NoSecret as error:
            return error

    def _begin(
        self, ledger: Ledger, due: QueuedMessage, channel: Channel | None, url: str | NoSecret
    ) -> tuple[Tried, bool] | None:
        """Mark that a try begins, in the transaction that finds that it may; else what the message waits for, and
        whether that is news."""
        with ledger.step():
            now = self._now()
            stands = events.message(ledger, due.id)
            if stands is not None and not self._still_theirs(ledger, stands):
                digests.dissolve(ledger, due.id, now)
                self.wake()
                return _kept(due, "", DueState.CANCELLED, None), False
            if stands is None or not stands.state.waits or (stands.tries, stands.owed) != (due.tries, due.owed):
                # Since it was read it was cancelled, sent, tried, or addressed to somebody else.
                return _kept(due, "", stands.state if stands else due.state, None), False
            owner = self._name(ledger)
            if stands.id in leases.claimed(ledger, now, but=owner):
                return _kept(due, "", stands.state, None), False
            hold = held(stands, channel, self.inventory, self._on_file(ledger, stands, channel, url, now), now)
            if hold is None:
                events.begin(ledger, stands, owner, now)
                return None
            news = events.hold(ledger, stands, hold.reason, hold.again or now, now)
            if hold.again is None:
                events.bury(ledger, stands)
        state = DueState.HELD if hold.again else DueState.DEAD
        return _kept(due, hold.reason, state, hold.again), news or hold.again is None

    def _still_theirs(self, ledger: Ledger, due: QueuedMessage) -> bool:
        """Whether every finding that a group tells of is still its party's to hear of."""
        if due.owed.finding or due.owed.of_ourselves:
            return True
        chains = {a.id: {party.id for party in self.inventory.chain(a)} for a in self.inventory.assets}
        found = (ledger.finding(member.owed.finding) for member in digests.members(ledger, due.id))
        return all(one is not None and due.owed.party in chains.get(one.asset, ()) for one in found)

    def _on_file(
        self, ledger: Ledger, due: QueuedMessage, channel: Channel | None, url: str | NoSecret, now: datetime
    ) -> OnFile:
        finding = ledger.finding(due.owed.finding) if due.owed.finding else None
        confirmed = False
        if channel is not None:
            said = confirmations.confirmation(ledger, channel.id)
            # Where the address cannot be had nothing is sent in any case.
            where = None if isinstance(url, NoSecret) else ledger.seal.digest(url).hex()
            confirmed = said is not None and said.holds(parties_of(channel, self.inventory), where, now)
        return OnFile(finding.asset if finding else None, confirmed, events.approved(ledger, due.id))

    async def _send(self, due: QueuedMessage, channel: Channel, url: str) -> Sent:
        storage = None
        if self._storage is not None:
            storage = self._storage / channel.id
            with suppress(OSError):
                storage.mkdir(mode=0o700, parents=True, exist_ok=True)
        owed = due.owed
        body, closes, salt = await self._on_ledger(
            lambda ledger: (
                completed(ledger, owed),
                paging_incidents.ended(ledger, due),
                ledger.seal.digest(f"addresses of message {due.id}").hex(),
            )
        )
        return await self._sender(
            Parcel(channel.id, url, owed.title, body, owed.step, owed.incident, storage, closes, salt, due.taken)
        )


def _kept(due: QueuedMessage, reason: str, state: DueState, again: datetime | None) -> Tried:
    """No try at all: it may not be sent, or not any more."""
    return Tried(due.owed.key, due.owed.channel, Outcome.HELD, mask_text(reason), state, again)


def _was_tried(due: QueuedMessage) -> bool:
    return due.state is DueState.SENT or due.tries > 0


def _marked(due: QueuedMessage) -> Tried:
    """A message as another outbox has marked it."""
    sent = due.state is DueState.SENT
    outcome, again = (Outcome.ACCEPTED, None) if sent else (Outcome.REFUSED, due.due)
    return Tried(due.owed.key, due.owed.channel, outcome, mask_text(due.last_error), due.state, again)
