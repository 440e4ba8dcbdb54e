"""A route of the dashboard or the API: what it is called, what it needs, and who answers it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from monitor.web.call import Call, Services
from monitor.web.identity.permits import Permit

Handler = Callable[[Call], Awaitable[web.StreamResponse]]
OpenHandler = Callable[[web.Request, Services], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    """One route for those whom a grant lets in."""

    method: str
    path: str
    name: str
    """How the log calls it; unique."""
    handle: Handler
    permit: Permit = Permit.READ
    token: str = ""
    """The scope that a token needs; empty: people alone."""
    grave: bool = False
    """Whether the person must have signed in within the last minutes."""
    by_itself: bool = False
    """Whether an open page asks it, and no person: it is not put on file, and keeps no session from ending."""

    @property
    def as_json(self) -> bool:
        """Whether a program reads it."""
        return self.path.startswith("/api/")

    @property
    def gaps(self) -> tuple[str, ...]:
        """The kinds of ids that stand in its path."""
        return tuple(re.findall(r"\{(\w+)", self.path))


@dataclass(frozen=True, slots=True)
class OpenRoute:
    """One route for everybody: it shows nothing of the ledger."""

    method: str
    path: str
    name: str
    handle: OpenHandler
    any_host: bool = False
    """Whether it answers for every name: what looks after servers asks by address."""
    limited: bool = False
    """Whether it counts as a try to sign in."""
