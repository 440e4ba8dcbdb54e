"""Pages read as columns say what the tolerant recogniser says, however they are cut into chunks."""

from __future__ import annotations

import urllib.request
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probes.recognise.listing.model import Listing
from probes.recognise.listing.recognise import recognise
from probes.recognise.listing.streaming import stream
from probes.recognise.listing.streaming.rows import Rows
from probes.recognise.listing.streaming.stream import PageReader
from probes.recognise.listing.streaming.whole_page import read_whole
from tests.servers import folders, pages, real

Opener = Callable[[Path], AbstractContextManager[real.Server]]

SERVERS: dict[str, Opener] = {
    "nginx": real.nginx,
    "nginx-rounded": lambda folder: real.nginx(folder, exact=False),
    "apache-fancy": real.apache,
    "apache-wide": lambda folder: real.apache(folder, wide=True),
    "apache-table": lambda folder: real.apache(folder, look="table"),
    "apache-plain": lambda folder: real.apache(folder, look="plain"),
    "lighttpd": real.lighttpd,
    "python": real.python,
}
REGULAR = {
    "nginx": "nginx", "nginx-rounded": "nginx", "apache-fancy": "Apache fancy", "apache-wide": "Apache fancy",
    "apache-table": "Apache table",
}  # fmt: skip
URL, PATH = "http://nas.test", "/calls/"


@dataclass
class Read:
    """A page, read to its end."""

    family: str
    missed: int
    files: list[bytes]
    sizes: list[int]
    sized: int
    exact: int
    months: Counter[str]
    newest: str
    oldest: str
    folders: list[tuple[str, str]]
    instead: bool

    @property
    def told(self) -> tuple[object, ...]:
        """All that it says."""
        return (
            self.family, self.missed, self.files, self.sizes, self.sized, self.exact, self.months,
            self.newest, self.oldest, self.folders,
        )  # fmt: skip


def read(body: bytes, size: int, *, path: str = PATH, whole: bool = True) -> Read:
    """Feed a page in chunks of so many bytes."""
    reader = PageReader(path)
    parts: list[Rows] = []
    for first in range(0, len(body), size):
        rows = reader.feed(body[first : first + size])
        if rows is not None:
            parts.append(rows)
    last = reader.end()
    family, missed, instead = reader.family, reader.missed, last is None
    if last is None:
        found = read_whole(reader.kept, URL + path, (), 200, whole and not reader.enough)
        family, missed, parts = found.family, 0, [found.rows]
    else:
        parts.append(last)
    return Read(
        family,
        missed,
        [name for part in parts for name in part.files],
        [size for part in parts for size in part.sizes],
        sum(part.sized for part in parts),
        sum(part.exact for part in parts),
        sum((part.months for part in parts), Counter[str]()),
        max(part.newest for part in parts),
        min((part.oldest for part in parts if part.oldest), default=""),
        [folder for part in parts for folder in part.folders],
        instead,
    )


def name(mine: Read, spelled: bytes) -> bytes:
    """What a file is called: columns are links to the letter, the recogniser has resolved them already."""
    return unquote_to_bytes(spelled if mine.instead else spelled.removeprefix(b"./").replace(b"&amp;", b"&"))


@pytest.fixture(scope="module", params=sorted(SERVERS))
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, bytes]:
    """The page that a real server makes of the hard names, below a folder so that there is a link up."""
    top = tmp_path_factory.mktemp("top")
    folders.hard(top / "calls")
    with SERVERS[request.param](top) as server, urllib.request.urlopen(server.url + PATH) as answer:  # noqa: S310
        return request.param, answer.read()


@pytest.mark.parametrize("size", [1, 7, 4096, 1 << 30])
def test_real_pages_are_read_as_the_recogniser_reads_them(page: tuple[str, bytes], size: int) -> None:
    family, body = page
    found = recognise(body, URL + PATH, (), 200, True)
    assert isinstance(found, Listing)
    mine = read(body, size)
    assert mine.family
    assert mine.missed == 0
    assert Counter(name(mine, one) for one in mine.files) == Counter(
        unquote_to_bytes(one.path.rpartition("/")[2]) for one in found.files
    )
    assert {unquote_to_bytes(path) for path, _ in mine.folders} == {unquote_to_bytes(d.path) for d in found.directories}
    sizes = {unquote_to_bytes(one.path.rpartition("/")[2]): one.size for one in found.files}
    for spelled, shown in zip(mine.files, mine.sizes, strict=True):
        known = sizes[name(mine, spelled)]
        assert shown == (known.best if known else 0) or (known is not None and known.low <= shown <= known.high)
    assert sum(mine.months.values()) == sum(one.modified is not None for one in found.files)
    if family in REGULAR and not mine.instead:
        assert mine.family == REGULAR[family]


@pytest.mark.parametrize("family", sorted(REGULAR))
def test_ordinary_pages_need_no_second_reading(family: str, tmp_path: Path) -> None:
    tree = folders.recorder(tmp_path / "calls", days=1, calls=9)
    leaf = "calls/medicall/2018/11/21/"
    with SERVERS[family](tmp_path) as server, urllib.request.urlopen(server.url + "/" + leaf) as answer:  # noqa: S310
        body = answer.read()
    mine = read(body, 512, path="/" + leaf)
    assert (mine.instead, mine.family) == (False, REGULAR[family])
    for part, cut in ((body, False), (body[: body.rfind(b"<a href=")], True)):
        reader = PageReader("/" + leaf)
        reader.feed(part)
        reader.end()
        assert reader.cut == cut
    assert len(mine.files) == len(tree.at("medicall/2018/11/21"))
    assert set(mine.months) == {"2018-11"}
    assert mine.newest == "2018-11-21 14:30"


def rows(count: int) -> list[pages.Row]:
    return [(f"in-0701740{605 + n % 95}-{n:06d}.wav", 1000 + n) for n in range(count)]


@pytest.mark.parametrize("look", ["apache", "nginx"])
def test_a_long_page_comes_out_in_parts(look: str) -> None:
    body = pages.apache(PATH, rows(9000)) if look == "apache" else pages.nginx(PATH, rows(9000))
    whole, cut = read(body, 1 << 30), read(body, 1 << 16)
    assert whole.told == cut.told
    assert len(cut.files) == 9000


def test_a_name_with_a_lines_end_at_a_cut_is_no_lost_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "_CHUNK", 4096)
    body = pages.nginx(PATH, rows(200)).replace(b"000077.wav</a>", b"000077\n.wav</a>")
    at = body.index(b"000077\n") + 7
    for end in range(at - 3, at + 4):
        reader = PageReader(PATH)
        first = reader.feed(body[:end])
        rest = reader.feed(body[end:])
        last = reader.end()
        assert last is not None
        assert sum(len(part.files) for part in (first, rest, last) if part is not None) == 200


@pytest.mark.parametrize("look", ["apache", "nginx"])
def test_a_page_that_stops_being_regular_is_read_from_the_start(look: str) -> None:
    body = pages.apache(PATH, rows(300)) if look == "apache" else pages.nginx(PATH, rows(300))
    odd = body.replace(b"2018-11-21 14:05", b"somewhen        ", 250).replace(
        b"21-Nov-2018 14:05", b"somewhen         ", 250
    )
    mine = read(odd, 1000)
    assert mine.instead
    assert len(mine.files) == 300


def test_a_long_page_that_is_not_regular_says_how_much_it_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "KEPT", 8192)
    body = pages.nginx(PATH, rows(400)).replace(b"21-Nov-2018 14:05", b"no date at all   ", 30)
    mine = read(body, 4096)
    assert (len(mine.files), mine.missed) == (370, 30)
    assert mine.told == read(body, 1 << 30).told == read(body, 1).told


@pytest.mark.parametrize("look", ["apache", "nginx"])
@pytest.mark.parametrize("share", [0.3, 0.61, 0.97])
def test_a_page_that_is_cut_keeps_its_whole_rows(look: str, share: float) -> None:
    body = pages.apache(PATH, rows(500)) if look == "apache" else pages.nginx(PATH, rows(500))
    cut = body[: int(len(body) * share)]
    mine = read(cut, 777, whole=False)
    assert abs(len(mine.files) - 500 * share) < 25
    assert set(mine.files) <= {name.encode() for name, _ in rows(500)}


def test_what_is_no_text_is_left_at_once() -> None:
    reader = PageReader(PATH)
    assert reader.feed(b"RIFF" + bytes(5000)) is None
    assert reader.enough
    assert not reader.text
    for _ in range(4000):
        reader.feed(bytes(1 << 16))
    assert reader.end() is None
    assert len(reader.kept) < 10_000


def test_links_that_are_no_children_are_no_folders() -> None:
    page = pages.nginx(PATH, [("ok/", None), ("a%2Fb/", None), *rows(3)])
    away = b"".join(
        b'<a href="%s">x</a>                    21-Nov-2018 14:05                   -\r\n' % link
        for link in (b"%2e%2e/", b"../../", b"http://other.test/", b"//other.test/", b"x%2f..%2f/", b"q?x=1/")
    )
    mine = read(page.replace(b"</pre>", away + b"</pre>"), 1 << 20)
    assert all(path.startswith(PATH) and ".." not in unquote_to_bytes(path).decode() for path, _ in mine.folders)
    assert "/calls/ok/" in [path for path, _ in mine.folders]


PIECES = st.sampled_from(
    [
        b"<h1>Index of /calls/</h1>",
        b'<hr><pre><a href="../">../</a>\r\n',
        b"<pre>",
        b"<table>",
        b"?C=N;O=D",
        b"</tr>\n",
        b'<a href="a.wav">a.wav</a>                 21-Nov-2018 14:05                1000\r\n',
        b'<a href="b/">b/</a>                 21-Nov-2018 14:05                -\r\n',
        b'<tr><td valign="top">&nbsp;</td><td><a href="c.mp3">c</a></td><td align="right">2018-11-21 14:05  </td>',
        b'<td align="right">698K</td><td>&nbsp;</td></tr>\n',
        b'<img src="/i.gif"> <a href="d.wav">d</a> 2018-11-21 14:05  12K \n',
        b'<a href="',
        b"</a>",
        b"\n",
        b"\x00",
        b"\xff\xfe",
        b'"',
        b"<",
        b"-",
    ]
)


@given(st.lists(st.one_of(PIECES, st.binary(max_size=12)), max_size=60).map(b"".join), st.integers(1, 40))
@settings(max_examples=150, deadline=None)
def test_any_bytes_in_any_chunks(body: bytes, size: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        # Small enough that a page of a test has a head, chunks and a tail.
        patched.setattr(stream, "HEAD", 200)
        patched.setattr(stream, "_CHUNK", 300)
        assert read(body, size).told == read(body, 1 << 20).told
        read(body, size, whole=False)
