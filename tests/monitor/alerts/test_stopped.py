"""What is stopped before it goes out, taken back afterwards, and said of parties that could not be told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.alerts.messages.new_messages import drill_message
from monitor.alerts.queue.retraction import retract
from monitor.alerts.queue.send_conditions import OnFile, held
from monitor.alerts.routing.reachability import gaps, tell_gaps, unconfirmed
from monitor.inventory.model.assets import DataKind
from monitor.inventory.model.inventory import Inventory
from monitor.store.ledger import Ledger
from monitor.store.messages import events
from monitor.store.messages.events import Event
from monitor.store.messages.queued import DueState, QueuedMessage
from tests.monitor.alerts.builders import NOON, Ledgers, owed
from tests.monitor.alerts.senders import House, declared, dismiss
from tests.servers.webhook import Reply, Webhook


@pytest.fixture
def house(tmp_path: Path, hook: Webhook) -> Iterator[House]:
    ledgers = Ledgers(tmp_path / "leftopen.db")
    yield House(ledgers, hook, declared())
    ledgers.close()


# -- E6: a window, and a second person


async def test_e6_cancelled_within_the_delay_window_leaves_0_deliveries(house: House) -> None:
    house.inventory = declared(confirm_recipients=False, outside_delay=timedelta(minutes=10))
    found = house.put()
    drained = await house.drain()
    assert house.told() == ["region-mail"], "the organisation itself is told at once"
    assert drained.next_due == NOON + timedelta(minutes=10)

    def cancel(ledger: Ledger) -> None:
        with ledger.step():
            for due in events.waiting(ledger, found.id):
                events.stop(ledger, due, Event.CANCELLED, house.clock(), "Bo", "wrong party")

    house.ledgers.now(cancel)
    for _ in range(3):
        house.clock.at += timedelta(hours=1)
        await house.drain()
    assert house.told() == ["region-mail"]
    assert house.ledgers.now(lambda ledger: ledger.parties_told(found.id)) == {"region-mail"}


async def test_e6_what_nobody_cancels_goes_out_after_the_window(house: House) -> None:
    house.inventory = declared(confirm_recipients=False, outside_delay=timedelta(minutes=10))
    house.put()
    await house.drain()
    house.clock.at += timedelta(minutes=10)
    await house.drain()
    assert set(house.told()) == {"region-mail", "voice-oncall", "shared"}


async def test_e6_what_is_being_sent_cannot_be_cancelled_any_more(house: House) -> None:
    house.inventory = declared(confirm_recipients=False)
    house.hook.always = Reply(after=2)
    house.put()
    sending = asyncio.create_task(house.drain())
    await asyncio.to_thread(house.hook.wait, 3)
    numbers = [row["id"] for row in house.ledgers.now(lambda ledger: ledger.rows("SELECT id FROM dues"))]
    in_hand = [house.ledgers.now(lambda ledger, n=n: events.in_hand(ledger, n, NOON)) for n in numbers]  # type: ignore[misc]
    assert any(in_hand)
    await sending
    assert not any(
        house.ledgers.now(lambda ledger, n=n: events.in_hand(ledger, n, NOON))  # type: ignore[misc]
        for n in numbers
    )


async def test_e6_without_the_approval_of_a_person_nothing_goes_outside(house: House) -> None:
    house.inventory = declared(confirm_recipients=False, outside_approval=True)
    found = house.put()
    for _ in range(3):
        await house.drain()
        house.clock.at += timedelta(hours=1)
    assert house.told() == ["region-mail"]

    def approve(ledger: Ledger) -> None:
        with ledger.step():
            for due in events.waiting(ledger, found.id):
                events.approve(ledger, due, house.clock(), "Eva")

    house.ledgers.now(approve)
    await house.drain()
    assert {"voice-oncall", "shared"} <= set(house.told())


@pytest.mark.parametrize(
    ("severity", "party", "step", "waits"),
    [
        ("critical", "voice", "opened", True),
        ("high", "voice", "grown", True),
        ("medium", "voice", "opened", False),
        ("critical", "region", "opened", False),
        ("critical", "voice", "retracted", False),
    ],
)
def test_e6_only_what_is_grave_and_goes_outside_waits(severity: str, party: str, step: str, waits: bool) -> None:
    made = declared(confirm_recipients=False, outside_delay=timedelta(minutes=10))
    message = owed("x", party=party, severity=severity, step=step)
    due = QueuedMessage(1, message, DueState.OWED, NOON, NOON, 0)
    channel = made.channel("region-mail" if party == "region" else "voice-oncall")
    hold = held(due, channel, made, OnFile("voice-nas", confirmed=False, approved=False), NOON)
    assert (hold is not None) == waits
    if hold is not None:
        assert (hold.reason.startswith("delay"), hold.again) == (True, NOON + timedelta(minutes=10))


# -- D5: taken back


async def test_d5_a_retraction_reaches_everybody_who_was_told_once_and_nobody_else(house: House) -> None:
    house.inventory = declared(confirm_recipients=False, outside_delay=timedelta(hours=1))
    found = house.put()
    house.ledgers.owe(owed("stranger-mail", finding_="", party="stranger", key="drill/x/stranger-mail", step="drill"))
    await house.drain()
    assert sorted(house.told()) == ["region-mail", "stranger-mail"]
    dismiss(house, found)
    for _ in range(3):
        house.clock.at += timedelta(hours=2)
        now = house.clock()
        house.ledgers.now(lambda ledger, now=now: retract(ledger, house.inventory, "r2", now))  # type: ignore[misc]
        await house.drain()
    titles = [(one.path.rpartition("/")[2], one.json()["title"]) for one in house.hook.received[2:]]
    assert titles == [("region-mail", f"ÅTERTAGET: larmet om voice-nas gällde inget som låg öppet ({found.id}/2)")]
    assert house.states()["voice-oncall"][0] == "cancelled", "what was not sent yet is withdrawn"


async def test_d5_a_message_that_may_have_arrived_is_taken_back_also_when_they_left_the_chain(house: House) -> None:
    house.inventory = declared(confirm_recipients=False)
    found = house.put()
    house.hook.always = Reply(drop=True)
    await house.drain()
    house.hook.always = Reply()
    dismiss(house, found)
    elsewhere = house.inventory.assets[0].model_copy(update={"owner": "stranger", "contract": "other"})
    house.inventory = house.inventory.model_copy(update={"assets": (elsewhere,)})
    house.ledgers.now(lambda ledger: retract(ledger, house.inventory, "r2", house.clock()))
    before = len(house.hook.received)
    house.clock.at += timedelta(hours=1)
    await house.drain()
    after = house.hook.received[before:]
    assert {one.path.rpartition("/")[2] for one in after} == {"region-mail", "shared", "voice-oncall"}
    assert all(("RETRACTED" in one.json()["title"]) or ("ÅTERTAGET" in one.json()["title"]) for one in after)


# -- G1, G5: the whole chain, and whether it can be reached


async def test_g1_one_asset_a_chain_of_4_parties_4_deliveries_one_shared_id(tmp_path: Path, hook: Webhook) -> None:
    value = declared(confirm_recipients=False).model_dump(exclude_defaults=True)
    under = {"authorised_by": "x", "authorised_until": "2030-01-01"}
    value["parties"] = [
        {"id": "region", "name": "Regionen", "role": "controller", "language": "sv"},
        {"id": "medhelp", "name": "MedHelp Example", "role": "processor"},
        {"id": "medicall", "name": "Medicall Example", "role": "sub-processor"},
        {"id": "voice", "name": "Voice Example", "role": "sub-processor"},
    ]
    value["contracts"] = [
        {"id": "c1", "controller": "region", "processor": "medhelp", **under},
        {"id": "c2", "controller": "medhelp", "processor": "medicall", "under": "c1", **under},
        {"id": "c3", "controller": "medicall", "processor": "voice", "under": "c2", **under},
    ]
    parties = [party["id"] for party in value["parties"]]
    value["channels"] = [{"id": f"{one}-mail", "party": one, "url": f"env:{one.upper()}"} for one in parties]
    value["assets"] = [value["assets"][0] | {"contract": "c3"}]
    ledgers = Ledgers(tmp_path / "leftopen.db")
    try:
        house = House(ledgers, hook, Inventory.model_validate(value))
        house.urls = {one.upper(): f"{hook.ours}/{one}" for one in parties}
        found = house.put()
        await house.drain()
    finally:
        ledgers.close()
    assert sorted(house.told()) == sorted(parties)
    texts = {one.path.rpartition("/")[2]: one.json()["title"] + one.json()["message"] for one in hook.received}
    assert all(f"{found.id}/1" in text for text in texts.values())
    assert "Er del: ni är personuppgiftsansvariga" in texts["region"]
    assert "Your part: you are a processor" in texts["medhelp"]
    assert "Your part: you are a sub-processor" in texts["medicall"]
    assert "Do now: you run it" in texts["voice"]
    assert "Voice Example runs it" in texts["medicall"]


async def test_g5_a_party_of_personal_data_without_a_tested_contact_is_said_until_there_is_one(house: House) -> None:
    def missing() -> set[str]:
        now = house.clock()
        return {party for _, party in house.ledgers.now(lambda ledger: gaps(ledger, house.inventory, now))}

    def tell() -> None:
        now = house.clock()
        house.ledgers.now(lambda ledger: tell_gaps(ledger, house.inventory, now))

    assert missing() == {"voice", "medhelp", "region"}
    for _ in range(3):
        tell()
    await house.drain()
    assert house.told() == ["ours"], "once a day, and to those who run leftopen"
    assert house.hook.received[0].json()["title"].startswith("NO CONTACT: no tested channel to 3 parties")
    house.clock.at += timedelta(days=1)
    tell()
    await house.drain()
    assert house.told() == ["ours", "ours"]
    house.confirm("shared")
    assert missing() == {"region"}, "the channel reaches two of them"
    house.confirm("region-mail")
    await house.drain()
    assert missing() == set()
    house.clock.at += timedelta(days=91)
    assert missing() == {"voice", "medhelp", "region"}
    house.ledgers.owe(
        drill_message(house.inventory.channel("region-mail"), house.inventory, house.clock()), at=house.clock()
    )
    await house.drain()
    assert missing() == {"voice", "medhelp"}, "a drill is a test too, where the recipient had confirmed before"


def test_g5_only_data_of_persons_asks_for_it(house: House) -> None:
    plain = house.inventory.assets[0].model_copy(update={"data": DataKind.STATIC})
    made = Inventory.model_validate(
        house.inventory.model_dump(exclude_defaults=True) | {"assets": [plain.model_dump(exclude_defaults=True)]}
    )
    assert house.ledgers.now(lambda ledger: gaps(ledger, made, NOON)) == ()
    ways = house.ledgers.now(lambda ledger: unconfirmed(ledger, house.inventory, {}, NOON))
    assert {channel for channel, _ in ways} == {
        "shared", "region-mail", "voice-oncall", "voice-pager", "stranger-mail",
    }  # fmt: skip


def test_gaps_are_no_line_in_the_journal_where_nobody_would_be_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ledgers, made = Ledgers(tmp_path / "l.db"), declared()
    mute = made.model_copy(update={"channels": tuple(one for one in made.channels if not one.operator)})
    for _ in range(3):
        ledgers.now(lambda ledger: tell_gaps(ledger, mute, NOON))
    assert caplog.records == []
    assert ledgers.owed() == ()
    ledgers.close()
