"""Reads the rows of a long page by what its beginning has taught: where in a row the link, the size and the date stand.

A page that a program writes repeats one row. The tolerant recogniser reads the beginning of such a page; `learn` finds
where in the raw page what it has read stands, and proves that by reading the same beginning again in this way: nothing
is learnt unless both say the same. The rest of the page is then read link by link, in bounded memory.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, fields, replace
from functools import lru_cache
from html import unescape
from typing import Any, Final, Self
from urllib.parse import unquote_to_bytes, urlsplit

from probes.recognise.listing.fields.dates import find_date, modified
from probes.recognise.listing.fields.sizes import read_size
from probes.recognise.listing.html.markup import attribute_text
from probes.recognise.listing.model import Entry, Listing, Size
from probes.recognise.listing.recognise import recognise
from probes.recognise.listing.streaming.rows import MOST_FOLDERS, Rows, date_shown, rows_of, spelled

SAMPLE: Final = 256 << 10
"""Bytes of a page's beginning that it is learnt from."""
_FEWEST: Final = 50
_CUT_OFF: Final = 3
"""Rows at the end of the sample that may not be whole."""
_LONGEST_GAP: Final = 1 << 16
"""Bytes between two rows that are looked at."""
_LOOKED_AT: Final = 40
"""Rows in which the place of a size or a date is looked for; it is checked on all rows of the sample."""
_DEEPEST: Final = 20
"""Tags from a row's link, or from the next one, between which a size or a date is looked for."""
_ANCHOR: Final = re.compile(rb"<[aA]\s([^<>]*)>")
_HREF: Final = re.compile(rb"""\bhref\s{0,4}=\s{0,4}(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""", re.IGNORECASE)
_ODD: Final = re.compile(rb"[/?#]")
_ATTRIBUTE: Final = re.compile(rb'([\w-]{1,40})="([^"<>]{1,80})"')
_CLOCK: Final = re.compile(r"(?<!\d)\d{1,2}:([0-5]\d)(?::[0-5]\d(?:\.\d{1,9})?)?(?!\d)")
_CUTS: Final[dict[str, Callable[[str], str]]] = {
    "all": lambda text: text,
    "last": lambda text: text.rpartition(" ")[2],
    "last two": lambda text: " ".join(text.split(" ")[-2:]),
    "first": lambda text: text.partition(" ")[0],
}


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a field of a row stands: `before` or after its link, in which tag counted from there (less than nothing:
    from the other end), in that tag's attribute or in the text behind it, and which part of it."""

    before: bool
    index: int
    attribute: str
    cut: str


@dataclass(frozen=True, slots=True)
class LearnedDialect:
    """How one program writes its rows."""

    family: str
    size: Slot | None = None
    date: Slot | None = None
    decimal_comma: bool = False
    days_first: bool | None = None

    def dump(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    @classmethod
    def load(cls, value: dict[str, Any]) -> Self:
        """The dialect that `dump` wrote."""
        size, date = (Slot(**value[name]) if value[name] else None for name in ("size", "date"))
        known = {one.name: value[one.name] for one in fields(cls) if one.name in value}
        return cls(**{**known, "size": size, "date": date})

    def size_of(self, text: str) -> Size | None:
        """The size that a text states."""
        return _size(text, self.decimal_comma)

    def date_of(self, text: str) -> str:
        """The date that a text states, as it is counted."""
        return _date(text, self.days_first)


def _size(text: str, decimal_comma: bool) -> Size | None:
    if len(text) < 16 and text.isascii() and text.isdigit():
        number = int(text)
        return Size(number, number, number)
    return _shown_size(text, decimal_comma)


@lru_cache(1 << 16)
def _shown_size(text: str, decimal_comma: bool) -> Size | None:
    return read_size(text, decimal_comma)


def _date(text: str, days_first: bool | None) -> str:
    """The date in a text. Of the times of one hour only the minutes differ: they are put in from the text."""
    clock = _CLOCK.search(text)
    if clock is None:
        return _shown_date(text, days_first)
    shown = _shown_date(f"{text[: clock.start(1)]}34{text[clock.end() :]}", days_first)
    return f"{shown[:14]}{clock[1]}{shown[16:]}" if shown[14:16] == "34" else _shown_date(text, days_first)


@lru_cache(1 << 16)
def _shown_date(text: str, days_first: bool | None) -> str:
    stamp = find_date(text)
    return date_shown(modified(stamp, days_first)) if stamp is not None else ""


Pieces = list[bytes]
Row = tuple[bytes, Pieces, Pieces]
"""A link's name (with a slash at its end for a folder), and the tags with their text before and after it."""


class LearnedRows:
    """Takes a page apart into rows, chunk by chunk, and reads their fields."""

    def __init__(self, dialect: LearnedDialect, path: str) -> None:
        """`path` is the path asked for: the entries lie directly below it."""
        self._dialect = dialect
        path = path.partition("?")[0]
        self._base = path[: path.rfind("/") + 1]
        self._bases = (self._base.encode("latin-1", "replace"), unquote_to_bytes(self._base))
        self._name = b""
        self._before: Pieces = []
        self._after = b""
        self._folders = 0
        self._length = 0
        self.missed = 0
        """Folders beyond those that are told of one page, and names that a link cannot hold as they are written."""

    def read(self, chunk: bytes, *, last: bool = False) -> Rows:
        """The rows that end in this chunk; it must begin with a link, or be the page's first."""
        return self.rows(self.take(chunk, last=last))

    def take(self, chunk: bytes, *, last: bool = False) -> list[Row]:
        """The rows that end in this chunk, with what stands around their links."""
        parts = _ANCHOR.split(chunk)
        taken: list[Row] = []
        after, name = self._after + parts[0], self._name
        for attributes, text in zip(parts[1::2], parts[2::2], strict=True):
            mine = self._child(attributes)
            if mine and mine != name:
                self._end(taken, name, after)
                name, after = mine, text
            else:
                # A second link of the same row, or one that leads elsewhere.
                after = b"%b<a>%b" % (after[-_LONGEST_GAP:], text)
        self._name, self._after = name, after
        if last:
            # Behind the last row the page's foot begins: as many tags as other rows have are its own.
            pieces = after.split(b"<")
            self._end(taken, name, b"<".join(pieces[: self._length]) if self._length else after)
        return taken

    def _end(self, taken: list[Row], name: bytes, after: bytes) -> None:
        pieces = after.split(b"<")
        if name:
            self._length = len(pieces)
            taken.append((name, self._before, pieces))
        self._before = pieces

    def rows(self, taken: Iterable[Row]) -> Rows:
        """The columns of some rows."""
        dialect, rows = self._dialect, Rows()
        for name, before, after in taken:
            shown = dialect.date_of(_value(dialect.date, before, after)) if dialect.date else ""
            if name.endswith(b"/"):
                if self._folders >= MOST_FOLDERS:
                    self.missed += 1
                    continue
                self._folders += 1
                rows.folders.append((self._base + spelled(name), shown if len(shown) > 10 else ""))
                continue
            size = dialect.size_of(_value(dialect.size, before, after)) if dialect.size else None
            rows.files.append(name)
            rows.sizes.append(size.best if size else 0)
            rows.sized += size is not None
            rows.exact += size is not None and size.exact
            if shown:
                rows.months[shown[:7]] += 1
                rows.newest = max(rows.newest, shown)
                rows.oldest = min(rows.oldest or shown, shown)
        return rows

    def _child(self, attributes: bytes) -> bytes:
        """The name behind a link, when it leads strictly and directly below this folder; else nothing."""
        if attributes.startswith(b'href="'):
            href = attributes[6 : attributes.find(b'"', 6)]
        else:
            found = _HREF.search(attributes)
            href = (found[1] or found[2] or found[3] or b"") if found is not None else b""
        if b"&" in href:
            # Once it is unescaped it stays so, in whatever is made of it.
            href = attribute_text(href.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
            href = href.replace(b"&", b"%26")
        if href.startswith(b"./"):
            href = href[2:]
        elif href.startswith(b"/"):
            base = next((one for one in self._bases if href.startswith(one)), None)
            href = href[len(base) :] if base is not None else b""
        name = href[:-1] if href.endswith(b"/") else href
        self.missed += b"#" in name[1:]
        if not name or _ODD.search(name) or (b":" in name and name.partition(b":")[0].isalpha()):
            return b""
        # Only a short name can be one of the two that lead nowhere, however they are spelled.
        return b"" if len(name) < 7 and unquote_to_bytes(name) in (b".", b"..") else href


def _value(slot: Slot, before: Pieces, after: Pieces) -> str:
    pieces = before if slot.before else after
    try:
        tag, _, text = pieces[slot.index].partition(b">")
    except IndexError:
        return ""
    if slot.attribute:
        found = dict(_ATTRIBUTE.findall(tag[:1000])).get(slot.attribute.encode(), b"")
        return _CUTS[slot.cut](_plain(found))
    return _CUTS[slot.cut](_plain(text))


def _plain(text: bytes) -> str:
    shown = text[:200].decode("utf-8", "replace")
    return " ".join((unescape(shown) if "&" in shown else shown).split())


def learn(body: bytes, url: str, headers: Iterable[tuple[str, str]] = ()) -> LearnedDialect | None:
    """How the program that wrote this page writes its rows; None where that cannot be told from its beginning."""
    sample = body[:SAMPLE]
    cut = max(sample.rfind(b"<a "), sample.rfind(b"<A "))
    listing = recognise(sample[:cut], url, headers, 200, False) if cut > 0 else None
    if not isinstance(listing, Listing) or not listing.claimed or len(listing.entries) < _FEWEST:
        return None
    path = urlsplit(url).path
    taken = list(LearnedRows(LearnedDialect(""), path).take(sample[:cut]))
    known = {_key(entry): entry for entry in listing.entries}
    rows = [(row, known[_plain_name(row[0])]) for row in taken if _plain_name(row[0]) in known]
    if len(rows) < _FEWEST:
        return None
    dialect = _with_date(_with_size(LearnedDialect(listing.family), rows), rows)
    return dialect if _agree(dialect, taken, path, listing) else None


def _key(entry: Entry) -> bytes:
    return unquote_to_bytes(entry.path.rstrip("/").rpartition("/")[2])


def _plain_name(name: bytes) -> bytes:
    return unquote_to_bytes(unescape(name.decode("latin-1")).encode("latin-1", "replace").rstrip(b"/"))


Known = list[tuple[Row, Entry]]


def _with_size(dialect: LearnedDialect, rows: Known) -> LearnedDialect:
    sized = [(row, entry) for row, entry in rows if entry.size is not None]
    for comma in (False, True):
        tried = replace(dialect, decimal_comma=comma)
        slot = _slot(sized, lambda text, entry, to=tried: to.size_of(text) == entry.size)
        if slot is not None:
            return replace(tried, size=slot)
    return dialect


def _with_date(dialect: LearnedDialect, rows: Known) -> LearnedDialect:
    dated = [(row, entry) for row, entry in rows if date_shown(entry.modified)]
    for days_first in (None, True, False):
        tried = replace(dialect, days_first=days_first)
        slot = _slot(dated, lambda text, entry, to=tried: to.date_of(text) == date_shown(entry.modified))
        if slot is not None:
            return replace(tried, date=slot)
    return dialect


def _slot(rows: Known, fits: Callable[..., bool]) -> Slot | None:
    """The place where all rows hold what is known of them; None where there is no such place, or nothing is known."""
    some = rows[1 : _LOOKED_AT + 1]
    fitting: Counter[Slot] = Counter()
    for (_, before, after), entry in some:
        for slot, text in _places(before, after):
            if any(char.isdigit() for char in text) and fits(text, entry):
                fitting[slot] += 1
    for slot, count in fitting.most_common(4):
        if count == len(some) and all(fits(_value(slot, row[1], row[2]), entry) for row, entry in rows[1:]):
            return slot
    return None


def _places(before: Pieces, after: Pieces) -> Iterator[tuple[Slot, str]]:
    for is_before, pieces in ((False, after), (True, before)):
        deepest = min(len(pieces), _DEEPEST)
        # What stands before a link is counted from the link; before the first one stands the page's head.
        for index in (*(() if is_before else range(deepest)), *range(-1, -deepest - 1, -1)):
            for attribute in ("", *(name.decode() for name, _ in _ATTRIBUTE.findall(pieces[index].partition(b">")[0]))):
                for cut in _CUTS:
                    slot = Slot(is_before, index, attribute, cut)
                    yield slot, _value(slot, before, after)


def _agree(dialect: LearnedDialect, taken: list[Row], path: str, listing: Listing) -> bool:
    """Whether the rows read in the learned way are what the recogniser read. The page was cut behind the last ones."""
    names = {_plain_name(name) for name, _, _ in taken}
    entries = tuple(entry for entry in listing.entries if _key(entry) in names)
    if len(listing.entries) - len(entries) > _CUT_OFF or len(names) > len(entries):
        return False
    mine, its = LearnedRows(dialect, path).rows(taken), rows_of(replace(listing, entries=entries))
    return _told(mine) == _told(its)


def _told(rows: Rows) -> tuple[object, ...]:
    files = {_plain_name(name): size for name, size in zip(rows.files, rows.sizes, strict=True)}
    folders = {unquote_to_bytes(path.rstrip("/")): time for path, time in rows.folders}
    return files, folders, rows.sized, rows.exact, rows.months, rows.newest, rows.oldest
