"""Texts that say in words what each file of a table is, in a column of their own."""

from __future__ import annotations

import re

from probes.recognise.listing.fields import sizes
from probes.recognise.listing.fields.columns import role
from probes.recognise.listing.fields.dates import find_date
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.html.row.found import Found
from probes.recognise.listing.points import share, share_of_files
from probes.recognise.listing.published.heads import OF_GOODS
from probes.recognise.listing.published.told import LONGEST


def described(page: Page, rows: list[Found], of_goods: bool) -> bool:
    """Whether each row of a table without dates says in words what its file is, in a column that is of no kind and no
    owner, as tables that people write do; programs that keep what is sent to them say when it came. A table of goods,
    or of how often each was read, has dates as well, and so has one with descriptions in words, if no date has a time
    of day. With `of_goods`, only a header of goods or counts will do."""
    if share(rows, "marked") or any(one.target.slash and one.shown.endswith("/") for one in rows):
        return False
    dated = share_of_files(rows, "dated") >= _MOST
    clocked = any(one.modified is not None or (one.stamp is not None and one.stamp.clock is not None) for one in rows)
    names = {one.target.name for one in rows}
    said, texts = 0, set[str]()
    for block in page.blocks if len(rows) > 1 else ():
        if block.kind != "table" or not block.rows:
            continue
        first = block.rows[0]
        headed = not first.links
        roles = [role(cell) for cell in first.cells] if headed else [""] * len(first.cells)
        goods = headed and ("hits" in roles or any(OF_GOODS.fullmatch(cell.plain[:LONGEST]) for cell in first.cells))
        if not goods and (of_goods or (dated and (clocked or not headed))):
            continue
        saying = set[str]() if dated and not goods else _SAYING
        for row in block.rows[headed:]:
            cells = zip(row.cells, roles, strict=False) if row.links else ()
            told = [
                cell.plain
                for cell, kind in cells
                if not cell.links and (kind in saying or (kind == "description" and _in_words(cell.plain)))
            ]
            told = [text for text in told if _tells(text, names)]
            said += bool(told) and (headed or texts.isdisjoint(told))
            texts.update(told)
    return said >= len(rows)


WORD = re.compile(r"[^\W\d_]{2,}")
_SAYING = {"", "other", "name"}
_FEW_WORDS = 4


def _in_words(text: str) -> bool:
    """Whether a description is of several words, as people write it: programs describe a kind or a state."""
    return len(WORD.findall(text[:LONGEST])) >= _FEW_WORDS


def _tells(text: str, names: set[str]) -> bool:
    """Whether a cell holds words that are neither a date, a size nor a name."""
    words = WORD.findall(text[:LONGEST])
    return (
        bool(words)
        and text not in names
        and "@" not in text
        and find_date(text[:LONGEST]) is None
        and not sizes.with_unit(text[:LONGEST])
    )


_MOST = 0.6
