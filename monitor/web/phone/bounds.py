"""What the page may cost: so many connections at a time, and so many wrong links from one address in a minute."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable

from aiohttp import web

MOST_CONNECTIONS = 64
"""Connections at a time. The rounds need descriptors too, and a system lends 1024 by default."""
FIRST_REQUEST = 10.0
"""Seconds within which a connection must have sent a whole request."""
LONGEST = 60.0
"""Seconds after which a connection is closed, whatever it does."""
WRONG_LINKS = 30
"""Links that are not ours from one address in a minute; a link that is ours works all the same."""
_MOST_ADDRESSES = 10_000


class Connections:
    """Closes connections of a server that are silent, too many or too old."""

    def __init__(self, server: web.Server, most: int = MOST_CONNECTIONS, first: float = FIRST_REQUEST) -> None:
        self._server = server
        self._most = most
        self._first = first
        self._silent: OrderedDict[object, asyncio.Transport] = OrderedDict()
        made, lost = server.connection_made, server.connection_lost

        def connection_made(handler: web.RequestHandler, transport: asyncio.Transport) -> None:
            made(handler, transport)
            self._began(handler, transport)

        def connection_lost(handler: web.RequestHandler, exc: BaseException | None = None) -> None:
            self._silent.pop(handler, None)
            lost(handler, exc)

        # Its own two calls are the only place where the server says that a connection comes or goes.
        server.connection_made = connection_made  # type: ignore[method-assign]
        server.connection_lost = connection_lost  # type: ignore[method-assign]

    def _began(self, handler: object, transport: asyncio.Transport) -> None:
        self._silent[handler] = transport
        if len(self._server.connections) > self._most:
            # The one that has been silent for longest goes; the new one, when all others speak.
            next(iter(self._silent.values())).abort()
        loop = asyncio.get_running_loop()
        loop.call_later(self._first, self._speak_or_go, handler)
        loop.call_later(LONGEST, transport.abort)

    def spoke(self, handler: object) -> None:
        """A whole request has come on this connection."""
        self._silent.pop(handler, None)

    def _speak_or_go(self, handler: object) -> None:
        transport = self._silent.get(handler)
        if transport is not None:
            transport.abort()


class WrongLinks:
    """Counts links that are not ours, by the address that they come from."""

    def __init__(self, clock: Callable[[], float], most: int = WRONG_LINKS) -> None:
        """`clock` counts seconds."""
        self._clock = clock
        self._most = most
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def too_many(self, address: str) -> bool:
        """Whether this address has used up its wrong links."""
        return self._remaining(address) < 1

    def count(self, address: str) -> None:
        """One more wrong link."""
        self._left[address] = (self._remaining(address) - 1, self._clock())
        self._left.move_to_end(address)
        while len(self._left) > _MOST_ADDRESSES:
            self._left.popitem(last=False)

    def _remaining(self, address: str) -> float:
        left, since = self._left.get(address, (float(self._most), self._clock()))
        return min(float(self._most), left + (self._clock() - since) * self._most / 60)
