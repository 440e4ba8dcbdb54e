"""Microsoft IIS: rows of date, size and link parted by line breaks, dates in the server's own language."""

from __future__ import annotations

import re

from probes.recognise.listing.family import Family
from probes.recognise.listing.html.page import Page

_TITLE = re.compile(r"^.{1,255} - /")


def _marks(page: Page) -> tuple[str, ...]:
    """Title and heading alike, `host - /path/`, and a preformatted block whose rows end with a link.

    The root has no parent link, and its text is translated on many servers, so it is not asked for.
    """
    if not _TITLE.match(page.title) or page.title not in page.headings[:2]:
        return ()
    if any(block.kind == "pre" for block in page.blocks) or page.text.lower().count("<pre>") == 1:
        return ("title and heading give host and path, as IIS writes them",)
    return ()


def _empty(page: Page) -> bool:
    return page.names_path and len(page.hrefs) <= 1


FAMILY = Family("iis", _marks, empty=_empty)
