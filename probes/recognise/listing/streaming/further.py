"""The further pages of a folder that is shown page by page: by its links, its headers (RFC 8288) or its data."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final
from urllib.parse import urljoin, urlsplit

from probes.recognise.listing.extent import LONGEST, NUMBERED, PAGE_PATH, leads_here, next_address, next_of_link, turns
from probes.recognise.listing.fields import queries
from probes.recognise.listing.fields.links import Elsewhere, sendable
from probes.recognise.listing.fields.place import Place
from probes.recognise.listing.html.markup import squeeze
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.structured.json_rows import load

MOST_TURNS: Final = 64
"""Links to other pages that are read of one page."""


def further_pages(page: Page, names: Collection[str]) -> tuple[str, ...]:
    """The paths of further pages of the same folder that a page names: by a query that says a page or a first row, by a
    path that ends in `page/2`, or as what comes next. `names` are those of its entries. At most 64 of them; total."""
    found: dict[str, None] = {}
    for href, shown in _links(page):
        text = squeeze(shown)[:LONGEST]
        if len(found) == MOST_TURNS or not href or (text and text in names):
            continue
        path = _further(page, href, text)
        if path:
            found[path] = None
    return tuple(found)


def _links(page: Page) -> Iterator[tuple[str, str]]:
    """Links with the text that they show; what is said to come next shows none."""
    yield next_of_link(page.headers.get("link", "")), ""
    if page.start[:1] in {"{", "["}:
        yield next_address(load(page.text)[0]), ""
        return
    following = {
        token.attributes.get("href", "")
        for token in page.all_tokens
        if token.name in {"a", "link"} and "next" in token.attributes.get("rel", "").lower().split()
    }
    yield from ((href, "") for href in sorted(following))
    yield from page.links


def _further(page: Page, href: str, shown: str) -> str:
    """The path of the page that a link turns to; empty where it turns to none, or to the first one."""
    place = page.place
    try:
        split = urlsplit(urljoin(page.url, href.strip()))
    except ValueError:  # a broken IPv6 literal
        return ""
    if len(split.query) > LONGEST or _leaves(place, href):
        return ""
    if not split.query:
        turned = shown != "1" and PAGE_PATH.search(split.path) and turns(place, href, shown or None)
        return sendable(split.path) if turned else ""
    if not leads_here(place, href) or queries.sorts(split.query):
        return ""
    numbered = NUMBERED.search(f"?{split.query}")
    further = numbered is not None and int(numbered[2]) > bool(numbered[1])
    if not further and not turns(place, href, shown or None):
        return ""
    return sendable(f"{place.path.partition('?')[0]}?{split.query}")


def _leaves(place: Place, href: str) -> bool:
    """Whether a link leads to another host, or changes something."""
    led = place.resolve(href)
    away = isinstance(led, Elsewhere) and led.why in {"away", "none"} and led.target is None
    given = queries.parameters(href.partition("?")[2])
    return away or queries.acts("", given) or queries.commands("", given)
