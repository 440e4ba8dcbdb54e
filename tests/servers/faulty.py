"""Our own fault server: `async with faulty("gzip-bomb") as server`, each fault with its right answer in FAULTS."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from tests.servers.certificates import certificate
from tests.servers.faults import answers, bodies, secured, sites, wire
from tests.servers.faults.kind import FAULTS, Expect, Fault
from tests.servers.raw import Hit, Raw, listening

__all__ = ["FAULTS", "GROUPS", "Expect", "Fault", "Hit", "Raw", "faulty", "faulty_beside"]

GROUPS = (wire, bodies, answers, sites, secured)
"""The modules in which the faults stand."""


@asynccontextmanager
async def faulty(name: str, *, host: str = "127.0.0.1", elsewhere: str = "") -> AsyncIterator[Raw]:
    """A server with the fault `name`; `hits` says what it was asked. `elsewhere` is where redirects away point."""
    one = FAULTS[name]
    context, authority = None, b""
    if one.certificate is not None:
        shown = certificate(one.certificate)
        context, authority = shown.server_side(), shown.authority
        if name == "client-certificate":
            secured.demand(context, authority)
    async with listening(one.serve, host=host, context=context, authority=authority, elsewhere=elsewhere) as server:
        yield server


@contextmanager
def faulty_beside(name: str, *, host: str = "127.0.0.1", elsewhere: str = "") -> Iterator[Raw]:
    """The same in a thread of its own, for a test without an event loop or one that runs the program."""
    up: threading.Event = threading.Event()
    found: list[Raw | BaseException] = []
    loop = asyncio.new_event_loop()
    done = asyncio.Event()

    async def serve() -> None:
        try:
            async with faulty(name, host=host, elsewhere=elsewhere) as server:
                found.append(server)
                up.set()
                await done.wait()
        except BaseException as bug:
            found.append(bug)
            up.set()
            raise

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    try:
        assert up.wait(40)
        first = found[0]
        if isinstance(first, BaseException):
            raise first
        yield first
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(10)
        loop.close()
