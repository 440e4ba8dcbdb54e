"""A page that shows a part of its folder says so in many ways; what only looks like one makes no page partial."""

from __future__ import annotations

import json

import pytest

from probes.recognise.listing.recognise import Listing, recognise
from probes.recognise.listing.unchanged import recognise_again
from tests.probes.recognise.builders import HOST

NAMES = [f"call_{number:04}.wav" for number in range(12)]
ROWS = "\n".join(
    f'<tr><td><a href="{name}">{name}</a></td><td>{number + 3}.5 KB</td><td>2024-03-{number + 1:02} 10:11</td></tr>'
    for number, name in enumerate(NAMES)
)
TOP = "<!doctype html><html><head><title>/rec/</title>{head}</head><body><h1>/rec/</h1>"
HEADER = "<tr><th>Name</th><th>Size</th><th>Modified</th></tr>"


def table(below: str = "", head: str = "", attributes: str = "", above: str = "") -> str:
    """A page of twelve recordings, with something beside them."""
    start = TOP.replace("{head}", head) + above
    return f"{start}<table{attributes}>{HEADER}{ROWS}</table>{below}</body></html>"


def read(body: str, query: str = "") -> Listing:
    """What a page holds, which must be its recordings."""
    found = recognise(body.encode(), f"{HOST}/rec/{query}")
    assert isinstance(found, Listing)
    assert [entry.name for entry in found.entries] == NAMES
    return found


PARTS = {
    "range of a total": table("<p>Showing 1–12 of 500 items</p>"),
    "range in marked numbers": table("<p>Showing <b>1</b> to <b>12</b> of <b>1,500</b> entries</p>"),
    "range in German": table("<p>Einträge 1 bis 12 von 500</p>"),
    "last range of all": table("<p>Visar 489-500 av 500</p>"),
    "share of a total": table("<p>Visar 12 av 1 500 poster</p>"),
    "share without a noun": table(above="<div>12 of 500</div>"),
    "page of pages": table("<div>« Page 2 / 20 »</div>"),
    "Swedish page of pages": table("<div>Sida 1 av 4</div>"),
    "more beside a button": table('<p><a href="#" id="more">Visa fler (470 kvar)</a></p>'),
    "more in words": table("<p>… and 400 more files not shown</p>"),
    "truncated": table("<p>Listing truncated.</p>"),
    "only the first": table("<p class=warn>Too many files here; only the first 12 are listed.</p>"),
    "limit that is reached": table("<p>Output limited to 12 entries</p>"),
    "files shown of more": table("<p>12 files shown of 4000</p>"),
    "page with a colon": table("<div>Page: <b>1</b> of <b>9</b></div>"),
    "button of a script": table("<button>Load more</button>"),
    "next in the head": table(head='<link rel="next" href="/rec/?start=100">'),
    "pager by paths": table('<ul><li><a href="/rec/">1</a></li><li><a href="/rec/page/2/">2</a></li></ul>'),
    "pager by parameter": table('<nav><a href="?p=1">1</a> <a href="?p=2">2</a> <a href="?p=17">17</a></nav>'),
    "older files": table('<a href="?before=call_0012.wav">Older files →</a>'),
    "next page by number": table('<a href="/rec/?page_id=2">Next&gt;</a>'),
    "attribute of the table": table(attributes=' data-has-more="true"'),
    "total in an attribute": table('<div data-next-offset="80" data-total="500">Loading…</div>'),
}
WHOLE = {
    "nothing": table(),
    "one page of one": table("<p>Page 1 of 1 (12 items)</p>"),
    "all of all": table("<p>Showing 1 to 12 of 12 entries</p>"),
    "none selected": table("<p>0 of 12 items selected, 3 of 12 are new</p>"),
    "space on the disk": table("<p>12 of 500 GB used, 12 GB of 2 000 GB, 3 % of 500</p>"),
    "a date": table("<p>Generated 1-12/31/2024, 30/11/2022 21:30, 12/2024</p>"),
    "rows a page": table('<p>Rows: <a href="?per=12">12</a> <a href="?per=50">50</a> <a href="?limit=100">100</a></p>'),
    "a limit not reached": table("<p>Only the first 10000 files are listed.</p>"),
    "another limit": table("<p>Uploads limited to 3 files, 12 MB each</p>"),
    "years and times": table("<p>Copyright 2019-2024 of 2025 Example, up 12-30 of 4000, load 1 of 4</p>"),
    "more to read": table("<p>Read more (2)</p><p>Step 1 of 3, version 1.2 of 3.4</p>"),
    "a button that waits": table("<button hidden>Load more</button>"),
    "the next chapter": table(head='<link rel="next" href="/manual/chapter2.html">'),
    "another program's pages": table('<p><a href="/news/page/2/">2</a> <a href="/blog?page=2">Next</a></p>'),
    "no more": table(attributes=' data-has-more="false" data-total="12" data-next-page=""'),
    "previous page is none": table('<p><a href="?page=1">1</a></p>'),
    "numbers that are none": table('<p><a href="?p=²">²</a> <a href="?page=٣">٣</a> <a href="//[x?p=2">2</a></p>'),
    "totals of rows": table('<i data-total="500"></i><i data-total="600"></i>'),
    "words of a script": table("<script>var text = 'Showing 1-12 of 500 items';</script>"),
    "a name that says so": table().replace("call_0001.wav</a>", "call_0001.wav</a> <!-- 1-12 of 500 items -->"),
    "no end tags": TOP.replace("{head}", "") + f"<table>{HEADER}{ROWS}</table>",
}


def test_names_that_scripts_search_by_may_be_in_lower_case() -> None:
    rows = ROWS
    for name in NAMES:
        rows = rows.replace(name, name.upper()).replace(
            f'<tr><td><a href="{name.upper()}', f'<tr data-name="{name}"><td><a href="{name.upper()}'
        )
    found = recognise(table().replace(ROWS, rows).encode(), f"{HOST}/rec/")
    assert isinstance(found, Listing)
    assert [entry.name for entry in found.entries] == [name.upper() for name in NAMES]
    assert not found.partial
    other = recognise(table(above='<b data-name="other.wav"></b>').replace(ROWS, rows).encode(), f"{HOST}/rec/")
    assert isinstance(other, Listing)
    assert other.partial or "other.wav" in {entry.name for entry in other.entries}


@pytest.mark.parametrize("name", PARTS)
def test_a_part_says_that_it_is_one(name: str) -> None:
    assert read(PARTS[name]).partial


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_page_is_not_called_a_part(name: str) -> None:
    assert not read(WHOLE[name]).partial


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ("call_0001 #7.mp3", True),
        ("calls of a night.wav", True),
        ("call_0001.wav", False),
        ("Listen to call_0001.wav", False),
        ("call_0001.wav 3.5K", False),
        ("call_00..1.wav", False),
        ("call_00 ... 1.wav", False),
        ("call 0001.wav", False),
        ("Call of monday", False),
    ],
)
def test_a_name_of_another_file_than_the_link_holds_makes_a_page_a_part(shown: str, said: bool) -> None:
    found = read(table().replace(">call_0001.wav<", f">{shown}<"))
    assert (found.partial == "names that the page shows otherwise") is said


def test_a_name_that_reads_as_a_tag_contradicts_nothing() -> None:
    body = table().replace('<a href="call_0001.wav">call_0001.wav<', '<a href="%3Cx%3E.wav"><x>.wav<')
    found = recognise(body.encode(), f"{HOST}/rec/")
    assert isinstance(found, Listing)
    assert "<x>.wav" in {entry.name for entry in found.entries}
    assert not found.partial


@pytest.mark.parametrize("end", ["", "<tr><td><", '<tr><td><a href="call_00', '<tr><td><a href="call_0012.wav">call_0'])
def test_a_page_that_ends_early_is_cut_and_keeps_its_whole_rows(end: str) -> None:
    assert read(TOP.replace("{head}", "") + f"<table>{HEADER}{ROWS}\n{end}").partial == "cut short"


def test_preformatted_text_that_ends_early_is_cut() -> None:
    rows = "".join(f'<a href="{name}">{name}</a>          22-Feb-2025 04:52    363637\n' for name in NAMES)
    start = "<html><head><title>Index of /rec/</title></head><body><h1>Index of /rec/</h1><hr><pre>"
    assert read(f"{start}{rows}").partial == read(f'{start}{rows}<a href="call_0012.wav">call_0').partial == "cut short"
    assert not read(f"{start}{rows}</pre><hr></body></html>").partial


@pytest.mark.parametrize(
    ("said", "partial"),
    [('"page": 1, "pages": 10', True), ('"total": 500', True), ('"page": 1, "pages": 1, "total": 12', False)],
)
def test_data_of_a_script_says_its_total(said: str, partial: bool) -> None:
    rows = json.dumps([{"name": name, "isdir": 0, "size": 1200 + number} for number, name in enumerate(NAMES)])
    script = f'<script>var DATA={{"dir": "/rec/", {said}, "list": {rows}}};render(DATA);</script>'
    assert bool(read(f"<html><head><title>Files</title></head><body>{script}</body></html>").partial) is partial


@pytest.mark.parametrize(("count", "partial"), [(500, True), (12, False)])
def test_xml_says_its_total(count: int, partial: bool) -> None:
    rows = "".join(f"<item><name>{name}</name><kind>file</kind><size>1200</size></item>" for name in NAMES)
    body = f'<?xml version="1.0"?><filelist path="/rec/" count="{count}" start="0">{rows}</filelist>'
    assert bool(read(body).partial) is partial


@pytest.mark.parametrize("name", ["tel:0600.wav", "javascript:alert(1).txt", "mailto:anna@x.example.eml"])
def test_a_name_that_reads_as_another_link_leaves_the_listing_partial(name: str) -> None:
    """A program that escapes nothing writes such names so, and their rows cannot be told from links elsewhere."""
    assert read(table(above=f'<a href="{name}">{name}</a>')).partial
    assert not read(table(above='<a href="mailto:it@x.example">it@x.example</a> <a href="tel:112">tel:112</a>')).partial


def test_pager_and_sort_links_are_no_entries() -> None:
    """Numbers of pages and the direction of a sort order stand where scripts have folders."""
    links = '<a href="?order=name&dir=desc">Name</a> <a href="?order=size&dir=asc">Size</a>'
    pager = '<a href="?page=2">2</a><br><a href="?page=3">3</a><br>'
    rows = "".join(f'<a href="{name}">{name}</a> 12 KB 2024-03-01 10:11<br>' for name in NAMES)
    found = read(f"<html><head><title>/rec/</title></head><body>{links}<hr>{rows}{pager}</body></html>")
    assert found.partial == "paged"


def test_a_folder_that_is_a_number_stays_an_entry() -> None:
    rows = "".join(f'<tr><td><a href="?p={name}">{name}</a></td><td>Folder</td></tr>' for name in ("1", "2", "old"))
    page = f"<html><head><title>/rec/</title></head><body><h1>/rec/</h1><table>{HEADER}{rows}</table></body></html>"
    found = recognise(page.encode(), f"{HOST}/rec/")
    assert isinstance(found, Listing)
    assert [entry.name for entry in found.entries] == ["1", "2", "old"]
    assert not found.partial


@pytest.mark.parametrize(
    ("name", "value", "more"),
    [
        ("Link", '</rec/?page=2>; rel="next", </rec/?page=9>; rel="last"', True),
        ("link", "</rec/?page=2>; rel=next", True),
        ("Link", '</rec/?page=1>; rel="prev"', False),
        ("Link", '</app.css>; rel="preload next-generation"; as=style', False),
        ("Link", '</app.css>; rel=preload; as="next"', False),
        ("X-Next-Page", "2", True),
        ("X-Next-Page", "", False),
        ("X-Total-Count", "70", True),
        ("X-Total-Count", "3", False),
        ("X-Total-Count", "٣٣٣", False),
    ],
)
def test_headers_say_that_a_list_goes_on(name: str, value: str, more: bool) -> None:
    rows = [{"name": f"call-{n}.wav", "type": "file", "size": 1000 + n} for n in range(3)]
    body = json.dumps(rows).encode()
    for found in (
        recognise(body, f"{HOST}/rec/", ((name, value),)),
        recognise_again(body, f"{HOST}/rec/", ((name, value),)),
    ):
        assert isinstance(found, Listing), found
        assert (len(found.entries), found.partial) == (3, "paged" if more else "")
