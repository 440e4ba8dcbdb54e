"""Public links of Nextcloud and ownCloud: only a declared one is asked for, by WebDAV, and proven like any folder."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote

import pytest

from probes.api import Clear, Exposed, Known, Unknown, Verdict
from probes.reasons import ClosedReason, OpenReason
from probes.recognise.shares.public_links import shared_folder
from probes.requests.http import Answer, Request
from probes.testing import play, says
from probes.web.listing import HTTP_LISTING
from tests.probes.services.looking import said
from tests.probes.web.builders import HTML, MISSING, NONCE, sound, target
from tests.servers.pages import NAMES, SOUND

TOKEN = "aB3dE6gH9jK2mNp"  # noqa: S105  of a link that nobody has
STATE = base64.b64encode(json.dumps(TOKEN).encode()).decode()
NEW = f"""<!DOCTYPE html><html class="ng-csp" lang="en"><head><title>Nextcloud</title>
<script defer src="/dist/files_sharing-public.js"></script></head><body id="body-public">
<input type="hidden" id="initial-state-files_sharing-isPublic" value="dHJ1ZQ==">
<input type="hidden" id="initial-state-files_sharing-sharingToken" value="{STATE}"><div id="content"></div>
</body></html>"""
"""As Nextcloud 30 writes it (core/templates/layout.public.php, initial state of files_sharing), shortened."""
OLD = f"""<!DOCTYPE html><html lang="en"><head><title>ownCloud</title>
<script src="/apps/files_sharing/js/public.js"></script>
</head><body id="body-public"><input type="hidden" id="isPublic" name="isPublic" value="1"><input type="hidden"
id="sharingToken" name="sharingToken" value="{TOKEN}"><input type="hidden" id="dir" name="dir" value="/">
<div id="files-public-content"><table id="filestable"><tbody id="fileList"></tbody></table></div></body></html>"""
"""As ownCloud 10 and Nextcloud until 27 write it (apps/files_sharing/templates/public.php), shortened."""
LOGIN = f"""<html><head><title>Nextcloud</title></head><body><input type="hidden" id="sharingToken" value="{TOKEN}">
<form method="post"><p>This share is password-protected</p><input type="password" name="password"></form>
</body></html>"""

FOLDERS = {"": [*NAMES, "more/"], "more/": [f"more-{name}" for name in NAMES]}
DAV = f"/public.php/dav/files/{TOKEN}/"
OWNCLOUD = f"/remote.php/dav/public-files/{TOKEN}/"
USER = f"Basic {base64.b64encode(f'{TOKEN}:'.encode()).decode()}"


@dataclass
class Cloud:
    """A server with one shared folder, by the rules of public.php/dav, or of the older public.php/webdav."""

    dav: str = DAV
    """Where WebDAV shows it; `/public.php/webdav/` wants the token as user."""
    page: str = NEW
    link: str = f"/s/{TOKEN}"
    shut: bool = False
    status: int = 207
    """Of a list."""
    asked: list[Request] = field(default_factory=list)

    def __call__(self, request: Request) -> Answer:
        self.asked.append(request)
        root = self.link.partition("/index.php")[0].partition("/s/")[0]
        path, _, query = request.path.partition("?")
        by_user = self.dav.endswith("/webdav/")
        if path in (self.link, self.link + "/"):
            return says(200, (LOGIN if self.shut else self.page).encode(), content_type=HTML)
        if path == f"{self.link}/download" and not self.shut:
            asked = parse_qs(query)
            name = f"{asked['path'][0].strip('/')}/{asked['files'][0]}".lstrip("/")
            return sound(request) if self._is_file(name) else MISSING
        inner = path.removeprefix(root + self.dav)
        if not path.startswith(root + self.dav):
            return MISSING
        if self.shut or (by_user and ("Authorization", USER) not in request.headers):
            return says(401, b"<d:error xmlns:d='DAV:'/>", content_type="application/xml")
        if request.method == "PROPFIND" and inner in FOLDERS:
            rows = "".join(self._row(root + self.dav + inner + name) for name in ("", *FOLDERS[inner]))
            body = f'<?xml version="1.0"?><d:multistatus xmlns:d="DAV:">{rows}</d:multistatus>'
            return says(self.status, body.encode(), content_type="application/xml")
        if inner in FOLDERS:
            return says(501, b"<d:error xmlns:d='DAV:'/>", content_type="application/xml")
        return sound(request) if self._is_file(unquote(inner)) else MISSING

    @staticmethod
    def _is_file(name: str) -> bool:
        return any(name == folder + one for folder, rows in FOLDERS.items() for one in rows if not one.endswith("/"))

    @staticmethod
    def _row(path: str) -> str:
        kind = "<d:collection/>" if path.endswith("/") else ""
        size = "" if kind else f"<d:getcontentlength>{len(SOUND)}</d:getcontentlength>"
        return (
            f"<d:response><d:href>{path}</d:href><d:propstat><d:prop><d:resourcetype>{kind}</d:resourcetype>{size}"
            "</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
        )


def look(cloud: Cloud, *declared: str, known: tuple[Known, ...] = ()) -> tuple[Verdict, ...]:
    paths = declared or (cloud.link,)
    verdicts, _ = play(HTTP_LISTING, target(paths=("/", *paths), declared=frozenset(paths), known=known), cloud)
    return tuple(one for one in verdicts if one.place.path != "/")


def is_dav(request: Request) -> bool:
    return "/dav/" in request.path or "/webdav/" in request.path


@pytest.mark.parametrize("root", ["", "/cloud"])
@pytest.mark.parametrize("index", ["", "/index.php"])
@pytest.mark.parametrize(("dav", "page"), [(DAV, NEW), (DAV, OLD), (OWNCLOUD, OLD)])
def test_a_declared_link_is_proven_and_filed_where_webdav_shows_it(root: str, index: str, dav: str, page: str) -> None:
    cloud = Cloud(dav, page, f"{root}{index}/s/{TOKEN}")
    at_link, found = look(cloud)
    assert (at_link.place.path, at_link.why) == (cloud.link, ClosedReason.LOOKED_AT_THERE)
    assert isinstance(found, Exposed)
    assert (found.place.path, found.why) == (root + dav, OpenReason.LISTED_AND_READABLE)
    assert found.listing is not None
    assert {one.name for one in found.listing.files} == set(NAMES)
    assert not any(name == "Authorization" for one in cloud.asked for name, _ in one.headers)


def test_a_list_under_200_counts_as_elsewhere_and_a_page_under_200_does_not() -> None:
    assert isinstance(look(Cloud(status=200))[1], Exposed)

    class Paged(Cloud):
        def __call__(self, request: Request) -> Answer:
            answer = super().__call__(request)
            rows = "".join(f'<li><a href="{name}">{name}</a> 4044 2026-11-03 10:00' for name in NAMES)
            page = f"<h1>Index of {request.path}</h1><ul>{rows}</ul>"
            return says(200, page.encode(), content_type=HTML) if request.method == "PROPFIND" else answer

    assert not any(isinstance(one, Exposed) for one in look(Paged()))


def test_it_stays_open_where_it_was_filed_and_closes_there() -> None:
    cloud = Cloud()
    found = next(one for one in look(cloud) if isinstance(one, Exposed))
    known = (Known(DAV, found.witnesses, "listing", open=True),)
    cloud.asked.clear()
    again = look(cloud, known=known)
    assert [(one.place.path, said(one)) for one in again if isinstance(one, Exposed)] == [
        (DAV, "exposed listed-and-readable")
    ]
    assert not [one for one in again if isinstance(one, Unknown)]
    at_link = [one.path for one in cloud.asked if one.path.startswith("/s/")]
    assert at_link == [cloud.link], "what is looked at there is asked for there alone"
    assert [(one.method, one.path.removeprefix(DAV), one.fresh) for one in cloud.asked if is_dav(one)] == [
        ("PROPFIND", "", False),
        ("PROPFIND", f"{NONCE}a/", False),
        ("GET", NAMES[0], False),
        ("GET", f"{NONCE}.wav", False),
        ("PROPFIND", "", True),
    ]
    assert len(cloud.asked) == 8, "those, the link, and the root beside a made-up folder"
    cloud.shut = True
    closed = look(cloud, known=known)
    assert {one.place.path for one in closed} == {cloud.link, DAV}
    assert all(isinstance(one, Clear) for one in closed), closed


@pytest.mark.parametrize("root", ["", "/cloud"])
def test_an_older_server_shows_it_to_who_names_the_token_as_user(root: str) -> None:
    cloud = Cloud("/public.php/webdav/", OLD, f"{root}/index.php/s/{TOKEN}")
    (found,) = look(cloud)
    assert isinstance(found, Exposed)
    assert (found.place.path, found.why) == (cloud.link, OpenReason.LISTED_AND_READABLE)
    assert found.witnesses
    assert all(one.startswith(f"{cloud.link}/download?path=") for one in found.witnesses)
    sent = [one for one in cloud.asked if any(name == "Authorization" for name, _ in one.headers)]
    assert {one.method for one in sent} == {"PROPFIND"}
    assert all(one.path.startswith(f"{root}/public.php/webdav/") and not one.host for one in sent)
    # Its page gone, the files answer still: not closed. All of it shut: closed.
    known = (Known(cloud.link, found.witnesses, "listing", open=True),)
    cloud.page = (
        "<html><title>Cloud</title><body><h1>Cloud</h1><p>This page was moved to another place.</p></body></html>"
    )
    assert isinstance(look(cloud, known=known)[0], Exposed)
    cloud.shut = True
    assert isinstance(look(cloud, known=known)[0], Clear)


def test_a_link_with_a_password_is_clear_and_is_not_asked_by_webdav() -> None:
    cloud = Cloud(shut=True)
    (closed,) = look(cloud)
    assert said(closed) == "clear login-wall"
    assert [one.path for one in cloud.asked if is_dav(one)] == []


def test_a_link_that_nobody_declared_is_not_asked_for() -> None:
    cloud = Cloud()
    look(cloud, "/rec/")
    verdicts, asked = play(HTTP_LISTING, target(paths=("/", cloud.link)), cloud)
    assert not any(is_dav(one) for one in [*asked, *cloud.asked])
    assert not any(isinstance(one, Exposed) for one in verdicts)


def test_a_page_that_holds_another_token_leads_nowhere() -> None:
    other = NEW.replace(STATE, base64.b64encode(b'"zZ9yY8xX7wW6vVu"').decode())
    for page in (other, NEW.replace(STATE, "%%%"), OLD.replace(TOKEN, "zZ9yY8xX7wW6vVu")):
        cloud = Cloud(page=page)
        assert not any(isinstance(one, Exposed) for one in look(cloud))
        assert not any(is_dav(one) for one in cloud.asked)
    for path in (
        f"/s/{TOKEN}/x",
        f"/s/{TOKEN}?x",
        f"//evil.example/s/{TOKEN}",
        f"/x/../s/{TOKEN}\r\n",
        "/s/",
        "/s/" + "a" * 65,
    ):
        share = shared_folder(path, NEW.encode())
        assert share is None, path
