"""The state of an asset as JSON."""

from __future__ import annotations

from typing import Any

from monitor.api.times import iso
from monitor.coverage.asset_state import AssetState
from monitor.coverage.states import contract_until
from monitor.inventory.model.inventory import Inventory


def asset_json(state: AssetState, inventory: Inventory) -> dict[str, Any]:
    """One asset: how it stands, since when, who runs it, and under which contract."""
    asset = inventory.asset(state.asset)
    until = contract_until(inventory, asset)
    return {
        "asset": state.asset,
        "label": asset.label,
        "status": state.status.value,
        "judged": state.judged,
        "since": iso(state.since),
        "last_look": iso(state.last_look),
        "why": state.why,
        "unknown_places": state.unknown_places,
        "leads_to": list(state.leads_to),
        "findings": list(state.findings),
        "owner": asset.owner,
        "contract": asset.contract,
        "contract_until": None if until is None else until.isoformat(),
        "data": asset.data.value,
    }
