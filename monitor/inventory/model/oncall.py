"""Who is on duty when, what may wait for the morning, and the sign of life: parts of the inventory."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from monitor.inventory.model.base import Section, Some
from monitor.inventory.values.scalars import Id, Reference, Span, duration_of
from monitor.inventory.values.wall_times import ClockTime, Moment, Turn, Zone


class Quiet(Section):
    """Hours in which what is not grave waits. High and critical never wait."""

    start: ClockTime = Field(alias="from", description="When it begins, such as `22:00`, on the wall of the zone.")
    end: ClockTime = Field(alias="to", description="When it ends, such as `07:00`; what waited is sent then.")
    zone: Zone = Field(description="Time zone, such as `Europe/Stockholm`.")
    below: Literal["medium", "high"] = Field(default="high", description="What is less severe than this waits.")


class Rotation(Section):
    """Channels that take turns."""

    starts: Moment = Field(
        description="When the first turn of the first channel begins, on the wall of the zone (`2026-11-23T08:00`)."
    )
    every: Turn = Field(description="How long a turn lasts, in days or weeks; it is handed over at that time of day.")
    channels: Annotated[tuple[Id, ...], Some] = Field(
        description="Channels in their order, each of the same party.", json_schema_extra={"minItems": 1}
    )


class Override(Section):
    """Somebody takes somebody else's place for a while."""

    start: Moment = Field(alias="from", description="When it begins, on the wall of the zone.")
    end: Moment = Field(alias="to", description="When it ends.")
    channel: Id = Field(description="Channel that is told instead.")


class Schedule(Section):
    """Who of a party is told at what time: one channel at a time."""

    id: Id = Field(description="Short name of the schedule: a party lists it among its channels.")
    zone: Zone = Field(description="Time zone of all its times, such as `Europe/Stockholm`.")
    rotation: Rotation = Field(description="Who takes turns.")
    overrides: tuple[Override, ...] = Field(
        default=(), description="Exceptions; where two overlap, the later one in the list holds."
    )

    @property
    def members(self) -> tuple[str, ...]:
        """Every channel that is ever told by it, each once."""
        return tuple(dict.fromkeys((*self.rotation.channels, *(one.channel for one in self.overrides))))


class Heartbeat(Section):
    """A sign of life to a service that alarms when it stays away, to a channel of the operators', or to both."""

    url: Reference | None = Field(
        default=None, description="Where the URL is that is asked: `env:NAME` or `file:/path`; it is a secret."
    )
    every: Span = Field(default=duration_of("5m"), description="Time between two signs of life to the URL.")
    channel: Id | None = Field(default=None, description="Channel with `operator: true` that is told that we see.")
    channel_every: Turn = Field(default=timedelta(days=1), description="Days between two such messages, such as `1d`.")
