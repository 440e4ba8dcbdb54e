"""What only the page as a whole can tell of its rows: what they are, which folder they lie in, and their entries."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from probes.recognise.listing.fields import sizes
from probes.recognise.listing.fields.dates import day_first, modified
from probes.recognise.listing.fields.links import to_bytes
from probes.recognise.listing.fields.place import Place
from probes.recognise.listing.html.row.found import Found
from probes.recognise.listing.html.row.unmarked import (
    FILE_ENDING,
    LETTERED,
    blank_is_folder,
    is_stored,
    may_be_folder,
    slashed,
    weightless,
)
from probes.recognise.listing.model import Entry, Kind


def settle(found: Iterable[Found], unit: str = "", *, known: bool = True, framed: bool = False) -> list[Found]:
    """Decides what only the page as a whole can tell: decimal commas, day order, and directories that nothing marks.

    `known`: a known program wrote the page, and how it marks directories is known too. `framed`: the page names its
    path, and leads to the folder above.
    """
    rows = list(found)
    if any(_FINNISH.search(one.size_text) and not one.size_text.lower().endswith(" t") for one in rows):
        for one in rows:
            one.size_text = _FINNISH.sub(r"\1B", one.size_text)
    if (surplus := sizes.surplus([one.size_text for one in rows if one.size_text])) is not None:
        for one in rows:
            one.size_text = surplus.sub("", one.size_text)
    comma = sizes.comma_is_decimal(one.size_text for one in rows)
    first = day_first(one.stamp for one in rows)
    lying = _lying_icons(rows)
    for one in rows:
        if one.directory is None and one.icons - lying:
            one.directory = True
    _by_parameter(rows)
    marked = any(one.directory is not None for one in rows)
    numbered = any(sizes.looks_like_size(one.size_text) for one in rows)
    stored = not marked and any(one.fetched for one in rows)
    blank = not marked and blank_is_folder(rows)
    bare = not (known or marked or any(one.sized for one in rows)) and (
        any(map(is_stored, rows)) or (framed and all(map(may_be_folder, rows)))
    )
    for one in rows:
        if one.directory is None and bare and may_be_folder(one):
            one.directory = True
            one.target = slashed(one.target)
        if one.directory is None:
            dash = bool(one.size_text) and sizes.NOTHING.fullmatch(one.size_text) is not None
            extension = (LETTERED if blank else FILE_ENDING).search(one.target.name) is not None
            dash = not marked and dash and (numbered or one.size_text != "-" or one.dated)
            if not extension and (
                dash or (stored and not one.fetched and weightless(one)) or (blank and not one.sized_text)
            ):
                one.directory = True
        if one.size is None and not one.directory:
            text = sizes.tidy(one.size_text)
            if unit and sizes.looks_like_size(text) and not sizes.has_unit(text):
                text += unit
            one.size = one.exact or sizes.read_size(text, comma)
        if one.modified is None and one.stamp is not None:
            one.modified = modified(one.stamp, first)
    return rows


_FINNISH = re.compile(r"(?i)(?<=[\d ])([kmg]?)t\b")
"""Finnish counts in `tavu`."""


def _by_parameter(rows: list[Found]) -> None:
    """What leads to the page's own script by a folder's parameter is a folder, unless files of a size do so too."""
    undecided = [one for one in rows if one.directory is None and one.target.folderish]
    files = any(one.directory is False or not one.target.folderish for one in rows)
    for one in undecided:
        one.directory = files or not sizes.looks_like_size(sizes.tidy(one.size_text))


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


def shows_path(one: Found) -> bool:
    """Whether a row shows the path from the page to what it leads to (`2024/jan/a.wav`)."""
    path = one.shown.strip("/").removeprefix("./")
    return "/" in path and path.partition("/")[0].encode() in one.target.parent


def own_folder(found: Iterable[Found], place: Place) -> tuple[tuple[bytes, ...], float]:
    """The folder that the rows are direct children of, and the share of rows that are."""
    found = list(found)
    count = Counter(one.target.parent for one in found)
    total = sum(count.values())
    if not total:
        return place.own, 0.0
    for wanted in (place.listed, place.own):
        if count[wanted] * 10 >= total * 9:
            return wanted, count[wanted] / total
    if sum(shows_path(one) for one in found) * 2 > total and all(
        one.target.parent[: len(place.own)] == place.own for one in found
    ):
        return place.own, count[place.own] / total
    folder, most = count.most_common(1)[0]
    for wanted in (place.listed, place.own):
        below = len(wanted) < len(folder) and folder[: len(wanted)] == wanted and count[wanted] > 1
        if below and any(
            one.target.parent == wanted and to_bytes(one.target.name) == folder[len(wanted)] for one in found
        ):
            # A whole tree on one page: the folder that most rows lie in is itself one of the entries.
            return wanted, count[wanted] / total
    if len(folder) >= len(place.own) and most > count[place.own]:
        return folder, most / total
    return place.own, count[place.own] / total
