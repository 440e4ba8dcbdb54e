"""The probe `eservice-portal`: e-services without a login, interfaces of cases and pages of operators that are open.

One request brings the catalogue. A service whose name speaks of social services, health or secrecy and that asks for no
login is a finding to review: it may be meant so. A service that asked for a login before and asks for none now is
graver. Interfaces that hand out cases are asked for ids that cannot exist.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from functools import partial

from probes.api import Clear, Dialogue, Exposed, Portal, Probe, Unknown, Verdict, WebTarget
from probes.eservices._answers import closed_by
from probes.eservices._doors import admin_pages, interfaces
from probes.eservices.kinds import LOGIN, PORTAL, SENSITIVE
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, OpenReason, UndecidedReason, Why
from probes.recognise.eservices.catalogue import Catalogue, Service
from probes.recognise.eservices.open_eplatform import read_data, read_page
from probes.recognise.eservices.sitemap import MOST_SERVICES, Sitemap, read_sitemap, words_of
from probes.recognise.pages import page_parts
from probes.recognise.pages.plain import as_text, plain_body
from probes.requests.http import Answer, Ask, Ending, Reply, Request, Response, one
from probes.web._outcome import Undecided
from probes.web._redirects import Arrived, follow, redirects

TAKE = 4 << 20
"""Bytes of a catalogue: three hundred services take about 300 kB."""
PAGE = 1 << 18
"""Bytes of the first page of a service."""
_DATA = "/api/v1/getflows/json"
_LOGIN = (ClosedReason.LOGIN_WALL, "")
_FEWEST_MARKS = 3
"""So many services that asked for a login must still show it somewhere: else the portal's markup has changed."""


@dataclass(frozen=True, slots=True)
class _Unread:
    """Why there is no catalogue."""

    why: Why
    detail: str = ""


def look(target: WebTarget) -> Dialogue:
    """Read the catalogue, judge each service, then ask the interfaces and the pages of operators."""
    portal = target.portal
    if portal is None:
        return ()
    if portal.listed:
        found = yield from _listed(target, portal, portal.listed)
        return (*found, *_gone(target, portal, {path for path, _ in portal.listed}))
    if portal.sitemap:
        return tuple((yield from _mapped(target, portal)))
    read = yield from _catalogue(target, portal, fresh=False)
    page = target.place(portal.page)
    if isinstance(read, _Unread):
        if isinstance(read.why, ClosedReason):
            return (Clear(page, PORTAL, read.why),)
        return (Unknown(page, PORTAL, read.why, read.detail),)
    verdicts: list[Verdict] = [Clear(page, PORTAL, ClosedReason.CATALOGUE_READ)]
    verdicts += yield from _services(target, portal, read)
    verdicts += yield from interfaces(target)
    verdicts += yield from admin_pages(target)
    return tuple(verdicts)


def _catalogue(target: WebTarget, portal: Portal, *, fresh: bool) -> Generator[Ask, Reply, Catalogue | _Unread]:
    """The catalogue by the portal's page, which shows the marks of logins; else by its data."""
    answer = yield from one(Request("GET", portal.page, TAKE, fresh=fresh))
    if redirects(answer) and closed_by(answer) != _LOGIN:
        came = yield from follow(target, portal.page, answer, partial(_page, fresh=fresh))
        if not isinstance(came, Arrived):
            return _Unread(came.why, came.detail if isinstance(came, Undecided) else "")
        answer = came.answer
    catalogue = _read(answer)
    if catalogue is not None:
        return catalogue
    shut = closed_by(answer)
    data = yield from one(Request("GET", _DATA, TAKE, fresh=fresh))
    catalogue = _read(data)
    if catalogue is not None:
        return catalogue
    return _Unread(*shut) if shut is not None else _Unread(UndecidedReason.CATALOGUE_UNREAD)


def _page(path: str, said: str, *, fresh: bool) -> Generator[Ask, Reply, Answer]:
    return (yield from one(Request("GET", path, TAKE, fresh=fresh, said=said)))


def _read(answer: Answer) -> Catalogue | None:
    if not isinstance(answer, Response) or answer.status != 200:
        return None
    type_ = answer.headers.get("content-type", "")
    catalogue = read_page(answer.body, type_) or read_data(answer.body, type_)
    if catalogue is None or answer.ending is Ending.WHOLE:
        return catalogue
    return replace(catalogue, partial="cut short")


def _mapped(target: WebTarget, portal: Portal) -> Generator[Ask, Reply, list[Verdict]]:
    """The verdicts about the services that the sitemap names, and those on file that it does not name any more."""
    place = target.place(portal.sitemap)
    read = yield from _sitemap(target, portal, portal.sitemap)
    if isinstance(read, _Unread):
        return [Unknown(place, PORTAL, read.why, read.detail)]
    paths, more = set(read.paths), read.more
    for part in read.parts:
        beneath = yield from _sitemap(target, portal, part)
        if isinstance(beneath, _Unread) or beneath.parts:
            return [Unknown(place, PORTAL, UndecidedReason.CATALOGUE_UNREAD, "a sitemap that it leads to")]
        paths |= set(beneath.paths)
        more += beneath.more
    on_file = {*(known.path for known in portal.known), *portal.logins}
    chosen = sorted(paths)[:MOST_SERVICES]
    more += len(paths) - len(chosen)
    asked = (*chosen, *sorted(on_file - set(chosen))[:MOST_SERVICES])
    verdicts = yield from _listed(target, portal, tuple((path, "") for path in asked))
    if more:
        return [Unknown(place, PORTAL, UndecidedReason.BODY_TOO_LARGE, f"{more} services more"), *verdicts]
    if not paths:
        return [Unknown(place, PORTAL, UndecidedReason.CATALOGUE_UNREAD, "it names no service"), *verdicts]
    # What a sitemap leaves out may be there all the same: gone is what it leaves out and what answers "not found".
    missing = {one.place.path for one in verdicts if one.why is ClosedReason.NOT_FOUND} - paths
    gone = [Clear(target.place(one.path), one.kind, ClosedReason.SERVICE_GONE) for one in portal.known]
    kept = [one for one in verdicts if one.place.path not in missing]
    return [
        Clear(place, PORTAL, ClosedReason.CATALOGUE_READ),
        *kept,
        *(one for one in gone if one.place.path in missing),
    ]


def _sitemap(target: WebTarget, portal: Portal, path: str) -> Generator[Ask, Reply, Sitemap | _Unread]:
    answer = yield from one(Request("GET", path, TAKE, said=path if path == portal.sitemap else "{sitemap}"))
    shut = closed_by(answer)
    if shut is not None:
        return _Unread(*shut)
    read = None
    if isinstance(answer, Response) and answer.ending is Ending.WHOLE:
        read = read_sitemap(answer.body, target.name or target.host, portal.below)
    return read if read is not None else _Unread(UndecidedReason.CATALOGUE_UNREAD, "no whole sitemap")


def _listed(
    target: WebTarget, portal: Portal, listed: tuple[tuple[str, str], ...]
) -> Generator[Ask, Reply, list[Verdict]]:
    """The verdicts about services by their paths: each is asked for, and by its page it asks for a login or not.

    A page that cannot exist is asked for beside them: a portal that answers everything says nothing of its services.
    """
    beside = yield from one(Request("GET", f"/{target.nonce}", PAGE))
    anything = isinstance(beside, Response) and beside.status == 200 and closed_by(beside) is None
    verdicts: list[Verdict] = []
    for path, name in listed:
        shown = yield from _first_page(target, path, name, fresh=False)
        place = target.place(path)
        if isinstance(shown, _Unread):
            verdicts.append(Unknown(place, LOGIN, shown.why, shown.detail))
        elif not shown.login and anything:
            verdicts.append(Unknown(place, LOGIN, UndecidedReason.CATCH_ALL))
        else:
            again = (yield from _first_page(target, path, name, fresh=True)) if _suspect(shown, portal) else shown
            confirmed = again if isinstance(again, Service) else None
            verdicts += _judged(target, portal, shown, confirmed, changed=False)
    return verdicts


def _first_page(target: WebTarget, path: str, name: str, *, fresh: bool) -> Generator[Ask, Reply, Service | _Unread]:
    """A service by its first page: with a login where a stranger is led to one. Without a declared name, the words of
    its path, its title and its heading are its name."""
    # A path that was learnt from a sitemap is not written down with the request.
    answer = yield from one(Request("GET", path, PAGE, fresh=fresh, said=path if name else "{service}"))
    if redirects(answer) and closed_by(answer) != _LOGIN:
        came = yield from follow(target, path, answer, partial(_page, fresh=fresh))
        if not isinstance(came, Arrived):
            return _Unread(came.why, came.detail if isinstance(came, Undecided) else "")
        answer = came.answer
    shut = closed_by(answer)
    if shut is None:
        assert isinstance(answer, Response)  # noqa: S101  whatever is none is closed or unknown
        parts = None if name else page_parts.read_page(as_text(plain_body(answer.body)))
        said = name if parts is None else f"{words_of(path)} {parts.title} {parts.heading}"
        return Service(path, said, login=False)
    why, detail = shut
    demands = why in (ClosedReason.LOGIN_WALL, ClosedReason.LOGIN_DEMANDED)
    return Service(path, name or words_of(path), login=True) if demands else _Unread(why, detail)


def _services(target: WebTarget, portal: Portal, seen: Catalogue) -> Generator[Ask, Reply, list[Verdict]]:
    """The verdicts about each service, and about those on file that are gone."""
    marks = any(service.login for service in seen.services)
    changed = not marks and len(portal.logins) >= _FEWEST_MARKS
    suspects = [one_ for one_ in seen.services if not changed and _suspect(one_, portal)]
    again = (yield from _catalogue(target, portal, fresh=True)) if suspects else seen
    confirmed = {service.id: service for service in again.services} if isinstance(again, Catalogue) else {}
    verdicts: list[Verdict] = []
    for service in seen.services:
        verdicts += _judged(target, portal, service, confirmed.get(service.id), changed=changed)
    if not seen.partial:
        verdicts += _gone(target, portal, {service.id for service in seen.services})
    return verdicts


def _suspect(service: Service, portal: Portal) -> bool:
    return service.login is False and (service.sensitive or service.id in portal.logins)


def _judged(
    target: WebTarget, portal: Portal, service: Service, again: Service | None, *, changed: bool
) -> list[Verdict]:
    """Whether the service may be open to anyone, and whether it lost its login."""
    place = target.place(portal.page_of(service.id))
    had_login = service.id in portal.logins
    if changed or (service.login is None and not service.external):
        why = UndecidedReason.LOGIN_UNSAID
        kinds = ([SENSITIVE] if service.sensitive else []) + ([LOGIN] if had_login else [])
        return [Unknown(place, kind, why) for kind in kinds]
    if service.external:
        external: list[Verdict] = [Unknown(place, SENSITIVE, UndecidedReason.EXTERNAL_SERVICE)]
        return external if service.sensitive or had_login else []
    if service.login:
        closed = [Clear(place, LOGIN, ClosedReason.LOGIN_WALL)]
        sensitive = service.sensitive or any(one.path == place.path and one.kind == SENSITIVE for one in portal.known)
        return [*closed, Clear(place, SENSITIVE, ClosedReason.LOGIN_WALL)] if sensitive else [*closed]
    if not service.sensitive and not had_login:
        return []
    if again is None or again.login is not False:
        return [Unknown(place, LOGIN if had_login else SENSITIVE, UndecidedReason.UNSTABLE)]
    proof = (Proof(ProofStep.SHOWN_WITHOUT_LOGIN), Proof(ProofStep.SEEN_AGAIN))
    if had_login:
        return [Exposed(place, LOGIN, OpenReason.LOGIN_LOST, proof=proof)]
    return [Exposed(place, SENSITIVE, OpenReason.SENSITIVE_SERVICE, proof=proof)]


def _gone(target: WebTarget, portal: Portal, shown: set[str]) -> list[Verdict]:
    """Services with a finding that the whole catalogue no longer offers."""
    return [
        Clear(target.place(known.path), known.kind, ClosedReason.SERVICE_GONE)
        for known in portal.known
        if portal.id_of(known.path) not in shown
    ]


ESERVICE_PORTAL = Probe(
    "eservice-portal",
    WebTarget,
    look,
    "e-services about social care, health or secrecy that ask for no login, or have lost theirs, and open interfaces",
)
