"""A peer that has answered in time is heard, however long our own event loop was held; a silent one is given up."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from monitor.network import deadline
from monitor.network.budget import Limits
from monitor.network.deadline import grace, until_ready
from monitor.network.transport import Timeouts
from probes.api import ServiceTarget, WebTarget
from probes.reasons import NoAnswerReason
from probes.requests.http import NoAnswer, Reply, Request, Response
from probes.requests.stream import Exchange, Open, Received, UntilClosed
from tests.monitor.network.builders import KEY, asks, driver, only
from tests.monitor.network.test_stream_client import steps
from tests.servers.certificates import certificate

WITHIN = 0.15
"""Seconds that a peer has; the loop is held for three times as long."""
LIMITS = Limits(seconds=20.0, timeouts=Timeouts(connect=WITHIN, read=WITHIN, ask=WITHIN))
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@contextmanager
def served(answer: bytes, context: ssl.SSLContext | None = None, *, first: bool = False) -> Iterator[int]:
    """A server on a thread of its own, which goes on while our loop is held; `first` it speaks unasked. Its port."""

    def talk(made: socket.socket) -> None:
        with suppress(OSError), made:
            spoken = context.wrap_socket(made, server_side=True) if context else made
            if first or spoken.recv(4096):
                spoken.sendall(answer)
            spoken.recv(1)

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=talk, args=(listener.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]


def at(port: int, *, tls: bool = False) -> WebTarget:
    return WebTarget("nas", "nas.test", "nas.test", "127.0.0.1", port, tls, ports=(port,), nonce="x4c1d9e77a0b35f26")


def hold_the_loop() -> None:
    """What a page that is read on the loop, or a busy machine, does to it: just after a request has begun."""
    asyncio.get_running_loop().call_soon(time.sleep, 3 * WITHIN)


@pytest.mark.parametrize("tls", [False, True])
async def test_what_came_while_our_loop_was_held_is_heard(tls: bool) -> None:
    context = certificate().server_side() if tls else None
    heard: list[Reply] = []
    with served(ANSWER, context) as port:
        looking = driver(only(("127.0.0.1", port)))
        asking = asyncio.create_task(
            looking.look(asks(Request("GET", "/", 100), into=heard), at(port, tls=tls), KEY, LIMITS)
        )
        for _ in range(4):
            hold_the_loop()
            await asyncio.sleep(0)
        await asking
    assert [type(one) for one in heard] == [Response], heard


async def test_the_same_of_a_bare_connection() -> None:
    heard: list[Received | NoAnswer] = []
    with served(b"220 ready\r\n", first=True) as port:
        target = ServiceTarget("nas", "nas.test", "nas.test", "127.0.0.1", port, "ftp", nonce="x4c1d9e77a0b35f26")
        looking = driver(only(("127.0.0.1", port)))
        asking = asyncio.create_task(
            looking.look(steps(Open(), Exchange(None, UntilClosed(), take=11), into=heard), target, KEY, LIMITS)
        )
        for _ in range(4):
            hold_the_loop()
            await asyncio.sleep(0)
        await asking
    assert isinstance(heard[-1], Received), heard
    assert heard[-1].data == b"220 ready\r\n"


async def test_a_silent_peer_is_given_up_although_the_loop_is_held() -> None:
    heard: list[Reply] = []
    with served(b"") as port:
        looking = driver(only(("127.0.0.1", port)))
        asking = asyncio.create_task(looking.look(asks(Request("GET", "/", 100), into=heard), at(port), KEY, LIMITS))
        hold_the_loop()
        await asyncio.sleep(0)
        await asking
    assert isinstance(heard[0], NoAnswer)
    assert heard[0].why is NoAnswerReason.TIMED_OUT


async def test_a_datagram_that_came_meanwhile_is_heard_and_silence_ends() -> None:
    loop = asyncio.get_running_loop()
    mine, peer = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    with mine, peer:
        mine.setblocking(False)
        mine.bind(("127.0.0.1", 0))
        peer.sendto(b"1", mine.getsockname())
        hold_the_loop()
        await until_ready(mine.fileno(), loop.time() + WITHIN)
        assert mine.recv(9) == b"1"
        hold_the_loop()
        begun = loop.time()
        with pytest.raises(TimeoutError):
            await until_ready(mine.fileno(), begun + WITHIN)
        assert loop.time() - begun < 30


async def test_one_grace_is_all_that_a_peer_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop that is held for ever ends what waits all the same."""
    graces: list[float] = []

    def counted(due: float, now: float) -> float:
        graces.append(due)
        return grace(due, now)

    monkeypatch.setattr(deadline, "grace", counted)
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        hold_the_loop()
        loop.call_later(2 * WITHIN, time.sleep, 3 * WITHIN)
        with pytest.raises(TimeoutError):
            await until_ready(made.fileno(), loop.time() + WITHIN)
    assert len(graces) == 2
