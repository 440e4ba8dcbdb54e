"""Closed places of many makings, served and looked at as a round does: few of them may come out as unknown."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from probes.api import Clear, Exposed, Known, Unknown
from probes.requests.http import Answer, Request
from probes.testing import play, says
from probes.web.listing import HTTP_LISTING
from tests.monitor.network.builders import look, target
from tests.probes.web.builders import MISSING, sound
from tests.probes.web.builders import target as spoken_to
from tests.probes.web.closed_sites import BOOKS, CRA, DESCRIPTION, HTML, PROSE, SITES, VITE, html
from tests.servers.pages import NAMES, SOUND, apache
from tests.servers.raw import Talk, listening, reply


@pytest.mark.parametrize("name", SITES)
async def test_a_closed_place_is_told_to_be_closed(name: str) -> None:
    site = SITES[name]

    async def serve(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            says = site.pages.get(hit.path, site.other)
            if hit.method == "PROPFIND":
                await talk.say(reply("405 Method Not Allowed"))
                return
            await talk.say(reply(says.status, says.body.encode(), says.type, *says.headers))
            return

    async with listening(serve) as server:
        seen = await look(HTTP_LISTING, target(server, ports=(server.port, 443), declared=("/",)))
    (verdict,) = seen.verdicts
    if site.unknown:
        assert isinstance(verdict, Unknown)
        assert verdict.why.value == site.unknown
    else:
        assert isinstance(verdict, Clear), verdict


DRAWS_FILES = {
    "title": html("Recordings", f'<div id="app"></div>{VITE}', BOOKS),
    "description": html("X", f'<div id="root"></div>{CRA}', DESCRIPTION("A small web client for the files of a team.")),
    "script": html("X", '<div id="app"></div><script src="/js/file-browser.js"></script>', BOOKS),
    "id": html("X", f'<div id="app"></div><div id="file-list"></div>{VITE}', BOOKS),
    "noscript": html("X", f'<noscript>{PROSE}<p>See our archive.</p></noscript><div id="app"></div>{VITE}'),
    "fetch": html("X", '<div id="app"></div><script>fetch("/api/all").then(draw)</script>', BOOKS),
    "notice alone": html(
        "X", f'<noscript>{"Please enable JavaScript, we need it here. " * 9}</noscript><div id="app"></div>{VITE}'
    ),
    "login of a share": html("Login - share", f'<div id="app"></div>{VITE}'),
    "leads on in one case": html("X", "", "<script>if(!ok)location.href='/b/';else draw()</script>"),
    "leads on and draws": html(
        "X", "", '<meta http-equiv="refresh" content="9; url=/b/"><script src="/a.js"></script>'
    ),
}


@pytest.mark.parametrize("name", DRAWS_FILES)
def test_a_page_that_could_draw_files_stays_unknown(name: str) -> None:
    pages = {"/": DRAWS_FILES[name], "/b/": html("Nordvik", PROSE)}

    def answer(request: Request) -> Answer:
        body = pages.get(request.path)
        return MISSING if body is None or request.method != "GET" else says(200, body.encode(), content_type=HTML)

    verdicts, _ = play(HTTP_LISTING, spoken_to(port=80), answer)
    assert [type(verdict) for verdict in verdicts] == [Unknown]


@pytest.mark.parametrize(
    "body",
    [
        '{"data":{}}',
        '{"data":[]}',
        '{"a.wav":{"type":"x"},"b.wav":{"type":"x"}}',
        '{"name":"rec","child":{"name":"2019","size":3}}',
        '{"first":"2019/","next":{"a":1}}',
        '{"root":{"children":{"x":{"kind":"d"}}}}',
    ],
)
def test_an_object_that_could_be_a_folder_is_unknown(body: str) -> None:
    def answer(request: Request) -> Answer:
        return says(200, body.encode(), content_type="application/json") if request.path == "/" else MISSING

    verdicts, _ = play(HTTP_LISTING, spoken_to(port=80), answer)
    assert [type(verdict) for verdict in verdicts] == [Unknown]


@pytest.mark.parametrize(
    "body",
    [
        '<html><head><meta http-equiv="Refresh" content="0; URL=Rec/"></head></html>',
        f'<html><meta http-equiv="refresh" content="9;url=/Rec/">{"<p>We have moved, all of us.</p>" * 20}</html>',
        "<html><script>window.location.replace('/Rec/');</script></html>",
        '<script>document.location = "Rec/"</script>',
        '<html><title>Calls</title><p><a href="Rec/">Continue</a></p></html>',
        '<html><title>Language</title><a href="en/">English</a> <a href="Rec/">Svenska</a></html>',
        '<html><frameset cols="*"><frame src="/Rec/"></frameset></html>',
        '<html><frameset cols="*,*"><frame src="/menu"><frame src="/Rec/"></frameset></html>',
        f'<html><body><h1>Archive</h1>{"<p>All that we keep, for all who ask.</p>" * 20}<iframe src="/Rec/"></iframe>',
    ],
)
def test_a_page_that_leads_to_a_listing_is_followed_to_it(body: str) -> None:
    listing = apache("/Rec/", [(name, len(SOUND)) for name in NAMES])

    def answer(request: Request) -> Answer:
        if request.path == "/":
            return says(200, body.encode(), content_type=HTML)
        if request.path == "/Rec/":
            return says(200, listing, content_type=HTML)
        return sound(request) if request.path.removeprefix("/Rec/") in NAMES else MISSING

    verdicts, _ = play(HTTP_LISTING, spoken_to(port=80), answer)
    assert {verdict.place.path: type(verdict) for verdict in verdicts} == {"/": Clear, "/Rec/": Exposed}


@pytest.mark.parametrize(
    ("refresh", "body", "found"),
    [
        ("0; url=/Rec/", "", {"/": Clear, "/Rec/": Exposed}),
        ("5;URL='Rec/'", "<p>Please wait.</p>", {"/": Clear, "/Rec/": Exposed}),
        ("30; url=/", "<p>All lines are up. No fault was seen today.</p>", {"/": Clear}),
        ("30", "<p>All lines are up. No fault was seen today.</p>", {"/": Clear}),
    ],
)
def test_a_refresh_in_a_header_leads_on(refresh: str, body: str, found: dict[str, type]) -> None:
    listing = apache("/Rec/", [(name, len(SOUND)) for name in NAMES])

    def answer(request: Request) -> Answer:
        if request.path == "/":
            return says(200, body.encode(), refresh=refresh, content_type=HTML)
        if request.path == "/Rec/":
            return says(200, listing, content_type=HTML)
        return sound(request) if request.path.removeprefix("/Rec/") in NAMES else MISSING

    verdicts, _ = play(HTTP_LISTING, spoken_to(port=80), answer)
    assert {verdict.place.path: type(verdict) for verdict in verdicts} == found


def test_clear_frames_do_not_stand_in_for_files_that_were_once_seen_open() -> None:
    frames = b'<html><frameset cols="*,*"><frame src="/menu"><frame src="/main"></frameset></html>'
    parts = {"/": frames, "/menu": b"<p>The line is up.</p>", "/main": b"<p>No faults were seen today, or before.</p>"}

    def answer(request: Request) -> Answer:
        body = parts.get(request.path)
        if body is not None:
            return says(200, body, content_type=HTML)
        return sound(request) if request.path.removeprefix("/") in NAMES else MISSING

    known = (Known("/", (f"/{NAMES[0]}",)),)
    first, *_ = play(HTTP_LISTING, replace(spoken_to(port=80), known=known), answer)[0]
    assert not isinstance(first, Clear)
    assert isinstance(play(HTTP_LISTING, spoken_to(port=80), answer)[0][0], Clear)


@pytest.mark.parametrize(
    "body",
    [
        '<div id="app"></div><script src="/static/app.js"></script>',
        "<h1>Terms</h1><form method=post><input type=hidden name=ok><button>Go on</button></form>",
        "<h1>Sorry, you have been blocked</h1>",
        '{"rows": {"of": ["an", "unknown"]}}',
    ],
)
def test_files_once_seen_open_are_asked_for_where_the_folder_s_page_says_nothing(body: str) -> None:
    def answer(request: Request) -> Answer:
        if request.path == "/":
            return says(200, body.encode(), content_type=HTML)
        return sound(request) if request.path.removeprefix("/") in NAMES else MISSING

    (before,), _ = play(HTTP_LISTING, spoken_to(port=80), answer)
    known = replace(spoken_to(port=80), known=(Known("/", (f"/{NAMES[0]}",)),))
    (half,), _ = play(HTTP_LISTING, known, answer)
    (gone,), _ = play(HTTP_LISTING, known, lambda request: answer(request) if request.path == "/" else MISSING)
    assert (type(before), type(half), type(gone)) == (Unknown, Exposed, Unknown)


@pytest.mark.parametrize("at", ["/api/files", "/api/v1/list"])
def test_rows_that_a_script_loads_are_files_of_the_page_s_folder(at: str) -> None:
    shell = f'<div id="list"></div><script>fetch("{at}").then(r => r.json()).then(draw)</script>'
    rows = json.dumps({"files": [{"name": name, "size": len(SOUND), "isDir": False} for name in NAMES]})

    def answer(request: Request) -> Answer:
        if request.path == "/":
            return says(200, shell.encode(), content_type=HTML)
        if request.path == at:
            return says(200, rows.encode(), content_type="application/json")
        return sound(request) if request.path.removeprefix("/") in NAMES else MISSING

    (opened,), _ = play(HTTP_LISTING, spoken_to(port=80), answer)
    assert isinstance(opened, Exposed)
    assert set(opened.witnesses) <= {f"/{name}" for name in NAMES}

    def refused(request: Request) -> Answer:
        return says(403) if request.path.removeprefix("/") in NAMES else answer(request)

    assert not any(isinstance(one, Clear) for one in play(HTTP_LISTING, spoken_to(port=80), refused)[0][:1])


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ("<form method=post action=/rec/>", Unknown),
        ("<form method=post>", Unknown),
        ("<form method=post action=/terms><input type=hidden name=next value=/rec/>", Unknown),
        ("<form method=post action=/check id=c><script>c.submit()</script>", Unknown),
        ("<form method=post action=/age>", Clear),
    ],
)
def test_a_page_to_click_through_is_clear_only_where_it_does_not_come_back(form: str, told: type) -> None:
    page = says(200, f"<h1>Are you sure?</h1>{form}<button name=yes>Yes</button></form>".encode(), content_type=HTML)
    rec = replace(spoken_to(port=80), paths=("/rec/",))
    (verdict,), _ = play(HTTP_LISTING, rec, lambda request: page if request.path == "/rec/" else MISSING)
    assert type(verdict) is told, verdict


LOGIN = "<h1>Recorder</h1><form method=post action=/login><input name=u><input type=password name=p></form>"


def _compared(script: str) -> str:
    return f"<script>{script}</script>"


@pytest.mark.parametrize(
    ("link", "at", "told"),
    [
        ('<a href="/rec/guest/">Continue as guest</a>', "/rec/guest/", {Clear, Exposed}),
        ('<a href="?guest=1">Gäst</a>', "/rec/?guest=1", {Clear, Exposed}),
        ('<a href="/rec/public/">Go on</a>', "/rec/public/", {Clear, Exposed}),
        ('<a href="/forgot">Forgot your password?</a>', "/rec/guest/", {Clear}),
        ('<a href="/rec/delete.php?of=guest">Guest</a>', "/rec/delete.php?of=guest", {Clear}),
        ('<a href="/rec/?delete=guest">Guest</a>', "/rec/?delete=guest", {Clear}),
        *(
            (_compared(script), "/rec/list/", {Clear, Exposed})
            for script in (
                "if(document.forms[0].pw.value=='hemligt')location='list/'",
                'function go(){ if (pw.value === "x7") { window.location.href = "/rec/list/"; } else alert("No") }',
                "switch(pw.value){case 'a': window.open('list/');break; default: alert('Fel')}",
                "if(md5(pw.value)!='9f')alert('Fel');else{f.action='list/';f.submit()}",
            )
        ),
        ("<form onsubmit=\"if(this.pw.value=='a'){location.replace('list/')};return false\"></form>", "/rec/list/",
         {Clear, Exposed}),
        # A server is asked, the place is put together, or it would change something.
        (_compared("fetch('/api/login').then(r=>{if(r.ok==true)location='welcome/'})"), "/rec/welcome/", {Clear}),
        (_compared("if(a==b)location='list/'+pw.value"), "/rec/list/", {Clear}),
        (_compared("if(a==b)location='list/?delete=a.wav'"), "/rec/list/?delete=a.wav", {Clear}),
    ],
)  # fmt: skip
def test_the_door_for_guests_of_a_login_is_tried(link: str, at: str, told: set[type]) -> None:
    below = at.partition("?")[0]
    listing = apache(below, [(name, len(SOUND)) for name in NAMES])

    def answer(request: Request) -> Answer:
        if request.path == "/rec/":
            return says(200, (LOGIN + link).encode(), content_type=HTML)
        if request.path == at:
            return says(200, listing, content_type=HTML)
        return sound(request) if request.path in {f"{below}{name}" for name in NAMES} else MISSING

    verdicts, asked = play(HTTP_LISTING, replace(spoken_to(port=80), paths=("/rec/",)), answer)
    assert {type(verdict) for verdict in verdicts} == told, verdicts
    assert "/forgot" not in {request.path for request in asked}


def test_a_page_that_asks_for_a_word_and_compares_it_itself_is_looked_behind() -> None:
    script = "var p=prompt('Password'); if(p=='sesam'){location='/rec/'}else{document.write('<p>No.</p>')}"
    pages = {"/": f"<title>Archive</title><script>{script}</script>".encode()}
    pages["/rec/"] = apache("/rec/", [(name, len(SOUND)) for name in NAMES])

    def answer(request: Request) -> Answer:
        if request.path in pages and request.method == "GET":
            return says(200, pages[request.path], content_type=HTML)
        return sound(request) if request.path in {f"/rec/{name}" for name in NAMES} else MISSING

    verdicts, _ = play(HTTP_LISTING, spoken_to(port=80), answer)
    assert {one.place.path: type(one) for one in verdicts} == {"/": Clear, "/rec/": Exposed}


def test_names_that_were_seen_open_and_now_lead_elsewhere_are_not_clear() -> None:
    rows = "".join(f"<li><a href='http://other.example/{name}'>{name}</a></li>" for name in NAMES)
    page = says(
        200, f"<h1>Shared folder</h1><p>All that was shared here.</p><ul>{rows}</ul>".encode(), content_type=HTML
    )

    def answer(request: Request) -> Answer:
        return page if request.path == "/" else MISSING

    (before,), _ = play(HTTP_LISTING, spoken_to(port=80), answer)
    (after,), _ = play(HTTP_LISTING, replace(spoken_to(port=80), known=(Known("/", (f"/{NAMES[0]}",)),)), answer)
    assert not isinstance(before, Exposed)
    assert isinstance(after, Unknown)
