"""Parties and contracts: a row each, what is covered beside what was found, routes, drills, permissions that end."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from monitor.alerts.queue.send_conditions import must_confirm, parties_of
from monitor.api.times import iso
from monitor.coverage.asset_state import AssetState, AssetStatus
from monitor.inventory.model.assets import Asset
from monitor.store.ledger import Ledger
from monitor.store.messages import confirmations, drills
from monitor.web.identity.grants import Seen


@dataclass(slots=True)
class Tally:
    """What assets come to."""

    assets: int = 0
    judged: int = 0
    """Those that were wholly judged in time."""
    open: int = 0
    """Open findings on them."""
    by_status: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Tallies:
    """The same by the id of each party in whose chain they are, and of each contract that they are looked at under."""

    parties: Mapping[str, Tally]
    contracts: Mapping[str, Tally]


def tallies(seen: Seen, states: Iterable[AssetState]) -> Tallies:
    """What the assets of each party and contract come to."""
    alike: Counter[tuple[str, str | None, AssetStatus, bool, int]] = Counter()
    ways: dict[tuple[str, str | None], Asset] = {}
    for one in states:
        asset = seen.inventory.asset(one.asset)
        ways[asset.owner, asset.contract] = asset
        alike[asset.owner, asset.contract, one.status, one.judged, len(one.findings)] += 1
    found = Tallies(defaultdict(Tally), defaultdict(Tally))
    for (owner, contract, status, judged, findings), count in alike.items():
        asset = ways[owner, contract]
        for tally in (
            *(found.parties[party.id] for party in seen.chains[asset.id]),
            *(found.contracts[above.id] for above in seen.inventory.contract_chain(asset)),
        ):
            tally.assets += count
            tally.judged += judged * count
            tally.open += findings * count
            tally.by_status[status.value] += count
    return found


def parties(ledger: Ledger, seen: Seen, counted: Tallies, now: datetime) -> list[dict[str, Any]]:
    """Every party of the scope's chains, in the inventory's order. Routes are those of the party and of its own."""
    last: dict[str, drills.Drilled] = {}
    for drilled in drills.drills(ledger, last=True):
        if drilled.party not in last or drilled.started > last[drilled.party].started:
            last[drilled.party] = drilled
    found = []
    for party in seen.inventory.parties:
        mine = counted.parties.get(party.id, Tally())
        drill = last.get(party.id)
        found.append(
            {
                "id": party.id,
                "name": party.name,
                "role": party.role.value,
                "assets": mine.assets,
                "judged": mine.judged,
                "by_status": dict(mine.by_status),
                "open": mine.open,
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


def contracts(seen: Seen, counted: Tallies, today: date) -> list[dict[str, Any]]:
    """The contracts that may be shown, those whose permission ends first in front."""
    found = []
    for contract in sorted(seen.contracts, key=lambda one: (one.authorised_until, one.id)):
        under = counted.contracts.get(contract.id, Tally())
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
                "assets": under.assets,
                "judged": under.judged,
                "open": under.open,
            }
        )
    return found
