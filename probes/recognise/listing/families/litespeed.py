"""LiteSpeed's autoindex: Apache's look with sort links and icons of its own."""

from __future__ import annotations

import re

from probes.recognise.listing.family import Family
from probes.recognise.listing.html.page import Page

_SORT = re.compile(r"^\?[NMSD][AD]$")


def _marks(page: Page) -> tuple[str, ...]:
    count = sum(_SORT.match(href) is not None for href in page.hrefs)
    if count >= 2:
        return (f"{count} of LiteSpeed's sort links",)
    if any(token.name == "img" and "/_autoindex/" in token.raw for token in page.tokens):
        return ("LiteSpeed's icons",)
    return ()


def _empty(page: Page) -> bool:
    return page.names_path


FAMILY = Family("litespeed", _marks, empty=_empty)
