"""Big pages read as columns: the rows of known generators by one expression a chunk, everything else by `recognise`.

A survey meets pages of a million rows. Apache and nginx write them so regularly that a chunk of the body becomes three
columns (link, date, size) at once; the page is never held. A page whose links do not all fall into rows is read by the
tolerant recogniser instead, while it is short enough to be kept; a longer one says how much of it was not understood.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from html import unescape
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from probes.recognise.listing.model import Listing, Modified

KEPT: Final = 8 << 20
"""Bytes of a page that are kept so that it can be read again by the tolerant recogniser."""
_HEAD: Final = 4096
_EAST: Final = timedelta(hours=14)
_ZONES: Final = timedelta(hours=26)
"""Zones lie between 14 hours east of UTC and 12 hours west of it: so much doubt has a date that says none."""
_CHUNK: Final = 256 << 10
_PLAIN: Final = 1 << 20

_MONTHS: Final = {
    name: f"{number:02d}"
    for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)  # noqa: SIM905
}
_UNITS: Final = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


@dataclass(slots=True)
class Rows:
    """A chunk of a listing as columns. `files` are links as the server spells them, `sizes` bytes (0 where none is
    shown), `months` files by `2019-02`; `newest` and `oldest` are `2019-02-16 23:05`, or empty."""

    files: list[bytes] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    sized: int = 0
    exact: int = 0
    months: Counter[str] = field(default_factory=Counter)
    newest: str = ""
    oldest: str = ""
    folders: list[tuple[str, str]] = field(default_factory=list)
    """Absolute path, and the time that the page shows of it."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """One generator's rows: `row` finds link, date and size; `starts` is what rows begin with, after a line's end."""

    name: str
    head: tuple[bytes, ...]
    row: re.Pattern[bytes]
    starts: tuple[bytes, ...]
    english: bool
    """Whether dates are `21-Nov-2026 21:08`, not `2026-11-21 21:08`."""
    exact: bool
    """Whether a bare number is the size to the byte, always."""


_NGINX: Final = Dialect(
    "nginx",
    (b"<h1>Index of ", b'<hr><pre><a href="../">../</a>'),
    re.compile(rb'<a href="(?!\.\./")([^"]+)">[^<]*</a> +(\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d) +(\d+[KMGT]?|-)\r?\n'),
    (b"<a href=",),
    english=True,
    exact=True,
)
_APACHE_TABLE: Final = Dialect(
    "Apache table",
    (b"<h1>Index of ", b"<table", b"?C=N;O="),
    # It begins with letters, which are looked for fast; the cells before the link say nothing.
    re.compile(
        rb'<a href="(?![/?])([^"]+)">[^<]*</a> *</td>'
        rb"<td[^>]*>(\d{4}-\d\d-\d\d \d\d:\d\d|&nbsp;)? *</td><td[^>]*> *([0-9.]+[KMGT]?|-) *</td>"
    ),
    (b"<tr",),
    english=False,
    exact=False,
)
_APACHE_PRE: Final = Dialect(
    "Apache fancy",
    (b"<h1>Index of ", b"<pre>", b"?C=N;O="),
    re.compile(
        rb'(?:<img[^>]*> )?<a href="(?![/?])([^"]+)">[^<]*</a> +'
        rb"(\d{4}-\d\d-\d\d \d\d:\d\d)? +([0-9.]+[KMGT]?|-) *(?=[\r\n<]|[^ ])"
    ),
    (b"<img ", b"<a href="),
    english=False,
    exact=False,
)
DIALECTS: Final = (_NGINX, _APACHE_TABLE, _APACHE_PRE)


class PageReader:
    """Reads one page as it comes: `feed` chunks, then `end`. Rows come out of both; the page itself is not held."""

    def __init__(self, url: str, path: str, headers: Iterable[tuple[str, str]] = (), status: int = 200) -> None:
        """`url` is the URL asked for and `path` its path, below which all entries lie."""
        self._url = url
        self._path = path.partition("?")[0]
        self._headers = tuple(headers)
        self._status = status
        self._buffer = bytearray()
        self._kept: _Kept | None = _Kept()
        self._most = _HEAD
        self._dialect: Dialect | None = None
        self._looked = False
        self._links = 0
        self._matched = 0
        self.family = ""
        """Who wrote the page; known at the end, and empty when it is no listing."""
        self.missed = 0
        """Links that fell into no row, on a page too long to be read again."""
        self.enough = False
        """Whether more of the page would not be read: it is no text, or too long for the tolerant recogniser."""

    def feed(self, chunk: bytes) -> Rows | None:
        """Take the next bytes; rows where a known dialect has some ready."""
        if self.enough:
            return None
        if self._kept is not None:
            self._kept.add(chunk)
        if not self._looked:
            self._buffer += chunk
            if len(self._buffer) < _HEAD:
                return None
            self._choose()
        elif self._dialect is not None:
            self._buffer += chunk
        if self._kept is not None and self._dialect is None:
            self.enough = self._kept.size >= self._most
        elif self._kept is not None and self._kept.size > KEPT:
            self._kept = None
        return self._read(last=False) if len(self._buffer) >= _CHUNK else None

    def end(self, whole: bool) -> tuple[Rows, bool]:
        """No more bytes come. The last rows, and whether they stand in place of all that came before.

        They do when the page was not as regular as it began: then the tolerant recogniser has read it from the start.
        """
        if not self._looked:
            self._choose()
        if self._dialect is not None:
            rows = self._read(last=True)
            missed = self._links - self._matched
            if missed <= 0:
                self.family = self._dialect.name
                return rows, False
            if self._kept is None:
                self.family, self.missed = self._dialect.name, missed
                return rows, False
        return self._tolerantly(whole and not self.enough), True

    def _choose(self) -> None:
        self._looked = True
        head = bytes(self._buffer[:_HEAD])
        if self._status == 200:
            self._dialect = next((d for d in DIALECTS if all(mark in head for mark in d.head)), None)
        if self._dialect is None:
            self._buffer.clear()
            self._most = _HEAD if b"\0" in head else _longest()

    def _read(self, last: bool) -> Rows:
        dialect = self._dialect
        assert dialect is not None  # noqa: S101  the callers saw one
        if last:
            chunk = bytes(self._buffer)
            self._buffer.clear()
        else:
            # A name may hold a line's end; a `<` of its own it cannot, so a row surely begins here.
            end = max(self._buffer.rfind(b"\n" + start) for start in dialect.starts) + 1
            chunk = bytes(self._buffer[:end])
            del self._buffer[:end]
        found = dialect.row.findall(chunk)
        self._links += _links(chunk, dialect, len(found))
        self._matched += len(found)
        return self._columns(dialect, found)

    def _columns(self, dialect: Dialect, found: list[tuple[bytes, bytes, bytes]]) -> Rows:
        rows = Rows()
        if not found:
            return rows
        hrefs, times, sizes = zip(*found, strict=True)
        if b"/" in b"".join(hrefs):
            kept = [row for row in found if not row[0].endswith(b"/")]
            for href, time, _ in found:
                child = _child(self._path, href) if href.endswith(b"/") else None
                if child is not None:
                    rows.folders.append((child, _iso(time, dialect.english)))
            # A link to elsewhere is none of this folder's files.
            own = [row for row in kept if b"/" not in row[0].removeprefix(b"./")]
            self._matched -= len(kept) - len(own)
            if not own:
                return rows
            hrefs, times, sizes = zip(*own, strict=True)
        rows.files = list(hrefs)
        rows.sizes, rows.sized, rows.exact = _sizes(sizes, dialect)
        _dates(rows, times, dialect.english)
        return rows

    def _tolerantly(self, whole: bool) -> Rows:
        body = self._kept.whole() if self._kept is not None else b""
        # Most surveys meet no page that needs it, and it is much to load.
        from probes.recognise.listing.recognise import recognise

        if self._dialect is None:
            body = body[: self._most]
        found = recognise(body, self._url, self._headers, self._status, whole)
        rows = Rows()
        if not isinstance(found, Listing) or not found.claimed:
            return rows
        self.family = found.family
        for entry in found.directories:
            rows.folders.append((entry.path, _shown(entry.modified, _ZONES)))
        for entry in found.files:
            rows.files.append(entry.path.rpartition("/")[2].encode("utf-8", "surrogateescape"))
            rows.sizes.append(entry.size.best if entry.size else 0)
            rows.sized += entry.size is not None
            rows.exact += entry.size is not None and entry.size.exact
            shown = _shown(entry.modified, _ZONES + timedelta(days=1))
            if shown:
                rows.months[shown[:7]] += 1
                rows.newest = max(rows.newest, shown)
                rows.oldest = min(rows.oldest or shown, shown)
        return rows


class _Kept:
    """A page so far. What is beyond a mebibyte is packed: pages of millions of rows pass by, and few are read again."""

    def __init__(self) -> None:
        self.size = 0
        self._plain = bytearray()
        self._packed: list[bytes] = []

    def add(self, chunk: bytes) -> None:
        """Take what comes next."""
        self.size += len(chunk)
        self._plain += chunk
        if len(self._plain) >= _PLAIN:
            self._packed.append(zlib.compress(self._plain, 1))
            self._plain.clear()

    def whole(self) -> bytes:
        """All of it."""
        return b"".join(map(zlib.decompress, self._packed)) + self._plain


def _longest() -> int:
    from probes.recognise.listing.recognise import LONGEST

    return LONGEST


def _links(chunk: bytes, dialect: Dialect, entries: int) -> int:
    """How many links are entries. Others are sort links, and the link up, which Apache writes as an absolute path."""
    count = chunk.count(b"<a href=")
    up = b'<a href="../">' if dialect is _NGINX else b'<a href="/'
    found = count
    # They stand at a page's top: only where links are left over is the whole chunk looked through for them.
    for part in (chunk[:_HEAD], chunk):
        if found == entries:
            break
        found = count - part.count(b'<a href="?C=') - part.count(up)
    return found


def _shown(modified: Modified | None, doubt: timedelta) -> str:
    """A date as the page shows it, without its zone; nothing where the page leaves more doubt than that."""
    if modified is None or modified.high - modified.low > doubt + timedelta(minutes=1):
        return ""
    zoned = modified.high - modified.low < timedelta(minutes=2)
    return (modified.low if zoned else modified.low + _EAST).strftime("%Y-%m-%d %H:%M")


def _child(base: str, href: bytes) -> str | None:
    """The absolute path of a folder's link, when it is one strictly and directly below the base."""
    name = href.removeprefix(b"./")[:-1]
    plain = unquote_to_bytes(name)
    if plain in (b"", b".", b"..") or b"/" in plain or b"?" in name or b"#" in name:
        return None
    return base[: base.rfind("/") + 1] + spelled(href)


def spelled(href: bytes) -> str:
    """A link of this folder as a request spells it: raw bytes beyond ASCII are percent-encoded."""
    text = unescape(href.removeprefix(b"./").decode("latin-1"))
    return "".join(c if " " < c < "\x7f" else quote(c, encoding="latin-1" if c < "\u0100" else "utf-8") for c in text)


def _sizes(sizes: tuple[bytes, ...], dialect: Dialect) -> tuple[list[int], int, int]:
    if dialect.exact:
        try:
            read = list(map(int, sizes))
        except ValueError:
            pass  # `autoindex_exact_size off` writes 5M
        else:
            return read, len(read), len(read)
    counted = Counter(sizes)
    known = {text: _size(text) for text in counted}
    # Apache writes bytes as they are below a kilobyte.
    exact = sum(count for text, count in counted.items() if text.isdigit())
    return [known[text] for text in sizes], len(sizes) - counted[b"-"], exact


def _size(text: bytes) -> int:
    if text == b"-":
        return 0
    shown = text.decode()
    unit = shown[-1] if shown[-1] in _UNITS else ""
    try:
        return round(float(shown.removesuffix(unit)) * _UNITS[unit])
    except ValueError:
        return 0


def _dates(rows: Rows, times: tuple[bytes, ...], english: bool) -> None:
    if not english:
        dated = [time for time in times if len(time) == 16]
        if dated:
            months = _counted(dated, 0, 7)
            rows.months = Counter({month.decode(): n for month, n in months.items() if b"01" <= month[5:] <= b"12"})
            rows.newest, rows.oldest = max(dated).decode(), min(dated).decode()
        return
    months = _counted(times, 3, 11)
    order = {month: _month(month) for month in months}
    rows.months = Counter({order[month]: count for month, count in months.items() if order[month]})
    real = [month for month in months if order[month]]
    if not real:
        return
    last, first = max(real, key=order.__getitem__), min(real, key=order.__getitem__)
    # Within one month the text is in the order of time: `21-Nov-2026 21:08`.
    alone = len(months) == 1
    rows.newest = _iso(max(times if alone else [time for time in times if time[3:11] == last]), True)
    rows.oldest = _iso(min(times if alone else [time for time in times if time[3:11] == first]), True)


def _counted(times: Sequence[bytes], start: int, end: int) -> Counter[bytes]:
    """How often each piece from `start` to `end` stands in `times`: all in one month, mostly."""
    month = times[0][start:end]
    if b"\n".join(times).count(month) == len(times):
        return Counter({month: len(times)})
    return Counter([time[start:end] for time in times])


@lru_cache(4096)
def _month(text: bytes) -> str:
    name, _, year = text.decode("latin-1").partition("-")
    return f"{year}-{_MONTHS[name]}" if name in _MONTHS else ""


def _iso(time: bytes, english: bool) -> str:
    text = time.decode("latin-1")
    if not english:
        return text if len(text) == 16 else ""
    month = _MONTHS.get(text[3:6])
    return f"{text[7:11]}-{month}-{text[:2]}{text[11:]}" if month else ""
