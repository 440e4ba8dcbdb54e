"""Signing in by the identity provider: OpenID Connect with authorisation code and PKCE."""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from monitor.inventory.model.installation.web import SignIn, Web
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.values.secrets import NoSecret, resolve_secret
from monitor.web.call import Services
from monitor.web.errors import Problem, not_found
from monitor.web.identity.grants import granted
from monitor.web.identity.pending import Pending
from monitor.web.identity.provider import ProviderFailed
from monitor.web.identity.sign_in import begin, own_path

log = logging.getLogger("leftopen.web")
WITHIN = timedelta(minutes=10)
_MOST_PENDING = 1000
_MOST_VALUES = 200


async def go(request: web.Request, services: Services) -> web.Response:
    """Send the browser to the provider. `prove=1` asks for the person to be asked anew."""
    declared, sign_in = _declared(services)
    now, pending = services.now(), services.sign_ins.pending
    secret = secrets.token_urlsafe(32)
    one = Pending(
        secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48),
        own_path(request.query.get("next", "/")), now,
    )  # fmt: skip
    try:
        metadata = await services.sign_ins.of(sign_in).metadata(now)
    except ProviderFailed as error:
        raise _failed(error) from None
    pending[_digest(secret)] = one
    while len(pending) > _MOST_PENDING:
        pending.popitem(last=False)
    challenge = urlsafe_b64encode(hashlib.sha256(one.verifier.encode()).digest()).decode().rstrip("=")
    asked = {
        "response_type": "code",
        "client_id": sign_in.client_id,
        "redirect_uri": _back(declared),
        "scope": " ".join(dict.fromkeys(("openid", *sign_in.scopes))),
        "state": one.state,
        "nonce": one.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    if request.query.get("prove") == "1":
        asked |= {"prompt": "login", "max_age": "0"}
    joined = "&" if "?" in metadata.authorization else "?"
    response = web.Response(status=303, headers={"Location": f"{metadata.authorization}{joined}{urlencode(asked)}"})
    response.set_cookie(_cookie(declared), secret, **_flags(declared), max_age=int(WITHIN.total_seconds()))
    return response


async def back(request: web.Request, services: Services) -> web.Response:
    """Take the answer that the browser brings: once, by the browser that began, within its time."""
    declared, sign_in = _declared(services)
    now, query = services.now(), request.query
    one = services.sign_ins.pending.pop(_digest(request.cookies.get(_cookie(declared), "")), None)
    good = one is not None and hmac.compare_digest(query.get("state", "").encode(), one.state.encode())
    if one is None or not good or now - one.at > WITHIN:
        raise Problem(403, "problem.sign-in-again")
    provider = services.sign_ins.of(sign_in)
    try:
        metadata = await provider.metadata(now)
        named = query.get("iss")
        if (named is not None or metadata.says_issuer) and named != provider.issuer:
            raise ProviderFailed("the answer is another provider's")
        if "code" not in query:
            raise ProviderFailed("it gave no code")
        form = {
            "grant_type": "authorization_code",
            "code": query["code"],
            "redirect_uri": _back(declared),
            "client_id": sign_in.client_id,
            "code_verifier": one.verifier,
        }
        secret = resolve_secret(sign_in.client_secret, os.environ) if sign_in.client_secret else None
        token = await provider.redeem(form, secret, now)
        claims = await provider.claims(token, one.nonce, now)
    except (ProviderFailed, NoSecret) as error:
        raise _failed(error) from None
    kept = _kept(services.inventory(), claims)
    if not granted(services.inventory(), kept):
        raise Problem(403, "problem.no-grant")
    name = next((claims[key] for key in ("name", "preferred_username") if isinstance(claims.get(key), str)), "unnamed")
    response = await begin(services, provider.issuer, claims["sub"], name, kept, one.to, _proven(claims))
    response.del_cookie(_cookie(declared), path="/")
    return response


def _kept(inventory: Inventory, claims: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The claims that some grant compares: nothing else of the person stays with us."""
    named = {grant.claim for grant in inventory.web.grants} if inventory.web else set()
    kept: dict[str, tuple[str, ...]] = {}
    for name in named:
        value = claims.get(name)
        values = value if isinstance(value, list) else [value]
        kept[name] = tuple(one for one in values[:_MOST_VALUES] if isinstance(one, str))
    return kept


def _proven(claims: Mapping[str, Any]) -> datetime:
    """When the person was last asked who they are, as the provider says; one that says nothing proves nothing."""
    at = claims.get("auth_time")
    good = isinstance(at, int | float) and not isinstance(at, bool) and 0 < at < 2**33
    return datetime.fromtimestamp(float(at), UTC) if good and at is not None else datetime.fromtimestamp(0, UTC)


def _declared(services: Services) -> tuple[Web, SignIn]:
    declared = services.inventory().web
    if declared is None or declared.sign_in is None:
        raise not_found()
    return declared, declared.sign_in


def _failed(error: Exception) -> Problem:
    log.warning("somebody could not sign in: %s", error)
    return Problem(502, "problem.provider")


def _back(declared: Web) -> str:
    return f"{declared.url.rstrip('/')}/sign-in/back"


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _cookie(declared: Web) -> str:
    return "__Host-leftopen-sign-in" if declared.url.startswith("https:") else "leftopen-sign-in"


def _flags(declared: Web) -> dict[str, Any]:
    return {"httponly": True, "secure": declared.url.startswith("https:"), "samesite": "Lax", "path": "/"}
