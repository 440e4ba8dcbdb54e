"""Apache's mod_autoindex in its three looks (list, preformatted, table), themed or inside a page of the owner's."""

from __future__ import annotations

import re

from probes.recognise.listing.family import Family
from probes.recognise.listing.fields.links import Elsewhere, Target
from probes.recognise.listing.html.markup import squeeze
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.html.reading import Reading, read_block
from probes.recognise.listing.html.row.cells import Block
from probes.recognise.listing.html.row.found import Found

_SORT = re.compile(r"\?(?:C=[NMSD];O=[AD]|[NMSD]=[AD])$")
_ICON = re.compile(r"\[(?:PARENTDIR|DIR|   )\]", re.IGNORECASE)


def sort_links(page: Page) -> int:
    """How many links of the page sort it as Apache does (2.x `?C=N;O=D`, 1.3 `?N=D`)."""
    return sum(_SORT.fullmatch(href[href.find("?") :]) is not None for href in page.hrefs if "?" in href)


def _marks(page: Page) -> tuple[str, ...]:
    count = sort_links(page)
    if count >= 2:
        return (f"{count} of Apache's sort links",)
    if "indexcolname" in page.classes:
        return ("columns named as Apache names them",)
    if _titled(page) and any(token.name == "img" and _ICON.search(token.raw) for token in page.tokens):
        return ("Apache's icons under a heading that names the path",)
    return ()


def _titled(page: Page) -> bool:
    return page.names_path and page.title.lower().startswith("index of /")


def _empty(page: Page) -> bool:
    """Apache's title and heading naming this path, with nothing but the parent link below them."""
    return _titled(page) and any(one.startswith("Index of /") for one in page.headings)


def _plain_lists(page: Page) -> list[Block]:
    """The lists of which every item is one link, up in the first and to a child that it spells out in the others."""
    return [block for block in page.blocks if block.kind == "list" and _is_plain(page, block)]


def _is_plain(page: Page, block: Block) -> bool:
    for number, row in enumerate(block.rows):
        if len(row.links) != 1:
            return False
        link = row.links[0]
        where = page.place.resolve(link.href)
        if isinstance(where, Elsewhere):
            # Apache writes the way up as a whole path; h2o, whose page is alike, marks no folder, as Apache does.
            if number or where.why != "up" or squeeze(link.text) != "Parent Directory" or link.href[:1] != "/":
                return False
        elif not isinstance(where, Target) or not Found(where, squeeze(link.text)).spelt:
            return False
    return True


def _plain_marks(page: Page) -> tuple[str, ...]:
    if _empty(page) and _plain_lists(page) and not _beside_lists(page):
        return ("title and heading `Index of` with the path, over a list of nothing but links, as Apache writes it",)
    return ()


def _beside_lists(page: Page) -> bool:
    """Whether a table or a preformatted text of the page has rows of its own: a list beside it is not the folder's."""
    blocks = (block for block in page.blocks if block.kind != "list")
    return any(
        isinstance(page.place.resolve(link.href), Target)
        for block in blocks
        for row in block.rows
        for link in row.links
    )


def _read_plain(page: Page) -> Reading:
    reading = Reading(kind="list")
    for block in _plain_lists(page):
        reading.add(read_block(block, page.place))
    return reading


FAMILY = Family("apache", _marks, empty=_empty)
PLAIN = Family("apache", _plain_marks, _read_plain, empty=lambda page: True)
