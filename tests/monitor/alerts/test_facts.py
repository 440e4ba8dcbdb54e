"""Facts of messages come back from the queue as they were put there, and texts of an earlier version are still sent."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.alerts.delivery.writing import letter_of
from monitor.alerts.messages.new_messages import messages_for
from monitor.findings.finding import Step
from monitor.findings.reasons import Cause, Control, ControlFailed, Grew
from monitor.store.encryption import key_file, make_key
from monitor.store.ledger import Ledger
from monitor.store.messages import events
from monitor.store.messages.facts import (
    Alive,
    BlindRound,
    BrokenInventory,
    DamagedRows,
    Deadline,
    Deadlines,
    Digest,
    Disowned,
    Drill,
    Ends,
    Facts,
    News,
    Question,
    Retraction,
    Rounds,
    UnknownFolders,
    Unreachable,
    Written,
    dump_facts,
    load_facts,
)
from monitor.store.messages.queued import Outcome
from probes.reasons import NoAnswerReason
from probes.recognise.people.masking import mask_text
from tests.monitor.alerts.builders import NOON, Clock, Ledgers, change, finding, inventory, outbox
from tests.monitor.store.test_migrations import DUMP
from tests.servers.webhook import webhook

DEADLINE = Deadline(
    {"en": "tell", "sv": "säg"}, "region", 0.5, NOON, NOON + timedelta(hours=72), -3.0, "33(1)", "legal"
)
EVERY: tuple[Facts, ...] = (
    Written(mask_text("first"), mask_text("rest")),
    News(
        finding(), change(Step.GROWN, 2, Grew(3, 9)), ("voice", "region"), owner_told=True, rounds=Rounds("a", "b", 2)
    ),
    News(finding(), change(Step.OPENED), (), owner_told=False),
    Retraction("voice-nas", NOON),
    UnknownFolders("voice-nas", ("An…", "Be…")),
    Deadlines("voice-nas", (DEADLINE,)),
    BlindRound("r1", Cause.CONTROL_NOT_SEEN, NOON),
    BlindRound("r1", ControlFailed(Control.OPEN_PLACE, NoAnswerReason.TIMED_OUT), NOON),
    Drill("DRILL-1", NOON),
    Question(3, NOON),
    Unreachable((("voice-nas", "voice"), ("voice-nas", "region"))),
    Alive(NOON, 40, 2, 1),
    Alive(NOON, 40, 2, 1, ("nas", "pbx"), 3, (("hosting", "2026-10-04"), ("nas /pub/", "2026-10-05"))),
    Disowned("LO-TDE55YEECK", "nas", "voice", "Anna", "it is MedHelp's", NOON),
    BrokenInventory(("inventory.yaml:3: unknown key",), NOON),
    DamagedRows(("message 3",), NOON),
    Ends("contract", "hosting", "2026-10-04", -1, ("nas",)),
    Digest(NOON),
)


@pytest.mark.parametrize("facts", EVERY, ids=lambda one: type(one).__name__)
def test_facts_come_back(facts: Facts) -> None:
    assert load_facts(dump_facts(facts)) == facts


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Ledger]:
    """A ledger of version 0.1.0, with the messages that waited in it."""
    make_key(key_file(tmp_path / "old.db"))
    with sqlite3.connect(tmp_path / "old.db") as connection:
        connection.executescript(DUMP.read_text("utf-8"))
    connection.close()
    made = Ledger(tmp_path / "old.db")
    yield made
    made.close()


def test_a_text_of_an_earlier_version_is_sent_as_it_stands(old: Ledger) -> None:
    dues = old.due(NOON + timedelta(days=99), 1000)
    assert len(dues) > 20
    letters = [letter_of(old, inventory(), due) for due in dues]
    assert any(one.text.title.startswith("KRITISK: inspelade samtal") for one in letters)
    assert all(one.kept == f"{one.text.title}\n{one.text.body}" for one in letters)


async def test_the_text_that_was_sent_is_kept_beside_its_delivery(tmp_path: Path) -> None:
    ledgers, declared = Ledgers(tmp_path / "l.db"), inventory()
    (owed,) = (one for one in messages_for(finding(), change(Step.OPENED), declared) if one.channel == "region-mail")
    ledgers.owe(owed)
    with webhook() as hook:
        drained = await outbox(ledgers, declared, {"REGION": hook.ours}, Clock()).drain_once()
    assert drained.count(Outcome.ACCEPTED) == 1
    (row,) = ledgers.now(lambda ledger: ledger.rows("SELECT text FROM deliveries"))
    sent = hook.received[0].json()
    assert row["text"] == f"{sent['title']}\n{sent['message']}"
    stored = ledgers.now(lambda ledger: events.message(ledger, 1))
    assert stored is not None
    assert "Vad:" not in stored.owed.facts
    ledgers.close()
