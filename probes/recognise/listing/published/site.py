"""What stands around the rows on a page of a site: navigation, a foot, a search, and the system that wrote it."""

from __future__ import annotations

from probes.recognise.listing.html.page import Page


def is_of_a_site(page: Page) -> bool:
    """Whether a page has at least two of the parts that pages of sites have and that programs which list a folder
    leave out. Folders are shown in a site's design as well: where a title, a link up or sort links announce one, or
    one is among the rows, this says nothing."""
    parts: set[str] = set()
    for token in page.all_tokens:
        if not token.name or token.closing:
            continue
        if (part := _PARTS.get(token.name)) is not None:
            parts.add(part)
        elif token.name in _TELLING and token.raw:
            said = token.attributes
            if (part := _ROLES.get(said.get("role", "").lower())) is not None:
                parts.add(part)
            elif token.name == "meta" and said.get("name", "").lower() == "generator":
                parts.add("system")
            elif token.name == "input" and said.get("type", "").lower() == "search":
                parts.add("search")
        if len(parts) > 1:
            return True
    return False


_PARTS = {"nav": "navigation", "footer": "foot", "aside": "aside", "article": "article"}
_ROLES = {"navigation": "navigation", "contentinfo": "foot", "search": "search", "complementary": "aside"}
"""The landmarks of ARIA that stand for these elements."""
_TELLING = {"div", "ul", "form", "section", "header", "meta", "input", "table"}
