"""Python's http.server: title and heading that name the path, then one flat list of names."""

from __future__ import annotations

from probes.recognise.listing.family import Family
from probes.recognise.listing.html.page import Page

_OPENING = "directory listing for "


def _marks(page: Page) -> tuple[str, ...]:
    titles = [text.lower() for text in (page.title, *page.headings[:1])]
    if len(titles) == 2 and all(text.startswith(_OPENING) for text in titles) and titles[0] == titles[1]:
        rules = sum(token.name == "hr" for token in page.tokens)
        lists = sum(token.name == "ul" and not token.closing for token in page.tokens)
        if rules >= 2 and lists == 1:
            return ("title and heading alike, and one list between two rules, as Python writes them",)
    return ()


def _empty(page: Page) -> bool:
    return page.names_path and not page.hrefs


FAMILY = Family("python http.server", _marks, empty=_empty)
