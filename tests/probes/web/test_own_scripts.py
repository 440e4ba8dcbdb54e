"""Short pages with a script of a neutral name: what the script draws belongs to the page, so it is read."""

# ruff: noqa: E501  pages and scripts stand on one line

from __future__ import annotations

import json

import pytest

from probes.api import Clear, Exposed, Unknown
from probes.reasons import UndecidedReason
from probes.recognise.pages.evidence import tells_nothing
from probes.recognise.pages.script_loads import loaded_addresses
from probes.requests.http import Answer, Ending, Request
from probes.testing import play, says
from probes.web.listing import HTTP_LISTING
from tests.probes.web.builders import HTML, MISSING, cut, sound, target
from tests.servers.pages import NAMES, SOUND

PAGE = "<html><head><title>Växel Nord</title></head><body><h1>Växel Nord</h1><p>Intern sida för personal.</p>{}</body></html>"
SITE = "<script src='/js/site.js'></script>"
JS = "application/javascript"
DRAWS = {
    "loads rows": "fetch('/api/all').then(r=>r.json()).then(a=>a.forEach(c=>document.body.append(row(c))))",
    "loads rows by an address that it makes": "var x=new XMLHttpRequest();x.open('GET','/api/'+day(),true);x.onload=draw;x.send()",
    "jQuery": "$(function(){$('<div>').load('/rows').appendTo('body')})",
    "a script of its own": "var s=document.createElement('script');s.src='/rows.js';document.head.appendChild(s)",
    "an imported part": "import {rows} from './rows.js'; rows.forEach(r=>document.body.append(r))",
    "rows of literals": "[['07:12','Anna B','3 min'],['07:40','Karl C','1 min'],['08:02','Eva D','9 min']].forEach(add)",
    "objects": "const a=[{t:'07:12',w:'Anna B'},{t:'07:40',w:'Karl C'},{t:'08:02',w:'Eva D'}];a.map(add)",
    "names of recordings": "['samtal-1.wav','samtal-2.wav'].forEach(n=>document.write(n))",
    "numbers": "add('0701234567');add('0709876543')",
    "dates": "add('2024-03-01 07:12');add('2024-03-02 09:01')",
    "behind a comment of HTML": "<!-- for old browsers\nadd('2024-03-01 07:12');add('2024-03-02 09:01')\n//-->",
    "hidden": "document.body.insertAdjacentHTML('beforeend',atob('PHRhYmxlPg=='))",
}
DECORATES = {
    "a menu": "document.querySelector('h1').addEventListener('click',function(){document.body.classList.toggle('open')})",
    "the year": "document.write('<p>&copy; '+new Date().getFullYear()+'</p>')",
    "a notice": "var d=document.createElement('div');d.innerHTML='<p>Vi använder kakor.</p>';document.body.appendChild(d)",
    "nothing": "",
}


def _look(
    script: str | Answer, body: str = SITE, pages: dict[str, Answer] | None = None, data: str = "recordings"
) -> tuple[tuple[object, ...], list[str]]:
    def answer(request: Request) -> Answer:
        if request.method != "GET":
            return says(405, content_type=HTML)
        if request.path == "/":
            return says(200, PAGE.format(body).encode(), content_type=HTML)
        if request.path == "/js/site.js":
            return says(200, script.encode(), content_type=JS) if isinstance(script, str) else script
        if request.path.removeprefix("/media/") in NAMES:
            return sound(request)
        return (pages or {}).get(request.path, MISSING)

    verdicts, asked = play(HTTP_LISTING, target(data=data), answer)
    return verdicts, [request.path for request in asked]


@pytest.mark.parametrize("name", DRAWS)
def test_a_page_whose_script_draws_rows_is_not_clear(name: str) -> None:
    (verdict,), _ = _look(DRAWS[name])
    assert isinstance(verdict, Unknown)
    # The names of files that a script holds are tried.
    tried = UndecidedReason.ENTRY_REFUSED if name == "names of recordings" else UndecidedReason.DRAWN_BY_SCRIPT
    assert verdict.why is tried


@pytest.mark.parametrize("name", DECORATES)
def test_a_page_whose_script_decorates_it_is_ordinary(name: str) -> None:
    (verdict,), asked = _look(DECORATES[name])
    assert isinstance(verdict, Clear), verdict
    assert asked.count("/js/site.js") == 1


@pytest.mark.parametrize(
    ("script", "clear"),
    [
        (MISSING, True),
        (says(200, b"<html><h1>Start</h1></html>", content_type=HTML), True),
        (says(403, b"", content_type=HTML), False),
        (says(503, b"", content_type=HTML), False),
        (cut(says(200, b"menu()", content_type=JS), Ending.CUT), False),
        (says(302, b"", location="https://cdn.example/site.js"), False),
    ],
)
def test_a_script_that_is_not_there_draws_nothing_and_one_that_was_not_seen_may(script: Answer, clear: bool) -> None:
    (verdict,), _ = _look(script)
    assert isinstance(verdict, Clear if clear else Unknown), verdict


def test_a_script_named_with_the_host_itself_is_read_and_that_of_another_host_never_asked() -> None:
    (verdict,), _ = _look(DRAWS["loads rows"], "<script src='http://nas.test:443/js/site.js'></script>")
    assert isinstance(verdict, Unknown)
    (verdict,), asked = _look("", "<script src='https://cdn.example/js/site.js'></script>")
    assert isinstance(verdict, Clear)
    assert not any("site.js" in path for path in asked)


@pytest.mark.parametrize(
    "body",
    [
        "<script src='/calls/delete?id=7'></script>", "<script src='/index.php?action=logout'></script>",
        "<script src='/app.js?del=a.wav'></script>", "<iframe src='/calls/delete/7'></iframe>",
        "<meta http-equiv='refresh' content='0; url=/?action=delete'>",
    ],
)  # fmt: skip
def test_what_would_change_something_is_never_asked_for_and_leaves_the_page_undecided(body: str) -> None:
    verdicts, asked = _look("", body)
    assert not any("delete" in path or "logout" in path or "del=" in path for path in asked)
    assert all(isinstance(verdict, Unknown) for verdict in verdicts), verdicts


def test_a_file_that_is_called_after_an_action_is_read() -> None:
    _, asked = _look("", "<script src='/js/upload.js?v=3'></script>")
    assert "/js/upload.js?v=3" in asked


def test_more_scripts_than_are_read_leave_the_page_undecided() -> None:
    (verdict,), _ = _look("", "".join(f"<script src='/js/part{number}.js'></script>" for number in range(5)))
    assert isinstance(verdict, Unknown)


ROWS = [
    {"name": name, "url": f"/media/{name}", "size": len(SOUND), "modified": "2024-03-12T10:00:00Z"} for name in NAMES
]


@pytest.mark.parametrize(
    "script",
    [
        "fetch('/kept/all').then(draw)",
        "const API = '/kept'; fetch(API + '/all').then(draw)",
        "let base = `/kept`; fetch(`${base}/all`).then(draw)",
        "var x=new XMLHttpRequest();x.open('GET','/kept/all',true);x.send()",
        "$.getJSON(location.origin + '/kept/all', draw)",
    ],
)
def test_what_such_a_script_loads_is_looked_at(script: str) -> None:
    rows = says(200, json.dumps(ROWS).encode(), content_type="application/json")
    verdicts, _ = _look(script, pages={"/kept/all": rows})
    assert {type(one): one.place.path for one in verdicts} == {Clear: "/", Exposed: "/kept/all"}  # type: ignore[attr-defined]


def test_an_address_that_is_sent_something_or_put_together_of_more_is_not_said() -> None:
    asks = (
        "fetch('/a', {method: 'POST'}); fetch('/b/' + id); fetch(`/c/${id}`); fetch('/d?q='); x.open('POST', '/e');"
        "fetch('/f', {method: 'get'}); const u = '/g'; fetch(u); fetch(v)"
    )
    assert loaded_addresses(asks) == ("/f", "/g")


def test_hostile_scripts_take_no_time() -> None:
    for piece in ("fetch('/", "fetch(`${a", "[{a:1},", "const a = '", "fetch(a + ", "'20240101'"):
        loaded_addresses(piece * 30_000)
        tells_nothing(piece * 30_000)


@pytest.mark.parametrize("name", ["a.wav", "a" * 300 + ".wav", "b.b.-" * 60 + "calls.mp3", "x.ab-" * 70 + "a.wav"])
@pytest.mark.parametrize("around", [" {} ", "/{}/", "<{}>", "{}\n", "q.wavelength9 {}"])
def test_a_script_that_names_a_recording_tells_something(name: str, around: str) -> None:
    assert not tells_nothing(around.format(name))
    assert tells_nothing(around.format(name.replace(".wav", ".js").replace(".mp3", ".js")))
    assert tells_nothing(around.format(f"{name}@home"))
