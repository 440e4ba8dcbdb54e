"""Answers said in odd ways: what a browser shows is found, and no way of speaking makes open clear or closed open."""

from __future__ import annotations

import pytest

from probes.api import Clear, Exposed
from probes.web.listing import HTTP_LISTING
from probes.web.media import HTTP_MEDIA
from tests.monitor.network.builders import look, target
from tests.probes.web.closed_sites import PROSE, html
from tests.servers.odd import ODD
from tests.servers.pages import NAMES, Disk
from tests.servers.raw import Hit, Talk, listening, reply

DISK = Disk()
CLOSED = {
    "refused": reply("403 Forbidden", b"<html><h1>Forbidden</h1></html>"),
    "a page": reply(200, html("Nordvik", PROSE).encode()),
}
NOTHING_SAYS_IT = {"HTTP/0.9"}


@pytest.mark.parametrize("name", ODD)
async def test_an_open_disk_is_never_clear_and_found_where_a_browser_shows_it(name: str) -> None:
    async def serve(talk: Talk) -> None:
        hit = await talk.hear()
        if hit is not None:
            await ODD[name].way(talk, hit, DISK.answer(hit))

    async with listening(serve) as server:
        at = target(server, files=(f"/{NAMES[0]}",))
        folder, file = await look(HTTP_LISTING, at), await look(HTTP_MEDIA, at)
    verdicts = (*folder.verdicts, *file.verdicts)
    assert not [one for one in verdicts if isinstance(one, Clear)], verdicts
    if ODD[name].reads:
        assert isinstance(folder.verdicts[0], Exposed), verdicts


@pytest.mark.parametrize("site", CLOSED)
@pytest.mark.parametrize("name", ODD)
async def test_a_closed_host_is_never_open_however_it_speaks(name: str, site: str) -> None:
    def said(hit: Hit) -> bytes:
        return CLOSED[site] if hit.path == "/" or site == "refused" else reply(404, b"<h1>Not Found</h1>")

    async def serve(talk: Talk) -> None:
        hit = await talk.hear()
        if hit is not None:
            await ODD[name].way(talk, hit, said(hit))

    async with listening(serve) as server:
        at = target(server, files=(f"/{NAMES[0]}",))
        verdicts = (*(await look(HTTP_LISTING, at)).verdicts, *(await look(HTTP_MEDIA, at)).verdicts)
    assert not [one for one in verdicts if isinstance(one, Exposed)], verdicts
