"""Listings whose names lead to a page about each file: what that page hands out is asked for."""

from __future__ import annotations

import pytest

from probes.api import Clear, Exposed, Verdict
from probes.reasons import ClosedReason, OpenReason, UndecidedReason
from probes.requests.http import Answer, Request
from probes.testing import play, says
from probes.web.listing import HTTP_LISTING
from tests.probes.web.builders import HTML, MISSING, sound, target
from tests.servers.pages import NAMES

# ruff: noqa: E501  pages stand on one line

ROW = "<li class='item' data-name='{0}'><i class='bi bi-file-earmark-music'></i>{0}<em>2 days ago • 4.0 kB</em></li>"
GO = "<script>document.getElementById('rows').addEventListener('click',e=>{location=location.pathname+e.target.dataset.name})</script>"
LISTED = f"<html><title>Listing: disk</title><h1>disk</h1><ul id=rows>{''.join(map(ROW.format, NAMES))}</ul>{GO}</html>"
BY_SCRIPT = "<script>document.getElementById('get').onclick=()=>{location=location.pathname+'?download=true'}</script>"
PAGES = {
    "a query that a script adds": (
        "<title>File: {0}</title><button id=get>Download</button>" + BY_SCRIPT,
        "/{0}?download=true",
    ),
    "a link with a query": ("<title>{0}</title><a href='?raw=1'>Raw</a>", "/{0}?raw=1"),
    "a link into another folder": ("<title>{0}</title><a href='/raw/{0}'>Download</a>", "/raw/{0}"),
    "a player": ("<title>{0}</title><audio controls src='/stream/{0}'></audio>", "/stream/{0}"),
}


def look(
    name: str, *, data: str = "recordings", served: bool = True, catch_all: bool = False
) -> tuple[Verdict, list[Request]]:
    page, where = PAGES[name]
    files = {where.format(one) for one in NAMES}

    def answer(request: Request) -> Answer:
        if request.path == "/":
            return says(200, LISTED.encode(), content_type=HTML)
        if request.path in files if not catch_all else request.path.endswith("?raw=1"):
            return sound(request) if served else MISSING
        if request.path.lstrip("/") in NAMES:
            return says(
                200,
                (page.replace("{0}", request.path.lstrip("/")) + "<p>" * 400).encode()[: request.take],
                content_type=HTML,
            )
        return MISSING

    (verdict, *_), asked = play(HTTP_LISTING, target(data=data), answer)
    return verdict, asked


@pytest.mark.parametrize("name", PAGES)
def test_a_file_that_its_page_hands_out_is_open(name: str) -> None:
    verdict, asked = look(name)
    assert isinstance(verdict, Exposed), verdict
    assert verdict.why is OpenReason.LISTED_AND_READABLE
    assert PAGES[name][1].format(verdict.witnesses[0].partition("?")[0].rpartition("/")[2]) == verdict.witnesses[0]
    # What was learnt from the server is recorded in our own words, and of no file more than 1 KiB is read.
    learnt = [one for one in asked if any(file in one.path for file in NAMES)]
    assert all(one.said for one in learnt)
    assert all(one.take <= 1024 for one in learnt if "file" in one.said.rpartition(" ")[2] or "?" in one.path)


@pytest.mark.parametrize("name", PAGES)
def test_pages_that_hand_nothing_out_are_no_listing(name: str) -> None:
    for verdict, _ in (look(name, served=False), look(name, data="static")):
        assert isinstance(verdict, Clear), verdict
        assert verdict.why is ClosedReason.NO_LISTING


def test_a_server_that_hands_out_whatever_is_asked_for_proves_nothing() -> None:
    verdict, _ = look("a link with a query", catch_all=True)
    assert not isinstance(verdict, Exposed), verdict


def test_of_a_file_that_is_no_page_no_more_is_read() -> None:
    """What is served for any name proves nothing, and is no page that hands a file out."""
    first, *others = NAMES

    def answer(request: Request) -> Answer:
        if request.path == "/":
            return says(200, LISTED.encode(), content_type=HTML)
        if request.path == f"/{first}":
            return says(200, b"<html><title>File</title><p>none" + b"<p>" * 300, content_type=HTML)
        return sound(request) if request.path.endswith(".wav") else MISSING

    _, asked = play(HTTP_LISTING, target(data="recordings"), answer)
    assert not [one for one in asked if one.path.strip("/") in others and one.take > 1024]


def test_files_that_lead_to_the_root_say_nothing_of_the_names() -> None:
    """A server that sends everybody home for what it does not have, and a page that names what was there once."""
    rows = "".join(f'<a href="{one}">{one}</a>          01-Mar-2026 08:00             644\n' for one in NAMES)
    page = f'<html><head><title>Index of /rec/</title></head><body><h1>Index of /rec/</h1><hr><pre><a href="../">../</a>\n{rows}</pre><hr></body></html>'

    def answer(request: Request) -> Answer:
        if request.path == "/rec/":
            return says(200, page.encode(), content_type=HTML)
        return says(302, location="/") if request.path.endswith(".wav") else MISSING

    verdicts, _ = play(HTTP_LISTING, target(data="recordings", paths=("/rec/",), declared=("/rec/",)), answer)
    assert [one.why for one in verdicts] == [UndecidedReason.ENTRY_REFUSED]
