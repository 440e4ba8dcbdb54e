"""Whether the page of a folder waits for rows that its own script loads: such a page says nothing of the folder.

It may show words, a form, even a field for a password beside the rows. No script is run: what it loads is told by the
addresses that stand in it, and by the places in the page that are still empty.
"""

from __future__ import annotations

import re

from probes.recognise.pages.evidence import speaks
from probes.recognise.pages.page_parts import PageParts, read_page
from probes.recognise.pages.plain import as_text

_ROWS = r"(?:file|folder|dir|directory|directorie|(?:file|dir)?list|listing|entrie|recording|document|tree|browser?)s?"
_LOADS = re.compile(r"\bfetch\s*\(|\baxios\b|\bXMLHttpRequest\b|\$\.(?:get|getJSON|ajax)\b")
# An address as a text of the script: a path that names rows, or the page's own address with another query.
_ADDRESS = re.compile(
    rf"""["'`](?:https?://[^/"'`\s]{{1,100}})?/?(?:[\w.~-]{{1,40}}/){{0,6}}{_ROWS}(?:\.\w{{2,4}})?/?(?:\?[^"'`\s]{{0,80}}|\$\{{[^"'`]{{0,80}})?["'`]"""
    r"""|\blocation(?:\.(?:pathname|href))?\s*\+\s*["'`]\?""",
    re.IGNORECASE,
)
# An element that holds nothing yet, and whose name says what it is to hold.
_EMPTY = re.compile(r"<(main|ul|ol|tbody|table|div|section|pre)\b([^<>]{1,400})>\s*</\1\s*>", re.IGNORECASE)
_NAMED = re.compile(rf"""\b(?:id|class)\s*=\s*["']?(?:[^"'<>]{{0,80}}[^a-z"'<>])?{_ROWS}(?![a-z])""", re.IGNORECASE)


def awaits_rows(body: bytes) -> bool:
    """Whether the page has a script, and an address or an empty place for the rows that the script brings."""
    text = as_text(body)
    page = read_page(text)
    if _LOADS.search(page.script) and _ADDRESS.search(page.script):
        return True
    return bool(page.scripts) and not speaks(page) and _has_room(text, page)


def _has_room(text: str, page: PageParts) -> bool:
    """Whether an element for rows is empty; a page that links to more than a menu has its rows elsewhere."""
    return page.links <= _MENU and any(_NAMED.search(match[2]) for match in _EMPTY.finditer(text))


_MENU = 12
"""Links of a page that may be those of a menu alone."""
