"""Which services of hosts are asked, which are not, and how they are added: a part of `leftopen check`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.markup import escape

from monitor.inventory.model.assets import Asset, HostAsset
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.model.services import by_preset, declared
from probes.services.catalogue import SERVICES, Service


def as_json(asset: Asset) -> dict[str, Any]:
    """The services of a host as JSON values: those that are asked, those that are swept, and those that are neither."""
    if not isinstance(asset, HostAsset):
        return {}
    single, preset = declared(asset.services), by_preset(asset.services)
    return {
        "services": [
            {"speaks": service.word, "port": port, "names": len(names)} for port, (service, names) in single.items()
        ],
        "swept_ports": sorted(preset),
        "services_not_asked": [service.word for service in _left_out(asset)],
    }


def show(console: Console, inventory: Inventory) -> None:
    """A line for what each host's services are, and one for the hosts that have none."""
    hosts = [asset for asset in inventory.assets if isinstance(asset, HostAsset)]
    for asset in hosts:
        if not asset.services:
            continue
        single, preset = declared(asset.services), by_preset(asset.services)
        asked = [
            f"{service.word} at port {port}{f' (declared {service.names}: {len(names)})' if names else ''}"
            for port, (service, names) in single.items()
        ]
        if preset:
            asked.append(f"{_listed(preset.values())} where a sweep every 6 h finds the port answering")
        console.print(escape(f"{asset.id}: services asked: {'; '.join(asked)}"))
        left = _left_out(asset)
        if left:
            console.print(escape(f"  not asked: {_listed(left)}"))
    without = [asset.id for asset in hosts if not asset.services]
    if without:
        every = _some(_listed(SERVICES.values()).split(", "), 6)
        console.print(
            escape(
                f"Asked for web pages alone: {_some(without)}. Not asked there: {every} (docs/services.md). "
                "Where the permission covers more than the web, add `services: [recommended]` to the host."
            )
        )


def _left_out(asset: HostAsset) -> list[Service]:
    """The services of the catalogue that are asked at no port of a host."""
    asked = {service.word for service, _ in declared(asset.services).values()}
    asked |= {service.word for service in by_preset(asset.services).values()}
    return [service for service in SERVICES.values() if service.word not in asked]


def _listed(services: Iterable[Service]) -> str:
    return ", ".join(f"{service.word} {service.port}" for service in sorted(services, key=lambda one: one.port))


def _some(ids: list[str], most: int = 5) -> str:
    return ", ".join(ids[:most]) + (f" and {len(ids) - most} more" if len(ids) > most else "")
