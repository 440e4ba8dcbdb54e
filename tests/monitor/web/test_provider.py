"""What an identity provider may say: documents, keys and tokens that are odd or meant to harm, by a server of ours."""

from __future__ import annotations

import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from joserfc import jwt
from joserfc.jwk import RSAKey

from monitor.web.identity.provider import Provider, ProviderFailed

KEY = RSAKey.generate_key(2048, {"kid": "k"})
PUBLIC = KEY.as_dict(private=False)
AWAY = {"Location": "http://127.0.0.1:9/"}


class Provided:
    """A provider: what it says can be changed."""

    def __init__(self) -> None:
        self.url = ""
        self.document: Mapping[str, Any] = {}
        self.keys: Mapping[str, Any] = {}

    async def discovery(self, _: web.Request) -> web.Response:
        good = {
            "issuer": self.url, "authorization_endpoint": f"{self.url}/a", "token_endpoint": f"{self.url}/t",
            "jwks_uri": f"{self.url}/jwks",
        }  # fmt: skip
        return web.Response(**self.document) if self.document else web.json_response(good)

    async def jwks(self, _: web.Request) -> web.Response:
        return web.Response(**self.keys) if self.keys else web.json_response({"keys": [PUBLIC]})

    def token(self, **change: Any) -> str:
        """A good token, but for what is changed."""
        now = int(time.time())
        good = {"iss": self.url, "aud": "leftopen", "exp": now + 60, "iat": now, "sub": "s", "nonce": "n"}
        return jwt.encode({"alg": "RS256", "kid": "k"}, {**good, **change}, KEY)

    async def claims(self, token: str) -> dict[str, Any]:
        """What a program that knows nothing yet makes of a token."""
        return await Provider(self.url, "leftopen").claims(token, "n", datetime.now(UTC))


@asynccontextmanager
async def provided() -> AsyncIterator[Provided]:
    made, app = Provided(), web.Application()
    app.router.add_get("/.well-known/openid-configuration", made.discovery)
    app.router.add_get("/jwks", made.jwks)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield made
    finally:
        await runner.cleanup()


async def test_a_good_token_is_taken_also_within_the_minute_by_which_clocks_differ() -> None:
    now = int(time.time())
    async with provided() as at:
        for change in ({}, {"iat": now + 50}, {"exp": now - 50}, {"aud": ["leftopen", "b"], "azp": "leftopen"}):
            assert (await at.claims(at.token(**change)))["sub"] == "s"


@pytest.mark.parametrize(
    "said",
    [
        {"body": b"[" * 400_000},
        {"body": b'{"issuer": ' + b"9" * 400_000 + b"}"},
        {"body": b'{"issuer": "\xff"}'},
        {"body": b"{}" + b" " * 600_000},
        {"body": b"[]"},
        {"status": 302, "headers": AWAY},
        {"status": 500},
    ],
    ids=["deep", "digits", "bytes", "megabytes", "list", "redirect", "broken"],
)
async def test_a_document_that_is_none_fails_in_words(said: dict[str, Any]) -> None:
    async with provided() as at:
        token = at.token()
        at.document = said
        with pytest.raises(ProviderFailed):
            await at.claims(token)
        at.document, at.keys = {}, said
        with pytest.raises(ProviderFailed):
            await at.claims(token)


@pytest.mark.parametrize(
    "odd",
    [
        {"kty": "AKP", "kid": "z", "alg": "ML-DSA-44", "pub": "AAAA"},
        {"kty": "RSA", "kid": "y", "use": "enc", "n": "AQAB", "e": "AQAB"},
        {"kty": "EC", "kid": "x", "crv": "none", "x": "AA", "y": "AA"},
        {"kty": "oct", "kid": "k2", "k": "AAAA"},
        {"kty": ["RSA"]},
        {},
        None,
        "-----BEGIN PUBLIC KEY-----",
    ],
    ids=str,
)
async def test_a_key_that_is_not_understood_locks_nobody_out_and_alone_it_is_no_key(odd: Any) -> None:
    async with provided() as at:
        at.keys = {"body": web.json_response({"keys": [odd, PUBLIC]}).body}
        assert (await at.claims(at.token()))["sub"] == "s"
        at.keys = {"body": web.json_response({"keys": [odd]}).body}
        with pytest.raises(ProviderFailed, match="no key that can be read"):
            await at.claims(at.token())


@pytest.mark.parametrize(
    "change",
    [
        {"nonce": ["n"]}, {"iat": -1e300}, {"iat": 1e300}, {"iat": True}, {"nbf": 2**40}, {"aud": []},
        {"aud": [["leftopen"]]}, {"aud": ["leftopen", "b"]}, {"iss": ["x"]}, {"exp": "9999999999"},
    ],
    ids=str,
)  # fmt: skip
async def test_a_signed_token_with_odd_claims_is_refused_in_words(change: dict[str, Any]) -> None:
    async with provided() as at:
        with pytest.raises(ProviderFailed):
            await at.claims(at.token(**change))


@pytest.mark.parametrize(
    "header",
    [
        b'{"alg": "none", "kid": "k"}',
        b'{"alg": "HS256", "kid": "k"}',
        b'{"alg": ["RS256"], "kid": "k"}',
        b'{"alg": "RS256", "kid": "../../etc/passwd"}',
        b'{"alg": "RS256", "kid": {"k": 1}}',
        b'{"alg": "RS256", "kid": "k", "jku": "http://127.0.0.1:9/", "jwk": {"kty": "oct", "k": "AAAA"}}',
        b'{"alg": "RS256", "kid": "k", "b64": false, "crit": ["b64"]}',
        b'{"alg": "RS256", "kid": ' + b"[" * 40_000,
        b"[]",
        b"\xff",
    ],
)
async def test_a_token_that_is_not_signed_by_a_named_key_is_refused_in_words(header: bytes) -> None:
    parts = (header, b"{}", b"x" * 256)
    async with provided() as at:
        with pytest.raises(ProviderFailed):
            await at.claims(".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in parts))
