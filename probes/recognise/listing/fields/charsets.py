"""Names that a page writes as bytes of its own charset: as a browser shows them, while their paths stay those bytes."""

from __future__ import annotations

import codecs
import re
from dataclasses import replace
from typing import Final
from urllib.parse import quote_from_bytes, unquote_to_bytes

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
    """The body in UTF-8, so that the words of its header and its units are read. The bytes of its links are what the
    server knows its files by: they stay, percent-encoded."""
    if body.isascii():
        return body
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        body = _HREF.sub(lambda href: _percent(href[0], charset), _DECLARED.sub(rb"\1", body, 1))
        return body.decode(charset, "replace").encode()
    return body


def _percent(href: bytes, charset: str) -> bytes:
    """An address with the bytes of its letters beyond ASCII percent-encoded."""
    if b"\\" not in href:
        return href if href.isascii() else quote_from_bytes(href, _ASCII).encode()
    # A backslash is the second byte of some letters.
    decoder = codecs.getincrementaldecoder(charset)("replace")
    made = bytearray()
    for one in href:
        byte = bytes((one,))
        plain = decoder.decode(byte).encode().endswith(byte) and byte.isascii()
        made += byte if plain else quote_from_bytes(byte, "").encode()
    return bytes(made)


_ASCII: Final = bytes(range(128))
_DECLARED: Final = re.compile(rb"""^(\s{0,8}<\?xml[^>]{0,200}?)\sencoding=["'][^"'>]{0,40}["']""")
"""The charset that XML declares, which is another once it is read."""
_HREF: Final = re.compile(rb"""(?i)(?<=\shref=)(?:"[^"<>]{0,4096}"|'[^'<>]{0,4096}'|[^\s"'<>]{1,4096})""")
_HIGH: Final = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f])+")
"""Bytes above ASCII as addresses write them."""
_WRITTEN: Final = re.compile(_HIGH.pattern.encode())
_LETTERS: Final = re.compile(rb"[\x80-\xff]+")


def paths_in_charset(listing: Listing, charset: str, body: bytes, address: str) -> Listing:
    """The listing of `body` at `address`, with names that stand as letters in scripts and texts, and are written in no
    link, asked for in the page's own bytes."""
    runs = {run: run.upper() for entry in listing.entries if "%" in entry.path for run in _HIGH.findall(entry.path)}
    if not runs:
        return listing
    letters = {run: unquote_to_bytes(run) for run in runs}
    stand, sought = set(letters.values()), {run.encode() for run in runs.values()}
    stand = {found[0] for found in _LETTERS.finditer(body) if found[0] in stand}
    written = {run for run in (found[0].upper() for found in _WRITTEN.finditer(body)) if run in sought}
    written |= {run.encode() for run in _HIGH.findall(address.upper())}
    own = {
        run: _in_bytes(letters[run], charset) or run
        for run, upper in runs.items()
        if letters[run] in stand and upper.encode() not in written
    }
    entries = (replace(one, path=_HIGH.sub(lambda run: own.get(run[0], run[0]), one.path)) for one in listing.entries)
    return replace(listing, entries=tuple(entries))


def _in_bytes(letters: bytes, charset: str) -> str:
    try:
        return quote_from_bytes(letters.decode("utf-8").encode(charset), "")
    except UnicodeError:
        return ""


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
