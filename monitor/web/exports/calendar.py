"""A calendar (iCalendar, RFC 5545): who is on duty, legal deadlines that count, and what ends.

It leaves the house and lies on phones: ids and duties stand in it, and nothing of what is open or where.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from aiohttp import web
from icalendar import Alarm, Calendar, Event

from monitor.alerts.routing.oncall import shifts
from monitor.coverage.endings import contract_endings
from monitor.store import summaries
from monitor.store.ledger import Ledger
from monitor.store.summaries import Wanted
from monitor.web.call import Call
from monitor.web.identity.grants import Seen
from monitor.web.read.finding import clocks_of
from monitor.web.read.findings import OPEN_STATES

AHEAD = timedelta(days=28)
"""How far the turns of duty are written out."""
MOST_FINDINGS = 200
"""The worst open findings whose deadlines stand in it."""


async def show(call: Call) -> web.Response:
    """`GET /calendar.ics`."""
    calendar = Calendar()
    calendar.add("prodid", "-//leftopen//leftopen//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"leftopen {call.caller.grant.party}")
    clocks = await call.read(lambda ledger: list(_deadlines(ledger, call.seen, call.now)))
    for event in (*_duty(call.seen, call.now), *clocks, *_ends(call.seen, call.now)):
        calendar.add_component(event)
    return web.Response(
        body=calendar.to_ical(),
        content_type="text/calendar",
        charset="utf-8",
        headers={"Content-Disposition": 'attachment; filename="leftopen.ics"'},
    )


def _duty(seen: Seen, now: datetime) -> Iterator[Event]:
    """The turns of the party's own schedules."""
    for schedule in seen.inventory.schedules:
        if not set(schedule.members) & seen.scope.channels:
            continue
        for start, end, channel in shifts(schedule, now - timedelta(days=1), now + AHEAD):
            uid = f"duty-{schedule.id}-{start:%Y%m%dT%H%M%SZ}-{channel}"
            yield _event(uid, f"On duty: {channel} ({schedule.id})", now, start, end)


def _deadlines(ledger: Ledger, seen: Seen, now: datetime) -> Iterator[Event]:
    """The deadlines that the party's own clocks count to; an alarm half a day and two hours before."""
    for finding in summaries.findings_page(ledger, Wanted(OPEN_STATES), None, MOST_FINDINGS):
        for clock in clocks_of(ledger, seen, finding, now):
            if clock["running"] and clock["deadline"] and clock["party"] in seen.scope.parties:
                at = datetime.fromisoformat(clock["deadline"])
                uid = f"clock-{finding.id}-{clock['party']}-{clock['duty']}-{clock['reading']}"
                # The last revision is the one whose start was recorded last.
                start = clock["start"]
                revised = int(datetime.fromisoformat(start["recorded"]).timestamp()) if start else 0
                event = _event(uid, f"{finding.id}: {clock['duty']} ({clock['reading']})", now, at, at, revised)
                for before in (timedelta(hours=12), timedelta(hours=2)):
                    event.add_component(_alarm(before))
                yield event


def _ends(seen: Seen, now: datetime) -> Iterator[Event]:
    """The last days of permissions to look."""
    shown = {one.id for one in seen.contracts}
    for ending in contract_endings(seen.inventory):
        if ending.name in shown and ending.until >= now.date():
            summary = f"Permission to look ends: {ending.name}"
            event = _event(f"ends-{ending.name}", summary, now, ending.until, ending.until + timedelta(days=1))
            event["SEQUENCE"] = ending.until.toordinal()
            event.add_component(_alarm(timedelta(days=14)))
            yield event


def _event(uid: str, summary: str, now: datetime, start: date, end: date, sequence: int = 0) -> Event:
    event: Any = Event()
    event.add("uid", f"{uid}@leftopen")
    event.add("dtstamp", now)
    event.add("sequence", sequence)
    event.add("summary", summary)
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("transp", "TRANSPARENT")
    return event  # type: ignore[no-any-return]


def _alarm(before: timedelta) -> Alarm:
    alarm: Any = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", "leftopen")
    alarm.add("trigger", -before)
    return alarm  # type: ignore[no-any-return]
