"""Times in UTC: for programs to the second, for people to the minute."""

from __future__ import annotations

from datetime import UTC, datetime


def iso(at: datetime | None) -> str | None:
    """A UTC time for programs."""
    return None if at is None else at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def utc(at: datetime) -> str:
    """A UTC time for people, to the minute."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}Z"
