"""Pages whose own script loads the rows of a folder: never clear, whatever words and fields stand beside them."""

# ruff: noqa: E501  pages stand on one line

from __future__ import annotations

import json

import pytest

from probes.api import Clear, Exposed, Unknown
from probes.reasons import ClosedReason, UndecidedReason
from probes.requests.http import Answer, Request
from probes.testing import play, says
from probes.web._folder_page import awaits_rows
from probes.web.listing import HTTP_LISTING
from tests.probes.web.builders import HTML, MISSING, NONCE, sound, target
from tests.servers.pages import NAMES, SOUND

FRAME = "<!doctype html><html><head><title>share</title></head><body>{}</body></html>"
SENTENCES = (
    "<p>This folder is empty until somebody of the team drops a file here or clicks on the button for it.</p>"
    "<p>The button is at the top of the page, and the help page explains the rest of what can be done.</p>"
)
HOURS = (
    "<p>Our surgery is open on weekdays from eight in the morning until five, and on the first Saturday of a month.</p>"
    "<p>Call us before you come, since the nurse on duty can often help you on the telephone at once.</p>"
)
WAITING = {
    "an address of a list in the script, and sentences": (
        SENTENCES + "<div id='fl'></div><script>async function go(){"
        "const u = p ? `/api/list/${enc(p)}?s=n` : '/api/list'; draw(await fetch(u))}</script>"
    ),
    "the page's own address in another format, and a field for a password of uploads": (
        "<main><form onsubmit='keep(event)'><label>Upload password: <input type='password'></label></form>"
        "<a>Download all</a><div class='flex file-browser'></div></main>"
        "<script>load(); async function load(){let res = await fetch(location.pathname + '?format=json')}</script>"
    ),
    "an empty place for the list, controls, and a script of a file": (
        "<header><input id='filter' type='search' placeholder='Filter'><select><option>Name<option>Newest</select>"
        "<form method='post' action='/logout'><button>Log out</button></form></header>"
        "<main id='list'></main><script type='module' src='/static/app.js'></script>"
    ),
    "an empty body of a table of files": (
        "<table><thead><tr><th>Name</th><th>Size</th></tr></thead><tbody id='file-rows'></tbody></table>"
        "<script src='js/main.js'></script>"
    ),
    "jQuery and a script of the server": (
        SENTENCES + "<table id='t'></table><script>$.getJSON('cgi-bin/filelist.cgi?dir=/', draw)</script>"
    ),
}
ORDINARY = {
    "a search that asks an interface": HOURS
    + "<form action='/s'><input name='q'></form><script>fetch('/api/search?q=' + q).then(show)</script>",
    "a page that counts its visits": HOURS + "<script>fetch('/stats/hit', {method: 'POST'})</script>",
    "an empty place for results": 4 * HOURS + "<div id='results'></div><script src='/app.js'></script>",
    "an empty list beside running text": 4 * HOURS + "<ul class='cookie-list'></ul><script src='/consent.js'></script>",
    "no script at all": "<h1>Welcome</h1><div id='list'></div>",
}


def _look(body: str) -> Clear | Unknown:
    def script(request: Request) -> Answer:
        return says(200, FRAME.format(body).encode(), content_type=HTML) if request.path == "/" else MISSING

    (verdict,), _ = play(HTTP_LISTING, target(), script)
    assert isinstance(verdict, Clear | Unknown)
    return verdict


@pytest.mark.parametrize("name", WAITING)
def test_a_page_that_loads_its_rows_is_never_clear(name: str) -> None:
    verdict = _look(WAITING[name])
    assert isinstance(verdict, Unknown)
    assert verdict.why is UndecidedReason.DRAWN_BY_SCRIPT


@pytest.mark.parametrize("name", ORDINARY)
def test_a_page_that_loads_something_else_is_ordinary(name: str) -> None:
    assert not awaits_rows(FRAME.format(ORDINARY[name]).encode())
    assert isinstance(_look(ORDINARY[name]), Clear)


def test_a_login_that_asks_for_its_session_is_a_login() -> None:
    verdict = _look(
        "<form action='/login' method='post'><input name='user'><input type='password' name='pass'>"
        "<button>Log in</button></form><script>fetch('/api/session').then(go)</script>"
    )
    assert isinstance(verdict, Clear)
    assert verdict.why is ClosedReason.LOGIN_WALL


LOGINS = {
    "an application in one page, which loads its files once one is in": (
        "<h1>Files</h1><form id='in'><input name='user'><input type='password' name='pass'><button>Log in</button></form>"
        "<p id='error'></p><script>form.onsubmit = async () => { await fetch('/api/login', {method: 'POST'});"
        "draw(await fetch('/api/files')) }</script>"
    ),
    "a list by another query of its own address, and an empty place for what was wrong": (
        "<form method='post'><label>E-mail <input type='email' name='mail'></label><label>Password <input type='password'>"
        "</label><button>Sign in</button></form><div class='error-message'></div>"
        "<script>const rows = () => fetch(location.pathname + '?format=json')</script>"
    ),
    "jQuery, and a link for those who forgot": (
        "<img src='/logo.png' alt='Vault'><form action='/session'><input type='text' name='login'><input type='password'>"
        "<input type='submit' value='OK'></form><a href='/forgot'>Forgot your password?</a>"
        "<script>$.getJSON('/browse/list?dir=/', fill)</script>"
    ),
}
BESIDE = {
    "rows that the script hangs into the page itself": (
        "<form><input name='user'><input type='password'></form><script>fetch('/files/list').then(all => all.forEach("
        "one => document.body.append(row(one))))</script>"
    ),
    "a place for rows beside the form": LOGINS["jQuery, and a link for those who forgot"] + "<main></main>",
    "a password for uploads alone": (
        "<form><input type='password' placeholder='Upload password'></form><script>fetch('/files/list')</script>"
    ),
}


@pytest.mark.parametrize("page", [*LOGINS.values(), *BESIDE.values()], ids=[*LOGINS, *BESIDE])
def test_a_form_for_a_password_does_not_make_a_page_clear_whose_script_loads_rows(page: str) -> None:
    verdict = _look(page)
    assert isinstance(verdict, Unknown), "nobody can tell from the page whether the rows come before the password"
    assert verdict.why is UndecidedReason.DRAWN_BY_SCRIPT


def test_a_hostile_page_takes_no_time() -> None:
    for piece in (b"<div id=list ", b"<div id='", b"fetch('/", b"<ul class=list>", b"`/list/${"):
        assert not awaits_rows(b"<script>fetch(1)</script>" + piece * 40_000)


ROWS = [
    {"name": name, "url": f"/media/{name}", "size": len(SOUND), "modified": "2024-03-12T10:00:00Z"} for name in NAMES
]
LOADED = {
    "/api/files": "fetch('/api/files').then(r => r.json()).then(draw)",
    "/data/recordings.json": "$.getJSON('data/recordings.json', draw)",
    "/?format=json": "fetch(location.pathname + '?format=json').then(draw)",
}


@pytest.mark.parametrize("where", LOADED)
@pytest.mark.parametrize("files", [True, False])
def test_what_the_script_loads_as_it_stands_is_looked_at(where: str, files: bool) -> None:
    def script(request: Request) -> Answer:
        if request.path == where:
            return says(200, json.dumps(ROWS).encode(), content_type="application/json")
        if request.path == "/":
            return says(
                200, FRAME.format(f"<div id='list'></div><script>{LOADED[where]}</script>").encode(), content_type=HTML
            )
        return sound(request) if files and request.path.removeprefix("/media/") in NAMES else MISSING

    verdicts, _ = play(HTTP_LISTING, target(data="recordings"), script)
    told = {verdict.place.path: type(verdict) for verdict in verdicts}
    assert told == ({"/": Clear, where: Exposed} if files else {"/": Unknown}), verdicts


@pytest.mark.parametrize(
    "loads",
    [
        "fetch('/api/files/' + id + '/list')",
        "fetch(`/api/list/${p}`)",
        "fetch('/delete/files')",
        "fetch('/api/files?action=delete')",
        "fetch('https://files.example/api/files')",
        "fetch('/api/files?dir=')",
    ],
)
def test_what_the_script_puts_together_or_would_change_is_not_asked(loads: str) -> None:
    page = FRAME.format(f"<div id='list'></div><script>{loads}</script>").encode()

    def script(request: Request) -> Answer:
        return says(200, page, content_type=HTML) if request.path == "/" else MISSING

    verdicts, asked = play(HTTP_LISTING, target(), script)
    assert [type(verdict) for verdict in verdicts] == [Unknown]
    assert {request.path for request in asked} <= {"/", f"/{NONCE}/"}
