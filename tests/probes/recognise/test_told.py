"""What a page tells of files beside their names makes it an offer, and the folder nearest to it stays a listing."""

from __future__ import annotations

import pytest

from probes.recognise.listing.recognise import Listing, recognise
from tests.probes.recognise.builders import HOST
from tests.probes.recognise.test_unlike import claimed, table

MENU = "<nav><a href='/'>Home</a><a href='/news/'>News</a></nav><p>Come and see us on Monday evening</p>" * 3
"""What stands around the rows of a site's page."""
RELEASE = ("tool-8.2.4.tar.gz", "tool-8.2.4.tar.xz", "tool-8.2.4.zip")
CALLS = ("a-8.2.4.wav", "b-8.2.4.sql", "c-8.2.4.wav")
FORMS = {
    "<ul>{}</ul>": '<li><a href="{0}">{0}</a> 02-Jan-2020 {1} kB, {2}</li>',
    "<table>{}</table>": '<tr><td><a href="{0}">{0}</a></td><td>02-Jan-2020</td><td>{1} kB</td><td>{2}</td></tr>',
    "<div>{}</div>": '<p><a href="{0}">{0}</a> 02-Jan-2020 {1} kB {2}</p>',
}
SHAPES = pytest.mark.parametrize("form", FORMS)


def page(form: str, names: tuple[str, ...], beside: str = "", title: str = "A tool", heading: str = "Get it") -> str:
    """Files with dates and sizes on a site's own page; `beside` stands in each row."""
    rows = "".join(FORMS[form].format(name, 88 + at, beside.format(name)) for at, name in enumerate(names))
    return f"<title>{title}</title>{MENU}<h1>{title}</h1><h2>{heading}</h2>{form.format(rows)}"


def test_the_bare_rows_are_a_listing_in_each_shape() -> None:
    for form in FORMS:
        assert claimed(page(form, RELEASE), "/dl/")


@SHAPES
@pytest.mark.parametrize(
    "beside",
    [
        "sha256: " + "9a1b2c3d" * 8,
        "0123456789abcdef" * 2,
        '(<a href="{0}.asc">sig</a>)',
        '<a href="/sums/{0}.sha256">SHA-256</a>',
    ],
)
def test_checksums_and_signatures_are_of_a_release(form: str, beside: str) -> None:
    assert not claimed(page(form, RELEASE, beside), "/dl/")
    plain = "<a" in beside and "<div>" in form  # lines of two links each are not read as one row
    assert plain or claimed(page(form, RELEASE, beside, title="Index of /dl/"), "/dl/")
    assert "<a" in beside or claimed(page(form, CALLS, beside), "/dl/")


@SHAPES
def test_signatures_that_lie_in_the_folder_are_rows_of_it(form: str) -> None:
    names = ("tool.tar.gz", "tool.tar.gz.asc", "tool.zip", "tool.zip.asc")
    assert claimed(page(form, names), "/dl/")


@SHAPES
@pytest.mark.parametrize("heading", ["Release 8.2.4", "Current stable v8.2.4 (16 Mar)", "Meeting of 8.2.4"])
def test_a_heading_tells_the_version_of_a_release(form: str, heading: str) -> None:
    assert not claimed(page(form, RELEASE, heading=heading), "/dl/")
    assert claimed(page(form, RELEASE, heading="Release 8.2"), "/dl/")
    assert claimed(page(form, RELEASE, heading=heading), "/dl/8.2.4/")
    assert claimed(page(form, CALLS, heading=heading), "/dl/")


@SHAPES
@pytest.mark.parametrize("beside", ["331 downloads", "Downloaded 12 times", "1,112 views", "Pobrań: 44", "31 hits"])
def test_files_of_which_a_page_says_how_often_they_were_fetched(form: str, beside: str) -> None:
    assert not claimed(page(form, RELEASE, beside), "/dl/")
    assert claimed(page(form, RELEASE, beside, title="Index of /dl/"), "/dl/")
    assert claimed(page(form, CALLS, beside), "/dl/")


@pytest.mark.parametrize("head", ["Downloads", "Hits", "Aufrufe", "Downloads / Week"])
def test_a_column_of_counts_is_of_an_offer_unless_it_is_all_of_a_page(head: str) -> None:
    rows = [
        f'<td><a href="{name}">{name}</a></td><td>{at + 1} kB</td><td>2020-01-02</td><td>{at}</td>'
        for at, name in enumerate(RELEASE)
    ]
    body = table(f"File,Size,Date,{head}", rows)
    assert not claimed(body + MENU, "/dl/")
    assert claimed(body, "/dl/")
    assert claimed(body.replace("Arkiv", "Index of /dl/") + MENU, "/dl/")
    assert claimed(body.replace(head, "Folder") + MENU, "/dl/")


@pytest.mark.parametrize("link", ["/f/{}", "/details.php?id={}", "/view/a{}.html"])
@pytest.mark.parametrize("head", ["Hits", "Seeders", "Downloads"])
def test_rows_that_lead_to_pages_and_count_are_of_a_host_of_files(link: str, head: str) -> None:
    names = ("a-film.mkv", "b-film.mp4", "c-disk.iso")

    def rows(link: str) -> list[str]:
        cells = '<td><a href="{0}">{1}</a></td><td>{2} MB</td><td>2020-01-02</td><td>{2}</td>'
        return [cells.format(link.format(at, name), name, at + 11) for at, name in enumerate(names)]

    assert not claimed(table(f"Name,Size,Date,{head}", rows(link)), "/top")
    assert claimed(table(f"Name,Size,Date,{head}", rows("{1}")), "/top")
    if ".html" not in link:
        assert claimed(table("Name,Size,Date,", rows(link)).replace("<th></th>", ""), "/top")


@SHAPES
@pytest.mark.parametrize(
    "heading", ["Attachments", "Allegati (3)", "Bilagor:", "Downloads & Resources", "添付ファイル"]
)
def test_files_below_a_heading_of_attachments_belong_to_what_the_page_is_about(form: str, heading: str) -> None:
    names = ("plan.pdf", "bill.xls", "photo.jpg")
    assert not claimed(page(form, names, heading=heading), "/case/331")
    assert claimed(page(form, names, heading="Folder"), "/case/331")
    assert claimed(page(form, names, heading=heading, title="Index of /case/"), "/case/")
    assert claimed(page(form, names, heading="Attachments", title="Attachments"), "/attachments/")
    assert claimed(page(form, ("a.wav", "b.sql", "c.wav"), heading=heading), "/case/331")


@pytest.mark.parametrize("head", ["Topic", "Thema", "Title", "Bezeichnung", "Speaker"])
def test_a_column_of_what_was_said_or_written_is_no_folder_s(head: str) -> None:
    def body(head: str, names: tuple[str, ...]) -> str:
        words = ("Introduction", "Sorting", "Search trees")
        cells = '<td>{0}</td><td>0{1}.04.2010</td><td><a href="{2}">{2}</a></td><td>12 kB</td>'
        rows = [cells.format(*one) for one in zip(words, (1, 2, 3), names, strict=True)]
        return table(f"{head},Date,File,Size", rows)

    assert not claimed(body(head, ("k1.pdf", "k2.pdf", "k3.pdf")), "/algo/")
    assert claimed(body("Room", ("k1.pdf", "k2.pdf", "k3.pdf")), "/algo/")
    assert claimed(body(head, ("k1.pdf", "k2.pdf", "k3.pdf")).replace("Arkiv", "Index of /algo/"), "/algo/")
    assert claimed(body(head, ("k1.wav", "k2.sql", "k3.wav")), "/algo/")


def test_descriptions_in_words_are_of_people_and_kinds_of_programs() -> None:
    def body(*said: str) -> str:
        cells = '<td><a href="{0}">{0}</a></td><td>{1}</td><td>44 K</td>'
        return table("File,Description,Size", [cells.format(f"a{at}.lha", one) for at, one in enumerate(said)])

    people = ("A file manager with two panes", "Shows the clock in the title bar", "Packs programs well and quickly")
    assert not claimed(body(*people) + MENU, "/util/")
    assert claimed(body("LHA archive", "LHA archive", "LHA archive") + MENU, "/util/")
    assert claimed(body(*people).replace("Arkiv", "Index of /util/") + MENU, "/util/")


@pytest.mark.parametrize("head", ["Last commit", "Commit", "Changeset"])
def test_a_header_of_commits_is_of_source_code(head: str) -> None:
    cells = '<td><a href="/t/r/src/ab12/{0}">{0}</a></td><td>{1}</td><td>2020-01-02</td><td>Add it</td>'
    rows = [cells.format(name, size) for name, size in (("docs/", ""), (".gitignore", "44 B"), ("README.md", "1 KB"))]
    assert not claimed(table(f"Name,Size,{head},Message", rows), "/t/r/src/master/")
    assert claimed(table("Name,Size,Changed,Message", rows), "/t/r/src/master/")
    assert claimed(table("Name,Size,Changed,Message", [row.replace("/t/r/src/ab12/", "") for row in rows]), "/t/r/")


def test_links_that_ask_for_a_revision_by_its_number_are_of_source_code() -> None:
    def body(link: str) -> str:
        cells = '<td><a href="{0}">{0}</a></td><td><a href="{1}">331</a></td>'
        rows = [cells.format(name, link.format(name)) for name in ("branches/", "doc/", "Makefile", "main.c")]
        return table("Path,Last", rows).replace("Arkiv", "Contents of /trunk/")

    for link in ("revision.php?rev=331&p={}", "/r?path={}&amp;rev=12", "?peg={}&pegrev=9"):
        assert not claimed(body(link), "/trunk/")
    assert claimed(body("copy?of={}"), "/trunk/")


@pytest.mark.parametrize("folder", ["", "thumbs/", "/icons/"])
def test_a_picture_of_the_row_s_own_file_is_no_mark_of_its_kind_however_short(folder: str) -> None:
    def body(source: str, size: str) -> str:
        cells = '<td><img src="{1}"></td><td><a href="{0}">{0}</a></td><td>{2}</td>'
        names = ("pdf.png", "zip.png", "doc.png", "xls.png")
        rows = [cells.format(name, source.format(name), size) for name in names]
        return table("Icon,Name,Size", rows) + MENU

    assert not claimed(body(folder + "{}", "48×48"), "/mime/")
    assert claimed(body(folder + "{}", "4 kB"), "/mime/")
    assert claimed(body("/icons/image2.gif", "4 kB"), "/mime/")


@pytest.mark.parametrize("size", ["48×48", "600 x 800", "1200x900 px"])
def test_sizes_across_are_of_pictures_and_not_of_files(size: str) -> None:
    def body(size: str) -> str:
        cells = '<td><a href="{0}">{0}</a></td><td>{1}</td>'
        return table("Name,Size", [cells.format(name, size) for name in ("a.png", "b.png", "c.png")]) + MENU

    assert not claimed(body(size), "/mime/")
    assert claimed(body("4 kB"), "/mime/")
    assert claimed(body(size).replace("Arkiv", "Index of /mime/"), "/mime/")


TITLES = ("The Death House Rescue", "Danger in the Dark", "Murder by the Dead")


@pytest.mark.parametrize("name", ["Show_37-09-2{}_001.mp3", "230314-ep{}.mp3", "3709260{}.mp3"])
def test_titles_of_what_was_broadcast_are_not_those_of_calls(name: str) -> None:
    def body(titles: tuple[str, ...], name: str) -> str:
        return table("Datum,Titel,Ljud", []).replace(
            "</table>",
            "".join(
                f'<tr><td>2 Sep 1937</td><td><a href="mp3/{name.format(at)}">{title}</a></td><td>6.{at} MB</td></tr>'
                for at, title in enumerate(titles)
            )
            + "</table>",
        )

    assert not claimed(body(TITLES, name), "/shows/")
    assert claimed(body(("Anna Berg", "Bo Ek", "0701234567"), name), "/shows/")
    assert claimed(body(TITLES, "20100601-08141{}.wav"), "/shows/")


DIR = """ Volume in drive C has no label.
 Directory of C:\\temp

02.01.2020  10:11    &lt;DIR&gt;          old
02.01.2020  10:11               331 name.xls
02.01.2020  10:11               331 plan.doc
               2 File(s)            662 bytes
"""


@pytest.mark.parametrize(
    "around",
    [
        "<title>Files</title><p>When I type this I get:</p><pre>{}</pre>",
        "<title>Files</title><pre>{}</pre><p>Because old programs need short names.</p>",
        "<title>Why does it show short names?</title><pre>{}</pre>",
    ],
)
def test_somebody_speaks_beside_what_a_command_printed(around: str) -> None:
    assert not claimed(around.format(DIR), "/q/331")
    assert claimed(f"<title>Files</title><h1>Files</h1><pre>{DIR}</pre>", "/q/331")


@pytest.mark.parametrize(
    "said", ["Click on a picture to see it larger.", "View them full-size by a click.", "Klicka för större bild."]
)
def test_pictures_with_sizes_that_a_sentence_offers_to_enlarge_are_a_gallery(said: str) -> None:
    def body(said: str) -> str:
        cell = '<td><a href="{0}"><img src="thumbs/{0}"></a><br>{0}<br>331 KB</td>'
        rows = [cell.format(f"dscn000{at}.jpg") for at in range(4)]
        return f"<title>Crete</title><table><tr>{''.join(rows)}</tr></table><p>{said}</p>"

    assert not claimed(body(said), "/crete/")
    assert claimed(body(""), "/crete/")
    assert claimed(body(said).replace("Crete", "Index of /crete/"), "/crete/")


def test_what_is_not_claimed_is_still_worth_trying() -> None:
    found = recognise(page("<ul>{}</ul>", RELEASE, "331 downloads").encode(), HOST + "/dl/")
    assert isinstance(found, Listing)
    assert [one.name for one in found.files] == sorted(RELEASE)
