"""Can we see, can we tell: what is wrong with ourselves."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from monitor.alerts import drills
from monitor.alerts.damage import SAID_FOR
from monitor.alerts.messages.formatting import duration
from monitor.alerts.messages.text.reason import counted_whys, reason_text
from monitor.alerts.queue import send_conditions
from monitor.alerts.routing import reachability
from monitor.alerts.routing.oncall import quiet_until
from monitor.coverage.asset_state import AssetStatus
from monitor.coverage.endings import contract_endings, exceptions, refused_credentials, said, soon
from monitor.coverage.states import asset_states, summary
from monitor.health.vantages import Seeing, VantageState, vantage_states
from monitor.inventory.model.inventory import Inventory
from monitor.store import queries, summaries
from monitor.store.damage import damaged_rows
from monitor.store.ledger import Ledger
from monitor.store.log import records as log_records
from monitor.store.looks import owed
from monitor.store.messages import heartbeats
from monitor.store.messages.queued import DueState, Outcome
from monitor.store.messages.untold import untold
from monitor.store.retention import overdue, size
from monitor.store.schema.stored import WAY_OUT
from monitor.store.tables import accounts, rounds, service_faults

LATE = 2.0
"""An asset is late when it was not looked at for more than so many of its intervals."""


LATE_SIGNING = timedelta(minutes=5)
"""So long, beside three times its interval, a checkpoint may be overdue."""


LATE_FORGETTING = timedelta(days=3)
"""So long after their time looks may still be there."""


UNTOLD = timedelta(minutes=15)
"""A message that no provider accepted for so long is a fault of its own."""


@dataclass(slots=True)
class Health:
    """What is well, and what is not; sentences for people, numbers for machines."""

    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    numbers: dict[str, Any] = field(default_factory=dict)
    summary: str = ""
    """How many assets are in which state, in one line."""

    @property
    def well(self) -> bool:
        """Whether nothing is wrong with our eyes and our voice."""
        return not self.faults

    def as_json(self) -> dict[str, Any]:
        """All of it as JSON values."""
        return {"well": self.well, "summary": self.summary, "faults": self.faults, "notes": self.notes, **self.numbers}


@dataclass(frozen=True, slots=True)
class ThisMachine:
    """What is known beside the ledger, on the machine where somebody asks."""

    stopped: bool = False
    """Whether `leftopen watch` once served this ledger and does not run now."""
    no_address: tuple[tuple[str, str], ...] = ()
    """Channels without an address that can be used here, each with the reason."""


def examine(ledger: Ledger, inventory: Inventory, now: datetime, machine: ThisMachine | None = None) -> Health:
    """Hold the ledger against the inventory: what should have been looked at and told by `now`, and was not."""
    health = Health()
    _this_machine(health, machine or ThisMachine())
    _rounds(health, ledger, now)
    _vantages(health, ledger, inventory, now)
    _assets(health, ledger, inventory, now)
    _endings(health, ledger, inventory, now)
    _post(health, ledger, inventory, now)
    _recipients(health, ledger, inventory, now)
    _silence(health, ledger, now)
    _drills(health, ledger, inventory, now)
    _heartbeat(health, ledger, inventory, now)
    _size(health, ledger, inventory, now)
    _accounts(health, ledger, inventory, now)
    _service(health, ledger)
    _evidence_log(health, ledger, inventory, now)
    _damage(health, ledger, now)
    return health


def _this_machine(health: Health, machine: ThisMachine) -> None:
    """A service that has stopped, and channels that nothing can be sent to from here."""
    health.numbers["watch_stopped"] = machine.stopped
    if machine.stopped:
        health.faults.append("leftopen watch has stopped: nothing is looked at and nobody is told until it runs again")
    health.faults += [f"channel {channel}: {why}" for channel, why in machine.no_address]


def _many(count: int, thing: str) -> str:
    """A count with its thing: `1 message`, `2 messages`."""
    return f"{count} {thing}{'s' * (count != 1)}"


def _evidence_log(health: Health, ledger: Ledger, inventory: Inventory, now: datetime) -> None:
    """An evidence log that should be signed, and is not: who relies on it takes that for silence."""
    if inventory.log is None:
        return
    last = log_records.last_checkpoint(ledger)
    if last is None:
        health.faults.append("the evidence log was never signed: is leftopen watch running?")
    elif now - last.at > 3 * inventory.log.every + LATE_SIGNING:
        health.faults.append(f"the evidence log was last signed {last.at:%Y-%m-%d %H:%M} UTC")


def _damage(health: Health, ledger: Ledger, now: datetime) -> None:
    """Rows of the database that were damaged: what could be read of them is used in their place."""
    found = damaged_rows.on_file(ledger, now - SAID_FOR)
    health.numbers["damaged_rows"] = len(found)
    health.faults += [
        f"the database: the row of {one.what} was damaged (found {one.at:%Y-%m-%d %H:%M} UTC); {WAY_OUT}"
        for one in found
    ]


def _service(health: Health, ledger: Ledger) -> None:
    """Parts of `leftopen watch` that do not work now."""
    failing = service_faults.faults(ledger)
    health.numbers["failing_parts"] = [fault.part for fault in failing]
    health.faults += [f"watch, {one.part}: {one.why} (since {one.since:%Y-%m-%d %H:%M} UTC)" for one in failing]


def _rounds(health: Health, ledger: Ledger, now: datetime) -> None:
    last = rounds.last(ledger, 20)
    health.numbers["rounds"] = len(last)
    if not last:
        health.faults.append("there was no round yet")
        return
    newest = last[0]
    health.numbers["last_round"] = newest.started.isoformat()
    if newest.blind:
        health.faults.append(f"the last round was blind: {reason_text(newest.blind, 'en')}")
    blind = sum(bool(one.blind) for one in last)
    if blind and not newest.blind:
        health.notes.append(f"{blind} of the last {len(last)} rounds were blind")
    if newest.ended is None and now - newest.started > timedelta(hours=1):
        health.faults.append(
            f"round {newest.id} began {duration((now - newest.started).total_seconds())} ago and never ended"
        )


_QUEUES: Final = timedelta(minutes=5)
"""What a broker said longer ago of its queues says nothing of now."""


def _vantages(health: Health, ledger: Ledger, inventory: Inventory, now: datetime) -> None:
    """Each vantage, where there are several: from one that does not see nothing is opened and nothing is closed."""
    states = vantage_states(ledger, inventory, now)
    if not states:
        return
    owing, queues = owed.count(ledger), owed.queues(ledger, now - _QUEUES)
    waits = {one.id: {"owed": owing.get(one.id, 0), "queues": queues.get(one.id, {})} for one in states}
    health.numbers["vantages"] = {one.id: vantage_json(one) | waits[one.id] for one in states}
    for one in states:
        said = health.notes if one.sees else health.faults
        said.append(f"vantage {one.id} in {one.network} {vantage_words(one, now)}")


def vantage_words(one: VantageState, now: datetime) -> str:
    """Whether a vantage sees and why it does not, in English."""
    match one.seeing:
        case Seeing.NEVER:
            return "has never handed in anything: is its worker running?"
        case Seeing.SILENT:
            ago = duration((now - one.last).total_seconds()) if one.last is not None else "long"
            return f"has handed in nothing for {ago}: is its worker running?"
        case Seeing.BLIND:
            return f"is blind: {reason_text(one.blind, 'en') if one.blind is not None else 'no reason given'}"
        case Seeing.UNANSWERED:
            return f"left {one.unanswered} of its last {one.given} batches unanswered"
        case Seeing.SEES:
            return "sees"


def vantage_json(one: VantageState) -> dict[str, Any]:
    """A vantage as JSON values."""
    return {
        "network": one.network,
        "sees": one.sees,
        "seeing": one.seeing.value,
        "last": one.last.isoformat() if one.last is not None else None,
        "batches": one.given,
        "unanswered": one.unanswered,
    }


def _assets(health: Health, ledger: Ledger, inventory: Inventory, now: datetime) -> None:
    """Every declared asset that was not wholly judged lately."""
    states = asset_states(ledger, inventory, now)
    counts = Counter(one.status for one in states)
    health.numbers["assets"] = {status.value: counts[status] for status in AssetStatus}
    for one in states:
        if not one.judged:
            since = f" since {one.since:%Y-%m-%d %H:%M} UTC" if one.since else ""
            also = " and was not wholly judged" if one.status is AssetStatus.OPEN else ""
            health.faults.append(f"{one.asset} is {one.status.value}{since}{also}: {counted_whys(one.why, 'en')}")
    health.summary = summary(states)
    # A renamed asset is another one: what was found under the old id is found again under the new one.
    known = {one.id for one in (*inventory.assets, *inventory.accounts)}
    for asset, count in summaries.open_by_asset(ledger).items():
        if asset not in known:
            health.notes.append(
                f"{_many(count, 'open finding')} of {asset}, which the inventory does not declare: "
                f"nobody looks there now; leftopen findings --asset {asset}"
            )


def _endings(health: Health, ledger: Ledger, inventory: Inventory, now: datetime) -> None:
    """What ends soon, while there is time; the assets of a contract that has ended are faults by themselves."""
    today = now.date()
    kept = exceptions(ledger, inventory)
    health.numbers["exceptions"] = sum(one.days_left(today) >= 0 for one in kept)
    near = soon((*contract_endings(inventory), *kept, *refused_credentials(ledger, inventory)), today)
    health.numbers["ending_soon"] = len(near)
    health.notes += [said(one, today) for one in near]
    if health.numbers["exceptions"]:
        health.notes.append(f"exceptions in force: {health.numbers['exceptions']} (leftopen exceptions)")


def _post(health: Health, ledger: Ledger, inventory: Inventory, now: datetime) -> None:
    post = queries.post(ledger)
    health.numbers |= {"messages_owed": post.owed, "dead_letters": post.dead}
    if post.dead:
        health.faults.append(f"{_many(post.dead, 'message')} undeliverable (dead letters)")
    oldest = _oldest(ledger, inventory, now)
    if oldest is not None and now - oldest > UNTOLD:
        health.faults.append(f"a message has waited for {duration((now - oldest).total_seconds())}")
    health.numbers["failing_channels"] = len(post.failing)
    for channel, count, reason in post.failing:
        health.faults.append(f"channel {channel} did not take {_many(count, 'message')}: {reason}")
    if not inventory.operator_channels():
        health.faults.append(
            "no channel has 'operator: true': nobody is told of a blind round, a contract that ends or a failed message"
        )


def _recipients(health: Health, ledger: Ledger, inventory: Inventory, now: datetime) -> None:
    """Who could not be told, since nobody has confirmed to be there; and what is held for that or another reason."""
    waiting = reachability.unconfirmed(ledger, inventory, os.environ, now)
    missing = reachability.gaps(ledger, inventory, now)
    held = queries.post(ledger).held
    health.numbers |= {
        "unconfirmed_channels": len(waiting),
        "untested_parties": len({party for _, party in missing}),
        "messages_held": sum(count for _, _, count in held),
    }
    for channel, why in waiting:
        health.faults.append(f"nothing is told to channel {channel}: {why}: leftopen confirm {channel}")
    for party in dict.fromkeys(party for _, party in missing):
        assets = ", ".join(asset for asset, other in missing if other == party)
        health.faults.append(f"no channel of {party} was confirmed or drilled within 90 days, for {assets}")
    for channel, reason, count in held:
        said = f"channel {channel}: {_many(count, 'message')} held ({reason})"
        # A window that somebody declared is no fault, and neither is an approval that was asked for.
        (
            health.notes if reason.startswith((send_conditions.WINDOW, send_conditions.APPROVAL)) else health.faults
        ).append(said)
    if not inventory.defaults.confirm_recipients:
        health.notes.append("recipients are told without having confirmed that they are who they should be")


def _oldest(ledger: Ledger, inventory: Inventory, now: datetime) -> datetime | None:
    """Since when the message waits that waits longest; what waits for the morning does not."""
    channels = {channel.id: channel for channel in inventory.channels}
    since = []
    for due in ledger.due(now + timedelta(days=1), 10_000):
        channel = channels.get(due.owed.channel)
        if due.state is DueState.OWED:
            quiet = quiet_until(channel, due.owed.severity, due.created) if channel else None
            since.append(quiet or due.created)
    return min(since, default=None)


def _silence(health: Health, ledger: Ledger, now: datetime) -> None:
    silent = untold(ledger, now)
    health.numbers["told_to_nobody"] = len(silent)
    for one in silent:
        where = f" (channel {one.channel})" if one.channel else ""
        health.faults.append(f"NOBODY WAS TOLD of {one.finding} on {one.asset}{where}: {one.why}")


def _drills(health: Health, ledger: Ledger, inventory: Inventory, now: datetime) -> None:
    old = drills.stale(ledger, inventory, now)
    health.numbers["stale_drills"] = len(old)
    for channel, party, last in old:
        when = f"last took one {duration((now - last).total_seconds())} ago" if last else "never took one"
        health.faults.append(f"channel {channel} of {party}, of a chain of personal data, {when}: leftopen drill")


def _heartbeat(health: Health, ledger: Ledger, inventory: Inventory, now: datetime) -> None:
    last = heartbeats.last(ledger)
    if inventory.heartbeat is None:
        return
    health.numbers["last_heartbeat"] = last.good.isoformat() if last and last.good else None
    if last is None:
        health.notes.append("no sign of life was given yet")
    elif last.outcome is not Outcome.ACCEPTED and last.reason:
        health.notes.append(f"the last sign of life was not taken: {last.reason}")
    if last is not None and last.good is not None:
        health.notes.append(f"the last sign of life that was taken: {duration((now - last.good).total_seconds())} ago")


def _accounts(health: Health, ledger: Ledger, inventory: Inventory, now: datetime) -> None:
    """Accounts that could not be read, or not in time; and what they hold that nobody declared."""
    states = accounts.states(ledger)
    unread = 0
    for account in inventory.accounts:
        state, named = states.get(account.id), f"account {account.id}"
        unread += state is None or not state.readable
        if state is None:
            health.faults.append(f"{named} was never read: leftopen account")
            continue
        if now - state.at > LATE * account.interval + timedelta(minutes=5):
            health.faults.append(f"{named} is late: last read {duration((now - state.at).total_seconds())} ago")
        if not state.readable:
            health.faults.append(f"{named} could not be read: {'; '.join(state.faults) or 'no reason given'}")
        else:
            health.notes += [f"{named}: not read: {fault}" for fault in state.faults]
        if state.undeclared_open:
            said = f"{named}: {_many(state.undeclared_open, 'bucket')} configured open, and nobody looks there"
            health.faults.append(f"{said}: leftopen account --propose")
        elif state.undeclared:
            health.notes.append(f"{named}: {_many(state.undeclared, 'bucket')} in no asset")
    if inventory.accounts:
        health.numbers["unread_accounts"] = unread


def _size(health: Health, ledger: Ledger, inventory: Inventory, now: datetime) -> None:
    """How large the ledger is; and whether looks are kept for longer than was declared."""
    held, keep = size(ledger), inventory.defaults.keep_looks
    health.numbers |= {"ledger_bytes": held.bytes, "looks": held.observations}
    since = f" since {held.oldest:%Y-%m-%d}" if held.oldest else ""
    health.notes.append(f"the ledger takes {held.bytes / 1e6:,.1f} MB, with {held.observations:,} looks{since}")
    if keep and overdue(ledger, now - keep - LATE_FORGETTING):
        health.faults.append(f"looks older than {keep.days} days were not deleted: is leftopen watch running?")
