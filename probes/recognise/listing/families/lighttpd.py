"""lighttpd's mod_dirlisting: a table with a summary, and the slash of a directory outside of its link."""

from __future__ import annotations

from probes.recognise.listing.family import Family
from probes.recognise.listing.html.page import Page


def _marks(page: Page) -> tuple[str, ...]:
    for block in page.blocks:
        if block.kind == "table" and block.attributes.get("summary", "").lower() == "directory listing":
            classes = {cell.classes for row in block.rows[:3] for cell in row.cells}
            if {"n", "m", "s"} <= classes:
                return ("a table of columns n, m, s and t, as lighttpd writes it",)
    return ()


def _empty(page: Page) -> bool:
    return "list" in page.classes


FAMILY = Family("lighttpd", _marks, empty=_empty)
