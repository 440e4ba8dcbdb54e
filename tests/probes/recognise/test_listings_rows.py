"""What every page of rows is held to, whoever wrote it: names, paths, cut bodies, bases, headers in many languages."""

from __future__ import annotations

import pytest

from probes.recognise.listing.recognise import Listing, recognise
from tests.probes.recognise.builders import HOST, held
from tests.probes.recognise.page_builders import APACHE_13

# ruff: noqa: E501  rows stand on one line, as servers write them


def test_the_path_of_an_entry_is_the_servers_own_spelling() -> None:
    page = '<html><title>Index of /rec</title><h1>Index of /rec</h1><ul><li><a href="/">Parent Directory</a></li>'
    names = {
        "s%c3%b6ndag.wav": "söndag.wav",
        "a+b.wav": "a+b.wav",
        "a%20b.wav": "a b.wav",
        "a%2520b.wav": "a%20b.wav",
        "q%3fx=1.wav": "q?x=1.wav",
        "%23.wav": "#.wav",
        "s%F6ndag.wav": "söndag.wav",
        "semi;colon.wav": "semi;colon.wav",
        "co:lon.wav": "co:lon.wav",
    }
    page += "".join(f'<li><a href="{href}"> {name}</a></li>' for href, name in names.items()) + "</ul></html>"
    found = recognise(page.encode(), HOST + "/rec/")
    assert isinstance(found, Listing)
    assert [(entry.path, entry.name) for entry in found.entries] == [(f"/rec/{k}", v) for k, v in names.items()]


@pytest.mark.parametrize(
    "name",
    [
        "up",
        "Name",
        "core",
        "index.php",
        "Parent Directory.wav",
        "Size",
        "..hidden..",
        "C=N;O=D",
        "home",
        "Last modified",
    ],
)
def test_no_name_is_dropped_because_it_looks_like_navigation(name: str) -> None:
    href = name.replace(" ", "%20")
    page = f'<html><title>Index of /rec</title><h1>Index of /rec</h1><pre><a href="?C=N;O=D">Name</a> <a href="?C=M;O=A">Last modified</a><hr><a href="/">Parent Directory</a>\n<a href="{href}">{name}</a>  2024-01-02 03:04  12K\n</pre></html>'
    assert held(page) == [f"f {name} ~12288"]


def test_raw_bytes_in_a_href_are_kept_as_they_are() -> None:
    page = b'<html><title>Index of /rec/</title><h1>Index of /rec/</h1><pre><a href="../">../</a>\n<a href="s\xf6ndag.wav">s\xf6ndag.wav</a>  02-Jan-2024 03:04  12\n</pre></html>'
    found = recognise(page, HOST + "/rec/")
    assert isinstance(found, Listing)
    assert [(entry.name, entry.path) for entry in found.entries] == [("söndag.wav", "/rec/s%F6ndag.wav")]


def test_a_cut_body_gives_a_partial_listing_without_the_cut_row() -> None:
    whole = APACHE_13.encode()
    cut = whole[: whole.index(b'<A HREF="b.wav">') + 14]
    found = recognise(cut, HOST + "/rec/", whole=False)
    assert isinstance(found, Listing)
    assert found.partial == "cut short"
    assert [entry.name for entry in found.entries] == ["monday", "a long name of a call.wav"]


def test_reasons_say_what_was_seen_and_name_no_file() -> None:
    found = recognise(APACHE_13.encode(), HOST + "/rec/")
    assert isinstance(found, Listing)
    assert "title or heading names the path asked for" in found.reasons
    assert "3 of 3 links lead to direct children" in found.reasons
    assert not any(entry.name in reason for reason in found.reasons for entry in found.entries)


def test_a_listing_inside_a_page_of_the_owners_is_read_alone() -> None:
    menu = '<nav><ul><li><a href="/rec/about.html">about.html</a></li></ul></nav><div id="sidebar"><a href="news/">news/</a></div>'
    table = '<table id="indexlist"><tr class="indexhead"><th class="indexcolname"><a href="?C=N;O=D">Name</a></th><th class="indexcolsize"><a href="?C=S;O=A">Size</a></th></tr><tr><td class="indexcolname"><a href="a.wav">a.wav</a></td><td class="indexcolsize">1.2K</td></tr></table>'
    readme = (
        '<h2>Read me</h2><p>See <a href="https://other.example/">here</a> and <a href="manual.html">the manual</a>.</p>'
    )
    assert held(f"<html><title>Ours</title><body>{menu}{table}{readme}</body></html>") == ["f a.wav ~1229"]


def test_a_base_of_the_servers_own_host_is_honoured() -> None:
    page = '<html><head><base href="http://files.example/rec/"><title>Index of /rec/</title></head><h1>Index of /rec/</h1><pre><a href="../">../</a>\n<a href="a.wav">a.wav</a>  02-Jan-2024 03:04  12\n</pre></html>'
    assert held(page, "/rec/index.html") == ["f a.wav 12"]


def test_a_folder_asked_for_without_its_slash_has_its_entries_below_it() -> None:
    page = '<html><title>Index of /rec</title><h1>Index of /rec</h1><ul><li><a href="/"> Parent Directory</a></li><li><a href="a.wav"> a.wav</a></li></ul></html>'
    found = recognise(page.encode(), HOST + "/rec")
    assert isinstance(found, Listing)
    assert [entry.path for entry in found.entries] == ["/rec/a.wav"]


@pytest.mark.parametrize(
    ("headers", "cells", "expected"),
    [
        (("Namn", "Storlek", "Ändrad"), ("1,5 kB", "2024-01-02"), "~1536"),
        (("Nom", "Taille", "Date"), ("6.84 Mo-", "26/05/2017"), f"~{round(6.84 * 2**20)}"),
        (("Name", "Größe", "Geändert"), ("1.234 KB", "02.01.2024"), f"~{round(1.234 * 1024)}"),
        (("Имя", "Размер", "Дата"), ("12 КБ", "02.01.2024"), "~12288"),
        (("名称", "大小", "修改时间"), ("5000019", "2024-01-02 03:04"), "5000019"),
        (("نام", "حجم", "تاریخ"), ("۱۲ KB", "2024-01-02"), "~12288"),
        (("Name", "Size", "Date"), ("5,000,019", "2024-01-02"), "5000019"),
        (("Nombre", "Tamaño", "Fecha"), ("1 234", "02/01/2024"), "1234"),
    ],
)
def test_a_table_is_read_by_its_header_in_many_languages(
    headers: tuple[str, ...], cells: tuple[str, str], expected: str
) -> None:
    size, date = cells
    row = "".join(f'<tr><td><a href="{n}.wav">{n}.wav</a></td><td>{size}</td><td>{date}</td></tr>' for n in "ab")
    head = "".join(f"<th>{one}</th>" for one in headers)
    page = f'<html><body><table><tr>{head}</tr><tr><td><a href="../">..</a></td><td></td><td></td></tr>{row}</table></body></html>'
    assert held(page) == [f"f a.wav {expected}", f"f b.wav {expected}"]


def test_a_whole_tree_on_one_page_shows_the_folder_asked_for() -> None:
    deeper = "".join(f'<a href="2024/call-{n}.wav">2024/call-{n}.wav</a>  02-Jan-2024 03:04  12\n' for n in range(5))
    rows = f'<a href="2024/">2024/</a>\n{deeper}<a href="last.wav">last.wav</a>  02-Jan-2024 03:04  12\n'
    page = f"<html><title>Index of /rec/</title><h1>Index of /rec/</h1><pre>{rows}</pre></html>"
    assert held(page) == ["d 2024", "f last.wav 12"]
