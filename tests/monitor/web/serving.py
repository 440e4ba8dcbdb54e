"""The dashboard on a port of its own, over the house of two vendors; and people who are signed in to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp

from monitor.health.stalls import Stalls
from monitor.inventory.model.inventory import Inventory
from monitor.store.access.access_file import Read
from monitor.store.access.pool import ReadPool
from monitor.store.access.thread import AccessThread
from monitor.store.thread import LedgerThread
from monitor.web.call import Services
from monitor.web.heads import EVERY
from monitor.web.server import WebServer
from tests.monitor.web.house import NOW, House, house
from tests.servers.launch import free_port


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    text: str
    headers: Any


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = NOW + timedelta(minutes=1)

    def __call__(self) -> datetime:
        return self.now


class Site:
    """The served dashboard."""

    def __init__(self, url: str, at: House, services: Services, clock: Clock, declared: list[Inventory]) -> None:
        self.url, self.house, self.services, self.clock = url, at, services, clock
        self.declared = declared
        """The inventories that were declared; the last one holds."""

    async def signed_in(self, role: str, party: str, name: str = "Anna Test") -> str:
        """The cookie of somebody with that grant."""
        claims = {"role": (role,), "party": (party,)}
        secret = await self.services.access(lambda file: file.begin("invite", name, name, claims, self.clock()))
        return f"leftopen={secret}"

    async def get(self, path: str, cookie: str = "", method: str = "GET", **more: Any) -> Answer:
        """Ask, following nothing."""
        headers = {**({"Cookie": cookie} if cookie else {}), **more.pop("headers", {})}
        async with (
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.request(method, self.url + path, headers=headers, allow_redirects=False, **more) as answer,
        ):
            return Answer(answer.status, await answer.text(), answer.headers)

    async def post(self, path: str, cookie: str = "", **more: Any) -> Answer:
        """Post as our own page does."""
        headers = {"Sec-Fetch-Site": "same-origin", **more.pop("headers", {})}
        return await self.get(path, cookie, "POST", headers=headers, **more)

    async def log(self) -> list[Read]:
        """The log, oldest first."""
        return [read for _, read in reversed(await self.services.access(lambda file: file.reads(None, 2**40, 1000)))]


@asynccontextmanager
async def site(
    tmp_path: Path, more: str = "", *, writes: bool = True, stalls: Stalls | None = None, warm_every: float = EVERY
) -> AsyncIterator[Site]:
    """Serve it."""
    port = free_port()
    web = f'web: {{listen: "127.0.0.1:{port}", url: "http://127.0.0.1:{port}"{more}}}\n'
    at = house(tmp_path, web)
    clock = Clock()
    pool, access = ReadPool(at.path), AccessThread(at.path)
    ledger = LedgerThread(at.path) if writes else None
    inventory: Inventory = at.inventory
    declared = [inventory]
    services = Services(lambda: declared[-1], pool, access, clock, ledger, stalls=stalls)
    assert inventory.web is not None
    try:
        async with WebServer(inventory.web, services, warm_every):
            yield Site(f"http://127.0.0.1:{port}", at, services, clock, declared)
    finally:
        pool.close()
        access.close()
        if ledger is not None:
            ledger.close()
