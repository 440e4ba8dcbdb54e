"""Lists of events and calls whose links lead to a page each, on which the recording plays or its frames are shown."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence

from probes.api import WebTarget
from probes.recognise.listing.html.markup import tokens
from probes.recognise.listing.html.navigation import visible
from probes.recognise.listing.model import Entry
from probes.recognise.media.kinds import MediaKind, kind_of_name
from probes.recognise.pages.page_links import PageLink, leads_inside, page_links
from probes.recognise.pages.page_parts import read_page
from probes.recognise.pages.plain import as_text
from probes.recognise.people.rows import rows_of_page
from probes.requests.http import Ask, Reply, Request, Response, one
from probes.web._folder_page import PAGE, is_act
from probes.web.proof.file import Opened, opens

_MOMENT = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d([-/.])\d\d?\1\d\d?|\d\d?([-/.])\d\d?\2(?:20)?\d\d|"
    r"(?:\d\d?\.? )?[^\W\d_]{3,9}\.? (?:\d\d?,? )?20\d\d)[T, ]{0,3}(?:kl\.? ?)?(?:[01]?\d|2[0-3])[:.][0-5]\d(?!\d)"
)
"""A date with a time of day."""
_NUMBER = re.compile(r"\d{1,20}")
_TRIES = 2
_LONGEST = 1 << 18


def dated_rows(page: Response) -> int:
    """How many rows of a page tell a moment, as lists of events and calls do."""
    rows = rows_of_page(visible(tokens(as_text(page.body)[:_LONGEST])))
    return sum(any(_MOMENT.search(cell) for cell in row) or _MOMENT.search(" ".join(row)) is not None for row in rows)


def played(
    target: WebTarget, path: str, links: Sequence[Entry], kinds: frozenset[MediaKind], hosts: set[str]
) -> Generator[Ask, Reply, str]:
    """The path of the first recording that answers a stranger on one of the pages that `links` lead to; empty for none.

    The pages of the first and the last link are looked at, and two players or frames of each are tried.
    """
    for number, entry in enumerate(dict.fromkeys((*links[:1], *links[-1:])), 1):
        said = f"{path}{{event {number}}}"
        page = yield from one(Request("GET", entry.path, PAGE, said=said))
        if not isinstance(page, Response) or page.status != 200 or not read_page(as_text(page.body)).tags:
            continue
        for at, link in enumerate(_players(target, entry, page, kinds, hosts)[:_TRIES], 1):
            told = yield from opens(target, link.path, f"{said}{{player {at}}}")
            # What a player plays the page says itself: first bytes of a kind are enough. A frame is what was recorded.
            if not isinstance(told, Opened) or told.media.kind not in kinds | {MediaKind.IMAGE}:
                continue
            if told.media.confirmed or (link.plays and told.media.format):
                return link.path
    return ""


def _players(
    target: WebTarget, entry: Entry, page: Response, kinds: frozenset[MediaKind], hosts: set[str]
) -> list[PageLink]:
    """What plays on the page of an event: files of the kinds asked for, what players play, and frames by its number."""
    own = (_NUMBER.findall(entry.path) or [""])[-1]
    every = page_links(page.body, target.url(entry.path), tuple(page.headers), pictures=True)
    inside = [link for link in every if leads_inside(link, hosts) and not is_act(link.path)]
    named = [link for link in inside if kind_of_name(link.path.partition("?")[0]) in kinds]
    of_it = [link for link in inside if link.plays and own in _NUMBER.findall(link.path)]
    return list(dict.fromkeys((*named, *of_it)))
