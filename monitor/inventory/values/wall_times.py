"""Moments and times of day as people write them in an inventory, and the zone on whose walls they are meant."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from difflib import get_close_matches
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from monitor.inventory.values.scalars import Kind, duration_of, shown, text_of

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}", re.ASCII)
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


def moment_of(value: object) -> datetime:
    """A moment on the wall of its zone: `2026-11-23T08:00`."""
    if isinstance(value, datetime):
        return value
    text = text_of(value)
    try:
        if _MOMENT.fullmatch(text):
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError(f"{shown(text)} is not a moment on the wall, to the minute (2026-11-23T08:00)")


def clock_of(value: object) -> time:
    """A time of day: `22:00`."""
    if isinstance(value, time):
        return value
    text = text_of(value)
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise ValueError(f"{shown(text)} is not a time of day (07:00, 22:00)")
    return time(int(match[1]), int(match[2]))


def zone_of(value: object) -> str:
    """The name of a time zone: `Europe/Stockholm`, `UTC`."""
    text = text_of(value)
    # Looked up in the list, not by opening a file of that name: then neither case nor machine makes a difference.
    known = available_timezones()
    if text in known:
        ZoneInfo(text)
        return text
    near = get_close_matches(text, sorted(known), n=1, cutoff=0.6)
    raise ValueError(f"{shown(text)} is not a time zone" + (f": did you mean '{near[0]}'?" if near else " (UTC, ...)"))


def turn_of(value: object) -> timedelta:
    """How long a turn lasts: whole days or weeks."""
    span = duration_of(value)
    if span % timedelta(days=1):
        raise ValueError("a turn lasts whole days or weeks (7d, 1w)")
    return span


def seldom_of(value: object) -> timedelta:
    """A time span of a day at the least and ten years at the most, or `0` for never."""
    if isinstance(value, str | int) and str(value).strip() == "0":
        return timedelta()
    span = value if value == timedelta() else duration_of(value, timedelta(days=3660))
    assert isinstance(span, timedelta)  # noqa: S101  one or the other
    if timedelta() < span < timedelta(days=1):
        raise ValueError("a day at the least (30d), or 0 for never")
    return span


Moment = Annotated[datetime, Kind(moment_of, "moment", pattern=r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}$")]
ClockTime = Annotated[time, Kind(clock_of, "time of day", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Zone = Annotated[str, Kind(zone_of, "time zone")]
Turn = Annotated[timedelta, Kind(turn_of, "days or weeks", pattern=r"^\d+\s*(d|w)$")]
Seldom = Annotated[timedelta, Kind(seldom_of, "time span or 0", pattern=r"^(0|\d+\s*(s|m|h|d|w))$")]
