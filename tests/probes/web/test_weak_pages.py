"""Pages that name folders or files and may be anything: what they name is tried before they are called ordinary."""

from __future__ import annotations

import pytest

from probes.api import Clear, Exposed, Unknown, Verdict
from probes.reasons import ClosedReason, OpenReason
from probes.requests.http import Answer, Request
from probes.testing import play, says
from probes.web.listing import HTTP_LISTING
from tests.probes.web.builders import HTML, MISSING, NONCE, sound, target
from tests.probes.web.closed_sites import PROSE, html
from tests.servers.pages import NAMES, SOUND, apache
from tests.servers.range.disks import designed

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


def test_dated_rows_of_folders_are_followed_down_to_a_listing() -> None:
    """A site's own design: each level has one row, and the files lie three levels down."""

    def level(name: str) -> Answer:
        return says(200, designed("", [(f"{name}/", None)]), content_type=HTML)

    levels = {"/rec/": level("2019"), "/rec/2019/": level("05"), "/rec/2019/05/": level("12")}
    files = says(200, apache("/rec/2019/05/12/", [(name, len(SOUND)) for name in NAMES]), content_type=HTML)

    def answer(request: Request) -> Answer:
        if request.path in levels:
            return levels[request.path]
        if request.path == "/rec/2019/05/12/":
            return files
        return sound(request) if request.path.removeprefix("/rec/2019/05/12/") in NAMES else MISSING

    verdicts, asked = play(HTTP_LISTING, target(port=80, paths=("/rec/",)), answer)
    assert isinstance(verdicts[0], Exposed)
    assert len(asked) <= 20


def test_a_declared_folder_is_judged_by_itself() -> None:
    verdict, _ = look(PAGE, says(200, INSIDE, content_type=HTML), "/2019/")
    assert isinstance(verdict, Clear)


def _recorder(body: str, served: bool, status: int = 404) -> tuple[type, object]:
    names = {f"/recapi?filedir=monitor&filename={name}" for name in NAMES}

    def answer(request: Request) -> Answer:
        if request.path == "/recapi?filedir=monitor":
            return says(200, body.encode(), content_type="text/csv")
        if request.path in names:
            return sound(request) if served else says(status)
        return MISSING

    path = "/recapi?filedir=monitor"
    (verdict,), _ = play(HTTP_LISTING, target(port=8443, paths=(path,), declared=(path,)), answer)
    return type(verdict), verdict.why


@pytest.mark.parametrize(
    "body", ["\n".join(NAMES), ",".join(f"monitor@{name}" for name in NAMES), "File\n" + "\n".join(NAMES)]
)
def test_the_list_of_a_recorder_is_proven_by_the_recordings_that_it_hands_out(body: str) -> None:
    assert _recorder(body, True) == (Exposed, OpenReason.LISTED_AND_READABLE)
    assert _recorder(body, False, 401) == (Exposed, OpenReason.NAMES_ONLY)
    # Names that are not there may be anybody's.
    assert _recorder(body, False)[0] is Unknown


def test_a_text_about_recordings_is_no_list_of_a_recorder() -> None:
    words = (
        f"The recordings of this week are kept for thirty days, as {NAMES[0]} and others were before they went away."
    )
    assert _recorder(words, True)[0] is not Exposed


NAMED = '<p><a href="/d/bokslut.pdf">bokslut.pdf</a></p><p><a href="/d/lista.xlsx">lista.xlsx</a></p>'


@pytest.mark.parametrize(
    ("page", "data", "served", "right"),
    [
        (NAMED, "documents", True, Unknown),
        (NAMED, "documents", False, Unknown),
        (NAMED, "static", True, Clear),
        (NAMED + PROSE, "documents", True, Clear),
    ],
)
def test_a_page_of_file_names_is_ordinary_only_where_no_stranger_gets_the_files(
    page: str, data: str, served: bool, right: type
) -> None:
    def answer(request: Request) -> Answer:
        if request.path == "/":
            return says(200, html("Nordvik", f"<h1>Nordvik</h1>{page}").encode(), content_type=HTML)
        there = served and request.path in ("/d/bokslut.pdf", "/d/lista.xlsx")
        return sound(request, b"%PDF-1.4\n" + bytes(3000), "application/pdf") if there else MISSING

    verdicts, _ = play(HTTP_LISTING, target(port=80, data=data), answer)
    assert [type(verdict) for verdict in verdicts] == [right]


NAV = (
    "<nav>"
    + "".join(f'<a href="/{one}/">{one.title()}</a> ' for one in ("om", "tjanster", "kontakt", "jobb"))
    + "</nav>"
)
FOOT = (
    "<footer>" + "".join(f'<a href="/{one}">{one.title()}</a> ' for one in ("cookies", "press", "vard")) + "</footer>"
)
ROW = NAV + '<p><a href="/rec/{0}">{0}</a> 3.3 kB</p>' + FOOT
SHELL = '<script>function upload() { var x = new XMLHttpRequest(); x.open("POST", "/rec/"); }</script>'


@pytest.mark.parametrize("served", [True, False])
@pytest.mark.parametrize(
    ("page", "type_"),
    [
        (html("Care", ROW.format(NAMES[0])), HTML),
        (html("Care", ROW.format(NAMES[0]) + SHELL), HTML),
        ("\n".join(NAMES), "text/plain"),
    ],
)
def test_rows_of_recordings_are_a_listing_where_one_of_them_answers(page: str, type_: str, served: bool) -> None:
    def answer(request: Request) -> Answer:
        if request.path == "/rec/":
            return says(200, page.encode(), content_type=type_)
        return sound(request) if served and request.path.removeprefix("/rec/") in NAMES else MISSING

    at = target(port=80, paths=("/rec/",), declared=("/rec/",), data="recordings")
    (verdict,), _ = play(HTTP_LISTING, at, answer)
    if served:
        assert isinstance(verdict, Exposed)
        assert (verdict.kind, verdict.why) == ("listing", OpenReason.LISTED_AND_READABLE)
    else:
        assert not isinstance(verdict, Exposed)


def test_a_listing_without_a_slash_whose_links_lead_elsewhere_is_found_in_its_other_form() -> None:
    moved = apache("/rec/", [(name, len(SOUND)) for name in NAMES]).replace(b'href="in-', b'href="/rec/in-')

    def answer(request: Request) -> Answer:
        if request.path in ("/files/rec", "/files/rec/"):
            return says(200, moved, content_type=HTML)
        return sound(request) if request.path.removeprefix("/files/rec/") in NAMES else MISSING

    at = target(port=80, paths=("/files/rec",), declared=("/files/rec",))
    verdicts, _ = play(HTTP_LISTING, at, answer)
    assert {verdict.place.path for verdict in verdicts if isinstance(verdict, Exposed)} == {"/files/rec/"}


def test_rows_of_files_beside_a_login_form_are_tried_and_not_called_a_login() -> None:
    form = '<form action="/login"><input name="user"><input type="password" name="pw"></form>'
    page = html("Care", form + ROW.format(NAMES[0]))

    def answer(request: Request) -> Answer:
        if request.path == "/rec/":
            return says(200, page.encode(), content_type=HTML)
        return sound(request) if request.path.removeprefix("/rec/") in NAMES else MISSING

    at = target(port=80, paths=("/rec/",), declared=("/rec/",), data="recordings")
    (verdict,), _ = play(HTTP_LISTING, at, answer)
    assert isinstance(verdict, Exposed)
    # Of an asset that may hold anything, a page may offer a file for download.
    (verdict,), _ = play(HTTP_LISTING, target(port=80, paths=("/rec/",), declared=("/rec/",)), answer)
    assert isinstance(verdict, Unknown)


def test_a_login_page_that_names_files_stays_a_login_where_they_do_not_answer() -> None:
    page = html("Log in", f'<form><input name="user"><input type="password" name="pw"></form>{NAMED}')

    def answer(request: Request) -> Answer:
        return says(200, page.encode(), content_type=HTML) if request.path == "/" else MISSING

    (verdict,), _ = play(HTTP_LISTING, target(port=80, data="recordings"), answer)
    assert isinstance(verdict, Clear)
    assert verdict.why is ClosedReason.LOGIN_WALL


CALLS = "<table>{}</table>".format(
    "".join(f"<tr><td>2026-03-0{n} 10:00</td><td>070123456{n}</td><td>1177</td></tr>" for n in range(1, 6))
)
BUTTONS = "".join(
    f"<form method=post action=play><input type=hidden name=id><button>2026-03-0{n} 070123456{n}</button></form>"
    for n in range(1, 5)
)


@pytest.mark.parametrize("inside", [CALLS, BUTTONS])
@pytest.mark.parametrize(("data", "clear"), [("recordings", False), ("patient", False), ("static", True)])
def test_a_page_that_shows_what_its_asset_is_declared_to_hold_is_not_clear(inside: str, data: str, clear: bool) -> None:
    def answer(request: Request) -> Answer:
        return says(200, html("Växeln", inside).encode(), content_type=HTML) if request.path == "/calls/" else MISSING

    (verdict,), _ = play(HTTP_LISTING, target(paths=("/calls/",), data=data), answer)
    assert isinstance(verdict, Clear if clear else Unknown), verdict
    assert "070" not in verdict.detail if isinstance(verdict, Unknown) else True


def _page_and_files(body: str, *paths: str) -> tuple[Verdict, ...]:
    def answer(request: Request) -> Answer:
        if request.path == "/":
            return says(200, body.encode(), content_type=HTML)
        return says(200, SOUND, content_type="audio/x-wav") if request.path in paths else MISSING

    verdicts, _ = play(HTTP_LISTING, target(data="recordings"), answer)
    return verdicts


@pytest.mark.parametrize(
    ("name", "signals"),
    [
        ("bell.wav", True),
        ("chat-message.wav", True),
        ("ringtone.wav", True),
        ("2024-11-03_incoming.wav", False),
        ("0701740605-incoming.wav", False),
        ("call-7.wav", False),
    ],
)
def test_a_sound_by_which_a_page_signals_is_no_recording(name: str, signals: bool) -> None:
    body = html("Console", f"<h1>Console</h1>{PROSE}<audio><source src=/sounds/{name}></audio>")
    verdicts = _page_and_files(body, f"/sounds/{name}")
    assert any(isinstance(one, Exposed) for one in verdicts) is not signals


def test_a_recording_is_tried_wherever_a_program_publishes_it() -> None:
    paths = [f"/org/app/releases/download/v1/call-{number}.wav" for number in (1, 2)]
    rows = "".join(f'<li><a href="{path}">{path.rpartition("/")[2]}</a> <span>12.1 MB</span></li>' for path in paths)
    verdicts = _page_and_files(html("Release v1", f"<h1>Release v1</h1><ul>{rows}</ul>"), *paths)
    assert any(isinstance(one, Exposed) for one in verdicts)


@pytest.mark.parametrize("lists", [True, False])
def test_a_page_of_folders_called_by_numbers_alone_is_tried(lists: bool) -> None:
    """Months and days of a year: there is no word on the page."""
    page = "<html><h1>2026</h1><table><tr>" + "".join(f"<td><a href='{n:02}/'>{n:02}</a>" for n in range(1, 13))
    inside = apache("/12/", [(name, len(SOUND)) for name in NAMES])

    def answer(request: Request) -> Answer:
        if request.path == "/":
            return says(200, page.encode() + b"</table></html>", content_type=HTML)
        if lists and request.path == "/12/":
            return says(200, inside, content_type=HTML)
        return sound(request) if lists and request.path.removeprefix("/12/") in NAMES else MISSING

    (verdict, *_), _ = play(HTTP_LISTING, target(port=80), answer)
    assert isinstance(verdict, Exposed if lists else Unknown), verdict


@pytest.mark.parametrize("rows", [2, 5, 40])
@pytest.mark.parametrize("said", ["This folder is for internal use only.", "Here are the calls of our desk."])
def test_a_sentence_beside_a_text_of_recordings_does_not_make_them_ordinary(said: str, rows: int) -> None:
    """However many rows there are: their owners, months and endings are no sentences."""
    names = [f"call{number:02}.wav" for number in range(rows)]
    lines = "".join(f"-rw-r--r-- 1 root root {len(SOUND)} May  1  2024 {name}\n" for name in names)
    page = f"<html><p>{said}</p><pre>{lines}</pre></html>".encode()

    def answer(request: Request) -> Answer:
        if request.path == "/":
            return says(200, page, content_type=HTML)
        return sound(request) if request.path.removeprefix("/") in names else MISSING

    verdicts, _ = play(HTTP_LISTING, target(data="recordings"), answer)
    assert isinstance(verdicts[0], Exposed), verdicts
