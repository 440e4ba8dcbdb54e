"""The server of the built-in controls answers as a web server does, and needs none of the libraries of one."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import suppress

import pytest

from monitor.rounds import controls as controls_of
from monitor.rounds.controls import ADDRESS, BuiltInControls

GET = b"GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n"


async def said(port: int, sent: bytes) -> bytes:
    """All that comes back until the server closes, or rests for a while."""
    reader, writer = await asyncio.open_connection(ADDRESS, port)
    writer.write(sent)
    got = b""
    try:
        async with asyncio.timeout(0.5):
            while more := await reader.read(65536):
                got += more
    except TimeoutError:
        got += b"<stays open>"
    writer.close()
    return got


@pytest.mark.parametrize(
    ("path", "headers", "status", "within"),
    [
        (b"/open/", b"", b"200 OK", b"Index of /open/"),
        (b"/open/control-one.txt", b"", b"200 OK", b"A harmless file"),
        (b"/open/control-one.txt", b"Range: bytes=0-9\r\n", b"206 Partial Content", b"\r\n\r\nA harmless<stays open>"),
        (b"/open/control-one.txt", b"Range: bytes=2-3\r\n", b"206 Partial Content", b"Content-Range: bytes 2-3/"),
        (b"/open/control-one.txt", b"Range: bytes=900-\r\n", b"416 ", b"Content-Range: bytes */"),
        (b"/closed/", b"", b"403 Forbidden", b"<h1>Forbidden</h1>"),
        (b"/closed/control-three.txt", b"", b"403 Forbidden", b""),
        (b"/nothing/", b"", b"404 Not Found", b""),
        (b"/open/?C=N", b"", b"200 OK", b"Index of /open/"),
    ],
)
async def test_it_answers(path: bytes, headers: bytes, status: bytes, within: bytes) -> None:
    async with BuiltInControls() as controls:
        whole = await said(controls.port, GET % (path, headers))
        head, _, body = whole.removesuffix(b"<stays open>").partition(b"\r\n\r\n")
        assert whole.startswith(b"HTTP/1.1 " + status)
        assert within in whole
        assert b"Content-Length: %d" % len(body) in head
        bare = await said(controls.port, (GET % (path, headers)).replace(b"GET", b"HEAD", 1))
        assert bare.endswith(b"\r\n\r\n<stays open>")


async def test_two_requests_of_one_connection_are_answered_in_their_order() -> None:
    async with BuiltInControls() as controls:
        got = await said(controls.port, GET % (b"/open/", b"") + GET % (b"/closed/", b"Connection: close\r\n"))
    assert got.index(b"200 OK") < got.index(b"403 Forbidden")
    assert not got.endswith(b"<stays open>")


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x00\xf4\x01\x00\x00\xf0\x03\x03",  # a TLS greeting
        b"GET /open/ HTTP/1.1\r\nX: " + b"a" * 70_000,
        b"GET open HTTP/1.1\r\n\r\n",
        b"\r\n\r\n\r\n\r\n",
    ],
    ids=["tls", "endless", "no path", "lines"],
)
async def test_what_is_no_request_is_refused_and_the_connection_closed(sent: bytes) -> None:
    async with BuiltInControls() as controls:
        got = await said(controls.port, sent)
    assert got.startswith(b"HTTP/1.1 400 Bad Request")
    assert not got.endswith(b"<stays open>")


async def test_a_body_is_not_read_as_the_next_request() -> None:
    async with BuiltInControls() as controls:
        body = GET % (b"/open/", b"")
        got = await said(
            controls.port, b"PROPFIND /open/ HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        )
    assert got.count(b"HTTP/1.1 ") == 1
    assert got.startswith(b"HTTP/1.1 405 ")


async def test_whoever_does_not_read_is_read_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0

    def answer(head: bytes) -> bytes:
        nonlocal asked
        asked += 1
        return b"HTTP/1.1 200 OK\r\nContent-Length: 65536\r\n\r\n" + bytes(65536)

    monkeypatch.setattr(controls_of, "_answer", answer)
    async with BuiltInControls() as controls:
        reader, writer = await asyncio.open_connection(ADDRESS, controls.port, limit=1024)
        writer.write(GET % (b"/open/", b"") * 4000)
        before = -1
        while before != asked:
            before = asked
            await asyncio.sleep(0.2)
        assert 0 < asked < 1000, "the kernel holds a few megabytes, and the server next to nothing"
        whole = b"200 OK" in await said(controls.port, GET % (b"/open/", b""))
        assert whole, "others are answered meanwhile"
        asked = 0
        for _ in range(4000):
            await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(65536)
        assert asked > 0, "it goes on when its answers are read"
        writer.close()


async def test_a_client_that_reads_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(controls_of, "_IDLE", 0.3)
    monkeypatch.setattr(controls_of, "_answer", lambda _: bytes(32 << 20))
    async with BuiltInControls() as controls:
        reader, writer = await asyncio.open_connection(ADDRESS, controls.port, limit=1024)
        writer.write(GET % (b"/open/", b"Connection: close\r\n"))
        await asyncio.sleep(0.8)
        got = 0
        with suppress(ConnectionResetError):
            async with asyncio.timeout(10):
                while some := await reader.read(1 << 16):
                    got += len(some)
        assert got < 32 << 20, "what it did not read is held no longer"
        writer.close()


async def test_so_many_connections_are_held_and_a_new_one_is_always_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(controls_of, "_CONNECTIONS", 4)
    async with BuiltInControls() as controls:
        idle = [await asyncio.open_connection(ADDRESS, controls.port) for _ in range(4)]
        idle[0][1].write(GET % (b"/open/", b""))
        await idle[0][0].readuntil(b"200 OK")
        more = [await asyncio.open_connection(ADDRESS, controls.port) for _ in range(2)]
        assert b"200 OK" in await said(controls.port, GET % (b"/open/", b""))
        for reader, _ in idle[1:]:
            async with asyncio.timeout(5):
                assert await ended(reader), "nothing came over it for longest"
        idle[0][1].write(GET % (b"/open/", b""))
        await idle[0][0].readuntil(b"200 OK")
        for _, writer in (*idle, *more):
            writer.close()


async def ended(reader: asyncio.StreamReader) -> bool:
    try:
        return not await reader.read(1)
    except ConnectionResetError:
        return True


async def test_connections_end_with_the_server() -> None:
    async with BuiltInControls() as controls:
        reader, writer = await asyncio.open_connection(ADDRESS, controls.port)
        writer.write(GET % (b"/open/", b""))
        await reader.readuntil(b"</html>")
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await asyncio.wait_for(reader.readexactly(1_000_000), 5)
    writer.close()


def test_looks_without_buckets_hold_no_server_library() -> None:
    code = """
import asyncio, sys
from monitor.rounds.controls import BuiltInControls
async def serve():
    async with BuiltInControls() as controls:
        print('aiohttp' in sys.modules)
        await controls.buckets('x1')
        print('aiohttp' in sys.modules)
asyncio.run(serve())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
