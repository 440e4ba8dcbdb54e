"""Refusals that may be of us, or of one server of several: real listeners that ban, and that take turns."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

import pytest

from probes.api import Clear, Exposed, Known, Unknown, Verdict
from probes.reasons import OpenReason, UndecidedReason
from probes.requests.http import Answer, Request
from probes.testing import play, says
from probes.web.listing import HTTP_LISTING
from probes.web.media import HTTP_MEDIA
from tests.monitor.network.builders import look, target
from tests.probes.web.builders import HTML, MISSING, sound
from tests.probes.web.builders import target as spoken_to
from tests.servers.pages import NAMES, SOUND, apache
from tests.servers.raw import Hit, Serve, Talk, listening, reply

HOME = b"<html><title>Nordvik</title><h1>Nordvik</h1><p>We answer the phones of hospitals, by day and by night.</p>"
ROWS = apache("/rec/", [(name, len(SOUND)) for name in NAMES])
FORBIDDEN = reply("403 Forbidden", b"<h1>Forbidden</h1>", "text/html")
REC = {"paths": ("/rec/",), "declared": ("/rec/",)}


def _open(hit: Hit, *named: tuple[str, str]) -> bytes:
    if hit.method != "GET":
        return reply("405 Method Not Allowed", b"", "text/html", *named)
    if hit.path in ("/", "/rec/"):
        return reply("200 OK", HOME if hit.path == "/" else ROWS, "text/html", *named)
    if hit.path.removeprefix("/rec/") in NAMES:
        return reply("200 OK", SOUND, "audio/x-wav", *named)
    return reply("404 Not Found", b"<h1>Not Found</h1>", "text/html", *named)


def _shut(hit: Hit, *named: tuple[str, str]) -> bytes:
    if hit.path.startswith("/rec/") and hit.method == "GET":
        return reply("403 Forbidden", b"<h1>Forbidden</h1>", "text/html", *named)
    return _open(hit, *named)


def balanced(*nodes: object, names: tuple[tuple[tuple[str, str], ...], ...], begin: int = 0) -> Serve:
    """Servers that take turns, request by request; each names itself as is said."""
    turns = itertools.count(begin)

    async def serve(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            at = next(turns) % len(nodes)
            await talk.say(nodes[at](hit, *names[at]))  # type: ignore[operator]

    return serve


COOKIES = ((("Set-Cookie", "SERVERID=web1; path=/"),), (("Set-Cookie", "SERVERID=web2; path=/"),))
HEADERS = ((("X-Backend-Server", "a"),), (("X-Backend-Server", "b"),))
SESSIONS = ((("Set-Cookie", "JSESSIONID=4A.n1"),), (("Set-Cookie", "JSESSIONID=9F.n2"),))
SILENT: tuple[tuple[tuple[str, str], ...], ...] = ((), ())


async def _judged(serve: Serve, **changed: object) -> Verdict:
    async with listening(serve) as server:
        seen = await look(HTTP_LISTING, target(server, **{**REC, **changed}))
    return next(one for one in seen.verdicts if one.place.path == "/rec/")


@pytest.mark.parametrize("begin", [0, 1])
@pytest.mark.parametrize("names", [COOKIES, HEADERS, SESSIONS])
async def test_one_of_two_servers_that_still_lists_is_not_clear(
    names: tuple[tuple[tuple[str, str], ...], ...], begin: int
) -> None:
    assert not isinstance(await _judged(balanced(_shut, _open, names=names, begin=begin)), Clear)


@pytest.mark.parametrize("names", [COOKIES, SILENT])
async def test_two_servers_that_both_refuse_are_clear(names: tuple[tuple[tuple[str, str], ...], ...]) -> None:
    assert isinstance(await _judged(balanced(_shut, _shut, names=names)), Clear)


@pytest.mark.parametrize("begin", [0, 1, 2])
async def test_what_was_once_seen_open_is_not_clear_by_one_lucky_refusal(begin: int) -> None:
    known = (Known("/rec/", (), "listing"),)
    serve = balanced(_shut, _shut, _open, names=((), (), ()), begin=begin)
    assert not isinstance(await _judged(serve, known=known), Clear)
    assert isinstance(await _judged(balanced(_shut, names=((),)), known=known), Clear)


async def test_a_declared_file_that_one_of_two_servers_serves_is_not_clear() -> None:
    path = f"/rec/{NAMES[0]}"
    for begin in (0, 1):
        async with listening(balanced(_shut, _open, names=COOKIES, begin=begin)) as server:
            (verdict,) = (await look(HTTP_MEDIA, target(server, files=(path,), declared=(path,)))).verdicts
        assert not isinstance(verdict, Clear)


def banning(after: int, then: bytes = FORBIDDEN) -> Serve:
    """Serves so many requests of anybody, and then answers them everything by one page."""
    asked = itertools.count(1)

    async def serve(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            await talk.say(_open(hit) if next(asked) <= after else then)

    return serve


@pytest.mark.parametrize("known", [(), (Known("/rec/", (f"/rec/{NAMES[0]}",), "listing"),)])
async def test_a_ban_in_the_middle_of_a_look_is_a_filter_s(known: tuple[Known, ...]) -> None:
    verdict = await _judged(banning(1), paths=("/", "/rec/"), declared=("/", "/rec/"), known=known)
    assert isinstance(verdict, Unknown)
    assert verdict.why is UndecidedReason.FILTERED


_WALL = b"<title>Log in</title><h1>Log in</h1><form method=post><input name=u><input type=password name=p></form>"
_ONCE_OPEN = (Known("/rec/", (f"/rec/{NAMES[0]}",), "listing"),)


@pytest.mark.parametrize("then", [reply("200 OK", _WALL, "text/html"), reply("410 Gone", b"Gone", "text/plain")])
async def test_one_page_for_everything_in_the_middle_of_a_look_closes_nothing(then: bytes) -> None:
    both = {"paths": ("/", "/rec/"), "declared": ("/", "/rec/")}
    verdict = await _judged(banning(1, then), **both, known=_ONCE_OPEN)
    assert isinstance(verdict, Unknown)

    async def walled(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            await talk.say(_open(hit) if not hit.path.startswith("/rec/") else then)

    assert isinstance(await _judged(walled, **both, known=_ONCE_OPEN), Clear)


@pytest.mark.parametrize("known", [(), (Known("/rec/", (f"/rec/{NAMES[0]}",), "listing"),)])
async def test_a_server_that_refuses_what_is_missing_is_clear(known: tuple[Known, ...]) -> None:
    async def serve(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            await talk.say(_open(hit) if hit.path == "/" else FORBIDDEN)

    verdict = await _judged(serve, paths=("/", "/rec/"), declared=("/", "/rec/"), known=known)
    assert isinstance(verdict, Clear)


def _tree(above: int, below: int, method: str = "GET") -> Callable[[Request], Answer]:
    """A disk with folders of years; `above` answers its top and the files there, `below` what the years hold: 0 serves,
    as it was. Folders are listed to `method`."""
    years = ("2024/", "2025 a/", "2026/")
    pages = {"/rec/": apache("/rec/", [*((year, None) for year in years), (NAMES[0], len(SOUND))])}
    pages |= {f"/rec/{quote(year)}": apache(f"/rec/{year}", [(NAMES[1], len(SOUND))]) for year in years}

    def answer(request: Request) -> Answer:
        path = request.path
        status = above if path in ("/rec/", f"/rec/{NAMES[0]}") else below
        if status and path.startswith("/rec/"):
            return says(status, b"<h1>No</h1>", content_type=HTML)
        if path in pages and request.method == method:
            return says(200, pages[path], content_type=HTML)
        return sound(request) if path.endswith((NAMES[0], NAMES[1])) and request.method == "GET" else MISSING

    return answer


@pytest.mark.parametrize("above", [401, 403, 404, 410])
def test_folders_below_that_still_list_keep_a_place_from_being_clear(above: int) -> None:
    at = replace(spoken_to(port=80), paths=("/rec/",))
    verdicts, _ = play(HTTP_LISTING, at, _tree(0, 0))
    (opened,) = [one for one in verdicts if isinstance(one, Exposed)]
    before = replace(at, known=(Known("/rec/", opened.witnesses, "listing"),))
    (half,), _ = play(HTTP_LISTING, before, _tree(above, 0))
    assert isinstance(half, Exposed)
    assert half.why is OpenReason.INDEX_OFF_FILES_OPEN
    (whole,), _ = play(HTTP_LISTING, before, _tree(above, above))
    assert isinstance(whole, Clear)


async def test_a_place_that_no_sign_makes_doubtful_is_asked_for_no_more_often() -> None:
    async with listening(balanced(_shut, names=((),))) as server:
        await look(HTTP_LISTING, target(server, **REC))
        assert server.asked.count("GET /rec/") == 1


async def test_one_server_of_two_that_is_proven_is_exposed() -> None:
    assert isinstance(await _judged(balanced(_open, _open, names=COOKIES)), Exposed)


def _by_connection(*nodes: Callable[..., bytes], cookie: str, begin: int = 0) -> Serve:
    """Servers behind a balancer that gives each connection to the next of them, and sets the same cookie for all."""

    async def serve(talk: Talk) -> None:
        node = nodes[(talk.number + begin) % len(nodes)]
        while (hit := await talk.hear()) is not None:
            kept = node(hit, ("Set-Cookie", cookie)).replace(b"Connection: close", b"Connection: keep-alive")
            await talk.say(kept)

    return serve


def _ordinary(hit: Hit, *named: tuple[str, str]) -> bytes:
    """The server with a page in place of its listing."""
    return reply("200 OK", HOME, "text/html", *named) if hit.path == "/rec/" else _shut(hit, *named)


OPAQUE = ("AWSALB=q1w2e3; Path=/", "BIGipServer~rec=1677787402.20480.0000", "SERVERID=web; path=/", "NSC_wjq=ffffffff")


@pytest.mark.parametrize("shut", [_shut, _ordinary])
@pytest.mark.parametrize("cookie", OPAQUE)
async def test_a_first_look_asks_the_other_server_of_a_balancer_that_keeps_a_connection_to_one(
    cookie: str, shut: Callable[..., bytes]
) -> None:
    for begin in (0, 1):
        assert not isinstance(await _judged(_by_connection(shut, _open, cookie=cookie, begin=begin)), Clear)
    assert isinstance(await _judged(_by_connection(shut, cookie=cookie)), Clear)


async def test_at_a_balancer_a_known_front_costs_no_request_more_and_one_declared_path_a_new_connection() -> None:
    both = {"paths": ("/", "/rec/", "/fax/"), "declared": ("/", "/rec/", "/fax/")}

    async def asked(cookie: str, **changed: object) -> tuple[list[str], set[str]]:
        async with listening(_by_connection(_shut, cookie=cookie)) as server:
            await look(HTTP_LISTING, target(server, **{**both, **changed}))
        fresh = {hit.path for n, hit in enumerate(server.hits) if n and hit.connection != server.hits[n - 1].connection}
        return server.asked, fresh

    async with listening(_by_connection(_shut, cookie="AWSALB=q1; Path=/")) as server:
        seen = await look(HTTP_LISTING, target(server, **both))
    front = seen.asked[0].front
    plain, _ = await asked("lang=sv", front=front)
    assert {path for turn in ("1/2", "2/2") for path in (await asked("AWSALB=q1", front=front, turn=turn))[1]} >= {
        "/rec/",
        "/fax/",
    }
    steady, _ = await asked("AWSALB=q1", front=front, turn="1/2")
    assert len(steady) == len(plain)
    first, _ = await asked("AWSALB=q1")
    assert len(first) > len(plain)


def _half_fixed(hit: Hit, *named: tuple[str, str]) -> bytes:
    """The server with its listing turned off, and its files as they were."""
    return _shut(hit, *named) if hit.path == "/rec/" else _open(hit, *named)


@pytest.mark.parametrize("begin", [0, 1, 2])
async def test_files_that_one_of_three_servers_still_serves_keep_a_place_open(begin: int) -> None:
    known = (Known("/rec/", tuple(f"/rec/{name}" for name in NAMES), "listing"),)
    serve = _by_connection(_shut, _shut, _half_fixed, cookie="lang=sv", begin=begin)
    assert isinstance(await _judged(serve, known=known), Exposed)
    assert isinstance(await _judged(_by_connection(_shut, cookie="lang=sv"), known=known), Clear)
