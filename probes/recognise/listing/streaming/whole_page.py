"""A page that is no known server's, read as a whole by the tolerant recogniser: its rows as columns, and its doubts.

It takes about a second a megabyte, and many times that on hostile pages: it belongs into a process of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from probes.recognise.listing.doubts.partial import PAGED
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.model import Listing
from probes.recognise.listing.recognise import recognise
from probes.recognise.listing.streaming.further import further_pages
from probes.recognise.listing.streaming.rows import Rows, rows_of
from probes.recognise.media.kinds import MediaKind, kind_of_name

_LINK: Final = re.compile(rb"href\s{0,4}=\s{0,4}[\"']?([^\"'<>\s]{1,2048})", re.IGNORECASE)
_DATA: Final = frozenset(
    {
        MediaKind.AUDIO,
        MediaKind.VIDEO,
        MediaKind.DICOM,
        MediaKind.DATABASE_DUMP,
        MediaKind.MAIL_STORE,
        MediaKind.DOCUMENT,
    }
)
"""Kinds of files that no page links to as a decoration: not images, nor an archive of all that is listed."""


@dataclass(frozen=True, slots=True)
class WholePage:
    """What a page holds. `family` is empty when it is no listing; `partial` says why there is more than the rows."""

    rows: Rows = field(default_factory=Rows)
    family: str = ""
    partial: str = ""
    claimed: bool = False
    """Whether its structure says that it is a listing; else it holds links that are worth trying, or none."""
    turns: tuple[str, ...] = ()
    """Further pages of the same folder, where the page says that it is one of several."""


def read_whole(
    body: bytes, url: str, headers: Iterable[tuple[str, str]] = (), status: int = 200, whole: bool = True
) -> WholePage:
    """The rows of any page that the recogniser understands; `whole=False` says that the body was cut."""
    found = recognise(body, url, headers, status, whole)
    if not isinstance(found, Listing):
        return WholePage()
    others: tuple[str, ...] = ()
    if found.partial == PAGED:
        others = further_pages(Page.of(body, url, headers, status, whole), {entry.name for entry in found.entries})
    return WholePage(rows_of(found), found.family, found.partial or _doubt(found, body, url), found.claimed, others)


def _doubt(listing: Listing, body: bytes, url: str) -> str:
    """What says that a page was not understood whole, though it ended in order."""
    names = [entry.name for entry in listing.entries]
    if len({(entry.name, entry.kind) for entry in listing.entries}) < len(names):
        return "two entries have one name"
    script = unquote(url.partition("?")[0].rpartition("/")[2])
    if "?" in url and script in names:
        return "an entry is named after the script that lists it"
    known = {unquote(entry.path) for entry in listing.entries} | set(names)
    unread = {link for link in map(_linked, _LINK.findall(body)) if kind_of_name(link) in _DATA} - known
    missed = [link for link in unread if link.rpartition("/")[2] not in known]
    # One such link may stand in a page's text, or lead to a manual.
    return f"{len(missed)} links to files were not read as entries" if len(missed) > 1 else ""


def _linked(href: bytes) -> str:
    return unquote(href.decode("utf-8", "replace").partition("#")[0].partition("?")[0])
