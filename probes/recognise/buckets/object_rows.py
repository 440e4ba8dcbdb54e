"""Rows of an object store's list as a listing: every key to the letter, the path that asks for it, what follows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from probes.recognise.listing.fields import sizes
from probes.recognise.listing.model import Entry, Kind, Listing, Modified

CUT = "cut short"
PAGED = "paged"
MOST_BYTES = 8 << 20
"""Bytes of a page that are read at most: none of the stores writes a longer one."""


@dataclass(frozen=True, slots=True)
class Keys:
    """One page of a store's list."""

    listing: Listing
    kept: int = 0
    """Rows that are no current object: old versions, snapshots, deleted objects."""
    versioned: bool = False
    """Whether the store wrote versions at all: one that ignores the question answers with its ordinary list."""


def path_of(root: str, key: str) -> str:
    """The path that asks for `key` below `root`: RFC 3986 section 2.1, slashes kept, nothing else left as it is.

    A lone surrogate, which JSON can write and UTF-8 cannot, keeps its three bytes, so that no key is lost or renamed.
    """
    return f"{root}/{quote(key.encode('utf-8', 'surrogatepass'), safe='/')}"


def row(root: str, key: object, size: object = None, changed: Modified | None = None) -> Entry | None:
    """The entry of one key. `name` is the key to the letter, slashes, dots and control characters included.

    A key that ends with a slash and holds nothing marks a folder; one that holds bytes is an object as any other.
    """
    if not isinstance(key, str) or not key:
        return None
    exact = sizes.exact(size)
    marker = key.endswith("/") and (exact is None or exact.best == 0)
    kind = Kind.DIRECTORY if marker else Kind.FILE
    return Entry(key, path_of(root, key), kind, None if marker else exact, changed)


def listing(family: str, rows: Iterable[Entry | None], partial: str, mark: str) -> Listing:
    """The listing that rows make; a key that is listed twice (two versions of it) is one entry."""
    found: dict[str, Entry] = {}
    for entry in rows:
        if entry is not None:
            found.setdefault(entry.path, entry)
    return Listing(family, tuple(found.values()), partial, (mark, f"{len(found)} keys"))


def json_of(body: bytes) -> object:
    """The JSON value of a body, or None. Raises nothing: length, nesting and digits are bounded."""
    if len(body) > MOST_BYTES:
        return None
    try:
        return json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return None


def objects_of(value: object) -> list[dict[str, object]] | None:
    """`value` as rows, when it is an array of JSON objects and of nothing else."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return None
    return value
