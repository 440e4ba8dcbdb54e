"""A page of a few links to folders is told from a menu by one of its folders: it lists itself, or it does not."""

from __future__ import annotations

from probes.api import Clear, Exposed, Verdict
from probes.reasons import ClosedReason
from probes.requests.http import Answer, Request
from probes.testing import play, says
from probes.web.listing import HTTP_LISTING
from tests.probes.web.builders import HTML, MISSING, NONCE, sound, target
from tests.servers.pages import NAMES, SOUND, apache

PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>
<div><a href="/"><strong>[Root]</strong></a> / Calls</div><hr><table>
<tr><th><a href="/2019/1/?sort=name">Name</a></th><th><a href="/2019/1/?sort=size">Size</a></th></tr>
<tr><td><a href="/2019/"><strong>2019</strong></a></td><td></td></tr></table></body></html>"""
MENU = """<html><head><title>Region</title></head><body><h1>Region</h1>
<ul><li><a href="/journal/">Journal</a></li><li><a href="/2019/">Bokning</a></li></ul></body></html>"""
INSIDE = apache("/2019/", [(name, len(SOUND)) for name in NAMES])


def look(page: str, inside: Answer, *declared: str) -> tuple[Verdict, list[Request]]:
    def answer(request: Request) -> Answer:
        if request.path == "/":
            return says(200, page.encode(), content_type=HTML)
        if request.path == "/2019/":
            return inside
        return sound(request) if request.path.removeprefix("/2019/") in NAMES else MISSING

    verdicts, asked = play(HTTP_LISTING, target(port=80, paths=("/", *declared)), answer)
    return verdicts[0], asked


def test_a_page_of_folders_alone_is_open_where_a_folder_lists() -> None:
    verdict, asked = look(PAGE, says(200, INSIDE, content_type=HTML))
    assert isinstance(verdict, Exposed)
    assert verdict.place.path == "/"
    # What was learnt is recorded under a name of ours.
    assert not [one for one in asked if "2019" in (one.said or one.path) and NONCE not in one.path]


def test_a_menu_costs_one_request_and_stays_clear() -> None:
    page = says(200, b"<html><h1>Bokning</h1><p>Boka din tid i telefon.</p></html>", content_type=HTML)
    for body in (PAGE, MENU):
        for inside in (page, MISSING):
            verdict, asked = look(body, inside)
            assert isinstance(verdict, Clear)
            assert verdict.why is ClosedReason.NO_LISTING
            assert len([one for one in asked if one.method == "GET"]) <= 3


def test_a_declared_folder_is_judged_by_itself() -> None:
    verdict, _ = look(PAGE, says(200, INSIDE, content_type=HTML), "/2019/")
    assert isinstance(verdict, Clear)
