"""Folders below that still list when the top is closed: by a page, by WebDAV, by JSON; with the closed look-alikes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from probes.api import Clear, Exposed, Known, Unknown, Verdict
from probes.reasons import OpenReason
from probes.web.listing import HTTP_LISTING
from tests.monitor.network.builders import look, target
from tests.probes.web.closed_sites import PROSE, html
from tests.servers.pages import NOT_FOUND, SOUND, Disk
from tests.servers.raw import Hit, Talk, listening, reply

FILES = {f"/{name}": SOUND for name in ("a.wav", "2024/b.wav", "2025/11/c.wav", "2026/d.wav", "2026/12/e.wav")}
REFUSED = reply("403 Forbidden", b"<html><h1>Forbidden</h1></html>")
GONE = reply(404, NOT_FOUND)
Answering = Callable[[Hit], bytes]


def by_page(hit: Hit) -> bytes:
    """Folders list themselves to GET."""
    return Disk(FILES).answer(hit)


def by_json(hit: Hit) -> bytes:
    """Folders list themselves as nginx does in JSON."""
    rows = Disk(FILES).rows(hit.path) if hit.path.endswith("/") else []
    if not rows:
        return Disk(FILES).answer(hit)
    date = "Sun, 01 Nov 2026 10:00:00 GMT"
    found = [
        {"name": name.rstrip("/"), "type": "directory" if size is None else "file", "mtime": date}
        | ({} if size is None else {"size": size})
        for name, size in rows
    ]
    return reply(200, json.dumps(found).encode(), "application/json")


def by_webdav(hit: Hit) -> bytes:
    """Folders list themselves to PROPFIND alone."""
    rows = Disk(FILES).rows(hit.path) if hit.path.endswith("/") else []
    if not rows:
        return Disk(FILES).answer(hit)
    if hit.method != "PROPFIND":
        return REFUSED

    def one(path: str, folder: bool) -> str:
        kind = "<D:collection/>" if folder else ""
        prop = f"<D:prop><D:resourcetype>{kind}</D:resourcetype></D:prop><D:status>HTTP/1.1 200 OK</D:status>"
        return f"<D:response><D:href>{path}</D:href><D:propstat>{prop}</D:propstat></D:response>"

    body = one(hit.path, True) + "".join(one(hit.path + name, size is None) for name, size in rows)
    text = f'<?xml version="1.0" encoding="utf-8"?><D:multistatus xmlns:D="DAV:">{body}</D:multistatus>'
    return reply("207 Multi-Status", text.encode(), "application/xml; charset=utf-8")


async def seen(answer: Answering, known: tuple[Known, ...] = ()) -> tuple[Verdict, list[str]]:
    """What is said of the root, and what was asked."""

    async def serve(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            await talk.say(answer(hit))

    async with listening(serve) as server:
        told = await look(HTTP_LISTING, target(server, known=known))
        return told.verdicts[0], server.asked


async def afterwards(open_: Answering, closed: Answering) -> tuple[Verdict, list[str]]:
    """What a second look says, when what a first one saw open is closed as `closed` does it."""
    first, _ = await seen(open_)
    assert isinstance(first, Exposed), first
    return await seen(closed, (Known("/", first.witnesses, open=True),))


def shut(disk: Answering, *still: str, refusal: bytes = REFUSED) -> Answering:
    """The disk, of which all is refused but what is below these."""
    return lambda hit: disk(hit) if hit.path.startswith(still) else refusal


DOORS: dict[str, Answering] = {"page": by_page, "json": by_json, "webdav": by_webdav}
STILL = {
    "the first folder": ("/2024/",),
    "the last folder": ("/2026/",),
    "one between": ("/2025/",),
    "two levels down": ("/2026/12/",),
    "a file below alone": ("/2026/d.wav", "/2026/x"),
}


@pytest.mark.parametrize("refusal", [REFUSED, GONE], ids=["403", "404"])
@pytest.mark.parametrize("still", STILL)
@pytest.mark.parametrize("door", DOORS)
async def test_a_folder_below_that_is_open_keeps_the_place_open(door: str, still: str, refusal: bytes) -> None:
    verdict, _ = await afterwards(DOORS[door], shut(DOORS[door], *STILL[still], refusal=refusal))
    assert isinstance(verdict, Exposed), verdict
    assert verdict.why is OpenReason.INDEX_OFF_FILES_OPEN


@pytest.mark.parametrize("month", ["02", "05", "07", "11"])
async def test_any_of_twelve_folders_that_is_open_keeps_the_place_open(month: str) -> None:
    year = {f"/{number:02d}/call-{number}.wav": SOUND for number in range(1, 13)}

    def months(hit: Hit) -> bytes:
        return Disk(year).answer(hit)

    verdict, _ = await afterwards(months, shut(months, f"/{month}/"))
    assert isinstance(verdict, Exposed), verdict


@pytest.mark.parametrize("refusal", [REFUSED, GONE], ids=["403", "404"])
@pytest.mark.parametrize("door", DOORS)
async def test_where_all_below_is_closed_the_place_is_clear(door: str, refusal: bytes) -> None:
    verdict, _ = await afterwards(DOORS[door], shut(DOORS[door], "\0", refusal=refusal))
    assert isinstance(verdict, Clear), verdict


@pytest.mark.parametrize("door", DOORS)
async def test_folders_with_an_ordinary_page_now_are_closed(door: str) -> None:
    page = reply(200, html("Arkiv", PROSE).encode())
    verdict, _ = await afterwards(
        DOORS[door], lambda hit: page if hit.method == "GET" and hit.path in ("/2024/", "/2025/", "/2026/") else REFUSED
    )
    assert isinstance(verdict, Clear), verdict


async def test_a_server_that_lists_the_same_for_every_folder_shows_nothing_below() -> None:
    def everywhere(hit: Hit) -> bytes:
        return by_page(replace(hit, path="/2024/")) if hit.path[:3] == "/20" and hit.path[-1] == "/" else REFUSED

    verdict, _ = await afterwards(by_page, everywhere)
    assert isinstance(verdict, Unknown), verdict


async def test_a_folder_below_that_fails_or_is_slowed_keeps_the_place_from_being_clear() -> None:
    for status in ("503 Service Unavailable", "429 Too Many Requests"):
        busy = {"/2025/": reply(status, b"busy")}
        verdict, _ = await afterwards(by_page, lambda hit, busy=busy: busy.get(hit.path, REFUSED))  # type: ignore[misc]
        assert isinstance(verdict, Unknown), (status, verdict)


async def test_what_is_learnt_of_a_folder_that_still_lists_is_tried_later() -> None:
    half, _ = await afterwards(by_page, shut(by_page, "/2024/"))
    assert isinstance(half, Exposed)
    later, _ = await seen(shut(by_page, "/2024/b.wav", "/2024/x"), (Known("/", half.witnesses, open=True),))
    assert isinstance(later, Exposed), later


async def test_folders_below_are_read_once_and_a_closed_place_is_asked_no_more_than_before() -> None:
    first, asked = await seen(by_page)
    assert isinstance(first, Exposed)
    assert {"GET /2026/", "GET /2026/12/"} <= set(asked)
    _, again = await seen(by_page, (Known("/", first.witnesses, open=True),))
    assert not {"GET /2026/", "GET /2026/12/"} & set(again)
    _, never = await seen(lambda _: REFUSED)
    assert {one.partition(" ")[2] for one in never} == {"/"}


async def test_a_folder_that_the_page_s_script_shows_beside_files_elsewhere_is_kept_too() -> None:
    def script(hit: Hit) -> bytes:
        path, _, query = hit.path.partition("?")
        inside = {"": "", "dir=2026": "2026/"}.get(query)
        if path.startswith("/data/"):
            return reply(200, SOUND, "audio/x-wav") if "call-" in path else GONE
        if path != "/" or inside is None:
            return GONE
        rows = [f'<a href="/data/{inside}call-{number}.wav">call-{number}.wav</a>' for number in (11, 12, 13)]
        rows = ['<a href="?dir=2026">2026</a>', *rows] if not inside else rows
        table = "".join(f"<tr><td>{row}</td><td>{len(SOUND)}</td><td>2026-11-03</td></tr>" for row in rows)
        head = "<tr><th>Namn</th><th>Storlek</th><th>Datum</th></tr>"
        return reply(200, html("Filer", f"<h1>Filer</h1><table>{head}{table}</table>").encode())

    def top_closed(hit: Hit) -> bytes:
        return REFUSED if hit.path == "/" or hit.path.startswith("/data/call-") else script(hit)

    first, _ = await seen(script)
    assert isinstance(first, Exposed)
    assert first.listing is not None
    assert [one.name for one in first.listing.directories] == ["2026"]
    verdict, _ = await seen(top_closed, (Known("/", first.witnesses, open=True),))
    assert isinstance(verdict, Exposed), verdict
