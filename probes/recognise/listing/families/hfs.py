"""Rejetto's HFS 2: templates of the owner's choice around items, a path and a count of folders and files."""

from __future__ import annotations

import re

from probes.recognise.listing.family import Family, read_generic, read_repeated
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.html.reading import Reading

_COUNT = re.compile(r"\d+ folders?,\s+\d+ files?", re.IGNORECASE)


def _marks(page: Page) -> tuple[str, ...]:
    if {"#folder-stats", "#folder-path"} & page.classes and "#files" in page.classes:
        return ("HFS's items under its count of folders and files",)
    named = page.server.startswith("hfs 2") or page.title.startswith("HFS /")
    if named and (_COUNT.search(page.text) or any(block.kind == "table" for block in page.blocks)):
        return ("a page of HFS's own",)
    return ()


def _read(page: Page) -> Reading:
    """The items where the template has them, else its table."""
    if "item-link" in page.classes or "item" in page.classes:
        reading = read_repeated(page)
        if reading.found:
            return reading
    return read_generic(page)


def _empty(page: Page) -> bool:
    return re.search(r"\b0 folders?,\s+0 files?", page.text, re.IGNORECASE) is not None


FAMILY = Family("hfs", _marks, _read, _empty)
