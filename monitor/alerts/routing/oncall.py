"""Who is on duty at a moment, and how long a message may wait for the morning, whatever the clocks do that night.

Handovers and overrides are written as times on a wall. Each of them is one instant: of an hour that comes twice the
first is meant, and one that is left out is where the clock has jumped to. So every night has one handover.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.findings.finding import Severity

if TYPE_CHECKING:
    # What only shows findings reads no inventory, and does not wait for its model.
    from monitor.inventory.model.installation.oncall import Quiet, Schedule
    from monitor.inventory.model.inventory import Channel, Inventory
    from monitor.inventory.model.parties import Party


def on_duty(schedule: Schedule, at: datetime) -> str:
    """The channel that is told at `at`. Before the first turn it is the first channel: nobody is a hole."""
    zone = ZoneInfo(schedule.zone)
    for override in reversed(schedule.overrides):
        if instant(override.start, zone) <= at < instant(override.end, zone):
            return override.channel
    rotation = schedule.rotation
    # By the wall first, then to the exact instant: the two differ by an hour at the most.
    turn = (at.astimezone(zone).replace(tzinfo=None) - rotation.starts) // rotation.every
    while instant(rotation.starts + (turn + 1) * rotation.every, zone) <= at:
        turn += 1
    while instant(rotation.starts + turn * rotation.every, zone) > at:
        turn -= 1
    return rotation.channels[max(turn, 0) % len(rotation.channels)]


def shifts(schedule: Schedule, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime, str]]:
    """Who is on duty from when to when, in the order of time; the first and the last are not cut."""
    zone, rotation = ZoneInfo(schedule.zone), schedule.rotation
    first = (since.astimezone(zone).replace(tzinfo=None) - rotation.starts) // rotation.every
    last = (until.astimezone(zone).replace(tzinfo=None) - rotation.starts) // rotation.every
    moments = {instant(rotation.starts + turn * rotation.every, zone) for turn in range(first - 1, last + 3)}
    moments |= {instant(wall, zone) for one in schedule.overrides for wall in (one.start, one.end)}
    began: datetime | None = None
    who = ""
    for at in sorted(moments):
        now = on_duty(schedule, at)
        if now == who:
            continue
        if began is not None and began < until and at > since:
            yield began, at, who
        began, who = at, now


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The one instant, in UTC, that a time on the wall of a zone stands for."""
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def schedule_of(channel: str, party: Party, inventory: Inventory) -> Schedule | None:
    """The schedule by which a party is reached over this channel; None when it is told at all times."""
    if channel in party.channels:
        return None
    return next((one for one in inventory.schedules_of(party) if channel in one.members), None)


def quiet_until(channel: Channel, severity: str, at: datetime) -> datetime | None:
    """When a message of this severity may be sent there; None: now. High and critical never wait."""
    quiet = channel.quiet
    if quiet is None or Severity(severity).rank >= min(Severity(quiet.below).rank, Severity.HIGH.rank):
        return None
    return _quiet_end(quiet, at)


def _quiet_end(quiet: Quiet, at: datetime) -> datetime | None:
    zone = ZoneInfo(quiet.zone)
    today = at.astimezone(zone).date()
    for day in (today - timedelta(days=1), today, today + timedelta(days=1)):
        last = day if quiet.start < quiet.end else day + timedelta(days=1)
        start = instant(datetime.combine(day, quiet.start), zone)
        end = instant(datetime.combine(last, quiet.end), zone)
        if start <= at < end:
            return end
    return None
