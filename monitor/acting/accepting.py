"""Accepting a risk: who of the chain may, and who must agree."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.findings import handling as acts
from monitor.findings.finding import Finding
from monitor.findings.handling import Action, Handling, Refused
from monitor.inventory.model.inventory import Inventory


def accept(
    inventory: Inventory,
    finding: Finding,
    handling: Handling,
    now: datetime,
    by: str,
    party: str,
    reason: str,
    days: int,
) -> Action | Refused:
    """The risk of a finding is taken for so many days; for data of persons the controller of the chain must agree."""
    asset = inventory.find_asset(finding.asset)
    # Of an asset that is gone nobody knows the chain any more: any party may ask, and a controller must agree.
    chain = inventory.parties if asset is None else inventory.chain(asset)
    if party not in {one.id for one in chain}:
        return Refused(f"{party} is not of the asset's chain ({', '.join(one.id for one in chain)})")
    return acts.accept(
        handling,
        now,
        by,
        party,
        reason,
        now + timedelta(days=days),
        sensitive=asset is None or asset.data.personal,
        controllers=tuple(one.id for one in chain if one.role.value == "controller"),
    )
