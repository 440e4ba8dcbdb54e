"""What becomes of a message that was folded into one with others: cancelled, taken back, fixed, closed at the pager."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.alerts.delivery.process import OutgoingMessage, OwnProcess, Sent
from monitor.alerts.messages.new_messages import messages_for
from monitor.alerts.queue.retraction import retract
from monitor.cli.main import main
from monitor.findings.finding import Change, Finding, State, Step, finding_id, fingerprint
from monitor.findings.reasons import Cause
from monitor.store import queries
from monitor.store.ledger import Ledger
from probes.api import Place
from tests.monitor.alerts.builders import Ledgers, finding, outbox
from tests.monitor.alerts.senders import House, declared, dismiss
from tests.servers.webhook import Webhook

MANY = 7


def cancel(folder: Path, which: str) -> int:
    """The exit code of `leftopen cancel`."""
    words = ["cancel", which, "--by", "Bo", "--reason", "wrong party", "--database", str(folder / "leftopen.db")]
    return CliRunner().invoke(main, words).exit_code


@pytest.fixture
def house(tmp_path: Path, hook: Webhook) -> Iterator[House]:
    ledgers = Ledgers(tmp_path / "leftopen.db")
    made = declared(confirm_recipients=False)
    region = tuple(channel for channel in made.channels if channel.id == "region-mail")
    parties = tuple(party.model_copy(update={"channels": ()}) for party in made.parties)
    yield House(ledgers, hook, made.model_copy(update={"channels": region, "parties": parties}))
    ledgers.close()


def many(house: House) -> list[Finding]:
    """So many places, open at once."""
    found = []
    for number in range(MANY):
        place = Place("nas.voice.example", 443, f"/{number}/")
        print_ = fingerprint("exempel", "voice-nas", "listing", place)
        found.append(finding(id=finding_id(print_), fingerprint=print_, place=place))
    return [moved(house, one, Step.OPENED) for one in found]


def moved(house: House, found: Finding, step: Step) -> Finding:
    """The finding after a step, on file with what it owes."""
    cleared = step is Step.CLEARED
    now = replace(
        found,
        sequence=1 if step is Step.OPENED else found.sequence + 1,
        state=State.CLEARED if cleared else State.EXPOSED,
        cleared=house.clock() if cleared else None,
    )
    news = Change(now.id, now.sequence, step, house.clock(), Cause.PROVEN)

    def put(ledger: Ledger) -> None:
        with ledger.step():
            told = ledger.parties_told(now.id)
            ledger.save(now, news, "r1", house.clock(), messages_for(now, news, house.inventory, told))

    house.ledgers.now(put)
    return now


def titles(house: House) -> list[str]:
    return [str(one.json()["title"]) for one in house.hook.received]


def fold(house: House) -> None:
    """Fold what is owed into one, and send nothing yet: the provider cannot be reached."""
    house.urls["REGION"], good = "json://127.0.0.1:1/nobody", house.urls["REGION"]
    asyncio.run(house.drain())
    house.urls["REGION"] = good


def states(house: House) -> list[str]:
    return [row["state"] for row in house.ledgers.now(lambda led: led.rows("SELECT state FROM dues ORDER BY id"))]


def test_one_of_them_is_cancelled_and_the_others_are_told(house: House, tmp_path: Path) -> None:
    found = many(house)
    fold(house)
    assert states(house) == ["grouped"] * MANY + ["owed"]
    assert cancel(tmp_path, found[0].id) == 0
    house.clock.at = datetime.now(UTC) + timedelta(hours=1)  # the command has the machine's clock
    _drain(house)
    assert states(house)[0] == "cancelled"
    (title,) = titles(house)
    assert f"{MANY - 1} platser" in title
    assert found[0].id not in house.texts()
    assert house.ledgers.now(lambda ledger: ledger.parties_told(found[0].id)) == frozenset()
    moved(house, found[0], Step.CLEARED)
    _drain(house)
    assert len(titles(house)) == 1, "whoever was not told of it is not told that it is over"


def test_the_group_itself_is_cancelled_with_all_in_it(house: House, tmp_path: Path) -> None:
    many(house)
    fold(house)
    assert cancel(tmp_path, str(MANY + 1)) == 0
    house.clock.at += timedelta(days=1)
    _drain(house)
    assert set(states(house)) == {"cancelled"}
    assert titles(house) == []


def test_one_of_them_is_dismissed_before_it_was_sent(house: House) -> None:
    found = many(house)
    fold(house)
    dismiss(house, found[3])
    house.clock.at += timedelta(hours=1)
    house.ledgers.now(lambda ledger: retract(ledger, house.inventory, "r2", house.clock()))
    _drain(house)
    (title,) = titles(house)
    assert f"{MANY - 1} platser" in title
    assert found[3].id not in house.texts()


def test_one_of_them_is_taken_back_after_it_was_sent(house: House) -> None:
    found = many(house)
    _drain(house)
    dismiss(house, found[3])
    for _ in range(2):
        house.clock.at += timedelta(hours=1)
        house.ledgers.now(lambda ledger: retract(ledger, house.inventory, "r2", house.clock()))
        _drain(house)
    group, retraction = titles(house)
    assert f"{MANY} platser" in group
    assert retraction == f"ÅTERTAGET: larmet om voice-nas gällde inget som låg öppet ({found[3].id}/2)"
    tries = house.ledgers.now(lambda ledger: queries.tries(ledger, found[3].id))
    assert [(one.step, one.outcome) for one in tries if one.finding] == [
        ("opened", "accepted"), ("retracted", "accepted"),
    ]  # fmt: skip


class Pager:
    """The real sender, that also keeps which incidents a paging service is told of."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, tuple[str, ...]]] = []

    async def __call__(self, outgoing: OutgoingMessage, /) -> Sent:
        self.told.append((outgoing.step, outgoing.finding, outgoing.closes))
        return await OwnProcess(20.0)(outgoing)


def _drain(house: House, pager: Pager | None = None) -> None:
    asyncio.run(
        outbox(house.ledgers, house.inventory, house.urls, house.clock, sender=pager or OwnProcess(20.0)).drain_once()
    )


def test_a_groups_incident_ends_with_the_last_of_its_findings(house: House) -> None:
    found, pager = many(house), Pager()
    _drain(house, pager)
    ((_, group, _),) = pager.told
    assert group.startswith("G-")
    for number, one in enumerate(found):
        house.clock.at += timedelta(hours=1)
        if number == 2:
            dismiss(house, one)
            house.ledgers.now(lambda ledger: retract(ledger, house.inventory, "r2", house.clock()))
        else:
            moved(house, one, Step.CLEARED)
        _drain(house, pager)
    ends = pager.told[1:]
    assert [(step, key) for step, key, _ in ends] == [
        ("retracted" if number == 2 else "cleared", one.id) for number, one in enumerate(found)
    ]
    assert [closes for _, _, closes in ends] == [()] * (MANY - 1) + [(group,)]


def test_a_group_of_fixed_ends_the_incident_of_each_of_its_findings(house: House) -> None:
    pager, found = Pager(), many(house)
    house.inventory = house.inventory.model_copy(
        update={"defaults": house.inventory.defaults.model_copy(update={"group_above": 1000})}
    )
    _drain(house, pager)
    assert sorted(key for _, key, _ in pager.told) == sorted(one.id for one in found)
    house.inventory = house.inventory.model_copy(
        update={"defaults": house.inventory.defaults.model_copy(update={"group_above": 5})}
    )
    for one in found:
        moved(house, one, Step.CLEARED)
    _drain(house, pager)
    (step, key, closes) = pager.told[-1]
    assert (step, key[:2]) == ("cleared", "G-")
    assert sorted(closes) == sorted(one.id for one in found)
    assert len(pager.told) == MANY + 1


def test_what_a_fallback_was_told_of_ends_there_too(house: House) -> None:
    declared_, mail = house.inventory, house.inventory.channels[0]
    house.inventory = declared_.model_copy(
        update={
            "channels": (
                mail.model_copy(update={"fallback": "second"}),
                mail.model_copy(update={"id": "second", "url": mail.url, "after": timedelta(days=9)}),
            )
        }
    )
    found = many(house)
    fold(house)
    house.clock.at += timedelta(minutes=20)
    pager = Pager()
    _drain(house, pager)
    group = pager.told[0][1]
    assert {key for _, key, _ in pager.told} == {group}
    assert len(pager.told) == 2, "the channel itself, and its fallback"
    for one in found:
        moved(house, one, Step.CLEARED)
    _drain(house, pager)
    ends = [closes for step, _, closes in pager.told if step == "cleared"]
    assert ends
    assert all(group in closes for closes in ends)
