"""One datagram to a declared address, and the first answer that comes back from that address, from whatever port."""

from __future__ import annotations

import asyncio
import errno
import socket
from contextlib import suppress

from monitor.network.deadline import until_ready
from monitor.network.transport import Guard, OutOfScope


async def ask(
    guard: Guard,
    name: str | None,
    address: str,
    port: int,
    told: bytes,
    *,
    take: int,
    ends: float,
    farewell: bytes = b"",
) -> bytes:
    """Send `told`, wait until `ends` (the loop's time), and read at most `take` bytes of the answer; `farewell` goes to
    the port that it came from.

    Raises OSError: OutOfScope when the guard refuses, TimeoutError when nobody answers in time. What another address
    sends is dropped.
    """
    found = socket.getaddrinfo(
        address, port, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    )
    family, kind, protocol, _, where = found[0]
    if not guard(name, str(where[0]), port):
        raise OutOfScope(errno.EACCES, "not declared")
    with socket.socket(family, kind, protocol) as made:
        # It is not connected: the answer may come from another port of the same address, as TFTP's does.
        made.setblocking(False)
        made.sendto(told, where)
        while True:
            await until_ready(made.fileno(), ends)
            with suppress(BlockingIOError):
                data, sender = made.recvfrom(take)
                if sender[0] == where[0]:
                    break
            # What others send ends no wait, and prolongs none.
            if asyncio.get_running_loop().time() >= ends:
                raise TimeoutError
        if farewell:
            with suppress(OSError):
                made.sendto(farewell, sender)
        return data
