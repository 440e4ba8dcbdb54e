"""Apache Tomcat's DefaultServlet, its descendants (JBoss, WildFly) and its translations."""

from __future__ import annotations

import re

from probes.recognise.listing.family import Family
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.html.row.cells import Block

_FOOT = re.compile(r"(?:Apache Tomcat|JBoss ?Web|GlassFish|WildFly|Undertow|Apache TomEE|Pivotal tc)", re.IGNORECASE)


def _marks(page: Page) -> tuple[str, ...]:
    table = next((block for block in page.blocks if block.kind == "table"), None)
    if table is None or not page.names_path:
        return ()
    if page.title.lower().startswith("directory listing for ") and _typewriter(page, table):
        return ("a title that names the path over a table in Tomcat's dress",)
    if any(_FOOT.match(heading) for heading in page.headings) and _typewriter(page, table):
        return ("a table and a foot in Tomcat's dress",)
    return ()


def _typewriter(page: Page, table: Block) -> bool:
    return any(token.name == "tt" for token in page.tokens) or len(table.rows) <= 1


def _empty(page: Page) -> bool:
    return any(_FOOT.match(heading) for heading in page.headings)


FAMILY = Family("tomcat", _marks, empty=_empty)
