"""Pages that look like a listing to a careless eye and are none: every one is NoListing, with a reason."""

from __future__ import annotations

import json

import pytest

from probes.recognise.listing.recognise import Listing, NoListing, recognise
from tests.probes.recognise.lookalikes import HTML
from tests.probes.recognise.more_lookalikes import MORE

# ruff: noqa: E501  a page's markup stands on one line

HOST = "http://site.example"

DATA: dict[str, tuple[str, object]] = {
    "array of strings": ("/api/", ["a.wav", "b.wav"]),
    "array of numbers": ("/api/", [1, 2, 3]),
    "array of people": ("/api/people", [{"name": "A", "type": "nurse", "mtime": 3}]),
    "array with names and sizes": ("/api/", [{"name": "a.wav", "size": 12}, {"name": "b.wav", "size": 14}]),
    "products": ("/api/", {"items": [{"name": "a", "size": "XL", "price": 3}], "total": 1}),
    "files in an interface": ("/api/files", {"files": [{"id": 1, "name": "a.wav", "url": "/f/1"}]}),
    "error": ("/api/", {"error": "not found", "path": "/api/"}),
    "null": ("/api/", None),
    "empty object": ("/api/", {}),
    "geo": ("/api/", {"type": "FeatureCollection", "features": []}),
    "open api": ("/api/", {"openapi": "3.0", "paths": {"/a": {}}}),
    "list of a shop": ("/api/", {"list": [{"n": "a", "price": 3}]}),
    "nested": ("/api/", {"data": {"content": [{"name": "x"}]}, "code": 200}),
}

OTHER: dict[str, tuple[str, bytes]] = {
    "empty": ("/", b""),
    "blanks": ("/", b" \n\t "),
    "empty array of nobody": ("/", b"[ ]"),
    "site map": (
        "/",
        b'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>http://site.example/a.html</loc><lastmod>2024-01-02</lastmod></url></urlset>',
    ),
    "rss": (
        "/",
        b'<?xml version="1.0"?><rss version="2.0"><channel><title>Index of /</title><item><link>http://site.example/a.wav</link><enclosure url="http://site.example/a.wav" length="12" type="audio/wav"/></item></channel></rss>',
    ),
    "atom": (
        "/",
        b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>a</title><link href="a.html"/></entry></feed>',
    ),
    "access denied": ("/", b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'),
    "robots": ("/robots.txt", b"User-agent: *\nDisallow: /backup/\n"),
    "text of a listing": ("/", b"Index of /\n\nName  Last modified  Size\na.wav 2024-01-02 03:04 12K\n"),
    "picture": ("/a.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8),
    "pdf": ("/a.pdf", b"%PDF-1.4\n<< /Type /Catalog >>\n"),
    "csv": ("/a.csv", b"name,size,date\na.wav,12,2024-01-02\n"),
    "people in xml": ("/", b"<list><person>A</person><person>B</person></list>"),
}

CASES = {
    **{name: (path, body.encode()) for name, (path, body) in {**HTML, **MORE}.items()},
    **{f"json: {name}": (path, json.dumps(value).encode()) for name, (path, value) in DATA.items()},
    **OTHER,
}


@pytest.mark.parametrize("name", CASES)
def test_what_only_looks_like_a_listing_is_none(name: str) -> None:
    path, body = CASES[name]
    found = recognise(body, HOST + path)
    assert isinstance(found, NoListing) or not found.claimed, found


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 110


LISTING = b'<html><head><title>Index of /rec/</title></head><body><h1>Index of /rec/</h1><hr><pre><a href="../">../</a>\n<a href="directory%20listing%20denied.txt">directory listing denied.txt</a>  02-Jan-2024 03:04  12\n</pre></body></html>'


def test_words_in_a_name_change_nothing() -> None:
    found = recognise(LISTING, HOST + "/rec/")
    assert isinstance(found, Listing)
    assert [entry.name for entry in found.entries] == ["directory listing denied.txt"]


@pytest.mark.parametrize("status", [201, 204, 301, 302, 304, 400, 401, 403, 404, 405, 410, 429, 500, 502, 503])
def test_no_status_but_success_is_ever_a_listing(status: int) -> None:
    found = recognise(LISTING, HOST + "/rec/", status=status)
    assert isinstance(found, NoListing)
    assert str(status) in found.why
