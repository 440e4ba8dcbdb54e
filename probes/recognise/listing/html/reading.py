"""From rows of links to what each shows: which link names its entry, and what a header says of the columns."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from probes.recognise.listing.fields.columns import (
    announces,
    bears_out,
    by_role,
    guess,
    header,
    of_records,
    shifted,
    unit_of,
)
from probes.recognise.listing.fields.links import Elsewhere, Target, to_text
from probes.recognise.listing.fields.place import Place
from probes.recognise.listing.fields.shown_names import same_name, spells
from probes.recognise.listing.html.markup import squeeze
from probes.recognise.listing.html.row.cells import Block, Cell, Link, Row
from probes.recognise.listing.html.row.found import Found, follows, is_serial, label, named_part, shows
from probes.recognise.listing.html.row.kinds import shows_folder
from probes.recognise.listing.html.row.row import is_measure, joined, row_entry
from probes.recognise.listing.html.row.split import Pick, taken_apart
from probes.recognise.media.kinds import DATA, kind_of_name


@dataclass
class Reading:
    """What one way of reading a page found."""

    found: list[Found] = field(default_factory=list)
    beyond: list[Found] = field(default_factory=list)
    """Rows that show the name of what they lead to, which lies elsewhere on the same origin or behind a number."""
    foreign: int = 0
    """Rows whose links lead somewhere else than below the page."""
    sort_links: int = 0
    parent: bool = False
    headed: bool = False
    """Whether a row of header cells announces name and size or date."""
    announced: frozenset[str] = frozenset()
    """The roles that the header gives to columns."""
    kind: str = ""
    of_names: bool = True
    """Whether the header, where there is one, announces names rather than tags, orders or days."""
    unit: str = ""
    """The unit that the header states for sizes without one."""

    def add(self, other: Reading) -> None:
        """Takes over what another part of the same page holds."""
        self.found += other.found
        self.beyond += other.beyond
        self.unit = self.unit or other.unit
        self.foreign += other.foreign
        self.sort_links += other.sort_links
        self.parent |= other.parent
        self.headed |= other.headed
        self.announced |= other.announced
        self.of_names &= other.of_names

    def share(self, test: str) -> float:
        """The share of rows that are `dated`, `sized` or `named`."""
        return sum(bool(getattr(one, test)) for one in self.found) / len(self.found) if self.found else 0.0


def read_block(block: Block, place: Place) -> Reading:
    """The entries of a table, preformatted text or list, by its header cells where it has any."""
    reading = Reading(kind=block.kind)
    roles: dict[int, str] | None = None
    guessed: dict[int, str] = {}
    block = replace(block, rows=joined(block.rows)) if block.kind == "table" else block
    for number, row in enumerate(block.rows):
        links = row.links
        if block.kind == "table" and roles is None and number < _LAST_HEADER:
            roles = header(row)
            if roles is not None and not any(_is_child(place, link) for link in links):
                reading.headed = True
                reading.announced = frozenset(roles.values())
                reading.of_names = "name" in roles.values() or "other" not in roles.values()
                roles = _completed(shifted(roles, row, block.rows), block)
                reading.unit = unit_of(row, roles)
                reading.sort_links += sum(_is_sort(place, link) for link in links)
                continue
            roles = None
            reading.of_names &= not (number == 0 and row.header and not links and of_records(row))
        if block.kind == "pre" and not links and not reading.found and announces(row.cells[0].text):
            reading.headed = True
        if links:
            if roles is None and block.kind == "table" and not guessed:
                guessed = guess(block.rows) or {-1: ""}
                reading.unit = "" if block.rows[0].links else unit_of(block.rows[0], guessed)
            _read_row(reading, row, by_role(row, roles or guessed), place, roles is None)
    return reading


_LAST_HEADER = 300
"""Rows of a table among which its header is looked for."""


def _completed(roles: dict[int, str], block: Block) -> dict[int, str]:
    """The header's roles where the columns bear them out, and else what the columns hold."""
    guessed = guess(block.rows)
    doubted = {
        said for at, said in roles.items() if said != "other" and said in guessed.values() and guessed.get(at) != said
    }
    believed = {at: said for at, said in roles.items() if said not in doubted or bears_out(block.rows, at, said)}
    missing = {at: said for at, said in guessed.items() if said not in believed.values()}
    # A column of the header's that is no size and no date says less than what stands in it.
    return {
        **believed,
        **{at: said for at, said in missing.items() if believed.get(at) not in {"size", "date", "name", "other"}},
    }


def _is_child(place: Place, link: Link) -> bool:
    return isinstance(place.resolve(link.href, squeeze(link.text)), Target)


def _is_sort(place: Place, link: Link) -> bool:
    where = place.resolve(link.href)
    return isinstance(where, Elsewhere) and where.why == "sort"


def _read_row(reading: Reading, row: Row, cells: dict[str, Cell], place: Place, divisible: bool) -> None:
    inside: dict[tuple[tuple[bytes, ...], str], Pick] = {}
    beyond: dict[tuple[tuple[bytes, ...], str], Pick] = {}
    away = abroad = False
    name_links = {id(link) for link in cells["name"].links} if "name" in cells and not divisible else set()
    for link in row.links:
        if link.unescaped and spells(squeeze(link.text), link.unescaped.rstrip("/").rpartition("/")[2]):
            link.href = link.unescaped
        where = place.resolve(link.href, shown_by(link))
        if isinstance(where, Elsewhere):
            reading.sort_links += where.why == "sort"
            reading.parent |= _is_parent(link, where, reading.kind)
            away |= where.why == "away" and (where.target is None or not where.target.soft)
            abroad |= away and "//" in link.href[:8]
            if where.target is None:
                continue
        elif "/" not in (name := shown_by(link)) and (
            (_OPAQUE.fullmatch(where.name) and kind_of_name(name) in DATA) or _by_number(row, where, name)
        ):
            where = replace(where, name=name, parent=place.own, soft=True)
        target = where if isinstance(where, Target) else where.target
        assert target is not None  # noqa: S101  the branch above went on without one
        group = inside if isinstance(where, Target) else beyond
        key = (target.parent, target.name)
        if key not in group or _better(link, target, group[key], name_links):
            group[key] = (link, target)
    if inside and all(target.name.isdigit() and "?" in target.path for _, target in inside.values()):
        # A row's record is shown by its number; the file that the row leads to is its entry.
        files = {key: pick for key, pick in beyond.items() if kind_of_name(pick[1].name) in DATA and _spelt(*pick)}
        inside, beyond = ({}, files) if files else (inside, beyond)
    picked = [*inside.values(), *beyond.values()]
    if not any(_spelt(*pick) for pick in picked if not pick[1].soft) and (asked := _asked_for(row, place)):
        reading.found.append(row_entry(row, cells, *asked, extra=abroad))
        return
    if inside:
        picks = list(inside.values())
        if len(picks) > 1:
            picks = [pick for pick in picks if not _below_another(pick[1], inside)]
        if len(picks) > 1 and divisible:
            spelt = [pick for pick in picks if _spelt(*pick)]
            if len(spelt) < 2 and reading.kind in {"links", "lines"}:
                # A bare row of links to files, whatever they are called there.
                spelt = [pick for pick in picks if kind_of_name(pick[1].name) in DATA or pick in spelt]
            if len(spelt) > 1:
                reading.found += [row_entry(part, {}, *pick) for part, pick in taken_apart(row, spelt)]
                return
        best = picks[0]
        for pick in picks[1:]:
            best = pick if _better(*pick, best, name_links) else best
        reading.found.append(row_entry(row, cells, *best, extra=abroad))
        return
    named = [pick for pick in beyond.values() if pick[1].name]
    spelt = [pick for pick in named if _spelt(*pick)] or [pick for pick in named if is_serial(pick[1])]
    if not spelt and (numbered := _numbered(row, place)):
        reading.beyond.append(row_entry(row, cells, *numbered))
    elif spelt:
        parts = taken_apart(row, spelt) if divisible and len(spelt) > 1 else [(row, spelt[0])]
        reading.beyond += [row_entry(part, cells if len(parts) == 1 else {}, *pick) for part, pick in parts]
    else:
        reading.foreign += away


def _asked_for(row: Row, place: Place) -> Pick | None:
    """The file that a cell without a link names, and the link of the row that asks a script for it by that name."""
    named = (cell.plain for cell in row.cells[:_MOST_CELLS] if not cell.links and _ENDING.match(cell.plain))
    name = next(named, "").lstrip("/")
    for link in row.links[:_MOST_CELLS] if name else ():
        where = place.resolve(link.href, name) if "?" in link.href else None
        if isinstance(where, Target) and not where.soft and where.name == name.rpartition("/")[2]:
            return link, where
    return None


def _by_number(row: Row, where: Target, name: str) -> bool:
    """Whether a link leads to the view of a file by its number (`/file/d/1x7/view`), or to a folder by its own beside
    an icon of a folder (`/folders/1Ef0`)."""
    above = to_text(where.parent[-1]) if where.parent else ""
    if _VIEW.fullmatch(where.name) and _NUMBER.fullmatch(above):
        return bool(name) and where.name != name
    return _NUMBER.fullmatch(where.name) is not None and above in _OF_FOLDERS and shows_folder(row)


_VIEW = re.compile("view|preview|open|edit|download")
_OF_FOLDERS = {"folders", "folder", "dirs", "dir"}


def _numbered(row: Row, place: Place) -> Pick | None:
    """The link of a row that shows the name of a file and leads to a number of it (`/d/1x7/view`, `attachment/55`), or
    beside an icon of a folder to one of that (`/folders/1Ef0`)."""
    folder = shows_folder(row)
    for link in row.links[:_MOST_CELLS]:
        name = shown_by(link)
        where = place.resolve(link.href, name) if "//" not in name and (folder or _ENDING.match(name)) else None
        if (
            isinstance(where, Elsewhere)
            and where.target is not None
            and where.why == "away"
            and (_ENDING.match(where.target.name) is None)
            and (_ENDING.match(name) or _NUMBER.fullmatch(where.target.name))
        ):
            slash = where.target.slash and _ENDING.match(name) is None
            return link, replace(where.target, name=name, parent=place.own, slash=slash, soft=True)
    return None


_NUMBER = re.compile(r"(?=\D*\d)[\w-]{3,64}")
_OPAQUE = re.compile(r"(?i)(?=\D*\d)[0-9a-f]{12,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""A hash or a UUID, by which a program knows a file."""
_MOST_CELLS = 40
_ENDING = re.compile(r"\S.{0,250}\.[A-Za-z0-9]{1,5}$")


def _spelt(link: Link, target: Target) -> bool:
    shown = label(link, target.name)
    return shows(shown, target.name) or spells(shown.partition(" (")[0], target.name) or follows(link, target.name)


def _is_parent(link: Link, where: Elsewhere, kind: str) -> bool:
    """Whether a link is the way up of a listing: the rows of a menu lead up as well, to the start page."""
    if where.why == "up" and (kind in {"table", "pre", "list", "rows"} or link.href.startswith("..")):
        # Programs lead to the folder above, or say so; people lead back to a page of theirs (`../index.html`).
        return _OF_A_PAGE.search(link.href) is None or _UP.match(shown_by(link)) is not None
    return where.why in {"up", "self"} and _UP.match(shown_by(link)) is not None


_OF_A_PAGE = re.compile(r"(?i)/[^/?#]{1,200}\.html?(?:#.*)?$")
_UP = re.compile(r"(?i)\W*(?:\.\.(?:\W|$)|parent|up\b|one level up|\.\.$)")


def shown_by(link: Link) -> str:
    """What a link shows as the name of what it leads to, before it is known where that is."""
    if len(link.inner) > 1 and (part := named_part(link, _NAME)):
        return part
    text = squeeze(link.text)
    return (not is_measure(text) and text) or link.attributes.get("title", "")


_NAME = re.compile("name")


def _below_another(target: Target, found: dict[tuple[tuple[bytes, ...], str], Pick]) -> bool:
    """Whether a link leads into what another link of its row names (`a.wav/*view*/`)."""
    return bool(target.parent) and (target.parent[:-1], to_text(target.parent[-1])) in found


def _better(link: Link, where: Target, than: Pick, name_links: set[int]) -> bool:
    """Whether a later link of a row is the one that names its entry."""
    old_link, old = than
    if (id(link) in name_links) != (id(old_link) in name_links):
        return id(link) in name_links
    new_named, old_named = (
        same_name(label(link, where.name), where.name),
        same_name(label(old_link, old.name), old.name),
    )
    return new_named and not old_named
