"""How a registry of container images names who issues its tokens, and what the issuer answers (Distribution's token
authentication: https://distribution.github.io/distribution/spec/auth/token/)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from probes.recognise.stores.web import NotTheStore, as_json, inside

_BEARER = re.compile(r"(?i)(?:\A|,)\s*Bearer\s+")
_PARAMETER = re.compile(r'\s*(\w{1,32})\s*=\s*(?:"([^"]{0,2048})"|([^\s",]{1,2048}))\s*(?:,|\Z)')
_TOKEN = re.compile(r"[\x21-\x7e]{1,8192}")
_HOST = re.compile(r"[A-Za-z0-9.\-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]")
_PATH = re.compile(r"/[\x21-\x7e]{0,2048}")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Issuer:
    """Where a token is to be had, as a challenge names it."""

    origin: str
    """Scheme, host and port (`https://auth.region.example:443`); empty: the registry itself."""
    path: str
    """With its query, percent-encoded."""

    @property
    def lists_for_administrators(self) -> bool:
        """Whether it is GitLab's, which lists what a registry holds for its administrators alone
        (https://docs.gitlab.com/administration/packages/container_registry/)."""
        address, _, query = self.path.partition("?")
        return address == "/jwt/auth" and "service=container_registry" in query.split("&")

    @property
    def host(self) -> str:
        """The host and port of the origin."""
        return self.origin.partition("://")[2]

    @property
    def shown(self) -> str:
        """The origin as people write it: without the usual port."""
        scheme, _, host = self.origin.partition("://")
        return f"{scheme}://{host.removesuffix(f':{_PORTS[scheme]}')}" if scheme else ""


def issuer_of(challenge: str) -> Issuer | None:
    """Who issues tokens by a `WWW-Authenticate`; None where it names nobody (another scheme, or no realm).

    Raises NotTheStore for a realm that cannot be asked.
    """
    begun = _BEARER.search(challenge[:8192])
    if begun is None:
        return None
    told: dict[str, str] = {}
    at = begun.end()
    while (found := _PARAMETER.match(challenge, at)) is not None and len(told) < 16:
        told.setdefault(found[1].lower(), found[2] if found[2] is not None else found[3])
        at = found.end()
    realm = told.get("realm", "")
    try:
        split = urlsplit(realm)
        port = split.port
    except ValueError as error:
        raise NotTheStore from error
    if "/" not in realm:
        return None  # a realm that is a word: nobody to ask
    asked = [f"{key}={quote(told[key], safe=':*,/')}" for key in ("service", "scope") if told.get(key)]
    query = "&".join(([split.query] if split.query else []) + asked)
    path = (split.path or "/") + (f"?{query}" if query else "")
    if _PATH.fullmatch(path) is None:
        raise NotTheStore
    if not split.scheme and not split.netloc:
        return Issuer("", path)
    host = f"[{split.hostname}]" if ":" in (split.hostname or "") else split.hostname or ""
    if split.scheme not in _PORTS or split.username is not None or _HOST.fullmatch(host) is None:
        raise NotTheStore
    return Issuer(f"{split.scheme}://{host}:{port or _PORTS[split.scheme]}", path)


def token_in(body: bytes) -> str:
    """The token that an issuer hands out. Raises NotTheStore where there is none."""
    told = as_json(body)
    token = inside(told, "token") or inside(told, "access_token")
    if not isinstance(token, str) or _TOKEN.fullmatch(token) is None:
        raise NotTheStore
    return token
