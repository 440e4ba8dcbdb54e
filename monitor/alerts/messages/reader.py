"""Who reads a message: the party behind a channel, its language, the zone of its clocks, and the links made for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from monitor.alerts.messages.catalogue import say, sentences
from monitor.alerts.routing.recipients import Language, party_zone
from monitor.inventory.model.inventory import Inventory
from probes.recognise.people.masking import Masked, mask_text


@dataclass(frozen=True, slots=True)
class Text:
    """A message as it is read: a first line that fits a phone, and the rest."""

    title: Masked
    body: Masked
    link: str = ""
    """The one address to follow, for services that are sent the first line alone; empty: there is none."""


class Links(Protocol):
    """Makes the links of messages; whether they are signed is the maker's business."""

    def acknowledge(self, finding: str, sequence: int, channel: str) -> str:
        """The link by which a person takes a finding, or answers a drill; empty when no page is declared."""
        ...

    def confirm(self, number: int, channel: str) -> str:
        """The link that answers the question whether a channel leads to its party; empty when no page is declared."""
        ...

    def code(self, number: int) -> str:
        """The code that answers the same question where there is no page."""
        ...


@dataclass(frozen=True, slots=True)
class Reader:
    """One channel of one party, for which a message is written."""

    inventory: Inventory
    channel: str
    party: str
    """Empty: those who run leftopen."""
    links: Links

    @property
    def language(self) -> Language:
        """The language in which the party is told; English where it has none."""
        return next((one.language for one in self.inventory.parties if one.id == self.party), "en")

    @property
    def name(self) -> Masked:
        """What the party is called."""
        return self.named(self.party) if self.party else self.organisation

    @property
    def organisation(self) -> Masked:
        """Who runs leftopen."""
        return mask_text(self.inventory.organisation.name)

    def named(self, party: str) -> Masked:
        """The name of any party; its id where the inventory does not know it any more."""
        return mask_text(next((one.name for one in self.inventory.parties if one.id == party), party))

    def say(self, key: str, **values: Masked) -> Masked:
        """A sentence of the catalogue in the party's language."""
        return say(self.language, key, **values)

    def clock(self, at: datetime) -> Masked:
        """A time on the party's wall, with UTC beside it: people act by the one, and logs are searched by the other."""
        zone = party_zone(self.inventory, self.party)
        local = at.astimezone(ZoneInfo(zone))
        words = sentences(self.language)
        return self.say(
            "time.utc" if zone == "UTC" else "time.local",
            weekday=Masked(words["time.weekdays"].split()[local.weekday()]),
            day=Masked(str(local.day)),
            month=Masked(words["time.months"].split()[local.month - 1]),
            time=Masked(f"{local:%H:%M}"),
            utc=Masked(f"{at.astimezone(ZoneInfo('UTC')):%H:%M}"),
        )
