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

    start: ClockTime = Field(alias="from", description="When it begins, such as `22:00`, in local time of the zone.")
    end: ClockTime = Field(alias="to", description="When it ends, such as `07:00`. Messages that waited are sent then.")
    zone: Zone = Field(description="Time zone, such as `Europe/Stockholm`.")
    below: Literal["medium", "high"] = Field(default="high", description="Messages of a lower severity than this wait.")


class Rotation(Section):
    """Channels that take turns."""

    starts: Moment = Field(
        description="When the first turn of the first channel begins, in local time of the zone (`2026-11-23T08:00`)."
    )
    every: Turn = Field(
        description="How long a turn lasts, in days or weeks. The turn changes at the time of day of `starts`."
    )
    channels: Annotated[tuple[Id, ...], Some] = Field(
        description="The channels in the order of their turns. All belong to the same party.",
        json_schema_extra={"minItems": 1},
    )


class Override(Section):
    """Somebody takes somebody else's place for a while."""

    start: Moment = Field(alias="from", description="When it begins, in local time of the zone.")
    end: Moment = Field(alias="to", description="When it ends.")
    channel: Id = Field(description="The channel that is on call instead.")


class Schedule(Section):
    """Who of a party is told at what time: one channel at a time."""

    id: Id = Field(description="Short name of the schedule. A party lists it among its channels.")
    zone: Zone = Field(description="Time zone of all its times, such as `Europe/Stockholm`.")
    rotation: Rotation = Field(description="The channels that take turns.")
    overrides: tuple[Override, ...] = Field(
        default=(), description="Exceptions to the rotation. Where two overlap, the later one in the list counts."
    )

    @property
    def members(self) -> tuple[str, ...]:
        """Every channel that is ever told by it, each once."""
        return tuple(dict.fromkeys((*self.rotation.channels, *(one.channel for one in self.overrides))))


class Heartbeat(Section):
    """A sign of life to a service that alarms when it stays away, to a channel of the operators', or to both."""

    url: Reference | None = Field(
        default=None,
        description="Where the URL is stored that leftopen requests: `env:NAME` or `file:/path`. It is a secret.",
    )
    every: Span = Field(default=duration_of("5m"), description="Time between two requests to the URL.")
    channel: Id | None = Field(
        default=None, description="A channel with `operator: true` that receives a regular message that leftopen works."
    )
    channel_every: Turn = Field(default=timedelta(days=1), description="Days between two such messages, such as `1d`.")
