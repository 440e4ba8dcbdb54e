"""The range on loopback: each host at an address of its own, all at one port, spoken to in clear or in TLS."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from tests.servers.certificates import certificate
from tests.servers.range.kind import Spot
from tests.servers.raw import Raw, Talk, reply

_NOTICE = (
    b"<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head><body><center><h1>400 Bad "
    b"Request</h1></center><center>The plain HTTP request was sent to HTTPS port</center></body></html>"
)
_HANDSHAKE = b"\x16"
_RESET = struct.pack("ii", 1, 0)


def address_of(number: int) -> str:
    """The address of the host with this number."""
    return f"127.77.{number // 200}.{number % 200 + 1}"


@asynccontextmanager
async def hosts(spots: Sequence[Spot]) -> AsyncIterator[tuple[int, dict[str, Raw]]]:
    """All of `spots`, each listening; their port, and what each has heard."""
    port, sockets, heard = 0, [], {}
    for number, spot in enumerate(spots):
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind((address_of(number), port))
        port = one.getsockname()[1]
        one.listen(64)
        one.setblocking(False)
        sockets.append(one)
        heard[spot.name] = Raw(address_of(number), port, False)
    context = certificate().server_side()
    bugs: list[BaseException] = []
    tasks = [
        asyncio.create_task(_accept(one, spot, heard[spot.name], context, bugs))
        for one, spot in zip(sockets, spots, strict=True)
    ]
    try:
        yield port, heard
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for one in sockets:
            one.close()
    if bugs:
        raise bugs[0]


async def _accept(
    listener: socket.socket, spot: Spot, raw: Raw, context: ssl.SSLContext, bugs: list[BaseException]
) -> None:
    loop = asyncio.get_running_loop()
    talks: set[asyncio.Task[None]] = set()
    try:
        while True:
            conn, _ = await loop.sock_accept(listener)
            conn.setblocking(False)
            raw.connections += 1
            task = asyncio.create_task(_meet(conn, spot, raw, context, bugs))
            talks.add(task)
            task.add_done_callback(talks.discard)
    finally:
        for task in list(talks):
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


async def _meet(conn: socket.socket, spot: Spot, raw: Raw, context: ssl.SSLContext, bugs: list[BaseException]) -> None:
    try:
        if spot.speech == "greets":
            await _serve(conn, spot, raw, None)
            return
        first = await _peek(conn)
        if first == _HANDSHAKE and spot.speech in ("tls", "both"):
            await _serve(conn, spot, raw, context)
        elif first == _HANDSHAKE:
            await _to_tls(conn, spot)
        elif first and spot.speech == "tls":
            await _in_clear(conn, spot)
        elif first:
            await _serve(conn, spot, raw, None)
    except (OSError, ssl.SSLError, asyncio.IncompleteReadError):
        pass  # the peer went away, as it may
    except Exception as bug:  # noqa: BLE001  a fixture's own bug is shown where the test stands
        bugs.append(bug)
    finally:
        conn.close()


async def _peek(conn: socket.socket) -> bytes:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(conn.fileno(), ready.set)
    try:
        await asyncio.wait_for(ready.wait(), 30)
    finally:
        loop.remove_reader(conn.fileno())
    return conn.recv(1, socket.MSG_PEEK)


async def _serve(conn: socket.socket, spot: Spot, raw: Raw, context: ssl.SSLContext | None) -> None:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=1 << 18)
    protocol = asyncio.StreamReaderProtocol(reader, lambda *_: None)
    transport, _ = await loop.connect_accepted_socket(lambda: protocol, conn, ssl=context)
    writer = asyncio.StreamWriter(transport, protocol, reader, loop)
    try:
        await spot.serve(Talk(reader, writer, raw))
    finally:
        writer.close()
        with suppress(OSError, ssl.SSLError, TimeoutError):
            await asyncio.wait_for(writer.wait_closed(), 1)


async def _to_tls(conn: socket.socket, spot: Spot) -> None:
    loop = asyncio.get_running_loop()
    match spot.to_tls:
        case "close":
            await loop.sock_recv(conn, 65536)
        case "reset":
            conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        case "bad request":
            await loop.sock_recv(conn, 65536)
            await loop.sock_sendall(conn, reply("400 Bad Request", b""))
        case "silence":
            while await loop.sock_recv(conn, 65536):
                pass


async def _in_clear(conn: socket.socket, spot: Spot) -> None:
    loop = asyncio.get_running_loop()
    match spot.in_clear:
        case "notice":
            await loop.sock_recv(conn, 65536)
            await loop.sock_sendall(conn, reply("400 Bad Request", _NOTICE))
        case "alert":
            await loop.sock_recv(conn, 65536)
            await loop.sock_sendall(conn, b"\x15\x03\x01\x00\x02\x02\x46")
        case "close":
            await loop.sock_recv(conn, 65536)
        case "reset":
            conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        case "silence":
            while await loop.sock_recv(conn, 65536):
                pass
