"""Refusals that may be of us, or of one server of several: real listeners that ban, and that take turns."""

from __future__ import annotations

import itertools

import pytest

from probes.api import Clear, Exposed, Known, Unknown, Verdict
from probes.reasons import UndecidedReason
from probes.web.listing import HTTP_LISTING
from probes.web.media import HTTP_MEDIA
from tests.monitor.network.builders import look, target
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


def banning(after: int) -> Serve:
    """Serves so many requests of anybody, and then refuses them everything."""
    asked = itertools.count(1)

    async def serve(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            await talk.say(_open(hit) if next(asked) <= after else FORBIDDEN)

    return serve


@pytest.mark.parametrize("known", [(), (Known("/rec/", (f"/rec/{NAMES[0]}",), "listing"),)])
async def test_a_ban_in_the_middle_of_a_look_is_a_filter_s(known: tuple[Known, ...]) -> None:
    verdict = await _judged(banning(1), paths=("/", "/rec/"), declared=("/", "/rec/"), known=known)
    assert isinstance(verdict, Unknown)
    assert verdict.why is UndecidedReason.FILTERED


@pytest.mark.parametrize("known", [(), (Known("/rec/", (f"/rec/{NAMES[0]}",), "listing"),)])
async def test_a_server_that_refuses_what_is_missing_is_clear(known: tuple[Known, ...]) -> None:
    async def serve(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            await talk.say(_open(hit) if hit.path == "/" else FORBIDDEN)

    verdict = await _judged(serve, paths=("/", "/rec/"), declared=("/", "/rec/"), known=known)
    assert isinstance(verdict, Clear)


async def test_a_place_that_no_sign_makes_doubtful_is_asked_for_no_more_often() -> None:
    async with listening(balanced(_shut, names=((),))) as server:
        await look(HTTP_LISTING, target(server, **REC))
        assert server.asked.count("GET /rec/") == 1


async def test_one_server_of_two_that_is_proven_is_exposed() -> None:
    assert isinstance(await _judged(balanced(_open, _open, names=COOKIES)), Exposed)
