"""Who is told of a change: every party up the asset's contract chain, and nobody outside it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

from monitor.alerts.routing.oncall import on_duty, schedule_of
from monitor.findings.finding import OVER, Change, Finding, Severity

if TYPE_CHECKING:
    from monitor.inventory.model.inventory import Channel, Inventory
    from monitor.inventory.model.parties import Party

Language = Literal["sv", "en"]


@dataclass(frozen=True, slots=True)
class Recipient:
    """A channel with the party that it reaches, and how that party is spoken to."""

    channel: str
    party: str
    """Id of the party; empty for a channel that reaches those who run leftopen and no party."""
    name: str
    language: Language = "en"
    owner: bool = False
    """Whether the party runs the asset: it is asked to act, the others to see to it that it does."""
    via: str = ""
    """The schedule by which the channel is on duty: who that is, is looked up again when the message is sent."""


def route(
    finding: Finding, change: Change, inventory: Inventory, told: Collection[str] | None = None
) -> tuple[Recipient, ...]:
    """The channels that hear of `change`, each once, the owner's first.

    `told` are the channels that heard of the finding before. They hear how it goes on even when it has become less
    severe than they ask for. Without it, a closing goes to the whole chain: a pager that is never told that the alarm
    is over is worse than one line too many.
    """
    if not change.tells:
        return ()
    chosen = []
    for way in _ways(finding.asset, inventory, change.at):
        channel = way.channel
        if not way.on_duty:
            # Whoever was woken hears that it is over, also when somebody else is on duty by now.
            heard, loud = change.step in OVER and told is not None and channel.id in told, False
        else:
            heard = change.step in OVER if told is None else not way.mates.isdisjoint(told)
            loud = change.step not in OVER and channel.after is None
        if heard or (loud and Severity(channel.minimum).rank <= finding.severity.rank):
            chosen.append(way.recipient)
    return tuple(chosen)


def escalation(
    finding: Finding, news: Change, inventory: Inventory, told: Collection[str], now: datetime
) -> tuple[Recipient, ...]:
    """The channels whose time has come, since nobody has acknowledged the last news of a finding.

    `told` are the channels that were told of just this news.
    """
    chosen = []
    for way in _ways(finding.asset, inventory, now):
        channel = way.channel
        if not way.on_duty or channel.after is None or channel.id in told or now - news.at < channel.after:
            continue
        if Severity(channel.minimum).rank <= finding.severity.rank:
            chosen.append(way.recipient)
    return tuple(chosen)


def reminded(
    finding: Finding, party: Party, inventory: Inventory, told: Collection[str], at: datetime
) -> tuple[Recipient, ...]:
    """The channels by which one party of the chain hears of its own deadlines: where it has heard of the finding; else
    where it is told first; else all that are on duty, since a deadline that nobody is told of is one that is missed."""
    ways = [way for way in _all_ways(finding.asset, inventory, at) if way.recipient.party == party.id and way.on_duty]
    heard = [way for way in ways if not way.mates.isdisjoint(told)]
    first = [
        way for way in ways if way.channel.after is None and Severity(way.channel.minimum).rank <= finding.severity.rank
    ]
    return tuple({way.recipient.channel: way.recipient for way in heard or first or ways}.values())


def operator_channels(inventory: Inventory) -> tuple[Recipient, ...]:
    """The channels that reach those who run leftopen: they hear of blind rounds."""
    return tuple(recipient_of(channel, inventory) for channel in inventory.operator_channels())


def on_duty_of(party: Party, inventory: Inventory, level: Severity, at: datetime) -> tuple[Recipient, ...]:
    """The channels by which one party hears of what is about no finding: those that are told first, and are on duty."""
    found = []
    for channel in inventory.channels_of(party):
        schedule = schedule_of(channel.id, party, inventory)
        theirs = channel.party in (None, party.id)
        on = schedule is None or on_duty(schedule, at) == channel.id
        if theirs and on and channel.after is None and Severity(channel.minimum).rank <= level.rank:
            via = schedule.id if schedule is not None else ""
            found.append(Recipient(channel.id, party.id, party.name, party.language, via=via))
    return tuple(found)


def recipient_of(channel: Channel, inventory: Inventory) -> Recipient:
    """A channel by itself, outside any finding: of the party that it names, else of one that lists it, else of ours."""
    party = next((p for p in inventory.parties if p.id == channel.party), None) or next(
        (p for p in inventory.parties if channel.party is None and channel.id in p.channels), None
    )
    if party is None:
        return Recipient(channel.id, "", inventory.organisation.name)
    return Recipient(channel.id, party.id, party.name, party.language)


ZONES: Final[dict[Language, str]] = {"sv": "Europe/Stockholm", "en": "UTC"}
"""The zone of a party's clocks where it does not name one, by its language."""


def party_zone(inventory: Inventory, party: str) -> str:
    """The time zone in which a party reads the clock; UTC for those who run leftopen."""
    found = next((one for one in inventory.parties if one.id == party), None)
    return "UTC" if found is None else found.zone or ZONES[found.language]


@dataclass(frozen=True, slots=True)
class _Way:
    """A channel by which a party of the chain may be told; `mates` share its schedule, itself included."""

    channel: Channel
    recipient: Recipient
    on_duty: bool
    mates: frozenset[str]


def _ways(asset_id: str, inventory: Inventory, at: datetime) -> tuple[_Way, ...]:
    """The ways to every party of an asset's chain, each channel once; one that is on duty before one that is not."""
    found: dict[str, _Way] = {}
    for way in _all_ways(asset_id, inventory, at):
        known = found.get(way.channel.id)
        if known is None or (way.on_duty and not known.on_duty):
            found[way.channel.id] = way
    return tuple(found.values())


def _all_ways(asset_id: str, inventory: Inventory, at: datetime) -> Iterator[_Way]:
    asset = inventory.find_asset(asset_id)
    if asset is None:
        # Taken out of the inventory: nobody declares any more who may hear of it.
        return
    parties = inventory.chain(asset)
    inside = {party.id for party in parties}
    for party in parties:
        for channel in inventory.channels_of(party):
            # A channel that names another party is that party's, whoever lists it: else one tenant reads another's.
            if channel.party is not None and channel.party not in inside:
                continue
            schedule = schedule_of(channel.id, party, inventory)
            duty = schedule is None or on_duty(schedule, at) == channel.id
            via = schedule.id if schedule is not None and duty else ""
            to = Recipient(channel.id, party.id, party.name, party.language, party.id == asset.owner, via)
            yield _Way(channel, to, duty, frozenset(schedule.members if schedule is not None else (channel.id,)))
