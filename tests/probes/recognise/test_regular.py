"""Long pages of known servers: the short way reads what the long way reads, and gives up where it would not."""

from __future__ import annotations

import pytest

from bench.pages import FAMILIES
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.model import Listing
from probes.recognise.listing.recognise import recognise
from probes.recognise.listing.regular import shortened

URL = "http://files.example/rec/"
ROWS = 1200


def _long_way(body: bytes) -> object:
    """The entries of the page, read as one that was cut: such pages are never shortened."""
    listing = recognise(body, URL, (), 200, whole=False)
    assert isinstance(listing, Listing)
    return listing.entries


def _short_way(body: bytes) -> bool:
    short = shortened(Page.of(body, URL, (), 200, True))
    assert short is None or len(short.page.body) < len(body)
    return short is not None


@pytest.mark.parametrize("family", FAMILIES)
def test_a_regular_page_is_shortened_and_read_whole(family: str) -> None:
    body = FAMILIES[family]("/rec/", ROWS)
    assert _short_way(body)
    found = recognise(body, URL)
    assert isinstance(found, Listing)
    assert not found.partial
    assert len(found.entries) == ROWS
    assert any(f"{ROWS} rows of link" in one for one in found.reasons)
    assert found.entries == _long_way(body)


ODD = {
    "a name with an ampersand": (b'href="call-', b'href="k&amp;l-', b">call-", b">k&amp;l-"),
    "a name in Latin-1": (b'href="call-', b'href="\xe5-', b">call-", b">\xe5-"),
    "an encoded name": (b'href="call-', b'href="r%C3%A4d-', b">call-", "räd-".join((">", "")).encode()),
    "a link that leads elsewhere": (b'href="call-', b'href="http://other.example/call-', b">call-", b">call-"),
    "a link with a query": (b'href="call-', b'href="get.php?f=call-', b">call-", b">call-"),
    "a link to a name that is not shown": (b'href="call-', b'href="other-', b">call-", b">call-"),
}


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("odd", ODD)
def test_odd_rows_in_the_middle_are_read_by_every_rule(family: str, odd: str) -> None:
    href, new_href, shown, new_shown = ODD[odd]
    lines = FAMILIES[family]("/rec/", ROWS).split(b"\n")
    for at in range(500, 520):
        lines[at] = lines[at].replace(href, new_href).replace(shown, new_shown)
    body = b"\n".join(lines)
    found = recognise(body, URL)
    assert isinstance(found, Listing)
    assert found.entries == _long_way(body)


@pytest.mark.parametrize("family", FAMILIES)
def test_markup_that_differs_between_the_rows_is_kept(family: str) -> None:
    lines = FAMILIES[family]("/rec/", ROWS).split(b"\n")
    lines.insert(600, b'<p>Showing 1 to 1000 of 5000</p><a href="b/c/d.wav">d.wav</a>')
    short = shortened(Page.of(b"\n".join(lines), URL, (), 200, True))
    assert short is None or b"b/c/d.wav" in short.page.body


@pytest.mark.parametrize("family", FAMILIES)
def test_two_rows_of_one_name_leave_the_page_to_every_rule(family: str) -> None:
    lines = FAMILIES[family]("/rec/", ROWS).split(b"\n")
    lines.insert(600, lines[700])
    found = recognise(b"\n".join(lines), URL)
    assert isinstance(found, Listing)
    assert len(found.entries) == ROWS


def test_short_pages_and_pages_of_others_are_left_alone() -> None:
    assert not _short_way(FAMILIES["nginx"]("/rec/", 100))
    assert not _short_way(b"<html>" + b'<a href="a.wav">a.wav</a> 1 2\n' * 2000)
