"""Walls: redirects in a circle that hand out a cookie let in whoever brings it back, for the length of one look."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from probes.api import Clear, Exposed, Unknown
from probes.reasons import ClosedReason, OpenReason, UndecidedReason
from probes.requests.http import Answer, Request
from probes.requests.walls import Passes, handed_by
from probes.testing import play, says
from probes.web.listing import HTTP_LISTING
from probes.web.media import HTTP_MEDIA
from tests.monitor.surveys.builders import calls, disk, opened
from tests.probes.web.builders import HTML, MISSING, World, target
from tests.servers.pages import NAMES
from tests.servers.raw import Hit, listening, reply


def cookies(request: Request) -> str:
    """What a request brings back."""
    return dict(request.headers).get("Cookie", "")


def to_itself(request: Request) -> Answer | None:
    """A balancer that sets its cookie by a redirect to the very address."""
    return None if "seen=1" in cookies(request) else says(302, location=request.path, set_cookie="seen=1; Path=/")


def by_another(request: Request) -> Answer | None:
    """A filter that sets it at an address of its own, and leads back."""
    if request.path.startswith("/check?to="):
        return says(302, location=request.path.partition("=")[2], set_cookie="seen=1; HttpOnly; Secure")
    return None if "seen=1" in cookies(request) else says(302, location=f"/check?to={request.path}")


def checked(request: Request) -> Answer | None:
    """One that sets it at first, and looks whether it comes back where it leads to."""
    if request.path.startswith("/check?to="):
        back = request.path.partition("=")[2]
        return says(302, location=back) if "seen=1" in cookies(request) else says(200, b"<p>Cookies are off.</p>")
    return to_itself(request) and says(302, location=f"/check?to={request.path}", set_cookie="seen=1")


def by_refusing(request: Request) -> Answer | None:
    """One that refuses at first."""
    return None if "seen=1" in cookies(request) else says(403, b"<h1>Forbidden</h1>", set_cookie="seen=1; Path=/")


def by_loading_again(request: Request) -> Answer | None:
    """One that sets it by a page that loads itself again."""
    page = b"<html><head><meta http-equiv='refresh' content='0; url=%s'></head><body>...</body></html>"
    if "seen=1" in cookies(request):
        return None
    return says(200, page % request.path.encode(), content_type=HTML, set_cookie="seen=1; Path=/")


def by_two(request: Request) -> Answer | None:
    """A balancer behind a filter: each sets a cookie of its own by a redirect to the very address, in turn."""
    brought = cookies(request)
    missing = [name for name in ("node=7", "seen=1") if name not in brought]
    return says(302, location=request.path, set_cookie=f"{missing[0]}; Path=/") if missing else None


def by_two_others(request: Request) -> Answer | None:
    """The same, each at an address of its own that leads back."""
    if request.path.startswith("/set"):
        name, _, back = request.path.removeprefix("/set?").partition("&to=")
        return says(302, location=back, set_cookie=f"{name}; Path=/")
    missing = [name for name in ("node=7", "seen=1") if name not in cookies(request)]
    return says(302, location=f"/set?{missing[0]}&to={request.path}") if missing else None


WALLS = {
    "by refusing": by_refusing,
    "by loading again": by_loading_again,
    "by two cookies": by_two,
    "by two addresses": by_two_others,
    "to itself": to_itself,
    "by another address": by_another,
    "checked": checked,
}


@pytest.mark.parametrize("wall", WALLS.values(), ids=WALLS)
def test_what_stands_behind_a_wall_is_found(wall: object) -> None:
    assert callable(wall)
    (verdict,), asked = play(HTTP_LISTING, target(), World(rules=(wall,)))
    assert isinstance(verdict, Exposed), verdict
    assert (verdict.why, verdict.place.path) == (OpenReason.LISTED_AND_READABLE, "/")
    # Once let in, nothing is asked twice.
    assert len(asked) <= 12
    path = f"/{NAMES[0]}"
    (file,), _ = play(HTTP_MEDIA, target(files=(path,)), World(rules=(wall,)))
    assert isinstance(file, Exposed), file


@pytest.mark.parametrize(
    ("behind", "why"),
    [
        (says(403, b"<h1>Forbidden</h1>", content_type=HTML), ClosedReason.FORBIDDEN),
        (says(200, b"<form method=post><input type=password name=p></form>"), ClosedReason.LOGIN_WALL),
        (MISSING, ClosedReason.NOT_FOUND),
    ],
)
def test_what_is_closed_behind_a_wall_is_clear(behind: Answer, why: ClosedReason) -> None:
    (verdict,), _ = play(HTTP_LISTING, target(), lambda request: to_itself(request) or behind)
    assert isinstance(verdict, Clear), verdict
    assert verdict.why is why


def test_a_wall_that_lets_nobody_in_stays_unknown_and_is_not_asked_for_ever() -> None:
    (verdict,), asked = play(
        HTTP_LISTING, target(), lambda r: says(302, location=r.path, set_cookie=f"n={len(r.headers)}")
    )
    assert isinstance(verdict, Unknown)
    assert verdict.why is UndecidedReason.REDIRECTED
    assert len(asked) <= 6


def test_a_circle_without_a_cookie_is_not_asked_again() -> None:
    _, asked = play(HTTP_LISTING, target(), lambda request: says(302, location=request.path))
    assert [request.path for request in asked].count("/") == 2, "the look, and PROPFIND"
    assert not any(cookies(request) for request in asked)


def test_cookies_of_pages_and_of_redirects_onward_are_not_carried_on() -> None:
    def answer(request: Request) -> Answer:
        if request.path == "/":
            return says(302, location="/start", set_cookie="id=1")
        return says(200, b"<p>Welcome to us, we are glad that you came.</p>", content_type=HTML, set_cookie="id=2")

    _, asked = play(HTTP_LISTING, target(), answer)
    brought = [request.path for request in asked if cookies(request)]
    assert brought == ["/start"], "it goes along to where its redirect leads, and no further"


@pytest.mark.parametrize(
    ("set_cookie", "handed"),
    [
        ("a=b; Path=/", {"a": "b"}),
        ('a="b c"', {}),
        ("a=", {}),
        ("a=b; Max-Age=0", {}),
        ("a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT", {}),
        ("a=b\r\nX: y", {}),
        ("=b", {}),
        ("a", {}),
        (f"a={'b' * 5000}", {}),
    ],
)
def test_only_what_is_a_cookie_is_taken(set_cookie: str, handed: dict[str, str]) -> None:
    answer = says(302, location="/", set_cookie=set_cookie)
    assert handed_by(answer) == handed


def test_cookies_without_number_are_bounded() -> None:
    passes = Passes()
    for number in range(100):
        passes.hear(Request("GET", "/"), says(302, location="/", set_cookie=f"c{number}=1"))
    carried = passes.carried(Request("GET", "/"))
    assert cookies(carried).count("=") <= 8
    assert not cookies(passes.carried(Request("GET", "/", host="https://other.test:443"))), "nobody else gets them"


@pytest.mark.parametrize("way", ["to itself", "by another", "by refusing", "by loading again", "by two cookies"])
async def test_a_survey_passes_the_wall_too(tmp_path: Path, way: str) -> None:
    async def before(hit: Hit) -> bytes | None:
        await asyncio.sleep(0)
        handed = (("Set-Cookie", "seen=1"),)
        if hit.path == "/check":
            return reply("302 Found", b"", "text/html", ("Location", "/"), *handed)
        if way == "by two cookies" and "node=7" not in hit.header("cookie"):
            return reply("302 Found", b"", "text/html", ("Location", hit.path), ("Set-Cookie", "node=7"))
        if "seen=1" in hit.header("cookie"):
            return None
        if way == "by loading again":
            again = b'<meta http-equiv="refresh" content="0">'
            return reply("200 OK", again, "text/html", *handed)
        if way == "by refusing":
            return reply("403 Forbidden", b"", "text/html", *handed)
        if way in ("to itself", "by two cookies"):
            return reply("302 Found", b"", "text/html", ("Location", hit.path), *handed)
        return reply("302 Found", b"", "text/html", ("Location", "/check"))

    def tree(path: str) -> list[tuple[str, int | None]] | None:
        rows: dict[str, list[tuple[str, int | None]]] = {"/": [("01/", None), *calls(2)], "/01/": [*calls(3)]}
        return rows.get(path)

    async with listening(disk(tree, before)) as server, opened(server, tmp_path) as house:
        found = await house.survey()
    assert found.partial == ()
    assert (found.tally.folders, found.tally.files) == (2, 5)


def test_a_refusal_that_sets_a_cookie_for_nothing_is_asked_once_more_and_clear() -> None:
    sessions = iter(range(100))

    def refuses(request: Request) -> Answer:
        return says(403, b"<h1>Forbidden</h1>", content_type=HTML, set_cookie=f"PHPSESSID=s{next(sessions)}; Path=/")

    at = target(paths=("/", "/a/", "/b/"))
    verdicts, asked = play(HTTP_LISTING, at, refuses)
    assert {type(one) for one in verdicts} == {Clear}
    assert sum(bool(cookies(one)) for one in asked) == 1


@pytest.mark.parametrize("url", ["/other", "/"])
def test_a_page_that_loads_itself_again_for_ever_is_asked_once_more_and_is_not_clear(url: str) -> None:
    page = f'<meta http-equiv=refresh content="1;url={url}">'.encode()
    sessions = iter(range(100))

    def answer(request: Request) -> Answer:
        return says(200, page, content_type=HTML, set_cookie=f"id={next(sessions)}") if request.path == "/" else MISSING

    (verdict,), asked = play(HTTP_LISTING, target(), answer)
    assert isinstance(verdict, Unknown) or url == "/other", verdict
    assert sum(request.path == "/" and request.method == "GET" for request in asked) <= (1 if url == "/other" else 3)


@pytest.mark.parametrize(("seconds", "asked_for"), [("0", 2), ("15", 2), ("16", 1), ("30", 1), ("300", 1), ("5.5", 2)])
def test_a_page_that_is_shown_for_a_while_and_set_a_cookie_is_asked_for_once(seconds: str, asked_for: int) -> None:
    """The state of a device loads itself again every half minute, and sets a session for nothing."""
    page = f'<meta http-equiv="refresh" content="{seconds}"><h1>Boiler room</h1><p>All is well.</p>'.encode()

    def answer(request: Request) -> Answer:
        return says(200, page, content_type=HTML, set_cookie="id=1") if request.path == "/" else MISSING

    _, asked = play(HTTP_LISTING, target(), answer)
    assert sum(request.path == "/" and request.method == "GET" for request in asked) == asked_for
