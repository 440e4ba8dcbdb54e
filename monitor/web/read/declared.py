"""The inventory as a scope holds it: what is wrong with it, what ends, and what is declared."""

from __future__ import annotations

from datetime import date
from typing import Any

from monitor.coverage import endings
from monitor.inventory import warnings
from monitor.inventory.model.assets import BucketAsset
from monitor.inventory.model.inventory import Inventory
from monitor.store.ledger import Ledger
from monitor.store.tables import service_faults
from monitor.web.identity.grants import Seen

MOST_ENDINGS = 200


def problems(seen: Seen, today: date) -> list[dict[str, Any]]:
    """What is worth a warning, each with the line of its entry in the file."""
    inventory, everything = seen.inventory, seen.scope.installation
    found = warnings.faults(inventory, today, None if everything else seen.scope.parties | seen.scope.watched)
    shown = {one.id for one in seen.contracts}
    rows = []
    for fault in found:
        section, index = (*fault.loc, "", 0)[:2]
        entries: Any = getattr(inventory, str(section), ()) if fault.loc else ()
        id_ = entries[index].id if entries else ""
        # A contract above the party's own stands in its chains, and is between others.
        if section != "contracts" or id_ in shown:
            rows.append({"section": section, "id": id_, **_place(inventory, str(section), id_), "text": fault.text})
    return sorted(rows, key=lambda one: (one["file"], one["line"] or 0, one["text"]))


def _place(inventory: Inventory, section: str, id_: str) -> dict[str, Any]:
    """The file, empty for the inventory's own, and the line."""
    file, line = inventory.place_of(section, id_) or ("", None)
    return {"file": file, "line": line}


def broken(ledger: Ledger, seen: Seen) -> str | None:
    """Why the file as it is now is not used; None where it is, and for those who do not run the installation."""
    if not seen.scope.installation:
        return None
    return next((one.why for one in service_faults.faults(ledger) if one.part == "inventory"), None)


def ends(ledger: Ledger, seen: Seen, today: date) -> list[dict[str, Any]]:
    """Permissions to look, places open by intent and accepted risks, the next end first."""
    shown = {one.id for one in seen.contracts}
    found = [one for one in endings.contract_endings(seen.inventory) if one.name in shown]
    found += endings.exceptions(ledger, seen.inventory)
    found.sort(key=lambda one: (one.until, one.name))
    return [
        {
            "kind": one.kind.value,
            "name": one.name,
            "until": one.until.isoformat(),
            "days_left": one.days_left(today),
            "assets": len(one.assets),
            "decided_by": one.decided_by,
            "reason": one.reason,
        }
        for one in found[:MOST_ENDINGS]
    ]


def assets(seen: Seen) -> list[dict[str, Any]]:
    """Every declared asset, in the order of the file."""
    return [
        {
            "asset": one.id,
            "label": one.label,
            "kind": "bucket" if isinstance(one, BucketAsset) else "host",
            "owner": one.owner,
            "contract": one.contract,
            "data": one.data.value,
            "interval_seconds": seen.inventory.settings(one).interval.total_seconds(),
            **_place(seen.inventory, "assets", one.id),
        }
        for one in seen.inventory.assets
    ]
