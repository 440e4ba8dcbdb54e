"""The sockets by which names are asked for: what comes is looked at before the library reads it."""

from __future__ import annotations

import asyncio
import socket
from typing import Any, Self

import dns.asyncbackend
import dns.exception

from monitor.network.names.cost import bearable


class Unbearable(dns.exception.FormError):
    """An answer that would take long to read."""


class Backend:
    """The sockets of asyncio, but for answers that would hold the event loop up: these are not read."""

    def __init__(self) -> None:
        self._inner: Any = dns.asyncbackend.get_backend("asyncio")

    async def make_socket(self, af: int, socktype: int, *more: Any) -> _Datagrams | _Stream:
        """A socket of asyncio's, and who looks at what it brings."""
        made = await self._inner.make_socket(af, socktype, *more)
        return _Datagrams(made) if socktype == socket.SOCK_DGRAM else _Stream(made)

    def datagram_connection_required(self) -> bool:
        return bool(self._inner.datagram_connection_required())

    async def sleep(self, interval: float) -> None:
        await asyncio.sleep(interval)


class _Datagrams:
    def __init__(self, inner: Any) -> None:
        self.family = inner.family
        self._inner = inner
        self._asked: tuple[bytes, object] = (b"", None)

    async def sendto(self, what: bytes, destination: tuple[Any, ...], seconds: float) -> int:
        self._asked = (what[:2], destination[:2])
        return int(await self._inner.sendto(what, destination, seconds))

    async def recvfrom(self, size: int, seconds: float) -> tuple[bytes, tuple[Any, ...]]:
        wire, at = await self._inner.recvfrom(size, seconds)
        if bearable(wire):
            return wire, at
        if (wire[:2], at[:2]) == self._asked:
            raise Unbearable
        return b"", at  # from anybody: it is no answer, and the one that was asked may answer yet

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._inner.close()


class _Stream:
    """An answer over TCP, which begins with its length: it is looked at when it is whole, and then handed out."""

    def __init__(self, inner: Any) -> None:
        self.family = inner.family
        self._inner = inner
        self._come: bytes | None = None

    async def sendall(self, what: bytes, seconds: float) -> None:
        await self._inner.sendall(what, seconds)

    async def recv(self, size: int, seconds: float) -> bytes:
        if self._come is None:
            head = await self._whole(2, seconds)
            wire = await self._whole(int.from_bytes(head, "big"), seconds)
            if not bearable(wire):
                raise Unbearable
            self._come = head + wire
        taken, self._come = self._come[:size], self._come[size:]
        return taken

    async def _whole(self, size: int, seconds: float) -> bytes:
        come = b""
        async with asyncio.timeout(seconds):
            while len(come) < size and (more := await self._inner.recv(size - len(come), seconds)):
                come += more
        return come

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._inner.close()
