"""Drills: which channels of parties are to be tried, and the messages that do it; they go the way of an alert."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from monitor.alerts.messages.new_messages import drill_message
from monitor.alerts.routing.oncall import quiet_until
from monitor.findings.finding import Severity
from monitor.inventory.model.inventory import Channel, Inventory
from monitor.inventory.model.parties import Party
from monitor.store.ledger import Ledger
from monitor.store.messages import drills
from monitor.store.messages.queued import NewMessage

STALE = timedelta(days=35)
"""A channel of personal data that nobody has tried for longer may lead nowhere by now."""


def party_channels(inventory: Inventory, parties: Collection[str] | None = None) -> Iterator[tuple[Party, Channel]]:
    """Every channel of every party, or of those parties; on duty now or not."""
    for party in inventory.parties:
        if parties is None or party.id in parties:
            for channel in inventory.channels_of(party):
                yield party, channel


def owe_drills(
    ledger: Ledger, inventory: Inventory, now: datetime, parties: Collection[str] | None = None
) -> tuple[NewMessage, ...]:
    """Owe a drill to every channel of the parties. Raises LedgerUnusable."""
    return _owe(ledger, inventory, now, {channel.id: channel for _, channel in party_channels(inventory, parties)})


def owe_due_drills(ledger: Ledger, inventory: Inventory, now: datetime) -> tuple[NewMessage, ...]:
    """Owe a drill to each channel whose last one is older than `drill_every`; nobody is drilled in quiet hours."""
    every = inventory.defaults.drill_every
    if not every:
        return ()
    last = {one.channel: one.started for one in drills.drills(ledger, last=True)}
    chosen = {
        channel.id: channel
        for _, channel in party_channels(inventory)
        if now - last.get(channel.id, now - every) >= every and quiet_until(channel, Severity.LOW.value, now) is None
    }
    return _owe(ledger, inventory, now, chosen) if chosen else ()


def _owe(ledger: Ledger, inventory: Inventory, now: datetime, channels: dict[str, Channel]) -> tuple[NewMessage, ...]:
    owed = tuple(drill_message(channel, inventory, now) for channel in channels.values())
    ledger.owe(owed, now)
    return owed


def stale(ledger: Ledger, inventory: Inventory, now: datetime) -> tuple[tuple[str, str, datetime | None], ...]:
    """The channels, each with its party, of chains of personal data that took no drill for too long, and the last.

    One that was never tried is given as long, from the first round on.
    """
    good: dict[str, datetime] = {}
    for one in drills.drills(ledger):
        if one.accepted is not None:
            good[one.channel] = one.accepted
    began = drills.first_round(ledger)
    personal = {party.id for asset in inventory.assets if asset.data.personal for party in inventory.chain(asset)}
    found = []
    for party, channel in party_channels(inventory, personal):
        since = good.get(channel.id, began)
        if since is not None and now - since > STALE:
            found.append((channel.id, party.id, good.get(channel.id)))
    return tuple(found)
