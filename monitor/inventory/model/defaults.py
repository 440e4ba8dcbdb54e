"""How assets are looked at when they say nothing else, and how long what was recorded is kept."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from monitor.inventory.model.base import Budget, Once, Section, Survey, Timeouts
from monitor.inventory.values.scalars import NameServer, Pace, Span, Switch, duration_of, whole
from monitor.inventory.values.wall_times import Seldom, seldom_of


class Defaults(Section):
    """How assets are looked at when they say nothing else."""

    interval: Span = Field(default=duration_of("15m"), description="Time between two looks, such as `15m`.")
    pace: Pace = Field(default=5.0, description="Requests per second to one host, over all its names and ports.")
    concurrency: Annotated[int, whole(1, 64)] = Field(
        default=4, description="How many requests to one host may run at the same time."
    )
    budget: Budget = Field(default=Budget(), description="The most that one look at one endpoint may cost.")
    timeouts: Timeouts = Field(default=Timeouts(), description="How long leftopen waits for one answer.")
    resolvers: Annotated[tuple[NameServer, ...], Once] = Field(
        default=(),
        description="Name servers to use: an address, or address:port. Leave it out to use those of the system.",
    )
    recorder_paths: Switch = Field(
        default=True, description="Whether leftopen also asks for the default paths of recording products."
    )
    survey: Survey = Field(default=Survey(), description="The most that a survey may cost.")
    confirm_recipients: Switch = Field(
        default=True,
        description="Whether a channel must be confirmed and tested before a party's messages are sent to it.",
    )
    outside_delay: Span | None = Field(
        default=None,
        description="How long a message of high or critical severity to an outside party waits, such as `10m`. It "
        "can be cancelled in this time.",
    )
    outside_approval: Switch = Field(
        default=False,
        description="Whether a person must approve messages of high or critical severity to an outside party.",
    )
    clear_looks: Annotated[int, whole(1, 100)] = Field(
        default=3, description="How many looks in a row must find a place closed before its finding is closed."
    )
    clear_minutes: Annotated[int, whole(0, 10080)] = Field(
        default=30, description="How many minutes must lie between the first and the last of these looks."
    )
    retire_after: Annotated[int, whole(2, 10000)] = Field(
        default=10,
        description="An endpoint is retired when the inventory and DNS have not led to it for so many looks in a "
        "row. After that, the place must be seen closed at the endpoints to which they lead now.",
    )
    group_above: Annotated[int, whole(1, 1000)] = Field(
        default=5,
        description="When more messages of one kind than this wait for one channel, they are sent as one message.",
    )
    drill_every: Seldom | None = Field(
        default=None, description="How often `watch` sends a drill to the channels of every party, such as `30d`."
    )
    keep_looks: Seldom = Field(
        default=seldom_of("400d"),
        description="Age at which `watch` deletes looks and their requests; 0: never. Findings, evidence, messages "
        "and the actions of people are never deleted.",
    )
    keep_reports: Seldom = Field(
        default=seldom_of("1830d"),
        description="Age at which `watch` deletes reports on file; 0: never. That a report was there stays in the "
        "evidence log.",
    )
    keep_damaged_rows: Seldom = Field(
        default=seldom_of("400d"),
        description="Age at which `watch` deletes what stood in damaged rows of the database; 0: never. What was made "
        "of each stays.",
    )
