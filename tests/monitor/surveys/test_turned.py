"""A folder that is shown page by page: the entries of all its pages are counted, or the extent says "at least"."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, unquote

import pytest

from monitor.findings.reach.tally import Tally
from monitor.store.tables.surveys import FoundFolders
from monitor.surveys.web import turned
from monitor.surveys.web.counted_page import CountedPage
from monitor.surveys.web.frontier import Folder
from monitor.surveys.web.turned import REPEATED, Turned
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.streaming.further import MOST_TURNS, further_pages
from tests.monitor.surveys.test_doors import measured
from tests.servers.pages import NOT_FOUND, SOUND
from tests.servers.raw import Hit, reply

EACH = 20
FILES = [f"call-20181121-{n:06d}.wav" for n in range(EACH * 4 + 7)]
PAGES = 5
Links = Callable[[int], str]


def numbers(here: int) -> str:
    return " ".join(f'<a href="?page={n}">{n}</a>' if n != here else f"<b>{n}</b>" for n in range(1, PAGES + 1))


def few_numbers(here: int) -> str:
    """Links to the page before and to the page after alone, by their numbers."""
    return " ".join(f'<a href="/?p={n}">{n}</a>' for n in (here - 1, here + 1) if 1 <= n <= PAGES)


def offsets(here: int) -> str:
    return f'<a href="?start={here * EACH}">Next</a>' if here < PAGES else '<a href="?start=0">Start</a>'


def rel_next(here: int) -> str:
    return f'<a rel="next" href="/?page={here + 1}">&raquo;</a>' if here < PAGES else ""


def endless(here: int) -> str:
    return f'<a href="?page={here + 1}">Next</a>'


def table(names: list[str]) -> str:
    """A listing of the root up to the end of its table."""
    rows = "".join(
        f'<tr><td><a href="/{name}">{name}</a></td><td>2018-11-21 14:05</td><td>{len(SOUND)}</td></tr>'
        for name in names
    )
    return (
        f"<html><head><title>Index of /</title></head><body><h1>Index of /</h1><table><tr><th>Name</th>"
        f"<th>Last modified</th><th>Size</th></tr>{rows}</table>"
    )


def paged(links: Links, *, ignores: bool = False, pages: int = PAGES) -> Callable[[Hit], bytes]:
    def answer(hit: Hit) -> bytes:
        path, _, query = hit.path.partition("?")
        asked = {key: int(value[0]) for key, value in parse_qs(query).items() if value[0].isdigit()}
        if path != "/":
            named = unquote(path).lstrip("/") in FILES or path.startswith("/more-")
            body = b"" if hit.method == "HEAD" else SOUND[:1024]
            return reply(200, body, "audio/x-wav") if named else reply(404, NOT_FOUND)
        if hit.method == "PROPFIND":
            return reply(405, NOT_FOUND)
        here = asked.get("page", asked.get("p", asked.get("start", 0) // EACH + 1))
        shown = 1 if ignores else here
        if here > pages:
            return reply(404, NOT_FOUND)
        names = FILES[(shown - 1) * EACH : shown * EACH] or [f"more-20181121-{here:06d}.wav"]
        return reply(200, f"{table(names)}<p>{links(here)}</p></body></html>".encode())

    return answer


@pytest.mark.parametrize("links", [numbers, few_numbers, offsets, rel_next])
async def test_the_entries_of_all_pages_are_counted(links: Links, tmp_path: Path) -> None:
    found, house, asked = await measured(paged(links), tmp_path)
    assert (found.tally.files, found.tally.folders, found.partial) == (len(FILES), 1, ())
    assert house.finding.reach is not None
    assert (house.finding.reach.files, house.finding.reach.directories) == (len(FILES), 0)
    pages = [one for one in asked if one.startswith("GET /?")]
    assert all(pages.count(one) <= 2 for one in pages), "a page is read once by a survey"


async def test_a_page_that_is_shown_again_and_again_is_counted_once(tmp_path: Path) -> None:
    found, _, _ = await measured(paged(numbers, ignores=True), tmp_path)
    assert found.tally.files == EACH
    assert any(REPEATED in one for one in found.partial)


async def test_pages_without_end_are_read_up_to_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turned, "MOST_PAGES", 30)
    found, _, asked = await measured(paged(endless, pages=10**6), tmp_path)
    assert found.tally.files == len(FILES) + 26
    assert any("paged" in one for one in found.partial)
    assert "GET /?page=32" not in asked


def by_path(here: int, names: list[str]) -> bytes:
    """As blogs and frameworks page: `/page/2/`, with a link to the page before and the one after alone."""
    links = f'<a href="/page/{here - 1}/">{here - 1}</a>' if here > 1 else ""
    links += f'<b>{here}</b><a href="/page/{here + 1}/">{here + 1}</a>' if here < PAGES else f"<b>{here}</b>"
    return reply(200, f"{table(names)}<p>{links}</p></body></html>".encode())


def by_header(here: int, names: list[str]) -> bytes:
    """As RFC 8288 has it: nothing on the page says that there is more."""
    first = '</?page=1>; rel="first"'
    link = f'{first}, </?page={here + 1}>; rel="next"' if here < PAGES else first
    return reply(200, f"{table(names)}</body></html>".encode(), "text/html", ("Link", link))


def in_json(key: str, cursor: str) -> Callable[[int, list[str]], bytes]:
    def answer(here: int, names: list[str]) -> bytes:
        following: object = f"/?{cursor}={here + 1}" if here < PAGES else None
        if key == "_links":
            following = {"next": {"href": following}} if following else {}
        files = [{"name": name, "size": len(SOUND), "modified": "2018-11-21T14:05:00Z"} for name in names]
        return reply(200, json.dumps({"path": "/", "files": files, key: following}).encode(), "application/json")

    return answer


@pytest.mark.parametrize(
    "page",
    [
        by_path,
        by_header,
        in_json("next", "page"),
        in_json("@odata.nextLink", "$skiptoken"),
        in_json("_links", "cursor"),
    ],
    ids=["path", "header", "django", "odata", "hal"],
)
async def test_pages_are_told_by_path_header_and_data(page: Callable[[int, list[str]], bytes], tmp_path: Path) -> None:
    def answer(hit: Hit) -> bytes:
        path, _, query = hit.path.partition("?")
        if path == "/" or path.startswith("/page/"):
            if hit.method == "PROPFIND":
                return reply(405, NOT_FOUND)
            number = query.rpartition("=")[2] if query else path.removeprefix("/page/").strip("/") or "1"
            here = int(number) if number.isdigit() else 1
            names = FILES[(here - 1) * EACH : here * EACH]
            return page(here, names) if names else reply(404, NOT_FOUND)
        body = b"" if hit.method == "HEAD" else SOUND[:1024]
        return reply(200, body, "audio/x-wav") if unquote(path).lstrip("/") in FILES else reply(404, NOT_FOUND)

    found, _, asked = await measured(answer, tmp_path)
    assert (found.tally.files, found.tally.folders, found.partial) == (len(FILES), 1, ())
    assert not [one for one in asked if one.startswith("GET /page/1")], "the first page is read already"


def test_a_survey_that_goes_on_knows_the_pages_that_it_has_read() -> None:
    def page(digest: bytes, *turns: str) -> CountedPage:
        return CountedPage(Tally(folders=1), "dressed", "paged", digest=digest, turns=turns)

    before, found = Turned(Counter()), list[FoundFolders]()
    assert before.read(Folder("/rec/"), page(b"1", "/rec/?page=2", "/rec/?page=3"), lambda _: True, found)
    assert [one.folders for one in found] == [(("/rec/?page=2", ""), ("/rec/?page=3", ""))]
    doubts = Counter[str]()
    after = Turned(doubts)
    after.go_on(json.loads(json.dumps(before.left)))
    second, third = page(b"2", "/rec/?page=3"), page(b"1", "/rec/?page=2")
    assert after.read(Folder("/rec/?page=2"), second, lambda _: True, found)
    assert (second.tally.folders, second.partial, len(found)) == (0, "", 1)
    assert not after.read(Folder("/rec/?page=3"), third, lambda _: True, found)
    assert doubts == {REPEATED: 1}


def test_only_further_pages_of_the_folder_are_turned_to() -> None:
    links = """<a href="?page=1">1</a> <a href="?page=2">2</a> <a href="/rec/?page=3&amp;sort=name">3</a>
    <a href="?page=4&amp;del=a.wav">4</a> <a href="?C=N;O=D">5</a> <a href="//evil.example/rec/?page=6">6</a>
    <a href="/other/?page=7">7</a> <a href="?id=8">8</a> <a href="http://[::1/?page=9">9</a> <a href="?start=0">x</a>"""
    told = Page.of(f"<html><body>{links}</body></html>".encode(), "http://nas.example/rec/", (), 200, True)
    assert set(further_pages(told, ())) == {"/rec/?page=2", "/rec/?page=3&sort=name"}
    many = "".join(f'<a href="?page={n}">{n}</a>' for n in range(2, 500))
    told = Page.of(f"<html><body>{many}</body></html>".encode(), "http://nas.example/rec/", (), 200, True)
    assert len(further_pages(told, ())) == MOST_TURNS


@pytest.mark.parametrize(
    "link",
    [
        '<http://evil.example/rec/?page=2>; rel="next"',
        '</other/?page=2>; rel="next"',
        '</rec/?page=2>; rel="prev"',
        "<",
    ],
)
def test_a_header_leads_to_further_pages_of_the_folder_alone(link: str) -> None:
    told = Page.of(b"<html><body>x</body></html>", "http://nas.example/rec/", (("Link", link),), 200, True)
    assert further_pages(told, ()) == ()


@pytest.mark.parametrize(
    "said",
    [
        "http://evil.example/rec/?page=2",
        "/other/?page=2",
        "/rec/?page=2&del=a.wav",
        "/rec/?cmd=reboot&page=2",
        "next",
        7,
        {"href": None},
    ],
)
def test_data_leads_to_further_pages_of_the_folder_alone(said: object) -> None:
    told = Page.of(json.dumps({"next": said, "files": []}).encode(), "http://nas.example/rec/", (), 200, True)
    assert further_pages(told, ()) == ()


def test_what_an_earlier_release_kept_of_further_pages_is_read() -> None:
    later = Turned(Counter())
    later.go_on([["/rec/?page=2"], {"/rec/": ["31"]}])
    assert later.is_further("/rec/?page=2")
    third = CountedPage(Tally(folders=1), "dressed", "paged", digest=b"3", turns=("/rec/?page=2",))
    assert later.read(Folder("/rec/?page=3"), third, lambda _: True, [])


async def test_a_page_that_is_refused_leaves_at_least(tmp_path: Path) -> None:
    found, _, _ = await measured(paged(numbers, pages=3), tmp_path)
    assert found.tally.files == EACH * 3
    assert found.partial
