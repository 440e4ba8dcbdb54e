"""Parties of personal data that nobody could reach: no channel of theirs was confirmed or drilled within 90 days.

In Gothenburg the missing addresses of several controllers were found on the day on which they were needed.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from monitor.alerts.messages.new_messages import unreachable_messages
from monitor.alerts.queue.send_conditions import must_confirm, parties_of
from monitor.inventory.model.inventory import Channel, Inventory
from monitor.inventory.values.secrets import NoSecret, resolve_secret
from monitor.store.ledger import Ledger
from monitor.store.messages import confirmations

log = logging.getLogger("leftopen.alert")

TESTED_WITHIN = timedelta(days=90)
SAID_EVERY = timedelta(days=1)


def gaps(ledger: Ledger, inventory: Inventory, now: datetime) -> tuple[tuple[str, str], ...]:
    """Each asset with data of persons and each party of its chain without a tested channel, in the file's order."""
    if not inventory.defaults.confirm_recipients:
        return ()
    reachable = {
        party.id: any(_tested(ledger, inventory, channel, party.id, now) for channel in inventory.channels_of(party))
        for party in inventory.parties
    }
    return tuple(
        (asset.id, party.id)
        for asset in inventory.assets
        if asset.data.personal
        for party in inventory.chain(asset)
        if not reachable[party.id]
    )


def _tested(ledger: Ledger, inventory: Inventory, channel: Channel, party: str, now: datetime) -> bool:
    said = confirmations.confirmation(ledger, channel.id)
    if said is not None and said.holds(parties_of(channel, inventory), None, now) and now - said.at < TESTED_WITHIN:
        return True
    drilled = confirmations.drilled(ledger, channel.id, party)
    return drilled is not None and now - drilled < TESTED_WITHIN


def tell_gaps(ledger: Ledger, inventory: Inventory, now: datetime) -> None:
    """Tell those who run leftopen, once a day for as long as there are any."""
    # Where nobody would hear of it, `leftopen health` says it, and no line is written every few seconds.
    if not inventory.operator_channels():
        return
    last = confirmations.last_of_step(ledger, "contact")
    if last is not None and now - last < SAID_EVERY:
        return
    found = gaps(ledger, inventory, now)
    if found:
        parties, assets = len({party for _, party in found}), len({asset for asset, _ in found})
        log.warning(
            "parties without a tested channel: %d, for assets with data of persons: %d",
            parties,
            assets,
        )
        ledger.owe(unreachable_messages(found, inventory, now), now)


def unconfirmed(
    ledger: Ledger, inventory: Inventory, environ: Mapping[str, str], now: datetime
) -> tuple[tuple[str, str], ...]:
    """The channels to which nothing goes out before they are confirmed, and why; where the secret cannot be had here,
    whether the address has changed is not known."""
    found = []
    for channel in inventory.channels:
        if not must_confirm(channel, inventory):
            continue
        said = confirmations.confirmation(ledger, channel.id)
        if said is None:
            found.append((channel.id, "it was never confirmed"))
        elif now >= said.at + confirmations.LASTS:
            found.append((channel.id, f"its confirmation of {said.at:%Y-%m-%d} has ended"))
        elif said.parties != parties_of(channel, inventory):
            found.append((channel.id, "it was confirmed for another party"))
        elif not said.holds(said.parties, _destination(ledger, channel, environ), now):
            found.append((channel.id, "its address has changed since it was confirmed"))
    return tuple(found)


def _destination(ledger: Ledger, channel: Channel, environ: Mapping[str, str]) -> str | None:
    try:
        return ledger.seal.digest(resolve_secret(channel.url, environ)).hex()
    except NoSecret:
        return None
