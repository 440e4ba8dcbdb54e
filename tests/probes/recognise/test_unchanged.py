"""A large page is recognised once; whatever the verdict depends on makes it another page."""

from __future__ import annotations

import weakref

import pytest

from bench.pages import apache_table, nginx
from probes.recognise.listing.model import Listing, NoListing
from probes.recognise.listing.recognise import recognise
from probes.recognise.listing.unchanged import LARGE, OF_ONE_ROUND, recognise_again
from probes.recognise.memo import one_round

PAGE = nginx("/rec/", 300)
URL = "http://nas.test/rec/"
HEADERS = (("Content-Type", "text/html"), ("Server", "nginx"), ("Date", "Sun, 01 Nov 2026 12:00:00 GMT"))


def test_the_same_page_is_read_once() -> None:
    first = recognise_again(PAGE, URL, HEADERS)
    assert isinstance(first, Listing)
    later = (*HEADERS[:2], ("Date", "Sun, 01 Nov 2026 12:05:00 GMT"), ("Set-Cookie", "a=1"))
    assert recognise_again(bytes(bytearray(PAGE)), URL, later) is first


@pytest.mark.parametrize(
    ("page", "url", "headers", "status", "whole"),
    [
        (PAGE + b" ", URL, HEADERS, 200, True),
        (PAGE, "http://nas.test/other/", HEADERS, 200, True),
        (PAGE, "http://nas.test:8080/rec/", HEADERS, 200, True),
        (PAGE, "https://nas.test/rec/", HEADERS, 200, True),
        (PAGE, URL, (("Content-Type", "text/plain"),), 200, True),
        (PAGE, URL, (("Content-Type", "text/html"), ("Server", "mini_httpd")), 200, True),
        (PAGE, URL, HEADERS, 404, True),
        (PAGE, URL, HEADERS, 200, False),
    ],
)
def test_whatever_else_differs_is_read_anew(
    page: bytes, url: str, headers: tuple[tuple[str, str], ...], status: int, whole: bool
) -> None:
    first = recognise_again(PAGE, URL, HEADERS)
    found = recognise_again(page, url, headers, status, whole)
    assert found is not first
    assert found == recognise(page, url, headers, status, whole)


def test_what_is_no_listing_is_remembered_too() -> None:
    page = b"<html><body>" + b"<p>words of an ordinary page</p>" * 1000 + b"</body></html>"
    assert len(page) > LARGE
    first = recognise_again(page, URL)
    assert isinstance(first, NoListing)
    assert recognise_again(page, URL) is first


def test_a_reading_from_memory_is_that_of_the_page() -> None:
    for page in (PAGE, apache_table("/rec/", 300), nginx("/rec/", 3)):
        for headers in (HEADERS, (), (("content-type", "application/json"),)):
            assert recognise_again(page, URL, headers) == recognise(page, URL, headers)


def test_where_there_is_one_round_few_pages_are_kept_by_their_bytes() -> None:
    page = nginx("/rec/", 2500)
    most = OF_ONE_ROUND // len(page)
    assert 1 < most < 12
    kept = []
    with one_round():
        for number in range(2 * most):
            url = f"http://nas-{number}.test/rec/"
            first = recognise_again(page, url, HEADERS)
            assert recognise_again(page, url, HEADERS) is first, "one look reads the page once"
            kept.append(weakref.ref(first))
        del first
        assert [one() is not None for one in kept] == [False] * most + [True] * most
