"""HTTP as leftopen speaks it: one conversation with one endpoint, guarded at the socket, bounded on the wire.

aiohttp is told to connect to the address itself, so no resolver, proxy, netrc, cookie or redirect of its own can lead
anywhere else; and the socket guard is asked for every connection, whatever led to it.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

from monitor.network.certificate import faults
from monitor.network.decoder import Decoder, Feed
from monitor.network.transport import NARROW, NARROW_KERNEL, Guard, OutOfScope, Timeouts, failure, fields
from probes.api import WebTarget
from probes.reasons import Why
from probes.requests.http import Answer, Ending, Headers, NoAnswer, Request, Response


class _Shown(aiohttp.ClientResponse):
    """A response that knows the certificate of its connection: aiohttp lets a connection go as soon as a body is whole,
    which for a short page is before anybody can ask for it."""

    certificate: bytes | None = None

    async def start(self, connection: aiohttp.connector.Connection) -> aiohttp.ClientResponse:
        if connection.transport is not None:
            tls = connection.transport.get_extra_info("ssl_object")
            self.certificate = tls.getpeercert(binary_form=True) if tls is not None else None
        return await super().start(connection)


class Conversation:
    """One target's connections, opened as they are needed: `async with Conversation(...) as web` closes them."""

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
        self._kept: aiohttp.ClientSession | None = None
        self._certificate: tuple[str, ...] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._kept is not None:
            await self._kept.close()

    async def ask(self, request: Request, seconds: float, feed: Feed | None = None) -> Answer:
        """Send one request, wait at most `seconds`, and answer with a value whatever happens.

        With `feed` the body is handed on as it comes, and the answer's own body is empty.
        """
        target = self._target
        if not self._guard(target.name, target.address, target.port):
            return NoAnswer(Why.OUT_OF_SCOPE, "the endpoint is not declared")
        own = request.fresh or request.in_clear or 0 < request.take <= NARROW
        session = self._open(narrow=0 < request.take <= NARROW) if own else self._keep()
        try:
            async with asyncio.timeout(seconds):
                return await self._send(session, request, feed)
        except TimeoutError:
            return NoAnswer(Why.TIMED_OUT, f"no whole answer within {seconds:.0f} s")
        finally:
            if own:
                await session.close()

    def _keep(self) -> aiohttp.ClientSession:
        if self._kept is None:
            self._kept = self._open(narrow=False)
        return self._kept

    def _open(self, *, narrow: bool) -> aiohttp.ClientSession:
        def guarded_socket(info: aiohttp.AddrInfoType) -> socket.socket:
            family, kind, protocol, _, sockaddr = info
            if not self._guard(self._target.name, str(sockaddr[0]), int(sockaddr[1])):
                raise OutOfScope(errno.EACCES, "not declared")
            made = socket.socket(family, kind, protocol)
            if narrow:
                made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, NARROW_KERNEL)
            return made

        connector = aiohttp.TCPConnector(
            socket_factory=guarded_socket, use_dns_cache=False, limit=64, happy_eyeballs_delay=None
        )
        return aiohttp.ClientSession(
            connector=connector,
            response_class=_Shown,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            read_bufsize=NARROW if narrow else 2**16,
            timeout=aiohttp.ClientTimeout(
                total=None, connect=None, sock_connect=self._timeouts.connect, sock_read=self._timeouts.read
            ),
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        )

    def _url(self, request: Request) -> URL:
        target = self._target
        host = f"[{target.address}]" if ":" in target.address else target.address
        scheme = "https" if target.tls and not request.in_clear else "http"
        return URL(f"{scheme}://{host}:{target.port}{request.path}", encoded=True)

    async def _send(self, session: aiohttp.ClientSession, request: Request, feed: Feed | None) -> Answer:
        target = self._target
        try:
            async with session.request(
                request.method,
                self._url(request),
                headers=fields(target, request, self._says),
                data=request.body or None,
                allow_redirects=False,
                ssl=self._tls,
                server_hostname=(target.name or target.address) if target.tls and not request.in_clear else None,
            ) as response:
                return await self._read(response, request, feed)
        except OutOfScope:
            return NoAnswer(Why.OUT_OF_SCOPE, "the socket guard refused the address")
        except (aiohttp.ClientError, ssl.SSLError, OSError, ValueError) as error:
            return no_answer(error)

    async def _read(self, response: aiohttp.ClientResponse, request: Request, feed: Feed | None) -> Response:
        if self._certificate is None and isinstance(response, _Shown) and response.certificate is not None:
            self._certificate = faults(response.certificate, self._target.name)
        decoder = Decoder(response.headers.get("Content-Encoding", ""), request.take, feed)
        ending = Ending.WHOLE
        if request.take and request.method != "HEAD":
            try:
                async for chunk in response.content.iter_any():
                    if not decoder.feed(chunk):
                        break
                ending = decoder.finish()
            except (aiohttp.ClientError, OSError, TimeoutError):
                # The head of the answer is worth knowing even when its body dies, stalls or is malformed.
                ending = Ending.BROKEN
        elif request.method != "HEAD":
            ending = Ending.CUT
        if ending is not Ending.WHOLE:
            response.close()
        return Response(
            status=response.status,
            headers=Headers(tuple((key.lower(), value) for key, value in response.headers.items())),
            body=decoder.body,
            ending=ending,
            wire=decoder.wire,
            certificate=self._certificate or (),
        )


def no_answer(error: Exception) -> NoAnswer:
    """What an exception of aiohttp, ssl or the socket means, as a value; the peer's own words are not kept."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, aiohttp.ClientConnectorError) and cause.os_error is not cause:
            # Its kinds are errors of ssl or the socket by inheritance; what really happened stands in os_error.
            cause = cause.os_error
            continue
        # aiohttp's own SSL errors are ssl.SSLErrors too, without a reason: theirs is in the error that they wrap.
        wraps = isinstance(cause, ssl.SSLError) and isinstance(cause, aiohttp.ClientError)
        known = None if wraps else failure(cause)
        if known is not None:
            return known
        cause = cause.__cause__
    match error:
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientConnectionError() | ConnectionError():
            return NoAnswer(Why.RESET, "the peer closed the connection without an answer")
        case aiohttp.ClientResponseError() | aiohttp.http_exceptions.HttpProcessingError():
            return NoAnswer(Why.NOT_HTTP, "the answer is not HTTP that can be read")
        case aiohttp.ClientPayloadError():
            return NoAnswer(Why.RESET, "the answer broke off")
        case aiohttp.InvalidURL() | ValueError():
            return NoAnswer(Why.BUG, "the request could not be formed")
        case _:
            return NoAnswer(Why.RESET, type(error).__name__)
