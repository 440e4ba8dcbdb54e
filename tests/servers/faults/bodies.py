"""Faults in the body: lengths that lie, chunks that break, encodings that explode, characters that are none."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from functools import cache

from tests.servers.faults.kind import Expect, answer, says
from tests.servers.pages import Disk
from tests.servers.raw import Hit, Talk, reply

OPEN = Disk()
PAGE = OPEN.page()
HTML = "text/html;charset=UTF-8"
CHUNKED = ("Transfer-Encoding", "chunked")


def _chunks(*parts: bytes, last: bytes = b"0\r\n\r\n") -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + last


# Rows that came are rows: where a broken page shows entries, and they answer, `exposed` is as right as `unknown`.


def _page_only(name: str, expect: Expect, what: str, data: bytes) -> None:
    """A fault in the root page alone: entries answer, and what does not exist is 404."""

    async def say(talk: Talk, hit: Hit) -> None:
        await talk.say(data if hit.path == "/" and hit.method == "GET" else OPEN.answer(hit))

    answer(name, expect, what)(say)


_page_only(
    "truncated-chunk", "not-clear", "a listing whose last chunk is cut off",
    reply(200, b"", HTML, CHUNKED, length=None) + _chunks(PAGE[:600]) + b"%x\r\n%s" % (len(PAGE) - 600, PAGE[600:900]),
)  # fmt: skip
_page_only(
    "no-last-chunk", "not-clear", "a listing in chunks without the one that ends it",
    reply(200, b"", HTML, CHUNKED, length=None) + _chunks(PAGE, last=b""),
)  # fmt: skip
_page_only(
    "bad-chunk-size", "not-clear", "a chunk whose size is no number",
    reply(200, b"", HTML, CHUNKED, length=None) + _chunks(PAGE[:400], last=b"xyz\r\n" + PAGE[400:]),
)  # fmt: skip
_page_only(
    "vast-chunk-size", "not-clear", "a chunk that claims 2^64 bytes",
    reply(200, b"", HTML, CHUNKED, length=None) + b"ffffffffffffffff\r\n" + PAGE,
)  # fmt: skip
_page_only(
    "negative-chunk-size", "not-clear", "a chunk of minus five bytes",
    reply(200, b"", HTML, CHUNKED, length=None) + b"-5\r\n" + PAGE,
)  # fmt: skip
_page_only(
    "length-too-long", "not-clear", "a listing shorter than its Content-Length", reply(200, PAGE, HTML, length=99_999)
)
_page_only(
    "length-too-short",
    "not-exposed",
    "a Content-Length that ends before the first entry",
    reply(200, PAGE, HTML, length=300),
)
_page_only("length-negative", "not-clear", "a Content-Length of -1", reply(200, PAGE, HTML, length="-1"))
_page_only("length-words", "not-clear", "a Content-Length that is a word", reply(200, PAGE, HTML, length="many"))
_page_only(
    "two-lengths", "not-clear", "two Content-Lengths that differ",
    reply(200, PAGE, HTML, ("Content-Length", "17")),
)  # fmt: skip
_page_only(
    "length-and-chunks", "not-clear", "a Content-Length beside chunks: request smuggling's favourite",
    reply(200, b"", HTML, CHUNKED, length=10) + _chunks(PAGE),
)  # fmt: skip
_page_only(
    "duplicate-headers", "not-clear", "every header twice, with two types",
    reply(200, PAGE, HTML, ("Content-Type", "application/json"), ("Server", "nginx"), ("Server", "IIS"), ("Date", "x")),
)  # fmt: skip
_page_only(
    "gzip-broken", "unknown", "says gzip, begins as gzip, goes on as noise",
    reply(200, gzip.compress(PAGE)[:60] + b"\xff" * 900, HTML, ("Content-Encoding", "gzip")),
)  # fmt: skip
_page_only(
    "gzip-cut", "not-clear", "a gzip stream without its end, in a body that is whole",
    reply(200, gzip.compress(PAGE)[:-40], HTML, ("Content-Encoding", "gzip")),
)  # fmt: skip
_page_only(
    "gzip-not-gzip", "not-clear", "says gzip and is plain text",
    reply(200, PAGE, HTML, ("Content-Encoding", "gzip")),
)  # fmt: skip
_page_only(
    "unknown-encoding", "unknown", "an encoding that nobody knows",
    reply(200, bytes(byte ^ 0x5A for byte in PAGE), HTML, ("Content-Encoding", "x-scrambled")),
)  # fmt: skip
_page_only(
    "many-encodings", "unknown", "gzip, a hundred times over, by its header",
    reply(200, PAGE, HTML, ("Content-Encoding", ", ".join(["gzip"] * 100))),
)  # fmt: skip
_page_only("nul-bytes", "not-exposed", "a page of NUL bytes", reply(200, bytes(4000), HTML))
_page_only(
    "wrong-charset", "not-clear", "a listing in UTF-16, with its mark, that calls itself UTF-8",
    reply(200, PAGE.decode().encode("utf-16"), HTML),
)  # fmt: skip
_page_only(
    "unheard-charset",
    "not-clear",
    "a listing in a charset that does not exist",
    reply(200, PAGE, "text/html; charset=%s"),
)
_page_only("no-type", "not-clear", "a listing without a Content-Type", reply(200, PAGE, ""))
_page_only(
    "typed-as-binary", "not-clear", "a listing that calls itself octets", reply(200, PAGE, "application/octet-stream")
)
_page_only("empty-body", "not-exposed", "200 and nothing at all", reply(200, b"", HTML))


@cache
def _bomb(kind: str) -> bytes:
    packer = zlib.compressobj(9, wbits=31 if kind == "gzip" else 15)
    part = b" " * (1 << 20)
    return b"".join(packer.compress(part) for _ in range(100)) + packer.flush()


async def _explode(talk: Talk, hit: Hit, kind: str) -> None:
    # At every path and whatever was accepted: a server need not ask.
    body = await asyncio.to_thread(_bomb, kind)
    await talk.say(reply(200, body, HTML, ("Content-Encoding", kind), bare=hit.method == "HEAD"))


@answer("gzip-bomb", "unknown", "100 KB on the wire that decode to 100 MB")
async def _(talk: Talk, hit: Hit) -> None:
    await _explode(talk, hit, "gzip")


@answer("deflate-bomb", "unknown", "the same as deflate")
async def _(talk: Talk, hit: Hit) -> None:
    await _explode(talk, hit, "deflate")


says(
    "long-line", "not-exposed", "a page of one line of eight megabytes, all of it open tags",
    reply(200, b"<html><body>" + b"<a " * 2_700_000, HTML),
)  # fmt: skip
says(
    "deep-tags", "not-exposed", "a page of a hundred thousand nested elements",
    reply(200, b"<html><body>" + b"<div>" * 100_000, HTML),
)  # fmt: skip
