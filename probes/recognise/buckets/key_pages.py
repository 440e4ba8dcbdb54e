"""One page of an object store's keys as columns, exactly as the store spells them: S3, Azure, GCS, Swift and OCI.

A survey meets thousands of such pages. What a store repeats row by row is learnt from a page's first row, so that one
expression takes key, size and date out of a thousand rows in half a millisecond; rows that differ are taken column by
column, and what is no such XML at all is read by a bounded parser. Each way is checked against the number of rows.
Formats: Amazon S3 API reference, ListObjectsV2 and ListObjects; Azure Blob service REST API, List Blobs; GCS JSON API,
Objects: list; OpenStack Object Storage API v1, Show container details; OCI Object Storage API, ListObjects.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from operator import lt
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from probes.recognise.listing.rows import Rows
from probes.recognise.listing.structured.xml_tree import Node, parse

MOST_BYTES: Final = 12 << 20
"""No page is longer: Azure's 5,000 blobs with all their properties take half of it."""
_LARGEST: Final = 1 << 53
"""No object is larger; what says that it is, tells no size."""
_NAMES: Final = {b"amp": b"&", b"lt": b"<", b"gt": b">", b"quot": b'"', b"apos": b"'"}
_MONTHS: Final = {
    name: f"{number:02d}"
    for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)  # noqa: SIM905
}


@dataclass(slots=True)
class KeyPage:
    """A page of keys, in the order of the server. `dates` begin with `2019-02-16T23:05`, or are empty."""

    keys: list[bytes] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    dates: list[bytes] = field(default_factory=list)
    sized: int = 0
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

    @property
    def ordered(self) -> bool:
        """Whether every key is greater than the one before it, byte by byte: in UTF-8 that is by code point."""
        return all(map(lt, self.keys, self.keys[1:]))

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


@lru_cache(4096)
def _month(text: bytes) -> bool:
    return re.fullmatch(rb"\d{4}-(?:0[1-9]|1[0-2])", text) is not None


def _minute(date: bytes) -> str:
    return date[:16].decode("latin-1").replace("T", " ")


def read_s3(body: bytes) -> KeyPage | None:
    """A `ListBucketResult` of either version and any namespace; None when the body is something else."""
    rows, rest = _columns(body, b"Contents", (b"Key", b"Size", b"LastModified"))
    root, whole = parse(rest)
    if root is None or root.name != "ListBucketResult":
        return None
    if rows is None:
        rows = _by_tree(root, "Contents", ("Key", "Size", "LastModified"))
    keys, sizes, dates = rows
    if root.said("EncodingType") == "url":
        keys = _unquoted(keys)
    page = KeyPage(keys, dates=dates, whole=whole)
    page.sizes, page.sized = _sizes(sizes)
    marked = [_bytes(node.text_of("Prefix")) for node in root.children if node.name == "CommonPrefixes"]
    page.prefixes = _unquoted(marked) if root.said("EncodingType") == "url" else marked
    page.more = root.said("IsTruncated").lower() == "true"
    page.token = root.text_of("NextContinuationToken") or root.text_of("NextMarker")
    said = {node.name for node in root.children}
    page.second = bool(said & {"KeyCount", "NextContinuationToken", "ContinuationToken", "StartAfter"})
    return page


def read_azure(body: bytes) -> KeyPage | None:
    """Azure's `EnumerationResults` of blobs; None when the body is something else."""
    rows, rest = _columns(body, b"Blob", (b"Name", b"Content-Length", b"Last-Modified"))
    root, whole = parse(rest)
    blobs = root.first("Blobs") if root else None
    if root is None or root.name != "EnumerationResults" or blobs is None:
        return None
    if rows is None:
        rows = _by_tree(blobs, "Blob", ("Name", "Properties/Content-Length", "Properties/Last-Modified"))
    page = KeyPage(rows[0], dates=list(map(_from_http, rows[2])), whole=whole)
    page.sizes, page.sized = _sizes(rows[1])
    page.prefixes = [_name(node) for node in blobs.children if node.name == "BlobPrefix"]
    page.token = root.text_of("NextMarker")
    page.more = bool(page.token)
    return page


def read_gcs(body: bytes) -> KeyPage | None:
    """Google's `storage#objects` in JSON; None when the body is something else."""
    root = _json(body)
    items = root.get("items", []) if isinstance(root, dict) else None
    if items is None or not (items or "kind" in root or "nextPageToken" in root or not root):
        return None
    page = _records(items, "name", "size", "updated")
    if page is not None:
        page.prefixes = [_bytes(one) for one in root.get("prefixes", []) if isinstance(one, str)]
        page.token = _text(root.get("nextPageToken"))
        page.more = bool(page.token)
    return page


def read_oci(body: bytes) -> KeyPage | None:
    """Oracle's list of objects; None when the body is something else."""
    root = _json(body)
    if not isinstance(root, dict) or not isinstance(root.get("objects"), list):
        return None
    page = _records(root["objects"], "name", "size", "timeCreated")
    if page is not None:
        page.prefixes = [_bytes(one) for one in root.get("prefixes") or [] if isinstance(one, str)]
        page.token = _text(root.get("nextStartWith"))
        page.more = bool(page.token)
    return page


def read_swift(body: bytes) -> KeyPage | None:
    """A container's list in JSON; None when the body is something else. Only an empty page says that there is no more:
    some clusters send short ones."""
    root = _json(body) if body.strip() else []
    page = _records(root, "name", "bytes", "last_modified")
    if page is not None:
        page.prefixes = [_bytes(one["subdir"]) for one in root if isinstance(one.get("subdir"), str)]
        page.more = bool(root)
    return page


# One row's expression: where each row is as the first one, one search takes all columns.


_Columns = tuple[list[bytes], list[bytes], list[bytes]]
_TAG: Final = re.compile(rb"<[^>]*>")


def _columns(body: bytes, row: bytes, leaves: tuple[bytes, bytes, bytes]) -> tuple[_Columns | None, bytes]:
    """Three columns of the rows of a document, and the document without them; None and all of it where that fails."""
    opening, closing = b"<%b>" % row, b"</%b>" % row
    start = body.find(opening)
    end = body.rfind(closing) + len(closing)
    if start < 0 or end < start:
        return None, body
    rest = body[:start] + body[end:]
    first = body[start : body.find(closing, start) + len(closing)]
    count = body.count(closing, start, end)
    tags, gaps = tuple(_TAG.findall(first)), tuple(map(len, _TAG.split(first)[1:-1]))
    for rigid in (True, False):
        pattern = _row_of(tags, gaps if rigid else _loose(tags, gaps), leaves, rigid)
        found = pattern[0].findall(body, start, end) if pattern is not None else []
        if pattern is not None and len(found) == count:
            taken = list(zip(*found, strict=True))
            columns = [list(taken[at]) for at in pattern[1]]
            break
    else:
        columns = [re.compile(b"<%b>([^<]*)</%b>" % (leaf, leaf)).findall(body, start, end) for leaf in leaves]
        if not len(columns[0]) == len(columns[1]) == len(columns[2]) == count == body.count(opening, start, end):
            return None, body
    keys, sizes, dates = columns
    if b"&" in b"".join(keys):
        keys = [_ENTITY.sub(_character, key) if b"&" in key else key for key in keys]
    return (keys, sizes, dates), rest


def _leaf(tag: bytes, after: bytes) -> bool:
    return after == b"</" + tag[1:]


def _loose(tags: tuple[bytes, ...], gaps: tuple[int, ...]) -> tuple[int, ...]:
    """The lengths between tags, without those of texts: the same for all rows of one shape."""
    return tuple(0 if _leaf(*pair) else gap for *pair, gap in zip(tags, tags[1:], gaps, strict=False))


@lru_cache(64)
def _row_of(
    tags: tuple[bytes, ...], gaps: tuple[int, ...], leaves: tuple[bytes, bytes, bytes], rigid: bool
) -> tuple[re.Pattern[bytes], tuple[int, ...]] | None:
    """The expression of rows that are built of the same tags, and where in its groups each of the columns is.

    What stands between two texts is skipped by its length, from one `<` to one `>`: literal tags take twice as long.
    `rigid`: so are all texts but those of key and size, which are as long in most rows as in the first one. Whether all
    rows are so is told by their count.
    """
    pattern, groups, fixed = tags[0], [], 0
    for before, tag, length in zip(tags, tags[1:], gaps, strict=False):
        if not _leaf(before, tag):
            fixed += length + len(tag)
            continue
        pattern += b"<.{%d}>" % (fixed - 2) if fixed else b""
        fixed = len(tag)
        name = before[1:-1]
        text = b".{%d}" % length if rigid and name not in leaves[:2] else b"[^<]*"
        pattern += b"(%b)" % text if name in leaves else text
        groups += [name] if name in leaves else []
    if sorted(groups) != sorted(leaves):
        return None
    pattern += b"<.{%d}>" % (fixed - 2)
    return re.compile(pattern, re.DOTALL), tuple(groups.index(leaf) for leaf in leaves)


_ENTITY: Final = re.compile(rb"&(?:#([0-9]{1,7})|#[xX]([0-9A-Fa-f]{1,6})|(\w{1,8}));")


def _character(match: re.Match[bytes]) -> bytes:
    """A character reference (XML 1.0, 4.1), also of what XML forbids: a key may hold a control character."""
    decimal, hexadecimal, name = match.groups()
    if name is not None:
        return _NAMES.get(name, match[0])
    number = int(decimal) if decimal is not None else int(hexadecimal, 16)
    return chr(number).encode("utf-8", "surrogatepass") if number < 0x110000 else match[0]


def _by_tree(parent: Node, row: str, paths: tuple[str, str, str]) -> _Columns:
    nodes = [node for node in parent.children if node.name == row]
    keys = [_name(node) if row == "Blob" else _bytes(node.text_of(paths[0])) for node in nodes]
    return keys, *([_bytes(node.said(path)) for node in nodes] for path in paths[1:])  # type: ignore[return-value]


def _name(node: Node) -> bytes:
    """A blob's name: what XML cannot hold is percent-encoded, and said to be."""
    name = node.first("Name")
    if name is None:
        return b""
    encoded = name.attributes.get("Encoded", "").lower() == "true"
    return unquote_to_bytes(name.text) if encoded else _bytes(name.text)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _unquoted(keys: list[bytes]) -> list[bytes]:
    """Keys of `encoding-type=url`: `+` is a space at some servers and `%20` at others; a plus is `%2B` at all."""
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


def _sizes(texts: list[bytes]) -> tuple[list[int], int]:
    """Bytes of each object, and how many were told."""
    try:
        sizes = list(map(int, texts))
    except ValueError:
        sizes = [int(text) if text.isdigit() and len(text) < 17 else -1 for text in texts]
    if sizes and (min(sizes) < 0 or max(sizes) > _LARGEST):
        told = [0 <= size <= _LARGEST for size in sizes]
        return [size if ok else 0 for size, ok in zip(sizes, told, strict=True)], sum(told)
    return sizes, len(sizes)


@lru_cache(8192)
def _from_http(text: bytes) -> bytes:
    """`Sat, 16 Feb 2019 23:05:00 GMT` (RFC 9110, 5.6.7) as the other stores write dates."""
    parts = text.decode("latin-1").split()
    month = _MONTHS.get(parts[2]) if len(parts) == 6 else None
    return f"{parts[3]:0>4}-{month}-{parts[1]:0>2}T{parts[4]}".encode() if month else b""


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _records(items: Any, name: str, size: str, date: str) -> KeyPage | None:
    """The columns of a list of objects; a list of anything else is none."""
    if not isinstance(items, list) or not all(isinstance(one, dict) for one in items):
        return None
    named = [one for one in items if isinstance(one.get(name), str)]
    page = KeyPage([_bytes(one[name]) for one in named])
    page.dates = [_text(one.get(date)).encode("latin-1", "replace") for one in named]
    page.sizes, page.sized = _sizes([str(one.get(size, "")).encode("latin-1", "replace") for one in named])
    return page


READERS: Final[dict[str, Callable[[bytes], KeyPage | None]]] = {
    "s3": read_s3, "azure": read_azure, "gcs": read_gcs, "swift": read_swift, "oci": read_oci,
}  # fmt: skip
"""The reader of each dialect's page."""
