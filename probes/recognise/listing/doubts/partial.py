"""Why there is more in a folder than the entries that were read of its page, or may be."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from urllib.parse import unquote

from probes.recognise.listing.fields.links import Elsewhere, Target, to_text
from probes.recognise.listing.fields.shown_names import letters
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.html.row.found import Found
from probes.recognise.listing.model import Entry
from probes.recognise.listing.points import FILE
from probes.recognise.media.kinds import DATA, MediaKind, kind_of_name

CUT = "cut short"
PAGED = "paged"
UNREAD = "links that were not read as entries"
OTHERWISE = "names that the page shows otherwise"
TWINS = "two entries of one name"
DEEPER = "files in folders that were not read"
ELSEWHERE = "files on another host"
PARTS = frozenset({"", CUT, PAGED, DEEPER, ELSEWHERE})
"""What says nothing against the rows that were read."""
_SCHEMED = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,20}:(?!//)")


def _contradicts(one: Found) -> bool:
    """Whether a row shows the name of a file, and its link was read as another, not cut and without words beside it."""
    if one.spelt or FILE.search(one.shown) is None or "<" in one.target.name:
        return False  # of a name that holds a tag, a page that escapes nothing shows the rest
    left, right = letters(unescape(one.shown)), letters(one.target.name)
    if len(left) <= len(right):
        return not (right.startswith(left[:_OF_A_CUT]) or right.endswith(left))
    return not (left.endswith(right) or (FILE.search(one.target.name) and left.startswith(right)))


_OF_A_CUT = 4
"""Letters that a cut name has in common with the whole one, wherever it is cut."""


def why_partial(page: Page, made: tuple[Entry, ...], rows: list[Found], folder: tuple[bytes, ...]) -> str:
    """Why there is or may be more than the entries that were read."""
    if not page.whole:
        return CUT
    names = Counter(entry.name for entry in made)
    read = {one.target.name for one in rows} | set(names)
    if names and names.most_common(1)[0][1] > 1:
        return TWINS
    if any(_contradicts(one) for one in rows):
        return OTHERWISE
    # Words with a slash are a menu's, unless the rows that were read say nothing of folders.
    slashes = folder != () and not any(one.directory or one.folder for one in rows)
    unread = sum(
        spelt
        and target.parent == folder
        and name not in read
        and (FILE.search(target.name) is not None or (slashes and target.slash))
        for name, (target, spelt) in page.children.items()
    )
    # A name that its page does not escape may read as a link to something else (`tel:0600.wav`).
    unread += any(
        href == text and _SCHEMED.match(href) and text not in names and FILE.search(text) for href, text in page.links
    )
    # What scripts search by is often in lower case.
    known = {name.casefold() for name in names}
    if unread or any(name.casefold() not in known for name in page.told):
        return UNREAD
    deeper = (
        spelt and name not in read and _below(page, to, folder, names) for name, (to, spelt) in page.children.items()
    )
    if made and any(deeper):
        return DEEPER
    return ELSEWHERE if made and any(_on_another_host(page, href, text, folder) for href, text in page.links) else ""


def _below(page: Page, target: Target, folder: tuple[bytes, ...], names: Counter[str]) -> bool:
    """Whether a file of data or text lies in a folder that was not read, below `folder` or the page's own: a tree on
    one page has such files."""
    if kind_of_name(target.name) not in DATA | {MediaKind.TEXT} or target.folderish:
        return False
    deeper = target.parent[len(folder) : len(folder) + 1] if target.parent[: len(folder)] == folder else ()
    if deeper:
        return to_text(deeper[0]) not in names
    return target.parent == page.place.own != folder


def _on_another_host(page: Page, href: str, text: str, folder: tuple[bytes, ...]) -> bool:
    """Whether a link shows the name that it leads to on another host: of a known kind of file, or in a folder that is
    called as `folder`."""
    path = unquote(href.partition("//")[2].partition("?")[0].partition("#")[0]) if "//" in href[:8] else ""
    if not text or not path.endswith(f"/{text}"):
        return False
    if kind_of_name(text) is MediaKind.OTHER and not path.endswith(f"/{to_text(b''.join(folder[-1:]))}/{text}"):
        return False
    where = page.place.resolve(href, text)
    return isinstance(where, Elsewhere) and where.why == "away" and where.target is None
