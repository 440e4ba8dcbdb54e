"""Rows that hold several entries (links without separators, tiles in a table's row), taken apart into one row each."""

from __future__ import annotations

from probes.recognise.listing.fields.dates import find_date
from probes.recognise.listing.fields.links import Target
from probes.recognise.listing.html.row.cells import Cell, Link, Row

_NEAR = 400

Pick = tuple[Link, Target]


def taken_apart(row: Row, picks: list[Pick]) -> list[tuple[Row, Pick]]:
    """A row for each of `picks`, which are links of `row` in its order, with the text and icons that belong to it."""
    wanted = {id(link): (link, target) for link, target in picks}
    made: list[tuple[Row, Pick]] = []
    held: list[Cell] = []
    for cell in row.cells:
        own = [link for link in cell.links if id(link) in wanted]
        if not own:
            held.append(cell)
            continue
        # What has no text before the first link of the next entry is its icon; the rest belongs to the entry before.
        ahead = [one for one in held if made == [] or not one.text]
        if made:
            made[-1][0].cells.extend(one for one in held if one.text)
        held = []
        if len(own) == 1:
            made.append((Row([*ahead, cell]), wanted[id(own[0])]))
        else:
            made += [(Row([part]), (part.links[0], wanted[id(link)][1])) for part, link in _parts(cell, own)]
    if made:
        made[-1][0].cells.extend(held)
    return made


def _parts(cell: Cell, own: list[Link]) -> list[tuple[Cell, Link]]:
    """A cell for each link that is an entry: the text and the other links that follow it are its own."""
    starts = {id(link) for link in own}
    parts: list[tuple[Cell, Link]] = []
    for link in cell.links:
        if id(link) in starts:
            copy = Cell(links=[link])
            parts.append((copy, link))
        elif parts:
            parts[-1][0].links.append(link)
    first, last = parts[0][0], parts[-1][0]
    ahead = cell.links[: next(at for at, link in enumerate(cell.links) if id(link) in starts)]
    first.lead = [*cell.lead, *(piece for link in ahead for piece in link.tail)]
    lead, tail = "".join(first.lead)[-_NEAR:], last.after[:_NEAR]
    if find_date(lead) is not None and find_date(tail) is None:
        # The line's date and size stand before its link: what follows a link belongs to the next one.
        for (part, _), (before, _) in zip(reversed(parts[1:]), reversed(parts[:-1]), strict=True):
            part.lead = [before.after]
            before.links = [_without_tail(link) for link in before.links]
    return parts


def _without_tail(link: Link) -> Link:
    return Link(link.href, link.attributes, link.shown, [], link.inner, link.icons)
