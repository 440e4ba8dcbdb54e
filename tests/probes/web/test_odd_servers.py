"""Answers said in odd ways: what a browser shows is found, and no way of speaking makes open clear or closed open."""

from __future__ import annotations

import pytest

from probes.api import Clear, Exposed, Verdict
from probes.reasons import OpenReason
from probes.requests.http import Answer, Request
from probes.testing import play, says
from probes.web.listing import HTTP_LISTING
from probes.web.media import HTTP_MEDIA
from tests.monitor.network.builders import look, target
from tests.probes.web.builders import HTML, MISSING, PAGE, Rule, World, is_canary
from tests.probes.web.builders import target as spoken_to
from tests.probes.web.closed_sites import PROSE, html
from tests.servers.odd import ODD
from tests.servers.pages import NAMES, Disk
from tests.servers.raw import Hit, Talk, listening, reply

DISK = Disk()
CLOSED = {
    "refused": reply("403 Forbidden", b"<html><h1>Forbidden</h1></html>"),
    "a page": reply(200, html("Nordvik", PROSE).encode()),
}
NOTHING_SAYS_IT = {"HTTP/0.9"}


@pytest.mark.parametrize("name", ODD)
async def test_an_open_disk_is_never_clear_and_found_where_a_browser_shows_it(name: str) -> None:
    async def serve(talk: Talk) -> None:
        hit = await talk.hear()
        if hit is not None:
            await ODD[name].way(talk, hit, DISK.answer(hit))

    async with listening(serve) as server:
        at = target(server, files=(f"/{NAMES[0]}",))
        folder, file = await look(HTTP_LISTING, at), await look(HTTP_MEDIA, at)
    verdicts = (*folder.verdicts, *file.verdicts)
    assert not [one for one in verdicts if isinstance(one, Clear)], verdicts
    if ODD[name].reads:
        assert isinstance(folder.verdicts[0], Exposed), verdicts


@pytest.mark.parametrize("site", CLOSED)
@pytest.mark.parametrize("name", ODD)
async def test_a_closed_host_is_never_open_however_it_speaks(name: str, site: str) -> None:
    def said(hit: Hit) -> bytes:
        return CLOSED[site] if hit.path == "/" or site == "refused" else reply(404, b"<h1>Not Found</h1>")

    async def serve(talk: Talk) -> None:
        hit = await talk.hear()
        if hit is not None:
            await ODD[name].way(talk, hit, said(hit))

    async with listening(serve) as server:
        at = target(server, files=(f"/{NAMES[0]}",))
        verdicts = (*(await look(HTTP_LISTING, at)).verdicts, *(await look(HTTP_MEDIA, at)).verdicts)
    assert not [one for one in verdicts if isinstance(one, Exposed)], verdicts


def judged(*rules: Rule) -> tuple[Verdict, ...]:
    """What is said of an open Apache that differs from the usual by these rules."""
    return play(HTTP_LISTING, spoken_to(), World(rules=rules))[0]


def to(where: str) -> Answer:
    """A redirect."""
    return says(301, b"<a>moved</a>", content_type=HTML, location=where)


@pytest.mark.parametrize("where", [f"/{NAMES[0]}", f"/{NAMES[-1]}"])
def test_a_server_that_leads_from_what_is_missing_to_a_real_name_is_found(where: str) -> None:
    (verdict,) = judged(lambda request: to(where) if is_canary(request) else None)
    assert isinstance(verdict, Exposed)
    assert verdict.why is OpenReason.LISTED_AND_READABLE


def test_a_server_that_leads_from_every_name_to_one_file_shows_no_file() -> None:
    def one_for_all(request: Request) -> Answer | None:
        wav = request.path.endswith(".wav") and request.path != "/all.wav"
        return to("/all.wav") if wav else None

    serve = World(rules=(one_for_all,), files=frozenset({"/all.wav"}))
    (verdict,), _ = play(HTTP_LISTING, spoken_to(), serve)
    assert not isinstance(verdict, Exposed) or verdict.why is not OpenReason.LISTED_AND_READABLE


@pytest.mark.parametrize("query", ["view=list", "sort=name&mode=details", "v=2"])
def test_a_folder_that_leads_to_itself_with_a_query_is_found(query: str) -> None:
    def led(request: Request) -> Answer | None:
        path, _, asked = request.path.partition("?")
        if path != "/" or request.method != "GET":
            return None
        return says(200, PAGE, content_type=HTML) if asked else to(f"/?{query}")

    verdicts = judged(led)
    assert [one.place.path for one in verdicts if isinstance(one, Exposed)] == [f"/?{query}"]


def test_a_query_to_which_every_folder_answers_alike_proves_nothing() -> None:
    def led(request: Request) -> Answer | None:
        path, _, asked = request.path.partition("?")
        if not path.endswith("/") or request.method != "GET":
            return None
        return says(200, PAGE, content_type=HTML) if asked else to(f"{path}?view=list")

    assert not [one for one in judged(led) if isinstance(one, Exposed)]


def test_a_listing_whose_files_lead_to_signed_addresses_elsewhere_shows_its_names() -> None:
    away = "https://media.cdn.example/x?X-Amz-Signature=abc"
    (verdict,) = judged(lambda request: to(away) if request.path[1:] in NAMES else None)
    assert isinstance(verdict, Exposed)
    assert verdict.why is OpenReason.NAMES_ONLY


def test_an_ordinary_page_of_a_server_that_fails_at_what_is_missing_is_clear() -> None:
    def failing(request: Request) -> Answer | None:
        if request.path == "/" and request.method == "GET":
            return says(200, html("Nordvik", PROSE).encode(), content_type=HTML)
        return says(500, b"<h1>Internal Server Error</h1>", content_type=HTML)

    (verdict,) = judged(failing)
    assert isinstance(verdict, Clear)
    # What is missing is not told to be missing there.
    (verdict,) = judged(lambda request: MISSING if request.path == "/" else says(500, content_type=HTML))
    assert not isinstance(verdict, Clear)
