"""A body as text, whatever it was wrapped in: gzip that no header announces, UTF-16 with and without its mark."""

from __future__ import annotations

import zlib

LONGEST = 1 << 24
"""More than this is not unpacked: a listing of a hundred thousand rows is smaller."""


def plain_body(body: bytes) -> bytes:
    """`body`, unpacked where it is itself gzip (RFC 1952) and its header says nothing of it: at most 16 MiB.

    What turns out not to be gzip, or breaks off before its first byte, stays as it came. Raises nothing.
    """
    if body[:3] != b"\x1f\x8b\x08":
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        return unpacker.decompress(body, LONGEST) or body
    except zlib.error:
        return body


def utf16_of(body: bytes) -> str:
    """The Python codec of a body in UTF-16, told by its mark or by the zero bytes of its Latin letters; else empty."""
    if body[:2] == b"\xff\xfe":
        return "utf-16-le"
    if body[:2] == b"\xfe\xff":
        return "utf-16-be"
    head = body[:512]
    if len(head) >= 8 and b"\0" in head:
        half = len(head) // 2
        if head[1::2].count(0) * 4 >= half * 3 and not head[::2].count(0):
            return "utf-16-le"
        if head[::2].count(0) * 4 >= half * 3 and not head[1::2].count(0):
            return "utf-16-be"
    return ""


def as_text(body: bytes) -> str:
    """The text of a body for reading, not for addresses: UTF-16 or UTF-8, what is neither replaced."""
    codec = utf16_of(body)
    return body.decode(codec or "utf-8", errors="replace").lstrip("\ufeff")
