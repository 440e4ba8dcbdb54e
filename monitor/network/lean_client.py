"""A lean HTTP/1.1 client for what reads thousands of pages of one endpoint: surveys, and long listings of buckets.

It asks, bounds and answers as `web.Conversation` does, under the same guard, and is put to the same faults; it costs a
small part of the CPU, and of the memory. httptools (Node's llhttp) reads the protocol; a body is fed on from within the
read that brought it, so that a peer is never read faster than its pages are counted.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from dataclasses import replace
from types import TracebackType
from typing import Self, cast

from httptools import HttpParserCallbackError, HttpParserError, HttpParserUpgrade, HttpResponseParser

from monitor.network.certificate import faults
from monitor.network.decoder import Decoder, Feed
from monitor.network.transport import NARROW, NARROW_KERNEL, Guard, OutOfScope, Timeouts, failure, fields
from probes.api import WebTarget
from probes.reasons import Why
from probes.requests.http import Answer, Ending, Headers, NoAnswer, Request, Response

LONGEST_HEAD = 1 << 16
"""Bytes of status line and fields, of interim answers before them, and of what comes without a body's byte in it."""
WIDE = 1 << 16
"""Bytes that one read brings at most."""
_PATH = re.compile(r"/[!-~]*")
KEPT_SECONDS = 15.0
"""For so long a connection is kept for the next ask; servers close them after 5 to 75."""


class Wire:
    """One target's connections, opened as they are needed: `async with Wire(...) as wire` closes them."""

    def __init__(
        self,
        target: WebTarget,
        guard: Guard,
        tls: ssl.SSLContext,
        timeouts: Timeouts,
        says: tuple[tuple[str, str], ...],
    ) -> None:
        """`says` are the headers that tell who looks, why and in which round; they go out with every request."""
        self._target = target
        self._guard = guard
        self._tls = tls
        self._timeouts = timeouts
        self._says = says
        self._lines: list[_Line] = []
        """Connections that wait for the next ask, the one used last at the end."""
        self._certificate: tuple[str, ...] | None = None
        # One for all connections: a loop reads into it and hands it over before it reads again, whatever it reads from.
        self._room = memoryview(bytearray(WIDE))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for line in self._lines:
            line.abort()
        self._lines.clear()
        await asyncio.sleep(0)  # the loop closes them in its next turn

    async def ask(self, request: Request, seconds: float, feed: Feed | None = None) -> Answer:
        """Send one request, wait at most `seconds`, and answer with a value whatever happens.

        With `feed` the body is handed on as it comes, and the answer's own body is empty.
        """
        target = self._target
        if not self._guard(target.name, target.address, target.port):
            return NoAnswer(Why.OUT_OF_SCOPE, "the endpoint is not declared")
        try:
            said = _spelled(target, request, self._says)
        except ValueError:
            return _UNFORMED
        ends = asyncio.get_running_loop().time() + seconds
        own = request.fresh or request.in_clear or 0 < request.take <= NARROW
        line = None if own else self._waiting()
        if line is not None:
            answer = await self._exchange(line, said, _Exchange(request, seconds, feed), ends)
            if answer is not None:
                return answer
            # A kept connection that the peer closes just then says nothing of the ask: it goes out once more.
        try:
            line = await self._connect(request, ends)
        except OSError as error:
            return failure(error) or _CLOSED
        except ValueError:
            return _UNFORMED
        return await self._exchange(line, said, _Exchange(request, seconds, feed), ends) or _CLOSED

    def _waiting(self) -> _Line | None:
        now = asyncio.get_running_loop().time()
        while self._lines:
            line = self._lines.pop()
            if not line.lost and now - line.heard < KEPT_SECONDS:
                return line
            line.abort()
        return None

    async def _connect(self, request: Request, ends: float) -> _Line:
        target, loop = self._target, asyncio.get_running_loop()
        found = socket.getaddrinfo(
            target.address, target.port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        )
        family, kind, protocol, _, where = found[0]
        if not self._guard(target.name, str(where[0]), int(where[1])):
            raise OutOfScope("not declared")
        narrow = 0 < request.take <= NARROW
        speaks_tls = target.tls and not request.in_clear
        made = socket.socket(family, kind, protocol)
        async with asyncio.timeout_at(min(ends, loop.time() + self._timeouts.connect)):
            try:
                made.setblocking(False)
                if narrow:
                    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, NARROW_KERNEL)
                await loop.sock_connect(made, where)
            except BaseException:
                made.close()
                raise
            # From here on it is the transport's, which closes it when it fails.
            transport, line = await loop.create_connection(
                lambda: _Line(memoryview(bytearray(NARROW)) if narrow else self._room),
                sock=made,
                ssl=self._tls if speaks_tls else None,
                server_hostname=(target.name or target.address) if speaks_tls else None,
            )
        if speaks_tls and self._certificate is None:
            shown = transport.get_extra_info("ssl_object")
            self._certificate = faults(shown.getpeercert(binary_form=True), target.name)
        return line

    async def _exchange(self, line: _Line, said: bytes, exchange: _Exchange, ends: float) -> Answer | None:
        """Ask on this connection; None when it was closed before a byte of an answer came."""
        try:
            line.send(said, exchange, self._timeouts.read, ends)
            told = await exchange.told
        finally:
            # Whatever else has come on it, or may come, would be taken for the answer to the next request.
            if exchange.keeps and line.end():
                self._lines.append(line)
            else:
                line.abort()
            exchange.close()
        if isinstance(told, Response) and self._certificate:
            return replace(told, certificate=self._certificate)
        return told


_CLOSED = NoAnswer(Why.RESET, "the peer closed the connection without an answer")
_NOT_HTTP = NoAnswer(Why.NOT_HTTP, "the answer is not HTTP that can be read")
_UNFORMED = NoAnswer(Why.BUG, "the request could not be formed")


def _spelled(target: WebTarget, request: Request, says: tuple[tuple[str, str], ...]) -> bytes:
    """The request as it goes out. Raises ValueError for what would say more than one request, or none."""
    # What stands behind a `#` is never sent, in any client.
    path = request.path.partition("#")[0]
    if _PATH.fullmatch(path) is None:
        raise ValueError("no path that can be sent")
    found = fields(target, request, says)
    if request.body:
        found["Content-Length"] = str(len(request.body))
    lines = [f"{request.method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in found.items()), "", ""]
    head = "\r\n".join(lines)
    if "\0" in head or not head.count("\r") == head.count("\n") == len(lines) - 1:
        raise ValueError("a field of more than one line")
    return head.encode() + request.body


class _Line(asyncio.BufferedProtocol):
    """One connection, and the exchange that is under way on it."""

    def __init__(self, room: memoryview) -> None:
        self._buffer = room
        self._transport: asyncio.Transport | None = None
        self._exchange: _Exchange | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._silence = 0.0
        self._ends = 0.0
        self._loop = asyncio.get_running_loop()
        self.heard = self._loop.time()
        """When something came last."""
        self.lost = False

    def send(self, said: bytes, exchange: _Exchange, silence: float, ends: float) -> None:
        """Begin an exchange; it is told what comes, and when nothing came for `silence` seconds or until `ends`."""
        # A transport may be closed already, and tell us only in the loop's next turn.
        if self._transport is None or self.lost or self._transport.is_closing():
            exchange.end(None)
            return
        self._exchange, self._silence, self._ends = exchange, silence, ends
        self.heard = self._loop.time()
        self._watch()
        self._transport.write(said)

    def end(self) -> bool:
        """The exchange is over; whether the connection can carry another one."""
        if self._timer is not None:
            self._timer.cancel()
        self._exchange = None
        return not self.lost

    def abort(self) -> None:
        """Close it now."""
        self.end()
        self.lost = True
        if self._transport is not None:
            self._transport.abort()

    def _watch(self) -> None:
        now = self._loop.time()
        due = min(self.heard + self._silence, self._ends)
        if now < due:
            # It is set once, and again when it strikes: most exchanges end long before.
            self._timer = self._loop.call_at(due, self._watch)
        elif self._exchange is not None:
            self._exchange.silent() if now < self._ends else self._exchange.late()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self.heard = self._loop.time()
        if self._exchange is None:
            self.abort()  # nobody asked
        else:
            self._exchange.take(self._buffer[:nbytes])

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        if self._exchange is not None:
            self._exchange.end(exc)


class _Exchange:
    """One request and what comes back of it. httptools calls its `on_` methods while it reads."""

    def __init__(self, request: Request, seconds: float, feed: Feed | None) -> None:
        self._request = request
        self._seconds = seconds
        self._feed = feed
        self._parser = HttpResponseParser(self)
        # As lenient as aiohttp is: bare line feeds and spaces behind a chunk's size are what honest boxes write.
        self._parser.set_dangerous_leniencies(
            lenient_headers=True, lenient_optional_cr_before_lf=True, lenient_spaces_after_chunk_size=True
        )
        self._pairs: list[tuple[str, str]] = []
        self._decoder: Decoder | None = None
        self._barren = 0
        self._begun = False
        self.keeps = False
        """Whether the connection can carry another exchange."""
        self.told: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()

    def close(self) -> None:
        """It is over. The parser and we hold each other, and with us the page: that is not left to the collector."""
        del self._parser, self._feed, self._decoder

    # -- what the connection tells

    def take(self, data: memoryview) -> None:
        """The next bytes."""
        self._begun = True
        wire = self._decoder.wire if self._decoder is not None else 0
        try:
            self._parser.feed_data(data)
        except HttpParserCallbackError as error:
            # A bug of ours, in what the body is fed to: it is the asker's.
            if not self.told.done():
                self.told.set_exception(error.__context__ or error)
        except HttpParserUpgrade:
            self.keeps = False
            self._tell(Ending.WHOLE)
        except HttpParserError:
            self.keeps = False
            self._break(_NOT_HTTP)
        moved = self._decoder is not None and self._decoder.wire > wire
        self._barren = 0 if moved else self._barren + len(data)
        if self._barren > LONGEST_HEAD:
            self._break(_NOT_HTTP)

    def silent(self) -> None:
        """Nothing came for too long."""
        self._break(NoAnswer(Why.TIMED_OUT, "the peer was silent"))

    def late(self) -> None:
        """The time of the whole ask is over."""
        self.keeps = False
        if not self.told.done():
            self.told.set_result(NoAnswer(Why.TIMED_OUT, f"no whole answer within {self._seconds:.0f} s"))

    def end(self, error: Exception | None) -> None:
        """The connection is closed."""
        self.keeps = False
        if self.told.done():
            return
        if self._decoder is None:
            closed = failure(error) if error is not None else None
            self.told.set_result(closed or (_CLOSED if self._begun else None))
        elif error is None and self._ends_by_closing():
            self._tell(self._decoder.finish())
        else:
            self._tell(Ending.BROKEN)

    # -- what httptools tells

    def on_message_begin(self) -> None:
        self._pairs = []
        if self.told.done():
            self.keeps = False  # more than one answer to one request

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._decoder is None:
            plain = value.rstrip(b" \t").decode("utf-8", "surrogateescape")
            self._pairs.append((name.decode("utf-8", "surrogateescape").lower(), plain))

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if self.told.done() or (status < 200 and status != 101):
            return
        if any("\0" in value for _, value in self._pairs):
            self.told.set_result(_NOT_HTTP)
            return
        encoding = next((value for name, value in self._pairs if name == "content-encoding"), "")
        self._decoder = Decoder(encoding, self._request.take, self._feed)
        if self._request.method == "HEAD":
            # No body comes, whatever the fields say.
            self.keeps = self._parser.should_keep_alive()
            self._tell(Ending.WHOLE)
        elif not self._request.take:
            self._tell(Ending.CUT)

    def on_body(self, body: bytes) -> None:
        if self.told.done():
            self.keeps = False
        elif self._decoder is not None and not self._decoder.feed(body):
            self._tell(self._decoder.finish())

    def on_message_complete(self) -> None:
        if self._decoder is not None and not self.told.done():
            self.keeps = self._parser.should_keep_alive()
            self._tell(self._decoder.finish())

    # -- what comes of it

    def _ends_by_closing(self) -> bool:
        return not any(
            name == "content-length" or (name == "transfer-encoding" and "chunked" in value.lower())
            for name, value in self._pairs
        )

    def _break(self, otherwise: NoAnswer) -> None:
        """It went wrong. The head of the answer is worth knowing even when its body dies, stalls or is malformed."""
        self.keeps = False
        if self._decoder is not None:
            self._tell(Ending.BROKEN)
        elif not self.told.done():
            self.told.set_result(otherwise)

    def _tell(self, ending: Ending) -> None:
        decoder = self._decoder
        if self.told.done() or decoder is None:
            return
        status = self._parser.get_status_code()
        if ending is not Ending.WHOLE:
            self.keeps = False
        self.told.set_result(Response(status, Headers(tuple(self._pairs)), decoder.body, ending, decoder.wire))
