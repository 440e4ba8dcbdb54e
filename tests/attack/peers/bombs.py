"""Inputs that are small to write and large to read: what every parser is given besides random damage."""

from __future__ import annotations

import base64
import io
import zipfile
import zlib
from collections.abc import Iterator
from functools import cache

_UNPACKED = 64 << 20
_NINE = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


_BROTLI = (
    "y///P/gnAOKxQCD3/o///3/wTwDEYRGA7v0f////4J8AiMMCAN37P/7//8E/ARCHBQC693/8//+DfwIgDgsAdO//+P//B/8EQBwWAOje//H//w/+"
    "CYA4LADQvf/L//8//BMAcVgAoHv/Bw=="
)
"""As many zeros as `_UNPACKED`, by the brotli of Node: Python has none."""


def _zstd() -> bytes:
    """The same by zstd: blocks of one byte that is repeated (RFC 8878, 3.1.1.2)."""
    of_each = 128 << 10
    count = _UNPACKED // of_each
    blocks = ((last | 1 << 1 | of_each << 3).to_bytes(3, "little") + b"\0" for last in [0] * (count - 1) + [1])
    return b"\x28\xb5\x2f\xfd\0\x58" + b"".join(blocks)


def _laughs(root: str) -> bytes:
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{_NINE}]><{root}>&l9;</{root}>'.encode()


def _zip(method: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        archive.writestr("word/document.xml", bytes(_UNPACKED))
    return made.getvalue()


def bombs(most: int) -> Iterator[bytes]:
    """All of them, cut at `most` bytes."""
    for body in _all(most):
        yield body[:most]


def _all(most: int) -> Iterator[bytes]:
    # XML: entities that grow, an entity of another file, one long entity that is used often, depth, attributes.
    for root in ("ListBucketResult", "EnumerationResults", "Error", "AccessControlPolicy", "D:multistatus", "Flows"):
        yield _laughs(root)
        yield f'<!DOCTYPE {root} [<!ENTITY f SYSTEM "file:///etc/passwd">]><{root}><Key>&f;</Key></{root}>'.encode()
        half = most // 2
        quadratic = f'<!DOCTYPE {root} [<!ENTITY a "{"a" * half}">]><{root}>{"&a;" * (half // 3 - 40)}</{root}>'
        yield quadratic.encode()
        yield f"<{root}>".encode() + b"<a>" * (most // 3)
        yield f"<{root} ".encode() + b'x="1" ' * (most // 6)
        yield f"<{root}><Key>".encode() + b"&#x41;" * (most // 6)
        yield f"<{root}><![CDATA[".encode() + b"]]" * (most // 2)
    # JSON: depth, numbers of many digits, exponents, keys that are the same, halves of pairs, no end.
    for piece in (b"[", b'{"a":', b'[{"name":', b'"\\ud800', b"[1e400,", b'{"a":1,"a":'):
        yield piece * (most // len(piece))
    yield b'{"kind":"storage#objects","items":[{"name":"a","size":"' + b"9" * most
    yield b'[{"name":"a","bytes":' + b"9" * (most - 30) + b"}]"
    yield b'{"code":200,"size":' + b"9" * 5000 + b"}"
    yield b"%PDF-1.4\n" + b"stream\n" * (most // 7)
    yield b"%PDF-1.4\n" + b"stream\nendstream\n" * (most // 17)
    # Letters: headers and parts without end.
    yield b"Content-Type: multipart/mixed; boundary=b" + b"; a=b" * (most // 5)
    yield b"Content-Disposition: attachment; " + b'filename*0="a"; ' * (most // 16) + b"\r\n\r\ntext"
    yield b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * (most // 10)
    yield b"Content-Type: message/rfc822\r\n\r\n" * (most // 32)
    yield b"Subject: =?utf-8?q?" + b"=?utf-8?b?" * (most // 10)
    # Frames: vast lengths, chains that lead into themselves, attributes within attributes.
    yield b"\xff" * most
    yield b"\x7f\xff\xff\xff" * (most // 4)
    yield b"0\x80" * (most // 2)
    yield b"\0\0\0\1" * (most // 4)
    yield b"( " * (most // 2)
    yield b"99999999999:" * (most // 12)
    # HTTP: interim answers, headers, chunks of one byte and of vast size.
    yield b"HTTP/1.1 102 Processing\r\n\r\n" * (most // 27)
    yield b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * (most // 6)
    yield b"HTTP/1.1 200 OK\r\nA: " + b"b" * most
    yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * (most // 6)
    yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * most
    # Text: one line, separators, spaces, quotes that never end.
    for piece in (
        b"a",
        b" ",
        b"\t",
        b",",
        b";",
        b'"',
        b"\n",
        b"\r",
        b"\0",
        b"<a href=",
        b"<!--",
        b"&#9",
        b"%25",
        b"./",
    ):
        yield piece * (most // len(piece))


@cache
def packed_bombs() -> tuple[bytes, ...]:
    """Little that unpacks to 64 MB, or that asks for memory before it says anything: in documents and over HTTP."""
    packed = {coding: zlib.compress(bytes(_UNPACKED), wbits=bits) for coding, bits in ((b"gzip", 31), (b"deflate", 15))}
    packed |= {b"br": base64.b64decode(_BROTLI), b"zstd": _zstd()}
    packed[b"gzip, gzip"] = zlib.compress(packed[b"gzip"], wbits=31)
    return (
        _zip(zipfile.ZIP_DEFLATED),
        _zip(zipfile.ZIP_LZMA),
        b"%PDF-1.4\nstream\n" + packed[b"deflate"] + b"\nendstream",
        *packed.values(),
        *(b"HTTP/1.1 200 OK\r\nContent-Encoding: " + coding + b"\r\n\r\n" + body for coding, body in packed.items()),
    )
