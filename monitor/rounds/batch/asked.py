"""What an asset is asked, as a digest: by it two sides see whether they look at the same."""

from __future__ import annotations

import hashlib

from monitor.inventory.model.assets import Asset
from monitor.inventory.model.inventory import Inventory

_NOT_ASKED = frozenset(
    {"owner", "contract", "data", "interval", "pace", "concurrency", "budget", "timeouts", "survey"}
    | {"clear_looks", "clear_minutes", "retire_after"}
)
"""What says whose it is, how often and how fast it is looked at, and what findings become: not what is asked."""


def asked(inventory: Inventory, asset: Asset) -> str:
    """A digest of where an asset is, and of what is asked there, by this inventory. What an asset does not say is not
    in it: one that another version of leftopen has read has the same."""
    said = asset.model_dump_json(exclude=set(_NOT_ASKED), exclude_defaults=True)
    also = inventory.settings(asset).recorder_paths
    return hashlib.sha256(f"{said}|{also}".encode("utf-8", "surrogatepass")).hexdigest()[:12]
