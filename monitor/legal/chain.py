"""The declared chain and the ledger's deliveries, as the legal clocks need them."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.inventory.model.assets import Asset
from monitor.inventory.model.inventory import Inventory
from monitor.legal.clocks import Accepted, Link, Tells
from monitor.store.queries import SentMessage


def links(inventory: Inventory, asset: Asset) -> tuple[Link, ...]:
    """Every party of the asset's chain, its owner first, with whom its contracts make it tell."""
    contracts = inventory.contract_chain(asset)
    return tuple(
        Link(
            party.id,
            party.role.value,
            tuple(
                Tells(contract.controller, contract.id, contract.promises.notify_hours)
                for contract in contracts
                if contract.processor == party.id
            ),
            party.authority or "",
            party.csirt or "",
            ("nis2",) if party.nis2 is False else (),
        )
        for party in inventory.chain(asset)
    )


def accepted(told: Iterable[SentMessage], finding: str) -> dict[str, Accepted]:
    """For each party, the first message about the finding that a provider accepted for it."""
    first: dict[str, Accepted] = {}
    for one in told:
        if one.accepted is None or not one.party:
            continue
        if one.party not in first or one.accepted < first[one.party].at:
            first[one.party] = Accepted(one.accepted, one.channel, f"{finding}/{one.sequence}")
    return first
