"""Who may be told: whoever has confirmed, and is of the chain; real receivers and a real ledger."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from monitor.alerts.messages.new_messages import drill_message
from monitor.alerts.queue.send_conditions import must_confirm
from monitor.inventory.model.inventory import Inventory
from monitor.store.ledger import Ledger
from monitor.store.messages import confirmations, events
from monitor.store.messages.events import Event
from monitor.store.messages.queued import DueState, Outcome
from monitor.web.phone.server import AcknowledgePage
from tests.monitor.alerts.builders import NOON, Ledgers, finding, owed
from tests.monitor.alerts.senders import House, declared
from tests.servers.launch import free_port
from tests.servers.webhook import Webhook


@pytest.fixture
def house(tmp_path: Path, hook: Webhook) -> Iterator[House]:
    ledgers = Ledgers(tmp_path / "leftopen.db")
    yield House(ledgers, hook, declared())
    ledgers.close()


# -- E1: confirmed first


async def test_e1_an_unconfirmed_recipient_gets_nothing_but_the_confirmation_message(house: House) -> None:
    found = house.put()
    house.ledgers.owe(drill_message(house.inventory.channel("voice-oncall"), house.inventory, NOON))
    house.confirm("voice-oncall", answered=False)
    drained = await house.drain()
    assert house.told() == ["voice-oncall"]
    text = house.texts()
    assert text.startswith("Please confirm: Region Exempel wants to send alerts here")
    for secret in (found.id, "voice-nas", "nas.voice.example", "recorded calls", "2,700,000"):
        assert secret not in text
    waiting = [one for one in drained.tried if one.state is DueState.HELD]
    assert {one.outcome for one in waiting} == {Outcome.HELD}
    assert all("unconfirmed" in one.reason for one in waiting)
    assert len(waiting) >= 3, "what is owed is held, not lost"
    assert house.ledgers.now(lambda ledger: ledger.rows("SELECT count(*) AS n FROM deliveries"))[0]["n"] == 1


async def test_e1_what_was_held_goes_out_as_soon_as_it_is_confirmed(house: House) -> None:
    found = house.put()
    await house.drain()
    assert house.told() == []
    house.confirm("voice-oncall")
    await house.drain()
    assert house.told().count("voice-oncall") == 2, "the question, and what was held"
    assert found.id in house.texts()
    assert "region-mail" not in house.told(), "a confirmation is of one channel"
    happened = house.ledgers.now(lambda ledger: events.happened(ledger, "voice-oncall"))
    assert [one.event for one in happened] == [Event.HELD, Event.RELEASED]


async def test_e1_a_confirmation_ends_after_180_days_and_with_its_address_and_its_party(house: House) -> None:
    house.confirm("voice-oncall")
    house.put()
    await house.drain()
    said = house.ledgers.now(lambda ledger: confirmations.confirmation(ledger, "voice-oncall"))
    assert said is not None
    assert said.holds("voice", said.destination, NOON + timedelta(days=180) - timedelta(seconds=1))
    assert not said.holds("voice", said.destination, NOON + timedelta(days=180))
    assert not said.holds("medhelp,voice", said.destination, NOON)
    assert house.hook.ours not in said.destination
    told = len(house.told())
    house.urls["VOICE"] += "/moved"
    house.ledgers.owe(owed("voice-oncall", finding_=finding().id, sequence=2))
    await house.drain()
    assert len(house.told()) == told
    assert house.states()["voice-oncall"][0] == "held"
    house.urls["VOICE"] = house.urls["VOICE"].removesuffix("/moved")
    house.clock.at += timedelta(minutes=15)
    await house.drain()
    assert len(house.told()) == told + 1


async def test_e1_a_code_is_of_the_last_question_and_works_once_and_not_for_ever(house: House) -> None:
    first, second = (house.confirm("voice-oncall", answered=False) for _ in range(2))

    def answer(asked: confirmations.Question, after: timedelta = timedelta(0)) -> str:
        def put(ledger: Ledger) -> str:
            with ledger.step():
                return confirmations.confirm(ledger, asked, "Anna", NOON + after)

        return house.ledgers.now(put)

    assert "newer question" in answer(first)
    assert "within 14 days" in answer(second, timedelta(days=14))
    assert answer(second) == ""
    assert "already" in answer(second)


async def test_e1_the_link_confirms_by_post_alone_and_wakes_what_waits(house: House) -> None:
    port, woken = free_port(), asyncio.Event()
    page = {"listen": f"127.0.0.1:{port}", "url": f"http://127.0.0.1:{port}/a"}
    house.inventory = Inventory.model_validate(
        house.inventory.model_dump(exclude_defaults=True) | {"acknowledge": page}
    )
    assert house.inventory.acknowledge is not None
    house.put()
    house.confirm("voice-oncall", answered=False)
    await house.drain()
    found = re.search(r"http://\S+/confirm/\S+", house.texts())
    assert found is not None
    async with (
        AcknowledgePage(house.inventory.acknowledge, lambda: house.inventory, house.ledgers, house.clock, woken.set),
        aiohttp.ClientSession() as web,
    ):
        for method in ("GET", "HEAD"):
            async with web.request(method, found.group()) as answer:
                assert answer.status == 200
        assert await house.ledgers(lambda ledger: confirmations.confirmation(ledger, "voice-oncall")) is None
        for wrong in (found.group()[:-1], found.group().replace("voice-oncall", "region-mail")):
            async with web.post(wrong, data={"name": "Mallory"}) as answer:
                assert answer.status == 404
        async with web.post(found.group(), data={"name": ""}) as answer:
            assert "Not done: please write your name" in await answer.text()
        assert not woken.is_set()
        async with web.post(found.group(), data={"name": "Anna Andersson"}) as answer:
            assert "Alerts for Voice Example come here from now on" in await answer.text()
        assert woken.is_set()
        async with web.post(found.group(), data={"name": "Bo"}) as answer:
            assert "the question has ended, or was asked anew" in await answer.text()
    said = house.ledgers.now(lambda ledger: confirmations.confirmation(ledger, "voice-oncall"))
    assert said is not None
    assert said.by == "Anna Andersson"
    await house.drain()
    assert house.told().count("voice-oncall") == 2


async def test_e1_an_operator_of_the_organisation_itself_hears_of_blind_rounds_without_confirming(house: House) -> None:
    house.ledgers.owe(owed("ours", finding_="", party=""), owed("region-mail", finding_="", party="region"))
    await house.drain()
    assert house.told() == ["ours"]


async def test_e1_a_drill_is_no_confirmation_and_an_old_one_is_given_up(house: House) -> None:
    house.ledgers.owe(drill_message(house.inventory.channel("voice-oncall"), house.inventory, NOON))
    await house.drain()
    assert house.states()["voice-oncall"][0] == "held"
    house.clock.at += timedelta(days=1)
    await house.drain()
    assert house.states()["voice-oncall"][0] == "dead"
    assert house.told() == []


def test_e1_who_must_confirm() -> None:
    made = declared()
    must = {channel.id: must_confirm(channel, made) for channel in made.channels}
    assert must == {
        "shared": True,
        "region-mail": True,
        "voice-oncall": True,
        "voice-pager": True,
        "stranger-mail": True,
        "ours": False,
    }
    assert not must_confirm(made.channel("voice-oncall"), declared(confirm_recipients=False))
    region = made.channel("region-mail").model_copy(update={"operator": True})
    parties = tuple(party.model_copy(update={"channels": ()}) for party in made.parties)
    ours = made.model_copy(update={"channels": (region,), "parties": parties})
    assert not must_confirm(region, ours), "those who run leftopen, of the organisation itself"
    abroad = made.organisation.model_copy(update={"party": "voice"})
    assert must_confirm(region, ours.model_copy(update={"organisation": abroad}))


# -- E2: of the chain, at the moment of sending


async def test_e2_a_recipient_that_is_not_of_the_chain_any_more_is_held_and_never_sent(house: House) -> None:
    house.inventory = declared(confirm_recipients=False)
    house.put()
    moved = house.inventory.assets[0].model_copy(update={"owner": "stranger", "contract": "other"})
    before, house.inventory = house.inventory, house.inventory.model_copy(update={"assets": (moved,)})
    for _ in range(3):
        await house.drain()
        house.clock.at += timedelta(hours=30)
    assert house.told() == ["region-mail"], "the region is of both chains"
    states = house.states()
    assert {states[one] for one in ("voice-oncall", "shared")} == {
        ("held", "not theirs: voice is not of the chain of voice-nas any more")
    }
    house.inventory = before.model_copy(update={"assets": ()})
    await house.drain()
    assert house.told() == ["region-mail"]
    house.inventory = before
    house.clock.at += timedelta(hours=1)
    await house.drain()
    assert {"voice-oncall", "shared"} <= set(house.told()), "nothing is lost"
