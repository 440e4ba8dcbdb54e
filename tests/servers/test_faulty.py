"""Each fault does what it says, as seen by a raw client; and the fault server itself stops at once."""

from __future__ import annotations

import asyncio
import gzip
import time
import zlib
from email.utils import parsedate_to_datetime

import pytest

from tests.servers.client import Heard, ask, tell
from tests.servers.faults.kind import ALLOWED
from tests.servers.faulty import FAULTS, GROUPS, faulty, faulty_beside
from tests.servers.listener import Listener
from tests.servers.pages import NAMES

SOON = 0.5
"""Seconds after which a raw client gives up on those that never end."""
NEVER_END = {
    "tar-pit", "silent", "slow-drip", "slow-body", "stalls-in-body", "ssh-banner", "tls-hangs", "head-hangs",
}  # fmt: skip
RESETS = {"accept-reset", "reset-in-status", "reset-in-headers", "reset-in-body"}
FLOODS = {
    "endless-headers", "endless-continue", "endless-body", "endless-listing", "huge-header", "206-endless",
    "range-ignored-endless", "long-line",
}  # fmt: skip
BROKEN_HANDSHAKES = {"tls-alert", "tls-unknown-name", "tls-garbage", "http-on-443"}
CUT_HANDSHAKES = {"tls-closes", "tls-resets"}
NOT_HTTP = {
    "http-0.9", "garbage", "json-without-http", "smtp-banner", "ftp-banner", "accept-close", "closes-without-answer",
    "tls-on-80-alert", "client-certificate",
}  # fmt: skip


async def look(name: str, path: str | None = None, *, method: str = "GET", headers: tuple[str, ...] = ()) -> Heard:
    """What a raw client meets."""
    fault = FAULTS[name]
    async with faulty(name) as server:
        return await asyncio.to_thread(
            ask, server.host, server.port, fault.path if path is None else path, method=method, headers=headers,
            tls=fault.tls, within=SOON if name in NEVER_END else 40.0,
        )  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_ends_as_it_must(name: str) -> None:
    method = "HEAD" if name == "head-hangs" else "GET"
    heard = await look(name, method=method)
    if name in NEVER_END:
        assert heard.end == "silent"
    elif name in RESETS or name in CUT_HANDSHAKES:
        assert heard.end in ("reset", "tls")
    elif name in BROKEN_HANDSHAKES:
        assert heard.end == "tls"
    elif name in FLOODS:
        assert heard.end == "enough"
    elif name in NOT_HTTP:
        assert heard.end in ("closed", "reset", "tls")
        assert not heard.data.startswith(b"HTTP/")
    else:
        assert heard.end == "closed"
        assert heard.data.startswith(b"HTTP/")


def test_every_fault_is_told_apart_and_has_a_right_answer() -> None:
    assert len(FAULTS) >= 100
    assert len({fault.says for fault in FAULTS.values()}) >= len(FAULTS) - 3
    for fault in FAULTS.values():
        assert fault.expect in ALLOWED
        assert fault.fits("exposed") == (fault.expect in ("exposed", "not-clear"))
        assert fault.file == (fault.path == "/call.wav")
    assert len({name for name, fault in FAULTS.items() if fault.expect == "exposed"}) >= 9
    assert all(group.__doc__ for group in GROUPS)


async def test_hits_hold_what_was_asked_to_the_letter() -> None:
    async with faulty("twin-apache") as server:
        await asyncio.to_thread(ask, server.host, server.port, "/a%2Fb?q=%20", headers=("X-One: 1", "X-One: 2"))
        await asyncio.to_thread(ask, server.host, server.port, "/", method="PROPFIND", headers=("Content-Length: 0",))
    assert server.asked == ["GET /a%2Fb?q=%20", "PROPFIND /"]
    assert [value for name, value in server.hits[0].headers if name == "x-one"] == ["1", "2"]
    assert server.connections == 2


@pytest.mark.parametrize("name", [name for name in FAULTS if name.startswith("twin-") and not FAULTS[name].file])
async def test_a_twin_lists_calls_that_answer(name: str) -> None:
    fault = FAULTS[name]
    async with faulty(name) as server:
        page = await asyncio.to_thread(ask, server.host, server.port, tls=fault.tls, authority=server.authority)
        call = f"/{NAMES[0]}"
        head = await asyncio.to_thread(ask, server.host, server.port, call, method="HEAD", tls=fault.tls)
        part = await asyncio.to_thread(
            ask, server.host, server.port, call, headers=("Range: bytes=0-15",), tls=fault.tls
        )
        none = await asyncio.to_thread(ask, server.host, server.port, "/x7f3.wav", tls=fault.tls)
    assert page.status == 200
    assert all(one.encode() in page.body for one in NAMES)
    assert (head.status, head.rest, head.header("content-type")) == (200, b"", "audio/x-wav")
    assert (part.status, part.body[:4], len(part.body)) == (206, b"RIFF", 16)
    assert none.status == 404


async def test_lengths_lie() -> None:
    long, short = await look("length-too-long"), await look("length-too-short")
    assert int(long.header("content-length")) > len(long.rest) + 50_000
    assert int(short.header("content-length")) == 300 < len(short.rest)
    assert b'href="in-' not in short.rest[:300]
    two = await look("two-lengths")
    assert two.head.lower().count(b"content-length") == 2


async def test_chunks_break() -> None:
    cut = await look("truncated-chunk")
    assert not cut.rest.endswith(b"0\r\n\r\n")
    assert b"\r\nxyz\r\n" in (await look("bad-chunk-size")).rest
    assert (await look("vast-chunk-size")).rest.startswith(b"ffffffffffffffff\r\n")


async def test_encodings_explode_or_break() -> None:
    bomb = await look("gzip-bomb")
    assert len(bomb.rest) < 200_000
    assert len(zlib.decompress(bomb.rest, 31)) == 100 << 20
    for name, failure in (
        ("gzip-broken", (zlib.error, EOFError, OSError)),
        ("gzip-cut", (EOFError,)),
        ("gzip-not-gzip", (OSError,)),
    ):
        heard = await look(name)
        assert heard.header("content-encoding") == "gzip"
        with pytest.raises(failure):
            gzip.decompress(heard.rest)


async def test_retry_after_comes_in_all_its_forms() -> None:
    assert (await look("429-seconds")).header("retry-after") == "2"
    assert (await look("429-hours")).header("retry-after") == "14400"
    before = time.time()
    then = parsedate_to_datetime((await look("429-date")).header("retry-after")).timestamp()
    assert before < then < time.time() + 10
    assert (await look("429-bare")).header("retry-after") == ""


async def test_redirects_point_where_they_are_told(never: Listener) -> None:
    for name in ("redirect-away", "redirect-with-listing"):
        async with faulty(name, elsewhere=never.url + "/") as server:
            heard = await asyncio.to_thread(ask, server.host, server.port)
        assert heard.header("location") == never.url + "/"
    loop = await look("redirect-loop", "/a/b?c")
    assert loop.header("location") == "/a/b?c"


async def test_a_listing_for_the_first_look_only() -> None:
    async with faulty("listing-once") as server:
        pages = [(await asyncio.to_thread(ask, server.host, server.port)).body for _ in range(3)]
    assert [b"Index of" in page for page in pages] == [True, False, False]


async def test_a_honeypot_has_whatever_is_asked_for() -> None:
    assert b"x7f3.sql" in (await look("honeypot", "/a/x7f3/")).body
    assert (await look("honeypot", "/a/x7f3.wav")).header("content-type") == "audio/x-wav"


async def test_ranges_go_wrong() -> None:
    wrong = await look("206-wrong-range", headers=("Range: bytes=0-511",))
    assert (wrong.status, wrong.header("content-range").split()[1][:5]) == (206, "1000-")
    ignored = await look("range-ignored-endless", headers=("Range: bytes=0-511",))
    assert (ignored.status, ignored.end) == (200, "enough")
    head, get = await look("head-200-get-404", method="HEAD"), await look("head-200-get-404")
    assert (head.status, get.status) == (200, 404)


async def test_a_certificate_is_bad_in_its_own_way() -> None:
    for name in ("expired-certificate", "self-signed", "wrong-name"):
        async with faulty(name) as server:
            careful = await asyncio.to_thread(ask, "localhost", server.port, tls=True, authority=server.authority)
            careless = await asyncio.to_thread(ask, server.host, server.port, tls=True)
        assert careful.end == "tls", name
        assert b"Index of" in careless.body, name
    async with faulty("client-certificate") as server:
        assert (await asyncio.to_thread(ask, server.host, server.port, tls=True)).data == b""


async def test_clear_text_on_443_fails_a_handshake_at_once_and_lists_to_clear_text() -> None:
    async with faulty("twin-http-on-443") as server:
        secured = await asyncio.to_thread(ask, server.host, server.port, tls=True)
        clear = await asyncio.to_thread(ask, server.host, server.port)
    assert secured.end == "tls"
    assert b"Index of" in clear.body


async def test_a_server_stops_at_once_with_a_peer_still_there() -> None:
    began = time.monotonic()
    async with faulty("tar-pit") as server:
        _, writer = await asyncio.open_connection(server.host, server.port)
    assert time.monotonic() - began < 20
    writer.close()
    assert (await asyncio.to_thread(tell, server.host, server.port, b"", within=1)).end == "refused"


def test_a_fault_server_beside_a_test_without_a_loop() -> None:
    with faulty_beside("503") as server:
        assert ask(server.host, server.port, "/x").status == 503
    assert server.asked == ["GET /x"]
    assert ask(server.host, server.port, within=1).end == "refused"
