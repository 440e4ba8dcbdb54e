"""The streaming reader: the same entries as the whole page gives, in any chunks, and an honest end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.recognise.listings import Listing, recognise
from probes.recognise.stream import Stream

# ruff: noqa: E501  rows stand on one line

URL = "http://files.example/rec/"
NAMES = [
    "monday/",
    "a.wav",
    "a%20b.wav",
    "%2b46701234567.wav",
    "s%c3%b6ndag.wav",
    "a&amp;b.wav",
    "co%3alon.wav",
    "new%0aline.wav",
]
TABLE = (
    b'<html><head><title>Index of /rec</title></head><body><h1>Index of /rec</h1><table><tr><th valign="top"><img src="/icons/blank.gif" alt="[ICO]"></th><th><a href="?C=N;O=D">Name</a></th><th><a href="?C=M;O=A">Last modified</a></th><th><a href="?C=S;O=A">Size</a></th><th><a href="?C=D;O=A">Description</a></th></tr><tr><th colspan="5"><hr></th></tr>\n'
    b'<tr><td valign="top"><img src="/icons/back.gif" alt="[PARENTDIR]"></td><td><a href="/">Parent Directory</a>       </td><td>&nbsp;</td><td align="right">  - </td><td>&nbsp;</td></tr>\n'
    + b"".join(
        f'<tr><td valign="top"><img src="/icons/x.gif" alt="[   ]"></td><td><a href="{name}">{name}</a>   </td><td align="right">2024-01-02 03:04  </td><td align="right">{"  - " if name.endswith("/") else "146K"}</td><td>&nbsp;</td></tr>\n'.encode()
        for name in NAMES
    )
    + b'<tr><th colspan="5"><hr></th></tr></table></body></html>'
)
FANCY = (
    b'<html><head><title>Index of /rec</title></head><body><h1>Index of /rec</h1><pre><img src="/icons/blank.gif" alt="Icon "> <a href="?C=N;O=D">Name</a> <a href="?C=M;O=A">Last modified</a> <a href="?C=S;O=A">Size</a> <a href="?C=D;O=A">Description</a><hr><img src="/icons/back.gif" alt="[PARENTDIR]"> <a href="/">Parent Directory</a>   -   \n'
    + b"".join(
        f'<img src="/icons/x.gif" alt="[   ]"> <a href="{name}">{name[:20]}</a>   2024-01-02 03:04  {"  -" if name.endswith("/") else "146K"}  \n'.encode()
        for name in NAMES
    )
    + b"<hr></pre></body></html>"
)
NGINX = (
    b'<html><head><title>Index of /rec/</title></head><body><h1>Index of /rec/</h1><hr><pre><a href="../">../</a>\n'
    + b"".join(
        f'<a href="{name}">{name[:20]}</a>   02-Jan-2024 03:04   {"-" if name.endswith("/") else "5000019"}\n'.encode()
        for name in NAMES
    )
    + b"</pre><hr></body></html>"
)
PAGES = {"apache table": TABLE, "apache": FANCY, "nginx": NGINX}


@pytest.mark.parametrize("name", PAGES)
@given(data=st.data())
def test_any_chunks_give_the_entries_of_the_whole_page(name: str, data: st.DataObject) -> None:
    page = PAGES[name]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(page)), max_size=8)))
    stream = Stream(URL)
    rows = [
        row for start, end in zip([0, *cuts], [*cuts, len(page)], strict=True) for row in stream.feed(page[start:end])
    ]
    stream.close()
    whole = recognise(page, URL)
    assert isinstance(whole, Listing)
    assert not stream.broken
    assert stream.whole
    assert stream.family == name
    assert [stream.entry(row) for row in rows] == list(whole.entries)


def test_a_page_cut_short_is_not_whole() -> None:
    stream = Stream(URL)
    stream.feed(NGINX[:-24])
    stream.close()
    assert not stream.whole
    assert stream.rows == len(NAMES)


def test_rows_that_do_not_fit_break_the_stream() -> None:
    stream = Stream(URL)
    stream.feed(NGINX)
    stream.feed(b'<a href="x">x</a> some other row\n' * 30)
    stream.close()
    assert stream.broken


def test_a_page_of_no_known_dialect_breaks_the_stream() -> None:
    stream = Stream(URL)
    assert stream.feed(b"<html><p>Hello</p></html>") == []
    stream.close()
    assert stream.broken


def test_a_head_without_end_is_not_held() -> None:
    stream = Stream(URL)
    for _ in range(40):
        stream.feed(b"x" * 65_536)
    assert stream.broken


@given(st.lists(st.binary(max_size=200), max_size=6))
def test_any_chunks_are_survived(chunks: list[bytes]) -> None:
    stream = Stream(URL)
    for chunk in chunks:
        stream.feed(chunk)
    stream.close()
