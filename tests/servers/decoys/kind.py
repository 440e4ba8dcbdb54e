"""What a decoy is: a site that looks like an exposure to a careless eye, with its right verdict and why."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from typing import Literal, TypeAlias
from urllib.parse import unquote, urljoin, urlsplit

from tests.servers.raw import Hit, reply

Site: TypeAlias = Callable[[Hit], bytes]
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Decoy:
    """One site that is no exposure."""

    name: str
    family: str
    verdict: Literal["clear", "unknown"]
    """The best answer about `path`."""
    why: str
    """Why it is none, in one line."""
    site: Site
    path: str = "/"
    """Where to look."""
    near: bool = False
    """So near to a listing that `unknown` is as right as `clear`."""

    def fits(self, verdict: str) -> bool:
        """Whether a verdict is a right one; `exposed` never is."""
        return verdict == self.verdict or (self.near and verdict in ("clear", "unknown"))


DECOYS: dict[str, Decoy] = {}
"""Every decoy by name. `tests.servers.decoys` has imported them all."""


def site(
    name: str,
    family: str,
    why: str,
    serve: Site,
    *,
    verdict: Literal["clear", "unknown"] = "clear",
    path: str = "/",
    near: bool = False,
) -> None:
    """Register a site that answers every request itself."""
    assert name not in DECOYS, name
    DECOYS[name] = Decoy(name, family, verdict, why, serve, path, near)


def page(
    name: str,
    family: str,
    why: str,
    body: str | bytes,
    *,
    path: str = "/",
    kind: str = HTML,
    status: int | str = 200,
    headers: tuple[tuple[str, str], ...] = (),
    missing: str = "<!doctype html><title>404</title><h1>404</h1><p>Not found.</p>",
    verdict: Literal["clear", "unknown"] = "clear",
    near: bool = False,
    entries_are_pages: bool = False,
    entries_answer: bool = True,
) -> None:
    """Register a site of one page. What the page links to on its own host is there too; all else is 404.

    So no decoy is saved by a dead link: its entries answer, and only its structure tells that it is no listing.
    A link to `x.c` or `x.pdf` finds such a file, or with `entries_are_pages` a page about it, as in a code browser.
    Only where `entries_answer` is off they are refused as the page is: what answers a stranger is open.
    """
    content = body.encode() if isinstance(body, str) else body
    linked = _linked(content, path, entries_are_pages) if "html" in kind else {}

    def serve(hit: Hit) -> bytes:
        bare = hit.method == "HEAD"
        if hit.method not in ("GET", "HEAD"):
            return reply("405 Method Not Allowed", b"", "", ("Allow", "GET, HEAD"), ("Server", "nginx"))
        asked = unquote(hit.path.partition("?")[0])
        if asked == path:
            return reply(status, content, kind, ("Server", "nginx"), *headers, bare=bare)
        if asked in linked and not entries_answer:
            return reply(status, missing.encode(), HTML, ("Server", "nginx"), bare=bare)
        if asked in linked:
            return reply(200, linked[asked][1], linked[asked][0], ("Server", "nginx"), bare=bare)
        return reply(404, missing.encode(), HTML, ("Server", "nginx"), bare=bare)

    site(name, family, why, serve, verdict=verdict, path=path, near=near)


def _linked(content: bytes, path: str, pages: bool) -> dict[str, tuple[str, bytes]]:
    found = {}
    for link in re.findall(r"""(?:href|src)\s*=\s*["']([^"'#]+)""", content.decode("utf-8", "replace")):
        try:
            parts = urlsplit(urljoin(f"http://decoy.test{path}", unescape(link)))
        except ValueError:
            continue
        if parts.hostname == "decoy.test" and parts.path != path:
            media = HTML if pages else mimetypes.guess_type(parts.path)[0] or HTML
            inside = b"<!doctype html><title>Sida</title><p>Text.</p>" if media.startswith("text/html") else bytes(2000)
            found[unquote(parts.path)] = (media, inside)
    return found
