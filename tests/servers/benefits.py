"""A benefits portal of several departments: sessions by token or cookie, lists, single orders and exports.

Its fault is the one of 2020: an administrator of one department sees the orders of all.
"""

from __future__ import annotations

import asyncio
import base64
import io
import ssl
import zipfile
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from aiohttp import web

TOKENS = {"a": "CANARY-A-7f3k91", "b": "CANARY-B-q29x55"}
ORDERS = {"910001": "a", "910002": "b", "910003": "a", "910004": "b"}
"""Each order with its department; the first two hold the canaries."""
ACCOUNTS = {"key-of-a-1234": ("admin", "a"), "key-of-b-5678": ("admin", "b"), "key-of-city-9": ("city", "")}


@dataclass
class Benefits:
    """The portal; change its faults while it runs."""

    sees_all: bool = False
    """Every administrator sees the orders of all departments."""
    opens_all: bool = False
    """Every administrator can open every order."""
    forgets: bool = False
    """The canary of department b is gone."""
    redirects: bool = False
    """Whoever may not is led to the login."""
    unknown: int = 0
    """What a stranger gets, where it is no redirect to the login."""
    denies: int = 403
    """What whoever may not gets else."""
    keeps_sessions: bool = False
    """Signing out ends nothing."""
    action: str = "/login"
    """Where the login form says that it is sent."""
    welcome: str = "/orders/page"
    """Where somebody is led who has signed in."""
    busy: bool = False
    """The login answers that it is overloaded."""
    quiet: bool = False
    """A wrong password is answered by a page without a form."""
    signed: list[dict[str, str]] = field(default_factory=list)
    """The fields of every form that was sent to the login."""
    forms: int = 0
    """How many login pages were given out."""
    sessions: dict[str, str] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    asked: list[tuple[str, str]] = field(default_factory=list)
    """The path and the Authorization header of each request."""
    falls: int = 0
    """Whoever asks for anything after somebody signed out gets this status."""
    throttles: int = 0
    """Whoever asks for anything gets this status, and is told to come again in 50 minutes."""
    turned_away: int = 0
    """How many were told so."""
    meeting: asyncio.Barrier | None = None
    """The list as a page comes when so many ask for it at the same time."""
    port: int = 0
    shut: set[str] = field(default_factory=set)
    """Whose account is locked."""

    @contextmanager
    def locked(self, user: str) -> Iterator[None]:
        """An account is locked for a while."""
        self.shut.add(user)
        yield
        self.shut.discard(user)

    def routes(self, app: web.Application) -> None:
        """Further pages of a portal that is made of this one."""

    def who(self, request: web.Request) -> tuple[str, str] | None:
        """The role and department of whoever asks; None for a stranger."""
        key = request.headers.get("Authorization", "").removeprefix("Bearer ") or request.cookies.get("key", "")
        if key.startswith("Basic "):
            key = base64.b64decode(key.removeprefix("Basic ")).decode().partition(":")[2]
        key = key or self.sessions.get(request.cookies.get("sid", ""), "")
        self.asked.append((request.path, key))
        return None if key in self.ended else ACCOUNTS.get(key)

    def rows(self, department: str) -> list[dict[str, str]]:
        """The orders that a department's administrator sees."""
        seen = {order: of for order, of in ORDERS.items() if self.sees_all or not department or of == department}
        return [self.order(order) for order in seen]

    def order(self, number: str) -> dict[str, str]:
        """One order; the first of a department is its canary."""
        of = ORDERS[number]
        canary = number in ("910001", "910002") and not (self.forgets and of == "b")
        return {"order": number, "who": TOKENS[of] if canary else f"Person {number}"}

    def refused(self) -> web.Response:
        """What somebody gets who may not."""
        if self.redirects:
            return web.Response(status=302, headers={"Location": "/login"})
        return web.Response(status=self.denies, text="no")

    async def lists(self, request: web.Request) -> web.Response:
        """Orders, as a page, as data, or as a spreadsheet or document."""
        who = self.who(request)
        if who is None and self.unknown:
            return web.Response(status=self.unknown)
        if who is None:
            return web.Response(status=302, headers={"Location": "/login?next=/orders"})
        if self.meeting is not None:
            await self.meeting.wait()
        rows = self.rows(who[1])
        text = "".join(f"<tr><td>{row['order']}</td><td>{row['who']}</td></tr>" for row in rows)
        match request.match_info["form"]:
            case "page":
                return web.Response(text=f"<table>{text}</table>", content_type="text/html")
            case "json":
                return web.json_response(rows)
            case "csv":
                lines = "\n".join(f"{row['order']};{row['who']}" for row in rows)
                return web.Response(body=lines.encode("utf-16"), content_type="text/csv")
            case "xlsx":
                packed = io.BytesIO()
                with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
                    archive.writestr("xl/sharedStrings.xml", text)
                return web.Response(body=packed.getvalue(), content_type="application/octet-stream")
            case _:
                shown = " ".join(f"({row['who'][:4]}) ({row['who'][4:]})" for row in rows)
                stream = zlib.compress(f"BT [{shown}] TJ ET".encode())
                return web.Response(
                    body=b"%PDF-1.4\n1 0 obj\nstream\n" + stream + b"\nendstream", content_type="application/pdf"
                )

    async def one(self, request: web.Request) -> web.Response:
        """One order."""
        who, number = self.who(request), request.match_info["number"]
        if who is None:
            return web.Response(status=401, text="sign in")
        if who[1] not in ("", ORDERS[number]) and not self.opens_all:
            return self.refused()
        return web.json_response(self.order(number))

    async def city(self, request: web.Request) -> web.Response:
        """A report over all departments, for the city alone."""
        who = self.who(request)
        if who is None or who[0] != "city":
            return self.refused()
        return web.json_response([self.order(number) for number in ORDERS])

    async def form(self, request: web.Request) -> web.Response:
        """The login page: its form carries a token that belongs to a cookie."""
        page = (
            f'<html><body><h1>Sign in</h1><form method="get" action="/find"><input name="q"></form>'
            f'<form method="post" action="{self.action}">'
            f'<input type="hidden" name="csrf" value="t-&amp;-{self.forms}">'
            '<input name="user"><input type="password" name="pass"><button>Go</button></form></body></html>'
        )
        answer = web.Response(text=page, content_type="text/html")
        answer.set_cookie("before", f"c-{self.forms}")
        self.forms += 1
        return answer

    async def sign_in(self, request: web.Request) -> web.Response:
        """Take the form: with its token and cookie, and the right password, a session begins."""
        at = request.cookies.get("before", "").removeprefix("c-")
        said = {name: str(value) for name, value in (await request.post()).items()}
        self.signed.append(said)
        if self.busy:
            return web.Response(status=503, text="later")
        if not at or said.get("csrf") != f"t-&-{at}":
            return web.Response(status=403, text="forged")
        if ACCOUNTS.get(said.get("pass", ""), ("", "-"))[1] != said.get("user") or said["user"] in self.shut:
            return web.Response(text="<p>No.</p>" * 20) if self.quiet else await self.form(request)
        self.sessions[f"s-{at}"] = said["pass"]
        answer = web.Response(status=302, headers={"Location": self.welcome})
        answer.set_cookie("sid", f"s-{at}")
        return answer

    @web.middleware
    async def throttle(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Answer in whatever place of the portal is asked, unless it is asked too much."""
        if self.falls and self.ended:
            return web.Response(status=self.falls)
        if not self.throttles:
            return await handler(request)
        self.turned_away += 1
        return web.Response(status=self.throttles, headers={"Retry-After": "3000"})

    async def leave(self, request: web.Request) -> web.Response:
        """Sign out."""
        key = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.who(request) is not None and not self.keeps_sessions:
            self.ended |= {key} - {""}
            self.sessions.pop(request.cookies.get("sid", ""), None)
        return web.Response(text="bye")


@asynccontextmanager
async def benefits(
    tls: ssl.SSLContext | None = None, addresses: Sequence[str] = ("127.0.0.1",), portal: Benefits | None = None
) -> AsyncIterator[Benefits]:
    """The portal on a free port of loopback addresses, in clear or in TLS."""
    portal = portal or Benefits()
    app = web.Application(middlewares=[portal.throttle])
    portal.routes(app)
    app.router.add_get("/orders/{form:page|json|csv|xlsx|pdf}", portal.lists)
    app.router.add_get("/order/{number}", portal.one)
    app.router.add_get("/city", portal.city)
    app.router.add_get("/leave", portal.leave)
    app.router.add_get("/login", portal.form)
    app.router.add_post("/login", portal.sign_in)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        for address in addresses:
            await web.TCPSite(runner, address, portal.port, ssl_context=tls).start()
            portal.port = runner.addresses[0][1]
        yield portal
    finally:
        await runner.cleanup()
