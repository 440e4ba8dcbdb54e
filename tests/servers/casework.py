"""A casework system that logs who opened whose record, and exports that log: truly, or as in the incident of 2020.

Its fault is then that opening the start page is logged as a search for a person.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aiohttp import web

CLERK, OTHER_CLERK = "SE2321000016-CLRK", "SE2321000016-7K2Q"
RECORD_A, RECORD_B = "199002292382", "198507309805"
SOMEBODY = "191212121212"
KEY, EXPORT_KEY = "key-of-clerk-1234", "key-of-export-9"
STOCKHOLM = ZoneInfo("Europe/Stockholm")
COLUMNS = ("id", "at", "actor", "activity", "object", "system", "sequence")


@dataclass
class Entry:
    """One entry of the log."""

    at: datetime
    actor: str
    activity: str
    object: str
    system: str = "casework"
    id: str = ""


@dataclass
class Casework:
    """The system; change its faults while it runs."""

    now: Callable[[], datetime]
    start_is_search: bool = False
    """The start page is logged as a search for a person (D1)."""
    loses_opens: bool = False
    """An opened record is not logged (D2)."""
    logs_gateway: bool = False
    """The account of a gateway stands in the place of who acted."""
    logs_other_record: bool = False
    """An opened record is logged as the one beside it."""
    hours_off: int = 0
    """By how many hours logged times are wrong."""
    two_systems: bool = False
    """A second system logs each action once more."""
    refuses: bool = False
    """The account has ended."""
    zoned: bool = True
    entries: list[Entry] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    port: int = 0

    def log(self, activity: str, of: str) -> None:
        """Log an action of the clerk."""
        at = self.now() + timedelta(hours=self.hours_off)
        actor = "SE-GATEWAY" if self.logs_gateway else CLERK
        if self.logs_other_record and of == RECORD_A:
            of = RECORD_B
        self.entries.append(Entry(at, actor, activity, of))
        if self.two_systems:
            self.entries.append(Entry(at, actor, activity, of, "archive"))

    def others(self, count: int) -> None:
        """What other people did, before now."""
        for number in range(count):
            at = self.now() - timedelta(minutes=count - number)
            self.entries.append(Entry(at, OTHER_CLERK, "Läsa", SOMEBODY))

    def rows(self) -> list[dict[str, str]]:
        """The log as it is exported, in order of time."""
        return [
            {
                "id": one.id or f"log-{number}",
                "at": one.at.isoformat() if self.zoned else f"{one.at.astimezone(STOCKHOLM):%Y-%m-%dT%H:%M:%S}",
                "actor": one.actor,
                "activity": one.activity,
                "object": one.object,
                "system": one.system,
                "sequence": str(number),
            }
            for number, one in enumerate(sorted(self.entries, key=lambda one: one.at), 1)
        ]

    def export(self, form: str) -> str:
        """The log in one of its forms."""
        rows = self.rows()
        match form:
            case "csv":
                text = io.StringIO()
                writer = csv.DictWriter(text, COLUMNS, delimiter=";")
                writer.writeheader()
                writer.writerows(rows)
                return text.getvalue()
            case "json-lines":
                return "\n".join(json.dumps(row) for row in rows)
            case _:
                return _riv_ta(rows)

    async def page(self, request: web.Request) -> web.Response:
        """A page of the system, for whoever is signed in."""
        self.asked.append(request.path)
        if self.refuses or request.headers.get("Authorization") != f"Bearer {KEY}":
            return web.Response(status=401, text="sign in")
        match request.path:
            case "/start":
                if self.start_is_search:
                    self.log("Sök", SOMEBODY)
            case "/search":
                self.log("Sök", "")
            case "/record/a":
                if not self.loses_opens:
                    self.log("Läsa", RECORD_A)
            case "/record/a/print":
                self.log("Utskrift", RECORD_A)
            case "/record/b":
                return web.Response(status=403, text="not yours")
        return web.Response(text="<p>a page", content_type="text/html")

    async def exported(self, request: web.Request) -> web.Response:
        """The export, for whoever may have it."""
        self.asked.append(request.path)
        if request.headers.get("Authorization") != f"Bearer {EXPORT_KEY}":
            return web.Response(status=401, text="sign in")
        return web.Response(text=self.export(request.match_info["form"]))


def _riv_ta(rows: list[dict[str, str]]) -> str:
    logs = "".join(
        f"<ns:log><ns:logId>{row['id']}</ns:logId><ns:system><ns:systemId>{row['system']}</ns:systemId></ns:system>"
        f"<ns:activity><ns:activityType>{row['activity']}</ns:activityType><ns:startDate>{row['at']}</ns:startDate>"
        f"<ns:purpose>Vård och behandling</ns:purpose></ns:activity>"
        f"<ns:user><ns:userId>{row['actor']}</ns:userId></ns:user><ns:resources><ns:resource>"
        f"<ns:patient><ns:patientId><ns:root>1.2.752.129.2.1.3.1</ns:root><ns:extension>{row['object']}</ns:extension>"
        f"</ns:patientId></ns:patient></ns:resource></ns:resources></ns:log>"
        for row in rows
    )
    space = "urn:riv:informationsecurity:auditing:log:2"
    return f'<?xml version="1.0"?><ns:GetLogsResponse xmlns:ns="{space}"><ns:logs>{logs}</ns:logs></ns:GetLogsResponse>'


@asynccontextmanager
async def casework(now: Callable[[], datetime]) -> AsyncIterator[Casework]:
    """The system on a free port of loopback."""
    system = Casework(now)
    app = web.Application()
    for path in ("/start", "/search", "/record/a", "/record/a/print", "/record/b"):
        app.router.add_get(path, system.page)
    app.router.add_get("/export/{form}", system.exported)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        system.port = runner.addresses[0][1]
        yield system
    finally:
        await runner.cleanup()
