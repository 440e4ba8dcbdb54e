"""Odd ways of saying an answer: what browsers bear with, what nobody can read, and what only looks like HTTP.

Each way takes a whole, ordinary answer and says it otherwise. `reads` tells whether a browser shows the page then.
"""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.servers.raw import Hit, Talk

Way = Callable[[Talk, Hit, bytes], Awaitable[None]]
Rewrite = Callable[[bytes, bytes], bytes]


@dataclass(frozen=True, slots=True)
class Odd:
    """One way, and whether a browser reads what is said so."""

    way: Way
    reads: bool


ODD: dict[str, Odd] = {}


def _way(name: str, reads: bool = True) -> Callable[[Way], Way]:
    def keep(way: Way) -> Way:
        assert name not in ODD
        ODD[name] = Odd(way, reads)
        return way

    return keep


def _rewritten(name: str, rewrite: Rewrite, reads: bool = True) -> None:
    """A way that says the head and the body otherwise; both are without what parts them."""

    async def way(talk: Talk, hit: Hit, said: bytes) -> None:
        head, _, body = said.partition(b"\r\n\r\n")
        await talk.say(rewrite(head, body))

    _way(name, reads)(way)


def _first(line: bytes, *, reads: bool = True, name: str = "") -> None:
    """A way with another status line, in which `%s` stands for the status."""

    def rewrite(head: bytes, body: bytes) -> bytes:
        status, _, rest = head.partition(b"\r\n")
        return line.replace(b"%s", status.split(b" ")[1]) + b"\r\n" + rest + b"\r\n\r\n" + body

    _rewritten(name or f"status line {line!r}", rewrite, reads)


def _header(name: str, *lines: bytes, reads: bool = True, without: bytes = b"") -> None:
    """A way with more header lines, and without those that begin with `without`."""

    def rewrite(head: bytes, body: bytes) -> bytes:
        kept = [line for line in head.split(b"\r\n") if not (without and line.lower().startswith(without))]
        return b"\r\n".join([*kept, *lines]) + b"\r\n\r\n" + body

    _rewritten(name, rewrite, reads)


def _chunked(name: str, chunks: Callable[[bytes], bytes], reads: bool = True, coding: bytes = b"chunked") -> None:
    def rewrite(head: bytes, body: bytes) -> bytes:
        kept = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length")]
        return b"\r\n".join([*kept, b"Transfer-Encoding: " + coding]) + b"\r\n\r\n" + chunks(body)

    _rewritten(name, rewrite, reads)


def _packed(name: str, pack: Callable[[bytes], bytes], *lines: bytes, reads: bool = True) -> None:
    """A way whose body is packed, whatever the header says of it; what is no page is left."""

    def rewrite(head: bytes, body: bytes) -> bytes:
        if b"text/html" not in head:
            return head + b"\r\n\r\n" + body
        kept = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length")]
        body = pack(body)
        return b"\r\n".join([*kept, *lines, b"Content-Length: %d" % len(body)]) + b"\r\n\r\n" + body

    _rewritten(name, rewrite, reads)


# Status lines.
for _line in (
    b"HTTP/1.1 %s",
    b"HTTP/1.1 %s ",
    b"http/1.1 %s ok",
    b"HTTP/1.1  %s  OK",
    b"HTTP/1.1\t%s\tOK",
    b"HTTP/1.0 %s OK",
    b"HTTP/1.2 %s OK",
    b"HTTP/2 %s",
    b"HTTP/1.1 %s \xc5ngra",
    b"HTTP/1.1 %s " + b"a" * 9000,
    b"HTTP %s OK",
):
    _first(_line, name=f"status line {_line[:24]!r}")
for _line in (b"ICY %s OK", b"RTSP/1.0 %s OK", b"SIP/2.0 %s OK", b"HTTP/1.1 2OO OK", b"HTTP/1.1", b"%s OK", b"<html>"):
    _first(_line, reads=False)
_rewritten("blank lines before the status", lambda head, body: b"\r\n\r\n" + head + b"\r\n\r\n" + body)
_rewritten("HTTP/0.9", lambda _, body: body, reads=False)
_rewritten("line feeds alone", lambda head, body: head.replace(b"\r\n", b"\n") + b"\n\n" + body)
_rewritten("carriage returns alone", lambda head, body: head.replace(b"\r\n", b"\r") + b"\r\r" + body, reads=False)
_rewritten("both line ends", lambda head, body: head.replace(b"\r\n", b"\n", 2) + b"\n\r\n" + body)

# Header lines.
_header("a line without a colon", b"this is no header")
_header("a blank in a name", b"X Odd: 1")
_header("a blank before a colon", b"X-Odd : 1")
_header("an empty name", b": 1")
_header("a folded line", b"X-Odd: 1", b"  and more")
_header("a NUL in a value", b"X-Odd: a\0b")
_header("Latin-1 in a value", b"X-Odd: \xe5\xe4\xf6")
_header("a value of 64 KiB", b"X-Odd: " + b"a" * 65000)
_header("300 lines", *(b"X-Odd-%d: 1" % number for number in range(300)))
_header("a status of its own", b"Status: 404 Not Found")
_header("a refresh to itself", b"Refresh: 60")
_header("no type", without=b"content-type")
_header("two types", b"Content-Type: text/plain")
_header("type with junk", b"Content-Type: text/html;;charset", without=b"content-type")
_header("keep-alive without a length", b"Connection: keep-alive", without=b"content-length")
_header("says close and closes late", b"Connection: Keep-Alive, close")


def _lengths(name: str, say: Callable[[int], list[bytes]], reads: bool = True) -> None:
    def rewrite(head: bytes, body: bytes) -> bytes:
        kept = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length")]
        return b"\r\n".join([*kept, *say(len(body))]) + b"\r\n\r\n" + body

    _rewritten(name, rewrite, reads)


_lengths("a length said twice", lambda n: [b"Content-Length: %d" % n] * 2)
_lengths("a length in a list", lambda n: [b"Content-Length: %d, %d" % (n, n)])
_lengths("a length with zeros", lambda n: [b"Content-Length: 000%d" % n])
_lengths("two lengths", lambda n: [b"Content-Length: %d" % n, b"Content-Length: %d" % (n + 7)], reads=False)
_lengths("a length with a sign", lambda n: [b"Content-Length: +%d" % n])
_lengths("a length in words", lambda n: [b"Content-Length: all"])
_lengths("a length too long", lambda n: [b"Content-Length: %d" % (n + 4000)])
_lengths("a length too short", lambda n: [b"Content-Length: %d" % (n * 3 // 4)])
_lengths("a length of nothing", lambda n: [b"Content-Length: 0"], reads=False)
_lengths("a length beyond all", lambda n: [b"Content-Length: 99999999999999999999999999"])
_lengths("a negative length", lambda n: [b"Content-Length: -1"])

# Chunks.


def _cut(
    body: bytes, ends: bytes = b"\r\n", extra: bytes = b"", last: bytes = b"0\r\n\r\n", size: str = "{:x}"
) -> bytes:
    parts = [body[at : at + 300] for at in range(0, len(body), 300)]
    return b"".join(size.format(len(part)).encode() + extra + ends + part + ends for part in parts) + last


_chunked("chunks", _cut)
_chunked("chunks in capitals", lambda body: _cut(body, size="{:X}"), coding=b"Chunked")
_chunked("chunks with zeros", lambda body: _cut(body, size="{:08x}"))
_chunked("chunks with extensions", lambda body: _cut(body, extra=b';name="a;b"'))
_chunked("chunks with blanks", lambda body: _cut(body, extra=b"  "))
_chunked("chunks by line feeds", lambda body: _cut(body, ends=b"\n", last=b"0\n\n"))
_chunked("chunks with trailers", lambda body: _cut(body, last=b"0\r\nX-Sum: 1\r\nContent-Length: 0\r\n\r\n"))
_chunked("chunks without the last line end", lambda body: _cut(body, last=b"0\r\n"))
_chunked("chunks without a last one", lambda body: _cut(body, last=b""))
_chunked("chunks with 0x", lambda body: _cut(body, size="0x{:x}"), reads=False)
_chunked("says chunks and has none", lambda body: body, reads=False)
_chunked("chunks beside another coding", _cut, coding=b"identity, chunked")

# Packed.
_packed("gzip without a word", gzip.compress)
_packed("gzip", gzip.compress, b"Content-Encoding: gzip")
_packed("gzip in capitals", gzip.compress, b"Content-Encoding: GZIP")
_packed("gzip with rubbish behind", lambda body: gzip.compress(body) + b"\0" * 64, b"Content-Encoding: gzip")
_packed(
    "gzip in two parts", lambda body: gzip.compress(body[:500]) + gzip.compress(body[500:]), b"Content-Encoding: gzip"
)
_packed("gzip of a gzip", lambda body: gzip.compress(gzip.compress(body)), b"Content-Encoding: gzip")
_packed(
    "gzip twice by its header",
    lambda body: gzip.compress(gzip.compress(body)),
    b"Content-Encoding: gzip, gzip",
    reads=False,
)
_packed("zlib", zlib.compress, b"Content-Encoding: deflate")
_packed("bare deflate", lambda body: zlib.compress(body, wbits=-15), b"Content-Encoding: deflate")
_packed("gzip called deflate", gzip.compress, b"Content-Encoding: deflate")
_packed("plain called gzip", lambda body: body, b"Content-Encoding: gzip")
_packed("plain called br", lambda body: body, b"Content-Encoding: br", reads=False)
_packed("plain called UTF-8", lambda body: body, b"Content-Encoding: UTF-8")
_packed("UTF-16 with a mark", lambda body: body.decode("latin-1").encode("utf-16"))
_packed("UTF-16 without a mark", lambda body: body.decode("latin-1").encode("utf-16-le"), reads=False)
_packed("UTF-8 with a mark", lambda body: b"\xef\xbb\xbf" + body)
_packed("NULs between", lambda body: body.replace(b">\n", b">\0\n"))

# Connections.


@_way("early hints")
async def _(talk: Talk, hit: Hit, said: bytes) -> None:
    await talk.say(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n", said)


@_way("told to go on")
async def _(talk: Talk, hit: Hit, said: bytes) -> None:
    await talk.say(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 102 Processing\r\n\r\n" * 8, said)


@_way("a flood of interim answers", reads=False)
async def _(talk: Talk, hit: Hit, said: bytes) -> None:
    await talk.say(b"HTTP/1.1 100 Continue\r\n\r\n" * 500, said)


@_way("switches protocols unasked", reads=False)
async def _(talk: Talk, hit: Hit, said: bytes) -> None:
    await talk.say(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n", said)


@_way("byte after byte of the head")
async def _(talk: Talk, hit: Hit, said: bytes) -> None:
    for position in range(40):
        await talk.say(said[position : position + 1])
    await talk.say(said[40:])


@_way("two answers to one request")
async def _(talk: Talk, hit: Hit, said: bytes) -> None:
    await talk.say(said, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")


@_way("rubbish behind the answer")
async def _(talk: Talk, hit: Hit, said: bytes) -> None:
    await talk.say(said.replace(b"Connection: close", b"Connection: keep-alive"), b"rubbish\r\n" * 9)
    await asyncio.sleep(0.02)


@_way("half-closed behind the answer")
async def _(talk: Talk, hit: Hit, said: bytes) -> None:
    await talk.say(said)
    talk.writer.write_eof()
    await asyncio.sleep(0.05)


@_way("half-closed before an answer", reads=False)
async def _(talk: Talk, hit: Hit, said: bytes) -> None:
    talk.writer.write_eof()
    await asyncio.sleep(0.02)


@_way("reset behind the answer")
async def _(talk: Talk, hit: Hit, said: bytes) -> None:
    await talk.say(said)
    await asyncio.sleep(0.02)
    talk.reset()


@_way("a TLS alert in clear", reads=False)
async def _(talk: Talk, hit: Hit, said: bytes) -> None:
    await talk.say(b"\x15\x03\x01\x00\x02\x02\x46")


@_way("the head of an answer, and silence", reads=False)
async def _(talk: Talk, hit: Hit, said: bytes) -> None:
    await talk.say(said.partition(b"\r\n\r\n")[0])
