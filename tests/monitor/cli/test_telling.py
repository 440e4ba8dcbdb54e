"""Confirming, cancelling, approving and counting by the commands that people type; and the figures, counted again."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import statistics as figures
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.alerts.queue.retraction import retract
from monitor.alerts.routing.reachability import gaps
from monitor.findings.handling import Action, ActionKind
from monitor.inventory.load import loads
from monitor.store.ledger import Ledger
from monitor.store.messages import events
from monitor.store.messages.events import Event
from monitor.store.statistics import STEPS, month_of, statistics
from monitor.store.tables import actions
from tests.commands import ROOT, run_command
from tests.monitor.alerts.builders import NOON, Ledgers, owed
from tests.monitor.alerts.senders import House, declared, dismiss
from tests.servers.webhook import Reply, Webhook, webhook

INVENTORY = """\
leftopen: 1
organisation: {id: region, name: Region Exempel, contact: security@region.example}
parties:
  - {id: region, name: Region Exempel, role: controller}
  - {id: vendor, name: Vendor AB, role: processor}
contracts:
  - {id: care, controller: region, processor: vendor, authorised_by: CISO, authorised_until: 2036-12-31}
channels:
  - {id: ours, party: region, url: "env:OURS", operator: true}
  - {id: vendor-oncall, party: vendor, url: "env:VENDOR"}
assets:
  - {id: nas, host: 127.0.0.1, ports: [9], owner: vendor, contract: care, data: recordings}
"""


class Program:
    """The program beside an inventory, a ledger and a receiver."""

    def __init__(self, folder: Path, hook: Webhook) -> None:
        self.folder, self.hook = folder, hook
        (folder / "inventory.yaml").write_text(INVENTORY, encoding="utf-8")

    def __call__(self, *words: str) -> tuple[int, str]:
        urls = {"OURS": f"{self.hook.ours}/ours", "VENDOR": f"{self.hook.ours}/vendor"}
        ran = run_command(
            *words,
            "--database",
            str(self.folder / "leftopen.db"),
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **urls},
            timeout=60,
        )
        return ran.returncode, ran.stdout + ran.stderr

    def owe(self, *channels: str) -> list[int]:
        """Owe a message about a finding that no test needs; the numbers of the messages."""
        ledger = Ledger(self.folder / "leftopen.db")
        try:
            messages = tuple(owed(one, party="region" if one == "ours" else "vendor") for one in channels)
            ledger.owe(messages, datetime.now(UTC))
            return [row["id"] for row in ledger.rows("SELECT id FROM dues ORDER BY id DESC LIMIT ?", len(channels))]
        finally:
            ledger.close()


@pytest.fixture
def program(tmp_path: Path, hook: Webhook) -> Program:
    return Program(tmp_path, hook)


def test_e1_a_code_confirms_a_channel_by_the_commands_that_people_type(program: Program) -> None:
    program.owe("vendor-oncall")
    code, said = program("confirm", "vendor-oncal")
    assert (code, "known: ours, vendor-oncall" in said) == (2, True)
    code, said = program("confirm", "vendor-oncall", "--token", "bcdfghjkmn")
    assert (code, "was never asked: `leftopen confirm vendor-oncall inventory.yaml`" in said) == (2, True), said
    code, said = program("confirm", "vendor-oncall")
    assert code == 0, said
    assert "(leftopen confirm vendor-oncall inventory.yaml --token CODE) nothing else is sent there" in said
    (request,) = program.hook.received
    found = re.search(r"this code: ([a-z]{10})", request.json()["message"])
    assert found is not None
    code, said = program("alert", "--test", "vendor-oncall")
    assert (code, "Run: leftopen confirm vendor-oncall" in said) == (3, True), "a drill owes nothing"
    code, said = program("health")
    assert code == 3
    assert "nothing is told to channel vendor-oncall: it was never confirmed" in said
    assert "no channel of vendor was confirmed or drilled within 90 days, for nas" in said
    wrong = "b" * 10 if found[1] != "b" * 10 else "c" * 10
    code, said = program("confirm", "vendor-oncall", "--token", wrong)
    assert (code, "not the code" in said) == (2, True)
    code, said = program("confirm", "vendor-oncall", "--token", found[1].upper(), "--by", "Anna")
    assert (code, "for 180 days" in said, "told vendor-oncall" in said) == (0, True, True), said
    assert len(program.hook.received) == 2, "what waited for it was sent at once, and nothing else"
    code, said = program("confirm", "vendor-oncall", "--token", found[1])
    assert (code, "already" in said) == (2, True)
    _, said = program("health")
    assert "nothing is told to" not in said
    assert "no channel of vendor" not in said
    _, said = program("trace", "vendor-oncall")
    assert "accepted" in said


def test_a_newer_question_withdraws_the_older_one(program: Program) -> None:
    program.hook.queued.append(Reply(500))
    assert program("confirm", "vendor-oncall")[0] == 3
    assert program("confirm", "vendor-oncall")[0] == 0
    _, said = program("trace", "vendor-oncall")
    assert "withdrawn by leftopen: a newer question was asked" in said
    first, second = (re.search(r"this code: ([a-z]{10})", one.json()["message"]) for one in program.hook.received)
    assert first is not None
    assert second is not None
    assert program("confirm", "vendor-oncall", "--token", first[1])[0] == 2, "the code of the older one is dead"
    assert program("confirm", "vendor-oncall", "--token", second[1])[0] == 0


def test_e6_a_message_is_cancelled_by_its_number_or_its_finding_and_stays_on_file(program: Program) -> None:
    (number,) = program.owe("vendor-oncall")
    words = ("--by", "Bo", "--reason", "wrong party")
    assert program("cancel", "999", *words)[0] == 2
    code, said = program("cancel", str(number), *words)
    assert (code, f"cancelled: {number}" in said) == (0, True)
    assert program("cancel", f"#{number}", *words)[0] == 2, "there is nothing left to cancel"
    _, said = program("trace", "vendor-oncall")
    assert "cancelled by Bo: wrong party" in said
    _, said = program("trace", "vendor-oncall", "--json")
    assert [json.loads(line)["event"] for line in said.splitlines()] == ["cancelled"]
    code, said = program("approve", str(number), "--by", "Eva")
    assert (code, "nothing waits" in said) == (2, True)


def test_e5_only_what_somebody_got_can_be_misdelivered(program: Program) -> None:
    (number,) = program.owe("ours")
    words = ("--by", "Bo", "--reason", "it went to the old address")
    code, said = program("misdelivered", str(number), *words)
    assert (code, "reached nobody" in said) == (2, True)
    assert program("alert", "--test", "ours")[0] == 0
    drill = sqlite3.connect(program.folder / "leftopen.db").execute("SELECT max(id) FROM dues").fetchone()[0]
    assert program("misdelivered", str(drill), *words)[0] == 0
    assert program("misdelivered", str(drill), *words)[0] == 2, "once"
    code, said = program("statistics", "--json")
    value = json.loads(said)
    assert (code, value["misdelivered"], value["messages"]["drill"]) == (0, 1, 1)
    assert value["tries"]["ours"]["accepted"] == 1
    code, said = program("statistics", "--month", "1999-01")
    assert (code, "misdelivered                      0" in said) == (0, True), said
    assert program("statistics", "--month", "99-1")[0] == 2


def test_g5_the_inventory_as_shipped_in_this_test_has_two_parties_to_reach(program: Program) -> None:
    ledger = Ledger(program.folder / "leftopen.db")
    try:
        assert gaps(ledger, loads(INVENTORY), NOON) == (("nas", "vendor"), ("nas", "region"))
    finally:
        ledger.close()


# -- E5: the figures, and a recount from the rows that are never rewritten


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with webhook() as hook:
        ledgers = Ledgers(tmp_path / "leftopen.db")
        yield House(ledgers, hook, declared())
        ledgers.close()


def test_e5_an_empty_month_is_all_zeros(house: House) -> None:
    empty = house.ledgers.now(lambda ledger: statistics(ledger, *month_of("2026-10")))
    assert set(empty.messages) == set(STEPS)
    assert not any(empty.messages.values())
    assert (empty.retractions, empty.held, empty.misdelivered, empty.acknowledged, empty.not_accepted) == (0,) * 5
    assert (empty.to_accept.count, empty.to_accept.median, empty.to_acknowledge.worst) == (0, None, None)


@pytest.mark.parametrize("text", ["2026-13", "2026", "november", "2026-1-1"])
def test_a_month_is_a_year_and_a_month(text: str) -> None:
    with pytest.raises(ValueError, match="write 2026-11"):
        month_of(text)
    assert month_of("2026-12") == (datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


def recount(database: Path, month: str) -> dict[str, Any]:
    """The same figures from the rows themselves, in another way: all of them in memory, with no query that counts."""
    connection = sqlite3.connect(database)
    connection.row_factory = sqlite3.Row
    table = {
        name: [dict(row) for row in connection.execute(f"SELECT * FROM {name}")]  # noqa: S608
        for name in ("dues", "deliveries", "postings", "deeds", "changes")
    }
    mine = {due["id"]: due for due in table["dues"] if due["created"].startswith(month)}
    events = [one for one in table["postings"] if one["at"].startswith(month)]
    accepted: dict[int, str] = {}
    for one in sorted(table["deliveries"], key=lambda row: row["ended"]):
        if one["outcome"] == "accepted":
            accepted.setdefault(one["due"], one["ended"])

    def seconds(start: str, end: str) -> float:
        return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()

    spans = [seconds(due["created"], accepted[id_]) for id_, due in mine.items() if due["finding"] and id_ in accepted]
    acknowledged = []
    for action in table["deeds"]:
        if action["act"] == "acknowledged" and action["at"].startswith(month):
            news = [
                one["at"]
                for one in table["changes"]
                if one["finding"] == action["finding"]
                and one["step"] in ("opened", "grown", "reopened", "returned", "cleared")
                and one["at"] <= action["at"]
            ]
            acknowledged.append(seconds(max(news), action["at"]))
    return {
        "messages": Counter(due["step"] for due in mine.values()),
        "tries": Counter(
            (one["channel"], one["outcome"]) for one in table["deliveries"] if one["ended"].startswith(month)
        ),
        **{
            event: len({one["due"] for one in events if one["event"] == event})
            for event in ("held", "cancelled", "withdrawn", "approved", "misdelivered")
        },
        "to_accept": (len(spans), figures.median(spans), max(spans)),
        "to_acknowledge": (len(acknowledged), figures.median(acknowledged), max(acknowledged)),
    }


async def test_e5_the_statistics_equal_a_recount_from_the_events(house: House, tmp_path: Path) -> None:
    found = house.put()
    house.confirm("region-mail")
    await house.drain()
    house.clock.at += timedelta(minutes=20)
    house.confirm("voice-oncall")
    house.hook.answer(500)
    await house.drain()
    house.clock.at += timedelta(hours=2)
    await house.drain()

    def people(ledger: Ledger) -> None:
        with ledger.step():
            action = Action(ActionKind.ACKNOWLEDGED, NOON + timedelta(minutes=7), "Anna")
            actions.append(ledger, found.id, action)
            sent = ledger.rows("SELECT due FROM deliveries WHERE outcome = 'accepted' ORDER BY id LIMIT 2")
            for row in sent:
                events.note(ledger, row["due"], Event.MISDELIVERED, house.clock(), "Bo", "an old address")
            held = ledger.rows("SELECT id FROM dues WHERE channel = 'voice-pager'")
            due = events.message(ledger, held[0]["id"])
            assert due is not None
            events.stop(ledger, due, Event.CANCELLED, house.clock(), "Bo", "not theirs")

    house.ledgers.now(people)
    dismiss(house, found)
    house.ledgers.now(lambda ledger: retract(ledger, house.inventory, "r2", house.clock()))
    await house.drain()
    # The month after has events of its own, which are none of this month's.
    house.clock.at = datetime(2026, 11, 2, tzinfo=UTC)
    house.ledgers.owe(owed("region-mail", finding_="", party="region", key="drill/later/region-mail"), at=house.clock())
    await house.drain()
    mine = house.ledgers.now(lambda ledger: statistics(ledger, *month_of("2026-10")))
    again = recount(tmp_path / "leftopen.db", "2026-10")
    assert {step: number for step, number in mine.messages.items() if number} == dict(again["messages"])
    tries = {(channel, what): n for channel, row in mine.tries.items() for what, n in row.items() if n}
    assert tries == dict(again["tries"])
    for name in ("held", "cancelled", "withdrawn", "approved", "misdelivered"):
        assert getattr(mine, name) == again[name], name
    assert (mine.to_accept.count, mine.to_accept.median, mine.to_accept.worst) == again["to_accept"]
    spans = mine.to_acknowledge
    assert (spans.count, spans.median, spans.worst) == again["to_acknowledge"] == (1, 420, 420)
    assert (mine.misdelivered, mine.retractions, mine.cancelled, mine.withdrawn) == (2, 2, 1, 1)
    assert mine.held >= 3
    assert mine.tries["voice-oncall"]["refused"] == 1
