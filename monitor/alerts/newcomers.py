"""Tells parties of what was open before they had to do with it: a changed inventory gives an asset to another owner,
puts a party into its chain, or takes away the channel in which its message still waits.

Looks that see nothing new tell nobody, so whoever has to act now would never hear of it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from monitor.alerts.messages.new_messages import newcomer_messages
from monitor.alerts.routing.recipients import route
from monitor.findings.finding import TELLING
from monitor.inventory.model.inventory import Inventory
from monitor.store import queries
from monitor.store.ledger import Ledger
from monitor.store.messages.queued import NewMessage
from monitor.store.tables import actions


def tell_newcomers(ledger: Ledger, inventory: Inventory, now: datetime) -> None:
    """Owe the last news of each open finding to the parties of its chain for whom there never was a message about it,
    or only one that waits at a channel which no longer leads to them. Raises LedgerUnusable."""
    reached = {party.id for party in inventory.parties if inventory.channels_of(party)}
    parties = {asset.id: {party.id for party in inventory.chain(asset)} & reached for asset in inventory.assets}
    found = [one for one in actions.still_open(ledger) if one.asset in parties]
    heard = _heard(ledger, inventory, [one.id for one in found])
    missing = {one.id: missed for one in found if (missed := parties[one.asset] - heard[one.id])}
    if not missing:
        return
    news, owed = queries.last_news_of(ledger, actions.OPEN), list[NewMessage]()
    for finding in ledger.findings(ids=missing):
        if (last := news.get(finding.id)) is None:
            continue
        ways = route(finding, replace(last, at=now), inventory, ledger.parties_told(finding.id))
        to = [one for one in ways if one.party in missing[finding.id]]
        owed += newcomer_messages(finding, last, to, ways, now)
    ledger.owe(tuple(owed), now)


def _heard(ledger: Ledger, inventory: Inventory, findings: Collection[str]) -> dict[str, set[str]]:
    """By finding: the parties that were told of it, or will be. What a person has cancelled stays as it is."""
    leads = {(party.id, one.id) for party in inventory.parties for one in inventory.channels_of(party)}
    rows = ledger.rows(
        """SELECT DISTINCT finding, party, channel, state FROM dues
           WHERE finding IN (SELECT value FROM json_each(?1)) AND step IN (SELECT value FROM json_each(?2))
           AND state <> 'dead'""",
        json.dumps(list(findings)),
        json.dumps(sorted(TELLING)),
    )
    heard: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row["state"] not in ("owed", "held") or (row["party"], row["channel"]) in leads:
            heard[row["finding"]].add(row["party"])
    return heard
