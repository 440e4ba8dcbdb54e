"""Apache's mod_autoindex in its three looks (list, preformatted, table), themed or inside a page of the owner's."""

from __future__ import annotations

import re

from probes.recognise.family import Family
from probes.recognise.page import Page

_SORT = re.compile(r"\?(?:C=[NMSD];O=[AD]|[NMSD]=[AD])$")
_PARENT = re.compile(r"\[(?:PARENTDIR|DIR)\]", re.IGNORECASE)


def sort_links(page: Page) -> int:
    """How many links of the page sort it as Apache does (2.x `?C=N;O=D`, 1.3 `?N=D`)."""
    return sum(_SORT.fullmatch(href[href.find("?") :]) is not None for href in page.hrefs if "?" in href)


def _marks(page: Page) -> tuple[str, ...]:
    count = sort_links(page)
    if count >= 2:
        return (f"{count} of Apache's sort links",)
    if "indexcolname" in page.classes:
        return ("columns named as Apache names them",)
    if _titled(page) and page.names_path and any(block.kind == "list" for block in page.blocks):
        return ("the title and the heading of Apache's plain list",)
    if (
        _titled(page)
        and page.names_path
        and any(token.name == "img" and _PARENT.search(token.raw) for token in page.tokens)
    ):
        return ("Apache's icons",)
    return ()


def _titled(page: Page) -> bool:
    return page.title.lower().startswith("index of /")


def _empty(page: Page) -> bool:
    """Sort links or Apache's title naming this path, with nothing but the parent link below it."""
    return page.names_path and _titled(page) and any(one.startswith("Index of /") for one in page.headings)


FAMILY = Family("apache", _marks, empty=_empty)
