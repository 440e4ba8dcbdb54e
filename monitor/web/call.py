"""One request on its way: who asks, what they may see, and the ways to answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from aiohttp import web

from monitor.alerts.routing.recipients import Language
from monitor.health.stalls import Stalls
from monitor.inventory.model.inventory import Inventory
from monitor.store.access.pool import ReadPool
from monitor.store.access.thread import AccessThread
from monitor.store.ledger import Ledger
from monitor.store.thread import OnLedger
from monitor.web import words
from monitor.web.heads import MOST_WARM, PAUSE, Heads
from monitor.web.identity.grants import Held, Seen, direct, seen
from monitor.web.identity.pending import SignIns
from monitor.web.identity.people import Caller, grants_of
from monitor.web.identity.permits import Permit
from monitor.web.protection.limits import Limits
from monitor.web.screens.navigation import PAGES
from monitor.web.templates import STOCKHOLM, page

T = TypeVar("T")
_MOST_SCOPES = 200


@dataclass(frozen=True, slots=True)
class Services:
    """What the pages stand on."""

    inventory: Callable[[], Inventory]
    pool: ReadPool
    access: AccessThread
    now: Callable[[], datetime]
    ledger: OnLedger | None = None
    """The ledger's own thread, for actions; None: this server only reads."""
    acted: Callable[[], None] = lambda: None
    """Called when an action is on file: what it owes may be sent."""
    stalls: Stalls | None = None
    """How often the event loop was held, where that is measured."""
    sign_ins: SignIns = field(default_factory=SignIns)
    limits: Limits = field(default_factory=Limits)
    views: dict[tuple[str, str], Seen] = field(default_factory=dict)
    heads: Heads = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "heads", Heads(self.pool, self.now))

    def seen(self, grant: Held) -> Seen:
        """What a grant shows of the inventory as it is now."""
        inventory = self.inventory()
        known = self.views.get((inventory.digest, str(grant)))
        return known or self._keep(inventory, seen(inventory, grant))

    def _keep(self, inventory: Inventory, found: Seen) -> Seen:
        if any(digest != inventory.digest for digest, _ in self.views) or len(self.views) >= _MOST_SCOPES:
            self.views.clear()
            self.heads.forget()
        return self.views.setdefault((inventory.digest, str(found.grant)), found)

    async def read_ahead(self) -> None:
        """Read the heads of the scopes that are in use, or are to be: after a start, and when the inventory is another,
        nobody waits for the first page. Raises LedgerUnusable.

        What a scope sees of a large inventory takes some tenths of a second to find out: not on the event loop.
        """
        inventory, now = self.inventory(), self.now()
        sessions = await self.access(lambda file: file.sessions(now - PAUSE, MOST_WARM))
        tokens = await self.access(lambda file: file.tokens())
        grants = [
            *(Held(one.role, one.party) for one in (inventory.web.grants if inventory.web is not None else ())),
            *(direct(inventory, one.role, one.party) for one in tokens if one.used is not None and one.ends > now),
            *(grant for session in sessions for grant in grants_of(session, inventory)[:1]),
        ]
        # Of one grant the last place counts, and of all of them the last are read ahead.
        last = [grant for grant in dict.fromkeys(reversed(grants)) if grant is not None][:MOST_WARM]
        for grant in reversed(last):
            found = await asyncio.to_thread(seen, inventory, grant)
            if self.inventory() is not inventory:
                return
            self.heads.want(self._keep(inventory, found))
        await self.heads.warm()


@dataclass(slots=True)
class Call:
    """One request of somebody whom a grant lets in."""

    request: web.Request
    services: Services
    caller: Caller
    seen: Seen
    now: datetime
    language: Language
    object: str = ""
    """What was read or acted on, by its id: it stands in the log."""
    objects: tuple[str, ...] = ()
    """The same of several things: a line of the log for each."""
    status: dict[str, Any] = field(default_factory=dict)

    @property
    def zone(self) -> str:
        """The time zone of the party for which the caller reads."""
        party = self.seen.inventory.party(self.caller.grant.party)
        return party.zone or (STOCKHOLM if self.language == "sv" else "UTC")

    def may(self, permit: Permit) -> bool:
        """Whether the grant that is used may do that."""
        return self.caller.grant.may(permit)

    async def read(self, work: Callable[[Ledger], T]) -> T:
        """Read the ledger as the grant sees it."""
        return await self.services.pool(self.seen.scope, work)

    def _link(self, **changed: str) -> str:
        """The address of this page with other parameters."""
        kept = [(key, value) for key, value in self.request.query.items() if key not in changed]
        query = urlencode([*kept, *((key, value) for key, value in changed.items() if value)])
        return f"{self.request.path}?{query}" if query else self.request.path

    async def page(self, name: str, values: Mapping[str, Any], status: int = 200) -> web.Response:
        """A page of the dashboard, with its head."""
        top = await self.services.heads(self.seen)
        refresh = self.request.query.get("refresh", "")
        shared = {
            "head": top.said(self.language),
            "as_of": top.at,
            "version": top.version,
            "now": self.now,
            "zone": self.zone,
            "caller": self.caller,
            "may": {permit.value: self.may(permit) for permit in Permit},
            "writes": self.services.ledger is not None,
            "path": self.request.path,
            "pages": [(to, key, permit.value) for to, key, permit in PAGES],
            "query": dict(self.request.query),
            "link_language": self._link(lang="en" if self.language == "sv" else "sv"),
            "link_refresh": self._link(refresh="60"),
            "link_still": self._link(refresh=""),
            "refresh": int(refresh)
            if refresh.isascii() and refresh.isdigit() and 10 <= int(refresh[:5]) <= 3600
            else 0,
        }
        text = page(name, self.language, shared | dict(values))
        response = web.Response(status=status, text=text, content_type="text/html")
        if self.request.query.get("lang") == self.language:
            response.set_cookie(words.COOKIE, self.language, max_age=31536000, httponly=True, samesite="Lax", path="/")
        return response
