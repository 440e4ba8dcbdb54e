"""Who a request comes from: a session of a person, or the token of a program; with the grants that hold now."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from monitor.inventory.model.installation.web import WebRole
from monitor.inventory.model.inventory import Inventory
from monitor.store.access.access_file import Session, Token
from monitor.store.access.thread import AccessThread
from monitor.web.identity.grants import Held, direct, granted
from probes.recognise.people.masking import mask_text

INVITED = "invite"
"""The issuer of those who signed in by an invitation. Their grant is a claim of their own session."""
LASTS = timedelta(hours=8)
GRAVE_LASTS = timedelta(minutes=30)
"""How long a session may idle: shorter for those who can do much."""
LONGEST = timedelta(days=7)
PROVEN_FOR = timedelta(minutes=5)
_SHORT = frozenset({WebRole.APPROVER, WebRole.OPERATOR})


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and by which grant."""

    name: str
    """What stands in the log and under actions: the name, and a mark that is the same whatever the name becomes."""
    grant: Held
    grants: tuple[Held, ...]
    session: Session | None = None
    token: Token | None = None

    def proven(self, now: datetime) -> bool:
        """Whether the person signed in just now; a program never did."""
        return self.session is not None and now - self.session.proven <= PROVEN_FOR


def name_of(name: str, issuer: str, subject: str) -> str:
    """A person's name with a mark of who they are at their provider: names change, and two people share one."""
    mark = hashlib.sha256(f"{issuer}|{subject}".encode()).hexdigest()[:8]
    return f"{str(mask_text(' '.join(name.split())))[:80]} [{mark}]"


def cookie_name(url: str) -> str:
    """The name of the session's cookie. `__Host-` binds it to this host and to TLS."""
    return "__Host-leftopen" if url.startswith("https:") else "leftopen"


async def caller(
    request: web.Request, access: AccessThread, inventory: Inventory, now: datetime, *, use: bool = True
) -> Caller | None:
    """Who asks; None: nobody whom a grant lets in. Without `use` a session idles on: no person has asked."""
    bearer = request.headers.get("Authorization", "")
    if bearer:
        kind, _, secret = bearer.partition(" ")
        if kind.lower() == "basic" and request.method in ("GET", "HEAD"):
            # Calendars and feeds ask for a name and a password: the password is the token.
            kind, secret = "bearer", _password(secret)
        token = await access(lambda file: file.token(secret.strip(), now)) if kind.lower() == "bearer" else None
        grant = direct(inventory, token.role, token.party) if token is not None else None
        if token is None or grant is None:
            return None
        return Caller(f"token {token.label}", grant, (grant,), token=token)
    secret = request.cookies.get(cookie_name(inventory.web.url if inventory.web else ""), "")
    session = await access(lambda file: file.session(secret, now, use=use)) if secret else None
    if session is None:
        return None
    grants = grants_of(session, inventory)
    grant = next((one for one in grants if str(one) == session.acting), next(iter(grants), None))
    if grant is None:
        return None
    idle = GRAVE_LASTS if any(one.role in _SHORT for one in grants) else LASTS
    if now - session.seen > idle or now - session.began > LONGEST:
        await access(lambda file: file.end(session.digest, now))
        return None
    return Caller(name_of(session.name, session.issuer, session.subject), grant, grants, session=session)


def _password(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


def grants_of(session: Session, inventory: Inventory) -> tuple[Held, ...]:
    """The grants that a session has now: the inventory may have changed since it began."""
    if session.issuer != INVITED:
        return granted(inventory, session.claims)
    (role,), (party,) = session.claims["role"], session.claims["party"]
    grant = direct(inventory, role, party)
    return (grant,) if grant is not None else ()
