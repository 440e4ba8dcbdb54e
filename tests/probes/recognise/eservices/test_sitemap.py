"""Sitemaps of portals: which pages are services, what is left out, and hostile documents."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.recognise.eservices.sitemap import MOST_PARTS, MOST_SERVICES, Sitemap, read_sitemap, words_of

HEAD = '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'


def sitemap(*where: str, root: str = "urlset", entry: str = "url") -> bytes:
    rows = "".join(f"<{entry}><loc>{one}</loc><lastmod>2026-01-01</lastmod></{entry}>" for one in where)
    return f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</{root}>'.encode()


def read(body: bytes) -> Sitemap | None:
    return read_sitemap(body, "portal.test", "/e/")


@pytest.mark.parametrize(
    "where",
    [
        "https://elsewhere.test/e/one",
        "https://portal.test.elsewhere.test/e/one",
        "https://portal.test/e/",
        "https://portal.test/news/one",
        "https://portal.test/else/one",
        "https://portal.test/e/../admin",
        "https://portal.test/e/one?person=1",
        "https://portal.test/e/on e",
        "ftp://portal.test/e/one",
        "javascript:alert(1)",
        "https://[portal.test/e/one",
        "https://portal.test/e/" + "x" * 500,
    ],
)
def test_what_is_no_service_of_the_declared_part_is_left_out(where: str) -> None:
    assert read(sitemap(where, "http://PORTAL.test:8443/e/two", "https://portal.test/e/two")) == Sitemap(("/e/two",))


def test_an_index_leads_to_further_sitemaps_and_both_are_bounded() -> None:
    many = [f"https://portal.test/map-{number:03}.xml" for number in range(9)]
    index = read(sitemap(*many, root="sitemapindex", entry="sitemap"))
    assert index == Sitemap(parts=tuple(f"/map-{number:03}.xml" for number in range(MOST_PARTS)), more=9 - MOST_PARTS)
    found = read(sitemap(*(f"https://portal.test/e/{number:03}" for number in range(MOST_SERVICES + 7))))
    assert found is not None
    assert (len(found.paths), found.more) == (MOST_SERVICES, 7)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>not found</body></html>",
        sitemap("https://portal.test/e/one")[:-9],
        b'<!DOCTYPE x [<!ENTITY a "https://portal.test/e/one">]>' + sitemap("&a;"),
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd">' + sitemap("https://portal.test/e/one"),
        b"<rss><channel/></rss>",
    ],
)
def test_what_is_no_whole_sitemap_is_none(body: bytes) -> None:
    assert read(body) is None


def test_the_words_of_a_path() -> None:
    assert words_of("/e/orosanm%C3%A4lan-barn/") == "orosanmälan barn"


@given(st.binary(max_size=300))
def test_any_bytes_have_an_answer(noise: bytes) -> None:
    found = read(HEAD.encode() + noise + b"</urlset>")
    assert found is None or isinstance(found, Sitemap)
