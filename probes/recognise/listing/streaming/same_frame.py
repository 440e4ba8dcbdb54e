"""Whether a page was made as a folder's page of the same program was, and holds no row or one: an empty folder has no
structure of its own, and is known by the page of a folder that is not."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final
from urllib.parse import unquote, urlsplit

from probes.recognise.listing.html.markup import squeeze, tokens
from probes.recognise.pages.plain import as_text

LONGEST: Final = 1 << 17
"""Bytes of a page that is held against another, and of that other."""
_DIGITS: Final = re.compile(r"\d+")
_MOST_LINKS: Final = 4
"""Links of a page that has no row or one: to sort, up, and elsewhere."""
_AGAIN: Final = 3
"""Times that an element comes again which belongs to rows: of fewer it cannot be told."""


def same_frame(body: bytes, url: str, other: bytes, other_url: str) -> bool:
    """Whether `body` is the page of `other`, which lists a folder, without its rows: everything that it holds stands in
    the other in the same order, and what the other has more comes again in each row. Linear time."""
    if not body or len(body) > LONGEST or len(other) > LONGEST:
        return False
    if not _tells_kinds(body, other):
        return False
    mine, theirs = _made_of(body, url), _made_of(other, other_url)
    links = sum(one == "<a" for one in mine)
    if not any(one[:1] == "<" for one in mine) or links > _MOST_LINKS:
        return False
    at, more = 0, Counter[str]()
    for one in theirs:
        if at < len(mine) and one == mine[at]:
            at += 1
        else:
            more[one] += 1
    rows = (times for one, times in more.items() if one[:1] == "<")
    # What belongs to the frame comes once or twice: a page without it was made otherwise.
    return at == len(mine) and more["<a"] > 0 and min(rows) >= _AGAIN


def _tells_kinds(body: bytes, other: bytes) -> bool:
    """Whether the links of a page, but for those that stand in the other too, tell files from folders by their ends: a
    row alone has no others beside it that would."""
    known = set(_links(other))
    return all(one in known or one.endswith("/") or "." in one.rpartition("/")[2] for one in _links(body))


def _links(body: bytes) -> list[str]:
    links = (one.attributes.get("href", "") for one in tokens(as_text(body)) if one.name == "a" and not one.closing)
    return [one.partition("?")[0] for one in links]


def _made_of(body: bytes, url: str) -> list[str]:
    """The elements and the texts of a page in their order: without what links show, and without numbers and the path
    that was asked for."""
    path = unquote(urlsplit(url).path)
    own = [one for one in (path, path.rstrip("/"), path.strip("/"), path.rstrip("/").rpartition("/")[2]) if one]
    made: list[str] = []
    within = False
    for token in tokens(as_text(body)):
        if token.name:
            within = token.name == "a" and not token.closing
            made.append(f"<{'/' if token.closing else ''}{token.name}")
            continue
        said = "" if within else squeeze(token.text).strip()
        for one in own:
            said = said.removesuffix(one).rstrip()
        if said:
            made.append(_DIGITS.sub("0", said))
    return made
