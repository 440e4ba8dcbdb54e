"""Makes messages: who is told of what, as facts. Their text is written when they are sent (`render`)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from monitor.alerts.queue.send_conditions import CONFIRM
from monitor.alerts.routing.recipients import Recipient, escalation, operator_channels, recipient_of, route
from monitor.findings.finding import Change, Finding, Severity
from monitor.findings.handling import Action
from monitor.findings.reasons import Reason
from monitor.inventory.model.inventory import Channel, Inventory
from monitor.store.messages.drills import drill_id
from monitor.store.messages.facts import (
    Alive,
    BlindRound,
    BrokenInventory,
    DamagedRows,
    Digest,
    Disowned,
    Drill,
    Ends,
    Facts,
    LateLog,
    News,
    Question,
    Retraction,
    Rounds,
    UnknownFolders,
    Unreachable,
    dump_facts,
)
from monitor.store.messages.queued import GROUP, NewMessage, QueuedMessage

ALIVE = "alive"
"""The step of the message that we see."""
_LETTERS = str.maketrans("0123456789abcdef", "ghjkmnpqrstvwxyz")


def messages_for(
    finding: Finding,
    change: Change,
    inventory: Inventory,
    told: Collection[str] | None = None,
    rounds: Rounds | None = None,
) -> tuple[NewMessage, ...]:
    """The messages about a change, one a channel; none for a step that nobody is told of.

    `told` are the channels that heard of the finding before (see `route`).
    """
    recipients = route(finding, change, inventory, told)
    return _news(finding, change, recipients, recipients, rounds)


def escalating_messages(
    finding: Finding,
    news: Change,
    inventory: Inventory,
    told: Collection[str],
    now: datetime,
    rounds: Rounds | None = None,
) -> tuple[NewMessage, ...]:
    """The messages to those who are told only because nobody has acknowledged the last news of a finding."""
    further = escalation(finding, news, inventory, told, now)
    return _news(finding, news, further, (*route(finding, news, inventory), *further), rounds)


def newcomer_messages(
    finding: Finding, news: Change, to: Sequence[Recipient], all_told: Sequence[Recipient], at: datetime
) -> tuple[NewMessage, ...]:
    """The last news of a finding, for parties that have to do with it since `at`."""
    facts = News(finding, news, _parties(all_told), any(one.owner for one in all_told))
    # Another key than the news itself: a message to the same channel may have been given up.
    key = f"since-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}/"
    return tuple(about(finding, news, one, facts, key=key) for one in to)


def _parties(all_told: Sequence[Recipient]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.party for one in all_told))


def _news(
    finding: Finding, change: Change, to: Sequence[Recipient], all_told: Sequence[Recipient], rounds: Rounds | None
) -> tuple[NewMessage, ...]:
    facts = News(finding, change, _parties(all_told), any(one.owner for one in all_told), rounds)
    return tuple(about(finding, change, one, facts) for one in to)


def about(
    finding: Finding, change: Change, to: Recipient, facts: Facts, severity: Severity | None = None, key: str = ""
) -> NewMessage:
    """A message about one finding to one channel. `key` tells two about the same change apart."""
    return NewMessage(
        key=f"{finding.id}/{change.sequence}/{key}{to.channel}",
        finding=finding.id,
        sequence=change.sequence,
        step=change.step.value,
        channel=to.channel,
        party=to.party,
        severity=(severity or finding.severity).value,
        facts=dump_facts(facts),
        via=to.via,
    )


def retraction_messages(
    finding: Finding, change: Change, inventory: Inventory, reached: Sequence[tuple[str, str]]
) -> tuple[NewMessage, ...]:
    """One message to each channel that a message about the finding has reached, whoever is in its chain by now."""
    facts = Retraction(finding.asset, change.at)
    return tuple(about(finding, change, Recipient(channel, party, party), facts) for channel, party in reached)


def unknown_customer_messages(
    finding: Finding, change: Change, names: Sequence[str], recipients: Sequence[Recipient]
) -> tuple[NewMessage, ...]:
    """What whoever runs a host is told, alone, of folders that look like customers whom nobody declared.

    `names` are masked already; in 2019 one of three customers on a disk had never bought recording, and did not know.
    """
    # It is a hint, of something that is told already: for a person, in the morning.
    level = min(finding.severity, Severity.MEDIUM, key=lambda one: one.rank)
    facts = UnknownFolders(finding.asset, tuple(names))
    return tuple(about(finding, change, one, facts, level) for one in recipients)


def blind_messages(round_: str, reason: Reason, inventory: Inventory, at: datetime) -> tuple[NewMessage, ...]:
    """What those who run leftopen are told of a round that could not see: one message an hour, however many are blind.

    A network that is down for a night blinds every round and holds back every message: they would all arrive at once.
    """
    key, facts = f"blind/{at.astimezone(UTC):%Y-%m-%dT%H}", BlindRound(round_, reason, at)
    return tuple(_of_ourselves("blind", key, one, Severity.HIGH, facts) for one in operator_channels(inventory))


def inventory_messages(faults: Sequence[str], inventory: Inventory, at: datetime) -> tuple[NewMessage, ...]:
    """What those who run leftopen are told when the changed inventory cannot be used: the one before stays."""
    key, facts = f"inventory/{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", BrokenInventory(tuple(faults[:10]), at)
    return tuple(_of_ourselves("inventory", key, one, Severity.HIGH, facts) for one in operator_channels(inventory))


def damaged_rows_messages(what: Sequence[str], inventory: Inventory, at: datetime) -> tuple[NewMessage, ...]:
    """What those who run leftopen are told of rows of the database that were damaged."""
    key, facts = f"damaged/{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", DamagedRows(tuple(what[:10]), at)
    return tuple(_of_ourselves("damaged", key, one, Severity.HIGH, facts) for one in operator_channels(inventory))


def drill_message(channel: Channel, inventory: Inventory, at: datetime) -> NewMessage:
    """A drill for one channel, told to nobody else; it goes the way of a real message, with a link to answer it by."""
    drill = drill_id(at)
    to = recipient_of(channel, inventory)
    return _of_ourselves("drill", f"drill/{drill}", to, Severity.LOW, Drill(drill, at))


def confirm_message(channel: Channel, inventory: Inventory, number: int, ends: datetime) -> NewMessage:
    """The question whether a channel leads to the party that it is declared for: by a link, else by a code."""
    to = recipient_of(channel, inventory)
    return _of_ourselves(CONFIRM, f"confirm/{number}", to, Severity.LOW, Question(number, ends))


def unreachable_messages(gaps: Sequence[tuple[str, str]], inventory: Inventory, at: datetime) -> tuple[NewMessage, ...]:
    """What the operators are told, once a day, of parties of personal data that nobody could reach: (asset, party)."""
    if not gaps:
        return ()
    key, facts = f"contact/{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", Unreachable(tuple(gaps))
    return tuple(_of_ourselves("contact", key, one, Severity.HIGH, facts) for one in operator_channels(inventory))


def ending_message(key: str, to: Recipient, level: Severity, facts: Ends) -> NewMessage:
    """What one channel is told of something that ends; `key` names it and the stage that it has reached."""
    return replace(_of_ourselves("ends", key, to, level, facts), via=to.via)


def disowned_messages(finding: Finding, action: Action, inventory: Inventory) -> tuple[NewMessage, ...]:
    """What those who run leftopen are told when somebody who was alerted says that a finding is not theirs."""
    facts = Disowned(finding.id, finding.asset, action.party, action.by, action.reason, action.at)
    key = f"disowned/{finding.id}/{action.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return tuple(
        _of_ourselves("disowned", key, one, max(finding.severity, Severity.MEDIUM, key=lambda level: level.rank), facts)
        for one in operator_channels(inventory)
    )


def alive_message(channel: Channel, inventory: Inventory, facts: Alive) -> NewMessage:
    """The message that we see, for whoever has no service that alarms when a sign of life stays away."""
    at = facts.at
    key = f"{ALIVE}/{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return _of_ourselves(ALIVE, key, recipient_of(channel, inventory), Severity.LOW, facts)


def digest_message(dues: Sequence[QueuedMessage], now: datetime) -> NewMessage:
    """The message that stands for several of one kind to one channel. The same ones make the same key."""
    first = dues[0].owed
    name = hashlib.sha256("\n".join(sorted(due.owed.key for due in dues)).encode()).hexdigest()[:8]
    return NewMessage(
        key=f"{GROUP}G-{name.translate(_LETTERS)}/{first.channel}",
        finding="",
        sequence=0,
        step=first.step,
        channel=first.channel,
        party=first.party,
        severity=max((Severity(due.owed.severity) for due in dues), key=lambda one: one.rank).value,
        facts=dump_facts(Digest(now)),
        via=first.via,
    )


def late_log_messages(
    origin: str, last: datetime | None, size: int, inventory: Inventory, at: datetime
) -> tuple[NewMessage, ...]:
    """What the operators are told, once an hour, of an evidence log that they witness and that has fallen silent."""
    name = hashlib.sha256(origin.encode()).hexdigest()[:8].translate(_LETTERS)
    key = f"late-log/{name}/{at.astimezone(UTC):%Y-%m-%dT%H}"
    facts = LateLog(origin, "" if last is None else last.isoformat(), size, at)
    return tuple(_of_ourselves("late-log", key, one, Severity.HIGH, facts) for one in operator_channels(inventory))


def _of_ourselves(step: str, key: str, to: Recipient, level: Severity, facts: Facts) -> NewMessage:
    return NewMessage(f"{key}/{to.channel}", "", 0, step, to.channel, to.party, level.value, dump_facts(facts))
