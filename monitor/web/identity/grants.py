"""Grants: which of them somebody has, and the scope of the ledger and of the inventory that each one opens."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from monitor.inventory.model.assets import Asset
from monitor.inventory.model.installation.web import WebRole
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.model.parties import Contract, Party
from monitor.store.access.views import ReadScope
from monitor.web.identity.permits import PERMITS, Permit


@dataclass(frozen=True, slots=True)
class Held:
    """A grant as somebody holds it: one role, for the scope of one party."""

    role: WebRole
    party: str

    def may(self, permit: Permit) -> bool:
        """Whether its role may do that."""
        return permit in PERMITS[self.role]

    def __str__(self) -> str:
        return f"{self.role.value}:{self.party}"


def granted(inventory: Inventory, claims: Mapping[str, tuple[str, ...]]) -> tuple[Held, ...]:
    """The grants of the inventory that these claims of an identity provider have, in its order."""
    web = inventory.web
    if web is None:
        return ()
    found = (Held(one.role, one.party) for one in web.grants if one.value in claims.get(one.claim, ()))
    return tuple(dict.fromkeys(found))


def direct(inventory: Inventory, role: str, party: str) -> Held | None:
    """The grant of an invitation or a token; None when its party is gone, or may not have such a role."""
    known = role in {one.value for one in WebRole} and any(one.id == party for one in inventory.parties)
    if not known or (role == WebRole.OPERATOR and party not in inventory.own_parties()):
        return None
    return Held(WebRole(role), party)


@dataclass(frozen=True, slots=True)
class Seen:
    """What one grant shows: its scope of the ledger, and of the inventory."""

    grant: Held
    scope: ReadScope
    inventory: Inventory
    """The inventory with no asset, party, contract or channel beside the scope."""
    contracts: tuple[Contract, ...]
    """The contracts that may be shown: those of the party, and those below them."""
    chains: Mapping[str, tuple[Party, ...]]
    """By asset, the parties of its chain; assets of one owner and contract have one and the same."""


def seen(inventory: Inventory, grant: Held) -> Seen:
    """What a grant shows of an inventory and its ledger."""
    everything = grant.role is WebRole.OPERATOR
    # Assets of one owner and contract have one chain: it is followed once.
    ways = {(asset.owner, asset.contract): asset for asset in inventory.assets}
    followed = {way: inventory.chain(asset) for way, asset in ways.items()}
    chains = {asset.id: followed[asset.owner, asset.contract] for asset in inventory.assets}
    assets = tuple(
        asset for asset in inventory.assets if everything or any(p.id == grant.party for p in chains[asset.id])
    )
    below = _below(inventory, grant.party)
    members = {party.id for asset in assets for party in chains[asset.id]} | below | {grant.party}
    watched = frozenset(party.id for party in inventory.parties) if everything else frozenset(below)
    channels = {party: frozenset(one.id for one in inventory.channels_of(inventory.party(party))) for party in members}
    digest = hashlib.sha256(f"{inventory.digest}|{grant}".encode()).hexdigest()[:24]
    scope = ReadScope(
        key=f"{grant}:{digest}",
        assets=frozenset(asset.id for asset in assets),
        declared=frozenset(asset.id for asset in inventory.assets),
        parties=frozenset({grant.party}),
        watched=watched | {""} if everything else watched,
        channels=channels[grant.party],
        watched_channels=(
            frozenset(one.id for one in inventory.channels)
            if everything
            else frozenset().union(*(channels[one] for one in watched))
        ),
        installation=everything,
        evidence=grant.role is not WebRole.OPERATOR,
        digests=grant.role is WebRole.AUDITOR,
    )
    cut = _cut(inventory, assets, members, scope)
    shown = {party.id: party for party in cut.parties}
    known = {
        way: tuple(shown[one.id] for one in followed[way]) for way in {(one.owner, one.contract) for one in assets}
    }
    mine = {asset.id: known[asset.owner, asset.contract] for asset in assets}
    return Seen(grant, scope, cut, _contracts(inventory, grant, everything), mine)


def _below(inventory: Inventory, party: str) -> frozenset[str]:
    """The parties that work for a party, directly or for those who do."""
    found: set[str] = set()
    reached = {party}
    while reached:
        reached = {one.processor for one in inventory.contracts if one.controller in reached} - found - {party}
        found |= reached
    return frozenset(found)


def _contracts(inventory: Inventory, grant: Held, everything: bool) -> tuple[Contract, ...]:
    sides = {grant.party} | (set() if not everything else {one.id for one in inventory.parties})
    shown = {one.id for one in inventory.contracts if sides & {one.controller, one.processor}}
    while True:
        more = {one.id for one in inventory.contracts if one.under in shown} - shown
        if not more:
            return tuple(one for one in inventory.contracts if one.id in shown)
        shown |= more


def _cut(inventory: Inventory, assets: tuple[Asset, ...], members: set[str], scope: ReadScope) -> Inventory:
    """The inventory with nothing beside the scope. What chains need for being looked up stays."""
    routes = scope.parties | scope.watched

    def shown(party: Party) -> Party:
        return party if party.id in routes else party.model_copy(update={"channels": ()})

    channels = tuple(one for one in inventory.channels if one.id in scope.channels | scope.watched_channels)
    known = {one.id for one in channels}
    schedules = tuple(
        one for one in inventory.schedules if any(one.id in inventory.party(p).channels for p in routes if p)
    )
    contracts = {contract.id for asset in assets for contract in inventory.contract_chain(asset)}
    return inventory.model_copy(
        update={
            "parties": tuple(shown(party) for party in inventory.parties if party.id in members),
            "contracts": tuple(one for one in inventory.contracts if one.id in contracts),
            "channels": tuple(
                one.model_copy(update={"fallback": one.fallback if one.fallback in known else None}) for one in channels
            ),
            "schedules": schedules,
            "assets": assets,
            "accounts": inventory.accounts if scope.installation else (),
            "heartbeat": inventory.heartbeat if scope.installation else None,
            "web": None,
        }
    )
