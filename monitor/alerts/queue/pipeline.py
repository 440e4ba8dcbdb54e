"""The way of one message, from the queue to a recorded delivery. Each stage is one function, with one line of why.

    ready    read what is due; hand it to who is on call, let a fallback stand in, wait for quiet hours, put many into
             one (`batching`); keep the order within a finding (`retry`)
    claim    take the message, in the transaction that checks that it still may go (`send_conditions`, `leases`)
    write    write its text from its facts, with links signed for its channel (`delivery.writing`)
    post     send it, in a process of its own that a hanging service cannot hold up (`delivery.process`)
    record   mark how that ended, the text that was sent, and when it is tried again (`retry`)

A process killed at any moment loses nothing: what is not marked is sent again, under the same finding id and sequence.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from monitor.alerts.delivery.process import OutgoingMessage, Sender, Sent
from monitor.alerts.delivery.writing import Letter, letter_of
from monitor.alerts.messages.reader import Text
from monitor.alerts.queue.batching import Batches, MayGo
from monitor.alerts.queue.retry import SLOWEST, Ready, after, in_order
from monitor.alerts.queue.send_conditions import OnFile, held, parties_of
from monitor.inventory.model.inventory import Channel, Inventory
from monitor.inventory.values.secrets import NoSecret, resolve_secret
from monitor.store.ledger import Ledger, LedgerUnusable
from monitor.store.messages import confirmations, digests, events, leases, paging_incidents
from monitor.store.messages.leases import Owner
from monitor.store.messages.queued import Delivery, DueState, Outcome, QueuedMessage
from monitor.store.schema.stored import RowDamaged
from monitor.store.thread import OnLedger
from probes.recognise.people.masking import Masked, mask_text

log = logging.getLogger("leftopen.outbox")

_MOST_READ = 10_000
_AGAIN = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Tried:
    """One try: which message, how it ended, and where the message stands now."""

    key: str
    channel: str
    outcome: Outcome
    reason: Masked
    state: DueState
    again: datetime | None
    title: str = ""
    """Its first line; empty where it was not written."""
    news: bool = True
    """Whether somebody who follows the tries wants to hear of it; a message that is still held is no news."""


@dataclass(slots=True)
class Pipeline:
    """The stages, with what they share."""

    on_ledger: OnLedger
    inventory: Inventory
    now: Callable[[], datetime]
    sender: Sender
    environ: Mapping[str, str] = field(repr=False)
    storage: Path | None = None
    batches: Batches = field(default_factory=Batches)
    _owner: Owner | None = None

    async def deliver(self, due: QueuedMessage) -> Tried:
        """Bring one message through all stages but the first."""
        started = self.now()
        channel = self._channel(due)
        url = self._url(channel)
        kept = await self.on_ledger(lambda ledger: self._claim(ledger, due, channel, url))
        if kept is not None or channel is None:
            return kept or _kept(due, "", due.state, None)
        try:
            letter = await self.on_ledger(lambda ledger: letter_of(ledger, self.inventory, due))
        except RowDamaged:
            # The ledger has put what can be read in its place: that is read in the next pass.
            return _kept(due, "", due.state, None)
        except LedgerUnusable:
            raise
        except Exception:
            # A bug of ours in writing one message must not cost the others theirs.
            log.exception("message %d could not be written", due.id)
            letter = Letter(Text(Masked(""), Masked("")), Masked(""))
            sent = Sent(Outcome.MISCONFIGURED, mask_text("a bug of ours, see the log: its text could not be written"))
        else:
            sent = await self._post(due, channel, url, letter)
        return await self._record(due, started, sent, letter)

    async def ready(self, only: Collection[str] | None = None) -> Ready:
        """What may be tried now, by channel and in order; with `only`, just the messages with these keys."""
        now = self.now()
        # Those that wait are read too: a message may have to wait for an earlier one about the same finding.
        horizon = now + SLOWEST + timedelta(minutes=5)
        inventory, may_go = self.inventory, self._may_go(now)

        def read(ledger: Ledger) -> list[QueuedMessage]:
            if only is not None:
                dues = tuple(due for due in ledger.due(horizon, _MOST_READ) if due.owed.key in only)
            else:
                dues = self.batches.sort(ledger, inventory, now, horizon, _MOST_READ, may_go)
            # What another process is sending is not looked at again before it may be through.
            claimed = leases.claimed(ledger, now, but=self.owner(ledger))
            soon = now + _AGAIN
            return [replace(due, due=max(due.due, soon)) if due.id in claimed else due for due in dues]

        return in_order(await self.on_ledger(read), now)

    def _claim(self, ledger: Ledger, due: QueuedMessage, channel: Channel | None, url: str | NoSecret) -> Tried | None:
        """Mark that a try begins, in the transaction that finds that it may; else why it does not."""
        with ledger.step():
            now = self.now()
            stands = events.message(ledger, due.id)
            if stands is not None and not self._still_theirs(ledger, stands):
                digests.dissolve(ledger, due.id, now)
                return _kept(due, "", DueState.CANCELLED, None)
            if stands is None or not stands.state.waits or (stands.tries, stands.owed) != (due.tries, due.owed):
                # Since it was read it was cancelled, sent, tried, or addressed to somebody else.
                return _kept(due, "", stands.state if stands else due.state, None)
            if stands.id in leases.claimed(ledger, now, but=self.owner(ledger)):
                return _kept(due, "", stands.state, None)
            hold = held(stands, channel, self.inventory, self._on_file(ledger, stands, channel, url, now), now)
            if hold is None:
                events.begin(ledger, stands, self.owner(ledger), now)
                return None
            news = events.hold(ledger, stands, hold.reason, hold.again or now, now)
            if hold.again is None:
                events.bury(ledger, stands)
        state = DueState.HELD if hold.again else DueState.DEAD
        return replace(_kept(due, hold.reason, state, hold.again), news=news or hold.again is None)

    async def _post(self, due: QueuedMessage, channel: Channel, url: str | NoSecret, letter: Letter) -> Sent:
        """Send it. Nothing is raised for what the far end does."""
        if isinstance(url, NoSecret):
            return Sent(Outcome.MISCONFIGURED, mask_text(str(url)))
        storage = None
        if self.storage is not None:
            storage = self.storage / channel.id
            with suppress(OSError):
                storage.mkdir(mode=0o700, parents=True, exist_ok=True)
        closes, salt = await self.on_ledger(
            lambda ledger: (
                paging_incidents.ended(ledger, due),
                ledger.seal.digest(f"addresses of message {due.id}").hex(),
            )
        )
        text, owed = letter.text, due.owed
        return await self.sender(
            OutgoingMessage(
                channel=channel.id,
                url=url,
                title=text.title,
                body=text.body,
                step=owed.step,
                finding=owed.incident,
                storage=storage,
                closes=closes,
                salt=salt,
                taken=due.taken,
                link=text.link,
                key=owed.key,
                fields=letter.fields,
            )
        )

    async def _record(self, due: QueuedMessage, started: datetime, sent: Sent, letter: Letter) -> Tried:
        """Mark it after sending, never before: a crash in between repeats a message; the other way round it is lost."""
        ended = self.now()
        state, again = after(due, sent.outcome, ended, permanent=sent.permanent, wait=timedelta(seconds=sent.wait))
        kept = letter.kept if sent.outcome is not Outcome.MISCONFIGURED else Masked("")
        delivery = Delivery(due.id, due.owed.channel, started, ended, sent.outcome, sent.reason, kept, sent.taken)
        await self.on_ledger(lambda ledger: ledger.delivered(delivery, state, again))
        if sent.outcome is Outcome.MISCONFIGURED or state is DueState.DEAD:
            self.batches.broken.add(due.id)
        return Tried(due.owed.key, due.owed.channel, sent.outcome, sent.reason, state, again, letter.text.title)

    # -- what the stages look up

    def owner(self, ledger: Ledger) -> str:
        """The name under which this process claims messages; on the ledger's thread."""
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
            return resolve_secret(channel.url, self.environ) if channel else ""
        except NoSecret as error:
            return error

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


def _kept(due: QueuedMessage, reason: str, state: DueState, again: datetime | None) -> Tried:
    """No try at all: it may not be sent, or not any more."""
    return Tried(due.owed.key, due.owed.channel, Outcome.HELD, mask_text(reason), state, again, news=False)
