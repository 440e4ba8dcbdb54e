"""nginx's autoindex module in HTML, and the fancyindex module that many hosts put in its place."""

from __future__ import annotations

import re

from probes.recognise.listing.family import Family
from probes.recognise.listing.html.page import Page

_SORT = re.compile(r"\?C=[NMS]&(?:amp;)?O=[AD]$")


def _marks(page: Page) -> tuple[str, ...]:
    """A heading `Index of` with a rule, then preformatted rows that start with the link up."""
    if not any(heading.lower().startswith("index of ") for heading in page.headings):
        return ()
    for block in page.blocks:
        if block.kind == "pre" and block.rows and block.rows[0].links and block.rows[0].links[0].href == "../":
            return ("a heading, a rule and preformatted rows that begin with the link up, as nginx writes them",)
    return ()


def _empty(page: Page) -> bool:
    return page.names_path and len(page.hrefs) == 1 and page.title.lower().startswith("index of ")


def _fancy_marks(page: Page) -> tuple[str, ...]:
    count = sum(_SORT.search(href) is not None for href in page.hrefs)
    if count >= 4:
        return (f"{count} of fancyindex's sort links",)
    return ()


def _fancy_empty(page: Page) -> bool:
    return "#list" in page.classes


FAMILY = Family("nginx", _marks, empty=_empty)
FANCY = Family("nginx fancyindex", _fancy_marks, empty=_fancy_empty)
