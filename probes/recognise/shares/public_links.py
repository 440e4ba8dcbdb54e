"""Public links to shared folders of Nextcloud and ownCloud, whose rows come by WebDAV: where a link's folder lies.

Nextcloud, user manual, "Accessing public shares using WebDAV"; ownCloud, developer manual, "Public WebDAV API".
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

from probes.recognise.listing.html.page import Page
from probes.recognise.pages.script_shells import LONGEST

_LINK = re.compile(r"((?:/[\w.~-]{1,60}){0,4}?)((?:/index\.php)?/s/([A-Za-z0-9_-]{4,64}))/?")
_STATE = "initial-state-files_sharing-sharingToken"


@dataclass(frozen=True, slots=True)
class SharedFolder:
    """What lies behind a public link without a password."""

    root: str
    """Where the server's own root is, without a final slash."""
    link: str
    """The path of the link, without a final slash."""
    token: str

    @property
    def folders(self) -> tuple[str, ...]:
        """Where WebDAV shows the folder to anybody: Nextcloud from 29 on, ownCloud 10."""
        return (
            f"{self.root}/public.php/dav/files/{self.token}/",
            f"{self.root}/remote.php/dav/public-files/{self.token}/",
        )

    @property
    def older_folder(self) -> str:
        """Where older servers of both show it to who names the token as user, without a password."""
        return f"{self.root}/public.php/webdav/"

    @property
    def as_user(self) -> tuple[str, str]:
        """The header by which the token is named as user."""
        return "Authorization", f"Basic {base64.b64encode(f'{self.token}:'.encode()).decode()}"

    def download(self, path: str) -> str:
        """Where anybody gets the file that lies at `path` below `older_folder`."""
        inner = path.removeprefix(self.older_folder.rstrip("/"))
        folder, _, name = inner.rpartition("/")
        above, file = (quote(unquote_to_bytes(one), safe="") for one in (folder or "/", name))
        return f"{self.link}/download?path={above}&files={file}"


def shared_folder(path: str, body: bytes, headers: Iterable[tuple[str, str]] = ()) -> SharedFolder | None:
    """The folder behind the public link at `path`, if its page is that of such a link and holds the token of the path.
    None for any other page, as that which asks for a password. Total."""
    link = _LINK.fullmatch(path)
    if link is None:
        return None
    page = Page.of(body[:LONGEST], "http://shell.invalid/", headers, 200, len(body) <= LONGEST)
    if page.content_type not in ("", "text/html", "application/xhtml+xml"):
        return None
    fields = [one.attributes for one in page.all_tokens if one.name == "input" and not one.closing]
    if any(one.get("type", "").lower() == "password" for one in fields):
        return None
    for one in fields:
        name, value = one.get("id", ""), one.get("value", "")
        if (name == "sharingToken" and value == link[3]) or (name == _STATE and _unpacked(value) == link[3]):
            return SharedFolder(link[1], f"{link[1]}{link[2]}", link[3])
    return None


def token_of(path: str) -> str:
    """The token in the path of a public link; empty for any other path."""
    link = _LINK.fullmatch(path)
    return link[3] if link is not None else ""


def is_shared(path: str) -> bool:
    """Whether a path is that of the folder behind a public link, which WebDAV alone shows."""
    return _FOLDER.fullmatch(path) is not None


_FOLDER = re.compile(
    r"(?:/[\w.~-]{1,60}){0,4}?/(?:public\.php/dav/files|remote\.php/dav/public-files)/[A-Za-z0-9_-]{4,64}/"
)


def _unpacked(value: str) -> str:
    try:
        return base64.b64decode(value[:200], validate=True).decode("ascii").strip('"')
    except (binascii.Error, ValueError):
        return ""
