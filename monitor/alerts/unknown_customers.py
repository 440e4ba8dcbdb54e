"""Folders of customers that nobody declared: whoever runs the host is told of each, once, and nobody else is."""

from __future__ import annotations

import logging
from datetime import datetime

from monitor.alerts.messages.new_messages import unknown_customer_messages
from monitor.alerts.routing.recipients import Recipient, reminded
from monitor.findings.finding import Finding, Step
from monitor.findings.reach.tally import SurveyResult
from monitor.findings.reasons import UnknownCustomers
from monitor.inventory.model.inventory import Inventory
from monitor.store.ledger import Ledger
from monitor.store.tables import unknown_customers

log = logging.getLogger("leftopen.alert")


def tell_owner(
    ledger: Ledger, inventory: Inventory, finding: Finding, surveyed: SurveyResult, round_: str, now: datetime
) -> None:
    """Owe what a survey has newly seen of undeclared customers. The caller holds a `step`."""
    names = dict(zip(surveyed.unknown_customer_keys, surveyed.unknown_customers, strict=False))
    new = unknown_customers.unknown(ledger, finding.asset, tuple(names))
    if not new:
        return
    moved, change = finding.changed(Step.UNDECLARED, now, UnknownCustomers(len(new)))
    to = _owner_alone(inventory, finding, ledger.parties_told(finding.id), now)
    if not to:
        log.warning("%s: unknown customers (%d), and no channel reaches its owner alone", finding.id, len(new))
    owed = unknown_customer_messages(moved, change, [names[key] for key in new], to)
    ledger.save(moved, change, round_, now, owed)
    unknown_customers.append(ledger, moved, new, now)


def _owner_alone(inventory: Inventory, finding: Finding, told: frozenset[str], now: datetime) -> tuple[Recipient, ...]:
    """The owner's channels, without those by which another party is reached too."""
    asset = inventory.find_asset(finding.asset)
    if asset is None:
        return ()
    others = {
        channel.id for party in inventory.parties if party.id != asset.owner for channel in inventory.channels_of(party)
    }
    every = reminded(finding, inventory.party(asset.owner), inventory, told - others, now)
    return tuple(one for one in every if one.channel not in others)
