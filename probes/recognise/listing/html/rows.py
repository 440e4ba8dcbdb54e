"""What one row says: the name that it shows, and its kind, size and date."""

from __future__ import annotations

import re

from probes.recognise.listing.fields import sizes
from probes.recognise.listing.fields.links import Target
from probes.recognise.listing.fields.pieces import measured
from probes.recognise.listing.fields.shown_names import spells
from probes.recognise.listing.html.cells import Cell, Link, Row
from probes.recognise.listing.html.found import Found, label, shown_beside
from probes.recognise.listing.html.kinds import read_kind
from probes.recognise.listing.html.measures import read_size_and_date

_BRACKETED = re.compile(r"^(.+?)\s*[(\[]\s*([^()\[\]]{1,24})\s*[)\]]$")


def row_entry(row: Row, cells: dict[str, Cell], link: Link, target: Target, extra: bool = False) -> Found:
    """What a row says of `target`, to which its `link` leads; `cells` are its cells by the header's roles."""
    found = Found(target, label(link, target.name), links=len(row.links), away=extra)
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
    read_kind(found, row, cells, link)
    return found
