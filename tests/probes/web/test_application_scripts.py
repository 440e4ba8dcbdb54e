"""Pages whose script stands in a file of its own: it is read once, and what it asks for by GET is looked at."""

from __future__ import annotations

import json

import pytest

from probes.api import Clear, Exposed, Unknown, Verdict
from probes.recognise.pages.page_kind import PageKind
from probes.recognise.pages.page_kind import page as kind_of
from probes.recognise.pages.script_loads import loaded_addresses
from probes.requests.http import Answer, Request
from probes.testing import play, says
from probes.web.listing import HTTP_LISTING
from tests.probes.web.builders import HTML, MISSING, sound, target
from tests.servers.pages import NAMES

JS = "application/javascript"
ROWS = json.dumps({"files": [{"name": name, "url": f"/media/{name}", "size": 4044} for name in NAMES]})
PAGE = '<!DOCTYPE html><html><head><title>Växel</title></head><body>{}<script src="{}"></script></body></html>'
ROOT = '<div id="root"></div>'
SAID = (
    "<p>This is the page of the support line, which is kept by the operations team of the region. Write to them if "
    "something is missing, and they will look for it within the day.</p>"
)
DRAW = ".then(r => r.json()).then(d => d.files.forEach(f => add(f.url, f.name)))"


def _look(
    script: str, page: str = PAGE.format(ROOT, "app.js"), rows: str = "/api/files", **changed: str
) -> tuple[tuple[Verdict, ...], list[str]]:
    def answer(request: Request) -> Answer:
        if request.method != "GET":
            return says(405, content_type=HTML)
        if request.path == "/":
            return says(200, page.encode(), content_type=HTML)
        if request.path.endswith(".js"):
            return says(200, script.encode()[: request.take], content_type=JS)
        if request.path == rows:
            return says(200, ROWS.encode(), content_type="application/json")
        return sound(request) if request.path.removeprefix("/media/") in NAMES else MISSING

    verdicts, asked = play(HTTP_LISTING, target(port=80, **{"data": "recordings", **changed}), answer)
    return verdicts, [request.path for request in asked]


def _open(verdicts: tuple[Verdict, ...]) -> list[str]:
    return [one.place.path for one in verdicts if isinstance(one, Exposed)]


@pytest.mark.parametrize(
    ("script", "rows"),
    [
        (f"fetch('/api/files'){DRAW}", "/api/files"),
        (f"const API = '/api/v2'; fetch(`${{API}}/calls?limit=50`){DRAW}", "/api/v2/calls?limit=50"),
        ("var x = new XMLHttpRequest(); x.open('GET', 'list.json', true); x.send()", "/list.json"),
        ("axios.get('/api/v1/recordings').then(draw)", "/api/v1/recordings"),
        ("const c = axios.create({baseURL: '/backend'}); c.get('/calls').then(draw)", "/backend/calls"),
        ("class A { load() { return this.http.get('/api/calls') } } new XMLHttpRequest()", "/api/calls"),
        (f"{'var e = 1;' * 20_000}fetch('/api/files'){DRAW}", "/api/files"),
    ],
)
def test_what_an_application_asks_for_is_looked_at(script: str, rows: str) -> None:
    verdicts, asked = _look(script, rows=rows)
    assert _open(verdicts) == [rows]
    assert asked.count("/app.js") == 1


@pytest.mark.parametrize("src", ["/assets/index-4f2a9c1b.js", "/static/js/main.8f3a2b1c.js"])
def test_a_built_script_is_read_too(src: str) -> None:
    assert _open(_look(f"fetch('/api/files'){DRAW}", PAGE.format(ROOT, src))[0]) == ["/api/files"]


@pytest.mark.parametrize("box", ['<div id="list"></div>', '<ul class="recordings"></ul>', "<table id=files></table>"])
def test_sentences_do_not_fill_an_empty_list(box: str) -> None:
    script = f"fetch('/api/files'){DRAW}"
    assert _open(_look(script, PAGE.format(SAID + box, "app.js"))[0]) == ["/api/files"]
    (told,), _ = _look(script, PAGE.format(SAID + box, "app.js"), rows="")
    assert isinstance(told, Unknown)


def test_what_would_change_something_or_stands_elsewhere_is_not_asked_for() -> None:
    script = (
        "fetch('/api/files/delete'); fetch('/api/all?del=1'); fetch('https://api.example.org/files'); "
        "fetch('/api/calls', {method: 'POST'})"
    )
    (told,), asked = _look(script)
    assert isinstance(told, Unknown)
    assert not [path for path in asked if path.startswith("/api/")]


@pytest.mark.parametrize(
    "address",
    [
        "/api/reboot",
        "/cgi-bin/restart.cgi",
        "/api/sendMail?to=1",
        "/device/factory-reset",
        "/api/deleteAll",
        "/x?cmd=Reboot",
    ],
)
@pytest.mark.parametrize("before", ["", "var e = 1;" * 20_000], ids=["short", "long"])
def test_what_would_command_a_device_or_a_program_is_not_asked_for(address: str, before: str) -> None:
    orders = f"fetch('{address}');" + "".join(f"fetch('/api/send/{one}');" for one in range(4))
    verdicts, asked = _look(f"{before}{orders}fetch('/api/files'){DRAW}")
    assert _open(verdicts) == ["/api/files"]
    assert not [path for path in asked if path == address or path.startswith("/api/send")]


def test_what_a_long_script_puts_together_is_not_forgotten() -> None:
    page = PAGE.format(f'{SAID}<div id="recordings"></div>', "app.js")
    (told,), _ = _look(f"{'var e = 1;' * 20_000}fetch(base + '/rows', {{method: 'POST'}}).then(draw)", page)
    assert isinstance(told, Unknown)


def test_a_page_that_says_what_it_is_and_has_no_room_costs_no_script() -> None:
    (told,), asked = _look("fetch('/api/files')", PAGE.format(f"<h1>Växel</h1>{SAID}", "app.js"))
    assert isinstance(told, Clear)
    assert "/app.js" not in asked


def test_news_that_a_script_loads_open_nothing() -> None:
    def answer(request: Request) -> Answer:
        news = [
            {"title": "Vi flyttar", "date": "2024-03-01", "url": "/news/1"},
            {"title": "Nya tider", "url": "/news/2"},
        ]
        pages = {"/": PAGE.format(ROOT, "app.js"), "/app.js": "fetch('/api/news')", "/api/news": json.dumps(news)}
        found = pages.get(request.path) if request.method == "GET" else None
        return says(200, found.encode(), content_type=HTML) if found else MISSING

    verdicts, _ = play(HTTP_LISTING, target(port=80, data="recordings"), answer)
    assert _open(verdicts) == []


def test_other_assets_pay_for_no_script_of_an_application() -> None:
    assert "/app.js" not in _look("fetch('/api/files')", data="static")[1]


def test_a_script_that_asks_first_and_leads_to_a_login_then_is_no_login() -> None:
    script = "load(base() + '/x'); function load(u) { fetch(u).then(r => r.ok ? draw(r) : location.href = '/login') }"
    for said, kind in ((script, PageKind.SHELL), ("if (1) location.href = '/login'", PageKind.LOGIN_WALL)):
        body = f"<html><title>X</title><body><div id=root></div><script>{said}</script></body></html>".encode()
        assert (kind_of(body, "text/html", 200).kind is PageKind.LOGIN_WALL) == (kind is PageKind.LOGIN_WALL)


def test_addresses_of_a_client_are_counted_from_its_base() -> None:
    assert loaded_addresses("a.create({baseURL:'/api/v1/'});b.get('/calls');m.get(key)") == ("/api/v1/calls",)
    assert loaded_addresses("m.get('/calls')") == ()


@pytest.mark.parametrize("box", ["recordings", "call-list", "samtal"])
def test_a_list_of_recordings_that_a_script_fills_is_not_told_by_sentences(box: str) -> None:
    page = PAGE.format(f'{SAID}<div id="{box}"></div>', "app.js")
    (told,), _ = _look("fetch(base + '/rows', {method: 'POST'}).then(draw)", page)
    assert isinstance(told, Unknown)
    # A basket may be empty, and a script that asks for nothing fills no list.
    (told,), _ = _look("fetch(base + '/rows').then(draw)", page.replace(f'"{box}"', '"basket"'))
    assert isinstance(told, Clear)
    (told,), _ = _look("document.body.classList.add('open')", page)
    assert isinstance(told, Clear)
