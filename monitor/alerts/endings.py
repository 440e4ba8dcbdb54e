"""Announces what ends: 30, 14 and 3 days ahead, on its last day, and once more when it has ended.

Those who run leftopen hear of all of it; a contract's sides hear of their contract, and an asset's owner of its
exceptions and accounts.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date, datetime

from monitor.alerts.messages.new_messages import ending_message
from monitor.alerts.routing.recipients import Recipient, on_duty_of, operator_channels
from monitor.coverage.endings import ENDED, Ending, EndingKind, contract_endings, exceptions, refused_credentials, soon
from monitor.findings.finding import Severity
from monitor.inventory.model.inventory import Inventory
from monitor.store.ledger import Ledger
from monitor.store.messages.facts import Ends
from monitor.store.messages.queued import NewMessage

log = logging.getLogger("leftopen.alert")
STEP = "ends"
GRAVE = 3
"""From so many days ahead on it is no longer for the morning alone."""


def tell_endings(ledger: Ledger, inventory: Inventory, now: datetime) -> None:
    """Owe what has not been announced yet. Safe to call again and again: each stage is announced once to a channel."""
    today = now.date()
    refused = refused_credentials(ledger, inventory)
    near = soon((*contract_endings(inventory), *exceptions(ledger, inventory), *refused), today)
    if not near:
        return
    known = {row["key"] for row in ledger.rows("SELECT key FROM dues WHERE step = ?", STEP)}
    owed = [one for ending in near for one in _messages(ending, inventory, today, now) if one.key not in known]
    if owed:
        log.warning("announced: %s", ", ".join(sorted({one.key.rpartition("/")[0] for one in owed})))
        ledger.owe(tuple(owed), now)


def _messages(ending: Ending, inventory: Inventory, today: date, now: datetime) -> Iterator[NewMessage]:
    stage = ending.stage(today)
    if stage is None or (stage == ENDED and ending.kind is EndingKind.ACCEPTANCE):
        return  # an acceptance that ended is told by its finding, which is alerted anew
    grave = stage <= GRAVE and ending.kind is not EndingKind.CREDENTIAL  # a role is untested, and nothing is open
    level = Severity.HIGH if grave else Severity.MEDIUM
    facts = Ends(ending.kind.value, ending.name, ending.until.isoformat(), ending.days_left(today), ending.assets)
    key = f"{STEP}/{ending.kind.value}/{ending.name}/{ending.until}/{stage}"
    for to in _recipients(ending, inventory, level, now):
        yield ending_message(key, to, level, facts)


def _recipients(ending: Ending, inventory: Inventory, level: Severity, now: datetime) -> tuple[Recipient, ...]:
    if ending.kind is EndingKind.CONTRACT:
        contract = inventory.contract(ending.name)
        parties = [contract.processor, contract.controller]
    else:
        assets = [asset for id_ in ending.assets if (asset := inventory.find_asset(id_)) is not None]
        parties = [asset.owner for asset in assets]
    found = {one.channel: one for one in operator_channels(inventory)}
    for party in dict.fromkeys(parties):
        found |= {one.channel: one for one in on_duty_of(inventory.party(party), inventory, level, now)}
    return tuple(found.values())
