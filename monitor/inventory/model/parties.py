"""Who is in the chain of responsibility, who looks and from where: parts of the inventory."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from monitor.inventory.model.base import Once, Section
from monitor.inventory.values.scalars import AddressText, Day, Id, Mail, Switch, Text, WebPage, whole
from monitor.inventory.values.verifier_key import LogKey
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
        default=None,
        description="The party that the organisation itself is. Default: the controllers. All other parties are "
        "outside parties.",
    )
    contact: Mail = Field(
        description="Mail address of a role for questions about the requests. Every request contains it (`From`)."
    )
    about: WebPage | None = Field(
        default=None,
        description="A web page that explains the requests (RFC 9511). Every request contains it (`User-Agent`).",
    )


class Vantage(Section):
    """From where this installation looks."""

    id: Id = Field(default="internet-1", description="Short name of the place from which leftopen looks.")
    network: Id = Field(
        default="internet",
        description="The network in which leftopen runs: `internet`, or the name of a closed network. Hosts that may"
        " answer only in another network must not answer from here.",
    )
    addresses: Annotated[tuple[AddressText, ...], Once] = Field(
        default=(),
        description="The public IP addresses from which the requests come. Messages contain them, so that a reader "
        "of logs can tell these requests from those of a stranger.",
    )
    key: LogKey | None = Field(
        default=None,
        description="The public key of its workers: what they hand in is signed with it. `leftopen log new-key` makes "
        "one. This installation itself has none.",
    )


class Network(Section):
    """What shows that a vantage really is in a network: without it a fallen tunnel looks from the internet, and finds
    every host of a closed network silent."""

    id: Id = Field(description="The network, as `vantage` and `vantages` name it.")
    beacon: WebPage | None = Field(
        default=None, description="A page of your own that must answer from this network, such as one inside it."
    )
    beyond: WebPage | None = Field(
        default=None,
        description="A page that must not answer from this network, such as one on the internet from a closed network.",
    )
    reflector: WebPage | None = Field(
        default=None,
        description="A page of your own that shows the address from which it is asked. It must be one of `addresses` of"
        " the vantage.",
    )


class Party(Section):
    """An organisation in the chain of responsibility."""

    id: Id = Field(description="Short name of the party.")
    name: Text = Field(description="Name of the party, as people know it.")
    role: Role = Field(description="Its role in the chain: it decides (controller), or it works for another party.")
    organisation_number: Text | None = Field(default=None, description="Its number in the official register.")
    dpo: Mail | None = Field(
        default=None,
        description="Mail address of the role of its data protection officer. It stands in drafts; no message is "
        "sent to it.",
    )
    authority: Text | None = Field(
        default=None, description="Its supervisory authority, if it is not the one in the file of the law."
    )
    csirt: Text | None = Field(
        default=None, description="The CSIRT that it reports to, if it is not the one in the file of the law."
    )
    nis2: Switch | None = Field(
        default=None,
        description="Whether NIS2 (in Sweden: Cybersäkerhetslagen) applies to it. Leave it out to show the clocks of"
        " NIS2 and let a person decide; `false` hides them.",
    )
    language: Literal["sv", "en"] = Field(default="en", description="The language of its messages.")
    zone: Zone | None = Field(
        default=None,
        description="The time zone of its messages. Default: `Europe/Stockholm` for `sv`, `UTC` for `en`.",
    )
    channels: Annotated[tuple[Id, ...], Once] = Field(
        default=(),
        description="Its channels and schedules; the first choice comes first. Channels that name the party and are "
        "in none of its schedules are added at the end.",
    )


class Promises(Section):
    """What a contract promises, where it can be measured from outside."""

    retention_days: Annotated[int, whole(1, 36500)] | None = Field(
        default=None,
        description="Days after which data must be deleted. An older file that is seen open breaks the promise.",
    )
    login: Switch | None = Field(
        default=None,
        description="Nothing can be read without a login. A message about an open place says that this promise is "
        "broken.",
    )
    tls: Switch | None = Field(
        default=None,
        description="Nothing is served in clear text. A page in clear text is a finding of medium severity.",
    )
    network: Id | None = Field(
        default=None,
        description="The closed network outside of which nothing answers. An answer is a finding of high severity.",
    )
    notify_hours: Annotated[int, whole(1, 8760)] | None = Field(
        default=None, description="Hours within which the processor must inform the controller of an incident."
    )


class Contract(Section):
    """Who works for whom, who allowed the looking, and what was promised."""

    id: Id = Field(description="Short name of the contract.")
    controller: Id = Field(description="The party for which the work is done.")
    processor: Id = Field(description="The party that does the work.")
    under: Id | None = Field(
        default=None, description="The contract above this one, if this one is with a sub-processor."
    )
    authorised_by: Text = Field(description="Who allowed leftopen to look: a role, a document or a case number.")
    authorised_until: Day = Field(description="Last day on which leftopen is allowed to look.")
    promises: Promises = Field(default=Promises(), description="Promises of the contract that leftopen can measure.")
