"""Whether a survey that is under way may go on: an asset or a contract can leave the inventory meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from monitor.coverage.states import ended_contract
from monitor.inventory.model.assets import Asset, BucketAsset
from monitor.inventory.model.inventory import Inventory


class Permission:
    """Asked before every request of a survey. `permission()` is why it may not be made any more; empty: it may."""

    def __init__(self, current: Callable[[], Inventory], now: Callable[[], datetime], asset: Asset) -> None:
        """`current` is the inventory as it is now, `asset` the one that is measured, as it was when that began."""
        self._current = current
        self._now = now
        self._asset = asset
        self._checked: tuple[Inventory, date] | None = None
        self._refusal = ""

    def __call__(self) -> str:
        """The inventory is looked at again when it was read anew, and when a day begins: contracts end by the day."""
        inventory, today = self._current(), self._now().date()
        if self._checked is None or self._checked[0] is not inventory or self._checked[1] != today:
            self._checked = inventory, today
            self._refusal = self._look(inventory, today)
        return self._refusal

    def _look(self, inventory: Inventory, today: date) -> str:
        now = inventory.find_asset(self._asset.id)
        if now is None:
            return "the asset is no longer declared"
        if _where(now) != _where(self._asset):
            return "the asset is declared at another place now"
        if ended_contract(inventory, now, today) is not None:
            return "the contract that allowed it has ended"
        return ""


def _where(asset: Asset) -> tuple[object, ...]:
    """All that says what may be connected to."""
    bucket = asset.bucket if isinstance(asset, BucketAsset) else None
    return asset.hosts, asset.ports, asset.service_ports, asset.addresses, asset.networks, bucket
