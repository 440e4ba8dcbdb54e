"""The decoys answer as they should: each at its path, with links that lead somewhere and a healthy canary."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections import Counter

import pytest

from tests.servers.client import Heard, ask
from tests.servers.decoys import DECOYS, FAMILIES, TWINS, decoy, decoys
from tests.servers.decoys.kind import Decoy
from tests.servers.pages import NAMES
from tests.servers.raw import Hit

BY_METHOD = {"dav"}
"""Families that differ by verb rather than by page."""


def _see(one: Decoy, path: str | None = None, method: str = "GET") -> bytes:
    return one.site(Hit(method, path or one.path, (("host", "decoy.test"),), b"", 1))


def _canary(one: Decoy) -> str:
    folder = one.path.rpartition("/")[0]
    return f"{folder}/x7f3q9.wav" if one.path.endswith(".wav") else f"{folder}/x7f3q9/"


@pytest.mark.parametrize("name", DECOYS)
def test_a_decoy_is_whole_and_its_canary_healthy(name: str) -> None:
    one = DECOYS[name]
    answer, canary = Heard(_see(one), "closed"), Heard(_see(one, _canary(one)), "closed")
    assert 200 <= answer.status < 600
    assert answer.header("content-length") == str(len(answer.rest))
    assert Heard(_see(one, method="HEAD"), "closed").rest == b""
    if one.verdict == "clear" and not one.near and one.family not in ("catch-all", "reflection"):
        assert canary.status in (403, 404)
    if one.family == "catch-all" and one.verdict == "unknown" and not one.near and one.path == "/":
        assert (canary.status, canary.header("content-type")) == (answer.status, answer.header("content-type"))


LINKED = [
    name
    for name, one in DECOYS.items()
    if one.verdict == "clear"
    and one.family not in ("catch-all", "reflection", "dav", "file", "filter")
    and b"href=" in _see(one)
]


@pytest.mark.parametrize("name", LINKED)
def test_what_a_decoy_links_to_on_its_own_host_is_there(name: str) -> None:
    one = DECOYS[name]
    page = Heard(_see(one), "closed")
    links = [] if "html" not in page.header("content-type") else re.findall(rb'href="(/?[\w-][\w/.%-]*)"', page.rest)
    folder = one.path.rpartition("/")[0] + "/"
    for link in links[:10]:
        path = link.decode() if link.startswith(b"/") else folder + link.decode()
        assert Heard(_see(one, path), "closed").status in (200, page.status), path


def test_there_are_many_and_they_differ() -> None:
    assert len(DECOYS) >= 200
    assert len(TWINS) >= 20
    assert not DECOYS.keys() & TWINS.keys()
    assert len(FAMILIES) == 7
    families = Counter(one.family for one in DECOYS.values())
    assert len(families) >= 40
    assert max(families.values()) <= len(DECOYS) // 10
    pages = [one for one in DECOYS.values() if one.family not in BY_METHOD]
    bodies = {hashlib.sha256(Heard(_see(one), "closed").rest).digest() for one in pages}
    assert len(bodies) >= 200
    builds = {re.sub(rb"[^<>/a-z]", b"", b"".join(re.findall(rb"<[^>]{1,40}", _see(one)))) for one in pages}
    assert len(builds) >= 150
    languages = Counter(found.group(1) for one in pages if (found := re.search(rb'<html lang="(..)"', _see(one))))
    assert set(languages) == {b"sv", b"en", b"da", b"no", b"fi", b"de"}
    assert min(languages.values()) >= 8
    assert not any(one.fits("exposed") for one in DECOYS.values())
    assert all(one.fits(one.verdict) for one in DECOYS.values())


@pytest.mark.parametrize("name", TWINS)
async def test_a_twin_is_truly_open(name: str) -> None:
    twin = TWINS[name]
    method = "PROPFIND" if name == "dav-only" else "GET"
    async with decoy(name) as server:
        page = await asyncio.to_thread(ask, server.host, server.port, twin.path, method=method)
        shown = [call for call in (*NAMES, "call-0999.wav", "login.wav", "core", "2018/") if call.encode() in page.body]
        first = await asyncio.to_thread(
            ask, server.host, server.port, twin.path + shown[0], headers=("Range: bytes=0-15",)
        )
        none = await asyncio.to_thread(ask, server.host, server.port, twin.path + "x7f3q9.wav")
    assert page.status == (207 if method == "PROPFIND" else 200)
    assert first.body[:4] == b"RIFF" or shown == ["2018/"]
    assert none.status != 206
    assert b"RIFF" not in none.body
    assert twin.fits("exposed")
    assert not twin.fits("clear")


async def test_a_decoy_is_served_and_notes_what_it_was_asked() -> None:
    async with decoy("tutorial-sv") as server:
        answer = await asyncio.to_thread(ask, server.host, server.port, "/")
        none = await asyncio.to_thread(ask, server.host, server.port, "/none")
    assert (answer.status, none.status) == (200, 404)
    assert "stänger du av" in answer.body.decode()
    assert server.asked == ["GET /", "GET /none"]


async def test_all_decoys_at_once_each_on_its_own_port() -> None:
    async with decoys() as sites:
        assert len({server.port for server in sites.values()}) == len(DECOYS)
        some = sites["forbidden-fi"]
        assert (await asyncio.to_thread(ask, some.host, some.port)).status == 403
