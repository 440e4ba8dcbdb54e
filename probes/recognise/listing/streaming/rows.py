"""The rows of a listing as columns: what is counted of a page, whether a known server's or any that was recognised."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from urllib.parse import quote

from probes.recognise.listing.html.markup import attribute_text
from probes.recognise.listing.model import Entry, Listing, Modified

_EAST: Final = timedelta(hours=14)
_ZONES: Final = timedelta(hours=26)
"""Zones lie between 14 hours east of UTC and 12 hours west of it: so much doubt has a time that says none."""
_MINUTE: Final = timedelta(minutes=1)

MOST_FOLDERS: Final = 50_000
"""Folders of one page that are told; of a page with more, the survey is partial."""


@dataclass(slots=True)
class Rows:
    """A chunk of a listing as columns. `files` are links as the server spells them, `sizes` bytes (0 where none is
    shown), `months` files by `2019-02`; `newest` and `oldest` are dates as the page shows them, or empty:
    `2019-02-16 23:05` without a zone, `2019-02-16 23:05Z` where it is UTC, `2019-02-16` where there is no time."""

    files: list[bytes] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    """What a request for each file must send, where that is not its link below the folder; else empty."""
    sizes: list[int] = field(default_factory=list)
    sized: int = 0
    exact: int = 0
    months: Counter[str] = field(default_factory=Counter)
    newest: str = ""
    oldest: str = ""
    folders: list[tuple[str, str]] = field(default_factory=list)
    """Absolute path, and the time that the page shows of it."""


def rows_of(listing: Listing) -> Rows:
    """The entries of a listing that was recognised."""
    rows = Rows()
    for entry in listing.directories:
        shown = date_shown(entry.modified)
        rows.folders.append((entry.path, shown if len(shown) > 10 else ""))
    for entry in listing.files:
        rows.files.append(_spelled(entry))
        rows.paths.append(entry.path)
        rows.sizes.append(entry.size.best if entry.size else 0)
        rows.sized += entry.size is not None
        rows.exact += entry.size is not None and entry.size.exact
        shown = date_shown(entry.modified)
        if shown:
            rows.months[shown[:7]] += 1
            rows.newest = max(rows.newest, shown)
            rows.oldest = min(rows.oldest or shown, shown)
    return rows


def _spelled(entry: Entry) -> bytes:
    """The name as the server spells it, where its path ends in it; a script's parameter may name a file otherwise."""
    if "?" in entry.path:
        return quote(entry.name, errors="surrogateescape").encode()
    return entry.path.rpartition("/")[2].encode("utf-8", "surrogateescape")


def date_shown(modified: Modified | None) -> str:
    """A date as the page shows it; nothing where it leaves more doubt than a day and an unknown zone."""
    if modified is None:
        return ""
    doubt = modified.high - modified.low
    try:
        if doubt <= _MINUTE:
            return f"{modified.low.isoformat(' ')[:16]}Z"
        if doubt <= _ZONES + _MINUTE:
            return (modified.low + _EAST).isoformat(" ")[:16]
        return (modified.low + _EAST).isoformat()[:10] if doubt <= _ZONES + timedelta(days=1) + _MINUTE else ""
    except OverflowError:
        return ""


def spelled(href: bytes) -> str:
    """A link of this folder as a request spells it: raw bytes beyond ASCII are percent-encoded."""
    text = attribute_text(href.removeprefix(b"./").decode("latin-1"))
    return "".join(c if " " < c < "\x7f" else quote(c, encoding="latin-1" if c < "\u0100" else "utf-8") for c in text)
