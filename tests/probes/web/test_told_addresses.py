"""Recordings whose address stands nowhere as a link: beside its media type, under an id, or made of ids by a script."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping

import pytest

from probes.api import Exposed, Verdict
from probes.recognise.pages.script_loads import made_addresses, variants_of
from probes.requests.http import Answer, Request
from probes.testing import play, says
from probes.web.listing import HTTP_LISTING
from tests.probes.web.builders import HTML, MISSING, sound, target

IDS = ["1709276520.11", "1709276529.12", "1709276577.13"]
SIDS = ["RE5e8a7c0b1d2f4a6c8e0b2d4f6a8c0e12", "RE7f9b1d3a5c7e9f1b3d5a7c9e1f3b5d70"]
PIECES = [f"seg-{number:05d}.ts" for number in range(4)]
TS = b"\x47\x40\x11\x10" + b"\0" * 184 + b"\x47\x40\x00\x10" + b"\0" * 184
STREAM = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n" + "".join(f"#EXTINF:10.0,\n{piece}\n" for piece in PIECES)
MASTER = (
    "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1280000\n{}low/index.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=76\nhi/index.m3u8\n"
)


def _drawn(draw: str) -> str:
    return (
        f'<html><title>Samtal</title><div id="list"></div><script>var calls={json.dumps(IDS)};'
        f"calls.forEach(function(c){{{draw}}})</script></html>"
    )


def _bundle(kind: str, numbers: tuple[int, ...], type_: str) -> str:
    entries = [
        {"resource": {"resourceType": kind, "content": {"contentType": type_, "url": f"Binary/{number}"}}}
        for number in numbers
    ]
    return json.dumps({"resourceType": "Bundle", "type": "searchset", "entry": entries})


OPEN: dict[str, tuple[str, str, list[str]]] = {
    "a type beside an address": ("/fhir/Media", _bundle("Media", (17,), "audio/wav"), ["/fhir/Binary/17"]),
    "ids of recordings": (
        "/api/recordings",
        json.dumps({"recordings": [{"sid": one, "duration": 33, "uri": f"/api/recordings/{one}"} for one in SIDS]}),
        [f"/api/recordings/{one}" for one in SIDS],
    ),
    "whole addresses in a playlist": (
        "/rec/list.pls",
        "[playlist]\nNumberOfEntries=2\nFile1=http://nas.test/rec/1.wav\nFile2=http://nas.test/rec/2.wav\n",
        ["/rec/1.wav", "/rec/2.wav"],
    ),
    "sections of settings": (
        "/rec/index.ini",
        "".join(f"[call{number}]\nfile={number}.wav\nsize=300000\n\n" for number in (1, 2)),
        ["/rec/1.wav", "/rec/2.wav"],
    ),
    "a list of properties": (
        "/rec/list.plist",
        "<?xml version='1.0'?><plist version='1.0'><array>"
        + "".join(f"<dict><key>name</key><string>{number}.wav</string></dict>" for number in (1, 2))
        + "</array></plist>",
        ["/rec/1.wav", "/rec/2.wav"],
    ),
    "lines of fields without a header": (
        "/rec/calls.tsv",
        "".join(f"0701740611\tIn\t33\t{number}.wav\n" for number in (1, 2)),
        ["/rec/1.wav", "/rec/2.wav"],
    ),
    "ids in a script": (
        "/calls/",
        _drawn('document.write("<a href=/rec/"+c+".wav>"+c+"</a>")'),
        [f"/rec/{one}.wav" for one in IDS],
    ),
    "ids in a template": (
        "/calls/",
        _drawn("list.innerHTML += `<audio src='rec/${c}.wav'></audio>`"),
        [f"/calls/rec/{one}.wav" for one in IDS],
    ),
    "ids of a player": (
        "/calls/",
        _drawn('document.write("<a href=\'/play.php?id="+c+"\'>"+c+"</a>")'),
        [f"/play.php?id={one}" for one in IDS],
    ),
}


def _look(
    path: str, pages: Mapping[str, str], files: list[str], start: bytes = b"", data: str = "recordings"
) -> list[str]:
    def answer(request: Request) -> Answer:
        if request.method != "GET":
            return says(405, content_type=HTML)
        if request.path in pages:
            body = pages[request.path]
            return says(200, body.encode(), content_type=HTML if body[:1] == "<" else "application/octet-stream")
        if request.path in files:
            return sound(request, start, "video/mp2t") if start else sound(request)
        return MISSING

    at = target(port=80, paths=(path,), declared=(path,), data=data)
    verdicts, _ = play(HTTP_LISTING, at, answer)
    return _places(verdicts)


def _places(verdicts: tuple[Verdict, ...]) -> list[str]:
    return [one.place.path for one in verdicts if isinstance(one, Exposed)]


@pytest.mark.parametrize("name", OPEN)
def test_a_recording_is_tried_at_the_address_that_is_told(name: str) -> None:
    path, page, files = OPEN[name]
    assert _look(path, {path: page}, files) == [path]
    assert _look(path, {path: page}, []) == []
    assert _look(path, {path: page}, files, data="static") == []


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/api/articles", json.dumps([{"id": one, "uri": f"/api/articles/{one}"} for one in (1, 2)])),
        ("/fhir/Media", _bundle("Media", (17,), "image/png")),
        ("/shop/", _drawn('document.write("<a href=/product/"+c+".html>"+c+"</a>")')),
        ("/shop/", _drawn('document.write("<a href=/product?id="+c+">"+c+"</a>")')),
    ],
)
def test_addresses_of_other_things_are_not_tried(path: str, page: str) -> None:
    asked: list[str] = []

    def answer(request: Request) -> Answer:
        asked.append(request.path)
        return says(200, page.encode(), content_type=HTML) if request.path == path else MISSING

    play(HTTP_LISTING, target(port=80, paths=(path,), declared=(path,), data="recordings"), answer)
    assert not [one for one in asked if one.startswith(("/api/articles/1", "/fhir/Binary", "/product"))]


def test_the_playlists_of_one_stream_are_followed() -> None:
    files = [f"/tv/low/{piece}" for piece in PIECES]
    pages = {"/tv/master.m3u8": MASTER.format(""), "/tv/low/index.m3u8": STREAM}
    assert _look("/tv/master.m3u8", pages, files, TS) == ["/tv/low/index.m3u8"]
    # Those of another host are nobody's here.
    pages["/tv/master.m3u8"] = MASTER.format("https://cdn.example.org/").replace("hi/", "https://cdn.example.org/")
    assert _look("/tv/master.m3u8", pages, files, TS) == []
    assert variants_of(STREAM) == ()


def test_a_page_that_plays_a_stream_of_another_host_opens_nothing() -> None:
    said = "<p>Here you see what the council decides, from its first meeting in the spring until the last one.</p>" * 3
    page = f'<html><title>TV</title><h1>TV</h1>{said}<video controls></video><script>hls("https://cdn.example.org/a.m3u8")</script>'
    assert _look("/tv/", {"/tv/": page}, []) == []


def test_addresses_are_made_in_linear_time() -> None:
    for piece in ('"a/', '"1.1" + ', "`/rec/${c}", "'" + "a/" * 60 + "'", '"/a?b=' + "c=&" * 4, '"11","12",', "=/" * 9):
        begun = time.perf_counter()
        made_addresses(piece * (300_000 // len(piece)))
        assert time.perf_counter() - begun < 2, piece
