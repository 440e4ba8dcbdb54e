"""Long pages: of rows that differ by a name and digits alone, a few are read by every rule, the others as these were.

A program writes one row again and again. The rows in the middle of a page that are written as rows that stay are left
out, and every rule reads the shorter page. Where in a row its size and its date stand is then looked for in what was
read of the rows that stayed, and these are read once more in that way. If that makes the same entries of them, the
rows that were left out are read in this way too; if not, the whole page is read by every rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from html import unescape
from itertools import pairwise
from typing import Final
from urllib.parse import unquote_to_bytes

from probes.recognise.listing.doubts.partial import CUT
from probes.recognise.listing.fields.dates import find_date, modified
from probes.recognise.listing.fields.links import to_text
from probes.recognise.listing.fields.sizes import read_size
from probes.recognise.listing.html.markup import squeeze
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.model import Entry, Kind, Listing, Modified, Size

_ENDS: Final = 24
"""Rows at either end that are always read by every rule: they say what the page is."""
_FEWEST: Final = 6 * _ENDS
_TAUGHT_BY: Final = 3
"""Rows written alike that stay: the first teaches where its fields stand, the others test it."""
_SAMPLE: Final = 32 << 10
"""Bytes in the middle of a page by which it is decided where its rows begin."""
_LEAST: Final = 12 << 10
"""Bytes of a page that is worth it."""
_LONGEST: Final = 4 << 10
"""Bytes of a row that may be left out."""
_HREF: Final = re.compile(rb"""<[aA]\s[^<>]{0,1000}?\bhref\s{0,4}=\s{0,4}(?:"([^"<>]*)"|'([^'<>]*)'|([^\s"'<>]+))""")
_NAME: Final = re.compile(rb"(?:^|[/=])((?:[\w.~()!,@-]|%[0-9a-fA-F]{2}|\+(?!.*\?))+)/?$", re.ASCII)
"""The name at the end of a link, where it means one thing: `+` in a query may be a blank."""
_ODD: Final = re.compile(rb"""[\x00-\x1f\x7f"&'<>\\/?#;:=+\xa0]""")
"""Characters of a name that pages write in several ways."""
_SHORT: Final = 5
"""Letters of a name that is surely told from whatever else stands in its row."""
_CUT: Final = re.compile(rb">([^<>]{4,200}?)(?:\.\.|\xe2\x80\xa6)(?:>|&gt;)?\s*</")
"""A name that is shown cut."""
_ELLIPSIS: Final = "\N{HORIZONTAL ELLIPSIS}".encode()
_NAMED: Final = b"\x01"
_ZEROS: Final = bytes.maketrans(b"123456789", b"0" * 9)
_NUMERIC: Final = re.compile(rb"(?<!\d)(\d\d?)([./-])(\d\d?)\2(?:\d{4}|\d\d)(?!\d)")
_STARTS: Final = tuple(
    rb"<(?:%b)[\s>]" % tag for tag in (b"tr|TR", b"li|LI", b"dt|DT", b"article", b"section", b"figure", b"p|P")
)
_LATER_STARTS: Final = (rb"<(?:br|BR)\s?/?>", rb"\n", rb"<(?:td|TD)[\s>]", rb"<[aA]\s")
_CLASSED: Final = re.compile(rb"""<(?:div|span|a|h[1-6])\s[^<>\d]{0,60}?class\s?=\s?["']?[\w-]{1,40}""")
_MOST_CLASSES: Final = 8
_PIECE: Final = re.compile(rb"""[^<>"'\x01]{0,200}\d[^<>"'\x01]{0,200}""")
_WORD: Final = re.compile(rb"\d[\d.,]*|[A-Za-z\x80-\xff]+|-")
_UNITS: Final = ("", "kB", "MB", "GB")
"""Units that the header of a column may state for all its sizes."""


_Like = tuple[bytes, bytes, tuple[bool, ...]]
"""A row's source without its name and its digits, how its name ends, and what its digits may say of all rows."""


@dataclass(slots=True)
class _Row:
    """A row: what it is written like, its link's last part, and its source with that part as one mark."""

    like: _Like
    raw: bytes
    plain: bytes
    marked: bytes


@dataclass(slots=True)
class _Way:
    """How rows that are written alike are read: learnt from one of them that was read by every rule."""

    ahead: str
    behind: str
    kind: Kind
    size: tuple[int, int, bool, str] | None = None
    date: tuple[int, int, bool | None] | None = None

    def read(self, row: _Row) -> Entry:
        """The entry of a row."""
        size = _size_at(row, self.size) if self.size is not None else None
        date = _date_at(row, self.date) if self.date is not None else None
        return Entry(to_text(row.plain), f"{self.ahead}{row.raw.decode('ascii')}{self.behind}", self.kind, size, date)


@dataclass(frozen=True, slots=True)
class Shortened:
    """A page without rows in its middle, the rows that stayed, and those left out behind each of them."""

    page: Page
    stayed: list[_Row | None]
    left_out: dict[int, list[_Row]] = field(default_factory=dict)

    def whole(self, read: object) -> Listing | None:
        """The listing of the whole page, where the shorter page was `read` as its rows are read in the learnt ways."""
        if not isinstance(read, Listing) or not read.claimed or read.partial not in {"", CUT}:
            return None
        if read.partial and self.page.whole:
            return None
        known = {entry.name: entry for entry in read.entries}
        if len(known) < len(read.entries):
            return None
        ways = self._ways(known)
        if ways is None:
            return None
        behind: dict[str, list[Entry]] = {}
        last = ""
        for at, row in enumerate(self.stayed):
            last = name if row is not None and (name := to_text(row.plain)) in known else last
            if rows := self.left_out.get(at):
                behind.setdefault(last, []).extend(ways[one.like].read(one) for one in rows)
        entries = behind.pop("", [])
        for entry in read.entries:
            entries += (entry, *behind.pop(entry.name, ()))
        if len({one.name for one in entries}) < len(entries):
            return None
        return replace(read, entries=tuple(entries))

    def _ways(self, known: dict[str, Entry]) -> dict[_Like, _Way] | None:
        """How the rows that were left out are read; None where the rows that stayed do not bear one of the ways out."""
        wanted = {row.like for rows in self.left_out.values() for row in rows}
        taught: dict[_Like, list[tuple[_Row, Entry]]] = {like: [] for like in wanted}
        for row in self.stayed:
            if row is not None and row.like in wanted:
                entry = known.get(to_text(row.plain))
                if entry is None:
                    return None
                taught[row.like].append((row, entry))
        learner, ways = _Learner(), dict[_Like, _Way]()
        for like, rows in taught.items():
            way = learner.way(rows)
            if way is None:
                return None
            ways[like] = way
        return ways


def shortened(page: Page) -> Shortened | None:
    """The page made shorter; None where it is short, or its rows are not alike."""
    body = page.body
    if len(body) < _LEAST or body.count(b"href") < _FEWEST:
        return None
    # The middle of the page is read twice: first to see where rows begin.
    read = cache(_row)
    start = _start_of_rows(body, read)
    if start is None:
        return None
    begins = [found.start() for found in start.finditer(body)]
    if len(begins) < _FEWEST:
        return None
    rows = [read(body[begin:end]) for begin, end in zip(begins, [*begins[1:], len(body)], strict=True)]
    kept = [body[: begins[0]]]
    short = Shortened(replace(page), [])
    seen: dict[_Like, int] = {}
    left_out = odd = 0
    for at, row in enumerate(rows):
        count = seen.get(row.like, 0) if row is not None else 0
        # Behind a row that is not told by its name another stays, so that the order of all is known.
        middle = _ENDS <= at < len(rows) - _ENDS and short.stayed[-1] is not None
        if row is not None and count >= _TAUGHT_BY and middle:
            short.left_out.setdefault(len(short.stayed) - 1, []).append(row)
            left_out += 1
            continue
        if row is not None:
            seen[row.like] = count + 1
        odd += row is None
        short.stayed.append(row)
        kept.append(body[begins[at] : begins[at + 1] if at + 1 < len(begins) else len(body)])
    if left_out * 2 < len(rows) or odd * 4 > len(rows):
        return None
    short.page.body = b"".join(kept)
    short.page.left_out = left_out
    return short


def _start_of_rows(body: bytes, read: Callable[[bytes], _Row | None]) -> re.Pattern[bytes] | None:
    """How the rows of a page begin: the mark at which the middle of the page falls into the most rows written alike."""
    at = max(0, (len(body) - _SAMPLE) // 2)
    sample = body[at : at + _SAMPLE]
    counts: dict[bytes, int] = {}
    for found in _CLASSED.finditer(sample):
        counts[found[0]] = counts.get(found[0], 0) + 1
    classed = sorted(counts, key=lambda one: -counts[one])[:_MOST_CLASSES]
    best, most = None, len(sample) // 4
    for source in (*_STARTS, *(re.escape(one) + rb"\b" for one in classed), *_LATER_STARTS):
        start = re.compile(source)
        begins = [found.start() for found in start.finditer(sample)]
        # Where the pieces together are no longer than what the best mark covers, none of them need be read.
        if len(begins) < _TAUGHT_BY or begins[-1] - begins[0] <= most + most // 20:
            continue
        pieces = [sample[begin:end] for begin, end in pairwise(begins)]
        # A row that shows the name that it links to holds it twice; else it may show the name of the one before.
        rows = [
            (row.like, len(piece) // (1 + (row.marked.count(_NAMED) < _SHOWN)))
            for piece in pieces
            if (row := read(piece)) is not None
        ]
        alike: dict[_Like, int] = {}
        for like, _ in rows:
            alike[like] = alike.get(like, 0) + 1
        covered = sum(length for like, length in rows if alike[like] > 1)
        if any(alike[like] > 1 and _cuts_through(like[0]) for like, _ in rows[:_TAUGHT_BY]):
            covered //= 2
        if covered > most + most // 20:
            best, most = start, covered
    return best


def _cuts_through(row: bytes) -> bool:
    """Whether a row ends an element that begins before it."""
    opened: list[bytes] = []
    for closing, name in _NESTED.findall(row):
        if not closing:
            opened.append(name)
        elif name not in opened:
            return True
        else:
            opened.remove(name)
    return False


_NESTED: Final = re.compile(rb"(?i)<(/?)(a|b|div|span|td|tr|li|section|article|figure|h[1-6])\b")


def _row(source: bytes) -> _Row | None:
    """A row that may be left out; None where it has no link, or one that pages write in several ways."""
    found = _HREF.search(source) if len(source) <= _LONGEST else None
    named = _NAME.search(found[1] or found[2] or found[3] or b"") if found is not None else None
    if named is None:
        return None
    raw = named[1]
    plain = unquote_to_bytes(raw) if b"%" in raw else raw
    if len(plain) < _SHORT or plain.isdigit() or _ODD.search(plain):
        return None
    marked = source.replace(raw, _NAMED)
    if plain is not raw:
        marked = marked.replace(plain, _NAMED)
    may_be_cut = b".." in marked or _ELLIPSIS in marked  # looked for first: few rows have either
    if may_be_cut and (cut := _CUT.search(marked)) is not None and plain.startswith(cut[1]):
        marked = marked.replace(cut[1], _NAMED)
    if b"  " in marked:
        marked = _BLANKS.sub(b" ", marked)
    ending = plain.rpartition(b".")[2].lower()[:8] if b"." in plain else b""
    says: tuple[bool, ...] = (b"0," in marked,)
    if (date := _NUMERIC.search(marked)) is not None:
        # Of days and months the one above 12 decides for the page which is which.
        says += (int(date[1]) > _MONTHS, int(date[3]) > _MONTHS)
    return _Row((marked.translate(_ZEROS), ending.translate(_ZEROS), says), raw, plain, marked)


_SHOWN: Final = 2
_BLANKS: Final = re.compile(rb"  +")
_MONTHS: Final = 12


def _text(source: bytes) -> str:
    shown = source.decode("utf-8", "replace")
    return squeeze(unescape(shown) if "&" in shown else shown)


def _size_at(row: _Row, place: tuple[int, int, bool, str]) -> Size | None:
    start, end, comma, unit = place
    return read_size(_text(row.marked[start:end]) + unit, comma)


def _date_at(row: _Row, place: tuple[int, int, bool | None]) -> Modified | None:
    start, end, days_first = place
    stamp = find_date(_text(row.marked[start:end]))
    return modified(stamp, days_first) if stamp is not None else None


class _Learner:
    """Finds where the fields of rows stand. Other rows have them in the same place, mostly, which is tried first."""

    def __init__(self) -> None:
        self._sizes: dict[tuple[int, int, bool, str], int] = {}
        self._dates: dict[tuple[int, bool | None], int] = {}

    def way(self, rows: list[tuple[_Row, Entry]]) -> _Way | None:
        """The way to read some rows that are written alike; None where there is none that reads all of them so."""
        row, entry = rows[0]
        ahead, mark, behind = entry.path.rpartition(row.raw.decode("ascii"))
        if not mark:
            return None
        way = _Way(ahead, behind, entry.kind)
        if entry.size is not None:
            way.size = next(self._size_places(row, rows), None)
        if entry.modified is not None:
            way.date = next(self._date_places(row, rows), None)
        return way if all(way.read(one) == known for one, known in rows) else None

    def _size_places(self, row: _Row, rows: list[tuple[_Row, Entry]]) -> Iterator[tuple[int, int, bool, str]]:
        def fits(place: tuple[int, int, bool, str]) -> bool:
            return all(_size_at(one, place) == entry.size for one, entry in rows)

        pieces = list(_PIECE.finditer(row.marked))
        for kind in sorted(self._sizes, key=lambda one: -self._sizes[one]):
            for piece in pieces[kind[0] : kind[0] + 1]:
                words = list(_WORD.finditer(piece[0]))[kind[1] : kind[1] + 2]
                for last in words:
                    place = (piece.start() + words[0].start(), piece.start() + last.end(), *kind[2:])
                    if fits(place):
                        yield place
        for number, piece in enumerate(pieces):
            words = list(_WORD.finditer(piece[0]))[:_MOST_WORDS]
            for at, first in enumerate(words):
                for last in words[at : at + _OF_A_SIZE]:
                    for comma in (False, True):
                        for unit in _UNITS:
                            place = (piece.start() + first.start(), piece.start() + last.end(), comma, unit)
                            if fits(place):
                                kind = (number, at, comma, unit)
                                self._sizes[kind] = self._sizes.get(kind, 0) + 1
                                yield place

    def _date_places(self, row: _Row, rows: list[tuple[_Row, Entry]]) -> Iterator[tuple[int, int, bool | None]]:
        pieces = list(_PIECE.finditer(row.marked))
        kinds = sorted(self._dates, key=lambda one: -self._dates[one])
        kinds += [(number, first) for number in range(len(pieces)) for first in (None, True, False)]
        for kind in kinds:
            if kind[0] < len(pieces):
                place = (*pieces[kind[0]].span(), kind[1])
                if all(_date_at(one, place) == entry.modified for one, entry in rows):
                    self._dates[kind] = self._dates.get(kind, 0) + 1
                    yield place


_MOST_WORDS: Final = 24
_OF_A_SIZE: Final = 4
