"""Whether a survey that is under way may go on: an asset or a contract can leave the inventory meanwhile."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from monitor.inventory.model.assets import Asset, BucketAsset

if TYPE_CHECKING:
    from monitor.inventory.model.inventory import Inventory
    from monitor.rounds.vantage import Vantage


class Permission:
    """Asked before every request of a survey. `permission()` is why it may not be made any more; empty: it may."""

    def __init__(self, vantage: Vantage, asset: Asset) -> None:
        self._vantage = vantage
        self._asset = asset
        self._checked: tuple[Inventory, date] | None = None
        self._refusal = ""

    def __call__(self) -> str:
        """The inventory is looked at again when it was read anew, and when a day begins: contracts end by the day."""
        inventory, today = self._vantage.inventory, self._vantage.now().date()
        if self._checked is None or self._checked[0] is not inventory or self._checked[1] != today:
            self._checked = inventory, today
            self._refusal = self._look(inventory)
        return self._refusal

    def _look(self, inventory: Inventory) -> str:
        now = inventory.find_asset(self._asset.id)
        if now is None:
            return "the asset is no longer declared"
        if _where(now) != _where(self._asset):
            return "the asset is declared at another place now"
        if self._vantage.unauthorised(now) is not None:
            return "the contract that allowed it has ended"
        return ""


def _where(asset: Asset) -> tuple[object, ...]:
    """All that says what may be connected to."""
    bucket = asset.bucket if isinstance(asset, BucketAsset) else None
    return asset.hosts, asset.ports, asset.addresses, asset.networks, bucket
