"""Names that a page writes as bytes of its own charset: as a browser shows them, while their paths stay those bytes."""

from __future__ import annotations

import codecs
import re
from dataclasses import replace
from typing import Final
from urllib.parse import unquote_to_bytes

from probes.recognise.listing.model import Entry, Listing

_META: Final = re.compile(rb"""(?i)<meta[^>]{0,200}?charset\s{0,8}=\s{0,8}["']?\s{0,8}([a-z0-9_.:-]{2,30})""")
_PARAMETER: Final = re.compile(r"(?i)charset\s{0,8}=\s{0,8}[\"']?([a-z0-9_.:-]{2,30})")
_EARLY: Final = 4096
_LEGACY: Final = re.compile(
    r"cp\d{3,5}|iso8859-\d{1,2}|koi8-[a-z]|shift_jis\w{0,8}|euc_\w{2,8}|gb\d{4,5}|gbk|big5\w{0,6}|mac-[a-z]{4,10}"
    r"|tis-620"
)
"""Charsets of one script or several, of which names are read in none but UTF-8 and Latin-1 without being told."""
_AS_BROWSERS: Final = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "iso8859-1": "cp1252",
}
"""What browsers read for a label (https://encoding.spec.whatwg.org/#names-and-labels)."""


def charset_of(body: bytes, content_type: str) -> str:
    """The codec of the charset that a page or its header names; empty where names are read the same without it."""
    said = _PARAMETER.search(content_type[:200])
    found = _META.search(body[:_EARLY])
    for label in ([said[1]] if said else []) + ([found[1].decode("ascii")] if found else []):
        try:
            codec = codecs.lookup(label).name
        except LookupError:
            continue
        if _LEGACY.fullmatch(codec):
            return _AS_BROWSERS.get(codec, codec)
    return ""


def in_utf8(body: bytes, charset: str) -> bytes:
    """The body in UTF-8, so that the words of its header and its units are read, where no tag of it has bytes of
    `charset`: those of links are what the server knows its files by."""
    if body.isascii() or _IN_TAG.search(body):
        return body
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode(charset, "replace").encode()
    return body


HIGH: Final = re.compile(rb"%[89A-Fa-f][0-9A-Fa-f]")
"""A byte above ASCII as addresses write it."""
_IN_TAG: Final = re.compile(rb"<[^<>]{0,4096}[\x80-\xff]")


def names_in_charset(listing: Listing, charset: str) -> Listing:
    """The listing with the names in `charset` whose bytes in the page are no UTF-8."""
    return replace(listing, entries=tuple(_named(entry, charset) for entry in listing.entries))


def in_charset(name: str, raw: bytes, charset: str) -> str:
    """A name, whose bytes are `raw`, in `charset` if they are no UTF-8 and it can be read so."""
    try:
        if name.encode("latin-1") != raw:
            return name  # read as UTF-8
        known = raw.decode(charset)
    except (UnicodeError, LookupError):
        return name
    return name if "\x00" in known or "/" in known else known


def _named(entry: Entry, charset: str) -> Entry:
    if entry.name.isascii():
        return entry
    try:
        raw = entry.name.encode("latin-1")
    except UnicodeError:
        return entry
    if raw not in unquote_to_bytes(entry.path):
        return entry  # read as UTF-8
    return replace(entry, name=in_charset(entry.name, raw, charset))
