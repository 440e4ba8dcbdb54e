"""How known servers write the rows of a listing: one expression a dialect, and its columns of dates and sizes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from probes.recognise.listing.streaming.rows import Rows

HEAD: Final = 4096
"""Bytes of a page by which its dialect is known."""
_LARGEST: Final = 1 << 60
"""No file is larger; what a page says beyond it is a lie."""
_MONTHS: Final = {
    name: f"{number:02d}"
    for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)  # noqa: SIM905
}
_UNITS: Final = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


@dataclass(frozen=True, slots=True)
class Dialect:
    """One generator's rows: `row` finds link, date and size; `starts` is what rows begin with, after a line's end.

    Pages are hostile: no repeat in `row` may run over a `<` or stand beside another that takes the same bytes.
    """

    name: str
    head: tuple[bytes, ...]
    row: re.Pattern[bytes]
    starts: tuple[bytes, ...]
    english: bool
    """Whether dates are `21-Nov-2026 21:08`, not `2026-11-21 21:08`."""
    exact: bool
    """Whether a bare number is the size to the byte, always."""
    close: bytes
    """The end tag that the server always writes after the last row."""


_NGINX: Final = Dialect(
    "nginx",
    (b"<h1>Index of ", b'<hr><pre><a href="../">../</a>'),
    re.compile(rb'<a href="(?!\.\./")([^"]+)">[^<]*</a> +(\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d) +(\d+[KMGT]?|-)\r?\n'),
    (b"<a href=",),
    english=True,
    exact=True,
    close=b"</pre>",
)
_APACHE_TABLE: Final = Dialect(
    "Apache table",
    (b"<h1>Index of ", b"<table", b"?C=N;O="),
    # It begins with letters, which are looked for fast; the cells before the link say nothing.
    re.compile(
        rb'<a href="(?![/?])([^"]+)">[^<]*</a> *</td>'
        rb"<td[^<>]*>(\d{4}-\d\d-\d\d \d\d:\d\d|&nbsp;)? *</td><td[^<>]*> *([0-9.]+[KMGT]?|-) *</td>"
    ),
    (b"<tr",),
    english=False,
    exact=False,
    close=b"</table>",
)
_APACHE_PRE: Final = Dialect(
    "Apache fancy",
    (b"<h1>Index of ", b"<pre>", b"?C=N;O="),
    re.compile(
        rb'(?:<img[^<>]*> )?<a href="(?![/?])([^"]+)">[^<]*</a> +'
        rb"(?:(\d{4}-\d\d-\d\d \d\d:\d\d) +)?([0-9.]+[KMGT]?|-) *(?=[^ ])"
    ),
    (b"<img ", b"<a href="),
    english=False,
    exact=False,
    close=b"</pre>",
)
DIALECTS: Final = (_NGINX, _APACHE_TABLE, _APACHE_PRE)


def links(chunk: bytes, dialect: Dialect, entries: int) -> int:
    """How many links are entries. Others are sort links, and the link up, which Apache writes as an absolute path."""
    count = chunk.count(b"<a href=")
    up = b'<a href="../">' if dialect is _NGINX else b'<a href="/'
    found = count
    # They stand at a page's top: only where links are left over is the whole chunk looked through for them.
    for part in (chunk[:HEAD], chunk):
        if found == entries:
            break
        found = count - part.count(b'<a href="?C=') - part.count(up)
    return found


def columns(rows: Rows, found: Sequence[tuple[bytes, bytes, bytes]], dialect: Dialect) -> None:
    """Put files that a dialect's expression has found into `rows`."""
    hrefs, times, sizes = zip(*found, strict=True)
    rows.files = list(hrefs)
    rows.sizes, rows.sized, rows.exact = _sizes(sizes, dialect)
    _dates(rows, times, dialect.english)


def _sizes(sizes: tuple[bytes, ...], dialect: Dialect) -> tuple[list[int], int, int]:
    if dialect.exact:
        try:
            read = list(map(int, sizes))
        except ValueError:
            pass  # `autoindex_exact_size off` writes 5M
        else:
            return ([min(one, _LARGEST) for one in read] if max(read) > _LARGEST else read), len(read), len(read)
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
        return min(_LARGEST, round(float(shown.removesuffix(unit)) * _UNITS[unit]))
    except (ValueError, OverflowError):
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
    rows.newest = shown_time(max(times if alone else [time for time in times if time[3:11] == last]), True)
    rows.oldest = shown_time(min(times if alone else [time for time in times if time[3:11] == first]), True)


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


def shown_time(time: bytes, english: bool) -> str:
    text = time.decode("latin-1")
    if not english:
        return text if len(text) == 16 else ""
    month = _MONTHS.get(text[3:6])
    return f"{text[7:11]}-{month}-{text[:2]}{text[11:]}" if month else ""
