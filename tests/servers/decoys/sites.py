"""Decoys by behaviour: sites that answer everything, echo the question, or list what nobody can open."""

# ruff: noqa: E501  a page's markup stands in one piece, as it is sent

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from typing import Literal
from urllib.parse import unquote

from tests.servers.decoys.kind import HTML, page, site
from tests.servers.decoys.words import ALL, DE, EN, FI, NO, SV, document, paragraphs
from tests.servers.pages import FORBIDDEN, NOT_FOUND, SOUND, Disk, apache, nginx, sound
from tests.servers.raw import Hit, reply


def _say(hit: Hit, body: str | bytes, kind: str = HTML, status: int | str = 200) -> bytes:
    content = body.encode() if isinstance(body, str) else body
    return reply(status, content, kind, ("Server", "nginx"), bare=hit.method == "HEAD")


def _path(hit: Hit) -> str:
    return unquote(hit.path.partition("?")[0])


def _same(name: str, why: str, body: str | bytes, kind: str = HTML, *, near: bool = False) -> None:
    """One answer for every path: nothing can be told apart, so nothing is known."""
    site(name, "catch-all", why, lambda hit: _say(hit, body, kind), verdict="unknown", near=near)


for number, words in enumerate(ALL):
    absent = document(words, words.missing, f"<h1>{words.missing}</h1>{paragraphs(words)}", frame=number % 3)
    _same(f"soft-404-{words.code}", "every path says with 200 that it is not there", absent, near=True)
for name, shell in (
    ("react", '<div id="root"></div><script src="/static/js/main.8f3a.js"></script>'),
    ("vue", "<div id=app></div><script type=module src=/assets/index.js></script><noscript>JavaScript!</noscript>"),
    ("angular", "<app-root></app-root><script src='runtime.js'></script><script src='main.js'></script>"),
):
    _same(f"app-shell-{name}", "one shell for every path, drawn by a script", document(EN, "App", shell, frame=3))
_same("catch-all-json", "one JSON object for every path", '{"ok":true,"data":[]}', "application/json")
_same("catch-all-empty", "200 and nothing for every path", b"")
_same("catch-all-picture", "one picture for every path", b"GIF89a" + bytes(40), "image/gif")
_same("catch-all-text", "OK for every path", "OK\n", "text/plain")
_same("catch-all-listing", "one listing for every path", nginx("/", Disk().rows("/")))


def _titled(hit: Hit) -> bytes:
    path = _path(hit)
    return _say(hit, apache(path if path.endswith("/") else path + "/", Disk().rows("/")))


site(
    "catch-all-listing-titled", "catch-all", "a listing for every path, under its own name", _titled, verdict="unknown"
)


def _one_extension(hit: Hit) -> bytes:
    if _path(hit).endswith((".wav", ".zip", ".sql", ".bak")):
        return _say(hit, bytes(2000), "application/octet-stream")
    return _say(hit, document(SV, "Start", paragraphs(SV))) if _path(hit) == "/" else _say(hit, NOT_FOUND, status=404)


site("catch-all-one-extension", "catch-all", "every file of some kinds is there; the root is a page", _one_extension)
site(
    "catch-all-backup-file",
    "catch-all",
    "the same, looked at for a backup",
    _one_extension,
    path="/backup.sql",
    verdict="unknown",
    near=True,
)


# The question echoed.
def _echo(name: str, draw: Callable[[str], str]) -> None:
    def serve(hit: Hit) -> bytes:
        return _say(hit, document(EN, f"Index of {_path(hit)}", draw(escape(_path(hit))), frame=3))

    site(f"echo-200-{name}", "reflection", "the path asked for stands in the page", serve, verdict="unknown")


def _echoed_rows(path: str) -> str:
    return "".join(f'<a href="{path}{n}.html">{n}</a>   21-Nov-2018 14:05    {n}\n' for n in range(1, 9))


_echo("heading", lambda path: f"<h1>Index of {path}</h1><p>Nothing here.</p>")
_echo("meta", lambda path: f'<meta property="og:url" content="{path}"><p>Welcome.</p>')
_echo(
    "link",
    lambda path: f'<h1>Index of {path}</h1><a href="{path}?lang=sv">Svenska</a> <a href="{path}?lang=en">English</a>',
)
_echo("rows", lambda path: f"<pre>{_echoed_rows(path)}</pre>")
_echo("script", lambda path: f"<script>var here={json.dumps(path)}</script><p>Index of</p>")


def _echo_missing(hit: Hit) -> bytes:
    if _path(hit) == "/":
        return _say(hit, document(NO, "Forside", paragraphs(NO)))
    return _say(hit, document(NO, "404", f"<h1>Index of {escape(_path(hit))}</h1><p>{NO.missing}</p>"), status=404)


site("echo-404", "reflection", "an ordinary page; what is missing is echoed with 404", _echo_missing)
site("echo-404-at-folder", "reflection", "the echoed 404 itself", _echo_missing, path="/recordings/")


def _default_host(hit: Hit) -> bytes:
    return _say(
        hit,
        document(
            DE, "Hosting", f"<h1>{escape(hit.header('host'))}</h1><p>Diese Domain ist noch nicht eingerichtet.</p>"
        ),
    )


site("default-host", "catch-all", "a host's page for any name and any path", _default_host, verdict="unknown")


def _home_for_all(hit: Hit) -> bytes:
    if _path(hit) == "/":
        return _say(hit, document(FI, "Etusivu", paragraphs(FI)))
    return reply(302, b"", "", ("Location", "/"))


site("missing-goes-home", "catch-all", "a front page; what is missing is sent to it", _home_for_all, near=True)

# Empty lists that an interface of any kind may send.
EMPTY = (
    ("json", b"[\n]\n", "application/json"),
    ("json-caddy", b"[]", "application/json"),
    ("xml", b'<?xml version="1.0"?>\n<list>\n</list>\n', "text/xml"),
)
for name, nothing, kind in EMPTY:
    page(f"empty-{name}", "empty", "a list of nothing", nothing, kind=kind, verdict="unknown", near=True)


def _gone_entries(look: Literal["apache", "nginx"]) -> None:
    disk = Disk(look=look)

    def serve(hit: Hit) -> bytes:
        gone = _path(hit) in disk.files
        return reply(404, NOT_FOUND, HTML, bare=hit.method == "HEAD") if gone else disk.answer(hit)

    site(f"entries-404-{look}", "gone entries", "a listing whose every file is gone", serve, verdict="unknown")


_gone_entries("apache")
_gone_entries("nginx")


# WebDAV: words of it without a way in.
START = document(SV, "Start", paragraphs(SV))
DAV = ("DAV", "1, 2"), ("MS-Author-Via", "DAV")
SELF = b'<?xml version="1.0"?><D:multistatus xmlns:D="DAV:"><D:response><D:href>/</D:href><D:propstat><D:prop/><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response></D:multistatus>'


def _dav(name: str, why: str, status: int | str, body: bytes, kind: str = "application/xml") -> None:
    def serve(hit: Hit) -> bytes:
        if hit.method == "PROPFIND":
            return reply(status, body, kind, *DAV)
        if _path(hit) != "/":
            return reply(404, NOT_FOUND, HTML, *DAV, bare=hit.method == "HEAD")
        return reply(200, START.encode(), HTML, *DAV, bare=hit.method == "HEAD")

    site(name, "dav", why, serve, near=True)


_dav("dav-ignored", "PROPFIND is answered with the front page and 200", 200, START.encode(), HTML)
_dav("dav-self-only", "207 with nothing but the folder itself", "207 Multi-Status", SELF)
_dav("dav-html-207", "207 with a page", "207 Multi-Status", START.encode(), HTML)
_dav("dav-login", "PROPFIND needs a login", 401, b"")
_dav("dav-forbidden", "PROPFIND is forbidden", 403, FORBIDDEN, HTML)
_dav("dav-header-only", "a header that promises WebDAV, and 405", "405 Method Not Allowed", b"")
_dav(
    "dav-strangers",
    "207 with addresses on another host",
    "207 Multi-Status",
    SELF.replace(b"<D:href>/<", b"<D:href>https://example.org/a.wav<"),
)

# Files, looked at by their own path.


def _file(name: str, why: str, kind: str, body: bytes, *, verdict: str = "clear") -> None:
    def serve(hit: Hit) -> bytes:
        if _path(hit) != "/call.wav":
            return _say(hit, FORBIDDEN, status=403) if _path(hit) == "/" else _say(hit, NOT_FOUND, status=404)
        return _say(hit, body, kind)

    site(name, "file", why, serve, path="/call.wav", verdict="unknown" if verdict == "unknown" else "clear", near=True)


_file(
    "file-login-page",
    "a login page at a recording's path",
    HTML,
    document(SV, "Logga in", "<input type=password>").encode(),
)
_file(
    "file-soft-404",
    "a page that says that the recording is gone, with 200",
    HTML,
    document(EN, EN.missing, EN.missing).encode(),
)
_file(
    "file-page-as-audio",
    "a page that calls itself audio",
    "audio/x-wav",
    document(DE, "Anmelden", "<form></form>").encode(),
)
_file("file-empty-audio", "audio of no bytes", "audio/x-wav", b"")
_file("file-header-only", "a WAV that is a header and no sound", "audio/x-wav", SOUND[:60])
_file("file-json-error", "an error as JSON with 200", "application/json", b'{"error":"expired"}')


def _any_wav(hit: Hit) -> bytes:
    return sound(hit, SOUND) if _path(hit).endswith(".wav") else _say(hit, FORBIDDEN, status=403)


site("file-any-name", "file", "music on hold under every name", _any_wav, path="/call.wav", verdict="unknown")
