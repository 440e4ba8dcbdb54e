"""Who is in the chain of responsibility, who looks and from where: parts of the inventory."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from monitor.inventory.model.base import Once, Section
from monitor.inventory.values.scalars import AddressText, Day, Id, Mail, Switch, Text, WebPage, whole
from monitor.inventory.values.wall_times import Zone


class Role(StrEnum):
    """What a party is in the chain of a contract (GDPR articles 4, 26 and 28)."""

    CONTROLLER = "controller"
    PROCESSOR = "processor"
    SUB_PROCESSOR = "sub-processor"


class Organisation(Section):
    """Who looks. It is said in every request, so that the owner of a log can ask."""

    id: Id = Field(description="Short name of the organisation; findings are filed under it.")
    name: Text = Field(description="Name of the organisation, as people know it.")
    party: Id | None = Field(
        default=None, description="Which party it is itself; left out: the controllers. Any other party is outside."
    )
    contact: Mail = Field(description="Role address for questions about the looking; sent as `From` in every request.")
    about: WebPage | None = Field(
        default=None, description="Page that explains the looking (RFC 9511); sent in the `User-Agent`."
    )


class Vantage(Section):
    """From where this installation looks."""

    id: Id = Field(default="internet-1", description="Short name of this place to look from.")
    network: Id = Field(
        default="internet",
        description="The network it stands in: `internet`, or the name of a closed network. What was promised to "
        "answer in another network alone must not answer from here.",
    )
    addresses: Annotated[tuple[AddressText, ...], Once] = Field(
        default=(),
        description="Addresses that looks leave from, as others see them; messages say them, so that whoever reads a "
        "log can tell our requests from a stranger's.",
    )


class Party(Section):
    """An organisation in the chain of responsibility."""

    id: Id = Field(description="Short name of the party.")
    name: Text = Field(description="Name of the party, as people know it.")
    role: Role = Field(description="What it is in the chain: who decides (controller) or who works for whom.")
    organisation_number: Text | None = Field(default=None, description="Its number in the official register.")
    dpo: Mail | None = Field(
        default=None, description="Role address of its data protection officer; said in drafts, and told nothing."
    )
    authority: Text | None = Field(
        default=None, description="Its supervisory authority, where it is not the one that the law's file names."
    )
    csirt: Text | None = Field(
        default=None, description="The CSIRT that it reports to, where it is not the one that the law's file names."
    )
    nis2: Switch | None = Field(
        default=None,
        description="Whether NIS2 (in Sweden: Cybersäkerhetslagen) holds for it; left out: its clocks are shown, and a "
        "person decides. `false`: they are not.",
    )
    language: Literal["sv", "en"] = Field(default="en", description="The language in which it is told.")
    zone: Zone | None = Field(
        default=None,
        description="The time zone of its clocks in messages; left out: `Europe/Stockholm` for `sv`, `UTC` for `en`.",
    )
    channels: Annotated[tuple[Id, ...], Once] = Field(
        default=(),
        description="Channels that reach it, and schedules, first choice first. Channels that name the party, and "
        "stand in no schedule of it, are added at the end.",
    )


class Promises(Section):
    """What a contract promises, where it can be measured from outside."""

    retention_days: Annotated[int, whole(1, 36500)] | None = Field(
        default=None, description="Days after which data must be gone; an older file that is seen open breaks it."
    )
    login: Switch | None = Field(
        default=None,
        description="Nothing is readable without a login; a message about what is says that this is broken.",
    )
    tls: Switch | None = Field(
        default=None, description="Nothing is served in clear text; a page that is makes a medium finding."
    )
    network: Id | None = Field(
        default=None, description="The closed network outside which nothing answers; an answer makes a high finding."
    )
    notify_hours: Annotated[int, whole(1, 8760)] | None = Field(
        default=None, description="Hours within which the processor tells the controller of an incident."
    )


class Contract(Section):
    """Who works for whom, who allowed the looking, and what was promised."""

    id: Id = Field(description="Short name of the contract.")
    controller: Id = Field(description="Party that the work is done for.")
    processor: Id = Field(description="Party that does the work.")
    under: Id | None = Field(default=None, description="Contract above this one, when it is with a sub-processor.")
    authorised_by: Text = Field(description="Who allowed the looking: role, document or case number.")
    authorised_until: Day = Field(description="Last day on which the looking is allowed.")
    promises: Promises = Field(default=Promises(), description="What was promised and can be measured.")
