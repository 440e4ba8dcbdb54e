"""Links are read as browsers read them: backslashes, references without a semicolon, and what a feed encloses."""

from __future__ import annotations

import pytest

from probes.recognise.listing.html.markup import attribute_text
from probes.recognise.listing.model import Listing
from probes.recognise.listing.recognise import recognise
from probes.recognise.pages.page_links import page_links

HOST = "http://nas.test"
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


@pytest.mark.parametrize(
    "markup",
    [
        "<map name=m><area href='a b.wav' coords='0,0,1,1'></map>",
        "<a href=\"javascript:play('a b.wav')\">Spela</a>",
        "<td onclick=\"play('a b.wav', 'x')\">Spela</td>",
    ],
)
def test_what_a_click_asks_for_by_name_is_a_link(markup: str) -> None:
    assert [link.path for link in page_links(markup.encode(), URL)] == ["/rec/a%20b.wav"]


LISTS = {
    "lista.m3u": "#EXTM3U\n#EXTINF:64,Call 0\nin-1.wav\n#EXTINF:64,Call 1\nin-2.wav\n",
    "stream.m3u8": "#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:10.0,\nin-1.wav\n#EXTINF:10.0,\nin-2.wav\n",
    "all.pls": "[playlist]\nFile1=in-1.wav\nTitle1=x\nLength1=-1\nFile2=in-2.wav\nNumberOfEntries=2\n",
    "index.json": '[{"name": "in-1.wav", "size": 1, "type": "file"}, {"name": "in-2.wav", "size": 2, "type": "file"}]',
}


@pytest.mark.parametrize("name", LISTS)
def test_what_a_list_names_lies_in_the_lists_own_folder(name: str) -> None:
    found = recognise(LISTS[name].encode(), f"{HOST}/rec/{name}")
    assert isinstance(found, Listing)
    assert [entry.path for entry in found.entries] == ["/rec/in-1.wav", "/rec/in-2.wav"]


OWN = {
    "download": [
        '{"id": 100, "filename": "a.wav", "size": 1000, "download": "/api/recordings/100/audio"}',
        '{"id": 101, "filename": "b.wav", "size": 1001, "download": "/api/recordings/101/audio"}',
    ],
    "url": ['{"name": "a.wav", "url": "/d/1", "size": 7}', '{"name": "b.wav", "url": "/d/2", "size": 8}'],
    "href": ['{"title": "a.wav", "href": "/x/k1/get"}', '{"title": "b.wav", "href": "/x/k2/get"}'],
}
ASKED = {"download": "/api/recordings/100/audio", "url": "/d/1", "href": "/x/k1/get"}


@pytest.mark.parametrize("key", OWN)
def test_an_address_of_a_rows_own_is_what_is_asked_for(key: str) -> None:
    found = recognise(f"[{','.join(OWN[key])}]".encode(), f"{HOST}/api/recordings")
    assert isinstance(found, Listing)
    assert (found.entries[0].name, found.entries[0].path) == ("a.wav", ASKED[key])


def test_an_address_that_all_rows_share_is_their_folder() -> None:
    rows = '[{"name": "a.wav", "url": "/rec", "size": 7}, {"name": "b.wav", "url": "/rec", "size": 8}]'
    found = recognise(rows.encode(), f"{HOST}/api/recordings")
    assert isinstance(found, Listing)
    assert [entry.path for entry in found.entries] == ["/rec/a.wav", "/rec/b.wav"]


@pytest.mark.parametrize("host", ["", HOST])
def test_an_object_of_google_is_asked_for_at_its_own_link(host: str) -> None:
    row = f'{{"name": "a.wav", "size": "16", "mediaLink": "{host}/download/storage/v1/b/calls/o/a.wav?alt=media"}}'
    body = f'{{"kind": "storage#objects", "items": [{row}]}}'
    found = recognise(body.encode(), f"{HOST}/storage/v1/b/calls/o")
    assert isinstance(found, Listing)
    assert found.entries[0].path == "/download/storage/v1/b/calls/o/a.wav?alt=media"


def test_a_link_that_quotes_what_it_shows_for_ever_breaks_nothing() -> None:
    body = b"<pre>" + b"<a href=\":'com/\">'com/</a></pre><pre><a href=\"'/\">'a/</a></pre>" * 3
    assert recognise(body, f"{HOST}/") is not None


ROWS = "".join(f"<tr><td><a href={n}.wav>{n}.wav</a><td>2026-03-0{n} 10:00<td>4{n} KB</tr>" for n in range(1, 5))
TABLE = f"<h1>Index of /rec/</h1><table><tr><th>Name<th>Modified<th>Size</tr>{ROWS}</table>"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (f"<template id=t>{TABLE}</template><script>o.append(t.content)</script>", 4),
        (f"<div><template shadowrootmode=open>{TABLE}</template></div>", 4),
        (f"<p>Soon.</p><template id=t>{TABLE}</template>", 0),
        ("<template id=row><tr><td><a href=#></a><td></tr></template><script>row.content.cloneNode(1)</script>", 0),
    ],
)
def test_a_template_is_read_where_a_browser_shows_it(body: str, shown: int) -> None:
    found = recognise(body.encode(), "http://nas.test/rec/")
    assert len(found.entries if isinstance(found, Listing) else ()) == shown
