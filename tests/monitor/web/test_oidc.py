"""Signing in at a real identity provider, and the tokens that are not good: each is refused."""

from __future__ import annotations

import asyncio
import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from tests.monitor.web.serving import Answer, Site, site
from tests.servers.launch import free_port
from tests.servers.real_node import node_with

SERVER = Path(__file__).parents[2] / "servers" / "identity.cjs"


class Identity:
    """The provider, and what it says of whoever signs in."""

    def __init__(self, process: asyncio.subprocess.Process, url: str) -> None:
        self.process, self.url = process, url

    async def gives(self, **change: Any) -> None:
        """From now on its tokens are changed so."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(change).encode() + b"\n")
        assert await asyncio.wait_for(self.process.stdout.readline(), 40) == b"changed\n"


@asynccontextmanager
async def provider() -> AsyncIterator[Identity]:
    pipe = asyncio.subprocess.PIPE
    node = node_with("oauth2-mock-server")
    process = await asyncio.create_subprocess_exec(node, str(SERVER), str(free_port()), stdin=pipe, stdout=pipe)
    try:
        assert process.stdout is not None
        ready = (await asyncio.wait_for(process.stdout.readline(), 30)).decode().split()
        yield Identity(process, ready[1])
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def signing_in(tmp_path: Path) -> AsyncIterator[tuple[Site, Identity]]:
    async with provider() as identity:
        more = (
            f", sign_in: {{issuer: '{identity.url}', client_id: leftopen}}"
            ", grants: [{claim: groups, value: beta-ops, role: approver, party: beta}]"
        )
        async with site(tmp_path, more) as at:
            at.clock.now = datetime.now(UTC)
            yield at, identity


async def walk(at: Site, path: str = "/sign-in/go?next=/findings") -> tuple[Answer, str]:
    """As a browser walks: to the provider and back; the answer at the end, and the cookie of the sign-in."""
    begun = await at.get(path)
    assert begun.status == 303, begun.text
    cookie = begun.headers["Set-Cookie"].partition(";")[0]
    asked = parse_qs(urlsplit(begun.headers["Location"]).query)
    assert (asked["response_type"], asked["code_challenge_method"]) == (["code"], ["S256"])
    async with (
        aiohttp.ClientSession() as session,
        session.get(begun.headers["Location"], allow_redirects=False) as back,
    ):
        location = back.headers["Location"]
    assert location.startswith(f"{at.url}/sign-in/back?")
    return await at.get(location.removeprefix(at.url), cookie), cookie


GOOD = {"groups": ["x", "beta-ops"], "name": "Berit B", "sub": "b-1", "aud": "leftopen"}


async def test_somebody_signs_in_and_is_who_the_provider_says(tmp_path: Path) -> None:
    async with signing_in(tmp_path) as (at, identity):
        await identity.gives(claims=GOOD)
        entered, _ = await walk(at)
        assert (entered.status, entered.headers["Location"]) == (303, "/findings"), entered.text
        cookies = [one.partition(";")[0] for one in entered.headers.getall("Set-Cookie")]
        page = await at.get("/findings", cookies[0])
        assert "Berit B [" in page.text
        assert at.house.findings["beta-disk"].id in page.text
        assert at.house.findings["alpha-disk"].id not in page.text
        # Without the time at which the person was asked, nothing grave is done.
        form = {"act": "dismiss", "reason": "none", "key": "k", "etag": "1.0"}
        path = f"/findings/{at.house.findings['beta-disk'].id}/act"
        assert (await at.post(path, cookies[0], data=form)).status == 403
        await identity.gives(claims={**GOOD, "auth_time": int(time.time())})
        again, _ = await walk(at, "/sign-in/go?prove=1")
        assert (await at.post(path, again.headers["Set-Cookie"].partition(";")[0], data=form)).status == 303


async def test_whoever_has_no_grant_gets_no_session(tmp_path: Path) -> None:
    async with signing_in(tmp_path) as (at, identity):
        for groups in (["other"], "beta-ops-x", [], None, {"beta-ops": 1}, [["beta-ops"]]):
            await identity.gives(claims={**GOOD, "groups": groups})
            refused, _ = await walk(at)
            assert (refused.status, "Set-Cookie" in refused.headers) == (403, False)


async def test_a_sign_in_is_one_browsers_and_once(tmp_path: Path) -> None:
    async with signing_in(tmp_path) as (at, identity):
        await identity.gives(claims=GOOD)
        mine, other = await at.get("/sign-in/go"), await at.get("/sign-in/go")
        cookies = [one.headers["Set-Cookie"].partition(";")[0] for one in (mine, other)]
        states = [parse_qs(urlsplit(one.headers["Location"]).query)["state"][0] for one in (mine, other)]
        assert (await at.get(f"/sign-in/back?code=x&state={states[1]}", cookies[0])).status == 403
        assert (await at.get(f"/sign-in/back?code=x&state={states[0]}")).status == 403
        assert (await at.get(f"/sign-in/back?code=x&state={states[0]}", cookies[0])).status == 403, "it was used up"
        other_issuer = f"/sign-in/back?code=x&state={states[1]}&iss=https://evil.example"
        assert (await at.get(other_issuer, cookies[1])).status == 502
        entered, cookie = await walk(at)
        assert entered.status == 303
        assert (await at.get("/sign-in/back?code=x&state=x", cookie)).status == 403


BAD: list[dict[str, Any]] = [
    {"claims": {"iss": "https://evil.example"}},
    {"claims": {"aud": "another"}},
    {"claims": {"aud": ["leftopen", "another"]}},
    {"claims": {"azp": "another"}},
    {"claims": {"exp": int(time.time()) - 600}},
    {"claims": {"iat": int(time.time()) - 6000}},
    {"claims": {"iat": int(time.time()) + 6000}},
    {"claims": {"nonce": "another"}},
    {"claims": {"sub": ""}},
    {"claims": {"sub": 7}},
    *({"drop": [name]} for name in ("iss", "aud", "exp", "iat", "nonce", "sub")),
    {"header": {"kid": "unknown"}},
    {"header": {"crit": ["x"], "x": 1}},
]  # fmt: skip


async def test_tokens_that_are_not_good_are_refused(tmp_path: Path) -> None:
    async with signing_in(tmp_path) as (at, identity):
        for bad in BAD:
            await identity.gives(
                claims={**GOOD, **bad.get("claims", {})}, drop=bad.get("drop", []), header=bad.get("header", {})
            )
            refused, _ = await walk(at)
            assert (refused.status, "leftopen=" in str(refused.headers.getall("Set-Cookie", []))) == (502, False), bad
            at.services.limits._left.clear()
        assert await at.log() == []


async def test_forged_tokens_are_refused(tmp_path: Path) -> None:
    async with signing_in(tmp_path) as (at, identity):
        async with aiohttp.ClientSession() as session, session.get(f"{identity.url}/jwks") as answer:
            (key,) = (await answer.json())["keys"]
        kid, now = key["kid"], int(time.time())
        claims = {**GOOD, "iss": identity.url, "iat": now, "exp": now + 600}
        public = RSAKey.import_key(key)
        public_text = public.as_pem(private=False)
        own = RSAKey.generate_key(2048, {"kid": kid})

        def forged(nonce: str) -> list[str]:
            said = {**claims, "nonce": nonce}
            none = jwt.encode({"alg": "HS256", "kid": kid}, said, OctKey.import_key("x" * 40))
            head, body, _ = none.split(".")
            return [
                "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0." + body + ".",
                head + "." + body + ".",
                f"{head}.{body}.{_part(hmac.digest(public_text, f'{head}.{body}'.encode(), 'sha256'))}",
                jwt.encode({"alg": "RS256", "kid": kid}, said, own),
                jwt.encode({"alg": "RS512", "kid": kid}, said, own, algorithms=["RS512"]),
                "not.a.token",
                "",
                "a" * 70_000,
            ]

        for number in range(8):
            begun = await at.get("/sign-in/go")
            asked = parse_qs(urlsplit(begun.headers["Location"]).query)
            await identity.gives(token=forged(asked["nonce"][0])[number] or " ")
            cookie = begun.headers["Set-Cookie"].partition(";")[0]
            async with (
                aiohttp.ClientSession() as session,
                session.get(begun.headers["Location"], allow_redirects=False) as back,
            ):
                location = back.headers["Location"]
            refused = await at.get(location.removeprefix(at.url), cookie)
            assert (refused.status, "leftopen=" in str(refused.headers.getall("Set-Cookie", []))) == (502, False), (
                number
            )


def _part(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


async def test_a_provider_that_is_not_there_is_said_in_words(tmp_path: Path) -> None:
    more = f", sign_in: {{issuer: 'http://127.0.0.1:{free_port()}', client_id: leftopen}}"
    async with site(tmp_path, more) as at:
        refused = await at.get("/sign-in/go")
        assert refused.status == 502
        assert "identity provider" in refused.text
    async with site(tmp_path / "other") as at:
        assert (await at.get("/sign-in/go")).status == 404


@pytest.mark.parametrize("missing", ["sign-in-again", "provider", "no-grant"])
def test_every_refusal_has_its_words(missing: str) -> None:
    text = (Path(__file__).parents[3] / "monitor/web/locale/sv.toml").read_text("utf-8")
    assert f"problem.{missing}" in text
