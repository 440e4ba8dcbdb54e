"""The built-in controls: a place known to be open and one known to be closed, looked at in every round."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from types import TracebackType
from typing import TYPE_CHECKING, Self, cast

from monitor.practice import indexes
from monitor.practice.disk import File, Folder
from probes.api import BucketTarget, Dialect, Place, WebTarget

if TYPE_CHECKING:
    from monitor.practice.store import Bucket

ADDRESS = "127.0.0.1"
OPEN, CLOSED = "/open/", "/closed/"

_SERVER = "nginx"
_AT = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
_TEXT = b"A harmless file: leftopen lists it to itself in every round, to see that it can see.\n"
_ROOT = Folder(
    "",
    _AT,
    (
        Folder("open", _AT, (), tuple(File(f"control-{word}.txt", len(_TEXT), _AT, _TEXT) for word in ("one", "two"))),
        Folder("closed", _AT, (), (File("control-three.txt", len(_TEXT), _AT, _TEXT),)),
    ),
)


OPEN_BUCKET, CLOSED_BUCKET = "leftopen-open", "leftopen-closed"

_LONGEST_HEAD = 16 * 1024
_IDLE = 75.0
"""Seconds after which a connection over which nothing comes is closed."""
_CONNECTIONS = 64
"""Connections that are held at once. Whoever is on this machine may open them: beyond these the one goes over which
nothing came for longest, since what the looks themselves have open is bounded by the same files."""
_AT_A_TIME = 32
"""Requests of one connection that are answered before others have their turn."""
_LINE = re.compile(rb"([A-Z]{1,20}) (/[^ \r\n]*) HTTP/1\.[01](?:\r\n|\Z)")
_RANGE = re.compile(rb"\r\nrange:[ \t]*bytes=(\d{1,18})-(\d{1,18})?[ \t]*(?:\r\n|\Z)", re.IGNORECASE)
_CLOSES = re.compile(
    rb"\r\nconnection:[ \t]*close|\r\ntransfer-encoding:|\r\ncontent-length:[ \t]*[^0 \t]", re.IGNORECASE
)
"""After such a request the connection is closed: a body is not read."""


class BuiltInControls:
    """A server of our own on a free port of loopback: `async with BuiltInControls() as controls` while rounds go on.

    An inventory may declare controls of its own instead; those are asked over the same way as what is looked at, and
    show more. These show that the driver, the probes and the recognisers work.
    """

    def __init__(self) -> None:
        self._stack = AsyncExitStack()
        self._making = asyncio.Lock()
        self._port = self._store = 0

    async def __aenter__(self) -> Self:
        # A server for these two pages alone: the libraries of a whole one are 10 MB, and a fifth of a second to import.
        connections = dict[asyncio.Transport, None]()
        server = await asyncio.get_running_loop().create_server(lambda: _Speaker(connections), ADDRESS, 0)
        self._stack.callback(_end, connections)
        self._stack.callback(server.close)
        self._port = server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._port = self._store = 0
        await self._stack.aclose()

    @property
    def port(self) -> int:
        """The port that the places are served on; 0 before they are."""
        return self._port

    def targets(self, nonce: str) -> tuple[WebTarget, WebTarget]:
        """The known-open and the known-closed place, as a probe meets them."""
        return self._target("open", OPEN, nonce), self._target("closed", CLOSED, nonce)

    async def buckets(self, nonce: str) -> tuple[BucketTarget, BucketTarget]:
        """The known-open and the known-closed bucket, served from the first time on."""
        async with self._making:
            if not self._store:
                self._store = await self._stack.enter_async_context(_store_served())
        return self._bucket("open", OPEN_BUCKET, nonce), self._bucket("closed", CLOSED_BUCKET, nonce)

    def _bucket(self, word: str, name: str, nonce: str) -> BucketTarget:
        return BucketTarget(
            asset=f"control:{word}",
            dialect=Dialect.S3,
            host=ADDRESS,
            port=self._store,
            tls=False,
            bucket=name,
            root=f"/{name}",
            filed=Place(ADDRESS, self._store, f"/{name}/"),
            nonce=nonce,
        )

    def allows(self, name: str | None, address: str, port: int) -> bool:
        """Whether a socket leads to these controls: the inventory's scope knows nothing of their port."""
        return name is None and address == ADDRESS and port in (self._port, self._store) and port != 0

    def _target(self, word: str, path: str, nonce: str) -> WebTarget:
        return WebTarget(
            asset=f"control:{word}",  # no asset can be called so
            host=ADDRESS,
            name=None,
            address=ADDRESS,
            port=self._port,
            tls=False,
            paths=(path,),
            declared=(),
            ports=(self._port,),
            nonce=nonce,
        )


def _end(connections: dict[asyncio.Transport, None]) -> None:
    for one in tuple(connections):
        one.abort()


@asynccontextmanager
async def _store_served() -> AsyncIterator[int]:
    """An object store with the two buckets; gives its port."""
    Bucket, served = await asyncio.to_thread(_practice)  # noqa: N806  a class
    buckets = {OPEN_BUCKET: Bucket(_ROOT, public=True), CLOSED_BUCKET: Bucket(_ROOT, public=False)}
    async with served(buckets, ADDRESS) as port:
        yield port


def _practice() -> tuple[type[Bucket], Callable[..., AbstractAsyncContextManager[int]]]:
    # Most inventories declare no bucket.
    from monitor.practice.store import Bucket, served

    return Bucket, served


class _Speaker(asyncio.Protocol):
    """Answers as much HTTP as the looks at the two places need. Of a client that does not read its answers, no further
    requests are read."""

    def __init__(self, connections: dict[asyncio.Transport, None]) -> None:
        self._connections = connections
        """The one over which something came last is the last of them."""
        self._got = b""
        self._full = False
        """Whether the client has not read what it was answered."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._out = cast(asyncio.Transport, transport)
        if len(self._connections) >= _CONNECTIONS:
            oldest = next(iter(self._connections))
            del self._connections[oldest]
            oldest.abort()
        self._connections[self._out] = None
        self._ends = asyncio.get_running_loop().call_later(_IDLE, self._out.abort)

    def connection_lost(self, _: Exception | None) -> None:
        self._connections.pop(self._out, None)
        self._ends.cancel()

    def data_received(self, data: bytes) -> None:
        self._ends.cancel()
        self._ends = asyncio.get_running_loop().call_later(_IDLE, self._out.abort)
        if self._out in self._connections:
            del self._connections[self._out]
            self._connections[self._out] = None
        self._got += data
        self._go_on()

    def pause_writing(self) -> None:
        self._full = True

    def resume_writing(self) -> None:
        self._full = False
        self._go_on()

    def _go_on(self) -> None:
        """Answer what has come, a few requests at a time."""
        at, answered = 0, 0
        while (end := self._got.find(b"\r\n\r\n", at)) >= 0 and not self._out.is_closing():
            if self._full or answered == _AT_A_TIME:
                break
            head, at, answered = self._got[at:end], end + 4, answered + 1
            self._out.write(_answer(head))
            if _CLOSES.search(head) or not _LINE.match(head):
                self._out.close()
        self._got = self._got[at:]
        if self._out.is_closing():
            return
        if end >= 0:
            self._out.pause_reading()
            if not self._full:
                asyncio.get_running_loop().call_soon(self._go_on)
        elif len(self._got) > _LONGEST_HEAD or (self._got and not b"A" <= self._got[:1] <= b"Z"):
            self._out.write(_page(400, indexes.refusal_page(400)))
            self._out.close()
        else:
            self._out.resume_reading()


def _answer(head: bytes) -> bytes:
    """The response to one request."""
    line = _LINE.match(head)
    if line is None:
        return _page(400, indexes.refusal_page(400))
    verb, path = line[1].decode("ascii"), line[2].decode("latin-1").partition("?")[0]
    if verb not in ("GET", "HEAD"):
        return _page(405, indexes.refusal_page(405), "Allow: GET,HEAD")
    bare = verb == "HEAD"
    found = _ROOT.find(path)
    if found is None:
        return _page(404, indexes.refusal_page(404), bare=bare)
    if not path.startswith(OPEN):
        return _page(403, indexes.refusal_page(403), bare=bare)
    return (
        _page(200, indexes.nginx(found, path), bare=bare)
        if isinstance(found, Folder)
        else _file(found, head, bare=bare)
    )


def _file(file: File, head: bytes, *, bare: bool) -> bytes:
    """A file: all of it, or the part that is asked for."""
    of = (
        "Content-Type: text/plain",
        f"Last-Modified: {format_datetime(file.modified, usegmt=True)}",
        "Accept-Ranges: bytes",
    )
    asked = _RANGE.search(head)
    if asked is None or bare:
        return _response(200, file.read(0, file.size), *of, bare=bare)
    start, stop = int(asked[1]), min(int(asked[2] or file.size), file.size - 1) + 1
    if start >= stop:
        return _page(416, indexes.refusal_page(416), f"Content-Range: bytes */{file.size}")
    return _response(206, file.read(start, stop), *of, f"Content-Range: bytes {start}-{stop - 1}/{file.size}")


def _page(status: int, text: str, *more: str, bare: bool = False) -> bytes:
    return _response(status, text.encode(), "Content-Type: text/html;charset=UTF-8", *more, bare=bare)


def _response(status: int, body: bytes, *more: str, bare: bool = False) -> bytes:
    date = format_datetime(datetime.now(UTC), usegmt=True)
    lines = (f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", f"Server: {_SERVER}", f"Date: {date}", *more)
    return "\r\n".join((*lines, f"Content-Length: {len(body)}", "", "")).encode() + (b"" if bare else body)
