"""Jetty's resource service: a title `Directory: /path`, sizes in bytes, absolute links."""

from __future__ import annotations

from probes.recognise.listing.family import Family
from probes.recognise.listing.html.page import Page


def _marks(page: Page) -> tuple[str, ...]:
    named = page.title.startswith("Directory: /") and any(one.startswith("Directory: /") for one in page.headings)
    if named and any(block.kind == "table" for block in page.blocks):
        return ("title and heading `Directory:` with the path, over a table, as Jetty writes them",)
    return ()


def _empty(page: Page) -> bool:
    return page.names_path


FAMILY = Family("jetty", _marks, empty=_empty)
