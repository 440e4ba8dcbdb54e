"""Kinds of pages in several shapes each, beside pages that look alike and are no listing."""

from __future__ import annotations

import json

import pytest

from probes.recognise.listing.model import Listing
from probes.recognise.listing.recognise import recognise
from tests.probes.recognise.test_layouts import entries

HOST = "http://files.example"


def shown(body: str, path: str = "/rec/") -> list[str]:
    """What a page is claimed to list; nothing where it is no listing, or a weak one."""
    found = recognise(body.encode(), HOST + path)
    return entries(found) if isinstance(found, Listing) and found.claimed else []


VERSIONS = ("latest", "1.4.2", "1.4.1")
ROWS = tuple((one, f"{119 + at}.1 MB", f"2024-11-0{at + 1}") for at, one in enumerate(VERSIONS))


def table(*heads: str, rows: tuple[tuple[str, str, str], ...] = ROWS, path: str = "/r/app/tags/") -> str:
    head = "".join(f"<th>{one}</th>" for one in heads)
    body = "".join(
        f'<tr><td><a href="{path}{name}">{name}</a></td><td>{size}</td><td>{date}</td></tr>'
        for name, size, date in rows
    )
    return f"<html><title>app</title><body><table><tr>{head}</tr>{body}</table></body></html>"


BUILDS = tuple((name, size, date) for name, (_, size, date) in zip(("a1f9c", "b2e7d", "c3d1a"), ROWS, strict=True))
RECORDS = {
    "tags": table("Tag", "Compressed size", "Last pushed"),
    "versions": table("Version", "Size", "Released"),
    "builds": table("Build", "Size", "Finished", rows=BUILDS),
    "cards": "<title>tags</title>"
    + "".join(
        f"<div class=row><a href='/r/app/tags/{n}'>{n}</a> <span>{s}</span> <span>{d}</span></div>" for n, s, d in ROWS
    ),
}


@pytest.mark.parametrize("name", RECORDS)
def test_records_of_versions_with_sizes_are_not_claimed(name: str) -> None:
    assert shown(RECORDS[name], "/r/app/tags") == []


def test_folders_and_files_called_after_versions_are() -> None:
    named = tuple((f"app-{one}.tar.gz", size, date) for one, size, date in ROWS)
    assert len(shown(table("Version", "Size", "Date", rows=named), "/r/app/tags/")) == 3
    folders = tuple((f"{one}/", "-", date) for one, _, date in ROWS)
    titled = table("Name", "Size", "Date", rows=folders).replace("<title>app", "<title>Index of /r/app/tags/")
    assert shown(titled, "/r/app/tags/") == ["d 1.4.1", "d 1.4.2", "d latest"]


SCRIPTS = {
    "Arabic": ("٨٨٫٢ كيلوبايت", round(88.2 * 1024)),
    "Persian": ("۱٫۵ مگابایت", round(1.5 * 1024**2)),
    "Arabic thousands": ("١٬٢٣٤ كيلوبايت", 1234 * 1024),
    "full width": ("８８．２ KB", round(88.2 * 1024)),
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_marks_of_numbers_in_other_scripts_part_them(name: str) -> None:
    size, right = SCRIPTS[name]
    rows = "".join(f'<tr><td><a href="{n}">{n}</a></td><td>{size}</td></tr>' for n in ("a.pdf", "b.xlsx"))
    page = (
        f"<title>Index of /rec/</title><h1>Index of /rec/</h1><table><tr><th>Name</th><th>Size</th></tr>{rows}</table>"
    )
    assert shown(page) == [f"f a.pdf {right}", f"f b.xlsx {right}"]


DATA: dict[str, tuple[object, list[str]]] = {
    "a folder of size -1 in text": (
        {
            "files": [
                {"name": "arm.gcode", "shortname": "ARM~1.GCO", "size": "1.20 MB", "datetime": "2024-11-03 08:14:12"},
                {"name": "old", "shortname": "old", "size": "-1", "datetime": ""},
            ],
            "path": "/",
            "status": "ok",
            "total": "14.9 GB",
        },
        ["d old", f"f arm.gcode {round(1.2 * 1024**2)}"],
    ),
    "folders and files under names of their own": (
        {
            "result": {
                "dirs": [{"modified": 1730621652.1, "size": 4096, "dirname": "kund"}],
                "files": [{"modified": 1730621652.1, "size": 1234567, "filename": "vev.gcode"}],
            }
        },
        ["d kund", "f vev.gcode 1234567"],
    ),
    "folders by their title": (
        {
            "folders": [{"foldername": "2023", "created": "2024-01-02T03:04:05Z"}],
            "files": [{"filename": "a.wav", "size": 12, "created": "2024-01-02T03:04:05Z"}],
        },
        ["d 2023", "f a.wav 12"],
    ),
}


@pytest.mark.parametrize("name", DATA)
def test_rows_of_data_tell_folders_in_many_ways(name: str) -> None:
    value, right = DATA[name]
    assert shown(json.dumps(value)) == right


LOGS: dict[str, object] = {
    "log": [{"ts": "2024-11-03T08:14:12Z", "level": "info", "file": f"{n}.py", "line": 9, "msg": "x"} for n in "abc"],
    "checker": {"issues": [{"path": f"src/{n}.py", "rule": "E501", "severity": "low", "line": 3} for n in "abc"]},
    "errors": [{"filename": f"{n}.js", "lineno": 4, "message": "no", "date": "2024-11-03"} for n in "abc"],
}


@pytest.mark.parametrize("name", LOGS)
def test_logs_that_name_places_in_source_are_no_listing(name: str) -> None:
    assert shown(json.dumps(LOGS[name])) == []


def test_departments_beside_attachments_are_no_folders() -> None:
    value = {"collections": [{"label": "News", "id": 1}], "documents": [{"id": 2, "text": "Read more"}]}
    assert shown(json.dumps(value)) == []


DIR = """ {volume} D {called} DATA
 {volume}s {serial} 3C1F-9A0B

 {of} D:\\Delat\\Journaler

2024-11-03  08:14    <DIR>          .
2024-11-03  08:14    <DIR>          ..
2024-11-03  08:14    <DIR>          Arkiv
2024-11-02  17:02           187 233 Remiss.pdf
2024-11-01  09:30         1 250 321 Epikris.docx
               2 {files}        1 437 554 {bytes}
               3 {folders}  91 238 400 000 {bytes} {free}
"""
WORDS = {
    "Swedish": (
        "Volymen i enhet",
        "har etiketten",
        "serienummer är",
        "Innehåll i katalogen",
        "fil(er)",
        "katalog(er)",
        "byte",
        "ledigt",
    ),
    "English": ("Volume in drive", "is", "Serial Number is", "Directory of", "File(s)", "Dir(s)", "bytes", "free"),
    "German": (
        "Datenträger in Laufwerk",
        "ist",
        "seriennummer:",
        "Verzeichnis von",
        "Datei(en),",
        "Verzeichnis(se),",
        "Bytes",
        "frei",
    ),
    "French": ("Volume dans le lecteur", "est", "numéro", "Répertoire de", "fichier(s)", "Rép(s)", "octets", "libres"),
}


@pytest.mark.parametrize("name", WORDS)
def test_dir_is_read_in_several_languages(name: str) -> None:
    keys = ("volume", "called", "serial", "of", "files", "folders", "bytes", "free")
    text = DIR.format(**dict(zip(keys, WORDS[name], strict=True)))
    assert shown(text) == ["d Arkiv", "f Epikris.docx 1250321", "f Remiss.pdf 187233"]
    assert "Rapport" not in str(
        shown(text + f"\n {WORDS[name][3]} D:\\Delat\\Arkiv\n\n2024-11-02  17:02     7 Rapport.pdf\n")
    )


def test_a_text_of_dates_and_amounts_is_no_dir() -> None:
    lines = "".join(f"2024-11-0{day}  08:14    {day}00 kr was paid for the {day}th time.\n" for day in range(1, 8))
    assert shown(lines) == []
