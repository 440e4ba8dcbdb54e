"""Who is told of a change: every party up the asset's contract chain, and nobody outside it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from monitor.inventory.model import Channel, Inventory
from monitor.judge.finding import Change, Finding, Severity, Step

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
    for channel, recipient in _chain(finding.asset, inventory):
        heard = change.step is Step.CLEARED if told is None else channel.id in told
        loud = change.step is not Step.CLEARED and channel.after is None
        if heard or (loud and Severity(channel.minimum).rank <= finding.severity.rank):
            chosen.append(recipient)
    return tuple(chosen)


def escalation(
    finding: Finding, news: Change, inventory: Inventory, told: Collection[str], now: datetime
) -> tuple[Recipient, ...]:
    """The channels whose time has come, since nobody has acknowledged the last news of a finding.

    `told` are the channels that were told of just this news.
    """
    chosen = []
    for channel, recipient in _chain(finding.asset, inventory):
        if channel.after is None or channel.id in told or now - news.at < channel.after:
            continue
        if Severity(channel.minimum).rank <= finding.severity.rank:
            chosen.append(recipient)
    return tuple(chosen)


def operator_channels(inventory: Inventory) -> tuple[Recipient, ...]:
    """The channels that reach those who run leftopen: they hear of blind rounds."""
    return tuple(recipient_of(channel, inventory) for channel in inventory.operator_channels())


def recipient_of(channel: Channel, inventory: Inventory) -> Recipient:
    """A channel by itself, outside any finding: of the party that it names, else of one that lists it, else of ours."""
    party = next((p for p in inventory.parties if p.id == channel.party), None) or next(
        (p for p in inventory.parties if channel.party is None and channel.id in p.channels), None
    )
    if party is None:
        return Recipient(channel.id, "", inventory.organisation.name)
    return Recipient(channel.id, party.id, party.name, party.language)


def _chain(asset_id: str, inventory: Inventory) -> list[tuple[Channel, Recipient]]:
    asset = next((a for a in inventory.assets if a.id == asset_id), None)
    if asset is None:
        # Taken out of the inventory: nobody declares any more who may hear of it.
        return []
    parties = inventory.chain(asset)
    inside = {party.id for party in parties}
    found: dict[str, tuple[Channel, Recipient]] = {}
    for party in parties:
        for channel in inventory.channels_of(party):
            # A channel that names another party is that party's, whoever lists it: else one tenant reads another's.
            if channel.party is not None and channel.party not in inside:
                continue
            recipient = Recipient(channel.id, party.id, party.name, party.language, party.id == asset.owner)
            found.setdefault(channel.id, (channel, recipient))
    return list(found.values())
