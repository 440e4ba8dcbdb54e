"""A page of a few links to folders that may be any page: one of the folders is asked for, and proves it if it lists."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from probes.api import Exposed, WebTarget
from probes.facts import Fact
from probes.reasons import NoAnswerReason
from probes.recognise.listing.model import Listing
from probes.requests.http import Answer, Ask, NoAnswer, Reply, Request, Response
from probes.web._folder_page import PAGE, any_listing_in, listing_in
from probes.web._proof import prove
from probes.web._witness import Beside, Witness, find_witness

_UNASKED = Beside(NoAnswer(NoAnswerReason.NOT_ASKED), "")


def weak_folders(
    target: WebTarget, path: str, page: Response, facts: tuple[Fact, ...]
) -> Generator[Ask, Reply, Exposed | None]:
    """The exposure of a page of links to folders alone, of which the last lists itself; None where it does not.

    Menus look alike, so one request is spent on such a page, and only a folder that lists is believed.
    """
    found = any_listing_in(target, path, page)
    if found is None or found.files:
        return None
    # A folder that is declared has a verdict of its own, and may be public.
    others = [entry for entry in found.directories if entry.path not in target.paths]
    if not others:
        return None
    tried = replace(found, entries=(others[-1],))

    def read(target: WebTarget, asked: str, answer: Answer) -> Listing | None:
        return any_listing_in(target, asked, answer) if asked == path else listing_in(target, asked, answer)

    witness = yield from find_witness(target, path, tried, _UNASKED, read)
    if not isinstance(witness, Witness) or not witness.inside:
        return None
    result = yield from prove(target, path, page, tried, Request("GET", path, PAGE), facts, read)
    return result if isinstance(result, Exposed) else None
