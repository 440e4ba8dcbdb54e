"""Listings of any length as they arrive: rows of the big servers' own pages, without ever holding the page."""

from __future__ import annotations

import html
import re
from typing import TypeAlias

from probes.recognise.dates import find_date, modified
from probes.recognise.links import Place, Target
from probes.recognise.listing import Entry, Kind
from probes.recognise.page import decode
from probes.recognise.sizes import read_size

Row: TypeAlias = tuple[bytes, bytes, bytes]
"""A row to the letter: href, date and size. `Stream.entry` makes an entry of one; a count needs none."""

# Neither sort links nor the link up are rows: both begin with a character that no server of these leaves in a name.
_LINK = rb'<a href="(?!/|\?|\.\./?")([^"]{1,16384})"(?: title="[^"]{0,16384}")?>[^<]{0,4096}</a>'
_DIALECTS: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    (
        "apache table",
        re.compile(_LINK + rb" {0,512}</td><td[^>]{0,64}>([^<]{0,64})</td><td[^>]{0,64}>([^<]{0,32})</td>"),
    ),
    ("apache", re.compile(_LINK + rb" {1,512}(\d{4}-\d\d-\d\d \d\d:\d\d) {1,16}(-|[\d.]{1,8}[KMGT]?) ")),
    (
        "nginx",
        re.compile(
            _LINK + rb" {1,512}(\d\d-[A-Z][a-z][a-z]-\d{4} \d\d:\d\d) {1,32}(-|\d{1,20}|[\d.]{1,8}[KMGT]?)\r?\n"
        ),
    ),
)
_ANCHOR = b"<a href="
_ENDS = (b"</table>", b"</pre>")
_LONGEST_HEAD = 1 << 20
_LONGEST_ROW = 64 << 10
_STRAYS = 16
"""Links that are no rows: the sort links, the link up, and a foot's. More of them means that rows go unread."""


class Stream:
    """One page as it arrives. Once `broken` says why, its rows no longer count and the page needs a real parser.

    The rows are what they are only on a page that `recognise` has already called a listing by its beginning.
    """

    def __init__(self, url: str) -> None:
        self.family = ""
        self.broken = ""
        self.rows = 0
        self.whole = False
        """Whether the end of the table or text has been seen."""
        self._place = Place(url)
        self._pattern: re.Pattern[bytes] | None = None
        self._held = b""
        self._strays = 0

    def feed(self, chunk: bytes) -> list[Row]:
        """The rows that `chunk` completes, in the page's order; none once broken. Raises nothing."""
        if self.broken:
            return []
        held = self._held + chunk
        if self._pattern is None and not self._choose(held):
            self._held = held
            if len(held) > _LONGEST_HEAD:
                self._break("no row of a known dialect at the beginning")
            return []
        return self._take(held)

    def close(self) -> None:
        """The body has ended: what is left over must be the page's foot."""
        if self.broken:
            return
        if self._pattern is None:
            self._break("no row of a known dialect")
            return
        self._strays += self._held.count(_ANCHOR)
        self.whole = self.whole or any(end in self._held for end in _ENDS)
        self._held = b""
        if self._strays > _STRAYS:
            self._break("rows that do not fit the dialect")

    def entry(self, row: Row) -> Entry | None:
        """The entry that a row is, or None when its link leads to no direct child of the page."""
        href, date, size = row
        target = self._place.resolve(html.unescape(decode(href)))
        if not isinstance(target, Target) or target.parent != self._place.own:
            return None
        stamp = find_date(date.decode("latin-1"))
        when = modified(stamp, None) if stamp else None
        if target.slash:
            return Entry(target.name, target.path, Kind.DIRECTORY, None, when)
        return Entry(target.name, target.path, Kind.FILE, read_size(size.decode("latin-1")), when)

    def _choose(self, held: bytes) -> bool:
        counted = [(len(pattern.findall(held)), name, pattern) for name, pattern in _DIALECTS]
        most, name, pattern = max(counted, key=lambda one: one[0])
        if most:
            self.family, self._pattern = name, pattern
        return most > 0

    def _take(self, held: bytes) -> list[Row]:
        assert self._pattern is not None  # noqa: S101  chosen before any row is taken
        # Only up to the last row's end is known to be complete; what follows waits for the next chunk.
        found: list[Row] = self._pattern.findall(held)
        end = 0
        if found:
            start = held.rfind(b'<a href="' + found[-1][0] + b'"')
            last = self._pattern.match(held, start)
            end = last.end() if last else 0
        self._held = held[end:]
        self._strays += held.count(_ANCHOR, 0, end) - len(found)
        self.rows += len(found)
        self.whole = self.whole or any(mark in self._held for mark in _ENDS)
        if self._strays > _STRAYS or len(self._held) > _LONGEST_ROW + _LONGEST_HEAD * self.whole:
            self._break("rows that do not fit the dialect")
            return []
        return found

    def _break(self, why: str) -> None:
        self.broken = why
        self._held = b""
