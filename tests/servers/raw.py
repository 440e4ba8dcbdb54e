"""A listener that speaks bytes: it records every request head as it came, and says whatever a test wants said."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Hit:
    """One request as it was heard."""

    method: str
    path: str
    """The request target to the letter (Latin-1), query and all."""
    headers: tuple[tuple[str, str], ...]
    """In their order, names in lower case."""
    body: bytes
    connection: int
    """The number of the connection on which it came, from 1."""

    def header(self, name: str, default: str = "") -> str:
        """The first value of a header, or `default`."""
        return next((value for key, value in self.headers if key == name.lower()), default)


@dataclass
class Raw:
    """A running listener: where it is, and what it has heard."""

    host: str
    port: int
    tls: bool
    authority: bytes = b""
    elsewhere: str = "http://198.51.100.7/"
    """Where redirects away point: an address of documentation, unless the test names one of its own."""
    hits: list[Hit] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        """Its root, without a final slash."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}"

    @property
    def asked(self) -> list[str]:
        """What was asked, as `GET /path`, in order."""
        return [f"{hit.method} {hit.path}" for hit in self.hits]


class Talk:
    """One connection, from the server's side."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, server: Raw) -> None:
        self.reader, self.writer, self.server = reader, writer, server
        self.number = server.connections

    async def hear(self) -> Hit | None:
        """The next request, recorded; None when the peer has nothing more to say."""
        try:
            head = await self.reader.readexactly(1)
            if head == b"\x16":  # a ClientHello, met in clear text: there is no line to wait for
                return None
            head += await self.reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return None
        first, *lines = head.decode("latin-1").split("\r\n")[:-2]
        method, _, rest = first.partition(" ")
        pairs = tuple(
            (name.strip().lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)
        )
        length = next((int(value) for name, value in pairs if name == "content-length" and value.isdigit()), 0)
        body = await self.reader.readexactly(length) if length else b""
        hit = Hit(method, rest.rpartition(" ")[0], pairs, body, self.number)
        self.server.hits.append(hit)
        return hit

    async def say(self, *parts: bytes) -> None:
        """Send, and wait until the peer has taken it."""
        for part in parts:
            self.writer.write(part)
            await self.writer.drain()

    async def drip(self, data: bytes, every: float = 0.25) -> None:
        """Send a byte at a time."""
        for position in range(len(data)):
            await self.say(data[position : position + 1])
            await asyncio.sleep(every)

    async def hang(self) -> None:
        """Say nothing for as long as the peer stays."""
        while await self.reader.read(65536):
            pass

    def reset(self) -> None:
        """End the connection with a RST."""
        # Through a duplicate of the descriptor: the option belongs to the socket, and any loop allows us one of ours.
        known = self.writer.get_extra_info("socket")
        with socket.socket(fileno=os.dup(known.fileno())) as twin:
            twin.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Serve: TypeAlias = Callable[[Talk], Awaitable[None]]


@asynccontextmanager
async def listening(
    serve: Serve,
    *,
    host: str = "127.0.0.1",
    context: ssl.SSLContext | None = None,
    authority: bytes = b"",
    elsewhere: str = "",
) -> AsyncIterator[Raw]:
    """A listener on a free port; every connection is handed to `serve`. A bug in `serve` is raised when it is left."""
    server = Raw(host, 0, context is not None, authority)
    server.elsewhere = elsewhere or server.elsewhere
    tasks: set[asyncio.Task[None]] = set()
    bugs: list[BaseException] = []

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        server.connections += 1
        try:
            await serve(Talk(reader, writer, server))
        except (ConnectionError, ssl.SSLError, TimeoutError, asyncio.IncompleteReadError):
            pass  # the peer went away, as it may
        except asyncio.CancelledError:
            writer.transport.abort()  # we are being closed; a cancelled handler would be logged as an error
        except Exception as bug:  # noqa: BLE001  a fixture's own bug is shown where the test stands
            bugs.append(bug)
        finally:
            tasks.discard(task)
            with suppress(ConnectionError, ssl.SSLError, RuntimeError):
                writer.close()

    listener = await asyncio.start_server(meet, host, 0, ssl=context, limit=1 << 18)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        for task in list(tasks):
            task.cancel()
        if tasks:
            await asyncio.wait(list(tasks), timeout=5)
    if bugs:
        raise bugs[0]


REASONS = {200: "OK", 206: "Partial Content", 302: "Found", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found"}


def reply(
    status: int | str = 200,
    body: bytes = b"",
    type: str = "text/html; charset=utf-8",  # noqa: A002  the header's own name
    *headers: tuple[str, str],
    length: int | str | None = -1,
    bare: bool = False,
) -> bytes:
    """A whole answer. `length` replaces the true Content-Length, None leaves it out; `bare` sends no body (HEAD)."""
    code, _, reason = str(status).partition(" ")
    lines = [f"HTTP/1.1 {code} {reason or REASONS.get(int(code) if code.isdigit() else 0, 'Status')}"]
    lines += ["Server: Apache/2.4.7 (Ubuntu)"] if not any(name.lower() == "server" for name, _ in headers) else []
    if type:
        lines.append(f"Content-Type: {type}")
    if length is not None:
        lines.append(f"Content-Length: {len(body) if length == -1 else length}")
    lines += [f"{name}: {value}" for name, value in headers]
    return ("\r\n".join([*lines, "Connection: close", "", ""])).encode("latin-1") + (b"" if bare else body)
