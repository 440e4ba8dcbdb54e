"""What stands above the rows decides whose they are: a path on the server's disk, a search, who added each, counts."""

from __future__ import annotations

import pytest

from tests.probes.recognise.test_kinds_of_pages import shown
from tests.probes.recognise.test_unlike import claimed, table

FAXES = ("fax000012.tif", "fax000013.tif", "fax000014.tif")
ROWS = {
    "p": '<p><a href="/fax/{0}">{0}</a> 41K Jun 3 11:02</p>',
    "ul": '<li><a href="/fax/{0}">{0}</a> (41 KB)</li>',
    "div": '<div><a href="/fax/{0}">{0}</a> <span>41 KB</span></div>',
    "table": '<tr><td><a href="/fax/{0}">{0}</a></td><td>41 KB</td><td><audio src="/fax/{0}"></audio></td></tr>',
}
AROUND = {"ul": "<ul>{}</ul>", "table": "<table><tr><th>Recording</th><th>Size</th><th>Listen</th></tr>{}</table>"}


def spool(shape: str, title: str, names: tuple[str, ...] = FAXES) -> str:
    """Files in another folder than the script that shows them, below `title`."""
    rows = "".join(ROWS[shape].format(name) for name in names)
    return f"<html><body><h1>{title}</h1>{AROUND.get(shape, '{}').format(rows)}</body></html>"


@pytest.mark.parametrize("shape", ROWS)
@pytest.mark.parametrize(
    "title",
    ["Listing of /var/spool/fax", "/srv/fax/in/", "D:\\Inetpub\\Fax", r"Folder: \\nas01\fax\2011"],
)
def test_files_below_a_path_of_the_disk_are_its_files(shape: str, title: str) -> None:
    found = shown(spool(shape, title), "/cgi-bin/list.sh")
    assert [one.split()[1] for one in found] == list(FAXES)


@pytest.mark.parametrize(
    "title", ["Our newest faxes", "/help/faxes", "How to read /var/spool/fax in ten steps", "Fax C: drive"]
)
@pytest.mark.parametrize("shape", ROWS)
def test_files_elsewhere_below_other_words_are_not_claimed(title: str, shape: str) -> None:
    assert not claimed(spool(shape, title), "/cgi-bin/list.sh")


def test_documents_without_sizes_below_a_path_of_the_disk_are_not_claimed() -> None:
    links = "".join(f'<li><a href="/man/{one}">{one}</a></li>' for one in ("passwd.html", "hosts.html", "fstab.html"))
    assert not claimed(f"<h1>Files in /usr/share/etc</h1><ul>{links}</ul>", "/man5/index.cgi")


FOUND = ("annual.pdf", "memo.pdf", "map.pdf")
RESULTS = {
    "ol": '<li><a href="/files/{0}">{0}</a><br>... the report of ... <small>1.1 MB - 2012-01-01</small></li>',
    "table": '<tr><td><a href="/files/{0}">{0}</a></td><td>1.1 MB</td><td>2012-01-01</td></tr>',
    "div": '<div class="hit"><a href="/files/{0}">{0}</a> <span>1.1 MB</span> <span>2012-01-01</span></div>',
}


def results(shape: str, heading: str) -> str:
    """Documents with sizes and dates below a heading."""
    rows = "".join(RESULTS[shape].format(name) for name in FOUND)
    head = "<tr><th>Name</th><th>Size</th><th>Date</th></tr>" if shape == "table" else ""
    return f"<html><title>{heading}</title><body><h1>{heading}</h1><{shape}>{head}{rows}</{shape}></body></html>"


@pytest.mark.parametrize("shape", RESULTS)
@pytest.mark.parametrize(
    ("query", "heading"),
    [
        ("q=pdf", '3 results for "pdf"'),
        ("search=pdf", "Search: pdf"),
        ("query=pdf&lang=sv", "Sökresultat"),
        ("suche=pdf", "3 Treffer"),
        ("s=annual+report", "Search: Annual report"),
        ("keyword=pdf", "搜索结果"),
    ],
)
def test_what_a_search_found_is_no_folder(shape: str, query: str, heading: str) -> None:
    assert not claimed(results(shape, heading), f"/files/?{query}")


@pytest.mark.parametrize("shape", RESULTS)
@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/files/?q=pdf", "Index of /files/"),
        ("/files/?dir=results", "Results of the lab"),
        ("/files/", "Results for 2012"),
        ("/files/?q=pdf", "Documents"),
        ("/files/?s=size", "Search our files"),
    ],
)
def test_a_folder_stays_one_without_a_search_and_its_results(shape: str, path: str, heading: str) -> None:
    assert claimed(results(shape, heading), path)


def added(head: str, cells: str, href: str, names: tuple[str, ...] = ("spec.pdf", "plan.doc", "shot.png")) -> str:
    """A table of files and of who added each."""
    rows = [
        f'<td><a href="{href.format(name, at)}">{name}</a></td>' + cells.format(at) for at, name in enumerate(names, 1)
    ]
    return table(head, rows)


@pytest.mark.parametrize(
    ("head", "cells", "href"),
    [
        (
            "Attachment,Size,Date,Who,Comment",
            "<td>1{} KB</td><td>2011-02-03</td><td>JoeDoe</td><td></td>",
            "/pub/P/{0}",
        ),
        ("Bilaga,Storlek,Datum,Uppladdad av", "<td>1{} KB</td><td>2011-02-03</td><td>Anna</td>", "/pub/P/{0}"),
        ("File,Uploader,Size,When", "<td>bob</td><td>1{} MB</td><td>2011-02-03</td>", "/u/{1}"),
        ("Name,Size,Date,Posted by", "<td>1{} MB</td><td>2011-02-03</td><td>ann</td>", "/show/a7{1}x"),
    ],
)
def test_files_that_somebody_added_to_a_page_or_a_host_are_no_folder(head: str, cells: str, href: str) -> None:
    assert not claimed(added(head, cells, href), "/view/Main/Proj")


@pytest.mark.parametrize(
    ("head", "cells", "href"),
    [
        ("Attachment,Size,Date", "<td>1{} KB</td><td>2011-02-03</td>", "{0}"),
        ("Name,Size,Date,Owner", "<td>1{} KB</td><td>2011-02-03</td><td>root</td>", "{0}"),
        ("File,Uploader,Size,Date", "<td>bob</td><td>1{} MB</td><td>2011-02-03</td>", "{0}"),
    ],
)
def test_a_folder_may_say_who_its_files_are_of(head: str, cells: str, href: str) -> None:
    assert claimed(added(head, cells, href), "/arkiv/")


DATA = ("a1.csv.gz", "b2.sql", "c3.wav")


@pytest.mark.parametrize("first", ["Data set", "Data source", "Data product"])
def test_the_word_before_what_data_it_is_of_is_no_date(first: str) -> None:
    names = ("adult.csv.gz", "covtype.csv.gz", "poker.csv.gz")
    rows = [f'<td>{one[:5]}</td><td>48842</td><td>14</td><td><a href="{one}">{one}</a></td>' for one in names]
    assert not claimed(table(f"{first},Instances,Features,File", rows), "/lab/")
    rows = [f'<td><a href="{one}">{one}</a></td><td>48842</td><td>02/03/2011</td>' for one in names]
    assert [one.split()[2] for one in shown(table("Nome,Dimensione,Data", rows), "/lab/")] == ["48842"] * 3


@pytest.mark.parametrize("head", ["File,Instances,Features", "Data file,Nodes,Edges", "Datei,Knoten,Kanten"])
def test_several_counts_beside_a_file_are_no_sizes(head: str) -> None:
    rows = [f'<td><a href="{one}">{one}</a></td><td>48842</td><td>49842</td>' for one in DATA]
    page = table(head, rows).replace("<title>Arkiv", "<title>Index of /lab/")
    assert shown(page, "/lab/") == [f"f {one}" for one in DATA]


@pytest.mark.parametrize("head", ["File,Length,Blocks", "File,Bytes,Inodes", "Data file,Bytes", "File,Poids,Xyzzy"])
def test_one_column_of_numbers_or_a_known_word_is_the_size(head: str) -> None:
    more = "<td>7</td>" * (head.count(",") - 1)
    rows = [f'<td><a href="{one}">{one}</a></td><td>48842</td>{more}' for one in DATA]
    assert [one.split()[2:] for one in shown(table(head, rows), "/lab/")] == [["48842"]] * 3


def revisions(folders: int, view: str) -> str:
    """A tree of folders with one file, as a program for source code shows it."""
    rows = [f'<td><a href="/vc/trunk/dir{at}/">dir{at}/</a></td><td>3 years</td>' for at in range(folders)]
    rows.append(f'<td><a href="/vc/trunk/Makefile.am{view}">Makefile.am</a></td><td>4 years</td>')
    cells = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<title>Index of /vc/trunk/</title><table><tr><th>File</th><th>Age</th></tr>{cells}</table>"


@pytest.mark.parametrize("folders", [1, 3])
@pytest.mark.parametrize("view", ["?view=log", "?view=markup", "?rev=412"])
def test_folders_have_no_revisions_of_their_own(folders: int, view: str) -> None:
    assert not claimed(revisions(folders, view), "/vc/trunk/")
    assert claimed(revisions(folders, ""), "/vc/trunk/")


PARTS = {
    "ul": '<li><a href="/{0}/">/{0}/</a></li>',
    "p": '<p><a href="/{0}/">/{0}/</a></p>',
    "table": '<tr><td><a href="/{0}/">/{0}/</a></td></tr>',
}


def parts(shape: str, title: str, *, slash: str = "/") -> str:
    """Whole paths below the root, each a link."""
    rows = "".join(PARTS[shape].format(name) for name in ("users", "orders", "files")).replace(">/", f">{slash}")
    return f"<html><title>{title}</title><h1>{title}</h1><{shape}>{rows}</{shape}></html>"


@pytest.mark.parametrize("shape", PARTS)
@pytest.mark.parametrize("title", ["API root", "Available endpoints", "Orders REST service", "Routes"])
def test_paths_below_a_heading_of_an_interface_are_its_parts(shape: str, title: str) -> None:
    assert not claimed(parts(shape, title), "/")


@pytest.mark.parametrize("shape", PARTS)
def test_folders_below_the_root_stay_folders(shape: str) -> None:
    assert claimed(parts(shape, "Index of /"), "/")
    assert claimed(parts(shape, "Index of /api"), "/")
    assert claimed(parts(shape, "Routes", slash=""), "/")  # names, as folders show them
