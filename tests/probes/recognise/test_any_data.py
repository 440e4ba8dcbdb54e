"""JSON, XML and plain text that nobody here has seen: read by the fields of the rows, never by the fact of rows."""

# ruff: noqa: E501  pieces stand on one line

from __future__ import annotations

import gzip
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.recognise.listing.recognise import Kind, Listing, recognise
from tests.probes.recognise.builders import HOST
from tests.probes.recognise.data_pages import LS, cases, lookalikes
from tests.speed import within

CASES = cases()
ALIKE = lookalikes()


def said(found: object) -> list[str]:
    assert isinstance(found, Listing), found
    assert found.claimed, found
    return [
        f"{'d' if one.kind is Kind.DIRECTORY else 'f'} {one.name}" + (f" {one.size.best}" if one.size else "")
        for one in found.entries
    ]


@pytest.mark.parametrize("name", CASES)
def test_data_of_any_making_is_read_whole(name: str) -> None:
    path, body, held = CASES[name]
    assert said(recognise(body, HOST + path)) == held
    assert said(recognise(gzip.compress(body), HOST + path)) == held


@pytest.mark.parametrize("name", ALIKE)
def test_what_only_looks_like_a_listing_is_none(name: str) -> None:
    path, body = ALIKE[name]
    found = recognise(body, HOST + path)
    assert not (isinstance(found, Listing) and found.claimed), found


def test_lines_of_json_are_rows() -> None:
    body = b'{"name":"a.wav","size":1,"isDir":false}\n{"name":"b","size":0,"isDir":true}\n'
    assert said(recognise(body, HOST + "/x/")) == ["f a.wav 1", "d b"]


def test_files_of_one_folder_among_several_are_a_part() -> None:
    body = b'{"media":[{"d":"100","fs":[{"n":"A.MP4","mod":"1424265410","s":"33"}]},{"d":"101","fs":[{"n":"B.MP4","s":"5"}]}]}'
    found = recognise(body, HOST + "/list")
    assert isinstance(found, Listing)
    assert (found.claimed, bool(found.partial)) == (True, True)


def test_a_card_asked_for_by_a_parameter() -> None:
    body = b'[{"name":"sub","size":0,"isDir":true},{"name":"a b.wav","size":1,"isDir":false}]'
    found = recognise(body, HOST + "/dir?dir=A:\\DCIM")
    assert isinstance(found, Listing)
    assert [one.path for one in found.entries] == ["/dir?dir=A:%5CDCIM%5Csub", "/DCIM/a%20b.wav"]


def test_depth_beside_the_rows_does_no_harm() -> None:
    deep = '{"a":' * 900 + "1" + "}" * 900
    body = '{"files":[{"name":"a.wav","size":1,"isDir":false},{"name":"b","size":0,"isDir":true}],"x":' + deep + "}"
    assert said(recognise(body.encode(), HOST + "/x/")) == ["f a.wav 1", "d b"]
    assert said(recognise(f"<script>var f = JSON.parse('{body}')</script>".encode(), HOST + "/x/")) == [
        "f a.wav 1",
        "d b",
    ]


PIECES = st.sampled_from(
    ["-rw-r--r-- 1 a b 12 Jan  2 03:04 a.wav\n", "./a\n", ".:\n", "\n", "a.wav\n", "a|1|2024-01-02\n", "PRE x/\n", ",", "/", " ", "0" * 64,
     "<A>", "<f n='", "</A>", "[", "{\"name\":", "\"a.wav\"", "}", "]", "\x00"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_body_is_read(body: str) -> None:
    recognise(body.encode(), HOST + "/rec/")


@pytest.mark.parametrize(
    "piece",
    ["a,b\n", "a|", "./a/\n", "/", "0" * 64 + "  ", "-rw-r--r-- 1 ", " 12 ", "<a:", "<f a='1'>", "[[", '{"a":[', '[{"name":"a.wav","x":', "PRE ", LS],
)  # fmt: skip
def test_time_is_linear(piece: str) -> None:
    begun = time.process_time()
    recognise((piece * (300_000 // len(piece))).encode(), HOST + "/rec/")
    assert within(time.process_time() - begun, 6)
