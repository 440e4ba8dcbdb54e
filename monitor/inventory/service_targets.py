"""From the declared services of a host to what is asked at each of its addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.inventory.endpoints import locations
from monitor.inventory.model.assets import HostAsset
from monitor.inventory.model.services import by_preset, declared, default_names
from probes.api import Known, ServiceTarget
from probes.services.catalogue import Service
from probes.services.ports import KIND as PORTS


@dataclass(frozen=True, slots=True)
class ServicesAt:
    """The services of a host at one of its addresses."""

    single: tuple[ServiceTarget, ...]
    """Those that are declared by themselves: they are asked at every look."""
    preset: Mapping[int, ServiceTarget]
    """Those of presets, by port: they are asked while their port answers."""
    sweep: ServiceTarget | None
    """The knock at the ports of presets; None without any."""

    @property
    def targets(self) -> tuple[ServiceTarget, ...]:
        """All that may be asked there."""
        return (*self.single, *self.preset.values(), *([self.sweep] if self.sweep is not None else []))


def services_at(
    asset: HostAsset,
    addresses: Mapping[str, tuple[str, ...]],
    known: Mapping[int, tuple[Known, ...]],
    nonce: str = "x7f3",
) -> tuple[ServicesAt, ...]:
    """The services of `asset`, address by address. A service has no virtual hosts: the first name that leads to an
    address is said there. `known` are the exposures on file by port."""
    if not asset.services:
        return ()
    names: dict[str, str | None] = {}
    for name, address in locations(asset, addresses):
        names.setdefault(address, name)
    single, preset = declared(asset.services), by_preset(asset.services)
    usual = default_names(asset.services)
    beside = (*asset.ports, *single)

    def target(name: str | None, address: str, port: int, service: Service, named: tuple[str, ...]) -> ServiceTarget:
        return ServiceTarget(
            asset=asset.id,
            host=asset.host,
            name=name,
            address=address,
            port=port,
            speaks=service.speaks,
            tls=service.tls,
            names=named,
            beside=tuple(dict.fromkeys(one for one in beside if one != port)),
            known=tuple(one for one in known.get(port, ()) if one.kind == service.speaks),
            nonce=nonce,
        )

    return tuple(
        ServicesAt(
            tuple(target(name, address, port, service, named) for port, (service, named) in single.items()),
            {
                port: target(name, address, port, service, usual.get(service.speaks, ()))
                for port, service in preset.items()
            },
            ServiceTarget(asset.id, asset.host, name, address, 0, PORTS, beside=tuple(sorted(preset)), nonce=nonce)
            if preset
            else None,
        )
        for address, name in names.items()
    )
