"""Whose canary tokens stand in an answer: in a page, in data, or inside a spreadsheet or document that it is.

Tokens are ASCII letters, digits and hyphens, so that no encoding of a page writes them otherwise.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Final

from probes.recognise.pages.plain import plain_body, utf16_of

TOKEN: Final = re.compile(r"[A-Za-z0-9-]{12,64}")
_MOST_MEMBERS: Final = 400
_MOST_UNPACKED: Final = 32 << 20
_PACKED: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What documents and spreadsheets are packed with (ECMA-376 part 2, OpenDocument 1.3 part 2). LZMA may ask for
gigabytes of memory before the first byte comes."""
_LONGEST: Final = 8 << 20
"""Packed bytes of one stream of a PDF that are read."""
_STREAM: Final = re.compile(rb"stream\r?\n")
_END: Final = b"endstream"
_PIECES: Final = re.compile(rb"\(((?:[^()\\]|\\.){0,4000})\)")
_HEX: Final = re.compile(rb"<([0-9A-Fa-f\s]{2,4000})>")


def tokens_in(body: bytes, tokens: Mapping[str, str]) -> tuple[tuple[str, ...], bool]:
    """The keys of the tokens that stand in a body, sorted, and whether all of it could be read. Raises nothing."""
    body = plain_body(body)
    found = _found(body, tokens)
    whole = True
    if body.startswith(b"PK\x03\x04"):
        for text in _zipped(body):
            if text is None:
                whole = False
            else:
                found |= _found(text, tokens)
    elif body[:1024].lstrip().startswith(b"%PDF-"):
        for text in _of_pdf(body):
            found |= _found(text, tokens)
        # Fonts may number their letters as they like: what is not found may still be shown.
        whole = bool(found)
    return tuple(sorted(found)), whole


def _found(text: bytes, tokens: Mapping[str, str]) -> set[str]:
    codec = utf16_of(text)
    if codec:
        text = text.decode(codec, "replace").encode("utf-8", "replace")
    return {key for key, token in tokens.items() if token.encode("ascii") in text}


def _zipped(body: bytes) -> Iterator[bytes | None]:
    """The members of a zip file, which spreadsheets and documents are; None for what is not unpacked."""
    left = _MOST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for number, member in enumerate(archive.infolist()):
                if number >= _MOST_MEMBERS or left <= 0:
                    yield None
                    return
                if member.compress_type not in _PACKED:
                    yield None
                    continue
                with archive.open(member) as opened:
                    text = opened.read(left + 1)
                left -= len(text)
                yield text
                if left < 0:
                    yield None
    except (zipfile.BadZipFile, zlib.error, struct.error, OSError, RuntimeError, ValueError, EOFError):
        # Cut off, encrypted, or packed in a way that the library does not know.
        yield None


def _inflated(packed: memoryview, most: int) -> bytes:
    """At most `most` unpacked bytes. Raises zlib.error.

    It is given twice as much each time: where it meets an error it copies what it was given and has not read, and most
    beginnings of a stream are none.
    """
    undo, texts, at, size = zlib.decompressobj(), list[bytes](), 0, 64
    while at < len(packed) and most > 0 and not undo.eof:
        texts.append(undo.decompress(packed[at : at + size], most))
        most -= len(texts[-1])
        at, size = at + size, 2 * size
    return b"".join(texts)


def _of_pdf(body: bytes) -> Iterator[bytes]:
    """The texts of a PDF's streams: as they are, and with the pieces of shown strings put together."""
    left, at, end = _MOST_UNPACKED, 0, -1
    while left > 0 and (begin := _STREAM.search(body, at)) is not None:
        at = begin.end()
        if end < at:
            end = body.find(_END, at)
            end = len(body) if end < 0 else end
        # A view, not a copy: a million beginnings in front of one end cost no more than one.
        packed = memoryview(body)[at : min(end, at + _LONGEST)]
        try:
            text = _inflated(packed, left)
        except zlib.error:
            if _STREAM.search(body, at, end) is not None:
                continue
            text = bytes(packed)
        at = end + len(_END)
        left -= len(text)
        yield text
        yield b"".join(_PIECES.findall(text))
        pieces = (b"".join(piece.split()) for piece in _HEX.findall(text))
        yield b"".join(bytes.fromhex(piece.decode()) for piece in pieces if len(piece) % 2 == 0)
