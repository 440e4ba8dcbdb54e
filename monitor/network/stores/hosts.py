"""Leads to the hosts of object stores as they are asked for: a name once a round, an address if the scope admits it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from monitor.inventory.endpoints import fixed_addresses
from monitor.inventory.model.assets import Asset
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.scope import Scope
from monitor.inventory.values.addresses import is_address
from monitor.network.stores.client import Resolve
from probes.api import BucketTarget
from probes.reasons import NoAnswerReason
from probes.requests.http import NoAnswer

if TYPE_CHECKING:
    from monitor.network.names.dns import Names


CONTROL = "control:"
"""What the assets of controls are called by; no asset of an inventory can be."""


Lead = Callable[[str, str], Awaitable[tuple[str, ...] | NoAnswer]]
"""The addresses of a host of an asset, by its id, that the scope admits, or why there are none."""


def leading(inventory: Inventory, scope: Scope, names: Callable[[], Names]) -> Lead:
    """What finds the addresses of hosts that are asked for as they are met, in one round, and admits them to `scope`.

    `names` makes the resolver when there is a name to ask for: many rounds have none.
    """
    found: dict[tuple[str, str], asyncio.Task[tuple[str, ...] | NoAnswer]] = {}

    async def lead(asset: str, host: str) -> tuple[str, ...] | NoAnswer:
        if asset.startswith(CONTROL):
            # Of our own, on loopback: the guard knows its port.
            return (host,)
        key = (asset, host)
        if key not in found:
            found[key] = asyncio.create_task(_lead(inventory.asset(asset), host, scope, names))
        # One look that is given up must not take the answer from the others.
        return await asyncio.shield(found[key])

    return lead


def of_stores(lead: Lead) -> Resolve:
    """The same for the hosts of a bucket."""

    async def resolve(target: BucketTarget, host: str) -> tuple[str, ...] | NoAnswer:
        return await lead(target.asset, host)

    return resolve


async def _lead(asset: Asset, host: str, scope: Scope, names: Callable[[], Names]) -> tuple[str, ...] | NoAnswer:
    if is_address(host):
        admitted = tuple(a for a in (host,) if any(scope.allows(None, a, port) for port in asset.ports))
        return admitted or NoAnswer(NoAnswerReason.OUT_OF_SCOPE, "the address is not declared")
    if not asset.leads_to(host):
        return NoAnswer(NoAnswerReason.OUT_OF_SCOPE, "the inventory does not lead to this host")
    if asset.addresses:
        addresses = fixed_addresses(asset)
    else:
        answer = await names().addresses(host)
        if not answer.addresses:
            return NoAnswer(answer.why or NoAnswerReason.NO_SUCH_NAME, answer.detail)
        addresses = answer.addresses
    admitted = tuple(address for address in addresses if scope.admit(asset, host, address) is None)
    return admitted or NoAnswer(NoAnswerReason.OUT_OF_SCOPE, "none of its addresses is declared")
