"""What a site publishes from a page of its own, beside the folder that it looks like: releases, offers, tables of
counts, views of source code; and marks of kinds that stand in the text of a link."""

from __future__ import annotations

import json

import pytest

from tests.probes.recognise.test_kinds_of_pages import shown
from tests.probes.recognise.test_unlike import claimed, table

FILES = ("a.pdf", "b.pdf", "c.pdf")


NOTICE = "<p>Come and see us on Monday evening</p>" * 4


@pytest.mark.parametrize(
    ("head", "numbers"),
    [
        ("Week,Slides", ("1", "2", "3")),
        ("Built,Drawing", ("2001", "2003", "1998")),
        ("Tests,Report", ("12", "8", "131")),
    ],
)
def test_small_numbers_and_years_beside_names_are_no_sizes(head: str, numbers: tuple[str, ...]) -> None:
    def page(title: str, values: tuple[str, ...]) -> str:
        rows = [
            f'<td>{value}</td><td><a href="{name}">{name}</a></td>' for value, name in zip(values, FILES, strict=True)
        ]
        return NOTICE + table(head, rows).replace("Arkiv", title)

    assert not claimed(page("A course", numbers), "/kurs/")
    assert claimed(page("Index of /kurs/", numbers), "/kurs/")
    assert claimed(page("A course", tuple(f"{one} kB" for one in numbers)), "/kurs/")


def test_small_numbers_are_sizes_where_the_header_or_a_date_says_so() -> None:
    cells = '<td><a href="{0}">{0}</a></td><td>{1}</td>'
    rows = [cells.format(name, size) for name, size in zip(FILES, (12, 331, 7), strict=True)]
    listed = ["f a.pdf 12", "f b.pdf 331", "f c.pdf 7"]
    assert shown(table("File,Size", rows), "/kurs/") == listed
    dated = [f"{row}<td>2024-11-03 08:14</td>" for row in rows]
    assert shown(table("a,b,c", dated), "/kurs/") == listed


@pytest.mark.parametrize(
    "head", ["File name,Kind,OS,Size", "File,Architecture,Type,Size", "Dateiname,Art,Plattform,Größe"]
)
def test_a_header_of_systems_is_that_of_a_release(head: str) -> None:
    def page(second: str, third: str, head: str) -> str:
        rows = [
            f'<td><a href="{name}">{name}</a></td><td>{second}</td><td>{third}</td><td>{size} MB</td>'
            for name, size in (("tool-1.2-a.tar.gz", 12), ("tool-1.2-b.msi", 13), ("tool-1.2-c.zip", 14))
        ]
        return table(head, rows)

    assert not claimed(page("Archive", "Linux", head), "/dl/")
    assert claimed(page("Archive", "Linux", head).replace("Arkiv", "Index of /dl/"), "/dl/")
    assert claimed(page("Archive", "2024-11-03", "File name,Kind,Changed,Size"), "/dl/")


OFFERS = (
    "<p>{said}</p><ul>{rows}</ul>",
    "<p>{said}</p><table>{rows}</table>",
    "{rows}<p>{said}</p>",
)
ROW = {"<ul>": "<li>{0} ({1} kB)", "<table>": "<tr><td>{0}</td><td>{1} kB</td></tr>", "": "{0} {1} kB<br>"}


@pytest.mark.parametrize("shape", OFFERS)
def test_sentences_beside_documents_and_archives_offer_them(shape: str) -> None:
    def page(names: tuple[str, ...], said: str, title: str = "A tool") -> str:
        kind = next(one for one in ROW if one in shape)
        rows = "".join(ROW[kind].format(f'<a href="{name}">{name}</a>', 88 + at * 100) for at, name in enumerate(names))
        return f"<title>{title}</title><h1>{title}</h1>{shape.format(said=said, rows=rows)}"

    said = "The current version is 2.3, and you should read what changed in it before you upgrade."
    releases = ("tool-2.3.tar.gz", "tool-2.3.zip", "manual.pdf")
    assert not claimed(page(releases, said), "/tool/download.html")
    assert claimed(page(releases, "Files"), "/tool/download.html")
    assert claimed(page(releases, said, "Index of /tool/"), "/tool/")
    assert claimed(page(("calls.wav", "dump.sql", "manual.pdf"), said), "/tool/download.html")


def test_packages_with_a_page_each_are_no_files_whatever_one_of_them_ends_in() -> None:
    def page(*names: str, ending: str = ".html") -> str:
        rows = [f'<td><a href="{name}{ending}">{name}</a></td><td>{at + 1}</td>' for at, name in enumerate(names)]
        return table("Package,Tests", rows)

    assert not claimed(page("com.acme", "com.acme.db", "org.util"), "/tests/")
    assert not claimed(page("app.core", "app.zip", "app.views"), "/tests/")
    assert claimed(page("a.wav", "b.db", "c.zip", ending=""), "/tests/")


@pytest.mark.parametrize("words", [("log", "plain"), ("log", "blame"), ("history", "raw")])
def test_rows_of_source_code_lead_to_a_history_and_files_to_their_text(words: tuple[str, str]) -> None:
    def page(first: str, second: str) -> str:
        folder = (
            f'<td>d---------</td><td><a href="src">src</a></td><td></td><td><a href="/t/{first}/src">{first}</a></td>'
        )
        rows = [
            f'<td>-rw-r--r--</td><td><a href="{name}">{name}</a></td><td>{size}</td>'
            f'<td><a href="/t/{first}/{name}">{first}</a> <a href="/t/{second}/{name}">{second}</a></td>'
            for name, size in (("COPYING", 18092), ("main.c", 9221))
        ]
        return table("Mode,Name,Size,", [folder, *rows])

    assert not claimed(page(*words), "/tool/tree/")
    assert claimed(page("copy", "move"), "/tool/tree/")


@pytest.mark.parametrize("view", ["view=log", "revision=9&amp;view=markup", "view=annotate"])
def test_a_view_of_revisions_is_of_source_code_under_any_title(view: str) -> None:
    def page(query: str) -> str:
        sorts = "".join(f'<td><a href="?sortby={one}">{one}</a></td>' for one in ("file", "rev", "date"))
        rows = "".join(
            f'<tr><td><a href="{name}{query}">{name}</a></td><td>{at}</td><td>2 years</td></tr>'
            for at, name in enumerate(("Makefile", "main.c", "util.c"))
        )
        up = '<tr><td><a href="..">Parent Directory</a></td><td></td><td></td></tr>'
        return f"<title>Index of /viewvc/trunk</title><table><tr>{sorts}</tr>{up}{rows}</table>"

    assert not claimed(page(f"?{view}"), "/viewvc/trunk/")
    assert claimed(page(""), "/viewvc/trunk/")


@pytest.mark.parametrize(
    ("mark", "other"), [("[DIR]  ", "[TXT]  "), ("(DIR) ", "(BIN) "), ("&lt;DIR&gt; ", "&lt;FILE&gt; ")]
)
def test_a_mark_in_the_text_of_a_link_is_no_part_of_the_name(mark: str, other: str) -> None:
    lines = "\n".join(
        f'<a href="/gw/1/texts/{name}">{before}{name}</a>'
        for before, name in ((mark, "zines"), (other, "phrack"), (other, "about.txt"))
    )
    page = f"<title>Gopher menu: /gw/1/texts/</title><pre>\n{lines}\n</pre>"
    assert shown(page, "/gw/1/texts/") == ["d zines", "f about.txt", "f phrack"]
    named = page.replace(f"{other}phrack", "[txt] phrack").replace("/texts/phrack", "/texts/%5Btxt%5D%20phrack")
    assert "f [txt] phrack" in shown(named, "/gw/1/texts/")


@pytest.mark.parametrize(
    "row",
    [
        '<li><a href="{0}/">{0}</a> <span>(143 files, 12.3 GB)</span></li>',
        '<li><a href="{0}/">{0}</a> – 88 items, 1 GB</li>',
        '<li><a href="{0}/">{0}</a> [12 filer; 7,2 MB]</li>',
    ],
)
def test_what_a_folder_holds_says_that_it_is_one(row: str) -> None:
    days = ("2024-02-10", "2024-02-11", "2024-02-12")
    page = "<title>Recordings / cam2</title><ul>" + "".join(row.format(day) for day in days) + "</ul>"
    assert shown(page, "/rec/cam2/") == [f"d {day}" for day in days]
    goods = "".join(f'<li><a href="{one}/">{one}</a> (12 items)</li>' for one in ("shoes", "hats", "coats", "bags"))
    assert not shown(f"<title>Our shop</title><h1>Categories</h1><ul>{goods}</ul>", "/shop/")


def test_kinds_that_are_neither_file_nor_folder_are_of_something_else() -> None:
    def data(kind: str, *names: str) -> str:
        rows = [
            {"name": name, "type": kind, "size": 3 + at, "modified": "2020-01-01T00:00:00Z"}
            for at, name in enumerate(names)
        ]
        return json.dumps({"items": rows})

    people = ("anna.smith", "bob.jones")
    assert not claimed(data("user", *people), "/api/users")
    assert not claimed(data("Person", *people), "/api/users")
    assert claimed(data("file", *people), "/api/users")
    assert claimed(data("recording", "anna.wav", "bob.wav"), "/api/users")


def test_a_table_without_links_and_kinds_is_of_anything() -> None:
    def page(head: str) -> str:
        rows = [
            f"<td>{hits}</td><td>{size} KB</td><td>/var/www/{name}</td>"
            for hits, size, name in ((122, 12, "index.php"), (33, 8, "db.php"), (9, 33, "load.php"))
        ]
        return table(head, rows).replace("Arkiv", "Cache")

    assert not claimed(page("Hits,Memory,Path"), "/opcache.php")


TITLES = ("Noten", "NOTEN", "Unsere Noten")


@pytest.mark.parametrize("title", TITLES)
def test_what_people_call_a_part_of_a_site_is_no_path(title: str) -> None:
    rows = "".join(f'<li>{at}. <a href="{name}">{name}</a></li>' for at, name in enumerate(FILES))

    def page(said: str) -> str:
        return f"<title>{said}</title>{NOTICE}<ul>{rows}</ul>"

    assert not claimed(page(title), "/noten/")
    assert claimed(page("noten"), "/noten/")
    assert claimed(page("Our files / noten"), "/noten/")


@pytest.mark.parametrize(
    ("head", "cells"),
    [
        ("Composer,Work,File", "<td>Bach</td><td>Jesu meine Freude</td><td>{0}</td>"),
        ("File,What it is,Year", "<td>{0}</td><td>Jesu meine Freude</td><td>2003</td>"),
        ("Title,File,Size", "<td>Jesu meine Freude</td><td>{0}</td><td>44 KB</td>"),
    ],
)
def test_a_table_that_says_in_words_what_each_document_is(head: str, cells: str) -> None:
    def page(cells: str, names: tuple[str, ...], head: str = head) -> str:
        return table(head, [cells.format(f'<a href="{name}">{name}</a>') for name in names])

    names = ("bach.pdf", "brahms.zip", "reger.doc")
    assert not claimed(page(cells, names), "/noten/")
    assert claimed(page(cells, names).replace("Arkiv", "Index of /noten/"), "/noten/")
    sent = "<td>{0}</td><td>Bach</td><td>44 KB</td><td>2024-11-03</td>"
    assert claimed(page(sent, names, "File,By,Size,Changed"), "/noten/")
    assert claimed(page("<td>Bach</td><td>{0}</td><td>2024-11-03</td>", names, "Applicant,File,Uploaded"), "/noten/")
    assert claimed(page("<td>{0}</td><td>44 KB</td>", names, "File,Size"), "/noten/")


def test_several_files_of_one_row_are_a_release() -> None:
    def page(*endings: str) -> str:
        items = "".join(
            f"<li>2.{at} ({2020 - at}-03-01): "
            + ", ".join(
                f'<a href="lib-2.{at}{end}">{shown_as}</a>' for end, shown_as in zip(endings, shows, strict=False)
            )
            for at, shows in ((at, (f"lib-2.{at}.tar.gz", "signature", "news")) for at in range(3))
        )
        return f"<title>A library</title><ul>{items}</ul>"

    assert not claimed(page(".tar.gz", ".tar.gz.sig", ".news"), "/lib/")
    films = page(".tar.gz", ".tar.gz.sig", ".news").replace("tar.gz", "mp4")
    assert claimed(films, "/lib/")
    assert claimed(page(".tar.gz"), "/lib/")


@pytest.mark.parametrize("row", ['<li><a href="{0}/">{0}</a> (12)</li>', '<a href="{0}/">{0}</a> 8 <br>'])
def test_tags_called_as_files_end_are_no_files(row: str) -> None:
    names = ("python", "node.js", "asp.net")
    page = "<title>Tags</title><ul>" + "".join(row.format(name) for name in names) + "</ul>"
    assert not claimed(page, "/tags/")
    assert claimed(page.replace("Tags", "Index of /tags/"), "/tags/")


def test_jobs_of_which_one_is_called_as_a_file() -> None:
    def page(*names: str) -> str:
        rows = [f'<td><a href="{one}">{one}</a></td><td>import</td><td>2024-11-03 08:14</td>' for one in names]
        return table("Name,Type,Last run", rows)

    assert not claimed(page("import.csv", "mail.send", "db.vacuum"), "/admin/jobs/")
    assert claimed(page("a.wav", "b.sql", "c.pdf"), "/admin/jobs/")


@pytest.mark.parametrize(
    "around",
    ["<pre><code>{}</code></pre>", "<pre>{}</pre><table><tr><td>-l<td>long</table>", "<pre>{}</pre><ul><li>-l"],
)
def test_an_example_in_a_page_about_a_command_is_no_listing(around: str) -> None:
    lines = "".join(f"-rw-r--r-- 1 root root 122 Jan  2 10:11 {name}\n" for name in ("a.txt", "b.conf"))
    assert not claimed("<title>ls</title><h1>ls</h1>" + around.format(lines), "/learn/ls")
    assert claimed(f"<title>ls</title><h1>ls</h1><pre>{lines}</pre>", "/learn/ls")


@pytest.mark.parametrize("title", ["Newsletter {}", "Protokoll {}", "{} Report"])
def test_titles_of_documents_without_their_endings(title: str) -> None:
    def page(said: str, ending: str, kind: str = "pdf") -> str:
        names = [title.format(at) for at in (11, 12, 14, 15)]
        rows = "".join(f'<li><a href="{name}.{kind}">{name}{ending}</a>' for name in names)
        return f"<title>{said}</title><ul>{rows}</ul>"

    assert not claimed(page("From our school", ""), "/letters/")
    assert claimed(page("From our school", ".pdf"), "/letters/")
    assert claimed(page("Index of /letters/", ""), "/letters/")
    assert claimed(page("From our school", "", "wav"), "/letters/")


@pytest.mark.parametrize(
    ("folder", "file"),
    [
        ("FILE_INFO_TYPE_DIRECTORY", "FILE_INFO_TYPE_FILE"),
        ("TYPE_FOLDER", "TYPE_FILE"),
        ("ENTRY_DIR", "ENTRY_FILE"),
    ],
)
def test_a_kind_of_an_enumeration_ends_in_its_word(folder: str, file: str) -> None:
    rows = [
        {"name": name, "size": 128, "modTime": "2020-01-02T10:11:12Z", "type": kind}
        for name, kind in (("docs", folder), ("cv.pdf", file))
    ]
    assert shown(json.dumps(rows), "/browse") == ["d docs", "f cv.pdf 128"]
    assert not claimed(
        json.dumps(
            [{**row, "name": name, "type": "USER_ACCOUNT"} for row, name in zip(rows, ("a.b", "c.d"), strict=True)]
        )
    )


def test_checksums_that_a_page_shows_are_of_a_release() -> None:
    lines = "".join(f"{at:032x}  tool-2.1.{end}\n" for at, end in ((11, "zip"), (12, "tar.gz"), (13, "msi")))
    page = f"<title>Checksums</title><p>For those who asked:</p><pre>{lines}</pre>"
    assert not claimed(page, "/forum/7")
    assert claimed(page.replace("Checksums", "Index of /forum/7"), "/forum/7")
    assert claimed(lines, "/MD5SUMS")


@pytest.mark.parametrize("names", [("app.log.1", "app.log.2", "app.log.3"), ("mail.log.1", "web.log.2.gz", "db.log.3")])
@pytest.mark.parametrize("row", ['<div><a href="{0}">{0}</a> 10 MB</div>', '<li><a href="{0}">{0}</a> (10 MB)', "{1}"])
def test_logs_that_were_put_aside_are_files(names: tuple[str, ...], row: str) -> None:
    cell = '<tr><td><a href="{0}">{0}</a><td>10 MB</tr>'
    rows = "".join(row.format(name, cell.format(name)) for name in names)
    page = f"<title>logs</title>{'<table>' if row == '{1}' else ''}{rows}"
    assert shown(page, "/logs/") == [f"f {name} 10485760" for name in sorted(names)]
    versions = rows
    for name in names:
        versions = versions.replace(name, name.replace(".log.", ".").removesuffix(".gz"))
    assert not shown(f"<title>Versions</title><ul>{versions}</ul>", "/logs/")


@pytest.mark.parametrize(
    "mode", ["-rw-r--r--    1 root     root ", "-rw-r--r-- 1 www-data www-data", "-rw-------  2 a  b "]
)
def test_the_columns_of_ls_need_no_header_wherever_the_links_lead(mode: str) -> None:
    def page(mode: str) -> str:
        rows = "\n".join(
            f'{mode}  {size} Jan  2 10:11 <a href="/mnt/{name}">{name}</a>'
            for name, size in (("a.pdf", 1122), ("b.db", 881))
        )
        return f"<title>Disk</title><pre>\n{rows}\n</pre>"

    assert shown(page(mode), "/cgi-bin/ls") == ["f a.pdf 1122", "f b.db 881"]
    assert not shown(page(""), "/cgi-bin/ls")


def test_data_about_what_a_site_publishes_and_trees_of_git() -> None:
    def data(**more: object) -> str:
        rows = [
            {"name": name, "path": name, "size": 881 + at, "modified": "2020-01-02T10:11:12Z", **more}
            for at, name in enumerate(("a.pdf", "b.pdf"))
        ]
        return json.dumps({"items": rows})

    assert claimed(data(), "/api/files")
    assert not claimed(data(slug="a-report", mime_type="application/pdf"), "/wp-json/wp/v2/media")
    assert not claimed(data(slug="b"), "/api/media")
    assert not claimed(data(type="blob", mode="100644"), "/api/v4/projects/7/repository/tree")
    assert claimed(data(type="file", mode="0644"), "/api/files")


@pytest.mark.parametrize(
    "one",
    [
        '<log file="app.log" size="10MB"/>',
        "<log><file>app.log</file><size>10MB</size></log>",
        '<key path="/etc/ks.p12" size="2048"/>',
    ],
)
def test_one_element_of_a_configuration_is_no_folder(one: str) -> None:
    assert not claimed(f'<?xml version="1.0"?><config>{one}<theme>dark</theme></config>', "/config.xml")
    two = one.replace("app", "web").replace("/ks", "/web")
    assert claimed(f'<?xml version="1.0"?><files>{one}{two}</files>', "/files.xml")
    assert claimed(f'<?xml version="1.0"?><files path="/rec/">{one}</files>', "/rec/")


@pytest.mark.parametrize(
    "folder",
    [
        '<li><a href="#">{0}</a><ul>{1}</ul></li>',
        "<li><details><summary>{0}</summary><ul>{1}</ul></details></li>",
        '<li class="d"><a href="#" onclick="t(this)">{0}</a>\n <ul class="in">{1}</ul>',
    ],
)
def test_a_tree_names_its_folders_by_what_opens_them(folder: str) -> None:
    def tree(said: str, *names: str) -> str:
        rows = "".join(
            folder.format(name, f'<li><a href="./{name}/{end}">{end}</a></li>')
            for name, end in zip(names, ("pay.pdf", "pw.txt"), strict=True)
        )
        files = "".join(f'<li><a href="./{name}">{name}</a></li>' for name in ("all.zip", "readme.doc"))
        return f"<title>{said}</title><ul>{rows}{files}</ul>"

    assert shown(tree("File tree", "hr", "it"), "/docs/") == ["d hr", "d it", "f all.zip", "f readme.doc"]
    assert not claimed(
        tree("Our shop", "hats", "coats")
        .replace("pay.pdf", "felt")
        .replace("pw.txt", "wool")
        .replace("all.zip", "sale")
        .replace("readme.doc", "help"),
        "/shop/",
    )
