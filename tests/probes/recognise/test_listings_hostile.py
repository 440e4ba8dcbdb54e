"""Hostile pages: no bytes make the recogniser raise, run long, or hold more than the body allows."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from probes.recognise.listing.recognise import Listing, NoListing, recognise
from tests.counting import calls
from tests.probes.recognise.page_builders import IIS, IIS_ROWS, PAGES
from tests.speed import within

# ruff: noqa: E501  pages stand on one line

URL = "http://files.example/rec/"
MORE = {
    "nginx json": b'[\n{ "name":"monday", "type":"directory", "mtime":"Tue, 02 Jan 2024 03:04:05 GMT" },\n{ "name":"a.wav", "type":"file", "mtime":"Tue, 02 Jan 2024 03:04:05 GMT", "size":5000019 }\n]',
    "nginx xml": b'<?xml version="1.0"?>\n<list>\n<directory mtime="2024-01-02T03:04:05Z">monday</directory>\n<file mtime="2024-01-02T03:04:05Z" size="5000019">a.wav</file>\n</list>',
    "webdav": b'<?xml version="1.0" encoding="utf-8"?>\n<D:multistatus xmlns:D="DAV:"><D:response><D:href>/rec/</D:href><D:propstat><D:prop><D:resourcetype><D:collection/></D:resourcetype></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response><D:response><D:href>/rec/a.wav</D:href><D:propstat><D:prop><D:resourcetype/><D:getcontentlength>12</D:getcontentlength></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response></D:multistatus>',
    "s3": b'<?xml version="1.0"?><ListBucketResult><Name>b</Name><IsTruncated>false</IsTruncated><Contents><Key>a.wav</Key><Size>12</Size></Contents></ListBucketResult>',
    "iis": IIS.format(up=IIS_ROWS["ko"][0], rows=IIS_ROWS["ko"][2] + '<A HREF="/rec/a.wav">a.wav</A><br>').encode(),
}
VALID = {**{name: body.encode() for name, (body, _, _) in PAGES.items()}, **MORE}


def answer(body: bytes, url: str = URL, status: int = 200, whole: bool = True) -> Listing | NoListing:
    found = recognise(body, url, (), status, whole)
    assert isinstance(found, Listing | NoListing)
    if isinstance(found, Listing):
        assert len({entry.path for entry in found.entries}) == len(found.entries)
        for entry in found.entries:
            assert entry.name
            assert entry.path.startswith("/")
            assert entry.path.isascii()
            assert not any(c <= " " or c == "\x7f" for c in entry.path)
            if entry.size is not None:
                assert 0 <= entry.size.low <= entry.size.best <= entry.size.high
    return found


@given(st.binary(max_size=400), st.sampled_from([200, 207]), st.booleans())
def test_any_bytes_have_an_answer(body: bytes, status: int, whole: bool) -> None:
    answer(body, URL, status, whole)


@given(
    st.lists(
        st.sampled_from(
            [
                "<a href=",
                '"',
                "'",
                ">",
                "<",
                "</a>",
                "<pre>",
                "</pre>",
                "<table>",
                "<tr>",
                "<td>",
                "</table>",
                "<ul><li>",
                "Index of /rec/",
                "<title>",
                "<h1>",
                "</h1>",
                "../",
                "?C=N;O=D",
                "a.wav",
                "2024-01-02 03:04",
                "12K",
                "-",
                "\n",
                "<br>",
                "&lt;dir&gt;",
                "<script>",
                "<!--",
                "{",
                "[",
                "\x00",
                "&#",
                "%",
                "\ud7ff",
                "<base href=",
                "//",
                "http://",
                "?dir=",
            ]
        ),
        max_size=60,
    )
)
def test_any_mix_of_a_listings_pieces_has_an_answer(pieces: list[str]) -> None:
    answer("".join(pieces).encode("utf-8", "replace"))


@given(st.text(max_size=80))
def test_any_url_has_an_answer(url: str) -> None:
    answer(VALID["apache 1.3"], url)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(sorted(VALID)), st.data())
def test_a_page_with_flipped_bytes_has_an_answer(name: str, data: st.DataObject) -> None:
    body = bytearray(VALID[name])
    for at in data.draw(st.lists(st.integers(0, len(body) - 1), max_size=12)):
        body[at] = data.draw(st.integers(0, 255))
    answer(bytes(body), status=207 if name == "webdav" else 200)


@pytest.mark.parametrize("name", sorted(VALID))
def test_a_page_cut_anywhere_holds_nothing_that_the_whole_does_not(name: str) -> None:
    body = VALID[name]
    url = "http://files.example" + (PAGES[name][1] if name in PAGES else "/rec/")
    status = 207 if name == "webdav" else 200
    full = answer(body, url, status)
    assert isinstance(full, Listing)
    known = {(entry.name, entry.path): entry for entry in full.entries}
    step = max(1, len(body) // 150)
    for end in range(0, len(body), step):
        found = answer(body[:end], url, status, whole=False)
        if isinstance(found, Listing):
            assert found.partial
            for entry in found.entries:
                whole = known.get((entry.name, entry.path))
                assert whole is not None, (end, entry)
                assert entry.size is None or entry.size == whole.size, (end, entry)


HOSTILE = {
    "nested divisions": b"<div>" * 100_000,
    "nested tables": b"<table><tr><td>" * 30_000,
    "nested lists": b"<ul><li>" * 50_000,
    "nested pre": b"<pre><a href=x>" * 30_000,
    "unclosed quotes": b'<a href="' * 50_000,
    "mixed quotes": b"<a '\"" * 75_000,
    "quotes then one": b'<a "' * 75_000 + b"'",
    "open tags": b"<a " * 150_000,
    "less than": b"<" * 500_000,
    "one long tag": b"<a " + b"a=1 " * 125_000,
    "long attribute": b"<a href=" + b"x" * 500_000 + b">",
    "comments": b"<!--" * 125_000,
    "scripts": b"<script>" * 60_000,
    "styles unclosed": b"<style><title>" * 30_000,
    "digits": b"<pre><a href=a>a</a> " + b"1" * 500_000,
    "digit groups": b"<pre><a href=a>a</a> " + b"1,111" * 100_000,
    "spaces": b"<pre><a href=a>a</a>" + b" " * 500_000,
    "dates": b"<table><tr><th>Name<th>Date<th>Size<tr><td><a href=a>a</a><td>" + b"2024-01-" * 50_000,
    "dots": b"<title>Index of /rec/</title><a href=" + b"../" * 150_000 + b">",
    "segments": b"<title>Index of /rec/</title><a href=/rec/" + b"a/" * 150_000 + b">",
    "references": b"<title>" + b"&lt;" * 125_000,
    "number references": b"<pre>" + b"&#1114112;" * 50_000,
    "json arrays": b"[" * 500_000,
    "json objects": b'{"a":' * 100_000,
    "json number": b'[{"name":"a","type":"file","mtime":"x","size":' + b"9" * 500_000 + b"}]",
    "json open string": b'["' + b"\\" * 500_000,
    "xml deep": b'<?xml version="1.0"?><list>' + b"<list>" * 100_000,
    "xml bomb": b'<?xml version="1.0"?><!DOCTYPE m [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><D:multistatus xmlns:D="DAV:">'
    + b"&b;" * 50_000
    + b"</D:multistatus>",
    "queries": b"<title>Index of /rec/</title>" + b'<a href="?dir=a&dir=b&sort=c&order=d">x</a>' * 10_000,
    "calls": b"<script>function _f(){} function _d(){}" + b"_d('a'," * 50_000 + b"</script>",
    "one class": b'<div class="a b c"><a href="a.wav">a.wav</a></div>' * 7_500,
    "classes": b"".join(b'<div class="c%d">x</div>' % n for n in range(20_000)),
    "rows": b"<table><tr><th>Name<th>Size<th>Date" + b"<tr><td><a href=a.wav>a.wav</a><td>1K<td>2024-01-02" * 7_500,
    "headings": b"<h1>" * 125_000,
    "steps of a heading": b"<h1>" + b"<li>" * 125_000 + b"</h1><a href=a.wav>a.wav</a>",
    "zeroes": bytes(500_000),
    "utf-16": ("<pre>" + "<a href=a>a</a>\n" * 10_000).encode("utf-16"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_half_a_megabyte_of_malice_takes_seconds_at_most(name: str) -> None:
    started = time.process_time()
    answer(HOSTILE[name], URL, 207 if name == "xml bomb" else 200)
    assert within(time.process_time() - started, 4)


def test_of_a_title_of_megabytes_only_the_beginning_is_searched() -> None:
    path = b"/var" + b"/a" * 500_000
    rows = b"<tr><td><a href=/z/a.bin>a.bin</a><td>1 KB" * 300
    started = time.process_time()
    answer(b"<title>%b</title><h1>%b</h1><table>%b</table>" % (path, path, rows))
    assert within(time.process_time() - started, 4)


@pytest.mark.parametrize("url", [URL, "http://files.example/~/api/get_file_list?uri=/rec/"])
def test_half_a_character_in_a_name_of_json_breaks_nothing(url: str) -> None:
    found = answer(b'{"list": [{"n": "\\ud800.wav", "s": 1}, {"n": "\\udfff/", "m": "2024-01-02T03:04:05Z"}]}', url)
    assert isinstance(found, Listing)
    assert len(found.entries) == 2


@pytest.mark.parametrize(("before", "after"), [("calls(", ")"), ("/* callback */\r\ncalls([\r\n", "\r\n]);")])
def test_rows_inside_a_call_are_read(before: str, after: str) -> None:
    rows = MORE["nginx json"].decode().strip("[]\n")
    body = before + (rows if "[" in before else f"[{rows}]") + after
    found = answer(body.encode())
    assert isinstance(found, Listing)
    assert [entry.name for entry in found.entries] == ["monday", "a.wav"]


def test_a_row_that_comes_again_and_again_is_read_once() -> None:
    once, often = (b"HTTP/1.1 200 OK\n" + b"A: b\n" * rows for rows in (1_000, 11_000))
    answer(once)
    each = (calls(lambda: answer(often)) - calls(lambda: answer(once))) / 10_000
    assert each < 20  # of finding that it is the same; it was 35 when each was read


def test_rows_that_tell_nothing_are_not_read_to_the_last_once_it_is_clear_that_there_are_some() -> None:
    head = b"<html><head><title>Index of /rec/</title></head><body><h1>Index of /rec/</h1><pre>"

    def read(rows: int) -> int:
        body = head + "\n".join(f"w{number}" for number in range(rows)).encode()
        return calls(lambda: answer(body))

    assert (read(4_000) - read(2_000)) / 2_000 < 60
