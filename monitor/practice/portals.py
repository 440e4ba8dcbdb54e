"""Four small services that behave as in an incident until somebody mends them: a portal, roles, a log and letters."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final, TypeAlias

from aiohttp import web

from monitor.practice.serving import application, page, refusal, verb_refused


@dataclass(slots=True)
class Mending:
    """Whether a service is mended."""

    since: datetime | None = None
    """None: it still behaves as in the incident."""


MENDING: Final = web.AppKey("mending", Mending)
Clock: TypeAlias = Callable[[], datetime]
_SERVER: Final = "nginx/1.18.0"

SECRETS: Mapping[str, str] = MappingProxyType(
    {
        "PRACTICE_KEY_A": "practice-key-of-parks",
        "PRACTICE_KEY_B": "practice-key-of-schools",
        "PRACTICE_CANARY_A": "CANARY-PARKS-4711",
        "PRACTICE_CANARY_B": "CANARY-SCHOOLS-4712",
        "PRACTICE_CLERK": "practice-key-of-clerk",
        "PRACTICE_CLERK_NAME": "canary.clerk",
        "PRACTICE_RECORD": "canary-record-1",
        "PRACTICE_BOXES": "practice-key-of-boxes",
        "PRACTICE_TOKEN_DECISION": "CANARY-DECISION-01",
        "PRACTICE_TOKEN_DIGIT": "CANARY-WRONG-DIGIT-02",
    }
)
"""What the practice inventory's references lead to. They open nothing but these services, on this machine."""

_TENANTS: Final = {"A": "parks", "B": "schools"}
_HELLO: Final = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head><body>
<h1>{title}</h1>
<p>This service belongs to the practice organisation. It is used by people who work there, and by nobody else.</p>
</body></html>
"""


def eservices(now: Clock) -> web.Application:
    """A portal of e-services, as in Varberg: a report about a child asks for no login, an interface hands out cases."""

    async def answer(request: web.Request) -> web.Response:
        if request.method not in ("GET", "HEAD"):
            return verb_refused(_SERVER)
        open_ = request.app[MENDING].since is None
        if request.path == "/oversikt":
            return page(_catalogue(open_), _SERVER)
        if request.path.startswith("/api/instanceapi/"):
            case = "<?xml version='1.0'?><FlowInstance><ID>0</ID></FlowInstance>"
            return web.Response(text=case, content_type="text/xml") if open_ else refusal(401, _SERVER)
        return _front(request, "E-services")

    return application(answer)


def _catalogue(open_: bool) -> str:
    login = '<i class="icon icon-person"></i>'
    rows = "".join(
        f'<li data-flowid="{id_}00"><h2><a href="/oversikt/overview/{id_}">{name}</a></h2>{mark}</li>'
        for id_, name, mark in (
            (1201, "Ansökan om bygglov", login),
            (1202, "Felanmälan av gatubelysning", ""),
            (1203, "Orosanmälan för barn", "" if open_ else login),
            (1204, "Ansökan om försörjningsstöd", login),
        )
    )
    return (
        '<!DOCTYPE html><html><head><meta name="keywords" content="Open e-Platform"><title>E-tjänster</title></head>'
        f'<body><section id="flowtype_1"><ul>{rows}</ul></section></body></html>'
    )


def benefits(now: Clock) -> web.Application:
    """A benefits portal, as in Gothenburg: an administrator of one department sees the orders of all."""
    keys = {SECRETS[f"PRACTICE_KEY_{letter}"]: letter for letter in _TENANTS}

    async def answer(request: web.Request) -> web.Response:
        if request.path != "/orders":
            return _front(request, "Benefits")
        who = keys.get(_bearer(request))
        if who is None:
            return refusal(401, _SERVER)
        seen = [one for one in _TENANTS if one == who or request.app[MENDING].since is None]
        rows = [{"department": _TENANTS[one], "ordered_by": SECRETS[f"PRACTICE_CANARY_{one}"]} for one in seen]
        return web.json_response(rows)

    return application(answer)


def casework(now: Clock) -> web.Application:
    """A system for cases with an access log, as at Försäkringskassan: opening its start page is logged as a search."""
    rows: deque[tuple[datetime, str, bool]] = deque(maxlen=2000)

    async def answer(request: web.Request) -> web.Response:
        mended = request.app[MENDING].since is not None
        if _bearer(request) != SECRETS["PRACTICE_CLERK"]:
            return refusal(401, _SERVER) if request.path in ("/log.csv", "/record/1") else _front(request, "Cases")
        if request.path == "/log.csv":
            head = "id,at,actor,activity,object\n"
            lines = (
                f"{number},{at.isoformat()},{SECRETS['PRACTICE_CLERK_NAME']},{activity},{SECRETS['PRACTICE_RECORD']}\n"
                for number, (at, activity, true) in enumerate(rows, 1)
                if true or not mended  # who mends it takes the rows out that name people who did nothing
            )
            return web.Response(text=head + "".join(lines), content_type="text/csv")
        if request.path == "/record/1":
            rows.append((now(), "read", True))
        elif request.path == "/start":
            rows.append((now(), "search", False))
        else:
            return _front(request, "Cases")
        return page(_HELLO.format(title="Cases"), _SERVER)

    return application(answer)


FIRST: Final = datetime(2026, 1, 1, tzinfo=UTC)
EVERY: Final = timedelta(minutes=2)
"""When the letters of the practice are dispatched: as the practice inventory declares it."""
_KEPT: Final = 10
"""Dispatches whose letters stay in the boxes."""


def letters(now: Clock) -> web.Application:
    """Two boxes of synthetic recipients, as at Statsforvaltningen: a wrong digit brings a case to somebody else."""

    async def answer(request: web.Request) -> web.Response:
        box = request.path.removeprefix("/box/")
        if box not in ("anna", "bertil"):
            return _front(request, "Letters")
        if _bearer(request) != SECRETS["PRACTICE_BOXES"]:
            return refusal(401, _SERVER)
        mended, last = request.app[MENDING].since, (now() - FIRST) // EVERY
        sent = [FIRST + number * EVERY for number in range(max(0, last - _KEPT), last + 1)]
        if box == "bertil":
            found = [_letter(at, "DIGIT", 0) for at in sent if mended is None or at < mended]
        else:
            found = [_letter(at, "DECISION", 1) for at in sent]
        return web.json_response({"letters": found})

    return application(answer)


def _letter(at: datetime, case: str, files: int) -> dict[str, object]:
    token = SECRETS[f"PRACTICE_TOKEN_{case}"]
    return {
        "received": at.isoformat(),
        "subject": "Your case",
        "text": f"Case {token} is decided.",
        "attachments": [{"name": "decision.txt", "content": "bWFkZSB1cA=="}] * files,
    }


def _bearer(request: web.Request) -> str:
    return request.headers.get("Authorization", "").removeprefix("Bearer ")


def _front(request: web.Request, title: str) -> web.Response:
    if request.method not in ("GET", "HEAD"):
        return verb_refused(_SERVER)
    return page(_HELLO.format(title=title), _SERVER) if request.path == "/" else refusal(404, _SERVER)
