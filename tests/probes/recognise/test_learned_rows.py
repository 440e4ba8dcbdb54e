"""Long pages of any server, read by what their beginning taught: the same as the recogniser reads, or not learnt."""

from __future__ import annotations

import os
import time
import urllib.request
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache, partial
from pathlib import Path

import pytest

from probes.recognise.listing.model import Listing
from probes.recognise.listing.recognise import recognise
from probes.recognise.listing.streaming import stream
from probes.recognise.listing.streaming.learned_rows import LearnedDialect, LearnedRows, _told, learn
from probes.recognise.listing.streaming.rows import Rows, rows_of
from probes.recognise.listing.streaming.stream import PageReader
from tests.probes.recognise.page_builders import IIS, IIS_ROWS
from tests.servers import real
from tests.speed import within

URL, PATH = "http://nas.test/calls/", "/calls/"
SERVERS: dict[str, Callable[[Path], AbstractContextManager[real.Server]]] = {
    "python": real.python,
    "lighttpd": real.lighttpd,
    "caddy": real.caddy,
    "tomcat": real.tomcat,
    "jetty": real.jetty,
    "http-server": real.http_server,
    "serve": real.serve,
    "rclone": real.rclone,
    "webfs": real.webfs,
    "apache-plain": partial(real.apache, look="plain"),
}


@pytest.fixture(scope="module")
def top(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 1,600 calls of all sizes, of odd names, and of folders."""
    made = tmp_path_factory.mktemp("top")
    folder = made / "calls"
    folder.mkdir()
    for number in range(1600):
        call = folder / f"in-07017406{number % 90 + 10}-1177-20181121-{number:06d}.wav"
        call.touch()
        os.truncate(call, 900 + number * number * 37)
        os.utime(call, (1542805512 + number * 611,) * 2)
    for number in range(30):
        (folder / f"day {number}").mkdir()
    for name in ("a&b;c.wav", "it's.mp3", "x#y.wav", "50%.wav", "l\u00f6n.wav", "noextension"):
        (folder / name).write_bytes(b"x" * 77)
    return made


@pytest.fixture(scope="module", params=sorted(SERVERS))
def page(request: pytest.FixtureRequest, top: Path) -> bytes:
    with SERVERS[request.param](top) as server, urllib.request.urlopen(server.url + PATH) as answer:  # noqa: S310
        return bytes(answer.read())


learnt = cache(learn)
"""What a page teaches, for the tests that begin with it: it takes half a second."""


@cache
def whole(body: bytes, path: str = PATH) -> Rows:
    found = recognise(body, "http://nas.test" + path)
    assert isinstance(found, Listing)
    return rows_of(found)


def summed(parts: list[Rows]) -> Rows:
    rows = Rows()
    for part in parts:
        rows.files += part.files
        rows.sizes += part.sizes
        rows.folders += part.folders
        rows.sized += part.sized
        rows.exact += part.exact
        rows.months.update(part.months)
        rows.newest = max(rows.newest, part.newest)
        rows.oldest = min(rows.oldest or part.oldest, part.oldest or rows.oldest)
    return rows


def test_a_real_page_is_read_as_the_recogniser_reads_it(page: bytes) -> None:
    dialect = learnt(page, URL)
    assert dialect is not None
    assert LearnedDialect.load(dialect.dump()) == dialect
    reader = LearnedRows(dialect, PATH)
    mine, its = reader.read(page, last=True), whole(page)
    if b'x#y.wav"' in page:  # such a link leads to `x`: what is meant by it is left to the recogniser
        assert (reader.missed, len(its.files) - len(mine.files)) == (1, 1)
        return
    assert (_told(mine), reader.missed) == (_told(its), 0)
    assert len(mine.files) == 1606
    assert len(mine.folders) == 30


def test_a_stream_in_any_chunks_says_the_same(page: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LEARNT_FROM", 100_000)
    monkeypatch.setattr(stream, "_CHUNK", 30_000)
    first = PageReader(PATH, learns=True)
    for at in range(0, len(page), 7777):
        first.feed(page[at : at + 7777])
    assert first.to_learn
    assert len(first.kept) < 120_000
    learned = learnt(page, URL)
    reader, parts = PageReader(PATH, learned=learned), []
    for at in range(0, len(page), 7777):
        rows = reader.feed(page[at : at + 7777])
        parts += [rows] if rows is not None else []
    last = reader.end()
    if b'x#y.wav"' in page:
        assert last is None
        return
    assert last is not None
    assert _told(summed([*parts, last])) == _told(whole(page))
    assert reader.missed == 0


@pytest.mark.parametrize("locale", IIS_ROWS)
def test_iis_is_learnt_in_every_locale(locale: str) -> None:
    up, folder, file = IIS_ROWS[locale]
    rows = "".join(f'{folder}<A HREF="/rec/d{n}/">d{n}</A><br>' for n in range(5))
    rows += "".join(
        f'{file.replace("5000019", str(100 + n * n))}<A HREF="/rec/a{n}.wav">a{n}.wav</A><br>' for n in range(450)
    )
    body = IIS.format(up=up, rows=rows).encode()
    dialect = learn(body, "http://nas.test/rec/")
    assert dialect is not None
    mine = LearnedRows(dialect, "/rec/").read(body, last=True)
    assert _told(mine) == _told(whole(body, "/rec/"))
    assert (len(mine.files), mine.sized, len(mine.folders)) == (450, 450, 5)


def script_page(rows: int, odd: str = "") -> bytes:
    """A page of somebody's own, with icons and action links in each row."""
    lines = "".join(
        f'<tr class="r{n % 2}"><td><a href="c{n}.wav"><img src="/i.png"></a></td>'
        f'<td><a href="c{n}.wav">c{n}.wav</a></td><td>{n % 28 + 1:02d}.11.2018 1{n % 10}:0{n % 6}</td>'
        f'<td>{n + 1},5 MB</td><td><a href="?del=c{n}.wav">x</a></td></tr>\n'
        for n in range(rows)
    )
    return (
        "<html><head><title>Index of /calls/</title></head><body><h1>Index of /calls/</h1><table><tr><th>-</th>"
        f"<th>Name</th><th>Date</th><th>Size</th><th>Do</th></tr>\n{lines}{odd}</table></body></html>"
    ).encode()


def test_icons_and_action_links_in_a_row_make_one_entry() -> None:
    body = script_page(600)
    dialect = learnt(body, URL)
    assert dialect is not None
    mine = LearnedRows(dialect, PATH).read(body, last=True)
    assert _told(mine) == _told(whole(body))
    assert (len(mine.files), mine.sized) == (600, 600)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body><p>Welcome</p></body></html>" * 9000,
        b"<a " * 100_000,
        b'<a href="x">' * 50_000,
        script_page(20),
        script_page(300).replace(b'href="c', b'href="/elsewhere/c'),
    ],
)
def test_what_is_no_long_listing_is_not_learnt(body: bytes) -> None:
    assert learn(body, URL) is None


@pytest.mark.parametrize(
    "unit",
    [b"<a ", b"<a href='", b'<a href="x">', b"<", b"x", b'<td a="1"', b"&#47;", b'<a href="a&#47;">', b"</td>", b"\n"],
)
def test_hostile_rests_end(unit: bytes) -> None:
    body = script_page(600)
    dialect = learnt(body, URL)
    reader = PageReader(PATH, learned=dialect)
    longest = 0.0
    for chunk in (body * 12, *[(unit * (1 << 16))[: 1 << 16]] * 48):
        begun = time.process_time()
        reader.feed(chunk)
        longest = max(longest, time.process_time() - begun)
        assert len(reader._buffer) <= 3 << 20
    begun = time.process_time()
    reader.end()
    assert within(max(longest, time.process_time() - begun), 1.5)
