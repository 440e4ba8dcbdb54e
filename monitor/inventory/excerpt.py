"""What one vantage must know of an inventory: its assets and who allowed the looking, without channels or people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from monitor.inventory.files import read_files
from monitor.inventory.load import load, loads
from monitor.inventory.yaml_source import entries

_KEPT = ("leftopen", "organisation", "defaults", "controls")
_OF_PARTIES = ("id", "name", "role")


def excerpt(path: Path, vantage: str) -> str:
    """The inventory of one vantage of the fleet, as JSON that `load` reads. Raises Problems, and KeyError when the
    inventory has no such vantage."""
    inventory = load(path)
    mine = {one.id: one for one in inventory.every_vantage}[vantage]
    tree: Any = read_files(path, {}).tree
    chosen = {asset.id for asset in inventory.looked_at_from(mine.network)}
    made: dict[str, Any] = {key: tree[key] for key in _KEPT if key in tree}
    made["vantage"] = {"id": mine.id, "network": mine.network}
    if mine.addresses:
        made["vantage"]["addresses"] = list(mine.addresses)
    made["organisation"] = {key: one for key, one in tree["organisation"].items() if key != "party"}
    made["parties"] = [{key: one[key] for key in _OF_PARTIES if key in one} for _, one in entries(tree, "parties")]
    made["contracts"] = [one for _, one in entries(tree, "contracts")]
    made["networks"] = [one for _, one in entries(tree, "networks") if one.get("id") == mine.network]
    made["assets"] = [one for _, one in entries(tree, "assets") if str(one.get("id")) in chosen]
    text = json.dumps({key: one for key, one in made.items() if one != []}, ensure_ascii=False, indent=1) + "\n"
    loads(text)
    return text
