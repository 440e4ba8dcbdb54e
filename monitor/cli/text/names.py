"""Where the declared names lead, as the name servers say now: a typing error shows before the first round."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.markup import escape

from monitor.inventory.model.assets import HostAsset
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.values.addresses import is_address

_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Name:
    """One declared name, and what was answered."""

    asset: str
    name: str
    addresses: tuple[str, ...]
    why: str
    """Why there is no address; empty where there is one."""


async def look_up(inventory: Inventory) -> tuple[Name, ...]:
    """Ask for every declared host name for which no addresses are declared."""
    # What asks hosts takes a fifth of a second to load, and most who check ask nobody.
    from monitor.rounds.vantage import resolver_of

    names, some = resolver_of(inventory), asyncio.Semaphore(_AT_ONCE)

    async def one(asset: str, name: str) -> Name:
        async with some:
            said = await names.addresses(name)
        why = "" if said.addresses or said.why is None else said.why.value
        return Name(asset, name, said.addresses, why or ("" if said.addresses else "no address"))

    wanted = [
        (asset.id, host)
        for asset in inventory.assets
        if isinstance(asset, HostAsset) and not asset.addresses
        for host in asset.hosts
        if not is_address(host)
    ]
    return tuple(await asyncio.gather(*(one(asset, host) for asset, host in wanted)))


def as_json(names: tuple[Name, ...]) -> list[dict[str, Any]]:
    """The same as JSON values."""
    return [{"asset": n.asset, "name": n.name, "addresses": list(n.addresses), "why": n.why} for n in names]


def show(out: Console, inventory: Inventory, names: tuple[Name, ...]) -> None:
    """The same for people: what leads nowhere first."""
    servers = ", ".join(f"{one.address}:{one.port}" for one in inventory.defaults.resolvers) or "those of this machine"
    out.print(f"Names, by the name servers {servers} (/etc/hosts is not used):")
    for one in sorted(names, key=lambda name: not name.why):
        said = f"[bold red]{one.why}[/]" if one.why else ", ".join(one.addresses)
        out.print(f"  {escape(one.asset)}: {escape(one.name)} -> {said}")
