"""Connections are never crossed: every host's answer is its own, whatever other hosts do in their TLS handshakes."""

from __future__ import annotations

import asyncio
import gc
import socket
import ssl
import struct
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial

import pytest
import uvloop

from monitor.network.budget import Limits
from monitor.network.channel import Dialer, _at, _found
from monitor.network.driver import Driver
from monitor.network.pace import Pace
from monitor.network.transport import OutOfScope, Timeouts
from probes.api import WebTarget
from probes.reasons import NoAnswerReason
from probes.requests.http import NoAnswer, Reply, Request, Response
from tests.monitor.network.builders import AGENT, CONTACT, asks, only
from tests.servers.certificates import certificate
from tests.servers.raw import Talk, listening, reply
from tests.waiting import until_async

HOSTS = tuple(f"127.0.{high}.{low}" for high in (7, 8) for low in range(1, 151))
ROUNDS = 3
ALERT = b"\x15\x03\x03\x00\x02\x02\x28"


def _breaks(where: str) -> int:
    """How the host breaks off its handshakes: 0 not at all, else in one of four ways."""
    last = int(where.rpartition(".")[2])
    return last % 8 // 2 + 1 if last % 2 else 0


class _Hosts(threading.Thread):
    """TLS servers at all addresses of loopback, on one port: each answers with its own address, or breaks off."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.listener = socket.create_server(("0.0.0.0", 0), backlog=512)
        self.port = self.listener.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._ended = asyncio.Event()

    def run(self) -> None:
        """Serve until `stop`."""
        self._loop.run_until_complete(self._serve())

    def stop(self) -> None:
        """End the thread."""
        self._loop.call_soon_threadsafe(self._ended.set)
        self.join(5)

    async def _serve(self) -> None:
        context = certificate("good").server_side()
        self.listener.setblocking(False)
        tasks: set[asyncio.Task[None]] = set()
        ending = asyncio.create_task(self._ended.wait())
        while not ending.done():
            accepting = asyncio.create_task(self._loop.sock_accept(self.listener))
            await asyncio.wait({ending, accepting}, return_when=asyncio.FIRST_COMPLETED)
            if not accepting.done():
                accepting.cancel()
                break
            tasks.add(asyncio.create_task(self._meet(accepting.result()[0], context)))
        for task in tasks:
            task.cancel()
        self.listener.close()

    async def _meet(self, met: socket.socket, context: ssl.SSLContext) -> None:
        how = _breaks(met.getsockname()[0])
        if how:
            if how > 1:
                await self._loop.sock_recv(met, 1 if how == 2 else 4096)
            if how == 4:
                await self._loop.sock_sendall(met, ALERT)
            met.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", how != 4, 0))
            met.close()
            return
        protocol = asyncio.StreamReaderProtocol(asyncio.StreamReader(), _says_where(met.getsockname()[0].encode()))
        with suppress(OSError):
            await self._loop.connect_accepted_socket(lambda: protocol, met, ssl=context)


def _says_where(where: bytes) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(where), where))
        writer.close()

    return answer


@contextmanager
def hosts() -> Iterator[_Hosts]:
    """Hundreds of TLS hosts, half of which break off every handshake."""
    thread = _Hosts()
    thread.start()
    try:
        yield thread
    finally:
        thread.stop()


async def _round(port: int) -> dict[str, list[Reply]]:
    pace = Pace()
    pace.set("all", 1e6, 512)
    endpoints = {(host, port) for host in HOSTS}
    driver = Driver(
        lambda name, address, at: (address, at) in endpoints,
        pace,
        lambda: datetime.now(UTC),
        agent=AGENT,
        contact=CONTACT,
        at_once=64,
    )
    limits = Limits(timeouts=Timeouts(connect=10.0, read=10.0, ask=15.0))
    told: dict[str, list[Reply]] = {host: [] for host in HOSTS}
    get = Request("GET", "/", 1 << 16)
    again = Request("GET", "/", 1 << 16, fresh=True)
    await asyncio.gather(
        *(
            driver.look(
                asks(get, again, get, into=told[host]),
                WebTarget("all", "all.test", "all.test", host, port, tls=True),
                "all",
                limits,
            )
            for host in HOSTS
        )
    )
    return told


@pytest.mark.parametrize("loop", [uvloop.run, asyncio.run], ids=["uvloop", "asyncio"])
def test_no_answer_is_another_hosts_whoever_breaks_off_handshakes(
    loop: Callable[[Awaitable[dict[str, list[Reply]]]], dict[str, list[Reply]]],
) -> None:
    with hosts() as served:
        for _ in range(ROUNDS if loop is uvloop.run else 1):
            for host, told in loop(_round(served.port)).items():
                if _breaks(host):
                    whys = {one.why for one in told if isinstance(one, NoAnswer)}
                    assert len(told) == 3
                    assert whys <= {NoAnswerReason.RESET, NoAnswerReason.TLS_FAILED}, (host, whys)
                else:
                    assert [one.body for one in told if isinstance(one, Response)] == [host.encode()] * 3, (host, told)
            gc.collect()


def _copied(heard: list[bytes], data: memoryview) -> None:
    heard.append(bytes(data))


def _ended(heard: list[bytes]) -> bool:
    return b"".join(heard).endswith(b"me")


async def test_a_number_that_was_given_back_is_not_closed_again() -> None:
    """The mechanism by itself: a handshake fails, its number goes to another connection, and that one lives on."""

    async def broken(talk: Talk) -> None:
        await talk.reader.read(1)

    async def well(talk: Talk) -> None:
        while await talk.hear() is not None:
            await talk.say(reply(200, b"me"))

    async with listening(broken) as bad, listening(well) as good:
        dialer = Dialer(only((bad.host, bad.port), (good.host, good.port)))
        loop = asyncio.get_running_loop()
        for _ in range(20):
            first = await dialer.open(None, bad.host, bad.port, loop.time() + 2)
            with pytest.raises((ssl.SSLError, ConnectionError)):
                await dialer.secure(first, "nas.test", loop.time() + 2)
            second = await dialer.open(None, good.host, good.port, loop.time() + 2)
            heard: list[bytes] = []
            second.listen(partial(_copied, heard), lambda _: None)
            first.close()
            del first
            gc.collect()
            second.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            await until_async(partial(_ended, heard), "the second one answers")
            second.close()
            second.close()


async def test_who_is_not_declared_is_not_connected_to() -> None:
    async def never(talk: Talk) -> None:
        raise AssertionError("somebody came")

    async with listening(never) as server:
        dialer = Dialer(only(("127.0.0.1", 1)))
        for address in ("127.0.0.1", "127.1", "::ffff:127.0.0.1"):
            with pytest.raises(OSError) as refused:  # noqa: PT011  a form that is no address is an error of its own
                await dialer.open(None, address, server.port, asyncio.get_running_loop().time() + 1)
            assert isinstance(refused.value, OutOfScope | socket.gaierror)
    assert server.connections == 0


def test_an_address_is_what_the_system_makes_of_it_and_of_four_numbers_nothing_is_kept() -> None:
    numbers = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    for address in ("127.0.0.1", "192.0.2.255", "::1", "::ffff:127.0.0.1", "2001:DB8::1", "127.1", "010.0.0.1"):
        found = socket.getaddrinfo(address, 443, type=socket.SOCK_STREAM, flags=numbers)[0]
        assert _at(address, 443) == (found[0], found[4]), address
    before = _found.cache_info().currsize
    for number in range(200):
        assert _at(f"192.0.2.{number}", 80) == (socket.AF_INET, (f"192.0.2.{number}", 80))
    assert _found.cache_info().currsize == before
