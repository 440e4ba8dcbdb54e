"""The server of the dashboard and the API: one application, made from the table of routes."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from importlib.resources import files
from types import TracebackType
from typing import Self
from urllib.parse import quote

from aiohttp import web
from aiohttp.typedefs import Handler as AnyHandler

from monitor.inventory.model.installation.web import Web
from monitor.store.access.access_file import Read
from monitor.store.access.pool import TooBusy
from monitor.store.damage import damaged_rows
from monitor.store.ledger import LedgerUnusable
from monitor.web import errors
from monitor.web.call import Call, Services
from monitor.web.errors import Problem
from monitor.web.heads import EVERY
from monitor.web.identity.people import Caller, caller
from monitor.web.protection import limits, security
from monitor.web.protection.connections import SERVER_LOG, Connections, listen
from monitor.web.routes import OpenRoute, Route
from monitor.web.table import OPEN, ROUTES
from monitor.web.words import language_of

log = logging.getLogger("leftopen.web")
LARGEST_BODY = 64 * 1024
LONGEST_ANSWER = 20.0
"""Seconds within which a request must have its answer, its own body read."""
_STATIC = {"style.css": "text/css", "page.js": "text/javascript", "icon.svg": "image/svg+xml"}
_KEYS = {401: "problem.sign-in", 403: "problem.forbidden", 404: "problem.not-found", 405: "problem.method",
         413: "problem.too-large", 415: "problem.kind"}  # fmt: skip


class WebServer:
    """Serves the declared dashboard: `async with WebServer(declared, services)`. Raises OSError for its place."""

    def __init__(self, declared: Web, services: Services, warm_every: float = EVERY) -> None:
        self._declared = declared
        self._services = services
        self._warm_every = warm_every
        self._hosts = security.hosts_of(declared.url, str(declared.listen))
        self._runner = web.AppRunner(
            self._application(),
            access_log=None,
            logger=SERVER_LOG,
            handle_signals=False,
            keepalive_timeout=30.0,
            shutdown_timeout=2.0,
        )
        self._server: asyncio.Server | None = None
        self._connections: Connections | None = None
        self._warming: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        assert self._runner.server is not None  # noqa: S101  set up by the line above
        self._connections = Connections(self._runner.server)
        try:
            self._server = await listen(self._connections, self._declared.listen)
        except OSError:
            await self._runner.cleanup()
            raise
        self._warming = asyncio.create_task(self._keep_warm())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._warming is not None:
            self._warming.cancel()
        if self._server is not None:
            self._server.close()
        await self._runner.cleanup()

    async def _keep_warm(self) -> None:
        """Read ahead for ever: each scope that is in use, and those of another inventory as soon as it is there."""
        read, warmed = None, 0.0
        while True:
            services, now = self._services, time.monotonic()
            try:
                if services.inventory() is not read:
                    read, warmed = services.inventory(), now
                    await services.read_ahead()
                elif now - warmed >= self._warm_every:
                    warmed = now
                    await services.heads.warm()
            except LedgerUnusable as error:
                log.warning("nothing could be read ahead: %s", error)
            await asyncio.sleep(min(1.0, self._warm_every))

    def _application(self) -> web.Application:
        app = web.Application(client_max_size=LARGEST_BODY, middlewares=[self._guard])
        headers = security.headers_of(self._declared.url)

        async def add(_: web.Request, response: web.StreamResponse) -> None:
            for name, value in headers.items():
                if name != "Cache-Control" or name not in response.headers:
                    response.headers[name] = value

        # Here errors' pages and streams have them too.
        app.on_response_prepare.append(add)
        for route in OPEN:
            _add(app, route, self._open(route))
        for one in ROUTES:
            _add(app, one, self._entered(one))
        for name, kind in _STATIC.items():
            app.router.add_get(f"/static/{name}", _static(name, kind))
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: AnyHandler) -> web.StreamResponse:
        """What holds for every request; and whatever goes wrong becomes an answer."""
        if self._connections is not None:
            self._connections.spoke(request.protocol)
        as_json = request.path.startswith("/api/")
        language = language_of(request)
        try:
            if _routed(request) not in _ANY_HOST and not security.meant(request, self._hosts):
                raise Problem(421, "problem.host")
            if request.method not in security.SAFE and not security.from_here(request, self._declared.url):
                if as_json and security.unsigned(request):
                    raise Problem(401, "problem.sign-in", {"WWW-Authenticate": "Bearer"})
                raise Problem(403, "problem.elsewhere")
            async with asyncio.timeout(LONGEST_ANSWER):
                return await handler(request)
        except Problem as problem:
            return errors.answer(problem, language, as_json=as_json)
        except web.HTTPException as refused:
            if refused.status < 400:
                raise
            allowed = {"Allow": refused.headers["Allow"]} if "Allow" in refused.headers else {}
            key = _KEYS.get(refused.status, "problem.refused")
            return errors.answer(Problem(refused.status, key, allowed), language, as_json=as_json)
        except Exception as error:
            if await self._set_aside(error) or isinstance(error, (LedgerUnusable, TooBusy, TimeoutError)):
                log.warning("%s %s: %s", request.method, _routed(request), error or type(error).__name__)
                return errors.answer(Problem(503, "problem.busy", {"Retry-After": "5"}), language, as_json=as_json)
            # The path may hold a secret of a link, so the route's pattern stands in the log.
            log.exception("a bug of ours in %s %s", request.method, _routed(request))
            return errors.answer(Problem(500, "problem.bug"), language, as_json=as_json)

    async def _set_aside(self, error: Exception) -> int:
        """How many damaged rows an answer may have failed at; the next one fails at them no more."""
        if self._services.ledger is None:
            return 0
        return await self._services.ledger(
            lambda ledger: damaged_rows.set_aside_after(error, ledger, self._services.now())
        )

    def _open(self, route: OpenRoute) -> AnyHandler:
        async def answer(request: web.Request) -> web.StreamResponse:
            if route.limited:
                self._count(f"sign-in {request.remote}", limits.SIGN_INS)
            return await route.handle(request, self._services)

        return answer

    def _count(self, who: str, most: int) -> None:
        wait = self._services.limits.wait(who, most, time.monotonic())
        if wait:
            raise Problem(429, "problem.often", {"Retry-After": str(wait)})

    async def _caller(self, request: web.Request, now: datetime, *, use: bool) -> Caller | None:
        """Who asks, by the inventory that holds when that is known: it may change while sessions are read."""
        while True:
            declared = self._services.inventory()
            who = await caller(request, self._services.access, declared, now, use=use)
            if self._services.inventory() is declared:
                return who

    def _entered(self, route: Route) -> AnyHandler:
        """The handler of a route: who asks, whether the grant may, the answer, and the line in the log."""

        async def answer(request: web.Request) -> web.StreamResponse:
            services, now = self._services, self._services.now()
            who = await self._caller(request, now, use=not route.by_itself)
            if who is None:
                if route.as_json or route.by_itself or request.headers.get("Authorization"):
                    raise Problem(401, "problem.sign-in", {"WWW-Authenticate": "Bearer"})
                to = quote(request.path_qs, safe="/?=&") if request.method == "GET" else "/"
                raise web.HTTPSeeOther(f"/sign-in?next={quote(to, safe='')}")
            self._count(who.name, limits.READS if request.method in security.SAFE else limits.WRITES)
            seen = services.seen(who.grant)
            default = seen.inventory.party(who.grant.party).language
            call = Call(request, services, who, seen, now, language_of(request, default))
            call.object = next(iter(request.match_info.values()), "")
            try:
                _check(route, call)
                response = await route.handle(call)
            except Problem as problem:
                await self._log(route, call, problem.status)
                raise
            except web.HTTPSeeOther:
                await self._log(route, call, 303)
                raise
            await self._log(route, call, response.status)
            return response

        return answer

    async def _log(self, route: Route, call: Call, status: int) -> None:
        """Put on file what was read or done, before anybody sees it."""
        if route.by_itself:
            return
        event = "read" if route.method == "GET" else "act"
        grant = call.caller.grant
        lines = [
            Read(
                call.now, call.caller.name, grant.role.value, grant.party, event if status < 400 else "refused",
                route.name, one[:60], status,
            )
            for one in call.objects or (call.object,)
        ]  # fmt: skip
        await call.services.access(lambda file: file.log(*lines))


def _add(app: web.Application, route: Route | OpenRoute, handler: AnyHandler) -> None:
    # What answers GET answers HEAD too.
    if route.method == "GET":
        app.router.add_get(route.path, handler)
    else:
        app.router.add_route(route.method, route.path, handler)


def _check(route: Route, call: Call) -> None:
    token = call.caller.token
    if token is not None and (not route.token or route.token not in token.scopes):
        raise Problem(403, "problem.scope")
    if not call.may(route.permit):
        raise Problem(403, "problem.forbidden")
    if route.grave and not call.caller.proven(call.now):
        raise Problem(403, "problem.prove", more={"prove": True})


def _routed(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "no route"


def _static(name: str, kind: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    body = files("monitor.web").joinpath("static", name).read_bytes()

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(body=body, content_type=kind, charset="utf-8", headers={"Cache-Control": "max-age=300"})

    return answer


_ANY_HOST = frozenset(route.path for route in OPEN if route.any_host)
