"""One TCP connection to a declared address, in clear or in TLS: the only place where a socket of a look is made.

Who makes a socket closes it, once. The loop only watches its number, and `Channel.close` takes the number off the loop
before it gives it back. A socket is never handed to a transport of the loop: uvloop closes the number of a socket whose
TLS handshake failed while the Python object still holds it, and the collector then closes whoever got that number next.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property, lru_cache

from monitor.network.datagram import ask
from monitor.network.deadline import until_ready
from monitor.network.transport import (
    CertificateDemanded,
    Guard,
    OutOfScope,
    SpeaksClear,
    hello,
    in_clear,
    tls_context,
    wants_certificate,
)

WIDE = 1 << 16
"""Bytes that one read brings at most."""
NARROW = 4096
"""Requests that want no more of a body than this use a connection with a small receive buffer, so that little more of
a file leaves the server than we read."""
_NARROW_READ = 1024
"""Bytes that one read brings on such a connection: reading opens the window again, so little is read ahead."""
_NARROW_KERNEL = 1152
"""Bytes of the receive buffer of such a connection, the least that Linux gives. It is set before connecting: the window
that is offered follows from it. Measured with files of 50 MB whose servers ignore a range of 1 KiB: 1.8 KB leave the
server's kernel, and of TLS, which is read by whole records, 17 KB."""

_LOW_PORTS = range(700, 1024)
"""Source ports that a server may take for a sign of who runs the other machine."""

_NOT_NOW = (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Dialer:
    """Opens connections where the guard allows it; they share one buffer, since each read is used up at once."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._room = memoryview(bytearray(WIDE))

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return tls_context()

    def allows(self, name: str | None, address: str, port: int) -> bool:
        """Whether the guard lets us connect there."""
        return self._guard(name, address, port)

    async def open(
        self,
        name: str | None,
        address: str,
        port: int,
        ends: float,
        *,
        narrow: bool = False,
        at: int | None = None,
        low: bool = False,
    ) -> Channel:
        """Connect in clear until `ends` (the loop's time); to the port `at`, where the service at `port` named it;
        from a `low` port where this process may.

        Raises OSError: OutOfScope when the guard refuses, TimeoutError when nobody answers in time.
        """
        family, where = _at(address, at or port)
        if not self._guard(name, str(where[0]), port):
            raise OutOfScope(errno.EACCES, "not declared")
        channel = Channel(socket.socket(family, socket.SOCK_STREAM), self._room[: _NARROW_READ if narrow else WIDE])
        channel.low = low and channel.bind_low()
        try:
            await channel.connect(where, ends, narrow=narrow)
        except BaseException:
            channel.close()
            raise
        return channel

    async def datagram(
        self, name: str | None, address: str, port: int, told: bytes, *, take: int, ends: float, farewell: bytes
    ) -> bytes:
        """One datagram and its answer, as `datagram.ask` has it."""
        return await ask(self._guard, name, address, port, told, take=take, ends=ends, farewell=farewell)

    async def secure(
        self,
        channel: Channel,
        server_name: str,
        ends: float,
        session: ssl.SSLSession | None = None,
        context: ssl.SSLContext | None = None,
    ) -> None:
        """Speak TLS on a connection from here on, until `ends`; `session` is one of this endpoint to be resumed.

        `context` is another than that of all looks, which checks no certificate.

        Raises OSError (ssl.SSLError among them), and ValueError for a name that TLS cannot carry; the connection is
        closed then.
        """
        try:
            await channel.shake_hands(context or self._tls, server_name, session, ends)
        except BaseException:
            channel.close()
            raise

    async def hail(self, channel: Channel, server_name: str, ends: float) -> None:
        """Say the first words of a handshake on a connection, until `ends`, and close it: returns where the answer may
        be TLS, and only a handshake on another connection shows more.

        Raises OSError as `secure` does: SpeaksClear for an answer in clear. And ValueError as it does.
        """
        try:
            await channel.hail(hello(self._tls, server_name), ends)
        finally:
            channel.close()


class Channel:
    """One connection. It owns its socket: nobody else ever sees it."""

    def __init__(self, made: socket.socket, room: memoryview) -> None:
        self._socket: socket.socket | None = made
        self._room = room
        self._loop = asyncio.get_running_loop()
        self._out = bytearray()
        self._stuck = False
        """Whether the loop watches for room to send more."""
        self._on_data: Callable[[memoryview], None] = _unheard
        self._on_end: Callable[[OSError | None], None] = _unheard
        self.low = False
        """Whether it goes out from a port below 1024."""

    @property
    def closed(self) -> bool:
        """Whether it was closed, by the peer or by us."""
        return self._socket is None

    @property
    def session(self) -> ssl.SSLSession | None:
        """A TLS session that another connection to this endpoint may resume, if the peer offered one."""
        session = self._socket.session if isinstance(self._socket, ssl.SSLSocket) else None
        return session if session is not None and (session.has_ticket or session.id) else None

    @property
    def certificate(self) -> bytes | None:
        """The certificate that the peer showed (DER)."""
        return self._socket.getpeercert(binary_form=True) if isinstance(self._socket, ssl.SSLSocket) else None

    def bind_low(self) -> bool:
        """Take a source port below 1024, where this process may have one and one is free."""
        made = self._socket
        assert made is not None  # noqa: S101  it has just been made
        anywhere = "::" if made.family == socket.AF_INET6 else "0.0.0.0"  # noqa: S104  the source of one connection
        for port in range(_LOW_PORTS.start, _LOW_PORTS.stop):
            try:
                made.bind((anywhere, port))
            except PermissionError:
                return False
            except OSError:
                continue
            return True
        return False

    async def connect(self, where: tuple[object, ...], ends: float, *, narrow: bool) -> None:
        """Connect to an address of `getaddrinfo` until `ends`. Raises OSError."""
        made = self._socket
        assert made is not None  # noqa: S101  it has just been made
        made.setblocking(False)
        if narrow:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _NARROW_KERNEL)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        code = made.connect_ex(where)
        if code in (errno.EINPROGRESS, errno.EINTR):
            await until_ready(made.fileno(), ends, writable=True)
            code = made.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            raise OSError(code, os.strerror(code))

    async def shake_hands(
        self, context: ssl.SSLContext, server_name: str, session: ssl.SSLSession | None, ends: float
    ) -> None:
        """TLS from here on, by a handshake until `ends`. Raises OSError and ValueError."""
        made = self._socket
        if made is None:
            raise ConnectionResetError(errno.ECONNRESET, "closed before TLS")
        self._loop.remove_reader(made.fileno())
        # The TLS socket takes the number over; the old object holds none from here on, also when this raises.
        self._socket = None
        tls = context.wrap_socket(made, server_hostname=server_name, do_handshake_on_connect=False, session=session)
        self._socket = tls
        heard = bytearray()
        # Our first words are held back until the first step has ended, or a near peer's answer would be read within it.
        _hold(tls, held=True)
        while True:
            try:
                tls.do_handshake()
            except ssl.SSLWantReadError:
                _hold(tls, held=False)
                await until_ready(tls.fileno(), ends)
                if len(heard) < WIDE:
                    # The next step takes all that is there; only a plain socket lets us peek at it.
                    with suppress(*_NOT_NOW):  # the system may wake us for bytes that it then drops
                        heard += socket.socket.recv(tls, WIDE, socket.MSG_PEEK)
            except ssl.SSLWantWriteError:
                _hold(tls, held=False)
                await until_ready(tls.fileno(), ends, writable=True)
            except OSError as error:
                if _ended(error) and wants_certificate(bytes(heard)):
                    raise CertificateDemanded(*error.args) from error
                raise
            else:
                return

    async def hail(self, said: bytes, ends: float) -> None:
        """Say the first words of a handshake, and read how the answer begins, until `ends`. Raises OSError."""
        made = self._socket
        if made is None:
            raise ConnectionResetError(errno.ECONNRESET, "closed before TLS")
        self.write(said)
        while True:
            await until_ready(made.fileno(), ends)
            with suppress(*_NOT_NOW):  # the system may wake us for bytes that it then drops
                heard = made.recv(WIDE)
                break
        if not heard:
            raise ssl.SSLEOFError(ssl.SSLErrorNumber.SSL_ERROR_EOF, "closed at the first words of a handshake")
        if in_clear(heard):
            raise SpeaksClear(ssl.SSLErrorNumber.SSL_ERROR_SSL, "answered in clear")

    def listen(self, on_data: Callable[[memoryview], None], on_end: Callable[[OSError | None], None]) -> None:
        """From here on tell what comes, in a buffer that holds it until `on_data` returns, and how the peer ends it."""
        self._on_data, self._on_end = on_data, on_end
        if self._socket is not None:
            self._loop.add_reader(self._socket.fileno(), self._readable)

    def pause(self) -> None:
        """Read nothing until `listen` is called again: what comes waits, and soon its sender does too."""
        if self._socket is not None:
            self._loop.remove_reader(self._socket.fileno())

    def write(self, data: bytes) -> None:
        """Send in the order of the calls. An error is not told here: the peer may have answered before it closed, and
        who reads hears of both."""
        self._out += data
        self._flush()

    def close(self) -> None:
        """Close it now, whatever is still on its way."""
        made, self._socket = self._socket, None
        if made is not None:
            self._loop.remove_reader(made.fileno())
            self._loop.remove_writer(made.fileno())
            made.close()
        # Who listens holds this connection, so both would be there until the collector comes.
        self._on_data = self._on_end = _unheard

    def _readable(self) -> None:
        while self._socket is not None:
            made = self._socket
            try:
                count = made.recv_into(self._room)
            except _NOT_NOW:
                return
            except OSError as error:
                self._end(error)
                return
            if not count:
                self._end(None)
                return
            self._on_data(self._room[:count])
            # What OpenSSL has decrypted already is not seen by who watches the socket's number.
            if not (isinstance(made, ssl.SSLSocket) and self._socket is made and made.pending()):
                return

    def _flush(self) -> None:
        made = self._socket
        if made is None:
            return
        try:
            while self._out:
                del self._out[: made.send(self._out)]
        except _NOT_NOW:
            self._loop.add_writer(made.fileno(), self._flush)
            self._stuck = True
            return
        except OSError:
            self._out.clear()
        if self._stuck:
            self._loop.remove_writer(made.fileno())
            self._stuck = False

    def _end(self, error: OSError | None) -> None:
        told = self._on_end
        self.close()
        told(error)


def _ended(error: OSError) -> bool:
    """Whether an error says that the peer ended a handshake. Servers on a loop of Python send no alert before that."""
    if not isinstance(error, ssl.SSLError) or isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return True
    return "ALERT" in (error.reason or "")


def _at(address: str, port: int) -> tuple[socket.AddressFamily, tuple[object, ...]]:
    """An address and a port as the system has them. No name server is asked. Raises OSError."""
    try:
        socket.inet_pton(socket.AF_INET, address)
    except OSError:
        return _found(address, port)
    # Four numbers are how the system writes them too: of many hosts nothing has to be remembered.
    return socket.AF_INET, (address, port)


@lru_cache(1 << 14)
def _found(address: str, port: int) -> tuple[socket.AddressFamily, tuple[object, ...]]:
    """The same of any address, by the system's own reader of them."""
    numbers = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    family, _, _, _, where = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM, flags=numbers)[0]
    return family, where


def _hold(made: socket.socket, *, held: bool) -> None:
    """Hold back what is sent, or send what was held back; where the system cannot (Linux can), nothing is held."""
    if hasattr(socket, "TCP_CORK"):
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, held)


def _unheard(_: object) -> None:
    """Nobody listens yet."""
