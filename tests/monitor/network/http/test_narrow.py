"""Of a file next to nothing leaves its server: measured in the server's own kernel, whatever the server does."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from monitor.network.channel import Dialer
from monitor.network.http.client import HttpConversation
from probes.api import WebTarget
from probes.requests.http import Ending, Request, Response
from tests.monitor.network.builders import QUICK, only
from tests.servers.certificates import certificate

PREFIX = Request("GET", "/call.wav", 1024, (("Range", "bytes=0-1023"),))
SIZE = 50_000_000
MOST = 4096
"""Bytes of a file, with the head of the answer, that may leave a server in clear."""
RECORD = 2**14 + 256
"""What one record of TLS may hold (RFC 8446 section 5.2): nothing of it can be read before all of it came."""


def _sent(connection: socket.socket) -> int:
    """Bytes that the kernel has sent on a connection, without what was sent again (struct tcp_info)."""
    data = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 224)
    if len(data) < 216:
        pytest.skip("this kernel does not count the bytes that it sends")
    sent, again = struct.unpack_from("QQ", data, 200)
    return int(sent - again)


class _Giver(threading.Thread):
    """A server that sends a file for as long as anybody takes it."""

    def __init__(self, head: bytes, part: bytes, context: ssl.SSLContext | None) -> None:
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.head, self.part, self.context = head, part, context
        self.sent: list[int] = []
        self.served = 0

    def run(self) -> None:
        """Serve one connection after the other until the listener is closed."""
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with suppress(OSError):
                self._give(connection)

    def _give(self, connection: socket.socket) -> None:
        connection.settimeout(5)
        # In TLS the socket object is another one; the number's twin tells of the same connection after its end.
        twin = connection.dup()
        before = 0
        try:
            if self.context is not None:
                connection = self.context.wrap_socket(connection, server_side=True)
            while connection.recv(4096):
                before = before or _sent(twin)
                self.served += 1
                connection.sendall(self.head)
                for _ in range(SIZE // len(self.part)):
                    connection.sendall(self.part)
        except OSError:
            pass
        finally:
            self.sent.append(_sent(twin) - before)
            connection.close()
            twin.close()


@contextmanager
def giving(head: bytes, part: bytes, context: ssl.SSLContext | None = None) -> Iterator[_Giver]:
    """A server that gives a file, and is stopped."""
    giver = _Giver(head, part, context)
    giver.start()
    try:
        yield giver
    finally:
        giver.listener.shutdown(socket.SHUT_RDWR)
        giver.listener.close()
        giver.join(10)


OK = b"HTTP/1.1 200 OK\r\nContent-Type: audio/x-wav\r\n"
PART = b"RIFF" * 16_384
WAYS = {
    "range-ignored": (OK + b"Content-Length: %d\r\n\r\n" % SIZE, PART),
    "chunked": (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"%x\r\n%s\r\n" % (len(PART), PART)),
    "endless": (OK + b"\r\n", PART),
    "range-too-long": (
        OK.replace(b"200 OK", b"206 Partial Content") + b"Content-Range: bytes 0-1023/%d\r\n\r\n" % SIZE,
        PART,
    ),
}


async def _ask(port: int, request: Request, times: int, *, tls: bool) -> list[Response]:
    at = WebTarget("nas", "nas.test", "nas.test", "127.0.0.1", port, tls)
    async with HttpConversation(at, Dialer(only(("127.0.0.1", port))), QUICK, ()) as web:
        answers = [await web.ask(request, 5) for _ in range(times)]
    assert all(isinstance(one, Response) for one in answers), answers
    return [one for one in answers if isinstance(one, Response)]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("tls", [False, True], ids=["clear", "tls"])
def test_of_a_file_little_leaves_the_server(way: str, tls: bool) -> None:
    head, part = WAYS[way]
    with giving(head, part, certificate("good").server_side() if tls else None) as giver:
        answers = asyncio.run(_ask(giver.listener.getsockname()[1], PREFIX, 3, tls=tls))
    for answer in answers:
        assert (answer.ending, answer.body) == (Ending.CUT, b"RIFF" * 256)
        assert answer.wire <= MOST
    assert len(giver.sent) == 3
    assert max(giver.sent) <= (RECORD + MOST if tls else MOST), giver.sent


@pytest.mark.parametrize("take", [0, 1, 16])
def test_where_headers_are_enough_no_more_leaves_the_server(take: int) -> None:
    head, part = WAYS["range-ignored"]
    with giving(head, part) as giver:
        asyncio.run(_ask(giver.listener.getsockname()[1], Request("GET", "/", take), 1, tls=False))
    assert max(giver.sent) <= MOST, giver.sent


def test_a_server_that_gives_what_was_asked_for_keeps_its_connection() -> None:
    head = OK.replace(b"200 OK", b"206 Partial Content") + b"Content-Range: bytes 0-1023/%d\r\n" % SIZE
    with giving(head + b"Content-Length: 1024\r\n\r\n" + b"R" * 1024, b"x" * (SIZE + 1)) as giver:
        answers = asyncio.run(_ask(giver.listener.getsockname()[1], PREFIX, 5, tls=False))
    assert [one.ending for one in answers] == [Ending.WHOLE] * 5
    assert (giver.served, len(giver.sent)) == (5, 1)
