"""Writes the text of a message from its facts, when it is sent: in the language and on the clock of its reader."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from monitor.alerts.messages.reader import Links, Reader, Text
from monitor.alerts.messages.text.deadline import deadlines_text
from monitor.alerts.messages.text.digest import digest_text
from monitor.alerts.messages.text.news import news_text
from monitor.alerts.messages.text.system import (
    alive_text,
    blind_text,
    damaged_rows_text,
    disowned_text,
    drill_text,
    ends_text,
    inventory_text,
    late_log_text,
    question_text,
    retraction_text,
    unknown_folders_text,
    unreachable_text,
)
from monitor.inventory.model.inventory import Inventory
from monitor.store.messages.facts import (
    Alive,
    BlindRound,
    BrokenInventory,
    DamagedRows,
    Deadlines,
    Digest,
    Disowned,
    Drill,
    Ends,
    LateLog,
    News,
    Question,
    Retraction,
    UnknownFolders,
    Unreachable,
    Written,
    load_facts,
)
from monitor.store.messages.queued import NewMessage


def text_of(message: NewMessage, inventory: Inventory, links: Links, members: Sequence[NewMessage] = ()) -> Text:
    """The text of a message. `members` are the messages that a digest stands for."""
    reader = Reader(inventory, message.channel, message.party, links)
    facts = load_facts(message.facts)
    match facts:
        case News():
            return news_text(facts, reader)
        case Digest():
            return digest_text(message, facts, members, reader)
        case Deadlines():
            return deadlines_text(message, facts, reader)
        case Retraction():
            return retraction_text(message, facts, reader)
        case UnknownFolders():
            return unknown_folders_text(message, facts, reader)
        case BlindRound():
            return blind_text(facts, reader)
        case BrokenInventory():
            return inventory_text(facts, reader)
        case DamagedRows():
            return damaged_rows_text(facts, reader)
        case Drill():
            return drill_text(facts, reader)
        case Question():
            return question_text(facts, reader)
        case Unreachable():
            return unreachable_text(facts, reader)
        case Alive():
            return alive_text(facts, reader)
        case Disowned():
            return disowned_text(facts, reader)
        case Ends():
            return ends_text(facts, reader)
        case LateLog():
            return late_log_text(facts, reader)
        case Written(title, body):
            return Text(title, body)
        case _:
            assert_never(facts)
