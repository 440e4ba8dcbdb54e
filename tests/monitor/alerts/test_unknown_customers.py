"""Folders of customers that nobody declared: who is told of them, how often, and what that says of nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.alerts.unknown_customers import tell_owner
from monitor.findings.finding import Finding, Step
from monitor.findings.reach.tally import SurveyResult, Tally
from monitor.store import queries
from monitor.store.ledger import Ledger
from monitor.store.messages.digests import unheard
from monitor.store.rows import stamp
from tests.monitor.alerts.builders import NOON, Ledgers
from tests.monitor.alerts.senders import House, declared
from tests.servers.webhook import Webhook


@pytest.fixture
def house(tmp_path: Path, hook: Webhook) -> Iterator[House]:
    ledgers = Ledgers(tmp_path / "leftopen.db")
    yield House(ledgers, hook, declared(confirm_recipients=False))
    ledgers.close()


def surveyed(house: House, found: Finding, **unknown_customers: str) -> None:
    """A survey has seen these: digests of names, and the names masked."""
    seen = SurveyResult(
        found.id,
        1,
        NOON,
        NOON,
        Tally(),
        unknown_customers=tuple(unknown_customers.values()),
        unknown_customer_keys=tuple(unknown_customers),
    )

    def put(ledger: Ledger) -> None:
        with ledger.step():
            now = ledger.finding(found.id)
            assert now is not None
            tell_owner(ledger, house.inventory, now, seen, "survey-1", house.clock())

    house.ledgers.now(put)


def steps(house: House, found: Finding) -> list[Step]:
    return [change.step for change in house.ledgers.now(lambda ledger: queries.changes(ledger, found.id))]


async def test_a6_the_owner_alone_is_told_once_a_folder_and_a_grave_one_does_not_wake(house: House) -> None:
    found = house.put(told=False)
    surveyed(house, found, aa="…", bb="…-nord")
    surveyed(house, found, aa="…", bb="…-nord")
    surveyed(house, found, bb="…-nord", cc="x")
    await house.drain()
    assert [one.path.rpartition("/")[2] for one in house.hook.received] == ["voice-oncall", "voice-oncall"]
    assert steps(house, found) == [Step.OPENED, Step.UNDECLARED, Step.UNDECLARED]
    first, second = (one.json() for one in house.hook.received)
    assert first["title"] == f"MEDIUM: data of unknown customers may be open on voice-nas (2 folders) ({found.id}/2)"
    assert "…, …-nord." in first["message"]
    assert "(1 folder)" in second["title"]
    assert "aa" not in first["message"].split()


async def test_where_no_channel_is_the_owners_alone_it_is_on_file_and_told_to_nobody(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    shared = tuple(channel for channel in house.inventory.channels if channel.id in ("shared", "region-mail"))
    house.inventory = house.inventory.model_copy(update={"channels": shared})
    found = house.put(told=False)
    surveyed(house, found, aa="…")
    await house.drain()
    assert house.hook.received == []
    assert steps(house, found) == [Step.OPENED, Step.UNDECLARED]
    assert "no channel reaches its owner alone" in caplog.text


async def test_it_is_no_news_of_the_exposure(house: House) -> None:
    found = house.put()
    urls, house.urls = house.urls, dict.fromkeys(house.urls, "json://127.0.0.1:1/nobody")
    await house.drain()
    house.urls = urls
    assert [one.sequence for one in house.ledgers.now(unheard)] == [1]

    def later(ledger: Ledger) -> None:
        with ledger.step():
            # As late as a message may wait that was refused for good.
            ledger.execute("UPDATE dues SET tries = 9, due = ?", stamp(house.clock() + timedelta(hours=23)))

    house.ledgers.now(later)
    surveyed(house, found, aa="…")
    await house.drain()
    assert "voice-oncall" in house.told()
    assert [one.sequence for one in house.ledgers.now(unheard)] == [1], "the exposure itself was told to nobody"
    told = [one for one in house.ledgers.now(lambda ledger: queries.changes(ledger, found.id)) if one.tells]
    assert told[-1].step is Step.OPENED
    assert house.clock() < NOON + timedelta(days=1)
