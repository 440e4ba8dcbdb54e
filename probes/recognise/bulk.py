"""Big pages read as columns: the rows of known generators by one expression a chunk, everything else by `recognise`.

A survey meets pages of a million rows. Apache and nginx write them so regularly that a chunk of the body becomes three
columns (link, date, size) at once; the page is never held. A page whose links do not all fall into rows is read by the
tolerant recogniser instead, while it is short enough to be kept; a longer one says how much of it was not understood.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from probes.recognise.listing import Listing
from probes.recognise.listings import recognise

KEPT: Final = 8 << 20
"""Bytes of a page that are kept so that it can be read again by the tolerant recogniser."""
_HEAD: Final = 4096
_CHUNK: Final = 256 << 10

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
    """One generator's rows: `row` finds link, date and size; `cut` is what a row surely ends with."""

    name: str
    head: tuple[bytes, ...]
    row: re.Pattern[bytes]
    cut: bytes
    english: bool
    """Whether dates are `21-Nov-2026 21:08`, not `2026-11-21 21:08`."""
    exact: bool
    """Whether a bare number is the size to the byte, always."""


_NGINX: Final = Dialect(
    "nginx",
    (b"<h1>Index of ", b'<hr><pre><a href="../">../</a>'),
    re.compile(rb'<a href="([^"]+)">[^<]*</a> +(\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d) +(\d+[KMGT]?|-)\r?\n'),
    b"\n",
    english=True,
    exact=True,
)
_APACHE_TABLE: Final = Dialect(
    "Apache table",
    (b"<h1>Index of ", b"<table", b"?C=N;O="),
    re.compile(
        rb'<tr[^>]*><td[^>]*>(?:<img[^>]*>)?</td><td[^>]*><a href="([^"]+)">[^<]*</a> *</td>'
        rb"<td[^>]*>(\d{4}-\d\d-\d\d \d\d:\d\d|&nbsp;)? *</td><td[^>]*> *([0-9.]+[KMGT]?|-) *</td>"
    ),
    b"</tr>\n",
    english=False,
    exact=False,
)
_APACHE_PRE: Final = Dialect(
    "Apache fancy",
    (b"<h1>Index of ", b"<pre>", b"?C=N;O="),
    re.compile(
        rb'(?:<img[^>]*> )?<a href="([^"]+)">[^<]*</a> +'
        rb"(\d{4}-\d\d-\d\d \d\d:\d\d)? +([0-9.]+[KMGT]?|-) *(?=[\r\n<]|[^ ])"
    ),
    b"\n",
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
        self._kept: bytearray | None = bytearray()
        self._dialect: Dialect | None = None
        self._looked = False
        self._links = 0
        self._matched = 0
        self.family = ""
        """Who wrote the page; known at the end, and empty when it is no listing."""
        self.missed = 0
        """Links that fell into no row, on a page too long to be read again."""

    def feed(self, chunk: bytes) -> Rows | None:
        """Take the next bytes; rows where a known dialect has some ready."""
        self._buffer += chunk
        if self._kept is not None:
            self._kept += chunk
            if len(self._kept) > KEPT and self._dialect is not None:
                self._kept = None
        if not self._looked and len(self._buffer) >= _HEAD:
            self._choose()
        if self._dialect is None:
            return None
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
        return self._tolerantly(whole), True

    def _choose(self) -> None:
        self._looked = True
        head = bytes(self._buffer[:_HEAD])
        if self._status == 200:
            self._dialect = next((d for d in DIALECTS if all(mark in head for mark in d.head)), None)

    def _read(self, last: bool) -> Rows:
        dialect = self._dialect
        assert dialect is not None  # noqa: S101  the callers saw one
        if last:
            chunk = bytes(self._buffer)
            self._buffer.clear()
        else:
            end = self._buffer.rfind(dialect.cut) + len(dialect.cut)
            if end < len(dialect.cut):
                return Rows()
            chunk = bytes(self._buffer[:end])
            del self._buffer[:end]
        found = dialect.row.findall(chunk)
        # Links that are no entries: sort links, and the link up, which Apache writes as an absolute path.
        up = b'<a href="/' in chunk or b'<a href="?' in chunk or dialect is not _NGINX
        self._links += chunk.count(b"<a href=") - chunk.count(b'<a href="?C=')
        self._links -= chunk.count(b'<a href="../">') if dialect is _NGINX else chunk.count(b'<a href="/')
        if up:
            found = [row for row in found if row[0][:1] not in (b"/", b"?") and row[0] != b"../"]
        self._matched += len(found)
        return self._columns(dialect, found)

    def _columns(self, dialect: Dialect, found: list[tuple[bytes, bytes, bytes]]) -> Rows:
        rows = Rows()
        if not found:
            return rows
        folders = [row for row in found if row[0].endswith(b"/")]
        if folders:
            found = [row for row in found if not row[0].endswith(b"/")]
            for href, time, _ in folders:
                child = _child(self._path, href)
                if child is not None:
                    rows.folders.append((child, _iso(time, dialect.english)))
        if not found:
            return rows
        hrefs, times, sizes = zip(*found, strict=True)
        rows.files = list(hrefs)
        if b"/" in b"".join(hrefs):
            # A link to elsewhere is none of this folder's files.
            kept = [row for row in found if b"/" not in row[0].removeprefix(b"./")]
            self._matched -= len(found) - len(kept)
            if not kept:
                return rows
            hrefs, times, sizes = zip(*kept, strict=True)
            rows.files = list(hrefs)
        rows.sizes, rows.sized, rows.exact = _sizes(sizes, dialect)
        _dates(rows, times, dialect.english)
        return rows

    def _tolerantly(self, whole: bool) -> Rows:
        body = bytes(self._kept if self._kept is not None else self._buffer)
        found = recognise(body, self._url, self._headers, self._status, whole)
        rows = Rows()
        if not isinstance(found, Listing):
            return rows
        self.family = found.family
        for entry in found.directories:
            rows.folders.append((entry.path, entry.modified.low.strftime("%Y-%m-%d %H:%M") if entry.modified else ""))
        for entry in found.files:
            rows.files.append(entry.path.rpartition("/")[2].encode("utf-8", "surrogateescape"))
            rows.sizes.append(entry.size.best if entry.size else 0)
            rows.sized += entry.size is not None
            rows.exact += entry.size is not None and entry.size.exact
            if entry.modified is not None:
                middle = entry.modified.low + (entry.modified.high - entry.modified.low) / 2
                shown = middle.strftime("%Y-%m-%d %H:%M")
                rows.months[shown[:7]] += 1
                rows.newest = max(rows.newest, shown)
                rows.oldest = min(rows.oldest or shown, shown)
        return rows


def _child(base: str, href: bytes) -> str | None:
    """The absolute path of a folder's link, when it is one strictly and directly below the base."""
    text = href.removeprefix(b"./").decode("latin-1")
    name = text[:-1]
    if not name or "/" in name or name in (".", "..") or "?" in name or "#" in name:
        return None
    # Raw bytes above ASCII go back to the server as it must read them: percent-encoded.
    spelled = "".join(c if " " < c < "\x7f" else f"%{ord(c):02X}" for c in text.replace("&amp;", "&"))
    return base[: base.rfind("/") + 1] + spelled


def _sizes(sizes: tuple[bytes, ...], dialect: Dialect) -> tuple[list[int], int, int]:
    if dialect.exact:
        try:
            read = list(map(int, sizes))
        except ValueError:
            pass  # `autoindex_exact_size off` writes 5M
        else:
            return read, len(read), len(read)
    known = {text: _size(text) for text in set(sizes)} if len(sizes) > 64 else {}
    best = [known[text] if text in known else _size(text) for text in sizes]
    shown = sum(text != b"-" for text in sizes)
    # Apache writes bytes as they are below a kilobyte.
    exact = sum(text.isdigit() for text in sizes)
    return best, shown, exact


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
            rows.months = Counter({month.decode(): n for month, n in Counter([time[:7] for time in dated]).items()})
            rows.newest, rows.oldest = max(dated).decode(), min(dated).decode()
        return
    months = Counter([time[3:11] for time in times])
    order = {month: _month(month) for month in months}
    rows.months = Counter({order[month]: count for month, count in months.items() if order[month]})
    real = [month for month in months if order[month]]
    if not real:
        return
    last, first = max(real, key=order.__getitem__), min(real, key=order.__getitem__)
    # Only the rows of the last and of the first month can hold the newest and the oldest date.
    rows.newest = max(_iso(time, True) for time in {t for t in times if t[3:11] == last})
    rows.oldest = min(_iso(time, True) for time in {t for t in times if t[3:11] == first})


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
