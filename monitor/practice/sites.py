"""The practice sites: what a region's subcontractors left open, beside the closed twins that look much the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TypeAlias
from urllib.parse import quote

from aiohttp import web

from monitor.practice import indexes, portals
from monitor.practice.disk import File, Folder, backup, growing, recorder
from monitor.practice.serving import Handler, application, file_answer, moved, page, refusal, verb_refused
from monitor.practice.store import Bucket, store

Clock: TypeAlias = Callable[[], datetime]

APACHE = "Apache/2.4.7 (Ubuntu)"
NGINX = "nginx/1.18.0"
IIS = "Microsoft-IIS/10.0"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of practice site: how it is made, and what a look at it should say."""

    make: Callable[[Clock], web.Application]
    right: str
    """What is right about it, in words: the practice states its own answers."""
    mended: bool = False
    """Whether it is mended when somebody acts, in place of refusing every path."""


def open_recorder(now: Clock) -> web.Application:
    """A recorder's disk behind an old Apache that lists every folder: the 1177 case, in clear on a port for TLS."""
    return application(_apache(closed=False))


def closed_recorder(now: Clock) -> web.Application:
    """The same disk behind the same Apache, with every folder and every file refused."""
    return application(_apache(closed=True))


def _apache(*, closed: bool) -> Handler:
    async def answer(request: web.Request) -> web.Response:
        if request.method not in ("GET", "HEAD"):
            return verb_refused(APACHE)
        found = recorder().find(request.path)
        if found is None:
            return refusal(404, APACHE)
        if closed:
            return refusal(403, APACHE)
        if isinstance(found, File):
            return file_answer(request, found, APACHE)
        if not request.path.endswith("/"):
            return moved(f"http://{request.host}{quote(request.path)}/", APACHE)
        return page(indexes.apache(found, request.path, f"{APACHE} Server at {_said(request)}"), APACHE)

    return answer


def _said(request: web.Request) -> str:
    """The host that was asked for, and the port, as Apache signs its pages."""
    place = request.transport.get_extra_info("sockname") if request.transport is not None else None
    return f"{request.host.rpartition(':')[0] or request.host} Port {place[1] if place else 80}"


def growing_disk(now: Clock) -> web.Application:
    """A listing on which a new call lies every twenty seconds, counted from the start of the site."""
    begun = now()

    async def answer(request: web.Request) -> web.Response:
        if request.method not in ("GET", "HEAD"):
            return verb_refused(NGINX)
        found = growing(begun, now()).find(request.path)
        match found:
            case None:
                return refusal(404, NGINX)
            case File():
                return file_answer(request, found, NGINX)
            case Folder():
                return page(indexes.nginx(found, request.path), NGINX)

    return application(answer)


def login_wall(now: Clock) -> web.Application:
    """An archive that asks for a login: a login page with status 200 at the root, 401 everywhere else."""

    async def answer(request: web.Request) -> web.Response:
        if request.path != "/":
            return refusal(401, NGINX, {"WWW-Authenticate": 'Basic realm="Archive"'})
        if request.method not in ("GET", "HEAD"):
            return verb_refused(NGINX)
        return page(_LOGIN, NGINX)

    return application(answer)


def page_for_everything(now: Clock) -> web.Application:
    """A site that answers every path with the same friendly page: whatever one asks for seems to be there."""

    async def answer(request: web.Request) -> web.Response:
        return page(_WELCOME, IIS)

    return application(answer)


def forgotten_backup(now: Clock) -> web.Application:
    """A site whose folders do not list, and that hands last night's dump to anybody who knows its name."""

    async def answer(request: web.Request) -> web.Response:
        if request.method not in ("GET", "HEAD"):
            return verb_refused(NGINX)
        if request.path == "/":
            return page(_CARE, NGINX)
        found = backup().find(request.path)
        match found:
            case None:
                return refusal(404, NGINX)
            case File():
                return file_answer(request, found, NGINX)
            case Folder():
                return refusal(403, NGINX)

    return application(answer)


def open_bucket(now: Clock) -> web.Application:
    """A store whose bucket of calls anybody may list and read, by a policy that was meant for one partner."""
    return application(store({"telephony-archive": Bucket(recorder(), public=True)}))


def closed_bucket(now: Clock) -> web.Application:
    """A store whose bucket of calls is refused to strangers, whatever they ask."""
    return application(store({"telephony-archive": Bucket(recorder(), public=False)}))


def healthy_site(now: Clock) -> web.Application:
    """An ordinary web site: a page at the root, and not found for what is not there."""

    async def answer(request: web.Request) -> web.Response:
        if request.method not in ("GET", "HEAD"):
            return verb_refused(NGINX)
        return page(_REGION, NGINX) if request.path == "/" else refusal(404, NGINX)

    return application(answer)


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "call-recorder": Kind(
            open_recorder, "exposed: a listing of recorded calls, in clear on a port that is meant for TLS"
        ),
        "call-recorder-twin": Kind(closed_recorder, "clear: the same disk, and every folder and file is refused"),
        "dictation": Kind(growing_disk, "exposed: a listing that grows by a call every twenty seconds"),
        "archive": Kind(login_wall, "clear: a login page, and 401 behind it"),
        "brochure": Kind(page_for_everything, "unknown: every path is answered with the same page"),
        "journal-backup": Kind(forgotten_backup, "exposed: a backup that answers, in a folder that does not list"),
        "call-bucket": Kind(open_bucket, "exposed: a bucket of recorded calls that anybody may list and read"),
        "call-bucket-twin": Kind(closed_bucket, "clear: the same bucket, refused to strangers"),
        "recorder-share": Kind(
            login_wall, "exposed: its web page asks for a login, and its FTP server lets anybody in"
        ),
        "session-store": Kind(healthy_site, "exposed: beside an ordinary web site, a Redis that lets anybody in"),
        "e-services": Kind(
            portals.eservices,
            "exposed: an e-service about children asks for no login, an interface hands out cases",
            True,
        ),
        "benefits": Kind(portals.benefits, "exposed: an administrator of one department sees another's orders", True),
        "casework": Kind(portals.casework, "exposed at the second look: an access log names who did nothing", True),
        "letters": Kind(portals.letters, "exposed: a case with a wrong digit lies in a stranger's box", True),
        "website": Kind(healthy_site, "clear: an ordinary web site"),
    }
)
"""Every practice site, by the id under which the practice inventory declares it."""

_LOGIN = """<!DOCTYPE html>
<html lang="sv"><head><meta charset="utf-8"><title>Logga in - Arkivet</title></head><body>
<h1>Logga in</h1>
<form method="post" action="/login"><label>Användarnamn <input type="text" name="user"></label>
<label>Lösenord <input type="password" name="password"></label><button>Logga in</button></form>
</body></html>
"""
_WELCOME = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Patient leaflets</title></head><body>
<h1>Patient leaflets</h1>
<p>Our leaflets are printed and sent to every health centre of the region. Ask for them at the desk.</p>
<p>Order more copies from the printing office before noon, and they are with you the next day.</p>
</body></html>
"""
_CARE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Journal service</title></head><body>
<h1>Journal service</h1>
<p>This machine keeps the journal service of the care line running. There is nothing to see here.</p>
</body></html>
"""
_REGION = """<!DOCTYPE html>
<html lang="sv"><head><meta charset="utf-8"><title>Region Exempel</title></head><body>
<h1>Region Exempel</h1>
<p>Vård, kollektivtrafik och kultur för alla som bor här. Ring vårdlinjen när du behöver råd om din hälsa.</p>
<p><a href="/kontakt">Kontakt</a> <a href="/om">Om regionen</a></p>
</body></html>
"""
