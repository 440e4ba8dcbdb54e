"""HTTP is read as browsers read it: odd lines are passed over; no HTTP is told apart from bad HTTP."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.network.http.response import ResponseReader
from probes.api import Unknown
from probes.reasons import NoAnswerReason, UndecidedReason
from probes.requests.http import Answer, Ending, NoAnswer, Request, Response
from probes.web.listing import HTTP_LISTING
from tests.monitor.network.builders import look, target, verdict_word
from tests.servers.pages import Disk
from tests.servers.raw import Talk, listening

GET = Request("GET", "/", 1 << 20)
DISK = Disk()
PAGE = DISK.page()
HTML = b"Content-Type: text/html\r\n"
LENGTH = b"Content-Length: %d\r\n" % len(PAGE)
OK = b"HTTP/1.1 200 OK\r\n"


def read(data: bytes, *, step: int = 1 << 20, request: Request = GET, closes: bool = True) -> Answer | None:
    """What is made of these bytes, `step` at a time."""
    reader = ResponseReader(request)
    for start in range(0, len(data), step):
        reader.take(memoryview(data[start : start + step]))
    if closes:
        reader.closed(None)
    return reader.answer


def chunked(body: bytes, size: int = 100, line: Callable[[int], bytes] = lambda n: b"%x\r\n" % n) -> bytes:
    """A body in chunks."""
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(line(len(part)) + part + b"\r\n" for part in parts) + b"0\r\n\r\n"


LONG = b"img-src https://a.example; " * 2420
ODD_HEADS = {
    "plain": OK + HTML + LENGTH,
    "comma-after-status": b"HTTP/1.1 200, here it is\r\n" + HTML + LENGTH,
    "no-colon": OK + HTML + b"X-XSS-Protection=1;\r\n" + LENGTH,
    "no-colon-first": OK + b"Nonsense\r\n" + HTML + LENGTH,
    "no-colon-continued": OK + b"Nonsense\r\n  Content-Length: 3\r\n" + HTML + LENGTH,
    "a-page-in-the-head": OK + b"<b>Warning</b>: Cannot modify header information\r\n" + HTML + LENGTH,
    "blank-in-name": OK + b"Content Length: 3\r\nX Frame Options: DENY\r\n" + HTML + LENGTH,
    "blank-before-colon": OK + b"Content-Type : text/html\r\nContent-Length\t: %d\r\n" % len(PAGE),
    "empty-name": OK + b": no name\r\n" + HTML + LENGTH,
    "nul": OK + b"X-Odd: a\0b\r\n" + HTML + LENGTH,
    "not-ascii": OK + "X-Ort: Göteborg\r\nÅÄÖ: x\r\n".encode("latin-1") + HTML + LENGTH,
    "long-value": OK + b"Content-Security-Policy: " + LONG + b"\r\n" + HTML + LENGTH,
    "many-long-values": OK + (b"Set-Cookie: " + b"c" * 8000 + b"\r\n") * 20 + HTML + LENGTH,
    "folded": OK + b"X-Long: one\r\n two\r\n\tthree\r\n" + HTML + LENGTH,
    "folded-type": OK + b"Content-Type:\r\n text/html\r\n" + LENGTH,
    "length-twice": OK + HTML + LENGTH + LENGTH,
    "length-listed": OK + HTML + b"Content-Length: %d, %d\r\n" % (len(PAGE), len(PAGE)),
    "length-of-nothing": OK + HTML + b"Content-Length:\r\n",
    "length-signed": OK + HTML + b"Content-Length: -1\r\n",
    "length-word-beside": OK + HTML + b"Content-Length: many\r\n" + LENGTH,
    "bare-line-feeds": (OK + HTML + LENGTH).replace(b"\r\n", b"\n"),
    "no-reason": b"HTTP/1.1 200\r\n" + HTML + LENGTH,
    "lower-case": b"http/1.1 200 ok\r\n" + HTML.lower() + LENGTH.upper(),
    "two-blanks": b"HTTP/1.1  200   OK\r\n" + HTML + LENGTH,
    "version-2-said": b"HTTP/2 200\r\n" + HTML + LENGTH,
    "no-version": b"HTTP 200 OK\r\n" + HTML + LENGTH,
    "blank-line-first": b"\r\n\r\n" + OK + HTML + LENGTH,
    "byte-order-mark": b"\xef\xbb\xbf" + OK + HTML + LENGTH,
    "continue-first": b"HTTP/1.1 100 Continue\r\n\r\n" + OK + HTML + LENGTH,
}


@pytest.mark.parametrize("name", ODD_HEADS)
@pytest.mark.parametrize("step", [1, 7, 1 << 20])
def test_odd_heads_are_read(name: str, step: int) -> None:
    answer = read(ODD_HEADS[name].replace(b"\n\n", b"\n") + b"\r\n" + PAGE, step=step)
    assert isinstance(answer, Response), answer
    assert (answer.status, answer.type, answer.ending) == (200, "text/html", Ending.WHOLE)
    assert answer.body == PAGE
    assert answer.length in (len(PAGE), None)


@pytest.mark.parametrize("name", ["no-colon", "blank-in-name", "long-value", "length-twice", "nul", "folded-type"])
async def test_an_open_disk_with_an_odd_head_is_exposed(name: str) -> None:
    async def serve(talk: Talk) -> None:
        hit = await talk.hear()
        if hit is not None:
            root = ODD_HEADS[name] + b"Connection: close\r\n\r\n" + PAGE
            await talk.say(root if hit.path == "/" and hit.method == "GET" else DISK.answer(hit))

    async with listening(serve) as server:
        seen = await look(HTTP_LISTING, target(server))
    assert [verdict_word(one) for one in seen.verdicts] == ["exposed"]


CHUNKS = OK + HTML + b"Transfer-Encoding: chunked\r\n"


@pytest.mark.parametrize(
    "data",
    [
        CHUNKS + b"\r\n" + chunked(PAGE),
        CHUNKS + b"\r\n" + chunked(PAGE, 1),
        CHUNKS + b"\r\n" + chunked(PAGE, line=lambda n: b"%X  \r\n" % n),
        CHUNKS + b"\r\n" + chunked(PAGE, line=lambda n: b"0000%x;name=value\r\n" % n),
        CHUNKS + b"\r\n" + chunked(PAGE).replace(b"\r\n", b"\n") if b"\r\n" not in PAGE else CHUNKS,
        CHUNKS + b"\r\n" + chunked(PAGE).removesuffix(b"\r\n") + b"X-Trailer: a\r\nX-Other\r\n\r\n",
        CHUNKS + b"Content-Length: 3\r\n\r\n" + chunked(PAGE),
        OK + HTML + b"Transfer-Encoding: gzip\r\nTransfer-Encoding: Chunked\r\n\r\n" + chunked(PAGE),
    ],
)
@pytest.mark.parametrize("step", [1, 13, 1 << 20])
def test_odd_chunks_are_read(data: bytes, step: int) -> None:
    answer = read(data, step=step)
    assert isinstance(answer, Response)
    assert (answer.body, answer.ending, answer.wire) == (PAGE, Ending.WHOLE, len(PAGE))


@pytest.mark.parametrize(
    "data",
    [
        CHUNKS + b"\r\n" + chunked(PAGE)[:-60],
        CHUNKS + b"\r\n" + chunked(PAGE).removesuffix(b"0\r\n\r\n") + b"-5\r\nhello",
        CHUNKS + b"\r\n" + chunked(PAGE).removesuffix(b"0\r\n\r\n") + b"ffffffffffffffffff\r\nhello",
        CHUNKS + b"\r\n" + PAGE,
        OK + HTML + LENGTH + b"\r\n" + PAGE[:-1],
        OK + HTML + LENGTH + b"Content-Length: 99\r\n\r\n" + PAGE,
        OK + HTML + b"Content-Length: %d, 99\r\n\r\n" % len(PAGE) + PAGE,
    ],
)
def test_a_body_whose_end_nobody_knows_is_broken(data: bytes) -> None:
    answer = read(data)
    assert isinstance(answer, Response)
    assert answer.ending is Ending.BROKEN
    assert answer.body in PAGE


@pytest.mark.parametrize("step", [1, 7, 1 << 20])
@pytest.mark.parametrize("lines", [CHUNKS, CHUNKS + LENGTH])
@pytest.mark.parametrize("body", [PAGE, b"call-1.wav  1028  2024-11-21\n" * 3, b"face to face: 3 calls"])
def test_a_body_that_is_in_no_chunks_is_read_and_nobody_knows_where_it_ends(
    body: bytes, lines: bytes, step: int
) -> None:
    answer = read(lines.replace(b"%d" % len(PAGE), b"%d" % len(body)) + b"\r\n" + body, step=step)
    assert isinstance(answer, Response)
    assert (answer.ending, answer.body) == (Ending.BROKEN, body)


def test_a_chunk_of_nonsense_behind_a_chunk_is_no_body() -> None:
    answer = read(CHUNKS + b"\r\n5\r\nhello\r\n<p>more</p>\r\n")
    assert isinstance(answer, Response)
    assert (answer.ending, answer.body) == (Ending.BROKEN, b"hello")


def test_a_member_of_gzip_that_breaks_off_breaks_the_body_and_those_before_it_stay() -> None:
    for behind in (gzip.compress(PAGE)[:40], b"\x1f\x8b\x08" + bytes(range(200, 250))):
        answer = read(OK + HTML + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(PAGE) + behind, step=64)
        assert isinstance(answer, Response)
        assert answer.ending is Ending.BROKEN
        assert answer.body.startswith(PAGE)


def test_members_of_gzip_are_bounded_together() -> None:
    member = gzip.compress(bytes(5_000_000))
    answer = read(OK + b"Content-Encoding: gzip\r\n\r\n" + member * 9, request=Request("GET", "/", 1 << 16))
    assert isinstance(answer, Response)
    assert (answer.ending, len(answer.body)) == (Ending.BOMB, 1 << 16)
    empty = read(OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"") * 12_000 + gzip.compress(b"late"))
    assert isinstance(empty, Response)
    assert empty.body == b""


OTHERS = {
    "ssh": b"SSH-2.0-OpenSSH_9.2p1\r\n",
    "ftp": b"220 ProFTPD Server ready.\r\n",
    "smtp": b"220 mail.test ESMTP\r\n500 unrecognised\r\n",
    "redis": b"-ERR wrong number of arguments for 'get' command\r\n",
    "http-0.9": b"<html><body>Hello</body></html>",
    "page-alone": b"\r\n<!doctype html>" + PAGE,
    "noise": bytes(range(200, 256)) * 10,
    "rtsp": b"RTSP/1.0 400 Bad Request\r\n\r\n",
    "mysql": b"J\x00\x00\x00\x0a8.0.36\x00",
}
MALFORMED = {
    "status-word": b"HTTP/1.1 abc Fine\r\n\r\n",
    "status-long": b"HTTP/1.1 200200200 OK\r\n\r\n",
    "status-zero": b"HTTP/1.1 000 Nothing\r\n\r\n",
    "status-none": b"HTTP/1.1\r\nContent-Length: 2\r\n\r\nok",
    "head-without-end": OK + b"A: b\r\n" * 60_000,
    "line-without-end": OK + b"X: " + b"x" * 400_000,
    "interim-for-ever": b"HTTP/1.1 100 Continue\r\n\r\n" * 50,
}


@pytest.mark.parametrize(("name", "data"), OTHERS.items())
@pytest.mark.parametrize("step", [1, 1 << 20])
def test_another_protocol_is_no_http(name: str, data: bytes, step: int) -> None:
    answer = read(data, step=step, closes=False)
    assert isinstance(answer, NoAnswer), name
    assert answer.why is NoAnswerReason.NOT_HTTP


@pytest.mark.parametrize(("name", "data"), MALFORMED.items())
def test_http_that_nobody_can_read_is_said_to_be_that(name: str, data: bytes) -> None:
    answer = read(data, step=1 << 16, closes=False)
    assert isinstance(answer, NoAnswer), name
    assert answer.why is NoAnswerReason.MALFORMED_HTTP


def test_a_tls_alert_is_no_http_and_is_said() -> None:
    for step in (1, 100):
        answer = read(b"\x15\x03\x01\x00\x02\x02\x46", step=step, closes=False)
        assert isinstance(answer, NoAnswer)
        assert (answer.why, "TLS alert" in answer.detail) == (NoAnswerReason.NOT_HTTP, True)


RAW = zlib.compressobj(9, zlib.DEFLATED, -15)
BY_DEFLATE = RAW.compress(PAGE) + RAW.flush()
CODED = {
    "plain-utf-8": (PAGE, b"UTF-8"),
    "plain-none": (PAGE, b"none"),
    "plain-aws": (PAGE, b"aws-chunked"),
    "plain-latin": (PAGE, b"iso-8859-1"),
    "plain-type": (PAGE, b"text/html"),
    "plain-empty": (PAGE, b""),
    "plain-identity": (PAGE, b"identity"),
    "plain-called-gzip": (PAGE, b"gzip"),
    "plain-called-deflate": (PAGE, b"deflate"),
    "plain-called-gzip-twice": (PAGE, b"gzip, gzip"),
    "gzip": (gzip.compress(PAGE), b"gzip"),
    "gzip-twice": (gzip.compress(gzip.compress(PAGE)), b"gzip, gzip"),
    "gzip-called-twice": (gzip.compress(PAGE), b"gzip, gzip"),
    "deflate-within-gzip": (gzip.compress(BY_DEFLATE), b"deflate, gzip"),
    "gzip-in-members": (gzip.compress(PAGE[:500]) + gzip.compress(PAGE[500:]), b"x-gzip"),
    "gzip-in-many-members": (b"".join(gzip.compress(PAGE[i : i + 3]) for i in range(0, len(PAGE), 3)), b"gzip"),
    "gzip-padded": (gzip.compress(PAGE) + bytes(37), b"gzip"),
    "gzip-with-two-bytes-behind": (gzip.compress(PAGE) + b"\x1f\x8b", b"gzip"),
    "gzip-and-utf-8": (gzip.compress(PAGE), b"utf-8, GZIP"),
    "gzip-unsaid": (gzip.compress(PAGE), None),
    "gzip-called-utf-8": (gzip.compress(PAGE), b"utf-8"),
    "gzip-called-identity": (gzip.compress(PAGE), b"identity"),
    "zlib": (zlib.compress(PAGE), b"deflate"),
    "deflate": (BY_DEFLATE, b"deflate"),
}


@pytest.mark.parametrize("name", CODED)
@pytest.mark.parametrize("step", [1, 50, 1 << 20])
def test_a_coding_is_what_the_bytes_are(name: str, step: int) -> None:
    body, said = CODED[name]
    coding = b"" if said is None else b"Content-Encoding: " + said + b"\r\n"
    answer = read(OK + HTML + coding + b"Content-Length: %d\r\n\r\n" % len(body) + body, step=step)
    assert isinstance(answer, Response)
    assert (answer.body, answer.ending, answer.wire) == (PAGE, Ending.WHOLE, len(body))


@pytest.mark.parametrize(
    ("body", "said", "kind"),
    [
        (bytes(byte ^ 0x5A for byte in PAGE), b"x-scrambled", b"text/html"),
        (PAGE, b"br", b"text/html"),
        (gzip.compress(PAGE), b"br, gzip", b"text/html"),
        (PAGE, b"gzip, gzip, gzip", b"text/html"),
    ],
)
def test_what_is_packed_in_ways_that_we_cannot_undo_is_unreadable(body: bytes, said: bytes, kind: bytes) -> None:
    answer = read(OK + b"Content-Type: %s\r\nContent-Encoding: %s\r\n\r\n" % (kind, said) + body)
    assert isinstance(answer, Response)
    assert answer.ending is Ending.UNREADABLE


@pytest.mark.parametrize("kind", [b"application/gzip", b"application/octet-stream", b"text/plain", b""])
def test_a_packed_file_stays_packed(kind: bytes) -> None:
    packed = gzip.compress(b"-- MySQL dump\n" * 1000)
    answer = read(OK + b"Content-Type: %s\r\n\r\n" % kind + packed)
    assert isinstance(answer, Response)
    assert answer.body == packed


def test_a_bomb_within_a_packed_body_is_bounded() -> None:
    body = gzip.compress(gzip.compress(bytes(60_000_000)))
    answer = read(OK + b"Content-Encoding: gzip, gzip\r\n\r\n" + body, request=Request("GET", "/", 1 << 16))
    assert isinstance(answer, Response)
    assert answer.ending is Ending.BOMB
    assert len(answer.body) <= 1 << 16


def test_a_bomb_that_does_not_say_that_it_is_gzip_is_bounded() -> None:
    answer = read(OK + HTML + b"\r\n" + gzip.compress(bytes(60_000_000)), request=Request("GET", "/", 1 << 16))
    assert isinstance(answer, Response)
    assert answer.ending is Ending.BOMB
    assert len(answer.body) <= 1 << 16


@pytest.mark.parametrize("coding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "latin-1"])
def test_the_bytes_of_any_charset_are_left_as_they_are(coding: str) -> None:
    body = PAGE.decode().encode(coding)
    for said in (b"", b"Content-Encoding: UTF-16\r\n") if coding == "utf-16" else (b"",):
        answer = read(OK + HTML + said + b"\r\n" + body)
        assert isinstance(answer, Response)
        assert (answer.body, answer.ending) == (body, Ending.WHOLE)


HEAD = Request("HEAD", "/")


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_where_no_body_can_come_none_is_waited_for(status: bytes) -> None:
    answer = read(b"HTTP/1.1 " + status + b"\r\nContent-Length: 99\r\n\r\n", closes=False)
    assert isinstance(answer, Response)
    assert answer.ending is Ending.WHOLE
    assert read(OK + LENGTH + b"\r\n", request=HEAD, closes=False) is not None


PIECES = st.lists(
    st.sampled_from(
        [
            *(OK, HTML, LENGTH, b"\r\n", b"\n", b"\r\n\r\n", PAGE[:50], b"0\r\n\r\n", b"5\r\nhello\r\n"),
            *(b"Transfer-Encoding", b": chunked\r\n", b"Content-Encoding: gzip\r\n", gzip.compress(b"<p>hello")),
            *(b"\0", b"HTTP/1.1 100 x\r\n\r\n", b" folded\r\n", b"Connection: close\r\n", b"Content-Length: 5\r\n"),
            *(b"\x15\x03", b"\xff\xfe"),
        ]
    ),
    max_size=12,
)


@settings(max_examples=400, deadline=None)
@given(PIECES, st.integers(1, 40), st.sampled_from([GET, HEAD, Request("GET", "/", 0), Request("GET", "/", 9)]))
def test_the_same_bytes_are_the_same_answer_in_any_pieces(parts: list[bytes], step: int, request_: Request) -> None:
    data = OK + b"".join(parts)
    whole, pieces = read(data, request=request_), read(data, step=step, request=request_)
    if isinstance(whole, Response) and isinstance(pieces, Response):
        assert (whole.status, whole.headers, whole.body) == (pieces.status, pieces.headers, pieces.body)
        assert whole.ending == pieces.ending
    else:
        assert whole == pieces


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise(data: bytes) -> None:
    for start in (b"", OK, CHUNKS + b"\r\n"):
        read(start + data, step=3)


SETTINGS = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"
GOAWAY = b"\x00\x00\x08\x07\x00\x00\x00\x00\x00" + b"\x00\x00\x00\x00\x00\x00\x00\x02"


@pytest.mark.parametrize(
    "frames", [SETTINGS + GOAWAY, GOAWAY, b"\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x04\x00\x00\xff\xff"]
)
@pytest.mark.parametrize("step", [1, 5, 1 << 20])
async def test_a_server_that_answers_in_frames_of_http_2_speaks_that_alone(frames: bytes, step: int) -> None:
    answer = read(frames, step=step)
    assert isinstance(answer, NoAnswer)
    assert answer.why is NoAnswerReason.HTTP_2

    async def serve(talk: Talk) -> None:
        await talk.hear()
        await talk.say(frames)

    async with listening(serve) as server:
        (verdict,) = (await look(HTTP_LISTING, target(server))).verdicts
    assert isinstance(verdict, Unknown)
    assert verdict.why is UndecidedReason.NEWER_HTTP_ONLY


@pytest.mark.parametrize("said", [b"\0\0\0\0\0\0\0\0\0\0", b"\0\0\x08\x07\0\0\0\0\x09", b"\0\x01\x08\x07\0\0\0\0\0"])
def test_what_begins_with_zeros_is_not_always_http_2(said: bytes) -> None:
    answer = read(said)
    assert isinstance(answer, NoAnswer)
    assert answer.why is NoAnswerReason.NOT_HTTP
