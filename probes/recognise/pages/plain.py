"""A body as text, whatever it was wrapped in: gzip that no header announces, UTF-16 with and without its mark; and
what a page holds in templates, which browsers show when a script takes it out."""

from __future__ import annotations

import re
import zlib
from typing import Final

LONGEST = 1 << 24
"""More than this is not unpacked: a listing of a hundred thousand rows is smaller."""


_TEMPLATE: Final = re.compile(
    rb"<template\b([^<>]{0,400})>((?:[^<]|<(?!/?template\b)){0,1000000}+)</template\s{0,8}>", re.IGNORECASE
)
_SHADOW: Final = re.compile(rb"(?i)\bshadowroot(?:mode)?\b")
_TAKEN_OUT: Final = re.compile(rb"\.content\b|\bimportNode\b")
_LINK: Final = re.compile(rb"""(?i)\bhref\s{0,4}=\s{0,4}["']?(?![#{$%\s"'>]|javascript:)""")


def shown_templates(body: bytes) -> bytes:
    """`body` with the content of each `template` in its place that a browser shows: of a declarative shadow root, and
    one with links of its own on a page whose script takes templates out (HTML 4.12.3). Raises nothing."""
    if b"<template" not in body[: 1 << 20].lower():
        return body
    taken = _TAKEN_OUT.search(body) is not None

    def shown(found: re.Match[bytes]) -> bytes:
        shows = _SHADOW.search(found[1]) is not None or (taken and _LINK.search(found[2]) is not None)
        return b"<div>" + found[2] + b"</div>" if shows else found[0]

    return _TEMPLATE.sub(shown, body)


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


_RAW: Final = ("script", "style", "textarea")
_CLOSED: Final = ("title", "h1")
"""Elements that run on to the end of a page when their end tag is missing (HTML 13.2.5), and the heading."""
_ROWS: Final = ("pre", "table")
_TAG: Final = re.compile(r"<[!/?a-z]")
_HELD: Final = re.compile(
    r"<(script|style|textarea)(?=[\s>])[^>]*(?:>.*?(?:</\1|\Z)|\Z)|<!--.*?(?:--!?>|\Z)", re.DOTALL
)


def breaks_off(text: str) -> bool:
    """Whether markup ends within a tag, a comment, or an element that has to be closed; and within a `pre` or a `table`
    where the page has no end either. So does a page whose server gives a length that is too small, or that ran into a
    fault: what it holds is not all there. Other text never breaks off. Linear time, raises nothing."""
    text = text.strip().lower()
    if not text.startswith("<"):
        return False
    last = text.rfind("<")
    if last > text.rfind(">") and _TAG.match(text, last):
        return True
    if text.rfind("<!--") > max(text.rfind("-->"), text.rfind("--!>"), text.rfind("</script")):
        return True
    if any(_open(text, name) for name in _RAW):
        return True
    # Each of these has an end by now; what stands in them are no tags.
    text = _HELD.sub("", text)
    ended = "</html" in text or "</body" in text
    return any(_open(text, name) for name in (_CLOSED if ended else _CLOSED + _ROWS))


def _open(text: str, name: str) -> bool:
    opened = text.rfind(f"<{name}")
    after = text[opened + 1 + len(name) : opened + 2 + len(name)]
    return opened > text.rfind(f"</{name}") and (after == ">" or after.isspace())
