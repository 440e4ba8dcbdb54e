"""Datagrams: to declared addresses alone, answered from that address, bounded in time and bytes."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from monitor.network.datagram import ask
from monitor.network.transport import OutOfScope


@contextmanager
def bound(address: str = "127.0.0.1") -> Iterator[socket.socket]:
    """A socket that waits for datagrams."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind((address, 0))
        made.settimeout(40)
        yield made


def anywhere(name: str | None, address: str, port: int) -> bool:
    return True


async def test_what_is_not_declared_is_sent_nothing() -> None:
    with bound() as server:
        server.settimeout(0)
        with pytest.raises(OutOfScope):
            await ask(lambda *where: False, None, "127.0.0.1", server.getsockname()[1], b"x", take=9, ends=0)
        with pytest.raises(BlockingIOError):
            server.recvfrom(9)


async def test_an_answer_from_another_port_is_read_in_part_and_told_to_end() -> None:
    with bound() as server, bound() as other:
        ends = asyncio.get_running_loop().time() + 40
        asked = asyncio.create_task(
            ask(anywhere, None, "127.0.0.1", server.getsockname()[1], b"hi", take=4, ends=ends, farewell=b"bye")
        )
        told, sender = await asyncio.to_thread(server.recvfrom, 9)
        other.sendto(b"0123456789", sender)
        assert told == b"hi"
        assert await asked == b"0123"
        assert (await asyncio.to_thread(other.recvfrom, 9))[0] == b"bye"


async def test_another_address_is_not_heard_and_silence_ends() -> None:
    with bound() as server, bound("127.0.0.2") as stranger:
        loop = asyncio.get_running_loop()
        asked = asyncio.create_task(
            ask(anywhere, None, "127.0.0.1", server.getsockname()[1], b"hi", take=4, ends=loop.time() + 1.5)
        )
        _, sender = await asyncio.to_thread(server.recvfrom, 9)
        stranger.sendto(b"forged", sender)
        with pytest.raises(TimeoutError):
            await asked
