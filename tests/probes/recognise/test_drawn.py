"""Rows that a script draws are read from the page's own data; what only looks like them is no listing."""

# ruff: noqa: E501  pages stand on one line

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.recognise.listing.recognise import Listing, recognise
from tests.probes.recognise.builders import HOST, held
from tests.probes.recognise.drawn_pages import ALIKE, DRAWN
from tests.speed import within


@pytest.mark.parametrize("name", DRAWN)
def test_drawn_pages_are_read_whole(name: str) -> None:
    path, body, entries = DRAWN[name]
    assert held(body, path) == entries


@pytest.mark.parametrize("name", ALIKE)
def test_what_only_looks_like_them_is_no_listing(name: str) -> None:
    path, body = ALIKE[name]
    found = recognise(body.encode(), HOST + path)
    assert not (isinstance(found, Listing) and found.claimed), found


PIECES = st.sampled_from(
    ["[", "]", "{", "}", "(", ")", ",", ":", "'a.wav'", '"b.wav"', "12", "name", "size", "=", ".push(", ";", "`", "/*", "//", "\\", "+",
     "var f=", "function(){", "return", "=>", "new Date(", "true", "<script>", "</script>", "\n", ".split(',')"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=60).map("".join))
def test_any_script_is_read(source: str) -> None:
    recognise(f"<script>{source}</script>".encode(), HOST + "/rec/")


@pytest.mark.parametrize(
    "piece",
    ["[", "{a:", "f(", "a=[{b:'", "x.push('a,1');", "/*", "`", "['a.wav',1],", "{name:'a.wav',size:1},", "data-a='{", "a('b.wav',1);", "<i data-a=1 data-b=2>"],
)  # fmt: skip
def test_time_is_linear(piece: str) -> None:
    begun = time.process_time()
    recognise(f"<script>{piece * (200_000 // len(piece))}</script>{piece * 100}".encode(), HOST + "/rec/")
    assert within(time.process_time() - begun, 6)


def test_a_quote_that_is_never_closed_is_not_searched_for_again() -> None:
    begun = time.process_time()
    recognise(b'<script>var x="' + b'\\"' * 200_000, HOST + "/rec/")
    assert within(time.process_time() - begun, 6)


def test_quotes_in_patterns_cost_no_row_after_them() -> None:
    body = "<script>var p = s.replace(/\"/g, '');\nvar files = [{name:'a.wav',size:1},{name:'b.wav',size:2}];</script>"
    assert held(body) == ["f a.wav 1", "f b.wav 2"]
