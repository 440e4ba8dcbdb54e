"""A server on loopback that answers as the great object stores do, in the states that no server to be had gives.

Which store is asked is told by the Host header, as it is at theirs; the stores themselves are in canned_s3.py and
canned_stores.py. Every question is kept to the letter.
"""

from __future__ import annotations

import asyncio
import errno
import random
import socket
from bisect import bisect_left, bisect_right
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import unquote, unquote_plus

import pytest
from aiohttp import web

from tests.servers.certificates import certificate

SOUND = (
    b"RIFF\x24\x0c\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00"
    b"data\x00\x0c\x00\x00"
) + bytes(3072)
"""What every object holds, whatever its listed size."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as it came."""

    method: str
    host: str
    """Without its port, in lower case."""
    path: str
    """To the letter, still percent-encoded."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    tls: bool

    @property
    def signed(self) -> bool:
        """Whether it carries a credential of any kind."""
        return "authorization" in self.headers or any(name.lower().startswith("x-amz-") for name in self.query)

    def below(self, root: str) -> str | None:
        """The decoded path below `root`; None where it is another's."""
        path = unquote(self.path, errors="surrogateescape")
        return path.removeprefix(root).removeprefix("/") if path == root or path.startswith(f"{root}/") else None


@dataclass(frozen=True, slots=True)
class Says:
    """One answer."""

    status: int
    body: bytes | str = b""
    headers: Mapping[str, str] = field(default_factory=dict)


CALLS = ("a/call 1.wav", "a/call+2.wav", "b/notes.txt")


class Provider(Protocol):
    """One store, at its own hosts."""

    def says(self, asked: Asked) -> Says | None:
        """Its answer; None where the host is none of its own."""
        ...


@dataclass
class Bucket:
    """One bucket or container, as a stranger finds it."""

    keys: list[str] = field(default_factory=lambda: list(CALLS))
    region: str = ""
    lists: bool = True
    reads: bool = True
    prefixes: tuple[str, ...] = ()
    """Beginnings under which it lists, though not as a whole."""
    old: tuple[str, ...] = ()
    """Objects that were deleted, and are still kept and shown."""
    page: int = 1000
    """Rows of one page at most."""
    state: str = ""
    """What else is the matter with it, in the words of its store."""

    def __post_init__(self) -> None:
        self.keys.sort(key=str.encode)

    @property
    def sizes(self) -> int:
        """The bytes of all that is listed."""
        return sum(map(size, self.keys))

    def shows(self, prefix: str) -> bool:
        """Whether a stranger may list what begins so."""
        return self.lists or any(prefix.startswith(one) for one in self.prefixes)

    def rows(
        self, prefix: str, after: str, most: int, *, inclusive: bool = False, end: str = "", all_of_them: bool = False
    ) -> tuple[list[str], str]:
        """A page of its keys in the order of their bytes, and the first key of the next one."""
        known = [key.encode() for key in self.keys]
        first = (bisect_left if inclusive else bisect_right)(known, after.encode())
        found = [
            key for key in self.keys[first:] if key.startswith(prefix) and (not end or key.encode() < end.encode())
        ]
        most = most if all_of_them else min(most, self.page)
        return found[:most], found[most] if len(found) > most else ""


def size(key: str) -> int:
    """The size that a list states of an object."""
    return 1000 + len(key.encode())


def recordings(count: int, folder: str = "recordings") -> list[str]:
    """So many calls of made-up people, in folders by the day."""
    return [f"{folder}/2026/{n % 12 + 1:02d}/{n % 28 + 1:02d}/call-{n:05d}.wav" for n in range(count)]


def ranged(asked: Asked, headers: Mapping[str, str]) -> Says:
    """An object's bytes, or those of them that were asked for (RFC 9110, section 14)."""
    named = {**headers, "Content-Type": "audio/x-wav", "ETag": '"ea416ed0759d46a8de58f63a59077499"'}
    wanted = asked.headers.get("range", "").removeprefix("bytes=").partition("-")
    if not wanted[1]:
        return Says(200, SOUND, named)
    first, last = int(wanted[0]), min(int(wanted[2] or len(SOUND)), len(SOUND) - 1)
    return Says(206, SOUND[first : last + 1], {**named, "Content-Range": f"bytes {first}-{last}/{len(SOUND)}"})


def html(status: int, text: str = "Request blocked", **headers: str) -> Says:
    """A page of something in front of a store."""
    named = {"Content-Type": "text/html", "Server": "CloudFront", **headers}
    return Says(status, f"<!DOCTYPE html><html><head><title>ERROR</title></head><body><h1>{text}</h1></body></html>",
                named)  # fmt: skip


Fault = Callable[[Asked], Says | None]


@dataclass
class CannedStore:
    """The server: where it is, whose hosts it answers for, and what it was asked."""

    providers: list[Provider]
    address: str = "127.0.0.1"
    port: int = 0
    fault: Fault | None = None
    """Answers before any store does; None from it: the store answers."""
    slow: float = 0.0
    asked: list[Asked] = field(default_factory=list)

    @property
    def hosts(self) -> list[str]:
        """The hosts that were asked for, each once, in order."""
        return list(dict.fromkeys(asked.host for asked in self.asked))

    async def answer(self, request: web.Request) -> web.Response:
        """One answer of the store whose host is asked for."""
        path, _, query = request.raw_path.partition("?")
        pairs = (pair.partition("=") for pair in query.split("&") if pair)
        asked = Asked(
            request.method,
            request.host.lower().rpartition(":")[0] if ":" in request.host else request.host.lower(),
            path,
            {name: unquote_plus(value, errors="surrogateescape") for name, _, value in pairs},
            {name.lower(): value for name, value in request.headers.items()},
            request.secure,
        )
        self.asked.append(asked)
        if self.slow:
            await asyncio.sleep(self.slow)
        says = self.fault(asked) if self.fault is not None else None
        told = (provider.says(asked) for provider in self.providers)
        says = says or next((one for one in told if one is not None), html(421, "Misdirected Request"))
        body = says.body.encode() if isinstance(says.body, str) else says.body
        return web.Response(status=says.status, body=b"" if request.method == "HEAD" else body, headers=says.headers)


def decent(asked: Iterable[Asked]) -> None:
    """What holds for each question, wherever it was asked: it reads, and it carries nothing of ours."""
    for one in asked:
        assert one.method in ("GET", "HEAD")
        assert not one.signed, one
        assert not {"cookie", "x-auth-token", "x-goog-user-project", "x-amz-request-payer"} & one.headers.keys()


@asynccontextmanager
async def canned(*providers: Provider, tls: bool = True) -> AsyncIterator[CannedStore]:
    """The server on a free port of 127.0.0.1, in TLS or in clear."""
    store = CannedStore(list(providers))
    runner = await _runner(store)
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=certificate().server_side() if tls else None)
        await site.start()
        store.port = runner.addresses[0][1]
        yield store
    finally:
        await runner.cleanup()


@asynccontextmanager
async def at_home(*providers: Provider) -> AsyncIterator[CannedStore]:
    """The server at the stores' own ports, 443 in TLS and 80 in clear, on a loopback address of its own.

    Where those may not be bound, the test is skipped: a port below 1024 is the administrator's to give.
    """
    store = CannedStore(list(providers), port=443)
    runner = await _runner(store)
    sockets: list[socket.socket] = []
    try:
        store.address, sockets = _usual_ports()
        for one, context in zip(sockets, (certificate().server_side(), None), strict=True):
            await web.SockSite(runner, one, ssl_context=context).start()
        yield store
    finally:
        await runner.cleanup()
        for one in sockets:
            one.close()


async def _runner(store: CannedStore) -> web.AppRunner:
    app = web.Application()
    app.router.add_route("*", "/{any:.*}", store.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    return runner


def _usual_ports() -> tuple[str, list[socket.socket]]:
    chance = random.Random()
    for _ in range(20):
        address = f"127.{chance.randint(20, 200)}.{chance.randint(1, 250)}.{chance.randint(2, 250)}"
        bound: list[socket.socket] = []
        try:
            for port in (443, 80):
                bound.append(socket.socket())
                bound[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                bound[-1].bind((address, port))
        except OSError as error:
            for one in bound:
                one.close()
            if error.errno != errno.EADDRINUSE:
                pytest.skip(f"the stores' own ports cannot be bound on {address}: {error.strerror}")
            continue
        return address, bound
    pytest.skip("the stores' own ports are taken on loopback")
