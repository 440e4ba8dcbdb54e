"""Open disks: folders in any look, files by Range, whole, in chunks or through a script."""

from __future__ import annotations

import json
import struct
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias
from urllib.parse import parse_qs, quote, unquote

from tests.servers.pages import SOUND, Row, apache, nginx
from tests.servers.range.kind import JSON, Says, Site, html, missing, play
from tests.servers.raw import Hit

Look: TypeAlias = Callable[[str, Sequence[Row]], bytes]
Files: TypeAlias = Mapping[str, bytes]
CALLS = ("in-0701740610-20240312-091500.wav", "in-0701740611-20240312-101500.wav", "ut-0701740612-20240313-081500.wav")
PDF = b"%PDF-1.4\n" + b"1 0 obj<<>>endobj\n" * 80
ZIP = b"PK\x03\x04\x14\0\0\0\x08\0" + bytes(range(256)) * 8
DICOM = bytes(128) + b"DICM" + struct.pack("<HH2sH", 2, 0, b"UL", 4) + bytes(600)
SQL = b"-- MySQL dump 10.13  Distrib 8.0.36\n--\nCREATE TABLE `calls` (`id` int);\n" + b"-- row\n" * 200


def calls(folder: str = "/rec/", names: Sequence[str] = CALLS) -> dict[str, bytes]:
    """Recordings in one folder."""
    return {folder + name: SOUND for name in names}


def tree(folder: str = "/rec/") -> dict[str, bytes]:
    """Recordings in folders of days, and nothing else."""
    return {f"{folder}2024/03/{day}/{name}": SOUND for day in ("12", "13") for name in CALLS}


def rows(files: Files, folder: str) -> list[Row]:
    """The rows of a folder; empty when there is none."""
    found: dict[str, int | None] = {}
    for path, content in files.items():
        if path.startswith(folder):
            name, slash, _ = path[len(folder) :].partition("/")
            found[name + slash] = None if slash else len(content)
    return sorted(found.items(), key=lambda row: (row[1] is not None, row[0]))


def disk(files: Files, look: Look = apache, type_: str = "text/html; charset=utf-8") -> Site:
    """Folders that list themselves, files that answer to a Range. Where no file lies at the root it lists nothing."""
    root = "" if any(path.count("/") == 1 for path in files) else "/"

    def site(hit: Hit) -> Says | bytes:
        path = unquote(hit.path.partition("?")[0])
        if hit.method not in ("GET", "HEAD"):
            return Says(405, "", "")
        if path in files:
            return play(hit, files[path])
        if path.endswith("/") and path != root and (shown := rows(files, path)):
            return Says(200, look(path, shown), type_)
        return missing()

    return site


def below(prefix: str, inner: Site) -> Site:
    """A proxy that takes a prefix away before it asks `inner`."""

    def site(hit: Hit) -> Says | bytes:
        if not hit.path.startswith(prefix + "/"):
            return missing()
        return inner(Hit(hit.method, hit.path[len(prefix) :], hit.headers, hit.body, hit.connection))

    return site


def first(*sites: Site) -> Site:
    """The first of `sites` that does not answer 404."""

    def site(hit: Hit) -> Says | bytes:
        for one in sites:
            said = one(hit)
            if isinstance(said, bytes) or said.status != 404:
                return said
        return missing()

    return site


def ruled(inner: Site, rule: Callable[[Hit], Says | bytes | None]) -> Site:
    """A site with a rule before it."""

    def site(hit: Hit) -> Says | bytes:
        said = rule(hit)
        return inner(hit) if said is None else said

    return site


def is_file(hit: Hit) -> bool:
    """Whether a request is for a file."""
    return not hit.path.partition("?")[0].endswith("/")


# Looks.
def table(path: str, shown: Sequence[Row]) -> bytes:
    """A plain table under the path as title."""
    lines = "".join(
        f'<tr><td><a href="{quote(name)}">{name}</a></td><td>{"-" if size is None else size}</td>'
        "<td>2024-03-12 10:00</td></tr>"
        for name, size in shown
    )
    return html(
        f"Index of {path}", f"<h1>Index of {path}</h1><table><tr><th>Name<th>Size<th>Date</tr>{lines}</table>"
    ).encode()


def designed(path: str, shown: Sequence[Row]) -> bytes:
    """A table within a site's own design."""
    lines = "".join(
        f'<tr><td><i class="icon"></i> <a href="{quote(name)}">{name}</a></td><td>2024-03-12 10:00</td>'
        f"<td>{'' if size is None else f'{size / 1000:.1f} kB'}</td></tr>"
        for name, size in shown
    )
    return html(
        "Region Norr - Arkiv",
        '<header><a href="/"><img src="/logo.png"></a><nav><a href="/om/">Om oss</a> <a href="/kontakt/">Kontakt</a>'
        "</nav></header><main><h2>Arkiv</h2><table><thead><tr><th>Namn</th><th>Ändrad</th><th>Storlek</th></tr></thead>"
        f"<tbody>{lines}"
        '</tbody></table></main><footer>Region Norr, <a href="/integritet/">integritet</a></footer>',
    ).encode()


def python(path: str, shown: Sequence[Row]) -> bytes:
    """Python's http.server."""
    lines = "\n".join(f'<li><a href="{quote(name)}">{name}</a></li>' for name, _ in shown)
    title = f"Directory listing for {path}"
    return html(title, f"<h1>{title}</h1><hr><ul>{lines}</ul><hr>").encode()


def iis(path: str, shown: Sequence[Row]) -> bytes:
    """IIS, with links from the root."""
    lines = "".join(
        f"3/12/2024 10:15 AM {'&lt;dir&gt;' if size is None else size:>12} "
        f'<A HREF="{quote(path + name)}">{name.rstrip("/")}</A><br>'
        for name, size in shown
    )
    title = f"r.test - {path}"
    return (
        f'<html><head><title>{title}</title></head><body><H1>{title}</H1><hr><pre><A HREF="/">[To Parent Directory]</A>'
        f"<br><br>{lines}</pre><hr></body></html>"
    ).encode()


def golang(path: str, shown: Sequence[Row]) -> bytes:
    """Go's FileServer: no title, no date, no size."""
    return ("<pre>\n" + "".join(f'<a href="{quote(name)}">{name}</a>\n' for name, _ in shown) + "</pre>\n").encode()


def text_rows(path: str, shown: Sequence[Row]) -> bytes:
    """`ls -l` as text."""
    lines = [
        f"{'d' if size is None else '-'}rw-r--r-- 1 root root {size or 4096:>9} Mar 12 10:15 {name.rstrip('/')}"
        for name, size in shown
    ]
    return "\n".join(["total 12", *lines, ""]).encode()


def as_json(path: str, shown: Sequence[Row]) -> bytes:
    """nginx's JSON."""
    when = "Tue, 12 Mar 2024 10:00:00 GMT"
    listed = [
        {"name": name.rstrip("/"), "type": "directory", "mtime": when}
        if size is None
        else {"name": name, "type": "file", "mtime": when, "size": size}
        for name, size in shown
    ]
    return json.dumps(listed).encode()


def as_xml(path: str, shown: Sequence[Row]) -> bytes:
    """nginx's XML."""
    lines = "".join(
        f'<directory mtime="2024-03-12T10:00:00Z">{name.rstrip("/")}</directory>'
        if size is None
        else f'<file mtime="2024-03-12T10:00:00Z" size="{size}">{name}</file>'
        for name, size in shown
    )
    return f'<?xml version="1.0"?><list>{lines}</list>'.encode()


def scripted(path: str, shown: Sequence[Row]) -> bytes:
    """Rows that a script draws from literals in the page."""
    data = json.dumps(
        [{"name": name.rstrip("/"), "size": size, "dir": size is None, "mtime": 1710237600} for name, size in shown]
    )
    return html("Kamera", f'<div id="list"></div><script>var files = {data}; draw(files);</script>').encode()


def by_query(files: Files, script: str, key: str = "dir", name: str = "", base64: bool = False) -> Site:
    """An index script that navigates by a parameter; files direct, or through it when `name` is their parameter."""

    def value(folder: str) -> str:
        return urlsafe_b64encode(folder.encode()).decode() if base64 else quote(folder, safe="/")

    def site(hit: Hit) -> Says | bytes:
        address, _, query = hit.path.partition("?")
        if hit.method not in ("GET", "HEAD"):
            return Says(405, "", "")
        if unquote(address) in files and not name:
            return play(hit, files[unquote(address)])
        if address != script:
            return missing()
        asked = parse_qs(query)
        wanted = (asked.get(key) or ["/rec/"])[0]
        folder = next((one for one in sorted({"/rec/", *_folders(files)}) if wanted in (one, value(one))), "")
        if name and name in asked:
            path = folder + asked[name][0]
            return play(hit, files[path]) if path in files else Says(404, html("404", "<p>Filen saknas.</p>"))
        shown = rows(files, folder) if folder else []
        if not shown:
            return Says(404, html("404", "<h1>Mappen saknas</h1>"))
        lines = "".join(_query_row(folder, one, size, script, key, name, value) for one, size in shown)
        return Says(200, html("Filer", f"<h1>Filer</h1><table><tr><th>Namn<th>Storlek<th>Datum</tr>{lines}</table>"))

    return site


def _folders(files: Files) -> set[str]:
    return {path[: at + 1] for path in files for at, char in enumerate(path) if char == "/" and at}


def _query_row(
    folder: str, one: str, size: int | None, script: str, key: str, name: str, value: Callable[[str], str]
) -> str:
    if size is None:
        where = f"{script}?{key}={value(folder + one)}"
    elif name:
        where = f"{script}?{key}={value(folder)}&amp;{name}={quote(one)}"
    else:
        where = quote(folder + one)
    return f'<tr><td><a href="{where}">{one.rstrip("/")}</a><td>{"" if size is None else size}<td>2024-03-12 10:15</tr>'


LOOKS: dict[str, tuple[Look, str]] = {
    "apache": (apache, "text/html;charset=UTF-8"),
    "nginx": (nginx, "text/html"),
    "table": (table, "text/html; charset=utf-8"),
    "designed": (designed, "text/html; charset=utf-8"),
    "python": (python, "text/html; charset=utf-8"),
    "iis": (iis, "text/html; charset=UTF-8"),
    "go": (golang, "text/html; charset=utf-8"),
    "ls": (text_rows, "text/plain"),
    "json": (as_json, JSON),
    "xml": (as_xml, "text/xml"),
    "scripted": (scripted, "text/html"),
}
