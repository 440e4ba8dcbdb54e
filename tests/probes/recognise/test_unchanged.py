"""A large page is recognised once; whatever the verdict depends on makes it another page."""

from __future__ import annotations

import pytest

from bench.pages import apache_table, nginx
from probes.recognise.listing.model import Listing, NoListing
from probes.recognise.listing.recognise import recognise
from probes.recognise.listing.unchanged import LARGE, recognise_again

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
