"""From rows of links to entries: which rows belong together, and what only the page as a whole can tell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from probes.recognise.listing.fields import sizes
from probes.recognise.listing.fields.columns import by_role, header
from probes.recognise.listing.fields.dates import day_first, modified
from probes.recognise.listing.fields.links import Elsewhere, Place, Target
from probes.recognise.listing.html.blocks import Block, Cell, Link, Row
from probes.recognise.listing.html.markup import squeeze
from probes.recognise.listing.html.rows import Found, label, row_entry, same_name
from probes.recognise.listing.model import Entry, Kind

_MOST_LINKS = 64
"""More links than this in one row are no row."""


@dataclass
class Reading:
    """What one way of reading a page found."""

    found: list[Found] = field(default_factory=list)
    foreign: int = 0
    """Rows whose links lead somewhere else than below the page."""
    sort_links: int = 0
    parent: bool = False
    headed: bool = False
    """Whether a row of header cells announces name and size or date."""
    kind: str = ""
    thousand: bool = False

    def add(self, other: Reading) -> None:
        """Takes over what another part of the same page holds."""
        self.found += other.found
        self.foreign += other.foreign
        self.sort_links += other.sort_links
        self.parent |= other.parent
        self.headed |= other.headed

    def share(self, test: str) -> float:
        """The share of rows that are `dated`, `sized` or `named`."""
        return sum(bool(getattr(one, test)) for one in self.found) / len(self.found) if self.found else 0.0


def read_block(block: Block, place: Place) -> Reading:
    """The entries of a table, preformatted text or list, by its header cells where it has any."""
    reading = Reading(kind=block.kind)
    roles: dict[int, str] | None = None
    for row in block.rows:
        links = row.links
        if block.kind == "table" and roles is None:
            roles = header(row)
            if roles is not None and not any(_is_child(place, link) for link in links):
                reading.headed = True
                reading.sort_links += sum(_is_sort(place, link) for link in links)
                continue
            roles = None
        if links:
            cells = by_role(row, roles) if roles else {}
            _read_row(reading, row, cells, place)
    return reading


def _is_child(place: Place, link: Link) -> bool:
    return isinstance(place.resolve(link.href), Target)


def leads_up(place: Place, link: Link) -> bool:
    """Whether a link leads to the folder above, or back to the page itself as it does at the root."""
    where = place.resolve(link.href)
    return isinstance(where, Elsewhere) and where.why in {"up", "self"}


def _is_sort(place: Place, link: Link) -> bool:
    where = place.resolve(link.href)
    return isinstance(where, Elsewhere) and where.why == "sort"


def _read_row(reading: Reading, row: Row, cells: dict[str, Cell], place: Place) -> None:
    best: tuple[Link, Target] | None = None
    away = False
    name_links = {id(link) for link in cells["name"].links} if "name" in cells else set()
    for link in row.links[:_MOST_LINKS]:
        where = place.resolve(link.href, squeeze(link.text))
        if isinstance(where, Elsewhere):
            reading.sort_links += where.why == "sort"
            reading.parent |= where.why == "up"
            away |= where.why == "away"
            continue
        if best is None or _better(link, where, best, name_links):
            best = (link, where)
    if best is None:
        reading.foreign += away
        return
    reading.found.append(row_entry(row, cells, *best))


def _better(link: Link, where: Target, than: tuple[Link, Target], name_links: set[int]) -> bool:
    """Whether a later link of a row is the one that names its entry."""
    old_link, old = than
    if (id(link) in name_links) != (id(old_link) in name_links):
        return id(link) in name_links
    new_named, old_named = (
        same_name(label(link, where.name), where.name),
        same_name(label(old_link, old.name), old.name),
    )
    return new_named and not old_named


def settle(found: Iterable[Found], thousand: bool = False) -> list[Found]:
    """Decides what only the page as a whole can tell: decimal commas, day order, and directories that nothing marks."""
    rows = list(found)
    comma = sizes.comma_is_decimal(one.size_text for one in rows)
    first = day_first(one.stamp for one in rows)
    lying = _lying_icons(rows)
    for one in rows:
        if one.directory is None and one.icons - lying:
            one.directory = True
    marked = any(one.directory is not None for one in rows)
    numbered = any(sizes.looks_like_size(one.size_text) for one in rows)
    for one in rows:
        if one.directory is None:
            dash = bool(one.size_text) and sizes.NOTHING.fullmatch(one.size_text) is not None
            extension = re.search(r"\.[A-Za-z0-9]{1,5}$", one.target.name) is not None
            if not marked and dash and not extension and (numbered or one.size_text != "-" or one.dated):
                one.directory = True
        if one.size is None and not one.directory:
            one.size = one.exact or sizes.read_size(sizes.tidy(one.size_text), comma, thousand)
        if one.modified is None and one.stamp is not None:
            one.modified = modified(one.stamp, first)
    return rows


def _lying_icons(rows: list[Found]) -> set[str]:
    """Icons that most of their rows contradict with an extension and a size: a script that marks every row alike."""
    lying = set()
    for icon in {icon for one in rows for icon in one.icons}:
        its = [one for one in rows if icon in one.icons]
        files = sum(
            sizes.looks_like_size(one.size_text) and re.search(r"\.[A-Za-z]\w{1,4}$", one.target.name) is not None
            for one in its
        )
        if files * 2 > len(its) or (len(its) == len(rows) and files > 1):
            lying.add(icon)
    return lying


def entries(found: Iterable[Found]) -> tuple[Entry, ...]:
    """The entries that the rows make, each path once, in the page's order."""
    made: dict[str, Entry] = {}
    for one in found:
        kind = Kind.DIRECTORY if one.directory else Kind.FILE
        entry = Entry(
            one.target.name, one.target.path, kind, None if kind is Kind.DIRECTORY else one.size, one.modified
        )
        old = made.get(entry.path)
        if (
            old is None
            or (old.size is None and entry.size is not None)
            or (old.kind is Kind.FILE and kind is Kind.DIRECTORY)
        ):
            made[entry.path] = entry
    return tuple(made.values())


def own_folder(found: Iterable[Found], place: Place) -> tuple[tuple[bytes, ...], float]:
    """The folder that the rows are direct children of, and the share of rows that are."""
    count = Counter(one.target.parent for one in found)
    total = sum(count.values())
    if not total:
        return place.own, 0.0
    for wanted in (place.listed, place.own):
        if count[wanted] * 10 >= total * 9:
            return wanted, count[wanted] / total
    folder, most = count.most_common(1)[0]
    if len(folder) >= len(place.own) and most > count[place.own]:
        return folder, most / total
    return place.own, count[place.own] / total
