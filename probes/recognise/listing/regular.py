"""Long pages of known servers: rows that are written alike are read once in full, and then by their expression.

A page of three thousand rows is made shorter first: the rows in its middle are left out that stand behind the same
markup as rows that stay. The shorter page is read by every rule. If these read its rows as the expression does, the
expression's rows are the entries of the whole page; if not, the whole page is read by every rule.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from urllib.parse import unquote_to_bytes

from probes.recognise.listing.fields.dates import read_date
from probes.recognise.listing.fields.links import to_text
from probes.recognise.listing.fields.sizes import read_size
from probes.recognise.listing.html.markup import attribute_text
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.model import Entry, Kind, Listing, Modified, Size, Strength
from probes.recognise.listing.streaming.row_dialects import DIALECTS, HEAD

_ENDS: Final = 60
"""Rows at either end that are always read in full: a page says in its first and last 600 tags and texts what it is."""
_FEWEST: Final = 8 * _ENDS
_HREF: Final = re.compile(rb"(?!\.{1,2}/?$)(?:[\w.~()!,@=+-]|%(?!2[fF])[0-9a-fA-F]{2})+/?", re.ASCII)
"""A link that means one thing: the name of a direct child, with nothing in it that a server may write otherwise."""
_SHOWN: Final = re.compile(rb">([^<]*)</a>")
_CUT: Final = (b"..>", b"..&gt;")


@dataclass(frozen=True, slots=True)
class Shortened:
    """A page without the rows in its middle, its rows as entries, and the places of those that stayed."""

    page: Page
    entries: list[Entry | None]
    """None for a row that stayed because only the other rules can read it."""
    stayed: list[int]

    def whole(self, read: object) -> Listing | None:
        """The listing of the whole page, where the shorter page was `read` as the expression reads it."""
        if not isinstance(read, Listing) or read.partial or read.strength is not Strength.CERTAIN:
            return None
        if len(read.entries) != len(self.stayed):
            return None
        entries = [*self.entries]
        for at, entry in zip(self.stayed, read.entries, strict=True):
            if self.entries[at] not in {None, entry}:
                return None
            entries[at] = entry
        whole = tuple([entry for entry in entries if entry is not None])
        return replace(read, entries=whole) if len({one.name for one in whole}) == len(whole) else None


def shortened(page: Page) -> Shortened | None:
    """The page made shorter; None where no known server wrote it, it is short, or its rows are not alike."""
    head = page.body[:HEAD]
    dialect = next((one for one in DIALECTS if all(mark in head for mark in one.head)), None)
    rows = list(dialect.row.finditer(page.body)) if dialect is not None and page.whole else []
    if len(rows) < _FEWEST:
        return None
    reader = _Rows(page)
    entries: list[Entry | None] = []
    pieces: list[bytes] = []
    stayed: list[int] = []
    seen: set[bytes] = set()
    end = 0
    for at, row in enumerate(rows):
        gap = page.body[end : row.start()]
        entry = reader.entry(row)
        entries.append(entry)
        if entry is None or at < _ENDS or at >= len(rows) - _ENDS or gap not in seen:
            seen.add(gap)
            pieces += (gap, row[0])
            stayed.append(at)
        end = row.end()
    if len(stayed) * 2 > len(rows):
        return None
    pieces.append(page.body[end:])
    short = replace(page, body=b"".join(pieces))
    short.left_out = len(rows) - len(stayed)
    return Shortened(short, entries, stayed)


class _Rows:
    """Reads the rows of one page: texts of sizes and times are met again and again."""

    def __init__(self, page: Page) -> None:
        self._base = page.place.base
        self._sizes: dict[bytes, Size | None] = {}
        self._times: dict[bytes, Modified | None] = {}

    def entry(self, row: re.Match[bytes]) -> Entry | None:
        """The entry of a row; None where other rules may read it otherwise."""
        href, time, size = row.groups()
        if time is None or len(time) < _TIME or not _HREF.fullmatch(href) or (size == b"-") != href.endswith(b"/"):
            return None
        name = to_text(unquote_to_bytes(href)).rstrip("/")
        beside = len(name) >= _NOTED and name.encode() in row[0].rpartition(b"</a>")[2]
        if not name or beside or not self._shows(row[0], href, name):
            return None
        path = self._base + href.decode()
        kind = Kind.DIRECTORY if href.endswith(b"/") else Kind.FILE
        return Entry(name, path, kind, None if kind is Kind.DIRECTORY else self._size(size), self._time(time))

    @staticmethod
    def _shows(row: bytes, href: bytes, name: str) -> bool:
        found = _SHOWN.search(row)
        shown = found[1] if found is not None else b""
        if shown == href or shown.endswith(_CUT):
            return True
        return attribute_text(shown.decode("utf-8", "replace")) == name + "/" * href.endswith(b"/")

    def _size(self, text: bytes) -> Size | None:
        if text not in self._sizes:
            self._sizes[text] = read_size(text.decode())
        return self._sizes[text]

    def _time(self, text: bytes) -> Modified | None:
        """Of the times of one hour only the minutes differ."""
        hour, minutes = text[:-2], int(text[-2:])
        if minutes >= _HOUR:
            return read_date(text.decode())
        if hour not in self._times:
            self._times[hour] = read_date(f"{hour.decode()}00")
        known, later = self._times[hour], timedelta(minutes=minutes)
        return Modified(known.low + later, known.high + later) if known is not None else None


_TIME: Final = 16
"""Characters of the shortest time: `2026-11-21 21:08`."""
_HOUR: Final = 60
_NOTED: Final = 5
"""Characters of a name that is told from the date beside it."""
