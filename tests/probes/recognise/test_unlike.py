"""What people write about files is no listing, and the folder that looks like it stays one."""

from __future__ import annotations

import pytest

from probes.recognise.listing.recognise import Listing, recognise
from tests.probes.recognise.builders import HOST
from tests.probes.recognise.test_kinds_of_pages import shown


def claimed(body: str, path: str = "/arkiv/", charset: str = "utf-8") -> bool:
    """Whether a page is called a listing."""
    found = recognise(body.encode(charset), HOST + path)
    return isinstance(found, Listing) and found.claimed


def table(head: str, rows: list[str]) -> str:
    """A page of one table."""
    cells = "".join(f"<th>{one}</th>" for one in head.split(","))
    return f"<title>Arkiv</title><table><tr>{cells}</tr>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


def spoken(names: list[str]) -> str:
    """A table of what was said on which day, with the sound of each."""
    rows = [
        f'<td>2010-06-0{at}</td><td>Hoppet</td><td><a href="{name}">Lyssna</a> (12 MB)</td>'
        for at, name in enumerate(names, 1)
    ]
    return table("Datum,Titel,Ljud", rows)


@pytest.mark.parametrize(
    "name", ["2010-06-0{}.mp3", "2010060{}.mp3", "predikan_2010-06-0{}.mp3", "10060{}pm.mp3", "2010-06-0{}b.ogg"]
)
def test_sound_called_after_its_day_is_what_people_publish(name: str) -> None:
    assert not claimed(spoken([name.format(at) for at in (1, 2, 3)]))


@pytest.mark.parametrize(
    "name", ["20100601-08141{}.wav", "08141{}.wav", "in-0701234567-2010060{}.wav", "1275379{}00.wav"]
)
def test_recordings_called_by_a_machine_count_as_named(name: str) -> None:
    assert claimed(spoken([name.format(at) for at in (1, 2, 3)]))


def pictures(caption: str) -> str:
    """Small pictures that lead to large ones, each above its caption."""
    cells = "".join(
        f'<td><a href="boat{at}.jpg"><img src="t/boat{at}_small.jpg"></a><br>{caption.format(at)}</td>'
        for at in (1, 2, 3, 4)
    )
    return f"<title>Our boat</title><table><tr>{cells}</tr></table>"


def test_a_gallery_has_captions() -> None:
    assert not claimed(pictures("In harbour {}"))
    assert not claimed(pictures("Oil on canvas, 190{}"))
    assert claimed(pictures("boat{}.jpg"))
    assert claimed(pictures(""))


def test_captions_below_the_path_in_the_title_are_of_a_folder() -> None:
    assert claimed(pictures("In harbour {}").replace("Our boat", "Index of /arkiv/"))


def test_rows_that_offer_torrents_are_a_search() -> None:
    row = '<td><a href="/torrent/{0}/film{0}.mkv">film{0}.mkv</a>{1}</td><td>{0}00 MB</td><td>2020-03-0{0}</td>'
    magnet = '<a href="magnet:?xt=urn:btih:{}">m</a>'
    assert not claimed(table("Name,Size,Date", [row.format(at, magnet.format(at)) for at in (1, 2, 3)]))
    assert claimed(
        table("Name,Size,Date", [row.format(at, "") for at in (1, 2, 3)])
        .replace("/torrent/1/", "")
        .replace("/torrent/2/", "")
        .replace("/torrent/3/", "")
    )


def test_pages_called_as_files_end_are_no_files() -> None:
    names = ("comp.ai", "comp.answers", "comp.arch", "comp.benchmarks")
    assert not claimed("".join(f'<li><a href="{name}.html">{name}</a>' for name in names))


def test_pages_about_parts_of_a_program_are_no_files() -> None:
    def items(*names: str) -> str:
        return "<ul>" + "".join(f'<li><a href="{name}.html">{name}</a>' for name in names)

    assert not claimed(items("os.path", "json.tool", "email.mime"))
    assert claimed(items("calls.wav", "list.csv", "plan.pdf"))
    assert claimed("<title>Index of /arkiv/</title>" + items("os.path", "json.tool", "email.mime"))


def test_attachments_of_an_issue_by_number() -> None:
    rows = [
        f'<td><a href="attachment.cgi?id={at}">log{at}.txt</a> (12.31 KB)<br>2026-11-03 08:14</td>' for at in (1, 2)
    ]
    assert not claimed(table("Attachments", rows), "/show_bug.cgi?id=7")


def test_attachments_of_an_issue_by_program() -> None:
    row = '<td><a href="{0}">{1}</a> (1,212 bytes) 2010-03-04 10:11</td>'
    for asked in (
        "file_download.php?file_id={}&amp;type=bug",
        "/secure/attachment/{}/{}",
        "/attachments/token/aB{}/?name={}",
    ):
        rows = [row.format(asked.format(at, name), name) for at, name in ((7, "trace.log"), (8, "fix.diff"))]
        assert not claimed(table("Attached Files", rows), "/view.php?id=3")
    files = [row.format(name, name) for name in ("trace.log", "fix.diff")]
    assert claimed(table("Attached Files", files), "/secure/attachment/7/")


def test_names_of_hosts_are_no_files() -> None:
    def items(*names: str) -> str:
        return "<title>Till salu</title><ul>" + "".join(f'<li><a href="{one}">{one}</a> 500 kr</li>' for one in names)

    assert not claimed(items("katt.nu", "hund.io", "mus.ai"))
    assert not claimed(items("a.example.com", "b.example.com", "c.example.com"))
    assert claimed(items("command.com", "format.com", "tree.com"))
    assert claimed(items("katt.nu", "hund.io", "mus.ai").replace("Till salu", "Index of /arkiv/"))
    assert claimed(items("katt.nu", "hund.io", "mus.pdf"))


def test_a_picture_of_the_row_is_no_icon_of_its_kind() -> None:
    def items(picture: str) -> str:
        names = ("lejon", "lodjur", "varg")
        return "<title>Djur</title>" + "".join(
            f'<p><img src="{picture.format(one)}"> <a href="{one}/">{one}</a> 500 kr</p>' for one in names
        )

    assert not claimed(items("/bilder/{}.jpg"))
    assert not claimed(items("/img/{}.png"))
    assert claimed(items("/icons/folder.png"))


def test_documents_below_their_picture_have_captions() -> None:
    def items(text: str) -> str:
        names = ("lejon", "lodjur", "varg")
        return "<title>Djur</title>" + "".join(
            f'<p><a href="{one}.pdf"><img src="{one}.png"></a> {text.format(one.title(), one)}</p>' for one in names
        )

    assert not claimed(items("{0}"))
    assert claimed(items("{1}.pdf"))


def test_numbers_elsewhere_that_show_names_of_files() -> None:
    def downloads(href: str, date: str) -> str:
        rows = [f'<td><a href="{href.format(at)}">guide-{at}.pdf</a></td><td>{at} MB</td>{date}' for at in (12, 14, 19)]
        return table("File,Size,Date" if date else "File,Size", rows)

    assert not claimed(downloads("/download/{}/", ""))
    assert claimed(downloads("/download/{}/", "<td>2019-03-01</td>"))
    assert claimed(downloads("guide-{}.pdf", ""))
    assert shown(downloads("/download/{}/", "<td>2019-03-01</td>"), "/arkiv/") == [
        f"f guide-{at}.pdf {at * 2**20}" for at in (12, 14, 19)
    ]


def test_a_mirror_tells_the_status_of_what_it_keeps() -> None:
    row = '<td><a href="/{0}/">{0}</a></td><td>2022-03-04 00:11</td><td>{1}</td><td>32.1 GB</td>'
    rows = [row.format(name, "success") for name in ("CPAN", "CRAN", "debian")]
    assert not claimed(table("Name,Last Update,Status,Size", rows), "/")
    assert claimed(table("Name,Last Update,Status,Size", rows).replace("Arkiv", "Index of /"), "/")


def test_patterns_are_no_names() -> None:
    assert not claimed("node_modules/\n*.log\n.env\nbackup.sql\n", "/.gitignore")
    assert claimed("node_modules/\nout.log\n.env\nbackup.sql\n", "/")


def test_a_listing_shown_in_an_article_is_tried_and_not_claimed() -> None:
    lines = "<pre>foo.zip    2019-01-01 10:00   12K\nbar.zip    2019-01-01 10:00   1K\n</pre>"
    said = "<p>When a folder has no index file, the server makes a page of names, and it looks like this one here.</p>"
    assert claimed(lines)
    assert not claimed(said + lines)


def test_a_list_of_folders_before_the_list_of_files() -> None:
    def lists(folders: str) -> str:
        files = "".join(
            f'<li><a href="/rec/{name}">{name}</a> <em>(77 bytes, 2014-05-06 12:00)</em></li>'
            for name in ("a.log", "b.log")
        )
        return f'<ul class="{folders}"><li><a href="/rec/old">old</a></li></ul><ul class="file">{files}</ul>'

    assert shown(lists("dir")) == ["d old", "f a.log 77", "f b.log 77"]
    assert shown(lists("menu")) == ["f a.log 77", "f b.log 77"]


def test_a_name_whose_ending_is_a_piece_of_its_own() -> None:
    name = (
        '<a href="/s/AbC/download?path=%2F&amp;files={0}.pdf">'
        '<span class="nametext"><span class="innernametext">{0}</span><span class="extension">.pdf</span></span></a>'
    )
    rows = [f"<td>{name.format(one)}</td><td>88 kB</td><td>2014-05-13</td>" for one in ("avtal", "brev")]
    assert shown(table("Name,Size,Modified", rows), "/s/AbC") == ["f avtal.pdf 90112", "f brev.pdf 90112"]


def test_the_number_of_a_revision_is_no_name() -> None:
    summary = '<table><tr><td>Revision:</td><td><a href="/v/p?view=revision&amp;revision=77">77</a></td></tr></table>'
    rows = "".join(f'<tr><td><a href="/v/p/trunk/{one}">{one}</a></td><td>4 kB</td></tr>' for one in ("a.pdf", "b.pdf"))
    page = f"<title>Index of /v/p/trunk/</title>{summary}<table><tr><th>File</th><th>Size</th></tr>{rows}</table>"
    assert shown(page, "/v/p/trunk/") == ["f a.pdf 4096", "f b.pdf 4096"]


def test_words_of_a_page_in_a_charset_of_its_own_are_read() -> None:
    body = (
        '<meta charset="windows-1251"><title>Каталог /obmen/</title><table><tr><th>Имя</th><th>Размер</th></tr>'
        '<tr><td><a href="%EE%F2.xls">от.xls</a></td><td>45 Кб</td></tr></table>'
    )
    found = recognise(body.encode("cp1251"), HOST + "/obmen/")
    assert isinstance(found, Listing)
    assert [(one.name, one.path, one.size and one.size.best) for one in found.files] == [
        ("от.xls", "/obmen/%EE%F2.xls", 46080)
    ]


def test_names_in_a_text_are_asked_for_in_the_bytes_of_the_page() -> None:
    lines = "".join(f"-rw-r--r-- 1 a a 77 2024-01-02 10:11 {name}\n" for name in ("от.xls", "до.xls"))
    found = recognise(lines.encode("cp1251"), HOST + "/obmen/", [("Content-Type", "text/plain; charset=windows-1251")])
    assert isinstance(found, Listing)
    assert [one.path for one in found.files] == ["/obmen/%EE%F2.xls", "/obmen/%E4%EE.xls"]


@pytest.mark.parametrize("prefix", ['<subdir name="in/"><name>in/</name></subdir>', '<subdir name="in/"/>'])
def test_a_container_as_xml_has_folders_beside_its_objects(prefix: str) -> None:
    said = "<name>a.csv</name><hash>x</hash><bytes>77</bytes><last_modified>2020-01-02T03:04:05</last_modified>"
    one = f"<object>{said}</object>"
    body = f'<?xml version="1.0"?><container name="c">{prefix}{one}</container>'
    assert shown(body, "/c/") == ["d in", "f a.csv 77"]


ATTACHED = ("crash.log", "trace.txt", "mend.patch")


def record(title: str, folder: str = "attachment") -> str:
    """Files behind their numbers under a heading, with their dates and sizes."""
    rows = "".join(
        f'<tr><td><a href="/{folder}/4{at}">{name}</a> (1{at} KB)<br>2024-05-0{at} 10:00</td></tr>'
        for at, name in enumerate(ATTACHED, 1)
    )
    return f"<title>{title}</title><h1>{title}</h1><table>{rows}</table>"


@pytest.mark.parametrize("title", ["Bug 1234 - it breaks", "Issue #7: it breaks", "Ticket no. 12", "Ärende 2024"])
def test_files_of_one_issue_stand_behind_their_numbers(title: str) -> None:
    assert not claimed(record(title), "/show/1234")


@pytest.mark.parametrize("title", ["Recordings of 1234", "Bugs", "Issues of the desk"])
def test_files_behind_numbers_under_any_other_title_are_a_listing(title: str) -> None:
    assert claimed(record(title), "/show/1234")


def test_a_folder_among_files_that_are_told_in_words_is_a_folders() -> None:
    told = "<tr><td><a href='{0}'>{0}</a></td><td>{1}K</td><td>{2}</td></tr>"
    texts = ("Alpha, a game in space", "Beta, what came after it", "Gamma, a puzzle of lines")
    rows = "".join(told.format(f"{text[:4]}.zip", 44 + at, text) for at, text in enumerate(texts))
    folder = told.format("tools/", "-", "Programs for these")
    assert not claimed(f"<h1>Old games</h1><table>{rows}</table>")
    assert claimed(f"<h1>Old games</h1><table>{rows}{folder}</table>")


MANUALS = "".join(
    f"<tr><td>Maker {at}</td><td>Model {at}</td><td><a href='m{at}.pdf'>m{at}.pdf</a></td><td>4{at}</td></tr>"
    for at in (1, 2, 3)
)
SAID = "<p>We have scanned these manuals, which members have lent to us. Do you miss one? Then write to us.</p>"


def manuals(up: str) -> str:
    """Files below sentences, with a link to what lies above."""
    head = "<tr><th>Maker</th><th>Model</th><th>File</th><th>Pages</th></tr>"
    return f"<title>Manuals</title>{SAID}<table border=1>{head}{MANUALS}</table>{up}"


def test_a_link_back_to_a_page_is_no_link_up() -> None:
    assert not claimed(manuals('<a href="../index.html">Back</a>'))
    assert claimed(manuals('<a href="../">Back</a>'))
    assert claimed(manuals('<a href="../index.html">Parent directory</a>'))


def source(title: str, path: str) -> bool:
    """Whether files of a release with their signatures, below sentences, are called a listing."""
    row = (
        "<tr><td>1519{0}</td><td>2023-Aug-01 14:15:29</td>"
        "<td><a href='t-{0}.tar.gz'>t-{0}.tar.gz</a> (<a href='t-{0}.tar.gz.asc'>sign</a>)</td></tr>"
    )
    head = "<tr><td>KBytes</td><td>Date</td><td>File</td></tr>"
    rows = "".join(map(row.format, (1, 2, 3)))
    return claimed(f"<title>{title}</title><h2>Get it</h2>{SAID * 4}<table>{head}{rows}</table>", path)


def test_a_title_that_names_a_page_names_no_folder() -> None:
    assert not source("/source/index.html", "/source/")
    assert source("/source/", "/source/")


@pytest.mark.parametrize("head", ["Programme", "Avsnitt", "Predikan"])
def test_sound_below_a_header_of_broadcasts_is_what_was_broadcast(head: str) -> None:
    row = '<td>2024-06-0{0}</td><td>Hour {0}</td><td><a href="2024060{0}-hour.mp3">Listen</a></td>'
    rows = [row.format(at) for at in (1, 2, 3)]
    assert not claimed(table(f"Date,{head},Sound", rows))
    assert claimed(table("Date,Caller,Sound", rows))


def bare(names: list[str], title: str = "Speed of your line") -> str:
    """A list of links that show their names."""
    return f"<title>{title}</title><ul>{''.join(f'<li><a href={one}>{one}</a></li>' for one in names)}</ul>"


@pytest.mark.parametrize("name", ["{}MB.zip", "test{}m.bin", "speedtest-{}MB.dat"])
def test_files_called_after_their_sizes_test_a_line(name: str) -> None:
    names = [name.format(at) for at in (1, 10, 100)]
    assert not claimed(bare(names))
    assert claimed(bare([*names, "patients.zip"]))
    assert claimed(bare([f"backup-{at}g.zip" for at in (1, 10, 100)]))
    assert claimed(bare(names, "Index of /arkiv/"))


@pytest.mark.parametrize("kind", ["mp3", "m4a", "ogg"])
def test_sound_of_days_on_a_page_of_a_site_is_what_it_publishes(kind: str) -> None:
    site = "<nav><a href=/>Start</a></nav>{}<footer>The chapel</footer>"
    days = [f"2024-06-0{at}.{kind}" for at in (1, 2, 3)]
    assert not claimed(site.format(bare(days)))
    assert claimed(bare(days))
    assert claimed(site.format(bare([one.replace(kind, "wav") for one in days])))
    assert claimed(site.format(bare([f"20240601-10111{at}.{kind}" for at in (1, 2, 3)])))
