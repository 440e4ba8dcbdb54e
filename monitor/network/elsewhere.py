"""Requests of a look at a service to another host that the service names: sent only where the inventory declares it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from monitor.inventory.values.addresses import is_address
from probes.api import BucketTarget, ServiceTarget, Target, WebTarget
from probes.reasons import NoAnswerReason
from probes.requests.http import NoAnswer


@dataclass(frozen=True, slots=True)
class Declared:
    """A host that the inventory declares, as it is reached now."""

    asset: str
    host: str
    address: str
    pace_key: str


Elsewhere = Callable[[str], Awaitable[Declared | NoAnswer]]
"""From a host name or an address to the declared host, or why it is not to be asked."""


@dataclass(frozen=True, slots=True)
class Named:
    """An endpoint that a service named. Its port is still to be checked by the scope, as every socket is."""

    at: WebTarget
    pace_key: str
    """Whose pace it has; empty: the service's own."""


async def named(target: ServiceTarget, origin: str, elsewhere: Elsewhere | None) -> Named | NoAnswer:
    """The endpoint of `origin` (`https://auth.region.example:443`): the target's own host, or a declared one."""
    split = urlsplit(origin)
    host, port, tls = split.hostname or "", split.port or 0, split.scheme == "https"
    if host in (target.host, target.name, target.address):
        name = target.name if host == target.address else host
        at = WebTarget(target.asset, target.host, name, target.address, port, tls, nonce=target.nonce)
        return Named(at, "")
    if elsewhere is None:
        return NoAnswer(NoAnswerReason.OUT_OF_SCOPE, "no other host is declared")
    found = await elsewhere(host)
    if isinstance(found, NoAnswer):
        return found
    name = None if is_address(host) else host
    return Named(WebTarget(found.asset, found.host, name, found.address, port, tls, nonce=target.nonce), found.pace_key)


def leads_to(target: Target, name: str) -> bool:
    """Whether a name is the target's own or, of a declared host, below it."""
    name, host = name.rstrip(".").lower(), target.host.lower()
    below = not isinstance(target, BucketTarget) and not is_address(host) and name.endswith("." + host)
    return name == host or below
