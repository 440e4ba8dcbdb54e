"""Whether a message may be sent now, and if not, why and when that is looked at again: pure, so its test is a table.

Our alerts are dispatches too, and the worst that we could send to a stranger: so the recipient must have confirmed that
the address is theirs, must be of the asset's chain at the moment of sending, and what is grave can be stopped first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.findings.finding import Severity, Step
from monitor.inventory.model.inventory import Channel, Inventory
from monitor.store.messages.queued import QueuedMessage
from probes.recognise.people.masking import Masked, mask_text

LOOK_AGAIN = timedelta(minutes=15)
"""A held message is looked at again after this in any case: the inventory may have been mended."""
OLD_NEWS = timedelta(hours=24)
"""A held message about ourselves is a dead letter after this: an old drill helps nobody."""

CONFIRM = "confirm"
"""The step of the message that asks for a confirmation: the only one that goes to whoever has not confirmed."""
UNCONFIRMED, NOT_THEIRS, WINDOW, APPROVAL = "unconfirmed", "not theirs", "delay", "approval"
"""The kinds of reasons: the first word or words of each."""


@dataclass(frozen=True, slots=True)
class OnFile:
    """What the ledger knows that a message depends on."""

    asset: str | None
    """The asset of its finding; None when it is about no finding on file."""
    confirmed: bool
    approved: bool


@dataclass(frozen=True, slots=True)
class Hold:
    """A message that may not be sent now. `again` is None when it is never looked at again."""

    reason: Masked
    again: datetime | None


def parties_of(channel: Channel, inventory: Inventory) -> str:
    """The parties that a channel reaches, as a confirmation names them; empty for a channel of the operators' alone."""
    return ",".join(sorted(party.id for party in inventory.parties if channel in inventory.channels_of(party)))


def must_confirm(channel: Channel, inventory: Inventory) -> bool:
    """Whether a channel needs a confirmation: those of parties do, the organisation's own operators' do not."""
    parties = parties_of(channel, inventory)
    ours = channel.operator and frozenset(parties.split(",")) <= inventory.own_parties()
    return inventory.defaults.confirm_recipients and bool(parties) and not ours


def held(
    due: QueuedMessage, channel: Channel | None, inventory: Inventory, on_file: OnFile, now: datetime
) -> Hold | None:
    """Why a message is not sent now; None: it may go. `channel` is None when it no longer leads to the party."""
    owed = due.owed
    if channel is None:
        who = f"to {owed.party}" if owed.party else "to those who run leftopen"
        return _later(
            due, f"{NOT_THEIRS}: the inventory knows no channel {owed.channel} {who} any more", now, gone=True
        )
    if owed.step == CONFIRM:
        return None
    # Whoever was told is told that it was none, also when they have left the chain since.
    retracts = owed.step == Step.RETRACTED
    if owed.party and on_file.asset is not None and not retracts:
        asset = inventory.find_asset(on_file.asset)
        if asset is None:
            return _later(due, f"{NOT_THEIRS}: the inventory no longer holds the asset {on_file.asset}", now)
        if owed.party not in {party.id for party in inventory.chain(asset)}:
            return _later(due, f"{NOT_THEIRS}: {owed.party} is not of the chain of {asset.id} any more", now)
    if must_confirm(channel, inventory) and not on_file.confirmed:
        return _later(due, f"{UNCONFIRMED}: leftopen confirm {channel.id} asks the recipient", now)
    outside = bool(owed.party) and owed.party not in inventory.own_parties()
    if retracts or not owed.finding or not outside or Severity(owed.severity).rank < Severity.HIGH.rank:
        return None
    delay = inventory.defaults.outside_delay
    if delay is not None and now < due.created + delay:
        return Hold(
            mask_text(f"{WINDOW}: it can be cancelled for {_span(delay)} before it goes out"), due.created + delay
        )
    if inventory.defaults.outside_approval and not on_file.approved:
        return Hold(mask_text(f"{APPROVAL}: a person must approve it first"), now + LOOK_AGAIN)
    return None


def _later(due: QueuedMessage, reason: str, now: datetime, *, gone: bool = False) -> Hold:
    """Held as long as it takes; what nobody is waiting for is given up after a day."""
    mortal = gone or due.owed.of_ourselves
    again = None if mortal and now - due.created >= OLD_NEWS else now + LOOK_AGAIN
    return Hold(mask_text(reason), again)


def _span(span: timedelta) -> str:
    minutes = span.total_seconds() / 60
    return f"{minutes:g} minutes" if minutes >= 1 else f"{span.total_seconds():g} seconds"
