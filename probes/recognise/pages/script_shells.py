"""Pages without rows, whose scripts fetch the listing from the product's own interface: which product, and where."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

from probes.recognise.listing.html.page import Page

LONGEST = 1 << 18
"""A shell is small: no more of a page than this is searched."""

_HFS = re.compile(r'\bHFS\s{0,4}=\s{0,4}\{\s{0,20}"VERSION"\s{0,4}:\s{0,4}"(0\.[5-9]\d|[1-9]\d{0,3})\.')
_DUFS = re.compile(r"""["'](/(?:[\w.-]{1,60}/){0,6})__dufs_v[\d.]{1,20}__/index\.(?:js|css)["']""")
_FILE_BROWSER = re.compile(r"\bwindow\.FileBrowser\s{0,4}=")
_BASE_URL = re.compile(r'\\?"BaseURL\\?"\s{0,4}:\s{0,4}\\?"((?:/[\w.-]{1,60}){0,6})\\?"')
_NO_LOGIN = re.compile(r'\\?"NoAuth\\?"\s{0,4}:\s{0,4}true')
_SEAFILE = re.compile(r"\bpageOptions\s{0,4}[:=]")
_SHARE_TOKEN = re.compile(r"""\b(?:token|sharedToken)["']?\s{0,4}:\s{0,4}["']([0-9a-f]{8,40})["']""")
_ALIST = re.compile(r"\bwindow\.ALIST\s{0,4}=")
_JUPYTER = re.compile(r'"appName"\s{0,4}:\s{0,4}"Jupyter')
_JUPYTER_BASE = re.compile(r'"baseUrl"\s{0,4}:\s{0,4}"((?:/[\w.~-]{1,60}){0,6})/"')


def _itself(path: str) -> str:
    return path


@dataclass(frozen=True, slots=True)
class Shell:
    """A product's page without rows. `folder` is where a GET brings the rows of a folder, `file` where a file lies."""

    product: str
    mark: str
    """The structure that was seen, in our own words."""
    folder: Callable[[str], str] | None
    """None: the product hands its rows to a POST alone, which is never sent."""
    file: Callable[[str], str] = _itself
    anybody: bool = False
    """Whether the page itself lets everybody in, by a POST without a password: a refused GET then proves nothing."""


def shell_of(body: bytes, headers: Iterable[tuple[str, str]] = ()) -> Shell | None:
    """The product whose shell a page is, or None. Total; an article that quotes a product's page is none of it."""
    page = Page.of(body[:LONGEST], "http://shell.invalid/", headers, 200, len(body) <= LONGEST)
    if page.content_type not in ("", "text/html", "application/xhtml+xml") or page.start[:1] != "<":
        return None
    for known in (_hfs, _copyparty, _dufs, _file_browser, _go_http_server, _seafile, _alist, _jupyter):
        shell = known(page)
        if shell is not None:
            return shell
    return None


def _sources(page: Page) -> list[str]:
    """What the page loads: the addresses of its scripts and style sheets."""
    return [
        token.attributes.get("src" if token.name == "script" else "href", "")
        for token in page.all_tokens
        if token.name in ("script", "link") and not token.closing
    ]


def _hfs(page: Page) -> Shell | None:
    script = next((one for one in page.scripts if _HFS.search(one)), "")
    prefix = re.search(r'"prefixUrl"\s{0,4}:\s{0,4}"([^"\\]{0,200})"', script)
    if not script or not any("/~/frontend/" in source for source in _sources(page)):
        return None
    stem = prefix[1].rstrip("/") if prefix else ""

    def folder(path: str) -> str:
        inner = path[len(stem) :] if stem and path.startswith(stem + "/") else path
        # The whole path is one parameter: `&`, `+` and `;` in a folder's name are escaped for that.
        return f"{stem}/~/api/get_file_list?uri={quote(unquote_to_bytes(inner))}"

    return Shell("hfs", "a script that says HFS's version, beside HFS 3's front end", folder)


def _copyparty(page: Page) -> Shell | None:
    if {"#ht_brw", "#files", "#path"} <= page.classes and any("/.cpr/" in source for source in _sources(page)):
        return Shell("copyparty", "copyparty's browser with its front end", lambda path: f"{path}?ls")
    return None


def _dufs(page: Page) -> Shell | None:
    if any(_DUFS.fullmatch(f'"{source}"') for source in _sources(page)):
        return Shell("dufs", "dufs' front end", lambda path: f"{path}?json")
    return None


def _file_browser(page: Page) -> Shell | None:
    script = next((one for one in page.scripts if _FILE_BROWSER.search(one)), "")
    base = _BASE_URL.search(script)
    if base is None:
        return None
    stem = base[1]

    def inner(path: str) -> str:
        path = path[len(stem) :] if stem and path.startswith(stem + "/") else path
        return path[len("/files") :] if path.startswith("/files/") else path

    return Shell(
        "filebrowser",
        "a script that sets File Browser up",
        lambda path: f"{stem}/api/resources{inner(path)}",
        lambda path: f"{stem}/api/raw{inner(path)}",
        anybody=_NO_LOGIN.search(script) is not None,
    )


def _go_http_server(page: Page) -> Shell | None:
    if not any(source.startswith(("/-/assets/", "/-/js/", "/-/res/")) for source in _sources(page)):
        return None
    return Shell("gohttpserver", "assets below /-/, as gohttpserver serves them", lambda path: f"{path}?json=true")


def _seafile(page: Page) -> Shell | None:
    """A shared folder of Seafile (`/d/TOKEN/`): its script is told the token, by which the interface is asked."""
    script = next((one for one in page.scripts if _SEAFILE.search(one)), "")
    token = _SHARE_TOKEN.search(script)
    if token is None:
        return None
    stem = f"/d/{token[1]}"

    def inner(path: str) -> str:
        return quote(unquote_to_bytes(path[len(stem) :] if path.startswith(stem + "/") else path))

    return Shell(
        "seafile",
        "a script that sets a shared folder of Seafile up",
        lambda path: f"/api/v2.1/share-links/{token[1]}/dirents/?path={inner(path)}",
        lambda path: f"{stem}/files/?p={inner(path)}&dl=1",
    )


def _alist(page: Page) -> Shell | None:
    if any(_ALIST.search(one) for one in page.scripts) and "#root" in page.classes:
        return Shell("alist", "a script that sets AList up", None)
    return None


def _jupyter(page: Page) -> Shell | None:
    """Jupyter Server, JupyterLab and Jupyter Notebook, whose contents API lists folders (`GET /api/contents/PATH`)."""
    settings = next((one for one in page.scripts if _JUPYTER.search(one)), "")
    if (base := _JUPYTER_BASE.search(settings)) is not None:
        stem = base[1]
    elif page.title == "Jupyter Server" and "#jupyter_server" in page.classes:
        stem = ""
    else:
        return None

    def inner(path: str) -> str:
        path = path[len(stem) :] if stem and path.startswith(stem + "/") else path
        for page_of in ("/lab/tree/", "/tree/", "/lab/", "/tree", "/lab"):
            if path.startswith(page_of):
                return path[len(page_of) :].lstrip("/")
        return path.lstrip("/")

    return Shell(
        "jupyter",
        "the settings of Jupyter's front end",
        lambda path: f"{stem}/api/contents/{inner(path).rstrip('/')}?content=1",
        lambda path: f"{stem}/files/{inner(path)}",
    )
