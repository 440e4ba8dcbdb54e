"""Whether a page says itself that there is more than it shows: in words, by a pager, in an attribute, or by its end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from probes.recognise.listing.fields import queries
from probes.recognise.listing.fields.links import Target, segments
from probes.recognise.listing.fields.place import Place
from probes.recognise.listing.html.markup import Token, squeeze
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.model import Listing
from probes.recognise.listing.structured.fields_of_rows import spelt

_NEAR_END: Final = 4096
_WINDOW: Final = 600
"""Tags and texts at either end of a page in which it says its extent: above its rows or below them."""
LONGEST: Final = 200
"""Characters of a text or a query that are read."""
_DIGITS: Final = 10
_INLINE: Final = frozenset("a b strong i em span small bdi var u font output time button".split())  # noqa: SIM905
_UNSHOWN: Final = frozenset("script style template title textarea option".split())  # noqa: SIM905

_N: Final = r"(?<![\w.,])(\d{1,3}(?:[ ,.]\d{3})+|\d{1,9})(?![\d.,]*\d)"
_NO_UNIT: Final = r"(?!\s?(?:[KMGTP]i?B|[kMGT]o|bytes?|byte|[KMGT]|%|days?|dagar)\b|\s?%)"
_OF: Final = r" (?:of|out of|av|von|sur|de|di|van|af|/) (?:about |totally |totalt |ca |~)?"
"""Never a bare slash: dates have that."""
_NOUN: Final = (
    r"(?:items?|files?|entries|entry|objects?|rows?|records?|results?|folders?|poster|filer|objekt|rader|träffar|mappar"
    r"|einträgen?|dateien|elementen?|ordnern?|éléments?|fichiers?|elementos|archivos)\b"
)
_RANGE: Final = re.compile(rf"(?i){_N}\s?(?:-|–|—|to|till|bis|à|al?|through)\s?{_N}(?: {_NOUN})?{_OF}{_N}{_NO_UNIT}")
_SHARE: Final = re.compile(rf"(?i){_N}(?: {_NOUN})?(?: shown| listed| displayed| visas)?{_OF}{_N}{_NO_UNIT}( {_NOUN})?")
_PAGE: Final = re.compile(rf"(?i)\b(?:page|sida|seite|página|pagina|side|sivu):?\s?{_N}(?:{_OF}|/){_N}(?![/-])")
_MORE: Final = re.compile(
    rf"(?i)(?:\b(?:and|och|und|et|plus)|\+|…|\.\.\.)\s?{_N} (?:more|others?|fler|till|andra|weitere|autres)\b"
    rf"|{_N} (?:more|further|fler|weitere|ytterligare) {_NOUN}"
    r"|\b(?:(?:show|load|view|see|list|visa|ladda|hämta) (?:more|fler|mer)|mehr anzeigen|afficher plus)"
    rf"\s?\(\s?\+?{_N}(?: (?:kvar|left|remaining|more|till|{_NOUN}))?\s?\)"
)
_LIMIT: Final = re.compile(
    r"(?i)\b(?:list(?:ing|an)?|output|results?|directory|resultatet|katalogen)(?: (?:is|was|has been|are|är|har))?"
    r" (?:truncated|incomplete|cut off|cut short|trunkera[dt]s?|avkorta[dt]s?|ofullständig)\b"
    rf"|\bonly (?:the )?first {_N}|\b(?:endast|bara) de (?:första )?{_N}|\bnur die ersten {_N}"
    rf"|\bfirst {_N} {_NOUN}(?: are)? (?:shown|listed|displayed)"
)
_CAP: Final = re.compile(
    rf"(?i)\b(?:limited to|begränsa[dt]s? till|begrenzt auf|limité à)(?: the first)? {_N}{_NO_UNIT}"
    rf"|\bmax(?:imum|imalt|\.)? {_N} {_NOUN}(?: are)? (?:shown|listed|displayed|visas)"
)
_LOAD: Final = re.compile(
    r"(?i)\W*(?:(?:load|show) more(?: (?:files|items|entries))?|(?:visa|ladda|hämta) fler|mehr (?:laden|anzeigen))\W*"
)
"""A button that fetches further rows: what it leads to is a script's affair."""
_NEXT: Final = re.compile(
    r"(?i)\W*(?:next(?: page)?|older(?: (?:files|entries|items))?|nästa(?: sida)?|äldre|weiter|nächste(?: seite)?"
    r"|suivante?|siguiente|volgende|neste|næste|seuraava|load more|show more|visa fler|ladda fler|mehr anzeigen)\W*"
)
PAGE_PATH: Final = re.compile(r"(?:^|/)(?:page|sida|seite|p)/\d+/?$")
NUMBERED: Final = re.compile(r"[?&;](?:(page|paged|pg)|offset|start|from|skip|startat)=([0-9]{1,9})(?:$|[&;])")
"""Another page by its number, from 1, or by its first row, from 0."""
_NEXT_KEYS: Final = frozenset({"next", "nexturl", "nexthref", "nextpage", "nextpageurl", "nextlink", "odatanextlink"})
_ADDRESS: Final = re.compile(r"(?i)https?://|[/?]|\.\.?/")
_LONGEST_LINK: Final = 8192
_DEEPEST: Final = 3
_INSIDE: Final = 16
"""How deep, and in how many objects of one, the address of the next page is looked for in data."""
_SAYS_MORE: Final = frozenset({"data-has-more", "data-more", "data-has-next", "data-truncated"})
_SAYS_NEXT: Final = frozenset({"data-next-offset", "data-next-page", "data-next-cursor", "data-next-url"})
_SAYS_TOTAL: Final = frozenset({"data-total", "data-total-count", "data-total-items", "data-total-files"})
_NOT: Final = frozenset({"", "0", "false", "no", "null", "none", "undefined", "-1", "#"})


def ends_early(text: str) -> bool:
    """Whether the HTML `text` ends before its page does: within a tag or a row, or within the block of its rows.

    Many servers write no end tags at all: only what a page opened at its beginning is missed at its end.
    """
    tail = text[-_NEAR_END:].lower()
    if "</html" in tail or "</body" in tail:
        return False
    last = tail.rfind("<")
    if last > tail.rfind(">") and re.match(r"</?(?:[a-z][a-z0-9]*(?:\s[^<>]*)?)?$", tail[last:]):
        return True
    start = text[:_NEAR_END].lower()
    if "<html" not in start and "<body" not in start:
        return False
    low = text.lower()
    if tail.rfind("<a href") > tail.rfind("</a"):
        return True
    return any(low.rfind(f"<{name}") > low.rfind(f"</{name}") for name in ("pre", "table"))


def says_more(page: Page, listing: Listing) -> bool:
    """Whether the page says that its folder holds more than the entries of `listing`. Linear, and bounded."""
    run = page.all_tokens
    near = run if len(run) <= 2 * _WINDOW else [*run[:_WINDOW], *run[-_WINDOW:]]
    names = {entry.name for entry in listing.entries}
    counts = {len(listing.entries), len(listing.files), len(listing.directories)}
    if any(_words(text, counts) for text in _texts(near, page.place)):
        return True
    if any(
        (found := NUMBERED.search(href)) and int(found[2]) > bool(found[1]) and leads_here(page.place, href)
        for href, text in page.links
        if text not in names
    ):
        return True
    return _attributes(near, len(listing.entries)) or _pager(near, page.place, names)


def _texts(run: list[Token], place: Place) -> Iterator[str]:
    """What the page shows, a block at a time, without the names of entries and what a browser does not show."""
    parts: list[str] = []
    before = ""
    entry = False
    for token in run:
        if not token.name:
            if before not in _UNSHOWN and not entry:
                parts.append(token.text[: 2 * LONGEST])
            continue
        before = "" if token.closing else token.name
        if token.name == "a":
            href = "" if token.closing else token.attributes.get("href", "")
            entry = bool(href) and "?" not in href and isinstance(place.resolve(href), Target)
        elif token.name not in _INLINE:
            if text := squeeze("".join(parts)):
                yield text[:LONGEST]
            parts = []
    if text := squeeze("".join(parts)):
        yield text[:LONGEST]


def _number(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def _words(text: str, counts: set[int]) -> bool:
    rows = max(counts)
    if not (any(map(str.isdigit, text)) or _LIMIT.search(text)):
        return False
    for found in _RANGE.finditer(text):
        first, last, total = map(_number, found.groups())
        # What is counted from another number must be as many as the rows: years and times are ranges as well.
        if first <= last <= total and (first <= 1 or any(abs(last - first + 1 - count) < 2 for count in counts)):
            return first > 1 or last < total
    if (paged := _PAGE.search(text)) is not None:
        return _number(paged[1]) <= _number(paged[2]) > 1
    for found in _SHARE.finditer(text):
        some, total = _number(found[1]), _number(found[2])
        if 0 < some < total > rows and (some in counts or found[3]):
            return True
    more = _MORE.search(text)
    if more is not None and any(_number(one) for one in more.groups() if one):
        return True
    limit = _LIMIT.search(text)
    cap = _CAP.search(text)
    if cap is not None and any(_number(one) in counts for one in cap.groups() if one):
        return True
    # A program that always says how many it would show says nothing about a folder with fewer.
    return limit is not None and all(_number(one) <= rows for one in limit.groups() if one)


def _attributes(run: list[Token], rows: int) -> bool:
    totals: list[str] = []
    for token in run:
        if token.closing or not token.name or not ("data-" in token.raw or "next" in token.raw.lower()):
            continue
        for key, value in token.attributes.items():
            low = value.strip().lower()
            if key in _SAYS_NEXT and low not in _NOT:
                return True
            if key in _SAYS_MORE and low in {"true", "1", "yes"}:
                return True
            if key in _SAYS_TOTAL and low.isascii() and low.isdigit() and len(low) < _DIGITS:
                totals.append(low)
    # Said once it is said of the page; said again and again, of each row.
    return len(totals) == 1 and int(totals[0]) > rows > 0


def _pager(run: list[Token], place: Place, names: set[str]) -> bool:
    href = shown = ""
    before: Token | None = None
    for token in run:
        button = before if before is not None and before.name == "button" and not before.closing else None
        if button is not None and not token.name and _LOAD.fullmatch(token.text[:LONGEST]):
            return not {"hidden", "disabled"} & button.attributes.keys()
        before = token
        if token.name in {"a", "link"} and not token.closing:
            href, shown = token.attributes.get("href", ""), ""
            if "next" in token.attributes.get("rel", "").lower().split() and turns(place, href):
                return True
        elif not token.name and href:
            shown += token.text[:LONGEST]
        elif token.name == "a":
            text = squeeze(shown)[:LONGEST]
            if href and text not in names and turns(place, href, text):
                return True
            href = ""
    return False


def turns(place: Place, href: str, shown: str | None = None) -> bool:
    """Whether a link leads to another page of the same folder, as the number or the word that it shows says."""
    number = int(shown) if shown is not None and shown.isascii() and shown.isdigit() and len(shown) < _DIGITS else 0
    if shown is not None and not number and not _NEXT.fullmatch(shown):
        return False
    try:
        split = urlsplit(href.strip())
    except ValueError:  # a broken IPv6 literal
        return False
    below = PAGE_PATH.search(split.path)
    if below is not None and not split.query:
        above, here = split.path[: below.start()], PAGE_PATH.search(place.path)
        owns = (place.own, segments(place.path[: here.start()])) if here else (place.own,)
        agrees = not number or segments(split.path)[-1] == str(number).encode()
        return agrees and (segments(above) in owns or not split.path.startswith("/"))
    if not leads_here(place, href) or not split.query or queries.sorts(split.query):
        return False
    given = queries.parameters(split.query)
    if not number:
        return "" not in given
    return number > 1 and any(value == shown and queries.PAGE_KEY.fullmatch(key) for key, value in given.items())


def leads_here(place: Place, href: str) -> bool:
    """Whether a link leads to the page itself, whatever its query."""
    try:
        path = urlsplit(href.strip()).path
    except ValueError:  # a broken IPv6 literal
        return False
    return path in {"", ".", "./"} or segments(path) in (place.own, segments(place.path))


_LINK_VALUE: Final = re.compile(r"<([^<>]{1,2048})>([^<]{0,400})")
_NEXT_LINK: Final = re.compile(r"""(?i);\s*rel\s*=\s*(?:"(?:[^"]{0,100}\s)?next[\s"]|'?next(?![\w-]))""")


def next_of_link(header: str) -> str:
    """The address of the next page that a Link header names (RFC 8288); empty for none."""
    values = _LINK_VALUE.finditer(header[:_LONGEST_LINK])
    return next((value[1] for value in values if _NEXT_LINK.search(value[2])), "")


def goes_on(headers: tuple[tuple[str, str], ...], rows: int) -> bool:
    """Whether the headers of a page of so many rows say that there are more: a link to the next one, or as GitLab,
    Gitea and others say it."""
    said = {name.lower(): value for name, value in headers}
    total = said.get("x-total-count", "").strip()
    more = total.isascii() and total.isdigit() and 0 < rows < int(total[:18])
    linked = any(name.lower() == "link" and next_of_link(value) for name, value in headers)
    return more or linked or bool(said.get("x-next-page", "").strip())


def next_address(data: object, depth: int = 0) -> str:
    """The address of the next page that stands beside the rows of a JSON value, as Django REST framework
    (`"next": "...?page=2"`), OData (`@odata.nextLink`) and HAL (`_links.next.href`) write it; empty for none."""
    if not isinstance(data, dict) or depth > _DEEPEST:
        return ""
    beside = [one for one in data.values() if isinstance(one, dict)][:_INSIDE]
    return names_next(data) or next((found for one in beside if (found := next_address(one, depth + 1))), "")


def names_next(value: dict[str, object]) -> str:
    """The address of the next page that one object of JSON holds; empty for none."""
    for key, said in value.items():
        if spelt(key) in _NEXT_KEYS:
            address = said.get("href") if isinstance(said, dict) else said
            if isinstance(address, str) and _ADDRESS.match(address) and len(address) <= _LONGEST_LINK:
                return address
    return ""
