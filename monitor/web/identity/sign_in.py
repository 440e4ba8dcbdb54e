"""Signing in by a link that works once, signing out, and choosing the grant to go on with."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from aiohttp import web

from monitor.store.access.access_file import Read
from monitor.web.call import Call, Services
from monitor.web.errors import Problem, not_found
from monitor.web.identity.grants import direct
from monitor.web.identity.people import INVITED, cookie_name, name_of
from monitor.web.templates import page
from monitor.web.words import language_of

log = logging.getLogger("leftopen.web")


async def show(request: web.Request, services: Services) -> web.Response:
    """How one signs in here."""
    declared = services.inventory().web
    provider = declared is not None and declared.sign_in is not None
    values = {"provider": provider, "next": own_path(request.query.get("next", "/"))}
    return _page(request, "sign-in.html.j2", values)


async def invited(request: web.Request, services: Services) -> web.Response:
    """The page behind the link of an invitation. It does nothing by itself: scanners of mail follow every link."""
    return _page(request, "invite.html.j2", {})


async def accept(request: web.Request, services: Services) -> web.Response:
    """Sign in by an invitation."""
    now, inventory = services.now(), services.inventory()
    secret = request.match_info["secret"]
    invite = await services.access(lambda file: file.accept(secret, now))
    grant = direct(inventory, invite.role, invite.party) if invite is not None else None
    if invite is None or grant is None:
        raise Problem(403, "problem.invite")
    claims = {"role": (invite.role,), "party": (invite.party,)}
    return await begin(services, INVITED, invite.name, invite.name, claims, "/")


async def begin(
    services: Services,
    issuer: str,
    subject: str,
    name: str,
    claims: Mapping[str, tuple[str, ...]],
    to: str,
    proven: datetime | None = None,
) -> web.Response:
    """Begin a session, and lead on to the page that was wanted."""
    now, declared = services.now(), services.inventory().web
    url = declared.url if declared is not None else ""
    secret = await services.access(lambda file: file.begin(issuer, subject, name, claims, now, proven))
    line = Read(now, name_of(name, issuer, subject), "", "", "sign-in", "sign-in", "", 303)
    await services.access(lambda file: file.log(line))
    response = web.Response(status=303, headers={"Location": own_path(to)})
    response.set_cookie(
        cookie_name(url), secret, httponly=True, secure=url.startswith("https:"), samesite="Lax", path="/"
    )
    return response


async def leave(call: Call) -> web.Response:
    """Sign out: the session ends on file, not in the browser alone."""
    session = call.caller.session
    if session is not None:
        await call.services.access(lambda file: file.end(session.digest, call.now))
    response = web.Response(status=303, headers={"Location": "/sign-in", "Clear-Site-Data": '"cookies", "cache"'})
    declared = call.services.inventory().web
    response.del_cookie(cookie_name(declared.url if declared else ""), path="/")
    return response


async def act_as(call: Call) -> web.Response:
    """Go on by another of one's grants: two are never used at once."""
    form = await call.request.post()
    wanted, session = str(form.get("grant", "")), call.caller.session
    if session is None or wanted not in {str(one) for one in call.caller.grants}:
        raise not_found()
    await call.services.access(lambda file: file.act_as(session.digest, wanted))
    return web.Response(status=303, headers={"Location": "/"})


def own_path(text: str) -> str:
    """A path of this server, or `/`: what stands behind `next` may lead nowhere else."""
    good = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable() and "\\" not in text
    return text if good and text.isascii() and len(text) < 2000 else "/"


def _page(request: web.Request, name: str, values: dict[str, object]) -> web.Response:
    text = page(name, language_of(request), values)
    return web.Response(text=text, content_type="text/html")
