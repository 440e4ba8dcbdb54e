"""Hosts whose page tells where its recordings are in a way of its own, and logins that look like none."""

from __future__ import annotations

import json

from tests.servers.pages import SOUND
from tests.servers.range.kind import JSON, Says, Site, closed, html, missing, opened, play, to
from tests.servers.raw import Hit

NAMES = tuple(f"in-07017406{number}0.wav" for number in range(1, 6))
ROWS = [{"name": name, "size": len(SOUND)} for name in NAMES]


def told(page: str | Says, folder: str, at: str = "/", files: tuple[str, ...] = NAMES, rows: str = "") -> Site:
    """A site of one page at `at`, of rows at /rows.json, and of files below `folder`, whatever is asked behind them."""

    def site(hit: Hit) -> Says | bytes:
        if hit.method not in ("GET", "HEAD"):
            return Says(405, "", "", (("Allow", "GET, HEAD"),))
        if hit.path == at:
            return Says(200, page) if isinstance(page, str) else page
        if rows and hit.path == "/rows.json":
            return Says(200, rows, JSON)
        name = hit.path.removeprefix(folder).partition("?")[0]
        return play(hit) if hit.path.startswith(folder) and name in files else missing()

    return site


def text(body: str, type_: str = "text/plain; charset=utf-8") -> Says:
    """A page of another type."""
    return Says(200, body, type_)


def data(value: object) -> Says:
    """An answer of an interface."""
    return Says(200, json.dumps(value), JSON)


_LIST = json.dumps(list(NAMES))
_WRITES = (
    f"<script>var dir='ljud/';var all={_LIST};"
    "all.forEach(f=>document.write('<a href=\"'+dir+f+'\">'+f+'</a>'))</script>"
)
_LOADS = (
    "<ul id=l></ul><script>fetch('rows.json').then(r=>r.json()).then(a=>{for(const f of a)"
    'l.innerHTML+=`<li><a href="ljud/${f.name}">${f.name}</a>`})</script>'
)
opened("3: a folder that a script writes before names", told(html("Logg", _WRITES), "/ljud/"), "/")
opened("3: rows that lie in another folder", told(html("Lyssna", _LOADS), "/ljud/", rows=json.dumps(ROWS)), "/")
opened(
    "3: an interface that names paths from the root",
    told(data({"objects": [{"id": 7, "filename": f"tape/{name}"} for name in NAMES]}), "/tape/", "/api/tapes"),
    "/api/tapes",
)
opened(
    "3: an interface that says where it keeps its files",
    told(data({"baseUrl": "/media/", "items": ROWS}), "/media/", "/feed"),
    "/feed",
)
opened(
    "3: YAML",
    told(text("files:\n" + "".join(f"  - name: {one}\n    size: {len(SOUND)}\n" for one in NAMES)), "/"),
    "/",
)
_PRINTED = "".join(f"    [{n}] => {one}\n" for n, one in enumerate(NAMES))
opened(
    "3: an array as PHP prints it",
    told(
        html("x", "<pre>Array\n(\n" + "".join(f"    [{n}] => {one}\n" for n, one in enumerate(NAMES)) + ")\n</pre>"),
        "/",
    ),
    "/",
)
_NUMBERS = tuple(str(number) for number in range(17, 24))
opened(
    "3: numbers that players play",
    told(
        html("Diktat", "".join(f"<p>{n} <audio controls><source src='play?id={n}'></audio></p>" for n in _NUMBERS)),
        "/play?id=",
        files=_NUMBERS,
    ),
    "/",
)
_TILE = "<div><a href='/clips/@{0}.bvr?mode=dl'><img src='/t/{0}.jpg'></a> 11/28/2026 9:{0} AM</div>"
opened(
    "3: tiles of clips",
    told(html("UI", "".join(map(_TILE.format, _NUMBERS))), "/clips/@", files=tuple(f"{n}.bvr" for n in _NUMBERS)),
    "/",
)


def _again(hit: Hit) -> Says | bytes:
    """Lets in whoever brings back what its page set."""
    if "seen=1" in hit.header("cookie") or hit.path != "/":
        return told(html("Logg", _WRITES), "/ljud/")(hit)
    return Says(200, '<meta http-equiv="refresh" content="0; url=/">', headers=(("Set-Cookie", "seen=1"),))


opened("3: a page that loads itself again", _again, "/")

_WAYS = html("Logga in", "<h1>Logga in</h1><a href='/start?m=bankid'>BankID</a><a href='/start?m=card'>Kort</a>")
closed(
    "3: ways to sign in",
    lambda hit: Says(200, _WAYS) if hit.path.startswith("/logga-in") else to(f"/logga-in?next={hit.path}"),
)
for _name, _said in {
    "3: graphql that demands a login": data({"errors": [{"message": "Not authenticated"}], "data": {"calls": None}}),
    "3: codes that demand a login": data({"code": 40100, "message": "Please sign in first", "success": False}),
    "3: XML that demands a login": text(
        '<?xml version="1.0"?><response status="failed"><error code="401">Login required</error></response>', "text/xml"
    ),
}.items():
    closed(_name, lambda hit, said=_said: said, paths=("/api/calls",))  # type: ignore[misc]
closed("3: login timeout", lambda hit: Says(440, "Login Timeout", "text/plain"))
closed(
    "3: single sign-on by a script",
    {"/": html("Växel", "<script src='/msal-browser.min.js'></script><script>new P(c).loginRedirect()</script>")},
)
