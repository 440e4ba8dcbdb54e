"""Folders that a script draws: a known product's interface is asked by GET, and proven like any listing."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.network.budget import Limits
from monitor.network.transport import Timeouts
from probes.api import Certainty, Clear, Exposed, Unknown, Verdict, WebTarget
from probes.reasons import ClosedReason, OpenReason, UndecidedReason, Why
from probes.recognise.pages.script_shells import shell_of
from probes.requests.http import Answer, Request, Response
from probes.testing import play, says
from probes.web.listing import HTTP_LISTING
from tests.monitor.network.builders import KEY, driver, only
from tests.probes.web.builders import HTML, MISSING, NONCE, sound, target
from tests.servers import real, web_stores
from tests.servers.folders import Tree
from tests.servers.launch import Server
from tests.servers.pages import NAMES, SOUND

JSON = "application/json"
HFS = """<!DOCTYPE html><html><head><title>File server</title><script>
HFS = {
    "VERSION": "0.52.9",
    "SPECIAL_URI": "/~/",
    "prefixUrl": "%s"
}</script><script type="module" crossorigin src="/~/frontend/assets/index-Uv-vNCsJ.js"></script></head>
<body><noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div></body></html>"""
COPYPARTY = """<!DOCTYPE html><html lang="en" id="ht_brw"><head><title>nas</title>
<link rel="stylesheet" media="screen" href="/.cpr/w/ui.css?_=Ai-H"></head><body><h1 id="path"><a href="/">/</a></h1>
<table id="files"><thead><tr><th name="lead"><span>c</span></th><th name="href"><span>File Name</span></th>
<th name="sz" sort="int"><span>Size</span></th></tr></thead><tbody></tbody></table></body></html>"""
DUFS = """<!DOCTYPE html><html><head><meta charset="utf-8"><link rel="icon" href="/__dufs_v0.43.0__/favicon.ico">
<link rel="stylesheet" href="/__dufs_v0.43.0__/index.css"><script src="/__dufs_v0.43.0__/index.js"></script></head>
<body><div class="main"></div></body></html>"""
FILE_BROWSER = """<!DOCTYPE html><html><head><title>File Browser</title><script>
window.FileBrowser = {"AuthMethod":"json","BaseURL":"","NoAuth":%s,"Version":"2.30.0"};
</script></head><body><div id="app"></div></body></html>"""
ALIST = """<!DOCTYPE html><html><head><title>Loading...</title><script>window.ALIST = {"base_path":"/"}</script>
</head><body><div id="root"></div></body></html>"""
GO_HTTP_SERVER = """<!DOCTYPE html><html><head><title>[[title]]</title><link rel=stylesheet href="/-/assets/a.css">
</head><body id="app"><table><tr v-for="f in computedFiles"><td>{{f.name}}</td></tr></table>
<script src="/-/assets/js/index.js"></script></body></html>"""
SEAFILE = """<html><body><div id="wrapper"></div><script>
window.shared = {pageOptions: {dirName: 'x', token: '0123456789abcdef'}};</script>
<script src="/media/assets/frontend/static/js/sharedDirView.js"></script></body></html>"""
JUPYTER = """<!doctype html><html lang="en"><head><title>JupyterLab</title>
<script id="jupyter-config-data" type="application/json">{"appName": "JupyterLab", "baseUrl": "/", "token": ""}</script>
</head><body><script defer src="/static/lab/main.js"></script></body></html>"""
ARTICLE = """<!DOCTYPE html><html><head><title>HFS 3 explained</title></head><body><p>The page holds</p>
<pre>&lt;script&gt;HFS = { "VERSION": "0.52.9" }&lt;/script&gt; &lt;script src="/~/frontend/assets/index.js"&gt;</pre>
<p>and fetches <code>/~/api/get_file_list</code>; File Browser sets <code>window.FileBrowser = {"BaseURL":""}</code>,
dufs loads <code>/__dufs_v0.43.0__/index.js</code>.</p></body></html>"""

Row = tuple[str, int, bool]


def _hfs(rows: list[Row]) -> object:
    listed = [
        {"n": name + "/" * folder, "m": "2026-11-21T23:43:53.408Z", "s": size, "p": "a"} for name, size, folder in rows
    ]
    return {"can_archive": True, "can_upload": False, "can_delete": False, "list": listed}


def _copyparty(rows: list[Row]) -> object:
    told = [
        ({"lead": "-", "href": name + "/" * folder, "sz": size, "ts": 1795305350}, folder)
        for name, size, folder in rows
    ]
    return {
        "dirs": [row for row, folder in told if folder], "files": [row for row, folder in told if not folder],
        "taglist": [], "srvinf": "nas", "acct": "*", "perms": ["read"],
    }  # fmt: skip


def _dufs(rows: list[Row]) -> object:
    paths = [
        {"path_type": "Dir" if folder else "File", "name": name, "mtime": 1795305350000, "size": size}
        for name, size, folder in rows
    ]
    return {"href": "/", "kind": "Index", "allow_upload": False, "paths": paths}


def _file_browser(rows: list[Row]) -> object:
    items = [
        {"name": name, "size": size, "isDir": folder, "modified": "2026-11-21T23:43:53Z"} for name, size, folder in rows
    ]
    return {"items": items, "numDirs": 0, "numFiles": len(items)}


def _go_http_server(rows: list[Row]) -> object:
    files = [
        {"name": name, "path": name, "type": "dir" if folder else "file", "size": size, "mtime": 1795305350000}
        for name, size, folder in rows
    ]
    return {"files": files, "auth": {"upload": False, "delete": False}}


def _jupyter(rows: list[Row]) -> object:
    content = [
        {"name": name, "path": name, "last_modified": "2026-11-21T23:43:53.408Z", "content": None, "mimetype": None,
         "size": None if folder else size, "type": "directory" if folder else "file"}
        for name, size, folder in rows
    ]  # fmt: skip
    return {"name": "", "path": "", "content": content, "format": "json", "mimetype": None, "type": "directory"}


@dataclass(frozen=True)
class Product:
    """A shell, the interface behind it, and where it keeps its files."""

    shell: str
    folder: Callable[[str], str]
    rows: Callable[[list[Row]], object]
    file: str = ""


PRODUCTS = {
    "hfs": Product(HFS % "", lambda path: f"/~/api/get_file_list?uri={path}", _hfs),
    "copyparty": Product(COPYPARTY, lambda path: f"{path}?ls", _copyparty),
    "dufs": Product(DUFS, lambda path: f"{path}?json", _dufs),
    "filebrowser": Product(FILE_BROWSER % "false", lambda path: f"/api/resources{path}", _file_browser, "/api/raw"),
    "gohttpserver": Product(GO_HTTP_SERVER, lambda path: f"{path}?json=true", _go_http_server),
    "jupyter": Product(JUPYTER, lambda path: f"/api/contents/{path.strip('/')}?content=1", _jupyter, "/files"),
}
DISK: dict[str, list[Row]] = {
    "/": [*((name, len(SOUND), False) for name in NAMES), ("more", 4096, True)],
    "/more/": [("one.wav", len(SOUND), False)],
}


def look(
    product: Product,
    rule: Callable[[Request], Answer | None] = lambda request: None,
    disk: dict[str, list[Row]] = DISK,
    shell: str = "",
) -> tuple[Verdict, list[Request]]:
    """What the probe says of the root of a disk behind a product, and all that it asked."""
    pages = {path: says(200, (shell or product.shell).encode(), content_type=HTML) for path in disk}
    rows = {
        product.folder(path): says(200, json.dumps(product.rows(each)).encode(), content_type=JSON)
        for path, each in disk.items()
    }
    files = {product.file + path + name for path, each in disk.items() for name, _, folder in each if not folder}

    def answer(request: Request) -> Answer:
        given = rule(request)
        if given is not None:
            return given
        if request.path in files:
            return sound(request)
        if request.method == "PROPFIND":
            return says(405, content_type=HTML)
        return {**pages, **rows}.get(request.path, MISSING)

    (verdict,), asked = play(HTTP_LISTING, target(), answer)
    assert {request.method for request in asked} <= {"GET", "HEAD", "PROPFIND"}
    assert not any("get=list" in request.path for request in asked)
    return verdict, asked


def api(product: Product, answer: Answer) -> Callable[[Request], Answer | None]:
    """A rule: the interface answers so for the root."""
    return lambda request: answer if request.path == product.folder("/") else None


@pytest.mark.parametrize("name", PRODUCTS)
def test_the_rows_behind_a_shell_are_proven_like_any_listing(name: str) -> None:
    product = PRODUCTS[name]
    verdict, asked = look(product)
    assert isinstance(verdict, Exposed), verdict
    assert (verdict.certainty, verdict.why) == (Certainty.PROVEN, OpenReason.LISTED_AND_READABLE)
    assert verdict.listing is not None
    assert sorted((entry.name, entry.size.best if entry.size else None) for entry in verdict.listing.files) == sorted(
        (name, len(SOUND)) for name in NAMES
    )
    assert [entry.name for entry in verdict.listing.directories] == ["more"]
    gets = [request for request in asked if request.method == "GET"]
    assert [request.fresh for request in gets if request.path == product.folder("/")] == [False, True]
    canaries = [request.path for request in gets if NONCE in request.path and ".wav" not in request.path]
    assert canaries == [f"/{NONCE}/", *(product.folder(f"/{NONCE}{turn}/") for turn in "ab")]
    tried = [request.path for request in asked if dict(request.headers).get("Range")]
    assert len(tried) == 2
    folders = [one for one in verdict.witnesses if one.startswith("GET ")]
    assert folders == [f"GET {product.folder('/more/')}"]
    files = [one for one in verdict.witnesses if one not in folders]
    assert all(path.startswith(product.file + "/") for path in (*tried, *files))
    assert not [one for one in verdict.proof if any(name in one.detail for name in NAMES)]


@pytest.mark.parametrize("name", PRODUCTS)
def test_a_disk_of_folders_is_followed_through_the_interface(name: str) -> None:
    disk: dict[str, list[Row]] = {"/": [("more", 4096, True)], "/more/": DISK["/more/"]}
    verdict, _ = look(PRODUCTS[name], disk=disk)
    assert isinstance(verdict, Exposed), verdict
    assert (verdict.certainty, verdict.why) == (Certainty.PROVEN, OpenReason.FOLDERS_LISTED)
    assert verdict.witnesses == (f"{PRODUCTS[name].file}/more/one.wav", f"GET {PRODUCTS[name].folder('/more/')}")


@pytest.mark.parametrize(("status", "why"), [(401, ClosedReason.LOGIN_DEMANDED), (403, ClosedReason.FORBIDDEN)])
@pytest.mark.parametrize("name", PRODUCTS)
def test_an_interface_that_refuses_is_clear(name: str, status: int, why: Why) -> None:
    verdict, _ = look(PRODUCTS[name], api(PRODUCTS[name], says(status)))
    assert isinstance(verdict, Clear), verdict
    assert verdict.why is why


UNDECIDED: dict[str, Response] = {
    "404": MISSING,
    "failure": says(500),
    "throttled": says(429),
    "a page": says(200, b"<h1>Hello</h1>", content_type=HTML),
    "other rows": says(200, b'[{"id": 1, "title": "x"}]', content_type=JSON),
    "an error as JSON": says(200, b'{"error": "no"}', content_type=JSON),
}


@pytest.mark.parametrize("said", UNDECIDED)
@pytest.mark.parametrize("name", PRODUCTS)
def test_an_interface_that_shows_nothing_decides_nothing(name: str, said: str) -> None:
    verdict, _ = look(PRODUCTS[name], api(PRODUCTS[name], UNDECIDED[said]))
    assert isinstance(verdict, Unknown), verdict


@pytest.mark.parametrize("name", PRODUCTS)
def test_an_empty_folder_is_open(name: str) -> None:
    verdict, _ = look(PRODUCTS[name], disk={"/": []})
    assert isinstance(verdict, Exposed), verdict
    assert verdict.why is OpenReason.EMPTY


@pytest.mark.parametrize("name", PRODUCTS)
def test_an_interface_that_lists_any_folder_alike_proves_nothing(name: str) -> None:
    product = PRODUCTS[name]
    rows = says(200, json.dumps(product.rows(DISK["/"])).encode(), content_type=JSON)
    wanted = product.folder("/\0").split("\0", maxsplit=1)[0]
    verdict, _ = look(
        product, lambda r: rows if r.path.startswith(wanted) and NONCE in r.path and r.method == "GET" else None
    )
    assert isinstance(verdict, Unknown), verdict
    assert verdict.why is UndecidedReason.CATCH_ALL


@pytest.mark.parametrize("name", PRODUCTS)
def test_a_listed_file_that_is_refused_leaves_its_name(name: str) -> None:
    files: dict[str, list[Row]] = {"/": DISK["/more/"]}
    verdict, _ = look(PRODUCTS[name], lambda request: says(403) if request.path.endswith(".wav") else None, files)
    assert isinstance(verdict, Exposed), verdict
    assert verdict.why is OpenReason.NAMES_ONLY


def test_a_file_browser_without_a_login_is_not_clear_for_a_refused_get() -> None:
    product = PRODUCTS["filebrowser"]
    verdict, _ = look(product, api(product, says(401)), shell=FILE_BROWSER % "true")
    assert isinstance(verdict, Unknown), verdict


def test_what_only_a_post_would_show_is_never_clear() -> None:
    verdict, asked = look(PRODUCTS["hfs"], shell=ALIST)
    assert isinstance(verdict, Unknown), verdict
    assert not any("/api/" in request.path for request in asked)


def test_an_article_about_shells_is_none() -> None:
    assert shell_of(ARTICLE.encode()) is None
    verdict, asked = look(PRODUCTS["hfs"], shell=ARTICLE)
    assert isinstance(verdict, Clear), verdict
    assert not any("/api/" in request.path or "?" in request.path for request in asked)


def test_a_shared_folder_of_seafile_is_asked_for_by_its_token() -> None:
    shell = shell_of(SEAFILE.encode())
    assert shell is not None
    assert shell.folder is not None
    stem = "0123456789abcdef"
    assert shell.folder(f"/d/{stem}/") == f"/api/v2.1/share-links/{stem}/dirents/?path=/"
    assert shell.folder(f"/d/{stem}/a%20b/") == f"/api/v2.1/share-links/{stem}/dirents/?path=/a%20b/"
    assert shell.file("/a%26b.pdf") == f"/d/{stem}/files/?p=/a%26b.pdf&dl=1"


def test_a_folder_s_name_is_one_parameter_of_the_interface() -> None:
    shell = shell_of((HFS % "").encode())
    assert shell is not None
    assert shell.folder is not None
    assert shell.folder("/a%20b/c&d/s%F6n/") == "/~/api/get_file_list?uri=/a%20b/c%26d/s%F6n/"
    below = shell_of((HFS % "/files").encode())
    assert below is not None
    assert below.folder is not None
    assert below.folder("/files/rec/") == "/files/~/api/get_file_list?uri=/rec/"


def test_jupyter_s_pages_show_folders_of_its_contents_interface() -> None:
    shell = shell_of(JUPYTER.replace('"baseUrl": "/"', '"baseUrl": "/user/a.b/"').encode())
    assert shell is not None
    assert shell.folder is not None
    for page in ("/user/a.b/lab", "/user/a.b/tree", "/user/a.b/", "/user/a.b/lab/tree/"):
        assert shell.folder(page) == "/user/a.b/api/contents/?content=1"
    assert shell.folder("/user/a.b/tree/rec/2018/") == "/user/a.b/api/contents/rec/2018?content=1"
    assert shell.file("/user/a.b/lab/rec/a.wav") == "/user/a.b/files/rec/a.wav"


@given(
    st.lists(
        st.sampled_from([HFS, COPYPARTY, DUFS, FILE_BROWSER, ALIST, JUPYTER, "<", ">", '"', "\ufffd", "\0", "{"]),
        max_size=6,
    )
)
def test_no_page_breaks_the_look_for_shells(parts: list[str]) -> None:
    body = "".join(part[: 40 * number + 7] for number, part in enumerate(parts)).encode()
    shell_of(body)
    shell_of(body[::-1], (("content-type", "text/html"),))


OPEN = {"hfs": real.hfs, "copyparty": real.copyparty}
DAY = "/medicall/2018/11/21/"


async def seen(starts: Callable[[Path], AbstractContextManager[Server]], tree: Tree, path: str) -> tuple[Verdict, str]:
    """What the program's own driver sees of one folder of a real server, and what the server was asked."""
    with starts(tree.path) as server:
        at = WebTarget(
            "nas", "nas.test", "nas.test", server.host, server.port, server.tls, (path,), (path,), nonce=NONCE
        )
        limits = Limits(requests=80, wire=8 * 2**20, seconds=20.0, timeouts=Timeouts(2.0, 5.0, 10.0))
        done = await driver(only((server.host, server.port))).look(HTTP_LISTING, at, KEY, limits)
        return done.verdicts[0], server.asked()


@pytest.mark.parametrize("path", ["/", DAY])
@pytest.mark.parametrize("name", OPEN)
async def test_a_real_server_is_proven_open(name: str, path: str, recordings: Tree) -> None:
    verdict, asked = await seen(OPEN[name], recordings, path)
    assert isinstance(verdict, Exposed), verdict
    assert verdict.certainty is Certainty.PROVEN
    assert verdict.listing is not None
    assert {(entry.name, entry.size.best if entry.size else 0) for entry in verdict.listing.entries} == {
        (entry.text, entry.size) for entry in recordings.at(path)
    }
    assert "POST" not in asked


@pytest.mark.parametrize("path", ["/", DAY])
@pytest.mark.parametrize("name", OPEN)
async def test_its_twin_behind_a_login_is_not(name: str, path: str, recordings: Tree) -> None:
    verdict, asked = await seen(partial(OPEN[name], login=True), recordings, path)
    assert isinstance(verdict, Clear | Unknown), verdict
    assert "POST" not in asked


async def test_an_open_jupyter_is_proven_by_the_names_that_it_shows(recordings: Tree) -> None:
    verdict, asked = await seen(web_stores.jupyter, recordings, "/")
    assert isinstance(verdict, Exposed), verdict
    assert verdict.listing is not None
    assert {entry.name for entry in verdict.listing.entries} == {entry.text for entry in recordings.at("/")}
    assert "POST" not in asked


async def test_a_jupyter_with_a_token_is_not(recordings: Tree) -> None:
    verdict, _ = await seen(partial(web_stores.jupyter, state="closed"), recordings, "/")
    assert isinstance(verdict, Clear | Unknown), verdict
