"""What a site offers says so in each row: when it applies, which version it is, where an editor put it."""

from __future__ import annotations

import json

import pytest

from tests.probes.recognise.test_kinds_of_pages import shown
from tests.probes.recognise.test_unlike import claimed, pictures, table

NAMES = ("a1.xls", "b2.xls", "c3.xls", "d4.xls")


def lines(said: str, names: tuple[str, ...] = NAMES, title: str = "Lists") -> str:
    """One line for each file, with what is said of it and a date."""
    rows = "".join(f'<p><a href="list/{one}">{one}</a> - {said} 0{at}.03.2008</p>' for at, one in enumerate(names, 1))
    return f"<title>{title}</title><h2>{title}</h2>{rows}"


@pytest.mark.parametrize(
    "said",
    [
        "valid from",
        "gyldig fra",
        "gäller från",
        "gültig ab",
        "valable à partir du",
        "válido desde",
        "действует с",
        "due",
    ],
)
def test_dates_from_which_something_applies_are_of_no_file(said: str) -> None:
    assert not claimed(lines(said), "/prices.htm")
    assert claimed(lines(""), "/prices.htm")
    assert claimed(lines("changed"), "/prices.htm")
    assert claimed(lines(said, title="Index of /prices/"), "/prices/")
    assert claimed(lines(said, ("a1.wav", "b2.wav", "c3.sql", "d4.wav")), "/prices.htm")


@pytest.mark.parametrize("said", ["Version 1.{}", "version: v2.{}.1", "Версия 1.{}", "Release 7.{}"])
def test_rows_that_each_say_a_version_are_releases(said: str) -> None:
    def page(said: str, names: tuple[str, ...] = ("ctl105.hex", "ctl106.hex", "ctl110.zip")) -> str:
        cell = '<tr><td><a href="fw/{0}">{0}</a></td><td>{1}</td><td>12-Mar-2007</td><td>44K</td></tr>'
        rows = "".join(cell.format(name, said.format(at)) for at, name in enumerate(names))
        return f"<title>Firmware</title><h1>Firmware</h1><table>{rows}</table>"

    assert not claimed(page(said), "/firmware.html")
    assert claimed(page("ann"), "/firmware.html")
    assert claimed(page(said, ("a.sql", "b.wav", "c.zip")), "/firmware.html")
    assert claimed(page(said).replace(">Firmware<", ">Index of /fw/<"), "/fw/")
    assert claimed(page("2020-01-02", tuple(f"Version 1.{at}.bin" for at in range(3))), "/firmware.html")


@pytest.mark.parametrize("store", ["/wp-content/uploads/2021/", "/sites/default/files/", "/fileadmin/doc/"])
def test_documents_in_the_store_of_a_system_that_a_page_elsewhere_shows(store: str) -> None:
    def page(*names: str) -> str:
        rows = [
            f'<td><a href="{store}{name}">{name}</a></td><td>0{at}/05/2021</td><td>{at * 110} KB</td>'
            for at, name in enumerate(names, 1)
        ]
        return table("File,Date,Size", rows)

    documents = ("pliego_1.pdf", "pliego_2.pdf", "pliego_3.zip", "pliego_4.doc")
    assert not claimed(page(*documents), "/licitaciones")
    assert claimed(page(*documents), store)
    assert claimed(page("a.wav", "b.sql", "c.mp3", "d.doc"), "/licitaciones")
    assert claimed(page(*documents).replace(store, "/archive/2021/"), "/licitaciones")


@pytest.mark.parametrize("said", ["Click to enlarge", "Clicca per ingrandire", "Klicka för att förstora bilden"])
def test_small_pictures_that_a_page_offers_to_enlarge(said: str) -> None:
    assert claimed(pictures("boat{}.jpg"))
    assert not claimed(pictures("boat{}.jpg") + f"<p>{said}.</p>")
    framed = pictures("boat{}.jpg").replace("Our boat", "Index of /arkiv/")
    assert claimed(framed + f"<p>{said}.</p>")


def test_the_letters_of_a_small_picture_are_no_mark_of_a_kind() -> None:
    notice = "<p>The pictures below were taken by our members in May, from the bridge and the tower.</p>"

    def page(picture: str) -> str:
        rows = "".join(
            f'<li><a href="IMG_{at}.jpg"><img src="{picture.format(at)}"></a> IMG_{at}.jpg' for at in range(1000, 1006)
        )
        return f"<title>Marathon</title>{notice}<ul>{rows}</ul>"

    assert not claimed(page("thumb_IMG_{}.jpg"), "/2005/")
    assert claimed(page("/icons/img.gif"), "/2005/")


@pytest.mark.parametrize("path", ["/attachment/ticket/12/", "/Ticket/Attachment/9/71/", "/attachments/download/8/"])
def test_attachments_of_other_trackers(path: str) -> None:
    def page(path: str) -> str:
        cell = '<li><a href="{0}{1}">{1}</a> (3 KB) 2015-02-11 10:11'
        return "<title>Crash</title><ul>" + "".join(cell.format(path, one) for one in ("a.log", "b.patch", "c.png"))

    assert not claimed(page(path), "/show/12")
    assert claimed(page("/show/"), "/show/")


@pytest.mark.parametrize("endings", [("-setup.exe", ".zip"), (".dwg", ".step"), ("_a.pdf", "_b.pdf", "_c.pdf")])
def test_several_files_in_a_row_beside_what_they_are_of(endings: tuple[str, ...]) -> None:
    def page(first: str, title: str = "Arkiv", tail: str = "") -> str:
        rows = [
            f"<td>{first.format(at)}</td>"
            + "".join(f'<td><a href="part{at}{end}{tail}">part{at}{end}{tail}</a></td>' for end in endings)
            for at in (10, 11, 12)
        ]
        return table(",".join(["Part", *endings]), rows).replace("Arkiv", title)

    assert not claimed(page("part {}"), "/cad")
    assert claimed(page("part {}", "Index of /cad/"), "/cad/")
    assert claimed(page("", "cad"), "/cad/")
    assert claimed(page("part {}", tail=".wav"), "/cad")


@pytest.mark.parametrize("shape", ["<div>{0}{1}</div>", "<section>{1}{0}</section>"])
def test_documents_with_a_heading_each(shape: str) -> None:
    def page(said: str, ending: str = "pdf") -> str:
        cards = "".join(
            shape.format(f"<h4>{said.format(one)}</h4>", f'<a href="{one}.{ending}">{one}.{ending}</a> <i>1,4 MB</i>')
            for one in ("reykjavik", "akureyri", "vik")
        )
        return f"<title>Kort</title><h1>Kort</h1>{cards}"

    assert not claimed(page("The town of {}"), "/maps/")
    assert claimed(page("{}.pdf"), "/maps/")
    assert claimed(page("{}"), "/maps/")
    assert claimed(page("The town of {}", "wav"), "/maps/")
    aside = "<h3>Search</h3><h3>Recent</h3><h3>Help</h3><h3>About</h3>"
    assert claimed(page("{}.pdf") + aside, "/maps/")
    assert claimed(page("The town of {}").replace(">Kort<", ">Index of /maps/<"), "/maps/")


@pytest.mark.parametrize(
    "head",
    ["Product,File,Date", "제품,File,Date", "Subject,File,Date,조회", "Sessão,File,Date", "Tender,File,Closing date"],
)
def test_a_table_of_goods_meetings_or_of_what_was_read_has_dates(head: str) -> None:
    def page(head: str, names: tuple[str, ...] = ("a.pdf", "b.pdf", "c.zip")) -> str:
        rows = [
            f'<td>Acetone {at}</td><td><a href="{one}">{one}</a></td><td>2020-03-0{at}</td><td>{at * 90}</td>'
            for at, one in enumerate(names, 1)
        ]
        return table(head, rows)

    assert not claimed(page(head), "/sds/")
    assert claimed(page("Sender,File,Date"), "/sds/")
    assert claimed(page(head, ("a.wav", "b.wav", "c.sql")), "/sds/")


def test_words_beside_each_document_of_a_table_without_a_header() -> None:
    def page(*said: str) -> str:
        cell = '<tr><td><a href="f{1}.pdf">f{1}.pdf</a></td><td>Rev. {1}/2009</td><td>{0}</td></tr>'
        return "<title>Forms</title><table>" + "".join(cell.format(one, at) for at, one in enumerate(said, 1))

    def owned(owner: str) -> str:
        cell = '<tr><td><a href="f{0}.pdf">f{0}.pdf</a></td><td>{1}</td><td>{0} KB</td></tr>'
        return "<title>Forms</title><table>" + "".join(cell.format(at, owner) for at in (1, 2, 3))

    assert not claimed(page("Dog licence", "Building permit", "Well permit"), "/forms/index.html")
    assert claimed(owned("root"), "/forms/index.html")


def test_a_row_that_a_script_is_called_with_has_bytes_beside_what_rounds_them() -> None:
    calls = "".join(
        f'<script>addRow("f{at}.sql","f{at}.sql",0,{size},"{size / 1024:.1f} kB",1577872800,"1/1/20");</script>\n'
        for at, size in enumerate((1200, 33000, 12345))
    )
    page = f'<title>Index of /x/</title><h1>Index of /x/</h1><table></table><script>start("/x/");</script>{calls}'
    assert shown(page, "/x/") == ["f f0.sql 1200", "f f1.sql 33000", "f f2.sql 12345"]


@pytest.mark.parametrize("key", ["attachment", "file", "document"])
def test_papers_of_what_a_calendar_holds(key: str) -> None:
    def events(ending: str, *keys: str) -> str:
        rows = [
            dict(zip(keys, (f"Meeting {at}", f"2020-01-0{at}T10:00:00Z", f"2020-01-0{at}T11:00:00Z"), strict=True))
            | {key: f"agenda{at}.{ending}"}
            for at in (1, 2, 3)
        ]
        return json.dumps({"events": rows})

    assert not claimed(events("pdf", "title", "start", "end"), "/events.json")
    assert claimed(events("wav", "title", "start", "end"), "/events.json")
    assert claimed(events("pdf", "title", "created", "modified"), "/events.json")
