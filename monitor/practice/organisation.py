"""The practice organisation: the sites that the practice inventory declares, served on loopback, and its mailboxes."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self

from aiohttp import web
from aiohttp.typedefs import Middleware

from monitor.inventory.endpoints import fixed_addresses
from monitor.inventory.model.assets import Asset, HostAsset
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.model.services import declared
from monitor.practice import services
from monitor.practice.inbox import Inbox, Letter
from monitor.practice.portals import MENDING, SECRETS, Mending
from monitor.practice.serving import Handler, listen, prepared, refusal
from monitor.practice.sites import KINDS, NGINX

_ENVIRONMENT = "env:"
_PREFIX = "PRACTICE_"


class CannotStart(Exception):
    """The practice organisation cannot be served; the text says why, and what to do about it."""


@dataclass(frozen=True, slots=True)
class Site:
    """One site as it is served: the asset that declares it, where it listens, and what a look at it should say."""

    name: str
    addresses: tuple[str, ...]
    port: int
    right: str


class Practice:
    """A small region and its subcontractors, for the first run and for the tests: `async with Practice(...)`.

    The inventory says which sites there are and where: an asset whose id is in `sites.KINDS`, with its declared
    addresses (loopback alone) and its first port. Assets with other ids are none of ours.
    """

    def __init__(
        self,
        inventory: Inventory,
        now: Callable[[], datetime],
        on_message: Callable[[Letter], None] | None = None,
    ) -> None:
        """`now` is the clock by which the growing disk grows; `on_message` hears of each delivery to a mailbox."""
        self._assets = tuple(asset for asset in inventory.assets if asset.id in KINDS)
        self._channels = {
            channel.url.removeprefix(_ENVIRONMENT): channel.id
            for channel in inventory.channels
            if channel.url.startswith(_ENVIRONMENT + _PREFIX)
        }
        self._now = now
        self._runners: list[web.AppRunner] = []
        self._servers: list[asyncio.Server] = []
        self._sites: tuple[Site, ...] = ()
        self._shut: set[str] = set()
        self._mending: dict[str, Mending] = {}
        self.inbox = Inbox(tuple(self._channels.values()), now, on_message)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def sites(self) -> tuple[Site, ...]:
        """The sites that are served, in the order of the inventory; none before `start`."""
        return self._sites

    def environment(self) -> dict[str, str]:
        """What the variables of the inventory hold: the mailboxes' URLs, known after `start`, and made-up secrets."""
        return {**{name: self.inbox.url(channel) for name, channel in self._channels.items()}, **SECRETS}

    async def start(self) -> None:
        """Serve every site and the mailboxes. Raises CannotStart with every place that is not to be had."""
        troubles: list[str] = []
        served: list[Site] = []
        if not self._assets:
            troubles.append(f"the inventory declares none of its assets: {', '.join(KINDS)}")
        for asset in self._assets:
            addresses = await self._serve(asset, troubles)
            served.append(Site(asset.id, addresses, asset.ports[0], KINDS[asset.id].right))
        if troubles:
            await self.stop()
            raise CannotStart("the practice organisation cannot start:\n" + "\n".join(f"  {one}" for one in troubles))
        await self.inbox.start()
        self._sites = tuple(served)

    async def stop(self) -> None:
        """Close every site and the mailboxes."""
        while self._runners:
            await self._runners.pop().cleanup()
        while self._servers:
            self._servers.pop().close()
        await self.inbox.stop()
        self._sites = ()

    def shut(self, name: str) -> None:
        """Somebody acts: from now on the site refuses every path, as its owner would have it, or is mended."""
        self._shut.add(name)
        if name in self._mending:
            self._mending[name].since = self._now()

    def open_again(self, name: str) -> None:
        """The next update undoes it: the site is as it was."""
        self._shut.discard(name)
        if name in self._mending:
            self._mending[name].since = None

    async def _serve(self, asset: Asset, troubles: list[str]) -> tuple[str, ...]:
        app = KINDS[asset.id].make(self._now)
        if KINDS[asset.id].mended:
            app[MENDING] = self._mending[asset.id] = Mending()
        else:
            app.middlewares.append(self._door(asset.id))
        runner = await prepared(app)
        self._runners.append(runner)
        served = []
        port = asset.ports[0]
        for address in fixed_addresses(asset):
            if not ipaddress.ip_address(address).is_loopback:
                troubles.append(f"asset '{asset.id}': {address} is not loopback: the practice is served nowhere else")
                continue
            try:
                await listen(runner, address, port)
                await self._serve_services(asset, address)
            except OSError as error:
                if ":" in address and error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                    continue  # no IPv6 here: a look at it says so, and that is the right answer
                troubles.append(_trouble(asset.id, address, port, error))
            else:
                served.append(address)
        if not fixed_addresses(asset):
            troubles.append(f"asset '{asset.id}' has no addresses: give it addresses: [127.0.0.1]")
        return tuple(served)

    async def _serve_services(self, asset: Asset, address: str) -> None:
        for port, (service, _) in declared(asset.services).items() if isinstance(asset, HostAsset) else ():
            self._servers.append(await services.serve(service.speaks, address, port))

    def _door(self, name: str) -> Middleware:
        @web.middleware
        async def door(request: web.Request, handler: Handler) -> web.StreamResponse:
            return refusal(403, NGINX) if name in self._shut else await handler(request)

        return door


def _trouble(asset: str, address: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} on {address} is taken: stop what listens there, "
            f"or give asset '{asset}' another port in the inventory"
        )
    if error.errno == errno.EACCES:
        return f"port {port} on {address} may not be used: give asset '{asset}' a port above 1023 in the inventory"
    return f"port {port} on {address}, asset '{asset}': {error.strerror or type(error).__name__}"
