"""Caddy's browse page, versions 1 and 2, and rclone's page, which is modelled on it."""

from __future__ import annotations

from probes.recognise.listing.family import Family
from probes.recognise.listing.html.page import Page


def _marks(page: Page) -> tuple[str, ...]:
    classes = page.classes
    if "meta-item" in classes and ("#summary" in classes or "meta" in classes):
        return ("a summary that counts directories and files, as Caddy writes it",)
    if "goup" in classes and any(block.kind == "table" for block in page.blocks):
        return ("a link up and a table in Caddy's dress",)
    if "listing" in classes and {"#layout-list", "#layout-grid"} & classes:
        return ("Caddy's two layouts",)
    times = sum(token.name == "time" and not token.closing for token in page.tokens[:4000])
    if (
        times
        and {"file"} & classes
        and any(
            key == "data-order"
            for block in page.blocks
            for row in block.rows[:5]
            for cell in row.cells
            for key, _ in cell.carried
        )
    ):
        return ("rows with sortable exact sizes and times, as Caddy writes them",)
    return ()


def _empty(page: Page) -> bool:
    items = page.text.count('class="meta-item"')
    return items >= 2 and any(block.kind == "table" for block in page.blocks)


def _rclone(page: Page) -> tuple[str, ...]:
    return ("Caddy's page from rclone",) if page.server.startswith("rclone/") and _marks(page) else ()


RCLONE = Family("rclone", _rclone, empty=lambda page: any(block.kind == "table" for block in page.blocks))
FAMILY = Family("caddy", _marks, empty=_empty)
