"""One page of an object store's keys, whatever the store's dialect: the keys to the byte, with sizes and dates.

The readers of s3.py, azure.py, google.py, swift.py and oracle.py make it; the probes make a listing of it, and surveys
count its columns.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from operator import lt
from typing import Any, Final
from urllib.parse import quote, unquote_plus, unquote_to_bytes

from probes.recognise.listing.model import Entry, Kind, Listing, Modified, Size
from probes.recognise.listing.streaming.rows import Rows
from probes.recognise.listing.structured.json_rows import when

MOST_BYTES: Final = 12 << 20
"""No page is longer: Azure's 5,000 blobs with all their properties take half of it."""
CUT: Final = "cut short"
PAGED: Final = "paged"
_LARGEST: Final = 1 << 53
"""No object is larger; a larger number tells no size."""


@dataclass(slots=True)
class KeyPage:
    """A page of keys, in the order of the server. `dates` begin with `2019-02-16T23:05` in UTC, or are empty."""

    keys: list[bytes] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    dates: list[bytes] = field(default_factory=list)
    sized: int = 0
    """How many of `sizes` the store stated; the rest are 0."""
    prefixes: list[bytes] = field(default_factory=list)
    """With a delimiter: what stands for all keys that begin so."""
    more: bool = False
    """The page says that there is more after it."""
    token: str = ""
    """What asks for the next page, where the page names it (continuation token, NextMarker, nextStartWith)."""
    second: bool = False
    """S3: the answer is one of ListObjectsV2; a server that knows the first version alone ignores what it is asked."""
    whole: bool = True
    """Whether the page was well formed to its end: every row that it has stands in the columns."""
    stopped: bool = False
    """Whether the reading of it stopped at a bound of ours: it is not whole, and nothing is wrong with it."""
    name: str = ""
    """S3: the bucket that the page says it lists."""
    kept: int = 0
    """Rows that are not current objects: old versions, snapshots, deleted objects that are still stored."""
    deleted: int = 0
    """S3: delete markers, which hold nothing."""
    versioned: bool = False
    """Whether the store wrote versions at all: a store that ignores the question answers with its ordinary list."""

    @property
    def ordered(self) -> bool:
        """Whether every key is greater than the one before it, byte by byte: in UTF-8 that is by code point."""
        return all(map(lt, self.keys, self.keys[1:]))

    @property
    def names(self) -> set[bytes]:
        """Every key and common prefix of the page."""
        return {*self.keys, *self.prefixes}

    def within(self, low: bytes, high: bytes | None) -> KeyPage:
        """The part of an ordered page that is greater than `low` and not greater than `high`."""
        first = bisect_right(self.keys, low)
        last = len(self.keys) if high is None else bisect_right(self.keys, high)
        if first == 0 and last == len(self.keys):
            return self
        sized = last - first if self.sized == len(self.keys) else sum(map(bool, self.sizes[first:last]))
        return KeyPage(self.keys[first:last], self.sizes[first:last], self.dates[first:last], sized)

    def after_first(self) -> KeyPage:
        """The page without its first key."""
        told = self.sized == len(self.keys)
        page = KeyPage(self.keys[1:], self.sizes[1:], self.dates[1:], self.sized - told)
        page.more, page.token, page.second = self.more, self.token, self.second
        return page

    def rows(self) -> Rows:
        """The columns as a survey counts them."""
        rows = Rows(self.keys, sizes=self.sizes, sized=self.sized, exact=self.sized)
        dated = self.dates
        newest, oldest = max(dated, default=b""), min(dated, default=b"")
        if newest[:7] == oldest[:7]:
            months = Counter({newest[:7]: len(dated)})
        else:
            months = Counter([date[:7] for date in dated])
        rows.months = Counter({month.decode(): n for month, n in months.items() if _month(month)})
        if rows.months:
            if len(rows.months) < len(months):
                dated = [date for date in dated if _month(date[:7])]
                newest, oldest = max(dated), min(dated)
            rows.newest, rows.oldest = _minute(newest), _minute(oldest)
        return rows

    def objects(self) -> list[tuple[str, Size | None, Modified | None]]:
        """Key, size and date of each row. A size of 0 is not told where the page leaves out sizes."""
        told = self.sized == len(self.keys)
        return [
            (key_text(key), Size(size, size, size) if told or size else None, _moment(date))
            for key, size, date in zip(self.keys, self.sizes, self.dates, strict=True)
        ]

    def listing(self, family: str, root: str, mark: str, *, whole: bool = True) -> Listing:
        """The listing that the page is, with each object's path below `root`.

        A key that ends with a slash and holds nothing marks a folder. A key that stands twice (two versions of an
        object) is one entry. `whole` says whether the body was read to its end.
        """
        found: dict[str, Entry] = {}
        for key, size, modified in self.objects():
            folder = key.endswith("/") and (size is None or size.best == 0)
            entry = Entry(
                key,
                path_of(root, key),
                Kind.DIRECTORY if folder else Kind.FILE,
                None if folder else size,
                modified,
            )
            found.setdefault(entry.path, entry)
        for prefix in map(key_text, self.prefixes):
            path = path_of(root, prefix)
            found.setdefault(path, Entry(prefix, path, Kind.DIRECTORY))
        partial = CUT if not (whole and self.whole) else PAGED if self.more else ""
        return Listing(family, tuple(found.values()), partial, (mark, f"{len(found)} keys"))


def key_text(key: bytes) -> str:
    """A key as text; bytes that are no UTF-8 become lone surrogates, so that `key_bytes` gives them back."""
    return key.decode("utf-8", "surrogateescape")


def key_bytes(key: str) -> bytes:
    """The bytes of a key. Total: a surrogate that stands for no byte is written as it is."""
    try:
        return key.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return key.encode("utf-8", "surrogatepass")


def sent(key: str | bytes, safe: str = "/") -> str:
    """A key as the path of a request: everything encoded but `safe`, and nothing normalised.

    `..`, `//`, a leading slash, `+` and `%` are letters of a key (Amazon S3 User Guide, "Object key naming").
    """
    return quote(key if isinstance(key, bytes) else key_bytes(key), safe=safe)


def path_of(root: str, key: str) -> str:
    """The path that asks for `key` below `root`."""
    return f"{root}/{sent(key)}"


def decoded(text: str) -> str:
    """A text out of an answer that says `EncodingType` url (S3 API, ListObjectsV2).

    Some stores write a space as `+`, others as `%20`; a plus is `%2B` at both. Bytes that are no UTF-8 are kept.
    """
    return unquote_plus(text, errors="surrogateescape")


def unquoted(keys: list[bytes]) -> list[bytes]:
    """As `decoded`, for many keys at once."""
    joined = b"\n".join(keys)
    if b"+" in joined:
        joined = joined.replace(b"+", b" ")
    if b"%" not in joined:
        return joined.split(b"\n") if joined.count(b"\n") == len(keys) - 1 else keys
    joined = joined.replace(b"%2F", b"/")
    plain = unquote_to_bytes(joined) if b"%" in joined else joined
    if plain.count(b"\n") == len(keys) - 1:
        return plain.split(b"\n")
    return [unquote_to_bytes(key.replace(b"+", b" ")) for key in keys]


def read_sizes(texts: list[bytes]) -> tuple[list[int], int]:
    """Bytes of each object, and how many were stated; the rest are 0."""
    try:
        sizes = list(map(int, texts))
    except ValueError:
        sizes = [int(text) if text.isdigit() and len(text) < 17 else -1 for text in texts]
    if sizes and (min(sizes) < 0 or max(sizes) > _LARGEST):
        told = [0 <= size <= _LARGEST for size in sizes]
        return [size if ok else 0 for size, ok in zip(sizes, told, strict=True)], sum(told)
    return sizes, len(sizes)


def raw(text: str) -> bytes:
    """A text of a parsed document as the bytes of a key."""
    return text.encode("utf-8", "surrogatepass")


def json_of(body: bytes) -> Any:
    """The JSON value of a body, or None. Raises nothing: length, nesting and digits are bounded."""
    if len(body) > MOST_BYTES:
        return None
    try:
        return json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return None


def objects_of(value: object) -> list[dict[str, Any]] | None:
    """`value` as rows, when it is an array of JSON objects and of nothing else."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return None
    return value


def records(rows: list[dict[str, Any]], name: str, size: str, date: str) -> KeyPage:
    """The page that JSON rows make, by the names of their fields. Rows without a name are left out."""
    named = [one for one in rows if isinstance(one.get(name), str)]
    dates = [one.get(date) for one in named]
    page = KeyPage([raw(one[name]) for one in named])
    page.dates = [one.encode("latin-1", "replace") if isinstance(one, str) else b"" for one in dates]
    page.sizes, page.sized = read_sizes([str(one.get(size, "")).encode("latin-1", "replace") for one in named])
    return page


def texts(value: object) -> list[bytes]:
    """The texts of a JSON array, such as common prefixes."""
    return [raw(one) for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _moment(date: bytes) -> Modified | None:
    text = date.decode("latin-1")
    # Every store writes UTC; Swift and the dates of HTTP do not say so.
    return when(text if not text or text.endswith("Z") or "+" in text[19:] else text + "Z")


@lru_cache(4096)
def _month(text: bytes) -> bool:
    return re.fullmatch(rb"\d{4}-(?:0[1-9]|1[0-2])", text) is not None


def _minute(date: bytes) -> str:
    return date[:16].decode("latin-1").replace("T", " ")
