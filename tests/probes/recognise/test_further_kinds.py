"""Names without their middle, folders that only their class or an empty column tells, and what people publish."""

from __future__ import annotations

from time import perf_counter

import pytest

from probes.recognise.listing.fields.dates import find_date
from probes.recognise.listing.fields.shown_names import same_name, spells
from probes.recognise.listing.model import Listing
from probes.recognise.listing.recognise import recognise
from tests.probes.recognise.test_kinds_of_pages import HOST, shown

LONG = "A very long name of a film S01E01.mkv"


@pytest.mark.parametrize("mark", ["...", "…", "[...]", "~~", " ... "])
@pytest.mark.parametrize(
    "row",
    [
        '<div class="row"><a href="{href}">{shown}</a><span>2 Mar 2018</span><span>700 MB</span></div>',
        '<tr><td><a href="{href}">{shown}</a></td><td>700 MB</td><td>2018-03-02</td></tr>',
        '<li><a href="{href}">{shown}</a> 700 MB</li>',
    ],
)
def test_a_name_shown_without_its_middle_is_that_name(mark: str, row: str) -> None:
    names = (LONG, LONG.replace("01.mkv", "02.mkv"))
    rows = "".join(row.format(href=name.replace(" ", "%20"), shown=f"A very{mark}{name[-10:]}") for name in names)
    around = {"<tr": "table", "<li": "ul"}.get(row[:3], "div")
    page = f"<title>Index of /rec</title><h1>Index of /rec</h1><{around}>{rows}</{around}>"
    assert shown(page) == [f"f {name} {700 << 20}" for name in names]


@pytest.mark.parametrize(
    "text",
    ["A ... of", "A very...S02E09.mkv", "... .mkv", "Read more... here", "A very long name of a film S01...1E01.mkv"],
)
def test_other_words_around_dots_are_no_name(text: str) -> None:
    assert not spells(text, LONG)
    assert not same_name(text, LONG)


BLANK = (
    "<tr><td><a href='/rec/Contracts'>Contracts</a></td><td></td><td></td><td>4 Mar 2016</td></tr>"
    "<tr><td><a href='/rec/Pay.xlsx'>Pay.xlsx</a></td><td>48 KB</td><td>application/vnd</td><td>4 Mar 2016</td></tr>"
)
HEADS = ("Name|Size|Type|Modified", "Navn|Størrelse|Type|Endret", "Nama|Ukuran|Tipe|Tanggal")


@pytest.mark.parametrize("heads", HEADS)
def test_a_row_without_a_size_beside_one_file_with_one_is_a_folder(heads: str) -> None:
    head = "".join(f"<th>{one}</th>" for one in heads.split("|"))
    page = f"<title>Directory listing for /rec</title><table><tr>{head}</tr>{BLANK}</table>"
    assert shown(page) == ["d Contracts", f"f Pay.xlsx {48 << 10}"]


def test_a_file_without_an_ending_beside_another_without_a_size_is_no_folder() -> None:
    rows = BLANK.replace("48 KB", "")
    page = f"<title>Index of /rec/</title><table><tr><th>Name<th>Size<th>Type<th>Date</tr>{rows}</table>"
    assert "f Pay.xlsx" in shown(page)


UNITS = ("Saiz (KB)", "Whatever (KB)", "Size in KB")


@pytest.mark.parametrize("head", UNITS)
def test_the_unit_of_a_header_counts_where_its_words_are_not_known(head: str) -> None:
    names = (("1", "a.pdf", "122"), ("2", "b.xls", "31"), ("3", "c.zip", "8812"))
    rows = "".join(f"<tr><td>{n}<td><a href='{f}'>{f}</a><td>{s}<td>14/03/2013</tr>" for n, f, s in names)
    page = f"<title>Index of /rec</title><table><tr><th>No.<th>Fail<th>{head}<th>Tarikh</tr>{rows}</table>"
    assert shown(page) == [f"f a.pdf {122 << 10}", f"f b.xls {31 << 10}", f"f c.zip {8812 << 10}"]


DRAWN = (
    ("_d('..');_d('pics');_f('a.ini',812,'2009-03-04');_f('b.iso',733421568,'2009-03-04');"),
    ('addDir("pics");addFile("a.ini",812,"2009-03-04");addFile("b.iso",733421568,"2009-03-04");'),
    ("row_folder('pics/');row_file('a.ini',812,'2009-03-04');row_file('b.iso',733421568,'2009-03-04');"),
)


@pytest.mark.parametrize("script", DRAWN)
def test_a_function_for_each_folder_beside_one_for_each_file_is_read(script: str) -> None:
    page = f"<title>Index of /rec/</title><h1>Index of /rec/</h1><script>{script}</script>"
    assert shown(page) == ["d pics", "f a.ini 812", "f b.iso 733421568"]


@pytest.mark.parametrize("call", ["mkdir('pics')", "setLang('en')", "_d(1)", "addDir('a/b')", "track('pics')"])
def test_other_calls_of_one_text_are_no_folder(call: str) -> None:
    page = f"<title>Index of /rec/</title><script>{call};{DRAWN[0][DRAWN[0].index('_f') :]}</script>"
    found = shown(page)
    assert [one for one in found if one.startswith("d ")] == ([] if call != "mkdir('pics')" else found[:-2])
    assert found[-2:] == ["f a.ini 812", "f b.iso 733421568"]


@pytest.mark.parametrize("call", ["go('{}')", "javascript:open_it(&quot;{}&quot;)", "return nav('./{}');"])
def test_a_click_that_hands_a_folder_to_a_function_is_one(call: str) -> None:
    names = (("old%20files/", "old files", ""), ("a.xlsx", "a.xlsx", "88KB"), ("b.mdb", "b.mdb", "12MB"))
    rows = "".join(
        f'<tr onclick="{call.format(h)}"><td>{n}</td><td>2019-03-02</td><td>{s}</td></tr>' for h, n, s in names
    )
    page = f"<title>/rec/</title><table><tr><th>Name</th><th>Date</th><th>Size</th></tr>{rows}</table>"
    assert shown(page) == ["d old files", f"f a.xlsx {88 << 10}", f"f b.mdb {12 << 20}"]


@pytest.mark.parametrize(
    ("box", "name"),
    [("archiveDirTextContainer", "archiveDirText"), ("listFolderRow", "listFolderLink"), ("fsDirectoryItem", "")],
)
def test_folders_in_elements_of_their_own_class_are_read(box: str, name: str) -> None:
    folders = "".join(f'<div class="{box}"><a class="{name}" href="{one}">{one}</a></div>' for one in ("old", "new"))
    files = "".join(
        f'<div class="anItem"><a href="{one}">{one}</a><span>2020:01:02 10:11:12&nbsp;&nbsp;88KB</span></div>'
        for one in ("SUMS", "a.20n.Z")
    )
    page = f"<title>Explorer</title><h2>Archive: /rec/</h2>{folders}{files}"
    assert shown(page) == ["d new", "d old", f"f SUMS {88 << 10}", f"f a.20n.Z {88 << 10}"]


@pytest.mark.parametrize(
    "up",
    [
        '<a href="/details/tapes-1987"><span class="ico" title="Parent Directory"></span> Go to parent directory</a>',
        '<a href="/details/tapes-1987"><img src="/i/x.png" alt="folder-up"> Back to tapes 1987</a>',
        '<a href="/details/tapes-1987"><i class="icon level-up folder"></i> Up one folder</a>',
    ],
)
def test_a_link_up_to_another_path_is_no_folder(up: str) -> None:
    files = "".join(
        f'<tr><td><a href="{n}">{n}</a></td><td>11-Jun-2019 13:42</td><td>41.2M</td></tr>' for n in ("a.mp3", "b.mp3")
    )
    head = "<title>tapes directory listing</title><h1>Files for tapes-1987</h1>"
    heads = "<tr><th>Name<th>Last modified<th>Size</tr>"
    page = f"{head}<table>{heads}<tr><td>{up}</td><td><td></tr>{files}</table>"
    assert [one[:7] for one in shown(page, "/download/tapes-1987/")] == ["f a.mp3", "f b.mp3"]


@pytest.mark.parametrize(
    "row",
    [
        '<li>{at} de mayo de 2015: <a href="bo_{at}.pdf">bo_{at}.pdf</a> (PDF, 1.{at} MB)</li>',
        '<li><a href="bo_{at}.pdf">bo_{at}.pdf</a> [pdf-Datei, 1,{at} MB] 0{at}.05.2015</li>',
        '<li><a href="bo_{at}.docx">bo_{at}.docx</a> (Word | 3{at} KB), 2015-05-0{at}</li>',
    ],
)
def test_documents_with_their_format_in_brackets_are_published(row: str) -> None:
    rows = "".join(row.format(at=at) for at in range(1, 6))
    page = "<title>Boletines</title><h1>{}</h1><ul>{}</ul>"
    assert shown(page.format("Boletines oficiales", rows), "/boletines/") == []
    assert len(shown(page.format("Index of /boletines/", rows), "/boletines/")) == 5
    bare = rows.replace("PDF, ", "").replace("pdf-Datei, ", "").replace("Word | ", "")
    assert len(shown(page.format("Boletines oficiales", bare), "/boletines/")) == 5


@pytest.mark.parametrize(
    "heads",
    [
        "File|Description|Version|Date|Size",
        "Datei|Beschreibung|Rev.|Datum|Größe",
        "ファイル名|説明|バージョン|日付|サイズ",
    ],
)
def test_a_column_of_versions_is_that_of_a_release(heads: str) -> None:
    head = "".join(f"<th>{one}</th>" for one in heads.split("|"))
    rows = "".join(
        f"<tr><td><a href='m_w{n}.exe'>m_w{n}.exe</a><td>Driver {n}<td>1.{n}<td>2014-0{n}-11<td>1{n} MB</tr>"
        for n in (7, 8, 9)
    )
    page = "<title>{}</title><h1>M1500</h1><table><tr>{}</tr>{}</table>"
    assert shown(page.format("M1500", head, rows), "/m1500/") == []
    assert len(shown(page.format("Index of /m1500/", head, rows), "/m1500/")) == 3
    unnumbered = rows.replace("<td>1.", "<td>set ")
    assert len(shown(page.format("M1500", head, unnumbered), "/m1500/")) == 3


def test_folders_are_added_to_the_files_of_one_function_alone() -> None:
    """As many functions as folders would else make the square of their number of rows."""
    calls = "".join(f"addDir('n{at}');f{at}('a{at}.csv',{at},2);" for at in range(3_000))
    found = recognise(f"<title>Index of /rec/</title><script>{calls}</script>".encode(), f"{HOST}/rec/")
    assert not isinstance(found, Listing) or len(found.entries) <= 6_000


@pytest.mark.parametrize("text", ["12 mayo 2015" + " -  " * 95, "1 jan 2015" + ", " * 190, "2015-01-01" + " at" * 130])
def test_what_stands_between_a_day_and_a_time_takes_no_long_time(text: str) -> None:
    begun = perf_counter()
    for number in range(20):
        find_date(f"{text[:390]}{number}")
    assert perf_counter() - begun < 0.2
