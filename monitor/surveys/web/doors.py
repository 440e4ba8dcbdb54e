"""How the folders of a place are asked for: by their page, by WebDAV, or by the interface of the product behind it.

A place is measured through the door that proves it. Where its page is no listing, the doors are tried that a look
tries, in the order in which a look tries them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from monitor.network.survey.pages import Pages
from probes.recognise.listing.streaming.stream import KEPT
from probes.recognise.pages.script_shells import shell_of
from probes.requests.http import Request, Response
from probes.requests.webdav import propfind

LONGEST_PAGE: Final = 4 << 30
"""Bytes of one page that are read: 16 million rows of the widest look."""


def _same(path: str) -> str:
    return path


@dataclass(frozen=True, slots=True)
class Door:
    """One way to ask for a folder. `request` is for the folder at a path, `file` where a file of it lies."""

    name: str
    request: Callable[[str], Request]
    file: Callable[[str], str] = _same
    status: int = 200
    """The status of an answer that shows a folder."""


PAGE: Final = Door("page", lambda path: Request("GET", path, LONGEST_PAGE))
WEBDAV: Final = Door("webdav", lambda path: propfind(path, KEPT), status=207)


def shell_door(page: Response, body: bytes) -> Door | None:
    """The door behind a known product's page without rows; None where no GET shows its rows."""
    shell = shell_of(body, tuple(page.headers)) if page.status == 200 else None
    if shell is None or shell.folder is None:
        return None
    folder = shell.folder
    return Door(shell.product, lambda path: Request("GET", folder(path), KEPT), shell.file)


async def other_door(pages: Pages, path: str, page: Response, body: bytes) -> Door | None:
    """The door behind a page that is no listing; None where no other one is known, or it is closed too."""
    shell = shell_door(page, body) if "?" not in path else None
    if shell is not None:
        return shell
    answer = await pages.read(propfind(path, KEPT))
    if isinstance(answer, Response) and answer.status == 207:
        return WEBDAV
    # A listing may come with the status of a refusal or a fault: so the look proved it.
    return _error_page(page.status) if page.status >= 400 else None


def _error_page(status: int) -> Door:
    return Door("error page", lambda path: Request("GET", path, KEPT), status=status)
