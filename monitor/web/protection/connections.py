"""A budget of connections of its own: whoever is idle or slow loses theirs, and no round loses a file to them."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from pathlib import Path

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from monitor.inventory.values.listening import Listening

MOST = 256
"""Connections at a time. A round needs files too, and a system lends 1024 by default."""
FIRST_REQUEST = 10.0
"""Seconds within which a connection must have sent a whole request."""
LONGEST = 300.0
"""Seconds after which a connection is closed, whatever it does."""


def _is_ours(record: logging.LogRecord) -> bool:
    """Whether a fault is one of the program's: what is no HTTP is the fault of whoever sent it."""
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


SERVER_LOG = logging.getLogger("leftopen.web.server")
"""Where our servers say their own faults. Bytes of strangers are never written down: a log that anybody can fill hides
what matters, and a link that was cut off may be among them."""
SERVER_LOG.addFilter(_is_ours)


class Connections:
    """Watches the connections of a server, and closes those that take what others need."""

    def __init__(self, server: web.Server, most: int = MOST, first: float = FIRST_REQUEST) -> None:
        """`first` are the seconds within which a connection must have sent a whole request."""
        self.server = server
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
        if len(self.server.connections) > self._most:
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


async def listen(connections: Connections, at: Listening) -> asyncio.Server:
    """Begin to listen. Raises OSError when the place cannot be had."""
    loop = asyncio.get_running_loop()
    if not at.socket:
        return await loop.create_server(connections.server, at.address, at.port, backlog=128)
    _clean(Path(at.socket))
    server = await loop.create_unix_server(connections.server, at.socket, backlog=128)
    _share(Path(at.socket))
    return server


def _clean(path: Path) -> None:
    if path.is_socket():
        path.unlink()  # it was left by a process that was killed


def _share(path: Path) -> None:
    # The reverse proxy is of the same group; nobody else on this machine has to reach it.
    path.chmod(0o660)
