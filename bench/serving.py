"""`python -m bench.serving COUNT ROWS HOLES [tls] [mostly-closed]`: a made-up network, which says its port."""

from __future__ import annotations

import asyncio
import re
import resource
import socket
import ssl
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import cast

import trustme
import uvloop

from bench.pages import apache_table, nginx
from bench.places import Nature, Spot, spots

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_BACKLOG = 128
_WAV = b"RIFF\x24\0\0\0WAVEfmt " + bytes(40)
"""The beginning of a recording: the same text under many names would be taken for a placeholder."""

Answer = Callable[[bytes, bytes], bytes]
"""Verb and path to a whole response."""


def _response(status: str, body: bytes, *more: str, verb: bytes = b"GET", length: int | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status}", "Server: nginx", f"Content-Length: {len(body) if length is None else length}", *more]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (b"" if verb == b"HEAD" else body)


def _error(status: str, verb: bytes, *more: str) -> bytes:
    page = f"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\n".encode()
    return _response(status, page, "Content-Type: text/html", *more, verb=verb)


def answers(rows: int) -> dict[Nature, Answer]:
    """What each nature answers."""
    pages = {False: nginx("/", rows), True: apache_table("/", rows)}
    front = b"<html><head><title>Welcome</title></head><body><h1>Region Exempel</h1><p>Open 8-17.</p></body></html>\n"

    def opened(verb: bytes, path: bytes) -> bytes:
        if verb not in (b"GET", b"HEAD"):
            return _error("405 Method Not Allowed", verb)
        if path == b"/":
            return _response("200 OK", pages[rows % 2 == 1], "Content-Type: text/html", verb=verb)
        if path.startswith(b"/call-") and path.endswith(b".wav"):
            return _response("200 OK", _WAV, "Content-Type: audio/x-wav", "Accept-Ranges: bytes", verb=verb)
        return _error("404 Not Found", verb)

    def site(verb: bytes, path: bytes) -> bytes:
        if verb not in (b"GET", b"HEAD"):
            return _error("405 Method Not Allowed", verb)
        if path == b"/":
            return _response("200 OK", front, "Content-Type: text/html", verb=verb)
        return _error("404 Not Found", verb)

    return {
        Nature.OPEN: opened,
        Nature.SITE: site,
        Nature.FORBIDDEN: lambda verb, _: _error("403 Forbidden", verb),
        Nature.LOGIN: lambda verb, _: _error("401 Unauthorized", verb, 'WWW-Authenticate: Basic realm="r"'),
    }


class Speaker(asyncio.Protocol):
    """Speaks as much HTTP as the looks need, for little: what is measured is the client."""

    def __init__(self, answer: Answer | None) -> None:
        self._answer = answer
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._out = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._answer is None:
            return
        self._got += data
        if self._got[:1] == b"\x16":  # a TLS greeting: answered as nginx does
            self._out.write(_error("400 Bad Request", b"GET"))
            self._out.close()
            return
        while (end := self._got.find(b"\r\n\r\n")) >= 0:
            head = self._got[: end + 2]
            found = _LENGTH.search(head)
            whole = end + 4 + (int(found[1]) if found else 0)
            if len(self._got) < whole:
                return
            self._got = self._got[whole:]
            verb, path, _ = head.split(b" ", 2)
            self._out.write(self._answer(verb, path))


def certificate() -> ssl.SSLContext:
    """A certificate of an authority that nobody knows, as devices have."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("bench.region.example").configure_cert(context)
    return context


async def serve(places: tuple[Spot, ...], rows: int, *, tls: bool = False) -> None:
    """Serve all of it until cancelled, in TLS alone or in clear text alone; who never answers says nothing in either.

    Prints the port, which is the same at every address, once all is up.
    """
    loop = asyncio.get_running_loop()
    says, spoken = answers(rows), certificate() if tls else None
    port, sockets = bound(places)
    fillers = []
    for spot, listening in zip(places, sockets, strict=True):
        if spot.nature is Nature.DEAF:
            listening.listen(0)
            # One connection fills the queue that nobody empties: the kernel drops all that come after it.
            for _ in range(2):
                filler = socket.socket()
                filler.setblocking(False)
                with suppress(BlockingIOError):
                    filler.connect((spot.address, port))
                fillers.append(filler)
        else:
            answer = says.get(spot.nature)
            context = None if answer is None else spoken
            await loop.create_server(partial(Speaker, answer), sock=listening, backlog=_BACKLOG, ssl=context)
    print(port, flush=True)
    await asyncio.Event().wait()


def bound(places: tuple[Spot, ...]) -> tuple[int, list[socket.socket]]:
    """A socket at every address, all on one port."""
    for _ in range(20):
        port, made = 0, []
        try:
            for spot in places:
                one = socket.socket()
                made.append(one)
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                one.bind((spot.address, port))
                port = one.getsockname()[1]
        except OSError:
            for one in made:
                one.close()
            continue
        return port, made
    raise OSError("no port is free at every address")


if __name__ == "__main__":
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    _more = sys.argv[4:]
    _places = spots(int(sys.argv[1]), mostly_closed="mostly-closed" in _more, holes=int(sys.argv[3]))
    uvloop.run(serve(_places, int(sys.argv[2]), tls="tls" in _more))
