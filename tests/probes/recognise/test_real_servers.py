"""The hard names as every real server lists them, whole lists compared, each entry asked for by its own path."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from monitor.network.stores.client import Connection
from monitor.network.transport import Timeouts
from probes.api import WebTarget
from probes.recognise.listing.model import Kind, Listing
from probes.recognise.listing.recognise import recognise
from probes.requests.http import Ending, Request, Response
from probes.testing import play, says
from probes.web._folder_page import PAGE
from probes.web.listing import HTTP_LISTING
from tests.monitor.network.builders import driver, only
from tests.servers import real
from tests.servers.folders import BIG, LATIN_1, Tree, hard, tree, with_latin_1
from tests.servers.launch import Server

HIDDEN = "..hidden.."
LATIN = LATIN_1.decode("latin-1")
CONTROLS = {"\x01control.wav": "␁control.wav", "del\x7f.wav": "del␡.wav", "new\nline.wav": "new␊line.wav",
            "tab\tbed.wav": "tab␉bed.wav"}  # fmt: skip
JSON = (("Accept", "application/json"),)
WAIT = Timeouts(connect=10.0, read=20.0, ask=30.0)

Sizes = str
"""`exact` for every file; `big` where only the file of 5 MB is rounded; `rounded`; `none`."""


@dataclass(frozen=True, slots=True)
class Look:
    """A server, how it is asked, and all in which its list differs from the folder: nothing else may."""

    starts: Callable[[Path], AbstractContextManager[Server]]
    sizes: Sizes = "exact"
    ask: Request = field(default=Request("GET", "/", PAGE))
    hides: frozenset[str] = frozenset()
    """What the server lists in no form."""
    renames: Mapping[str, str] = field(default_factory=dict)
    """What stands in its list in place of the true name."""
    refuses: frozenset[str] = frozenset()
    """What the server lists and does not hand over under the path that it gives itself."""
    latin_1: str | None = LATIN
    """The name of the file whose name is not UTF-8; None where one such name closes the whole folder,
    as test_one_name_may_close_a_folder shows."""
    unlisted_latin_1: bool = False
    dated: bool = True
    caches: bool = False
    """Whether it goes on for a while to show a folder as it was."""


def look(starts: Callable[[Path], AbstractContextManager[Server]], sizes: Sizes = "exact", **more: object) -> Look:
    """A look with its sets given as plain tuples."""
    sets = {key: frozenset(value) if isinstance(value, tuple) else value for key, value in more.items()}
    return Look(starts, sizes, **sets)  # type: ignore[arg-type]


def get(path: str) -> Request:
    """A GET of another page than the root."""
    return Request("GET", path, PAGE)


def propfind() -> Request:
    """The PROPFIND that the probe sends where the page of a folder shows nothing."""
    at = WebTarget("nas", "nas.test", "nas.test", "192.0.2.1", 80, tls=False)
    _, asked = play(HTTP_LISTING, at, lambda request: says(404))
    return next(request for request in asked if request.method == "PROPFIND")


DAV = propfind()
AS_JSON = Request("GET", "/", PAGE, JSON)
# nginx and lighttpd hide what begins with a dot; so do copyparty and serve-index.
DOTS = (HIDDEN,)
# lighttpd takes no control character and no byte that is not UTF-8 in a URL, though it lists such names: 400.
LIGHTTPD = ("\x01control.wav", "del\x7f.wav", "new\nline.wav", "tab\tbed.wav", LATIN)
# Node, Java: a byte that is not UTF-8 became U+FFFD before it was listed; no path leads to the file any more: 404.
LOST = LATIN.replace("ö", "\ufffd")

LOOKS: dict[str, Look] = {
    "nginx": look(real.nginx, hides=DOTS),
    "nginx-rounded": look(partial(real.nginx, exact=False), "big", hides=DOTS),
    "nginx-json": look(partial(real.nginx, look="json"), hides=DOTS),
    "nginx-jsonp": look(partial(real.nginx, look="jsonp"), hides=DOTS, ask=get("/?callback=calls")),
    "nginx-xml": look(partial(real.nginx, look="xml"), hides=DOTS),
    "nginx-fancy": look(partial(real.nginx, look="fancy"), hides=DOTS),
    "nginx-fancy-rounded": look(partial(real.nginx, look="fancy", exact=False), "big", hides=DOTS),
    "apache-plain": look(partial(real.apache, look="plain"), "none", dated=False),
    "apache-fancy": look(real.apache, "big"),
    "apache-table": look(partial(real.apache, look="table"), "big"),
    # 10 bytes are `0.1K`: no size of lighttpd's is exact.
    "lighttpd": look(real.lighttpd, "rounded", hides=DOTS, refuses=LIGHTTPD),
    "caddy-2.6": look(real.caddy),
    "caddy-2.6-json": look(real.caddy, ask=AS_JSON),
    "caddy-2.11": look(partial(real.caddy, newer=True)),
    "caddy-2.11-json": look(partial(real.caddy, newer=True), ask=AS_JSON),
    "python": look(real.python, "none", dated=False),
    # serve does not escape its own links and titles where a name looks like a reference: `&amp;.wav` reads as `&.wav`.
    "serve": look(real.serve, "none", renames={"&amp;.wav": "&.wav"}, refuses=("&.wav",), latin_1=None, dated=False),
    "serve-json": look(real.serve, "big", ask=AS_JSON, latin_1=None, dated=False),
    "serve-index": look(real.express, hides=DOTS, latin_1=LOST, refuses=(LOST,)),
    "http-server": look(real.http_server, "big", latin_1=LOST, refuses=(LOST,)),
    # webfs escapes nothing in its links.
    "webfs": look(real.webfs, "big", renames={"&amp;.wav": "&.wav"}, refuses=("&.wav",), caches=True),
    "mini_httpd": look(real.mini_httpd),
    "wsgidav": look(real.wsgidav, latin_1=None),
    # rclone draws control characters as pictures, and takes the pictures back.
    "rclone": look(real.rclone, renames=CONTROLS, caches=True),
    "copyparty": look(real.copyparty, hides=DOTS),
    "copyparty-json": look(real.copyparty, hides=DOTS, ask=get("/?ls")),
    # Tomcat leaves `&` and `;` in its links as they are: what follows a `;` is a parameter to it. It takes no
    # backslash in a path (400), and leaves out a name that is not UTF-8.
    "tomcat": look(
        real.tomcat, "rounded", renames={"&amp;.wav": "&.wav"}, unlisted_latin_1=True,
        refuses=("&.wav", "back\\slash.wav", "C=N;O=D.wav", "semi;colon.wav", "C=M;O=A"),
    ),
    # Jetty encodes the `;` of a reference, but not its `&`.
    "jetty": look(real.jetty, renames={"&amp;.wav": "&;.wav"}, refuses=("&;.wav", LOST), latin_1=LOST),
    # HFS hands over nothing whose name Windows would not take, and leaves out a name that is not UTF-8.
    "hfs-api": look(
        real.hfs, ask=get("/~/api/get_file_list?uri=/"), refuses=("<x>.wav", "back\\slash.wav", "q?x=1.wav"),
        unlisted_latin_1=True,
    ),
    "apache-dav": look(partial(real.apache, dav=True), ask=DAV),
    "lighttpd-dav": look(partial(real.lighttpd, dav=True), ask=DAV, refuses=LIGHTTPD),
    "wsgidav-dav": look(real.wsgidav, ask=DAV, latin_1=None),
    "rclone-dav": look(partial(real.rclone, speaks="webdav"), ask=DAV, renames=CONTROLS, caches=True),
}  # fmt: skip


def conversation(server: Server) -> Connection:
    """The program's own way of asking, with its own headers, let through to this server alone."""
    at = WebTarget("nas", "nas.test", "nas.test", server.host, server.port, server.tls)
    return driver(only((server.host, server.port))).conversation(at, WAIT)


async def listed(web: Connection, server: Server, ask: Request) -> Listing:
    """The listing that a server's answer holds."""
    answer = await web.ask(ask, WAIT.ask)
    assert isinstance(answer, Response), answer
    assert answer.ending is Ending.WHOLE
    url = f"http://nas.test:{server.port}{ask.path}"
    found = recognise(answer.body, url, tuple(answer.headers), answer.status)
    assert isinstance(found, Listing), found
    assert not found.partial
    return found


def expected(names: Tree, how: Look) -> dict[str, tuple[Kind, int]]:
    """What the list must hold: the folder, but for what is said to be the server's own."""
    whole = {}
    for entry in names.top:
        name = (how.latin_1 or "") if entry.name == LATIN_1 else entry.text
        if name not in how.hides and not (entry.name == LATIN_1 and how.unlisted_latin_1):
            whole[how.renames.get(name, name)] = (Kind.DIRECTORY if entry.folder else Kind.FILE, entry.size)
    return whole


@pytest.mark.parametrize("name", LOOKS)
async def test_the_whole_list_is_read_and_every_path_leads_to_its_file(name: str, tmp_path: Path) -> None:
    how, names = LOOKS[name], hard(tmp_path / "hard")
    with how.starts(names.path) as server:
        await _is_read_whole(how, names, server)
        # One name that is not UTF-8 may change how all the others are written.
        if how.latin_1 and not how.caches:
            await _is_read_whole(how, with_latin_1(names.path), server)
    if how.latin_1 and how.caches:
        with how.starts(with_latin_1(names.path).path) as server:
            await _is_read_whole(how, tree(names.path), server)


async def _is_read_whole(how: Look, names: Tree, server: Server) -> None:
    async with conversation(server) as web:
        found = await listed(web, server, how.ask)
        whole = expected(names, how)
        assert sorted((entry.name, entry.kind) for entry in found.entries) == sorted(
            (name, kind) for name, (kind, _) in whole.items()
        )
        # Of a file that the server itself cannot find any more it tells no size and no date, or a wrong one.
        told_of = [entry for entry in found.files if entry.name != LOST]
        for entry in told_of:
            true, told = whole[entry.name][1], entry.size
            rounded = how.sizes == "rounded" or (how.sizes == "big" and true == BIG)
            if how.sizes == "none":
                assert told is None
            else:
                assert told is not None, entry
                assert told.low <= true <= told.high, (entry, true)
                assert told.exact is not rounded, entry
                # The widest there are: nginx and serve show 5,000,019 bytes as `5M`.
                assert told.high - told.low <= max(2048, true // 2), entry
        assert all(entry.size is None for entry in found.directories)
        assert all((entry.modified is not None) is how.dated for entry in told_of)
        answers = {}
        for entry in found.entries:
            answer = await web.ask(Request("HEAD", entry.path), WAIT.ask)
            opened = isinstance(answer, Response) and answer.status in (200, 207)
            # An empty file may come without a length.
            length = (answer.length or 0) if isinstance(answer, Response) else -1
            answers[entry.name] = opened and (entry.kind is Kind.DIRECTORY or length == whole[entry.name][1])
    assert {name for name, right in answers.items() if not right} == how.refuses & whole.keys()


@pytest.mark.parametrize(("name", "status"), [("serve", 404), ("wsgidav", 500), ("wsgidav-dav", 500)])
async def test_one_name_may_close_a_folder(name: str, status: int, tmp_path: Path) -> None:
    names = hard(tmp_path / "hard", latin_1=True)
    with LOOKS[name].starts(names.path) as server:
        async with conversation(server) as web:
            answer = await web.ask(LOOKS[name].ask, WAIT.ask)
    assert isinstance(answer, Response)
    assert answer.status == status
