"""Links are read as browsers read them: backslashes, references without a semicolon, and what a feed encloses."""

from __future__ import annotations

import pytest

from probes.recognise.listing.html.markup import attribute_text
from probes.recognise.listing.model import Listing
from probes.recognise.listing.recognise import recognise
from probes.recognise.pages.page_links import page_links

URL = "http://nas.test/rec/"


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("?file=a.wav&copy=1", "?file=a.wav&copy=1"),
        ("?a=1&notify=2&regular", "?a=1&notify=2&regular"),
        ("?a=1&sectionid=4", "?a=1&sectionid=4"),
        ("a&amp;b.wav", "a&b.wav"),
        ("a&ampb.wav", "a&ampb.wav"),
        ("caf&eacute;.wav", "café.wav"),
        ("caf&eacute .wav", "café .wav"),
        ("&#x41;&#66;", "AB"),
        ("R&D.wav", "R&D.wav"),
        ("a&copy;b", "a©b"),
        ("a&copyright;b", "a&copyright;b"),
    ],
)
def test_a_reference_counts_in_an_attribute_where_the_standard_says_so(raw: str, value: str) -> None:
    assert attribute_text(raw) == value


@pytest.mark.parametrize(
    ("href", "path"),
    [
        (r".\a one.wav", "/rec/a%20one.wav"),
        (r"\rec\a one.wav", "/rec/a%20one.wav"),
        (r"http:\\nas.test\rec\a one.wav", "/rec/a%20one.wav"),
    ],
)
def test_a_backslash_in_a_link_is_a_slash(href: str, path: str) -> None:
    rows = "".join(
        f'<a href="{href.replace("a one", name)}">{name}.wav</a>   01-Nov-2026 08:15   {size}\n'
        for name, size in (("a one", 4140), ("b two", 5230))
    )
    read = recognise(f"<h1>Index of /rec/</h1><pre>{rows}</pre>".encode(), URL)
    assert isinstance(read, Listing)
    assert [entry.path for entry in read.files] == [path, path.replace("a%20one", "b%20two")]


def test_a_backslash_that_the_page_shows_is_of_the_name() -> None:
    page = rb'<h1>Index of /rec/</h1><pre><a href="a\b.wav">a\b.wav</a>  01-Nov-2026 08:15  4140' + b"\n"
    page += rb'<a href="c.wav">c.wav</a>  01-Nov-2026 08:15  4141</pre>'
    read = recognise(page, URL)
    assert isinstance(read, Listing)
    assert [entry.name for entry in read.files] == [r"a\b.wav", "c.wav"]


RSS = b"""<?xml version="1.0"?><rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Calls</title>
<item><title>One</title><link>http://nas.test/about</link><enclosure url="http://nas.test/rec/1.wav" length="9"/></item>
<item><title>Two</title><media:content url="/rec/2.wav" type="audio/x-wav"/></item></channel></rss>"""
ATOM = b"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><link href="http://nas.test/style.css"
rel="stylesheet"/><entry><link rel="alternate" href="/about"/><link rel="enclosure" href="1.wav" type="audio/x-wav"/>
<link rel="enclosure" href="2.wav"/></entry></feed>"""


@pytest.mark.parametrize("feed", [RSS, ATOM])
def test_what_a_feed_encloses_is_a_link_and_what_it_names_beside_is_none(feed: bytes) -> None:
    assert [link.path for link in page_links(feed, URL)] == ["/rec/1.wav", "/rec/2.wav"]
