"""The identity provider: what it says of itself, its keys, and whether a token that it gave is good for us."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
from joserfc import jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import Key, KeySet, import_key

ALGORITHMS: Final = ("RS256", "PS256", "ES256")
KEYS_AGAIN = timedelta(minutes=1)
"""An unknown key makes us ask for the keys again, but not more often than this."""
KNOWN_FOR = timedelta(hours=1)
OLDEST_TOKEN = timedelta(minutes=10)
LEEWAY = 60
_LARGEST = 512 * 1024
_TIMEOUT = aiohttp.ClientTimeout(total=10)


class ProviderFailed(Exception):
    """The provider cannot be asked, or what it says is not good; the text is for the log, not for a page."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the provider says of itself."""

    authorization: str
    token: str
    jwks: str
    says_issuer: bool
    """Whether it names itself in the answer that the browser brings."""


class Provider:
    """One provider. It is asked when somebody signs in, and by nobody else's address than the declared one."""

    def __init__(self, issuer: str, client_id: str) -> None:
        self.issuer = issuer
        self._client_id = client_id
        self._metadata: tuple[datetime, Metadata] | None = None
        self._keys: tuple[datetime, KeySet] | None = None

    async def metadata(self, now: datetime) -> Metadata:
        """What the provider says of itself. Raises ProviderFailed."""
        if self._metadata is not None and now - self._metadata[0] < KNOWN_FOR:
            return self._metadata[1]
        said = await _get(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if said.get("issuer") != self.issuer:
            raise ProviderFailed("it names itself by another address than the declared one")
        found = [said.get(key) for key in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        if not all(isinstance(url, str) and _safe(url, self.issuer) for url in found):
            raise ProviderFailed("an address that it names is missing, or not of TLS")
        names_itself = said.get("authorization_response_iss_parameter_supported") is True
        metadata = Metadata(str(found[0]), str(found[1]), str(found[2]), names_itself)
        self._metadata = now, metadata
        return metadata

    async def redeem(self, form: Mapping[str, str], secret: str | None, now: datetime) -> str:
        """Change a code for a token of identity. Raises ProviderFailed."""
        metadata = await self.metadata(now)
        login = aiohttp.encode_basic_auth(self._client_id, secret) if secret is not None else None
        headers = {"Authorization": login} if login is not None else {}
        said = await _json("POST", metadata.token, data=dict(form), headers=headers)
        token = said.get("id_token")
        if not isinstance(token, str) or len(token) > 64_000:
            raise ProviderFailed("it gave no token of identity")
        return token

    async def claims(self, token: str, nonce: str, now: datetime) -> dict[str, Any]:
        """The claims of a token, if it is the provider's, for us, of now and of this sign-in. Raises ProviderFailed."""
        for again in (False, True):
            keys = await self._key_set(now, again=again)
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("error", SecurityWarning)
                    read = jwt.decode(token, keys, algorithms=list(ALGORITHMS))
            except (JoseError, ValueError, SecurityWarning, UnicodeError) as error:
                unknown = type(error).__name__ == "InvalidKeyIdError"
                if again or not unknown:
                    raise ProviderFailed(f"its token is not good: {type(error).__name__}") from None
                continue
            self._check(read.header, read.claims, nonce, now)
            return dict(read.claims)
        raise ProviderFailed("its token is signed by a key that it does not name")

    def _check(self, header: Mapping[str, Any], claims: Mapping[str, Any], nonce: str, now: datetime) -> None:
        if not isinstance(header.get("kid"), str):
            raise ProviderFailed("its token names no key")
        rules = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self._client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            rules.validate(dict(claims))
        except (JoseError, ValueError, TypeError) as error:
            raise ProviderFailed(f"its token is not for this sign-in: {error}") from None
        audience = claims["aud"]
        for_others = isinstance(audience, list) and len(audience) > 1
        if (for_others or "azp" in claims) and claims.get("azp") != self._client_id:
            raise ProviderFailed("its token was given to another program")
        if claims["nonce"] != nonce:
            raise ProviderFailed("its token is not for this sign-in")  # a list of nonces, of which one is ours
        if now.timestamp() - float(claims["iat"]) > OLDEST_TOKEN.total_seconds():
            raise ProviderFailed("its token is an old one")
        if not isinstance(claims["sub"], str) or not claims["sub"]:
            raise ProviderFailed("its token names nobody")

    async def _key_set(self, now: datetime, *, again: bool) -> KeySet:
        known = self._keys
        if known is not None and now - known[0] < (KEYS_AGAIN if again else KNOWN_FOR):
            return known[1]
        said = await _get((await self.metadata(now)).jwks)
        keys = _readable_keys(said.get("keys"))
        if not keys:
            raise ProviderFailed("it names no key that can be read")
        self._keys = now, KeySet(keys)
        return self._keys[1]


def _readable_keys(said: object) -> list[Key]:
    """The keys that we understand. RFC 7517 section 5: others are passed over, or a provider that adds one of a new
    kind would lock everybody out."""
    keys: list[Key] = []
    for one in said if isinstance(said, list) else ():
        if not isinstance(one, dict):
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", SecurityWarning)
                keys.append(import_key(one))
        except (JoseError, ValueError, TypeError, KeyError, AttributeError, OverflowError, SecurityWarning):
            continue
    return keys


async def _get(url: str) -> dict[str, Any]:
    return await _json("GET", url)


async def _json(method: str, url: str, **more: Any) -> dict[str, Any]:
    try:
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT, cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.request(method, url, allow_redirects=False, **more) as answer,
        ):
            body = await answer.content.read(_LARGEST + 1)
            while len(body) <= _LARGEST and not answer.content.at_eof():
                body += await answer.content.read(_LARGEST + 1 - len(body))
            if answer.status != 200 or len(body) > _LARGEST:
                raise ProviderFailed(f"it answered {answer.status} at {urlsplit(url).path}")
            value = json.loads(body)
    except (aiohttp.ClientError, TimeoutError, ValueError, RecursionError) as error:
        raise ProviderFailed(f"it cannot be asked: {type(error).__name__}") from None
    if not isinstance(value, dict):
        raise ProviderFailed("its answer is no object")
    return value


def _safe(url: str, issuer: str) -> bool:
    """TLS, except for a provider that was itself declared without: on this machine, in a test."""
    return url.startswith("https://") or (issuer.startswith("http://") and url.startswith("http://"))
