"""Keys of object stores: any text at all, taken out of an answer and put into a path without losing a byte."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, unquote_plus

from probes.recognise.listing.model import Entry, Kind, Listing, Modified, Size


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object of a store as its listing shows it. `key` is exact, whatever stands in it."""

    key: str
    size: Size | None = None
    modified: Modified | None = None

    @property
    def folder(self) -> bool:
        """Whether it only marks a folder: a key that ends with a slash, with nothing stored under it."""
        return self.key.endswith("/") and (self.size is None or self.size.best == 0)


def key_bytes(key: str) -> bytes:
    """The bytes of a key: UTF-8, and bytes that are none as they came. Total: a lone surrogate is written as it is."""
    try:
        return key.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return key.encode("utf-8", "surrogatepass")


def sent(key: str) -> str:
    """A key as the path of a request: everything encoded but slashes, and nothing normalised.

    `..`, `//`, a leading slash, `+` and `%` are letters of a key (Amazon S3 User Guide, "Object key naming").
    """
    return quote(key_bytes(key), safe="/")


def decoded(text: str) -> str:
    """A key out of an answer that says `EncodingType` url (S3 API, ListObjectsV2).

    Some stores write a space as `+`, others as `%20`; a plus is `%2B` at both. Bytes that are no UTF-8 are kept.
    """
    return unquote_plus(text, errors="surrogateescape")


def listing_of(
    family: str,
    root: str,
    objects: Iterable[StoredObject],
    prefixes: Iterable[str] = (),
    partial: str = "",
    reasons: tuple[str, ...] = (),
) -> Listing:
    """The listing that objects and common prefixes make below the bucket's own path `root`."""
    found: dict[str, Entry] = {}
    for one in objects:
        kind = Kind.DIRECTORY if one.folder else Kind.FILE
        path = f"{root}/{sent(one.key)}"
        found[path] = Entry(one.key, path, kind, None if one.folder else one.size, one.modified)
    for prefix in prefixes:
        path = f"{root}/{sent(prefix)}"
        found.setdefault(path, Entry(prefix, path, Kind.DIRECTORY))
    return Listing(family, tuple(found.values()), partial, reasons)
