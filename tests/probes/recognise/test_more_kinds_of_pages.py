"""More kinds of pages in several shapes: recordings by day, cards, charsets, forms, units in a header."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest

from probes.recognise.listing.fields.charsets import charset_of
from probes.recognise.listing.model import Listing, NoListing
from probes.recognise.listing.recognise import recognise
from tests.probes.recognise.test_kinds_of_pages import HOST, shown
from tests.probes.recognise.test_layouts import entries

CLIPS = (
    ("2024-11-03/081412.wav", 412, "2024-11-03"),
    ("2024-11-03/090144.wav", 99, "2024-11-03"),
    ("2024-11-04/101212.wav", 41, "2024-11-04"),
)
ALL = ["f 081412.wav 421888", "f 090144.wav 101376", "f 101212.wav 41984"]


def name(path: str) -> str:
    return path.rpartition("/")[2]


def clock(path: str) -> str:
    digits = name(path)
    return f"{digits[:2]}:{digits[2:4]}:{digits[4:6]}"


def by_day(head: str, before: str, row: str, after: str) -> str:
    """The clips with a heading, and a part of their own, for each day."""
    parts = ""
    for day in ("2024-11-03", "2024-11-04"):
        rows = [row.format(path=p, name=name(p), clock=clock(p), size=s) for p, s, d in CLIPS if d == day]
        parts += head.format(day) + before + "".join(rows) + after
    return f"<html><title>Front door</title><body><h1>Front door</h1>{parts}</body></html>"


DAYS = {
    "lists by day": by_day("<h3>{}</h3>", "<ul>", "<li><a href='{path}'>{clock}</a> ({size} KB)</li>", "</ul>"),
    "tables by day": by_day(
        "<h2>{}</h2>",
        "<table><tr><th>File</th><th>Size</th></tr>",
        "<tr><td><a href='{path}'>{name}</a></td><td>{size} KB</td></tr>",
        "</table>",
    ),
    "one table": "<title>Recordings</title><table><tr><th>Date</th><th>File</th><th>Size</th></tr>"
    + "".join(
        f"<tr><td>{day}</td><td><a href='{path}'>{name(path)}</a></td><td>{size} KB</td></tr>"
        for path, size, day in CLIPS
    )
    + "</table>",
}


@pytest.mark.parametrize("kind", DAYS)
def test_recordings_in_a_folder_for_each_day_are_all_read(kind: str) -> None:
    assert shown(DAYS[kind], "/cam/front/") == ALL


def test_documents_of_an_archive_by_year_are_no_listing() -> None:
    page = DAYS["lists by day"].replace(".wav", ".html").replace("KB", "views")
    assert shown(page, "/news/") == []


def cards(attributes: str, inside: str) -> str:
    """Cards for two files that a script acts on."""
    made = "".join(
        f"<article {attributes.format(one)}>{inside.format(one, size)}"
        f"<button data-item-name='{one}'>Get</button></article>"
        for one, size in (("a b.pdf", "1.4 MB"), ("c.wav", "812 KB"))
    )
    return f"<title>Filer</title><p id=count>No files selected</p><ul></ul><div>{made}</div>"


CARDS = {
    "size beside date": cards("data-item-name='{}' data-kind=file", "<b>{}</b><small>{} · 2024-11-03</small>"),
    "size by its word": cards("data-item-name='{}' data-kind=file", "<b>{}</b><p>Size: {}</p>"),
    "size alone": cards("data-name='{}' data-type=file", "<span>{}</span><i>{}</i>"),
}


@pytest.mark.parametrize("kind", CARDS)
def test_the_text_of_a_card_tells_the_size_of_what_it_names(kind: str) -> None:
    assert shown(CARDS[kind]) == [f"f a b.pdf {round(1.4 * 1024**2)}", f"f c.wav {812 * 1024}"]


def test_cards_of_folders_beside_an_empty_list_are_no_empty_folder() -> None:
    made = "".join(
        f"<article data-entry-type=directory data-item-name={year}><a href='/rec/{year}'>{year}</a>"
        "<i>Folder</i></article>"
        for year in (2021, 2022)
    )
    page = f"<title>Server - /rec</title><h1>/rec</h1><span>No files selected</span><ul></ul>{made}"
    found = recognise(page.encode(), HOST + "/rec/")
    assert isinstance(found, Listing)
    assert entries(found) == ["d 2021", "d 2022"]


NAMES = {
    "windows-1251": ("зарплата.xls", "договор 5.doc"),
    "Shift_JIS": ("請求書.pdf", "名簿.xls"),
    "gb2312": ("合同.pdf", "工资表.xls"),
    "EUC-KR": ("계약서.pdf", "급여.xls"),
    "windows-1252": ("löner – maj.xls", "Café “x”.pdf"),
    "iso-8859-2": ("umowa łódź.pdf", "płace.xls"),
}


def in_bytes(charset: str, label: str) -> Listing:
    rows = "".join(f"<li><a href='{one}'>{one}</a> (88 KB)</li>" for one in NAMES[charset])
    page = f"<meta charset={label}><title>Index of /rec/</title><h1>Index of /rec/</h1><ul>{rows}</ul>"
    found = recognise(page.encode(charset), HOST + "/rec/")
    assert isinstance(found, Listing), found
    return found


@pytest.mark.parametrize("charset", NAMES)
def test_names_are_read_in_the_charset_of_their_page(charset: str) -> None:
    found = in_bytes(charset, charset)
    assert {one.name for one in found.entries} == set(NAMES[charset])
    # What is asked for are the bytes that the page has.
    assert all(one.path.isascii() and "%" in one.path for one in found.entries)


@pytest.mark.parametrize(
    ("charset", "names"),
    [
        ("Shift_JIS", ["表.wav", "a.wav", "フ.wav", "ソフト.wav", "十.wav"]),
        ("gb2312", ["拈a.wav", "b.wav", "繿.wav"]),
        ("windows-1251", ["ед.wav", "Аa.wav", "b.wav"]),
    ],
)
def test_a_letter_of_two_bytes_of_which_one_is_ascii_hides_no_row(charset: str, names: list[str]) -> None:
    codec = "gb18030" if charset == "gb2312" else charset
    rows = "".join(f"<li><a href='{quote(one, encoding=codec)}'>{one}</a> 2024-11-21 21:08 1000</li>" for one in names)
    page = f"<meta charset={charset}><title>Index of /rec/</title><h1>Index of /rec/</h1><ul>{rows}</ul>"
    found = recognise(page.encode(codec), HOST + "/rec/")
    assert isinstance(found, Listing)
    assert [(one.name, one.path) for one in found.entries] == [(n, f"/rec/{quote(n, encoding=codec)}") for n in names]


@pytest.mark.parametrize("label", ["utf-8", "no-such-charset", "unicode_escape", "base64"])
def test_a_charset_that_says_nothing_changes_no_name(label: str) -> None:
    assert charset_of(f"<meta charset={label}>".encode(), "") == ""
    assert {one.name.isascii() for one in in_bytes("windows-1251", label).entries} == {False}


def test_names_in_utf_8_stay_what_they_are_whatever_the_page_says() -> None:
    page = (
        "<meta charset=windows-1251><title>/rec/</title><h1>/rec/</h1><li><a href='löner.xls'>löner.xls</a> 88 KB</li>"
    )
    found = recognise(page.encode(), HOST + "/rec/", [("Content-Type", "text/html; charset=koi8-r")])
    assert isinstance(found, Listing)
    assert [one.name for one in found.entries] == ["löner.xls"]


FORM = "<form action='{}'>{}</form>"
FORMS: dict[str, Callable[[str], str]] = {
    "address": lambda one: FORM.format(one, f"<input type=submit value='{one}'>"),
    "hidden": lambda one: FORM.format("get.php", f"<input type=hidden name=file value='{one}'><button>Get</button>"),
    "button": lambda one: FORM.format("get", f"<label>{one}</label><button name=f value='{one}'>Get</button>"),
}


@pytest.mark.parametrize("kind", FORMS)
def test_forms_that_each_ask_for_a_file_are_read(kind: str) -> None:
    page = "<title>Filer</title><h1>Filer i /rec/</h1>" + "".join(map(FORMS[kind], ("avtal.pdf", "kunder.mdb")))
    assert shown(page) == ["f avtal.pdf", "f kunder.mdb"]
    assert shown("<title>Filer</title><h1>Filer i /rec/</h1>" + FORMS[kind]("Stockholm") + FORMS[kind]("Lund")) == []


HEADS = {"Size(KB)": 1024, "Size(MB)": 1024**2, "Größe[KB]": 1024, "Storlek/kB": 1024}


@pytest.mark.parametrize("head", HEADS)
def test_the_unit_of_a_header_counts_for_rows_without_links(head: str) -> None:
    rows = "".join(
        f"<tr><td><input type=checkbox name=file value='{n}'></td><td>{n}</td><td>{size}</td></tr>"
        for n, size in (("P1103_0814.avi", 10240), ("P1103_0901.avi", 512))
    )
    page = (
        f"<title>SD Card</title><form><table><tr><th></th><th>File name</th><th>{head}</th></tr>{rows}</table></form>"
    )
    worth = HEADS[head]
    assert shown(page, "/sd/") == [f"f P1103_0814.avi {10240 * worth}", f"f P1103_0901.avi {512 * worth}"]


def test_what_stands_before_a_button_is_said_of_its_file() -> None:
    rows = "".join(
        f"<li>{n} ({size} MB) <button onclick=\"play('/mnt/{n}')\">Play</button></li>"
        for n, size in (("20241103_081412.mp4", 12), ("20241103_091412.mp4", 13))
    )
    page = f"<title>SD card files</title><h3>SD card files</h3><ul>{rows}</ul>"
    assert shown(page) == [f"f 20241103_081412.mp4 {12 << 20}", f"f 20241103_091412.mp4 {13 << 20}"]


EMPTY = (
    "このフォルダーは空です",
    "此文件夹为空",
    "폴더가 비어 있습니다",
    "Папка пуста",
    "هذا المجلد فارغ",
    "Bu klasör boş",
    "Thư mục trống",
)


@pytest.mark.parametrize("said", EMPTY)
def test_an_empty_folder_says_so_in_many_languages(said: str) -> None:
    page = "<title>/rec/</title><h1>/rec/</h1><table><tr><th>Name</th><th>Size</th><th>Date</th></tr>{}</table>"
    found = recognise(page.format(f"<tr><td colspan=3>{said}</td></tr>").encode(), HOST + "/rec/")
    assert isinstance(found, Listing), found
    assert (found.entries, found.claimed) == ((), True)
    assert not isinstance(recognise(page.format("<tr><td>Ленин</td></tr>").encode(), HOST + "/rec/"), Listing)


@pytest.mark.parametrize(
    "said",
    [
        "Please sign in to see your files.",
        "Sie haben keine Berechtigung für diesen Ordner.",
        "Ett fel uppstod när listan lästes in.",
        "No products found.",
    ],
)
def test_a_table_without_rows_beside_words_that_say_why_is_no_empty_folder(said: str) -> None:
    page = "<title>Files</title><table><tr><th>Name</th><th>Size</th><th>Modified</th></tr></table>{}"
    assert isinstance(recognise(page.format("").encode(), HOST + "/files/"), Listing)
    assert isinstance(recognise(page.format(f"<p>{said}</p>").encode(), HOST + "/files/"), NoListing)


def test_decimals_behind_a_comma_are_read_in_data() -> None:
    rows = '{"namn": "a.xls", "storlek": "88,2 kB"}, {"namn": "b.csv", "storlek": "4,6 kB"}'
    data = f'{{"mappar": [{{"namn": "Avtal"}}], "filer": [{rows}]}}'
    assert shown(data) == ["d Avtal", f"f a.xls {round(88.2 * 1024)}", f"f b.csv {round(4.6 * 1024)}"]


@pytest.mark.parametrize(
    ("charset", "head", "unit", "name"),
    [
        ("windows-1251", "Имя Размер Дата", "Кб", "отчёт 1.doc"),
        ("koi8-r", "Имя Размер Дата", "Кб", "отчёт 1.doc"),
        ("Shift_JIS", "名前 サイズ 更新日", "キロバイト", "ソフト表.zip"),
    ],
)
def test_units_are_read_in_the_charset_of_a_page_whose_links_have_bytes_of_it(
    charset: str, head: str, unit: str, name: str
) -> None:
    header = "".join(f"<td>{word}</td>" for word in head.split())
    rows = "".join(
        f"<tr><td><a href={quoted}>{one}</a></td><td>12 {unit}</td><td>2011-02-03</td></tr>"
        for one, quoted in ((name, f'"{name}"'), ("b.wav", "b.wav"))
    )
    page = f"<meta charset={charset}><title>x</title><table><tr>{header}</tr>{rows}</table>"
    found = recognise(page.encode(charset), HOST + "/rec/")
    assert isinstance(found, Listing)
    assert sorted(entries(found)) == sorted([f"f {name} 12288", "f b.wav 12288"])
    assert {one.path for one in found.entries} == {"/rec/b.wav", "/rec/" + quote(name.encode(charset))}


MIXED = ["Имя", "Размер", "Дата"], ("отчёт 1.doc", "договор.pdf")


@pytest.mark.parametrize(
    "row", ["<tr onclick=\"get('{0}')\"><td>{0}</td><td>12 Кб</td><td>2011-02-03</td></tr>", "{0}"]
)
@pytest.mark.parametrize("link", ["", '<a href="../вверх/">вверх</a>', '<a href="/%EF%EE/">вверх</a>'])
def test_names_of_scripts_are_asked_in_the_bytes_of_their_page_whatever_its_links_have(row: str, link: str) -> None:
    head, names = MIXED
    header = "".join(f"<th>{word}</th>" for word in head)
    if row == "{0}":
        made = ", ".join(f'{{"name": "{one}", "size": 12288, "type": "file"}}' for one in names)
        body = f"<script>var files = [{made}];</script>"
    else:
        body = f"<table><tr>{header}</tr>{''.join(row.format(one) for one in names)}</table>"
    page = f"<meta charset=windows-1251><title>Index of /rec/</title><h1>Index of /rec/</h1>{link}{body}"
    found = recognise(page.encode("windows-1251"), HOST + "/rec/")
    assert isinstance(found, Listing)
    assert sorted(entries(found)) == sorted(f"f {one} 12288" for one in names)
    assert {one.path for one in found.entries} == {f"/rec/{quote(one, encoding='windows-1251')}" for one in names}


@pytest.mark.parametrize(
    "body",
    [
        '<script>var files = [{"name": "\\u043e.pdf", "size": 12288}, {"name": "b.wav", "size": 12288}];</script>',
        '<li><a href="%d0%be.pdf">о.pdf</a> 12 Кб</li><li><a href="b.wav">b.wav</a> 12 Кб</li>',
    ],
)
def test_letters_that_a_script_or_a_link_escapes_are_asked_in_utf_8(body: str) -> None:
    page = f"<meta charset=windows-1251><title>Index of /rec/</title><h1>Файлы</h1>{body}"
    found = recognise(page.encode("windows-1251"), HOST + "/rec/")
    assert isinstance(found, Listing)
    assert sorted(entries(found)) == ["f b.wav 12288", "f о.pdf 12288"]
    assert {one.path.lower() for one in found.entries} == {"/rec/b.wav", "/rec/%d0%be.pdf"}


def test_the_folder_that_was_asked_for_keeps_its_bytes_and_a_cut_letter_ends_no_link() -> None:
    rows = b"".join(
        b'<li><a href="%s">%s</a> 88 KB</li>' % (one, one) for one in (b"b\x83.xls", b"a\x87\x90.wav", b"\x83")
    )
    page = b"<meta charset=shift_jis><title>Index of /\x95\x5c/</title><ul>" + rows + b"</ul>"
    found = recognise(page, HOST + "/%E8%A1%A8/")
    assert isinstance(found, Listing)
    assert [one.path for one in found.entries] == ["/%E8%A1%A8/b%83.xls", "/%E8%A1%A8/a%87%90.wav", "/%E8%A1%A8/%83"]


@pytest.mark.parametrize(("charset", "names"), [("windows-1251", MIXED[1]), ("iso-8859-1", ("löner.xls", "å.wav"))])
def test_xml_is_read_in_the_charset_of_its_header(charset: str, names: tuple[str, ...]) -> None:
    rows = "".join(f'<file mtime="2011-02-03T10:00:00Z" size="12288">{one}</file>' for one in names)
    page = f'<?xml version="1.0" encoding="{charset}"?><list>{rows}</list>'.encode(charset)
    found = recognise(page, HOST + "/rec/", [("Content-Type", f"text/xml; charset={charset}")])
    assert isinstance(found, Listing)
    assert sorted(entries(found)) == sorted(f"f {one} 12288" for one in names)
    assert {one.path for one in found.entries} == {f"/rec/{quote(one, encoding=charset)}" for one in names}
