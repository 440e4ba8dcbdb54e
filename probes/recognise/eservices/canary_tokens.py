"""Whose canary tokens stand in an answer: in a page, in data, or inside a spreadsheet or document that it is.

Tokens are ASCII letters, digits and hyphens, so that no encoding of a page writes them otherwise.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Final

from probes.recognise.pages.plain import plain_body, utf16_of

TOKEN: Final = re.compile(r"[A-Za-z0-9-]{12,64}")
_MOST_MEMBERS: Final = 400
_MOST_UNPACKED: Final = 32 << 20
_STREAM: Final = re.compile(rb"stream\r?\n")
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
                with archive.open(member) as opened:
                    text = opened.read(left + 1)
                left -= len(text)
                yield text
                if left < 0:
                    yield None
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, NotImplementedError, ValueError, EOFError):
        # Cut off, encrypted, or packed in a way that the library does not know.
        yield None


def _of_pdf(body: bytes) -> Iterator[bytes]:
    """The texts of a PDF's streams: as they are, and with the pieces of shown strings put together."""
    left = _MOST_UNPACKED
    for begin in _STREAM.finditer(body):
        unpacker = zlib.decompressobj()
        try:
            text = unpacker.decompress(body[begin.end() : begin.end() + (8 << 20)], max(1, left))
        except zlib.error:
            text = body[begin.end() : body.find(b"endstream", begin.end())]
        left -= len(text)
        yield text
        yield b"".join(_PIECES.findall(text))
        pieces = (b"".join(piece.split()) for piece in _HEX.findall(text))
        yield b"".join(bytes.fromhex(piece.decode()) for piece in pieces if len(piece) % 2 == 0)
        if left <= 0:
            return
