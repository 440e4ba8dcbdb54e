"""Rows of a script or an interface that hold names alone: the script writes the folder before them."""

# ruff: noqa: E501  pages and scripts stand on one line

from __future__ import annotations

import json

import pytest

from probes.api import Clear, Exposed, Unknown
from probes.recognise.pages.page_parts import read_page
from probes.recognise.pages.script_loads import folders_in
from probes.requests.http import Answer, Request
from probes.testing import play, says
from probes.web._folder_page import loaded_by_script
from probes.web.listing import HTTP_LISTING
from tests.probes.web.builders import HTML, MISSING, sound, target
from tests.servers.pages import NAMES

LITERAL = "<html><title>Logg</title><script>var base='ljud/';var files=NAMES;for(const f of files)document.write('<a href=\"'+base+f+'\">'+f+'</a>')</script></html>"
JOINED = '<html><title>Logg</title><script>const files=NAMES;files.forEach(function(f){document.write("<li><a href=\'/ljud/"+f+"\'>"+f+"</a>")})</script></html>'
PLAYED = "<html><title>Inspelningar</title><div id=player></div><script>new Playlist('#player',[PAIRS],{path:'/js'})</script></html>"
FETCHED = "<html><title>Lyssna</title><body><ul id=l></ul><script>fetch('files.json').then(r=>r.json()).then(d=>{for(const f of d)l.innerHTML+=`<li><a href=\"ljud/${f.name}\">${f.name}</a>`})</script></body></html>"
ROWS = json.dumps([{"name": name, "size": 4044, "date": "2026-11-28"} for name in NAMES])


def _look(page: str, open_at: str) -> tuple[tuple[object, ...], list[Request]]:
    pairs = ",".join(f"{{title:'{name}',mp3:'ljud/{name}'}}" for name in NAMES)
    drawn = page.replace("NAMES", json.dumps(list(NAMES))).replace("PAIRS", pairs)

    def answer(request: Request) -> Answer:
        if request.path == "/":
            return says(200, drawn.encode(), content_type=HTML)
        if request.path == "/files.json":
            return says(200, ROWS.encode(), content_type="application/json")
        if open_at and request.path.removeprefix(open_at) in NAMES:
            return sound(request)
        return MISSING

    return play(HTTP_LISTING, target(data="recordings"), answer)


@pytest.mark.parametrize("page", [LITERAL, JOINED, FETCHED, PLAYED])
def test_the_folder_that_a_script_writes_is_tried(page: str) -> None:
    verdicts, asked = _look(page, "/ljud/")
    (opened,) = [one for one in verdicts if isinstance(one, Exposed)]
    assert opened.listing is not None
    assert {entry.path for entry in opened.listing.entries} == {f"/ljud/{name}" for name in NAMES}
    # What was learnt from the server is recorded in our own words.
    assert all(one.said for one in asked if one.path.startswith("/ljud/") and "{" not in one.said) or opened.witnesses


@pytest.mark.parametrize("page", [LITERAL, JOINED, FETCHED])
def test_where_nothing_answers_it_costs_one_request_for_each_folder_and_is_not_clear(page: str) -> None:
    verdicts, asked = _look(page, "")
    assert not any(isinstance(one, Exposed) for one in verdicts)
    assert isinstance(verdicts[0], Unknown), verdicts
    assert not any(isinstance(one, Clear) for one in verdicts)
    assert sum(one.path.startswith("/ljud/") for one in asked) <= 2


@pytest.mark.parametrize(
    ("script", "right"),
    [
        ("var base = 'rec/'; x(base + f)", ("rec/",)),
        ('a.innerHTML = `<a href="/audio/${f.name}">`', ("/audio/",)),
        ('document.write("<a href=\'../x/" + f)', ()),
        ("load('/js/' ); icon('img/')", ()),
        ("fetch('https://cdn.example/a/')", ()),
        ("'</a>' + '/'", ()),
        ("'a/' + 'b/' + 'c/'", ("a/", "b/")),
    ],
)
def test_folders_are_texts_that_end_with_a_slash(script: str, right: tuple[str, ...]) -> None:
    assert folders_in(script) == right


HELD = {
    "below the root": ("/api/tapes", {"objects": [{"id": 1, "filename": f"rec/2026/{name}", "duration": 62} for name in NAMES]}, "/rec/2026/"),
    "beside the interface": ("/svc/list", {"recordings": [{"file": name, "len": 62} for name in NAMES]}, "/svc/"),
    "where it says": ("/feed", {"baseUrl": "/media/", "items": [{"name": name, "bytes": 4044} for name in NAMES]}, "/media/"),
    "where it says, in full": ("/feed", {"media_path": "http://10.0.0.7:8080/m/2026", "files": [{"name": name, "size": 4044} for name in NAMES]}, "/m/2026/"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HELD)
@pytest.mark.parametrize("served", [True, False])
def test_what_an_interface_names_is_tried_where_it_may_mean_it(kind: str, served: bool) -> None:
    path, told, folder = HELD[kind]

    def answer(request: Request) -> Answer:
        if request.path == path:
            return says(200, json.dumps(told).encode(), content_type="application/json")
        return sound(request) if served and request.path.removeprefix(folder) in NAMES else MISSING

    verdicts, asked = play(HTTP_LISTING, target(paths=(path,), declared=(path,), data="recordings"), answer)
    opened = [one for one in verdicts if isinstance(one, Exposed)]
    assert bool(opened) is served, verdicts
    if not served:
        assert isinstance(verdicts[0], Unknown), verdicts
        assert len(asked) <= 16
    for one in opened:
        assert one.listing is not None
        assert {entry.path for entry in one.listing.entries} == {f"{folder}{name}" for name in NAMES}


def test_what_a_page_loads_is_a_part_of_that_page_wherever_its_files_are() -> None:
    path, told, folder = HELD["below the root"]
    page = (
        f"<html><title>Band</title><ul id=l></ul><script>fetch('{path}').then(r => r.json()).then(draw)</script></html>"
    )

    def answer(request: Request) -> Answer:
        if request.path == "/":
            return says(200, page.encode(), content_type=HTML)
        if request.path == path:
            return says(200, json.dumps(told).encode(), content_type="application/json")
        return sound(request) if request.path.removeprefix(folder) in NAMES else MISSING

    verdicts, _ = play(HTTP_LISTING, target(data="recordings"), answer)
    assert [one.place.path for one in verdicts if isinstance(one, Exposed)] == ["/"], verdicts


HOLDS = f"var recs={json.dumps([{'f': name, 's': 4044} for name in NAMES])};"


@pytest.mark.parametrize("script", ["data.js", "js/files.js?v=3", "call-list.js"])
@pytest.mark.parametrize("served", [True, False])
def test_a_script_that_is_called_after_the_rows_that_it_holds_is_read(script: str, served: bool) -> None:
    page = (
        f"<html><title>Band</title><div id=l></div><script src='{script}'></script>"
        "<script>recs.forEach(r => l.innerHTML += `<a href='${r.f}'>${r.f}</a>`)</script></html>"
    )

    def answer(request: Request) -> Answer:
        if request.path == "/":
            return says(200, page.encode(), content_type=HTML)
        if request.path == f"/{script}":
            return says(200, HOLDS.encode(), content_type="application/javascript")
        return sound(request) if served and request.path.removeprefix("/") in NAMES else MISSING

    verdicts, _ = play(HTTP_LISTING, target(data="recordings"), answer)
    assert [one.place.path for one in verdicts if isinstance(one, Exposed)] == ["/"] * served, verdicts
    assert served or isinstance(verdicts[0], Unknown), verdicts


def test_a_declared_script_of_rows_names_files_beside_it() -> None:
    def answer(request: Request) -> Answer:
        if request.path == "/band/data.js":
            return says(200, HOLDS.encode(), content_type="application/javascript")
        return sound(request) if request.path.removeprefix("/band/") in NAMES else MISSING

    at = target(paths=("/band/data.js",), declared=("/band/data.js",), data="recordings")
    verdicts, _ = play(HTTP_LISTING, at, answer)
    assert any(isinstance(one, Exposed) for one in verdicts), verdicts


SENTENCES = "<p>We build kitchens for people all over the country, and have done so for forty years.</p>" * 3


@pytest.mark.parametrize(("title", "asks"), [("Kitchens", False), ("Recorded calls", True)])
def test_a_page_that_speaks_for_itself_does_not_wait_for_a_script_of_rows(title: str, asks: bool) -> None:
    """Sites call scripts of theirs `list.js` as well: in every look each of them would be another request or two."""
    page = f"<html><title>{title}</title><script src='/js/list.js'></script><h1>{title}</h1>{SENTENCES}</html>"
    assert bool(loaded_by_script(read_page(page))) == asks
