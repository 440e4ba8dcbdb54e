"""Decides what may be connected to: declared (host, address, port) triples. Everything else is refused."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass

from monitor.inventory.endpoints import fixed_addresses, names
from monitor.inventory.model.assets import Asset
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.values.addresses import address_of, declared_in, host_of, is_address, routable


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was not looked at, and why: a result, to be recorded."""

    host: str | None
    address: str
    port: int | None
    reason: str

    def __str__(self) -> str:
        where = self.address if self.port is None else f"{self.address} port {self.port}"
        return f"{self.host or 'the bare address'} at {where}: {self.reason}"


class Scope:
    """What may be connected to in one round: exact name, exact address, exact port, all three of one asset.

    It begins with what the inventory says itself (pinned addresses, hosts that are addresses, controls). Answers of
    name servers are added by `admit`, for this round only: so each round has one of its own, made by `anew`.
    """

    def __init__(self, inventory: Inventory) -> None:
        self._assets = {asset.id: asset for asset in inventory.assets}
        self._declared: set[tuple[str | None, str, int]] = set()
        """What the inventory says itself: it never changes after this."""
        self._admitted: set[tuple[str | None, str, int]] = set()
        for asset in inventory.assets:
            for address in fixed_addresses(asset):
                if asset.bare:
                    self._declared.update(_triples(None, address, asset))
                if asset.addresses:
                    for name in names(asset):
                        self._declared.update(_triples(name, address, asset))
        for control in (inventory.controls.open, inventory.controls.closed) if inventory.controls else ():
            self._declared.add((control.host, control.address, control.port))

    def anew(self) -> Scope:
        """A scope of the same inventory that knows no answers of name servers: what all assets declare is read once."""
        other = copy(self)
        other._admitted = set()
        return other

    def admit(self, asset: Asset, name: str, address: str) -> Refusal | None:
        """Take `address` as one of `name` of `asset` for this round, or say why not.

        It is taken when it is on the public internet, in a declared network of the asset, or pinned by it. Loopback,
        link-local and metadata addresses are taken only when they are declared as such.
        """
        if self._assets.get(asset.id) != asset:
            return Refusal(name, address, None, "the asset is not declared")
        try:
            host, place = host_of(name), address_of(address)
        except ValueError:
            return Refusal(name, address, None, "no host name, or no address")
        if not asset.leads_to(host):
            return Refusal(host, str(place), None, "the name is not declared for this asset")
        if asset.addresses:
            if str(place) not in fixed_addresses(asset):
                return Refusal(host, str(place), None, "the asset's addresses are declared, and this is none of them")
        elif not (routable(place) or declared_in(place, asset.networks) or str(place) in fixed_addresses(asset)):
            return Refusal(host, str(place), None, "neither on the public internet nor in a declared network")
        self._admitted.update(_triples(host, str(place), asset))
        if asset.by_address:
            self._admitted.update(_triples(None, str(place), asset))
        return None

    def allows(self, host: str | None, address: str, port: int) -> bool:
        """Whether a socket may be opened: `host` is the name that will be said, None (or the address) for none."""
        return self.refusal(host, address, port) is None

    def refusal(self, host: str | None, address: str, port: int) -> Refusal | None:
        """Why a socket may not be opened; None when it may."""
        if type(port) is int and self._holds((host, address, port)):
            return None  # spelt as it is kept, as the driver does
        try:
            place = str(address_of(address))
            said = None if host is None else host_of(host)
        except ValueError:
            return Refusal(host, address, port, "no host name, or no address")
        if said is not None and is_address(said):
            if said != place:
                return Refusal(said, place, port, "one address is said and another is connected to")
            said = None
        if isinstance(port, bool) or not self._holds((said, place, port)):
            return Refusal(said, place, port, "not declared")
        return None

    def _holds(self, triple: tuple[str | None, str, int]) -> bool:
        return triple in self._declared or triple in self._admitted


def _triples(name: str | None, address: str, asset: Asset) -> Iterator[tuple[str | None, str, int]]:
    return ((name, address, port) for port in (*asset.ports, *asset.service_ports))
