"""The HTTP/1.1 client: one conversation with one endpoint, guarded at the socket, bounded on the wire.

It asks for what it is told to and for nothing else: no resolver, proxy, cookie, netrc or redirect leads anywhere. A
body is fed on from within the read that brought it, so that a peer is never read faster than its pages are counted.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from types import TracebackType
from typing import Self

from monitor.network.certificate import ends_on, faults
from monitor.network.channel import NARROW, Channel, Dialer
from monitor.network.deadline import MOST_GRACES, grace
from monitor.network.http.decoder import Feed
from monitor.network.http.response import CLOSED, ResponseReader
from monitor.network.transport import Timeouts, failure, fields, tls_context
from probes.api import WebTarget
from probes.facts import FactKind
from probes.reasons import NoAnswerReason
from probes.requests.http import Answer, NoAnswer, Request, Response

_PATH = re.compile(r"/[!-~]*")
_OLDER = ssl.TLSVersion.TLSv1_2
KEPT_SECONDS = 15.0
"""For so long a connection is kept for the next request; servers close them after 5 to 75."""


class HttpConversation:
    """One target's connections, opened as they are needed: `async with HttpConversation(...) as web` closes them."""

    def __init__(
        self,
        target: WebTarget,
        dialer: Dialer,
        timeouts: Timeouts,
        says: tuple[tuple[str, str], ...],
        context: ssl.SSLContext | None = None,
        heard: Callable[[Response], None] = lambda _: None,
        in_clear: Callable[[], bool] = lambda: False,
        greeted: Callable[[], Greeted | None] = lambda: None,
    ) -> None:
        """`says` are the headers that tell who looks, why and in which round; they go out with every request.

        `context` checks the server's certificate, for requests that carry a credential; None: none is checked.
        `heard` is told of each answer, also of those that are read where no driver sees them. `in_clear` says whether
        the port has answered in clear just now: most such ports speak no TLS, and are asked for it in few words.
        `greeted` hands over a connection to this endpoint that somebody else has made, and asked nothing on.
        """
        self._context = context
        self._heard = heard
        self._in_clear = in_clear
        self._greeted = greeted
        self._target = target
        self._dialer = dialer
        self._timeouts = timeouts
        self._says = says
        self._loop = asyncio.get_running_loop()
        self._usual = ""
        """The fields of a request that has none of its own: the same in the whole conversation."""
        self._lines: list[_Line] = []
        """Connections that wait for the next request, the one used last at the end."""
        self._der: bytes | None = None
        """The certificate that the endpoint showed first."""
        self._shown: _Shown | None = None
        self._session: ssl.SSLSession | None = None
        self._one_each = False
        """Whether a kept connection was silent once: no other is kept."""
        self._hung_up = False
        """Whether a new connection was once closed without an answer."""
        self.reached = False
        """Whether a connection came about."""
        self.secured = False
        """Whether a TLS handshake was completed, or broke off because the peer wants to know who we are."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for line in self._lines:
            line.close()
        self._lines.clear()

    async def ask(self, request: Request, seconds: float, feed: Feed | None = None) -> Answer:
        """Send one request, wait at most `seconds`, and answer with a value whatever happens.

        With `feed` the body is handed on as it comes, and the answer's own body is empty.
        """
        return await self._ask(request, request.method, seconds, feed)

    async def send_form(
        self, path: str, body: bytes, headers: tuple[tuple[str, str], ...], take: int, seconds: float
    ) -> Answer:
        """POST a form, once: over a new connection, on which nothing is ever sent again. For sign-ins alone."""
        typed = (*headers, ("Content-Type", "application/x-www-form-urlencoded"))
        return await self._ask(Request("GET", path, take, typed, body, fresh=True), "POST", seconds, None)

    async def _ask(self, request: Request, method: str, seconds: float, feed: Feed | None) -> Answer:
        target = self._target
        if not self._dialer.allows(target.name, target.address, target.port):
            return NoAnswer(NoAnswerReason.OUT_OF_SCOPE, "the endpoint is not declared")
        try:
            said = self._spelled(request, method)
        except ValueError:
            return _UNFORMED
        ends = self._loop.time() + seconds
        # A little of a body is asked for on a connection on which little of it can come.
        narrow = request.method != "HEAD" and request.take <= NARROW
        line = None if request.fresh else self._waiting(narrow)
        if line is not None:
            first = not line.asked
            answer = await self._exchange(line, said, ResponseReader(request, feed), seconds, ends)
            if answer is not None and (answer != SILENT or first or self._one_each):
                return answer
            # A kept connection that the peer closes just then says nothing of the request: it goes out once more. So
            # it does where the peer is silent, as servers are that know one request a connection and close none.
            self._one_each = self._one_each or answer is not None
        try:
            line = await self._connect(narrow, ends)
        except OSError as error:
            return self._failure(error)
        except ValueError:
            return _UNFORMED
        answer = await self._exchange(line, said, ResponseReader(request, feed), seconds, ends)
        return answer or await self._demand(ends) or CLOSED

    async def _demand(self, ends: float) -> NoAnswer | None:
        """Whether an endpoint that hangs up on a first request does so for want of our certificate, asked once.

        TLS 1.3 demands one behind the end of our handshake, and the alert that says so may be lost with the connection.
        An older handshake demands it in clear.
        """
        target = self._target
        if self._hung_up or not target.tls or self._context is not None:
            return None
        self._hung_up = True
        try:
            channel = await self._dialer.open(target.name, target.address, target.port, ends)
            await self._dialer.secure(channel, target.name or target.address, ends, context=tls_context(_OLDER))
        except OSError as error:
            why = failure(error)
            return why if why is not None and why.why is NoAnswerReason.CLIENT_CERTIFICATE else None
        channel.close()
        return None

    def _spelled(self, request: Request, method: str) -> bytes:
        """The request as it goes out. Raises ValueError for what would say more than one request, or none."""
        # What stands behind a `#` is never sent, in any client.
        path = request.path.partition("#")[0]
        if _PATH.fullmatch(path) is None:
            raise ValueError("no path that can be sent")
        if request.headers or request.body:
            said = _fields_said(self._target, request, self._says)
        else:
            said = self._usual = self._usual or _fields_said(self._target, request, self._says)
        return f"{method} {path} HTTP/1.1\r\n{said}".encode() + request.body

    async def greet(self, seconds: float) -> NoAnswer | None:
        """Connect, with the TLS handshake where the target speaks TLS, and ask nothing; why that failed, if it did."""
        if not self._dialer.allows(self._target.name, self._target.address, self._target.port):
            return NoAnswer(NoAnswerReason.OUT_OF_SCOPE, "the endpoint is not declared")
        try:
            self._lines.append(await self._connect(False, self._loop.time() + seconds))
        except OSError as error:
            return self._failure(error)
        except ValueError:
            return _UNFORMED
        return None

    def hand_over(self) -> Greeted | None:
        """The connection that `greet` has made, for another conversation with this endpoint; this one forgets it."""
        return Greeted(self._lines.pop(), self._der, self._target.name) if self._lines else None

    def _failure(self, error: OSError) -> NoAnswer:
        why = failure(error) or CLOSED
        self.secured = self.secured or why.why is NoAnswerReason.CLIENT_CERTIFICATE
        return why

    def _waiting(self, narrow: bool) -> _Line | None:
        now = self._loop.time()
        for line in reversed(self._lines):
            if line.stale(now):
                self._lines.remove(line)
                line.close()
            elif line.narrow == narrow:
                self._lines.remove(line)
                return line
        return None if narrow or not self._borrow() else self._lines.pop()

    def _borrow(self) -> bool:
        """Take the connection that somebody else has greeted this endpoint on, if there is one."""
        greeted = self._greeted() if self._target.tls and self._context is None else None
        if greeted is None:
            return False
        self._lines.append(greeted.line)
        self._der = self._der or greeted.der
        self.reached = self.secured = True
        return True

    async def _connect(self, narrow: bool, ends: float) -> _Line:
        target, tls = self._target, self._target.tls
        ends = min(ends, self._loop.time() + self._timeouts.connect)
        session, hailed = self._resumable() if tls else None, False
        while True:
            channel = await self._dialer.open(target.name, target.address, target.port, ends, narrow=narrow)
            self.reached = True
            if not tls:
                break
            if not self.secured and not hailed and self._in_clear():
                hailed = True
                await self._dialer.hail(channel, target.name or target.address, ends)
                continue
            try:
                await self._dialer.secure(channel, target.name or target.address, ends, session, self._context)
                self.secured = True
                break
            except ssl.SSLError:
                if session is None:
                    raise
                # Whatever is wrong may be wrong with the session that was to be resumed alone.
                session = self._session = None
        if tls and self._der is None:
            self._der = channel.certificate
        return _Line(channel, narrow)

    def _resumable(self) -> ssl.SSLSession | None:
        """A TLS session that saves the next handshake its certificates, if this endpoint has offered one."""
        if self._session is None:
            self._session = next((session for line in self._lines if (session := line.channel.session)), None)
        return self._session

    async def _exchange(
        self, line: _Line, said: bytes, reader: ResponseReader, seconds: float, ends: float
    ) -> Answer | None:
        """Ask on this connection; None when it was closed before a byte of an answer came."""
        try:
            answer = await line.exchange(said, reader, self._timeouts.read, seconds, ends)
        finally:
            # Whatever else has come on it, or may come, would be taken for the answer to the next request.
            if reader.keeps and not line.channel.closed and not self._one_each:
                self._lines.append(line)
            else:
                # A session is a copy with the certificates in it, which costs as much as half a handshake: where a
                # connection is left to go on with, it is not asked for.
                if self._session is None and not self._lines and not self._borrow():
                    self._session = line.channel.session
                line.close()
        if isinstance(answer, Response):
            self._heard(answer)
        if isinstance(answer, Response) and self._der is not None:
            # It is read when something was answered: who only greets an endpoint needs nothing of it.
            shown = self._shown = self._shown or _shown(self._der, self._target.name)
            return replace(answer, certificate=shown.faults, leaf=shown.leaf, certificate_ends=shown.ends)
        return answer


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the certificate is that an endpoint showed: its faults, its last day, and its SHA-256."""

    faults: tuple[FactKind, ...]
    ends: str
    leaf: str


def _shown(der: bytes, name: str | None) -> _Shown:
    return _Shown(faults(der, name), ends_on(der), sha256(der).hexdigest())


@dataclass(frozen=True, slots=True)
class Greeted:
    """A connection on which a TLS handshake was completed and nothing was asked."""

    line: _Line
    der: bytes | None
    """The certificate that the peer showed."""
    name: str | None
    """The name that it was greeted by (SNI): nothing is asked there by another name."""

    def close(self) -> None:
        """Close it, unused."""
        self.line.close()


SILENT = NoAnswer(NoAnswerReason.TIMED_OUT, "the peer was silent")
_UNFORMED = NoAnswer(NoAnswerReason.BUG, "the request could not be formed")


def _fields_said(target: WebTarget, request: Request, says: tuple[tuple[str, str], ...]) -> str:
    found = fields(target, request, says)
    if request.body:
        found["Content-Length"] = str(len(request.body))
    lines = [*(f"{name}: {value}" for name, value in found.items()), "", ""]
    said = "\r\n".join(lines)
    if "\0" in said or not said.count("\r") == said.count("\n") == len(lines) - 1:
        raise ValueError("a field of more than one line")
    return said


class _Line:
    """A connection that carries one exchange after the other."""

    def __init__(self, channel: Channel, narrow: bool) -> None:
        self.channel = channel
        self.narrow = narrow
        self._loop = asyncio.get_running_loop()
        self.heard = self._loop.time()
        """When something came last."""
        self._reader: ResponseReader | None = None
        self._told: asyncio.Future[None] | None = None
        self.asked = False
        """Whether a request went out on it."""
        channel.listen(self._take, self._end)

    async def exchange(
        self, said: bytes, reader: ResponseReader, silence: float, seconds: float, ends: float
    ) -> Answer | None:
        """Send a request and read its answer; give up when nothing came for `silence` seconds, and at `ends`.

        Raises what the reader's feed raises.
        """
        if self.channel.closed:
            return None
        self._reader, self._told, self.asked = reader, self._loop.create_future(), True
        self.heard = self._loop.time()
        due, graces = min(self.heard + silence, ends), MOST_GRACES
        timer = self._loop.call_at(due, self._wake)
        self.channel.write(said)
        try:
            while True:
                await self._told
                if reader.answer is not None or self.channel.closed:
                    return reader.answer
                # The timer is set once, and again when it strikes: most exchanges end long before.
                now, self._told = self._loop.time(), self._loop.create_future()
                if graces and (more := grace(due, now)):
                    # What came while our own loop was held is read first.
                    graces -= 1
                    ends, self.heard = max(ends, now + more), max(self.heard, now + more - silence)
                if now >= ends:
                    reader.given_up(NoAnswer(NoAnswerReason.TIMED_OUT, f"no whole answer within {seconds:.0f} s"))
                    return reader.answer
                if now >= self.heard + silence:
                    reader.given_up(SILENT)
                    return reader.answer
                due = min(self.heard + silence, ends)
                timer = self._loop.call_at(due, self._wake)
        finally:
            timer.cancel()
            self._reader = self._told = None

    def stale(self, now: float) -> bool:
        """Whether the peer has closed it, or may have by now (the loop's time)."""
        return self.channel.closed or now - self.heard >= KEPT_SECONDS

    def close(self) -> None:
        """Close it now."""
        self.channel.close()

    def _wake(self) -> None:
        if self._told is not None and not self._told.done():
            self._told.set_result(None)

    def _take(self, data: memoryview) -> None:
        self.heard = self._loop.time()
        if self._reader is None:
            self.close()  # nobody asked
            return
        try:
            self._reader.take(data)
        except Exception as error:  # noqa: BLE001  it is raised where the request was made
            # A bug of ours, in what the body is fed to: it is the asker's.
            self.close()
            if self._told is not None and not self._told.done():
                self._told.set_exception(error)
            return
        if self._reader.answer is not None:
            self._wake()

    def _end(self, error: OSError | None) -> None:
        if self._reader is not None:
            self._reader.closed(error)
            self._wake()
