"""What is open already is told to whoever has to do with it since: a new owner, a new party, another channel."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.alerts.messages.new_messages import messages_for
from monitor.alerts.newcomers import tell_newcomers
from monitor.findings.finding import State, Step
from monitor.findings.handling import Action, ActionKind, signature_of
from monitor.inventory.model.inventory import Inventory
from monitor.service.parts.timers import Timers
from monitor.store.ledger import Ledger
from monitor.store.messages import events
from monitor.store.tables import actions
from monitor.store.tables.rounds import RoundKind, begin
from monitor.store.thread import LedgerThread
from tests.monitor.alerts.builders import NOON, Clock, Ledgers, change, finding, inventory, outbox
from tests.servers.webhook import Webhook

LATER = NOON + timedelta(hours=1)
URLS = ("SHARED", "REGION", "VOICE", "PAGER", "STRANGER")


@pytest.fixture
def ledgers(tmp_path: Path) -> Iterator[Ledgers]:
    """A ledger with a finding that is open, of which the chain is to be told."""
    made = Ledgers(tmp_path / "leftopen.db")
    made.now(lambda ledger: _open(ledger))
    yield made
    made.close()


def _open(ledger: Ledger, **changed: Any) -> None:
    begin(ledger, "r1", RoundKind.ROUND, NOON, "internet-1", "digest")
    opened = change(Step.OPENED)
    with ledger.step():
        ledger.save(finding(**changed), opened, "r1", NOON, messages_for(finding(), opened, inventory()))


def moved() -> Inventory:
    """The same asset, which the stranger runs now, for the region."""
    return inventory(owner="stranger", contract="other")


def told(ledgers: Ledgers, declared: Inventory) -> list[tuple[str, str]]:
    """Whom a change of the inventory tells: channels and parties."""
    before = {due.id for due in ledgers.owed()}
    ledgers.now(lambda ledger: tell_newcomers(ledger, declared, LATER))
    return [(due.owed.channel, due.owed.party) for due in ledgers.owed() if due.id not in before]


async def test_a_new_owner_is_told_once_and_the_one_before_no_more(ledgers: Ledgers, hook: Webhook) -> None:
    assert told(ledgers, moved()) == [("stranger-mail", "stranger")]
    assert told(ledgers, moved()) == []
    box = outbox(ledgers, moved(), dict.fromkeys(URLS, hook.apprise), Clock(LATER))
    drained = await box.drain_once()
    assert {one.channel for one in drained.tried if one.outcome == "accepted"} == {"stranger-mail", "region-mail"}
    assert any(one.json()["title"].startswith("CRITICAL: recorded calls") for one in hook.received)


def test_where_nobody_is_new_nobody_is_told(ledgers: Ledgers) -> None:
    assert told(ledgers, inventory()) == []


def test_a_message_that_waits_at_a_channel_that_is_gone_is_owed_to_the_one_in_its_place(ledgers: Ledgers) -> None:
    raw = inventory().model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
    for one in raw["channels"]:
        if one["id"] == "region-mail":
            one["id"] = "region-new-mail"
    assert told(ledgers, Inventory.model_validate(raw)) == [("region-new-mail", "region")]


@pytest.mark.parametrize("state", [State.SUSPECTED, State.CLEARED])
def test_what_is_not_open_is_told_to_nobody(ledgers: Ledgers, state: State) -> None:
    def end(ledger: Ledger) -> None:
        with ledger.step():
            ledger.execute("UPDATE findings SET state = ?", state.value)

    ledgers.now(end)
    assert told(ledgers, moved()) == []


def test_what_a_person_has_cancelled_is_not_told_again(ledgers: Ledgers) -> None:
    def cancel(ledger: Ledger) -> None:
        tell_newcomers(ledger, moved(), LATER)
        with ledger.step():
            for due in events.waiting_for(ledger, "stranger-mail"):
                events.stop(ledger, due, events.Event.CANCELLED, LATER, "Ada", "another will tell them")

    ledgers.now(cancel)
    assert told(ledgers, moved()) == []


def test_what_people_dismissed_is_told_to_nobody(ledgers: Ledgers) -> None:
    def dismiss(ledger: Ledger) -> None:
        with ledger.step():
            why = Action(ActionKind.DISMISSED, LATER, "Ada", reason="a test", signature=signature_of(finding()))
            actions.append(ledger, finding().id, why)

    ledgers.now(dismiss)
    assert told(ledgers, moved()) == []


async def test_a_watch_tells_them_as_soon_as_the_inventory_has_changed(tmp_path: Path) -> None:
    ledger = LedgerThread(tmp_path / "leftopen.db")
    try:
        await ledger(_open)
        timers = Timers(ledger, Clock(LATER))
        for declared, channels in ((inventory(), 0), (moved(), 1), (moved(), 1), (inventory(), 1)):
            await timers.run(declared)
            rows = await ledger(lambda on: on.rows("SELECT 1 FROM dues WHERE channel = 'stranger-mail'"))
            assert len(rows) == channels
    finally:
        ledger.close()
