"""Prepares queued messages for sending: hands them to whoever is on call now, applies quiet hours and fallbacks, and
groups many into one.

All of it is looked up at each pass and nothing of it is remembered but in the ledger, where each change is one
transaction: a process killed in between has changed nothing, or all of it, and the next pass goes on from there.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.alerts.messages.new_messages import digest_message
from monitor.alerts.queue.retry import REFUSED_SLOWEST
from monitor.alerts.queue.send_conditions import UNCONFIRMED
from monitor.alerts.routing.oncall import on_duty, quiet_until
from monitor.findings.finding import Severity
from monitor.inventory.model.inventory import Channel, Inventory
from monitor.store.ledger import Ledger
from monitor.store.messages import digests, events
from monitor.store.messages.queued import DueState, NewMessage, QueuedMessage

log = logging.getLogger("leftopen.outbox")
_NONE = timedelta()

NOBODY_TOOK_IT = timedelta(minutes=15)
"""After this without a provider that accepts it, the fallback channel is told too."""
SETTLES = timedelta(seconds=1)
"""So long a message waits in a round under way for others to the same channel, to be told as one with them."""
GOES_ON = timedelta(minutes=5)
"""So long, at the most, what is no worse waits for the end of the rounds under way when a group was just told."""

MayGo = Callable[[Ledger, QueuedMessage], bool]
"""Whether nothing holds a message."""


@dataclass(slots=True)
class Batches:
    """Prepares queued messages for sending. One for each outbox."""

    looking: bool = False
    """Whether a round is under way, so that more of the same may follow in a moment."""
    broken: set[int] = field(default_factory=set)
    """Messages whose channel cannot be used at all: nobody waits a quarter of an hour for that."""
    _told: dict[str, tuple[datetime, int]] = field(default_factory=dict)
    """For each channel, when a group was last told, and how bad it was."""

    def look(self, looking: bool) -> None:
        """A round begins, or no round is under way any more."""
        self.looking = looking

    def sort(
        self, ledger: Ledger, inventory: Inventory, now: datetime, horizon: datetime, most: int, may_go: MayGo
    ) -> tuple[QueuedMessage, ...]:
        """What is owed, as it now stands; what waits has a later date. Raises LedgerUnusable."""
        if events.bring_forward(ledger, now + REFUSED_SLOWEST + (inventory.defaults.outside_delay or _NONE), now):
            log.warning("messages that waited for a time that nothing waits for are sent now: was the clock wrong?")
        dues = ledger.due(horizon, most)
        if _relay(ledger, dues, inventory, now, self.broken):
            dues = ledger.due(horizon, most)
        dated = self._dated(ledger, dues, inventory, now)
        if self._fold(ledger, dated, inventory, now, may_go):
            dated = self._dated(ledger, ledger.due(horizon, most), inventory, now)
        return dated

    # -- what waits

    def _dated(
        self, ledger: Ledger, dues: Sequence[QueuedMessage], inventory: Inventory, now: datetime
    ) -> tuple[QueuedMessage, ...]:
        """The messages with the date until which they wait: for the morning, for the round, for a group before them."""
        channels = {channel.id: channel for channel in inventory.channels}
        behind = digests.behind(ledger)
        rows: dict[tuple[str, str], list[QueuedMessage]] = defaultdict(list)
        for due in dues:
            rows[due.owed.channel, due.owed.finding or due.owed.key].append(due)
        dated = []
        for (id_, finding), row in rows.items():
            channel = channels.get(id_)
            ends = [quiet_until(channel, due.owed.severity, now) if channel else None for due in row]
            # One grave message ends the wait of those before it: they are told in their order, and all at once.
            quiet = max((end for end in ends if end is not None), default=None) if None not in ends else None
            for due in row:
                wait = [quiet] if quiet is not None else []
                if due.tries == 0 and due.owed.finding:
                    wait += self._settles(due, now)
                if (id_, finding) in behind:
                    wait.append(now + timedelta(seconds=5))
                dated.append(replace(due, due=max([due.due, *wait])))
        return tuple(dated)

    def _settles(self, due: QueuedMessage, now: datetime) -> list[datetime]:
        if not self.looking:
            return []
        told = self._just_told(due.owed.channel, now)
        if told is not None and Severity(due.owed.severity).rank <= told[1]:
            return [told[0] + GOES_ON]
        return [due.created + SETTLES]

    def _just_told(self, channel: str, now: datetime) -> tuple[datetime, int] | None:
        """When a channel was told of a group within the last minutes, and how bad that was. Rounds of a service follow
        each other by the second, so no new round ends this."""
        told = self._told.get(channel)
        return told if told is not None and timedelta(0) <= now - told[0] < GOES_ON else None

    # -- many at once

    def _fold(
        self, ledger: Ledger, dues: Sequence[QueuedMessage], inventory: Inventory, now: datetime, may_go: MayGo
    ) -> bool:
        """Put one message in the place of many of a kind to one channel; whether any was folded."""
        first: dict[tuple[str, str], QueuedMessage] = {}
        for due in sorted(dues, key=lambda d: (d.owed.sequence, d.id)):
            if due.owed.finding:
                # Only the first news of a finding: what follows it is told after it.
                first.setdefault((due.owed.channel, due.owed.finding), due)
        kinds: dict[tuple[str, str, str, str], list[QueuedMessage]] = defaultdict(list)
        for due in first.values():
            settling = self.looking and due.due <= now + SETTLES
            if due.tries == 0 and (due.due <= now or settling):
                owed = due.owed
                kinds[owed.channel, owed.party, owed.step, owed.via].append(due)
        folded = False
        for some in kinds.values():
            # Whoever was just told of many at once is not told of the rest one by one.
            above = 1 if self._just_told(some[0].owed.channel, now) else inventory.defaults.group_above
            if len(some) > above and any(due.due <= now for due in some):
                folded |= self._fold_kind(ledger, some, inventory, now, may_go, above)
        return folded

    def _fold_kind(
        self,
        ledger: Ledger,
        dues: Sequence[QueuedMessage],
        inventory: Inventory,
        now: datetime,
        may_go: MayGo,
        above: int,
    ) -> bool:
        with ledger.step():
            some: list[QueuedMessage] = []
            for due in dues:
                stands = events.message(ledger, due.id)
                if stands is None or stands.state not in (DueState.OWED, DueState.HELD):
                    continue
                if not events.in_hand(ledger, due.id, now) and may_go(ledger, stands):
                    some.append(stands)
            if len(some) <= above:
                return False
            group = digest_message(some, now)
            digests.fold(ledger, group, some, now)
        told = self._just_told(group.channel, now)
        rank = Severity(group.severity).rank
        self._told[group.channel] = (now, max(rank, told[1]) if told is not None else rank)
        return True


# -- who is on duty, who stands in


def _relay(
    ledger: Ledger, dues: Sequence[QueuedMessage], inventory: Inventory, now: datetime, broken: set[int]
) -> bool:
    """Hand over to who is on duty now, and to who stands in for a channel that takes nothing; whether any was."""
    channels = {channel.id: channel for channel in inventory.channels}
    handed = [(due, new) for due in dues if (new := _handed_over(due, inventory, now)) is not None]
    standing = [
        (due, channel)
        for due in dues
        if (channel := channels.get(due.owed.channel)) is not None and _falls_back(due, channel, now, broken)
    ]
    if not handed and not standing:
        return False

    def to(due: QueuedMessage, channel: str) -> NewMessage:
        return replace(due.owed, key=due.owed.key.removesuffix(due.owed.channel) + channel, channel=channel)

    changed = False
    with ledger.step():
        for due, new in handed:
            if not events.in_hand(ledger, due.id, now):
                changed |= digests.hand_over(ledger, due, to(due, new))
        for due, channel in standing:
            copy = digests.stand_in(ledger, due, replace(to(due, channel.fallback or ""), via=""), now)
            if copy is not None:
                changed = True
                if events.approved(ledger, due.id):
                    events.note(ledger, copy, events.Event.APPROVED, now, "leftopen", f"as message {due.id}")
    return changed


def _handed_over(due: QueuedMessage, inventory: Inventory, now: datetime) -> str | None:
    """The channel that is on duty by now, when it is another; None: it stays where it is."""
    if not due.owed.via:
        return None
    party = next((one for one in inventory.parties if one.id == due.owed.party), None)
    schedule = next((one for one in inventory.schedules if one.id == due.owed.via), None)
    if party is None or schedule is None or schedule.id not in party.channels:
        return None
    duty = on_duty(schedule, now)
    return duty if duty != due.owed.channel else None


def _falls_back(due: QueuedMessage, channel: Channel, now: datetime, broken: set[int]) -> bool:
    if channel.fallback is None or due.owed.step in ("drill", "confirm"):
        return False
    if due.state is DueState.HELD:
        return due.last_error.startswith(UNCONFIRMED) and now - due.created >= NOBODY_TOOK_IT
    if due.id in broken:
        return True
    since = quiet_until(channel, due.owed.severity, due.created) or due.created
    if due.tries == 0:
        since = max(since, due.due)
    return now - since >= NOBODY_TOOK_IT
