"""Hostile pages for the reader of known servers' rows: bounded time and memory, whatever follows a page's beginning."""

from __future__ import annotations

import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probes.recognise.listing.streaming import stream
from probes.recognise.listing.streaming.row_dialects import DIALECTS
from probes.recognise.listing.streaming.stream import KEPT, STALLED, PageReader
from tests.servers import pages

PATH = "/calls/"
ROWS: list[pages.Row] = [("call-1.wav", 10), ("sub/", None)]
TABLE_ROW = (
    b'<tr><td valign="top">&nbsp;</td><td><a href="c.mp3">c</a></td><td align="right">2018-11-21 14:05  </td>'
    b'<td align="right">698K</td><td>&nbsp;</td></tr>\n'
)
HEADS = {
    "nginx": pages.nginx(PATH, ROWS).partition(b"</pre>")[0],
    "apache": pages.apache(PATH, ROWS).partition(b"<hr></pre>")[0],
    "table": b'<html><body><h1>Index of /calls</h1>\n<table><tr><th><a href="?C=N;O=D">Name</a></th></tr>\n'
    + TABLE_ROW,
}
UNITS = [
    b"x", b" ", b"\n", b"<", b'"', b"<img", b"<img ", b'<a href="', b'\n<a href="', b'<a href="x">y</a>', b"<td",
    b'<a href="x">y</a>       ', b'\n<a href="x">y</a> 21-Nov-2018 14:05 ', b'<a href="x">y</a></td><td',
    b'\n<tr><td><a href="x">y</a></td><td>2018-11-21 14:05', b'<a href="x">y</a> 2018-11-21 14:05 9', b"9", b"9.", b"-",
    b'<a href="x/">x</a>', b"&nbsp;", b"%", b"\xff",
]  # fmt: skip


@pytest.fixture(autouse=True)
def bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every head is judged by what the test gives it."""
    monkeypatch.setattr(stream, "HEAD", 512)


def slowest(head: bytes, rest: bytes, size: int = 1 << 16) -> float:
    """The longest time that one chunk takes, in seconds of CPU."""
    reader, longest = PageReader(PATH), 0.0
    body = head.ljust(600) + rest
    for first in range(0, len(body), size):
        begun = time.process_time()
        reader.feed(body[first : first + size])
        longest = max(longest, time.process_time() - begun)
        assert len(reader._buffer) <= STALLED + size
    begun = time.process_time()
    reader.end()
    return max(longest, time.process_time() - begun)


@pytest.mark.parametrize("head", sorted(HEADS))
def test_heads_are_what_they_are_taken_for(head: str) -> None:
    reader = PageReader(PATH)
    reader.feed(HEADS[head].ljust(600))
    assert reader.family in {dialect.name for dialect in DIALECTS}


@pytest.mark.parametrize("head", sorted(HEADS))
@pytest.mark.parametrize("unit", UNITS)
def test_no_chunk_takes_long(head: str, unit: bytes) -> None:
    assert slowest(HEADS[head], unit * ((3 << 20) // len(unit))) < 1.0


@pytest.mark.parametrize("head", sorted(HEADS))
@pytest.mark.parametrize("first", [b'<a href="x">y</a>', b"<img ", b'<a href="x">y</a></td><td', b'<a href="'])
def test_nor_does_one_long_run_behind_a_beginning(head: str, first: bytes) -> None:
    for unit in (b" ", b"x", b"9"):
        assert slowest(HEADS[head], first + unit * (1 << 20)) < 1.0


@given(
    st.sampled_from(sorted(HEADS)),
    st.lists(st.tuples(st.sampled_from(UNITS), st.integers(1, 60_000)), max_size=6),
    st.integers(1 << 12, 1 << 18),
)
@settings(max_examples=40, deadline=None)
def test_any_mixture_ends(head: str, parts: list[tuple[bytes, int]], size: int) -> None:
    rest = b"".join(unit * count for unit, count in parts)[: 1 << 20]
    assert slowest(HEADS[head], rest, size) < 1.0


def test_a_page_that_shows_no_further_row_is_not_held() -> None:
    reader = PageReader(PATH)
    reader.feed(HEADS["nginx"].ljust(600))
    tracemalloc.start()
    for _ in range(64 * 16):
        reader.feed(b"x" * (1 << 16))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert reader.enough
    assert held < 4 << 20
    assert len(reader._buffer) == 0
    assert reader.end() is None
    assert len(reader.kept) <= KEPT


def test_a_long_page_that_shows_no_further_row_says_that_there_is_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "KEPT", 1 << 19)
    rows: list[pages.Row] = [(f"call-{n:05d}.wav", n) for n in range(9000)]
    reader, files = PageReader(PATH), 0
    for chunk in (pages.nginx(PATH, rows).partition(b"</pre>")[0], *[b"x" * (1 << 18)] * 8):
        found = reader.feed(chunk)
        files += len(found.files) if found is not None else 0
    last = reader.end()
    assert last is not None
    assert reader.missed == 1
    assert files + len(last.files) >= 8990


def test_more_folders_than_are_told_are_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MOST_FOLDERS", 100)
    monkeypatch.setattr(stream, "KEPT", 1 << 12)
    reader = PageReader(PATH)
    reader.feed(pages.nginx(PATH, [(f"{n}/", None) for n in range(500)]))
    rows = reader.end()
    assert rows is not None
    assert (len(rows.folders), reader.missed) == (100, 400)


@pytest.mark.parametrize("shown", [b"9" * 400, b"9" * 5000, b"99999999999999999999"])
def test_a_size_beyond_all_disks_is_a_lie(shown: bytes) -> None:
    body = HEADS["nginx"].replace(b" 10\r\n", b" " + shown + b"\r\n") + b"</pre>"
    reader = PageReader(PATH)
    reader.feed(body)
    rows = reader.end()
    assert rows is not None
    assert max(rows.sizes) <= 1 << 60
