"""The decoys' true twins: places that are open although much about them says otherwise. A fix must not lose them."""

# ruff: noqa: E501  a page's markup stands in one piece, as it is sent

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import quote, unquote

from tests.servers.decoys.kind import HTML, Site
from tests.servers.decoys.words import DE, EN, FI, SV, document, paragraphs
from tests.servers.faults.kind import ALLOWED, Expect
from tests.servers.pages import FORBIDDEN, NAMES, NOT_FOUND, SOUND, Disk, Row, apache, nginx, sound
from tests.servers.raw import Hit, reply


@dataclass(frozen=True, slots=True)
class Twin:
    """A site that is open at `path`."""

    name: str
    expect: Expect
    """The right verdict: `exposed`, or `not-clear` where nobody could blame an `unknown`."""
    why: str
    """What could talk a reader out of it."""
    site: Site
    path: str = "/"

    def fits(self, verdict: str) -> bool:
        """Whether a verdict is a right one; `clear` never is."""
        return verdict in ALLOWED[self.expect]


TWINS: dict[str, Twin] = {}
"""Every twin by name."""

CALLS: Mapping[str, bytes] = {f"/{name}": SOUND for name in NAMES}
Draw = Callable[[str, list[Row]], str | bytes]


def _open(
    name: str,
    why: str,
    draw: Draw,
    *,
    files: Mapping[str, bytes] = CALLS,
    kind: str = HTML,
    path: str = "/",
    expect: Expect = "exposed",
    missing: Callable[[Hit], bytes] | None = None,
) -> None:
    """Register an open folder whose page is drawn by `draw`; what is not there is 404, unless `missing` says otherwise."""
    disk = Disk({path.rstrip("/") + file: content for file, content in files.items()})

    def serve(hit: Hit) -> bytes:
        bare = hit.method == "HEAD"
        asked = unquote(hit.path.partition("?")[0])
        if hit.method not in ("GET", "HEAD"):
            return reply("405 Method Not Allowed", b"", "", ("Allow", "GET, HEAD"))
        if asked in disk.files:
            return sound(hit, disk.files[asked])
        if asked.endswith("/") and asked.startswith(path) and disk.rows(asked):
            drawn = draw(asked, disk.rows(asked))
            return reply(200, drawn.encode() if isinstance(drawn, str) else drawn, kind, bare=bare)
        return missing(hit) if missing else reply(404, NOT_FOUND, bare=bare)

    TWINS[name] = Twin(name, expect, why, serve, path)


def _rows(rows: list[Row], one: str) -> str:
    """A line for each row; `one` may hold {href}, {name}, {size}."""
    return "".join(
        one.format(href=quote(name), name=escape(name), size="-" if size is None else size) for name, size in rows
    )


def _table(rows: list[Row], *head: str) -> str:
    line = '<tr><td><a href="{href}">{name}</a></td><td>2018-11-21 14:05</td><td>{size}</td></tr>\n'
    return f"<table><tr>{''.join(f'<th>{cell}</th>' for cell in head)}</tr>{_rows(rows, line)}</table>"


_open("in-a-site", "the listing stands inside an ordinary site's page, menu and all", lambda path, rows: document(
    SV, "Filer", f"<h1>Filer</h1>{_table(rows, 'Namn', 'Ändrad', 'Storlek')}{paragraphs(SV)}", frame=1))  # fmt: skip
_open("in-layout-tables", "the listing is a table within a layout table", lambda path, rows: document(
    DE, "Dateien", _table(rows, "Name", "Geändert", "Größe"), frame=2), path="/alt/")  # fmt: skip
_open("with-a-login-link", "a login form stands above the listing, and nothing needs it", lambda path, rows: (
    '<form action="/login"><input type="password" name="p"><button>Logga in</button></form>' + apache(path, rows).decode()
))  # fmt: skip
_open("with-a-refusal-in-its-header", "a README above says that access is denied", lambda path, rows: (
    apache(path, rows).decode().replace("<pre>", "<p>Directory listing denied. 403 Forbidden. Authorised personnel only.</p><pre>", 1)
))  # fmt: skip
_open("with-a-filter-in-its-footer", "a footer speaks of a support id", lambda path, rows: (
    nginx(path, rows).decode().replace("</body>", "<p>Your support ID is: 1729. Requests are filtered.</p></body>")
))  # fmt: skip
_open("with-prose-below", "a long text follows the listing", lambda path, rows: (
    nginx(path, rows).decode().replace("</body>", paragraphs(EN) * 20 + "</body>")
))  # fmt: skip
_open("names-that-deny", "files are called as refusals are", nginx, files={
    f"/{name}": SOUND for name in ("directory listing denied.wav", "404 Not Found.wav", "login.wav", "captcha.wav", "Index of.wav")
})  # fmt: skip
_open("names-like-menus", "files are called as menus are", apache, files={
    f"/{name}": SOUND for name in ("Name", "Size", "up", "Parent Directory", "Last modified", "core")
})  # fmt: skip
_open("one-file", "the folder holds a single call", nginx, files={f"/{NAMES[0]}": SOUND})
_open("folders-first", "the top holds folders alone; the calls are two levels down", apache, files={
    f"/{year}/0{month}/{name}": SOUND for year in (2018, 2019) for month in (1, 2) for name in NAMES[:2]
})  # fmt: skip
_open("many-rows", "a thousand calls", nginx, files={f"/call-{number:04d}.wav": SOUND for number in range(1000)})
_open("no-sizes", "a list of links and nothing else, as Python writes it", lambda path, rows: (
    f"<!DOCTYPE HTML><html><head><title>Directory listing for {path}</title></head><body><h1>Directory listing for {path}</h1>"
    "<hr><ul>" + _rows(rows, '<li><a href="{href}">{name}</a></li>\n') + "</ul><hr></body></html>"))  # fmt: skip
_open("bare-pre", "links in <pre> without title, date or size, as Go writes it", lambda path, rows: (
    "<pre>\n" + _rows(rows, '<a href="{href}">{name}</a>\n') + "</pre>\n"))  # fmt: skip
_open("iis-swedish", "IIS with Swedish dates, whose root has no parent link", lambda path, rows: (
    f"<html><head><title>nas.test - {path}</title></head><body><H1>nas.test - {path}</H1><hr>\n\n<pre>"
    + "".join(f'2018-11-21    14:05 {size or "&lt;dir&gt;":>12} <A HREF="{path}{quote(name)}">{escape(name)}</A><br>' for name, size in rows)
    + "</pre><hr></body></html>"))  # fmt: skip
_open("tomcat-finnish", "Tomcat with headings in Finnish", lambda path, rows: (
    f"<!doctype html><html lang='fi'><head><title>Hakemistolistaus [{path}]</title></head><body><h1>Hakemistolistaus [{path}]</h1><hr class='line'>"
    '<table width="100%"><tr><td><strong>Tiedostonimi</strong></td><td align="center"><strong>Koko</strong></td><td align="right"><strong>Muokattu</strong></td></tr>'
    + "".join(f'<tr><td align="left">&nbsp;&nbsp;\n<a href="{path}{quote(name)}"><tt>{escape(name)}</tt></a></td><td align="right"><tt>{(size or 0) / 1024:.1f} KiB</tt></td><td align="right"><tt>Wed, 21 Nov 2018 14:05:00 GMT</tt></td></tr>\n' for name, size in rows)
    + "</table><hr class='line'><h3>Apache Tomcat/9.0.43</h3></body></html>"))  # fmt: skip
_open("shouting-html", "HTML as it was written in 1998, without quotes", lambda path, rows: (
    f"<HTML><HEAD><TITLE>Index of {path}</TITLE></HEAD><BODY><H1>Index of {path}</H1><PRE>"
    + _rows(rows, "<A HREF={href}>{name}</A>    21-Nov-1998 14:05   {size}\n") + "</PRE></BODY></HTML>"))  # fmt: skip
_open("bom-first", "a byte order mark stands before the page", lambda path, rows: b"\xef\xbb\xbf" + nginx(path, rows))
_open("latin-1-names", "a name in Latin-1, and no charset", lambda path, rows: nginx(path, rows).replace(
    b"</pre>", b'<a href="s%F6ndag.wav">s\xf6ndag.wav</a>          21-Nov-2018 14:05          3290\r\n</pre>'), kind="text/html")  # fmt: skip
_open("as-json", "nginx's JSON", lambda path, rows: json.dumps([
    {"name": name.rstrip("/"), "type": "file", "mtime": "Wed, 21 Nov 2018 14:05:00 GMT", "size": size} for name, size in rows
]), kind="application/json")  # fmt: skip
_open("as-xml", "nginx's XML", lambda path, rows: (
    '<?xml version="1.0"?>\n<list>\n' + "".join(f'<file mtime="2018-11-21T14:05:00Z" size="{size}">{escape(name)}</file>\n' for name, size in rows) + "</list>\n"
), kind="text/xml")  # fmt: skip


def _echoing(hit: Hit) -> bytes:
    page = document(EN, "404", f"<h1>Index of {escape(unquote(hit.path))}</h1><p>{EN.missing}</p>")
    return reply(404, page.encode(), bare=hit.method == "HEAD")


def _shell(hit: Hit) -> bytes:
    return reply(200, document(FI, "App", '<div id="root"></div>', frame=3).encode(), bare=hit.method == "HEAD")


def _to_login(hit: Hit) -> bytes:
    return reply(302, b"", "", ("Location", f"https://idp.example.org/?next={quote(hit.path)}"))


_open("on-an-echoing-site", "what is missing is echoed as `Index of`, with 404", apache, missing=_echoing)
_open(
    "beside-an-app",
    "every other path is an app's shell with 200",
    nginx,
    path="/recordings/",
    missing=_shell,
    expect="not-clear",
)
_open(
    "beside-a-login",
    "every other path leads to a login",
    apache,
    path="/monitor/",
    missing=_to_login,
    expect="not-clear",
)


def _dav_only(hit: Hit) -> bytes:
    asked = unquote(hit.path.partition("?")[0])
    if hit.method == "PROPFIND" and asked == "/":
        one = "<D:response><D:href>{0}</D:href><D:propstat><D:prop><D:resourcetype>{1}</D:resourcetype>{2}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"
        parts = [one.format("/", "<D:collection/>", "")]
        parts += [
            one.format(file, "", f"<D:getcontentlength>{len(body)}</D:getcontentlength>")
            for file, body in CALLS.items()
        ]
        page = f'<?xml version="1.0" encoding="utf-8"?>\n<D:multistatus xmlns:D="DAV:">{"".join(parts)}</D:multistatus>'
        return reply("207 Multi-Status", page.encode(), "application/xml; charset=utf-8", ("DAV", "1"))
    if asked in CALLS:
        return sound(hit, CALLS[asked])
    return (
        reply(403, FORBIDDEN, bare=hit.method == "HEAD")
        if asked == "/"
        else reply(404, NOT_FOUND, bare=hit.method == "HEAD")
    )


TWINS["dav-only"] = Twin("dav-only", "exposed", "GET is forbidden at the folder, and PROPFIND lists it", _dav_only)
