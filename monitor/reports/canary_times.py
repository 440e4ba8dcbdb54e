"""How soon a blind canary was told of and taken: what a person noted, else what the program itself has on file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from monitor.findings.finding import Finding
from monitor.findings.handling import ActionKind
from monitor.inventory.model.assets import Asset, HostAsset
from monitor.inventory.model.inventory import Inventory
from monitor.store import queries
from monitor.store.ledger import Ledger
from monitor.store.tables import actions
from monitor.store.tables.canaries import Canary, canaries


def measured(ledger: Ledger, inventory: Inventory) -> tuple[Canary, ...]:
    """Every canary, oldest first. Where nobody noted an alert or an answer, it is that of a finding at its place: the
    first message that a provider took, and the first acknowledgement, after it was opened."""
    every = canaries(ledger)
    found = ledger.findings() if every else ()
    places = {one.id: _places(one) for one in inventory.assets}
    return tuple(
        _measured(ledger, one, [f for f in found if one.place in places.get(f.asset, ()) and _there(one, f)])
        for one in every
    )


def of_assets(every: Iterable[Canary], assets: Iterable[Asset], since: datetime, until: datetime) -> tuple[Canary, ...]:
    """Those that were opened in a time at a declared address and port of these assets."""
    places = frozenset[str]().union(*(_places(asset) for asset in assets))
    return tuple(one for one in every if one.planted and since <= one.planted < until and one.place in places)


def _places(asset: Asset) -> frozenset[str]:
    if not isinstance(asset, HostAsset):
        return frozenset()
    hosts = (*asset.hosts, *map(str, asset.addresses or ()))
    return frozenset(f"{host}:{port}" for host in hosts for port in asset.ports)


def _there(canary: Canary, finding: Finding) -> bool:
    port = canary.place.rpartition(":")[2]
    return str(finding.place.port) == port and canary.planted is not None and finding.last_seen >= canary.planted


def _measured(ledger: Ledger, canary: Canary, found: list[Finding]) -> Canary:
    if canary.planted is None or not found:
        return canary
    told: list[datetime] = []
    taken: list[datetime] = []
    for finding in found:
        told += [one.accepted for one in queries.messages_about(ledger, finding.id) if one.accepted is not None]
        taken += [one.at for one in actions.of_finding(ledger, finding.id) if one.act is ActionKind.ACKNOWLEDGED]
    return replace(
        canary,
        told=canary.told or min((at for at in told if at >= canary.planted), default=None),
        acknowledged=canary.acknowledged or min((at for at in taken if at >= canary.planted), default=None),
    )
