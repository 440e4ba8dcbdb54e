"""A record of the evidence log as it is stored: deflated, against words that most records hold. Hashed is its plain
text, so nothing that proves anything depends on how it is stored."""

from __future__ import annotations

import zlib

_WORDS = (
    b'"private":"public":"changes":[["declared":{"delivered","deliveries":[["evidence":[["closed":"exposed","opened",'
    b'"not-run"],"inconclusive:","blind"],"exposed"],["commits":[",null,0,0,0,0,0,"round","end":["20{"at":"2026-00Z",'
    b'000Z","seq":,"looks":[[0,0,0,4,0,5,0],[,0,0,13,0,14,0],[","round":"2026T00Z-","slots":[[,"clear"],['
)
"""What records are deflated against. It never changes: what is on file needs it."""
_PACKED = b"\x01"
"""Stands before a record that is deflated; one that was stored before is plain, and begins with a brace."""
_MOST = 1 << 28
"""Bytes of the longest record that is read."""


def packed(body: bytes) -> bytes:
    """A record as it is stored."""
    deflate = zlib.compressobj(6, zlib.DEFLATED, -15, zdict=_WORDS)
    return _PACKED + deflate.compress(body) + deflate.flush()


def plain(stored: bytes) -> bytes:
    """The record that is stored so; what is none, and was never written by us, as it is: its hash will not fit."""
    if stored[:1] != _PACKED:
        return stored
    inflate = zlib.decompressobj(-15, zdict=_WORDS)
    try:
        body = inflate.decompress(stored[1:], _MOST)
    except zlib.error:
        return stored
    return body if inflate.eof and not inflate.unused_data else stored
