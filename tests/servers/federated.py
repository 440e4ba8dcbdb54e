"""The portal of benefits whose people sign in at an identity provider (OpenID Connect with a code and PKCE)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import secrets
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from tests.servers.benefits import ACCOUNTS, Benefits, benefits
from tests.servers.certificates import Certificate
from tests.servers.launch import free_port
from tests.servers.real_node import HERE, script

USERS = {of: key for key, (role, of) in ACCOUNTS.items() if role == "admin"}
"""The password of each user at the provider: of nobody at the portal."""


class Identity:
    """The provider: oauth2-mock-server behind a login form."""

    def __init__(self, process: asyncio.subprocess.Process, port: int, tls: bool) -> None:
        self.process, self.port, self.tls = process, port, tls

    async def changes(self, **change: Any) -> list[dict[str, Any]]:
        """From now on it does so; the forms that were sent to it until now."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(change).encode() + b"\n")
        said: list[dict[str, Any]] = json.loads(await asyncio.wait_for(self.process.stdout.readline(), 40))
        return said


@asynccontextmanager
async def identity(folder: Path, tls: Certificate | None = None) -> AsyncIterator[Identity]:
    """The provider on a free port of loopback, with the users of the portal."""
    node, _ = script("oauth2-mock-server/package.json")
    pipe, port = asyncio.subprocess.PIPE, free_port()
    files: tuple[str, ...] = ()
    if tls is not None:
        chain, key = tls.files(folder)
        files = (str(key), str(chain))
    process = await asyncio.create_subprocess_exec(
        node, str(HERE / "identity_login.cjs"), str(port), json.dumps(USERS), *files, stdin=pipe, stdout=pipe
    )
    try:
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 30) == b"ready\n"
        yield Identity(process, port, tls is not None)
    finally:
        process.kill()
        await process.wait()


@dataclass
class Federated(Benefits):
    """The portal; the faults of `Benefits` are switches here too."""

    provider: str = ""
    """Where people are led to sign in: scheme, name and port."""
    direct: str = ""
    """How the portal itself reaches the provider."""
    way: str = "query"
    """How the provider answers: by a redirect (query), or by a form (form_post); or by SAML (saml)."""
    forgetful: bool = False
    """It asks for a sign-in again, whatever the provider says."""
    pending: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By state: the cookie of whoever asked, and the verifier of the code."""
    back: list[dict[str, str]] = field(default_factory=list)
    """What came back from the provider."""
    begun: list[dict[str, str]] = field(default_factory=list)
    """The cookies of those who began."""

    def routes(self, app: web.Application) -> None:
        """Where a sign-in begins, and where it comes back to."""
        app.router.add_get("/sso", self.start)
        app.router.add_get("/sso/back", self.callback)
        app.router.add_post("/sso/back", self.callback)

    async def start(self, request: web.Request) -> web.Response:
        """Lead to the provider, with a state, a cookie that belongs to it, and a challenge."""
        state, mine, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        self.pending[state] = (mine, verifier)
        self.begun.append(dict(request.cookies))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "client_id": "benefits",
            "response_type": "code",
            "scope": "openid",
            "state": state,
            "redirect_uri": f"{request.scheme}://{request.host}/sso/back",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        path = "authorize"
        if self.way == "form_post":
            asked["response_mode"] = "form_post"
        elif self.way == "saml":
            path, asked = "saml", {"SAMLRequest": "fZDB", "RelayState": state, "acs": asked["redirect_uri"]}
        answer = web.Response(status=302, headers={"Location": f"{self.provider}/{path}?{urlencode(asked)}"})
        answer.set_cookie("asking", mine, httponly=True)
        return answer

    async def callback(self, request: web.Request) -> web.Response:
        """Take the code: with its state, its cookie and its verifier, a session begins."""
        given = {name: str(value) for name, value in (await request.post() or request.query).items()}
        self.back.append(given)
        mine, verifier = self.pending.pop(given.get("state") or given.get("RelayState", ""), ("", ""))
        if not mine or request.cookies.get("asking") != mine:
            return web.Response(status=400, text="nobody asked for this")
        if self.forgetful:
            return web.Response(status=302, headers={"Location": "/sso"})
        if self.way == "saml":
            answer = base64.b64decode(given["SAMLResponse"]).decode()
            return self.let_in(answer.partition("<NameID>")[2].partition("<")[0])
        form = {
            "grant_type": "authorization_code",
            "code": given["code"],
            "client_id": "benefits",
            "redirect_uri": f"{request.scheme}://{request.host}/sso/back",
            "code_verifier": verifier,
        }
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.direct}/token", data=form, ssl=False) as token,
        ):
            said = await token.json()
        if "id_token" not in said:
            return web.Response(status=502, text="the provider gave no token")
        payload = said["id_token"].split(".")[1]
        who = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sub"]
        return self.let_in(who)

    def let_in(self, who: str) -> web.Response:
        """A session of somebody who signed in."""
        number = f"s-{len(self.sessions)}"
        self.sessions[number] = USERS[who]
        answer = web.Response(status=303, headers={"Location": self.welcome})
        answer.set_cookie("sid", number, httponly=True)
        return answer


@asynccontextmanager
async def federated(at: Identity, name: str, tls: ssl.SSLContext | None = None) -> AsyncIterator[Federated]:
    """The portal on a free port, whose people sign in at `at`, which it calls by `name`."""
    scheme = "https" if at.tls else "http"
    portal = Federated(provider=f"{scheme}://{name}:{at.port}", direct=f"{scheme}://127.0.0.1:{at.port}")
    async with benefits(tls, portal=portal):
        yield portal
