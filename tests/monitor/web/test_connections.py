"""Connections that are idle, slow or too many lose their place; whoever speaks is answered."""

from __future__ import annotations

import asyncio
import resource
import signal
import socket
import sqlite3
import subprocess
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from aiohttp import web

from monitor.inventory.values.listening import Listening
from monitor.web import server
from monitor.web.protection.connections import MOST, SERVER_LOG, Connections, listen
from tests.acceptance.builders import NOTHING_OPEN, House, asset
from tests.monitor.web.serving import site
from tests.servers import real
from tests.servers.launch import free_port
from tests.waiting import until


@asynccontextmanager
async def served(most: int, first: float) -> AsyncIterator[int]:
    app = web.Application()
    runner, port = web.AppRunner(app), free_port()
    watched: list[Connections] = []

    async def answer(request: web.Request) -> web.Response:
        watched[0].spoke(request.protocol)
        return web.Response(text="here")

    app.router.add_get("/", answer)
    await runner.setup()
    assert runner.server is not None
    watched.append(Connections(runner.server, most, first))
    listening = await listen(watched[0], Listening("127.0.0.1", port))
    try:
        yield port
    finally:
        listening.close()
        await runner.cleanup()


async def opened(port: int, sends: bytes = b"") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sends)
    await asyncio.sleep(0.01)
    return reader, writer


async def closed(reader: asyncio.StreamReader, within: float) -> bool:
    try:
        return await asyncio.wait_for(reader.read(1), within) == b""
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False


async def test_the_one_that_was_silent_for_longest_makes_room(tmp_path: Path) -> None:
    async with served(3, 60.0) as port:
        idle = [await opened(port) for _ in range(5)]
        assert [await closed(reader, 40) for reader, _ in idle[:2]] == [True, True]
        assert [await closed(reader, 0.1) for reader, _ in idle[2:]] == [False, False, False]
        reader, writer = await opened(port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"200 OK" in await asyncio.wait_for(reader.read(100), 40)
        for _, one in (*idle, (reader, writer)):
            one.close()


@pytest.mark.parametrize("sends", [b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "])
async def test_whoever_sends_no_whole_request_in_time_is_closed(tmp_path: Path, sends: bytes) -> None:
    async with served(10, 2.0) as port:
        reader, writer = await opened(port, sends)
        spoken, speaker = await opened(port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await asyncio.wait_for(spoken.read(1000), 40)
        assert await closed(reader, 40)
        assert not await closed(spoken, 0.3), "who has spoken may go on"
        writer.close()
        speaker.close()


async def test_a_body_that_never_ends_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "LONGEST_ANSWER", 2.0)
    async with site(tmp_path) as at:
        cookie = await at.signed_in("viewer", "beta")
        host, port = at.url.removeprefix("http://").split(":")
        head = (
            f"POST /act-as HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {cookie}\r\nSec-Fetch-Site: same-origin\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\ngrant="
        )
        reader, writer = await opened(int(port), head.encode())
        assert b" 503 " in await asyncio.wait_for(reader.readline(), 40)
        assert (await at.get("/", cookie)).status == 200
        writer.close()


@pytest.mark.parametrize(
    "says",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nHost: unique-4471\r\n\r\n",
        b"GET /unique-4471" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"unique-4471\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_refused_and_not_written_down(
    says: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with site(tmp_path) as at:
        reader, writer = await opened(int(at.url.rpartition(":")[2]), says)
        assert b" 400 " in await asyncio.wait_for(reader.readline(), 40)
        writer.close()
    assert caplog.text == ""


def test_a_fault_of_our_own_is_written_down(caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        SERVER_LOG.exception("while answering")
    assert "ZeroDivisionError" in caplog.text


CROWD = 10_000


def _idle(port: int, sends: bytes = b"") -> socket.socket:
    """A connection that says this much and no more; nobody waits for it to be made."""
    one = socket.socket()
    one.setblocking(False)
    one.connect_ex(("127.0.0.1", port))
    if sends:
        with suppress(OSError):
            one.send(sends)
    return one


def _looks(house: House) -> list[str]:
    """When each asset was looked at last; nothing before the ledger is there."""
    if not house.database.exists():
        return []
    with suppress(sqlite3.OperationalError), sqlite3.connect(house.database) as ledger:
        return [row[0] for row in ledger.execute("SELECT at FROM looks")]
    return []


@pytest.mark.slow
def test_a_crowd_of_idle_and_slow_clients_takes_nothing_from_a_round(tmp_path: Path) -> None:
    """Ten thousand connections that say nothing, or half a request: looks go on, none fails, and the page answers."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = hard if hard != resource.RLIM_INFINITY else 2 * CROWD
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 2 * CROWD), hard))
    crowd: list[socket.socket] = []
    house, port = House(tmp_path), free_port()
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("<title>Welcome</title><h1>Welcome</h1>", "utf-8")
    try:
        with real.python(tmp_path / "site") as server:
            web_section = {"listen": f"127.0.0.1:{port}", "url": f"http://127.0.0.1:{port}"}
            quick = {"interval": "1s", "pace": 500}
            house.declare(asset("nas", (server.host, server.port)), defaults=quick, web=web_section)
            watch = subprocess.Popen(
                house.command("watch"), cwd=tmp_path, env=house.environment(), stderr=subprocess.DEVNULL
            )
            try:
                files = Path(f"/proc/{watch.pid}/fd")
                until(lambda: _looks(house), "nothing was looked at")
                quiet = len(list(files.iterdir()))
                for n in range(min(CROWD, most - 500)):
                    crowd.append(_idle(port, b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: " if n % 5 == 0 else b""))
                    if n % 1000 == 0:
                        assert len(list(files.iterdir())) <= quiet + MOST + _OTHER_FILES
                before = max(_looks(house))
                until(lambda: max(_looks(house)) > before, "the looks stopped")
                assert len(list(files.iterdir())) <= quiet + MOST + _OTHER_FILES
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=60) as answer:
                    assert answer.status == 200
            finally:
                watch.send_signal(signal.SIGTERM)
                assert watch.wait(60) == NOTHING_OPEN
                for one in crowd:
                    one.close()
            # A look that found no file or connection left would have said so, as unknown.
            (state,) = house.ask("status", "--json").lines
            assert state["status"] == "closed", state
    finally:
        for one in crowd:
            one.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


_OTHER_FILES = 40
"""Files that a look needs beside: connections to what it looks at, and the ledger's."""
