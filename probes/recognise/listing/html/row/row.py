"""What one row says: the name that it shows, and its kind, size and date."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from probes.recognise.listing.fields import sizes
from probes.recognise.listing.fields.dates import find_date
from probes.recognise.listing.fields.links import Target
from probes.recognise.listing.fields.pieces import measured
from probes.recognise.listing.fields.shown_names import spells
from probes.recognise.listing.html.markup import squeeze
from probes.recognise.listing.html.row.cells import Cell, Link, Row
from probes.recognise.listing.html.row.found import Found, is_thumbnail, label, shown_beside
from probes.recognise.listing.html.row.kinds import MARK, read_kind
from probes.recognise.listing.html.row.measures import read_size_and_date

_BRACKETED = re.compile(r"^(.+?)\s*[(\[]\s*([^()\[\]]{1,24})\s*[)\]]$")


def joined(rows: list[Row]) -> list[Row]:
    """The rows of a table that has two for each entry, one of its link and one of its size and date, as one each."""
    start = next((at for at, (row, after) in enumerate(pairwise(rows)) if row.links and not after.links), len(rows))
    above, below = rows[start::2], rows[start + 1 :: 2]
    if len(below) < 2 or len(above) != len(below) or not all(row.links for row in above):
        return rows
    if any(row.links or not _measures(row) for row in below) or any(map(_measures, above)):
        return rows
    pairs = zip(above, below, strict=True)
    return [*rows[:start], *(replace(top, cells=[*top.cells, *under.cells]) for top, under in pairs)]


def _measures(row: Row) -> bool:
    """Whether a row says a date or a size outside of its links."""
    return any(
        find_date(text) is not None or sizes.looks_like_size(sizes.tidy(text))
        for cell in row.cells[:8]
        if not cell.links and len(text := cell.plain) < _LONGEST
    )


_LONGEST = 100


def row_entry(row: Row, cells: dict[str, Cell], link: Link, target: Target, extra: bool = False) -> Found:
    """What a row says of `target`, to which its `link` leads; `cells` are its cells by the header's roles."""
    found = Found(target, label(link, target.name), links=len(row.links), away=extra)
    found.pictured = is_thumbnail(link, target.name)
    if not found.spelt and (mark := MARK.match(found.shown)) and spells(found.shown[mark.end() :], target.name):
        found.shown = found.shown[mark.end() :]
    if not found.spelt:
        bracket = _BRACKETED.match(found.shown)
        rest = found.shown[len(target.name) :] if found.shown.startswith(target.name) else ""
        if rest and (said := measured(rest)):
            found.shown, found.size_text = target.name, said
        elif bracket and sizes.looks_like_size(bracket[2]) and spells(bracket[1], target.name):
            found.shown, found.size_text = bracket[1], bracket[2]
        else:
            found.shown = shown_beside(row, link, target.name) or found.shown
    read_size_and_date(found, row, cells, link)
    text = squeeze(link.text)
    if not (found.size_text or found.exact) and is_measure(text) and not spells(text, target.name):
        found.size_text = text
    read_kind(found, row, cells, link)
    return found


def is_measure(text: str) -> bool:
    """Whether a link's text says how much it leads to, where its name stands beside it."""
    return sizes.has_unit(text) and sizes.looks_like_size(text)
