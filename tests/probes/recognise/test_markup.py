"""Markup as a run of tags and texts: what is no tag, what never ends, and what it costs."""

from __future__ import annotations

import time

import pytest

from probes.recognise.listing.html.markup import tokens
from tests.counting import calls
from tests.speed import slowness


def read(source: str) -> list[str]:
    """Tags as `<name attributes>` and texts as they stand."""
    return [f"<{'/' * one.closing}{one.name}{one.raw}>" if one.name else one.raw for one in tokens(source)]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("a < b <c>d", ["a < b ", "<c>", "d"]),
        ("a<!-- <b> -->c<!DOCTYPE x>d<!-- e", ["a", "c", "d"]),
        ("<A HREF='it's.wav'>x</A >", ["<a HREF='it's.wav'>", "x", "</a >"]),
        ("<a title='x > y'>z", ["<a title='x > y'>", "z"]),
        ("<a title='x>y<b>z", ["<a title='x>", "y", "<b>", "z"]),
        ("<script>if (a<b) '</p>'</SCRIPT >c", ["<script>", "if (a<b) '</p>'", "</script >", "c"]),
        ("<title>a<b>c", ["<title>", "a<b>c"]),
        ("<script>", ["<script>", ""]),
        ("a<b", ["a<b"]),
        ("a</", ["a</"]),
        ("", []),
    ],
)
def test_what_is_a_tag_and_what_is_text(source: str, found: list[str]) -> None:
    assert read(source) == found


@pytest.mark.parametrize("source", ["<a href=" * 30_000, "<a href=" * 30_000 + "<i title='x>y", "<a>" * 130_000])
def test_a_quarter_of_a_megabyte_takes_a_fraction_of_a_second(source: str) -> None:
    def seconds() -> float:
        began = time.process_time()
        tokens(source)
        return (time.process_time() - began) / slowness()

    assert min(seconds() for _ in range(2)) < 0.25, "a hundred searches for the end of a quote took 0.4 s"


def test_a_tag_that_is_written_again_is_made_once() -> None:
    often, once = "<td class='x'><a>", tokens("<td class='x'><a>")
    again = tokens(often * 5_000)
    assert [(one.name, one.raw) for one in again] == [(one.name, one.raw) for one in once] * 5_000
    assert calls(lambda: tokens(often * 5_000)) < 20
