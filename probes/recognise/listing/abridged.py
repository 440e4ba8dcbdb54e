"""Long pages that are no listing: of rows with the same tags some hundreds are read, spread over all of them.

A table of ten thousand orders is no more a listing than a table of some hundred of them. Whether it is one is found
out on the shorter page; only where that is a listing, the whole page is read.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import Final

from probes.recognise.listing.html.page import Page

_LEAST: Final = 96 << 10
"""Bytes of a page that is worth it."""
_FEWEST: Final = 1_000
"""Rows of such a page."""
_KEPT: Final = 240
"""Rows of one making that are read."""
_LONGEST: Final = 4 << 10
"""Bytes of a row that may be left out."""
_STARTS: Final = tuple(
    re.compile(source)
    for source in (
        rb"(?i)<tr[\s>]",
        rb"(?i)<(?:li|dt)[\s>]",
        rb"(?i)<(?:article|section|figure)[\s>]",
        rb"""(?i)<div\s[^<>]{0,60}?class\s?=\s?["']?(?:[\w-]{0,20}(?:card|item|row|tile|entry|post|product))\b""",
        rb"(?i)<form[\s>]",
        rb"(?i)<p[\s>]",
        rb"(?i)<br\s?/?>",
    )
)
_TEXT: Final = re.compile(rb">[^<>]*(?=<|\Z)")
_TAG: Final = re.compile(rb"(?i)<(/?)(table|tbody|ul|ol|dl|div|form|section|article|a|span)\b")
_ENDING: Final = re.compile(rb"\.[A-Za-z][A-Za-z0-9]{1,4}\b")
_VALUE: Final = re.compile(rb"""=\s?("[^"<>]*"|'[^'<>]*'|[^\s"'<>]+)""")


def abridged(page: Page) -> Page | None:
    """The page without most of the rows that have the same tags; None where it is short or its rows differ."""
    body = page.body
    if len(body) < _LEAST:
        return None
    start = next((one for one in _STARTS if _counts(one, body)), None)
    if start is None:
        return None
    begins = [found.start() for found in start.finditer(body)]
    rows = [body[begin:end] for begin, end in pairwise(begins)]
    makings = [_making(row) for row in rows]
    counts: dict[bytes, int] = {}
    for making in makings:
        counts[making] = counts.get(making, 0) + 1
    steps = {making: max(1, -(-count // _KEPT)) if _is_whole(making) else 1 for making, count in counts.items()}
    seen: dict[bytes, int] = {}
    kept = [body[: begins[0]]]
    for row, making in zip(rows, makings, strict=True):
        seen[making] = number = seen.get(making, -1) + 1
        if number % steps[making] == 0 or len(row) > _LONGEST:
            kept.append(row)
    kept.append(body[begins[-1] :])
    if len(kept) * 2 > len(rows):
        return None
    return replace(page, body=b"".join(kept))


def _counts(start: re.Pattern[bytes], body: bytes) -> bool:
    """Whether at least so many rows begin in this way that they are worth counting."""
    found = start.finditer(body)
    return sum(1 for _, _ in zip(range(_FEWEST), found, strict=False)) == _FEWEST


def _making(row: bytes) -> bytes:
    """The tags of a row without its texts and values, but for the ending of what a value names."""
    tags = _TEXT.sub(b">", row)
    return _VALUE.sub(lambda value: b"=" + b"".join(_ENDING.findall(value[0])[-1:]).lower(), tags)


def _is_whole(making: bytes) -> bool:
    """Whether a row ends every element that it begins, and no other."""
    opened: list[bytes] = []
    for closing, name in _TAG.findall(making):
        if not closing:
            opened.append(name)
        elif not opened or opened.pop() != name:
            return False
    return not opened
