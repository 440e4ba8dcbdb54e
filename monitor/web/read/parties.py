"""Parties and contracts: a row each, what is covered beside what was found, routes, drills, permissions that end."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from monitor.alerts.queue.send_conditions import must_confirm, parties_of
from monitor.api.times import iso
from monitor.coverage.asset_state import AssetState
from monitor.store.ledger import Ledger
from monitor.store.messages import confirmations, drills
from monitor.web.identity.grants import Seen


def parties(ledger: Ledger, seen: Seen, states: Iterable[AssetState], now: datetime) -> list[dict[str, Any]]:
    """Every party of the scope's chains, in the inventory's order. Routes are those of the party and of its own."""
    by_asset = {one.asset: one for one in states}
    of_party: dict[str, list[AssetState]] = defaultdict(list)
    for asset in seen.inventory.assets:
        for one in seen.chains[asset.id] if asset.id in by_asset else ():
            of_party[one.id].append(by_asset[asset.id])
    last: dict[str, drills.Drilled] = {}
    for drilled in drills.drills(ledger, last=True):
        if drilled.party not in last or drilled.started > last[drilled.party].started:
            last[drilled.party] = drilled
    found = []
    for party in seen.inventory.parties:
        mine = of_party[party.id]
        counts = Counter(one.status.value for one in mine)
        drill = last.get(party.id)
        found.append(
            {
                "id": party.id,
                "name": party.name,
                "role": party.role.value,
                "assets": len(mine),
                "judged": sum(one.judged for one in mine),
                "by_status": dict(counts),
                "open": sum(len(one.findings) for one in mine),
                "routes": _routes(ledger, seen, party.id, now),
                "drill": drill
                and {
                    "at": iso(drill.started),
                    "accepted_seconds": drill.seconds(drill.accepted),
                    "answered_seconds": drill.seconds(drill.answered),
                },
                "contracts": [one.id for one in seen.contracts if party.id in (one.controller, one.processor)],
            }
        )
    return found


def _routes(ledger: Ledger, seen: Seen, party: str, now: datetime) -> list[dict[str, Any]] | None:
    """The channels of a party with what was confirmed; None where that is not this scope's to know."""
    if party not in seen.scope.parties | seen.scope.watched:
        return None
    found = []
    for channel in seen.inventory.channels_of(seen.inventory.party(party)):
        said = confirmations.confirmation(ledger, channel.id)
        held = said is not None and said.holds(parties_of(channel, seen.inventory), None, now)
        found.append(
            {
                "channel": channel.id,
                "confirmed": held or not must_confirm(channel, seen.inventory),
                "confirmed_at": iso(said.at) if said is not None and held else None,
            }
        )
    return found


def contracts(seen: Seen, states: Iterable[AssetState], today: date) -> list[dict[str, Any]]:
    """The contracts that may be shown, those whose permission ends first in front."""
    by_asset = {one.asset: one for one in states}
    of_contract: dict[str, list[AssetState]] = defaultdict(list)
    for asset in seen.inventory.assets:
        for one in seen.inventory.contract_chain(asset) if asset.id in by_asset else ():
            of_contract[one.id].append(by_asset[asset.id])
    found = []
    for contract in sorted(seen.contracts, key=lambda one: (one.authorised_until, one.id)):
        under = of_contract[contract.id]
        found.append(
            {
                "id": contract.id,
                "controller": contract.controller,
                "processor": contract.processor,
                "under": contract.under,
                "authorised_by": contract.authorised_by,
                "authorised_until": contract.authorised_until.isoformat(),
                "days_left": (contract.authorised_until - today).days,
                "promises": contract.promises.model_dump(mode="json", exclude_none=True),
                "assets": len(under),
                "judged": sum(one.judged for one in under),
                "open": sum(len(one.findings) for one in under),
            }
        )
    return found
