"""Lists of events whose links lead to pages with players, and pictures named after people: both are tried."""

from __future__ import annotations

import json

import pytest

from probes.api import Exposed, Verdict
from probes.requests.http import Answer, Request
from probes.testing import play, says
from probes.web.listing import HTTP_LISTING
from tests.probes.web.builders import HTML, MISSING, sound, target

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + bytes(900)
MP4 = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41\x00\x00\x00\x08free" + bytes(900)


def row(link: str, number: int) -> str:
    when = f"2024-11-0{number % 9} 08:1{number % 9}:12"
    return f"<tr><td><a href='{link}'>{number}</a></td><td>{when}</td><td>64 s</td></tr>"


SITES = {
    "events of cameras": (
        "Console - Events",
        "?view=event&amp;eid={}",
        "<h2>Event {0}</h2><video><source src='?view=view_video&amp;eid={0}' type='video/mp4'></video>",
        "/?view=view_video&eid={}",
        MP4,
    ),
    "clips": (
        "Review",
        "/events/{}",
        "<h1>Front door</h1><video controls src='/clips/front-{}.mp4'></video>",
        "/clips/front-{}.mp4",
        MP4,
    ),
    "frames": (
        "Events",
        "/index.php?view=event&amp;eid={}",
        "<title>Event</title><img src='/static/logo.png'><img src='/cgi-bin/frame?event={}&amp;at=1'>",
        "/cgi-bin/frame?event={}&at=1",
        JPEG,
    ),
    "calls": (
        "Log",
        "call/{}",
        "<h1>Call</h1><p>To: reception</p><audio src='../sound/{}'></audio>",
        "/sound/{}",
        None,
    ),
}


def look(name: str, data: str, *, served: bool = True, catch_all: bool = False) -> tuple[Verdict, list[Request]]:
    title, link, page, media, body = SITES[name]
    rows = "".join(row(link.format(number), number) for number in range(17, 21))
    first = f"<html><title>{title}</title><table><tr><th>Id<th>Start<th>Length</tr>{rows}</table></html>"
    pages = {f"/{link.format(n).replace('&amp;', '&').lstrip('/')}": page.format(n) for n in range(17, 21)}
    files = {media.format(n) for n in range(17, 21)}

    def answer(request: Request) -> Answer:
        if request.path == "/":
            return says(200, first.encode(), content_type=HTML)
        if request.path in pages:
            return says(200, pages[request.path].encode(), content_type=HTML)
        if (served and request.path in files) or (catch_all and request.path.split("/")[1][:4] == media[1:5]):
            return sound(request) if body is None else sound(request, body, "application/octet-stream")
        return MISSING

    (verdict,), asked = play(HTTP_LISTING, target(port=80, data=data), answer)
    return verdict, asked


@pytest.mark.parametrize("name", SITES)
def test_a_list_of_events_is_open_where_its_pages_play(name: str) -> None:
    verdict, asked = look(name, "recordings")
    assert isinstance(verdict, Exposed), verdict
    assert verdict.kind == "linked-files"
    assert verdict.witnesses[0] == SITES[name][3].format(17)
    # What was learnt is recorded under a name of ours.
    assert not [one for one in asked if "17" in (one.said or one.path)]


@pytest.mark.parametrize("name", SITES)
def test_it_is_not_where_nothing_plays_or_everything_does(name: str) -> None:
    assert not isinstance(look(name, "recordings", served=False)[0], Exposed)
    assert not isinstance(look(name, "recordings", catch_all=True)[0], Exposed)
    verdict, asked = look(name, "static")
    assert not isinstance(verdict, Exposed)
    assert not [one for one in asked if "17" in one.path]


def test_threads_of_a_forum_are_read_and_no_finding() -> None:
    rows = "".join(row(f"/thread/{number}", number) for number in range(17, 21))
    page = f"<html><title>Forum</title><table>{rows}</table></html>".encode()
    thread = b"<h1>Thread</h1><p>Who has seen the new phones? They are good.</p><img src='/avatar/3.png'>"

    def answer(request: Request) -> Answer:
        if request.path == "/":
            return says(200, page, content_type=HTML)
        if request.path == "/avatar/3.png":
            return sound(request, b"\x89PNG\r\n\x1a\n" + bytes(900), "image/png")
        return says(200, thread, content_type=HTML) if request.path.startswith("/thread/") else MISSING

    (verdict,), asked = play(HTTP_LISTING, target(port=80, data="recordings"), answer)
    assert not isinstance(verdict, Exposed)
    assert len(asked) < 20


def test_a_link_that_would_change_something_is_not_asked_for() -> None:
    rows = "".join(row(f"/event.php?delete={number}", number) for number in range(17, 21))
    page = f"<html><title>Recordings</title><table>{rows}</table></html>".encode()

    def answer(request: Request) -> Answer:
        return says(200, page, content_type=HTML) if request.path == "/" else MISSING

    _, asked = play(HTTP_LISTING, target(port=80, data="recordings"), answer)
    assert not [one for one in asked if "delete" in one.path]


PEOPLE = ("19811218-9876", "640823-3234", "196408233234")
PICTURES = {
    "shown": "<img src='/sar/{0}.jpg'>",
    "linked": "<a href='/sar/{0}.jpg'>Bild</a>",
    "in folders": "<a href='/sar/{0}/1.jpg'><img src='/static/thumb.png'></a>",
}


def pictures(page: str, data: str, names: tuple[str, ...], *, served: bool = True) -> Verdict:
    inside = "".join(page.format(name) for name in names)
    body = f"<html><title>Dokumentation</title><h1>Uppföljning</h1>{inside}</html>".encode()

    def answer(request: Request) -> Answer:
        if request.path == "/":
            return says(200, body, content_type=HTML)
        there = {f"/sar/{name}{end}" for name in names for end in (".jpg", "/1.jpg")} if served else set()
        return sound(request, JPEG, "image/jpeg") if request.path in there else MISSING

    (verdict, *_), _ = play(HTTP_LISTING, target(port=80, data=data), answer)
    return verdict


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("data", ["patient", "personal"])
def test_pictures_named_by_numbers_of_people_are_a_finding(name: str, data: str) -> None:
    verdict = pictures(PICTURES[name], data, PEOPLE)
    assert isinstance(verdict, Exposed), verdict
    assert not isinstance(pictures(PICTURES[name], data, PEOPLE, served=False), Exposed)


@pytest.mark.parametrize(
    "names", [("1200", "1201", "1202"), ("20241103-081412", "20241103-081530"), ("1730621652", "1730621700")]
)
def test_pictures_named_by_moments_and_serials_are_none(names: tuple[str, ...]) -> None:
    assert not isinstance(pictures(PICTURES["linked"], "patient", names), Exposed)


def test_on_other_assets_pictures_are_not_tried() -> None:
    assert not isinstance(pictures(PICTURES["shown"], "recordings", PEOPLE), Exposed)


@pytest.mark.parametrize(
    "player",
    ["<audio controls><source src='play.php?id={}'></audio>", "<audio controls src='/listen/{}'></audio>",
     "<video controls><source src='clip?no={}' type='video/mp4'></video>",
     "<audio preload=none src='get?id={}&amp;t=rec'></audio><button onclick='play({})'>play</button>"],
)  # fmt: skip
@pytest.mark.parametrize("data", ["recordings", "static"])
def test_players_of_numbers_are_tried_whatever_the_page_is_called(player: str, data: str) -> None:
    page = "<html><title>Diktat</title><table>" + "".join(
        f"<tr><td>{n}<td>{player.replace('{}', str(n))}" for n in range(17, 24)
    )
    start = player.split("src='")[1].split("{")[0].lstrip("/")

    def answer(request: Request) -> Answer:
        if request.path == "/":
            return says(200, page.encode() + b"</table></html>", content_type=HTML)
        number = request.path.removeprefix(f"/{start}").removesuffix("&t=rec")
        return sound(request) if number.isdigit() and 17 <= int(number) < 24 else MISSING

    (verdict, *_), _ = play(HTTP_LISTING, target(data=data), answer)
    assert isinstance(verdict, Exposed) is (data == "recordings"), verdict


@pytest.mark.parametrize("at", ["/v1/voicemails/{}/download", "/api/recordings/{}/audio", "/diktat/2026/{}/file"])
def test_addresses_that_hand_out_the_sound_of_a_recording_are_tried(at: str) -> None:
    rows = [{"id": n, "attributes": {"from": "070", "file-url": at.format(n)}} for n in range(17, 22)]
    served = {at.format(n) for n in range(17, 22)}

    def look(data: str, bodies: set[str]) -> Verdict:
        def answer(request: Request) -> Answer:
            if request.path == "/":
                return says(200, json.dumps({"data": rows}).encode(), content_type="application/json")
            return sound(request) if request.path in bodies else MISSING

        (verdict, *_), _ = play(HTTP_LISTING, target(data=data), answer)
        return verdict

    assert isinstance(look("recordings", served), Exposed)
    assert not isinstance(look("recordings", set()), Exposed)
    assert not isinstance(look("static", served), Exposed)


def test_tiles_with_a_moment_each_whose_query_is_not_read_are_found() -> None:
    tiles = "".join(
        f"<div><a href='/c/@{n}.bvr?mode=dl'><img src='/t/{n}'></a> 11/28/2026 9:{n} AM</div>" for n in range(10, 16)
    )

    def answer(request: Request) -> Answer:
        if request.path == "/":
            return says(200, f"<html><title>UI</title>{tiles}</html>".encode(), content_type=HTML)
        number = request.path.partition("?")[0].removeprefix("/c/@").removesuffix(".bvr")
        return sound(request, MP4, "video/mp4") if number.isdigit() and 10 <= int(number) < 16 else MISSING

    (verdict, *_), _ = play(HTTP_LISTING, target(data="recordings"), answer)
    assert isinstance(verdict, Exposed), verdict
