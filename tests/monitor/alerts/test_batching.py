"""What becomes of owed messages before they are sent, with real receivers: the morning, who stands in, many as one."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from monitor.alerts.messages.new_messages import messages_for
from monitor.alerts.queue.outbox import Outbox
from monitor.alerts.routing.recipients import route
from monitor.findings.finding import Change, Finding, Severity, Step, finding_id, fingerprint
from monitor.findings.reasons import Cause
from monitor.inventory.model.inventory import Inventory
from monitor.store import queries
from monitor.store.ledger import Ledger
from monitor.store.messages import digests
from monitor.store.messages.digests import unheard
from monitor.store.rows import due_of
from probes.api import Place
from tests.monitor.alerts.builders import NOON, Clock, Ledgers, finding, inventory, outbox
from tests.servers.webhook import Reply, Webhook, webhook
from tests.speed import within

NIGHT = {"from": "22:00", "to": "07:00", "zone": "Europe/Stockholm"}
MIDNIGHT = datetime(2026, 10, 1, 23, 0, tzinfo=UTC)
SEVEN = datetime(2026, 10, 2, 5, 0, tzinfo=UTC)  # on the wall in Stockholm


@pytest.fixture
def ledgers(tmp_path: Path) -> Iterator[Ledgers]:
    one = Ledgers(tmp_path / "leftopen.db")
    yield one
    one.close()


def declared(*channels: dict[str, Any], **more: Any) -> Inventory:
    """The chain with the sub-processor's channels alone, as given."""
    one = inventory()
    raw = json.loads(one.model_dump_json(by_alias=True, exclude_none=True, exclude_defaults=True))
    raw["channels"] = [{"id": "ours", "url": "env:OURS", "operator": True}, *channels]
    for party in raw["parties"]:
        party.pop("channels", None)
        party.update(more.get("parties", {}).get(party["id"], {}))
    raw["defaults"] = raw.get("defaults", {}) | more.get("defaults", {})
    if "schedules" in more:
        raw["schedules"] = more["schedules"]
    return Inventory.model_validate(raw)


def voice(id_: str, **more: Any) -> dict[str, Any]:
    return {"id": id_, "party": "voice", "url": f"env:{id_.upper().replace('-', '_')}", **more}


def exposure(number: int = 0, severity: Severity = Severity.CRITICAL, sequence: int = 1) -> Finding:
    place = Place("nas.voice.example", 443, f"/{number:04}/")
    print_ = fingerprint("exempel", "voice-nas", "listing", place)
    return finding(id=finding_id(print_), fingerprint=print_, place=place, severity=severity, sequence=sequence)


def news(
    ledgers: Ledgers, inventory: Inventory, *findings: Finding, step: Step = Step.OPENED, at: datetime = NOON
) -> None:
    """Put findings on file, each with a change and all that it owes, as a round does."""

    def work(ledger: Ledger) -> None:
        with ledger.step():
            for one in findings:
                moved = Change(one.id, one.sequence, step, at, Cause.PROVEN)
                owed = messages_for(one, moved, inventory, ledger.parties_told(one.id))
                ledger.save(one, moved, "r", at, owed)

    ledgers.now(work)


def titles(hook: Webhook) -> list[str]:
    return [one.json()["title"] for one in hook.received]


async def test_what_a_wrong_clock_put_years_ahead_is_sent_once_it_is_right(ledgers: Ledgers, hook: Webhook) -> None:
    one = declared(voice("phone"), defaults={"outside_delay": "2h"})
    ahead = NOON + timedelta(days=3650)
    news(ledgers, one, exposure(), at=ahead)
    clock = Clock(NOON)
    box = outbox(ledgers, one, {"PHONE": hook.apprise}, clock)
    await box.drain_once()
    assert titles(hook) == [], "as long as any other it can be cancelled"
    clock.at = NOON + timedelta(hours=2, minutes=1)
    await box.drain_once()
    assert len(titles(hook)) == 1


# -- the morning


async def test_what_is_not_grave_waits_for_the_morning_and_then_comes_in_its_order(
    ledgers: Ledgers, hook: Webhook
) -> None:
    inventory, clock = declared(voice("day", quiet=NIGHT)), Clock(MIDNIGHT)
    box = outbox(ledgers, inventory, {"DAY": hook.ours}, clock)
    medium = exposure(1, Severity.MEDIUM)
    news(ledgers, inventory, medium, at=MIDNIGHT)
    drained = await box.drain_once()
    assert (drained.tried, drained.next_due) == ((), SEVEN)
    news(ledgers, inventory, exposure(1, Severity.MEDIUM, 2), step=Step.CLEARED, at=MIDNIGHT)
    assert (await box.drain_once()).tried == ()
    clock.at = SEVEN
    await box.drain_once()
    assert [title.partition(":")[0] for title in titles(hook)] == ["MEDIUM", "Closed"], "opened and closed, in order"


async def test_what_is_grave_never_waits_and_takes_with_it_what_waited_before_it(
    ledgers: Ledgers, hook: Webhook
) -> None:
    inventory, clock = declared(voice("day", quiet=NIGHT)), Clock(MIDNIGHT)
    box = outbox(ledgers, inventory, {"DAY": hook.ours}, clock)
    news(ledgers, inventory, exposure(1, Severity.LOW), exposure(2, Severity.LOW), at=MIDNIGHT)
    assert (await box.drain_once()).tried == ()
    news(ledgers, inventory, exposure(1, Severity.CRITICAL, 2), step=Step.GROWN, at=MIDNIGHT)
    await box.drain_once()
    assert [title.partition(":")[0] for title in titles(hook)] == ["LOW", "CRITICAL"]
    assert len(ledgers.owed()) == 1, "the other one sleeps on"


# -- who is on duty


DUTY = {
    "id": "duty",
    "zone": "UTC",
    "rotation": {"starts": "2026-09-28T08:00", "every": "7d", "channels": ["anna", "bo"]},
}


async def test_the_one_on_duty_is_told_and_whoever_is_on_duty_when_it_is_sent(ledgers: Ledgers, hook: Webhook) -> None:
    inventory = declared(voice("anna"), voice("bo"), schedules=[DUTY], parties={"voice": {"channels": ["duty"]}})
    clock = Clock(NOON)
    news(ledgers, inventory, exposure(1))
    assert [due.owed.channel for due in ledgers.owed()] == ["anna"]
    with webhook() as anna:
        anna.always = Reply(500)
        box = outbox(ledgers, inventory, {"ANNA": anna.ours, "BO": hook.ours}, clock)
        await box.drain_once()
        assert (len(anna.received), len(hook.received)) == (1, 0)
        clock.at = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)
        await box.drain_once()
        assert (len(anna.received), len(hook.received)) == (1, 1), "the duty was handed over before it was sent"
        assert ledgers.owed() == ()
        # What was sent stays sent; the end is told to whoever was told, and to whoever is on duty.
        told = ledgers.now(lambda ledger: ledger.parties_told(exposure(1).id))
        over = Change(exposure(1).id, 2, Step.CLEARED, NOON + timedelta(days=14), Cause.PROVEN)
        assert {one.channel for one in route(exposure(1), over, inventory, told)} == {"bo", "anna"}
        again = Change(exposure(1).id, 2, Step.GROWN, NOON + timedelta(days=14), Cause.PROVEN)
        assert [one.channel for one in route(exposure(1), again, inventory, told)] == ["anna"]


# -- who stands in


async def test_after_a_quarter_of_an_hour_the_fallback_is_told_the_same(ledgers: Ledgers, hook: Webhook) -> None:
    inventory = declared(voice("first", fallback="second"), voice("second", minimum="critical"))
    clock = Clock()
    with webhook() as refuses:
        refuses.always = Reply(500)
        box = outbox(ledgers, inventory, {"FIRST": refuses.ours, "SECOND": hook.ours}, clock)
        news(ledgers, inventory, exposure(1, Severity.HIGH))
        for minutes in (0, 1, 3, 7):
            clock.at = NOON + timedelta(minutes=minutes)
            await box.drain_once()
        assert (len(refuses.received), len(hook.received)) == (4, 0)
        clock.at = NOON + timedelta(minutes=15)
        await box.drain_once()
        assert titles(hook) == titles(refuses)[:1], "the same text, under the same id and number"
        clock.at = NOON + timedelta(hours=2)
        await box.drain_once()
        assert len(hook.received) == 1, "and once"
        assert [due.owed.channel for due in ledgers.owed()] == ["first"], "the first is tried on"


async def test_a_channel_that_hangs_or_has_no_secret_has_its_fallback_too(ledgers: Ledgers, hook: Webhook) -> None:
    channels = [voice("hangs", fallback="second"), voice("lost", fallback="third")]
    inventory = declared(*channels, voice("second", after="9h"), voice("third", after="9h"))
    clock = Clock()
    with webhook() as mute, webhook() as third:
        mute.always = Reply(never=True)
        urls = {"HANGS": mute.ours, "SECOND": hook.ours, "THIRD": third.ours}
        box = outbox(ledgers, inventory, urls, clock, deadline=8.0)
        news(ledgers, inventory, exposure(1))
        await box.drain_once()
        assert (len(third.received), len(hook.received)) == (1, 0), "no secret: nobody waits a quarter of an hour"
        clock.at = NOON + timedelta(minutes=16)
        await box.drain_once()
        assert len(hook.received) == 1
        assert ledgers.now(unheard) == ()


async def test_nobody_at_all_is_an_alarm_once(ledgers: Ledgers, caplog: pytest.LogCaptureFixture) -> None:
    inventory, clock = declared(voice("first", fallback="second"), voice("second")), Clock()
    with webhook() as one, webhook() as two, caplog.at_level(logging.ERROR, "leftopen.outbox"):
        one.always = two.always = Reply(500)
        box = outbox(ledgers, inventory, {"FIRST": one.ours, "SECOND": two.ours}, clock)
        news(ledgers, inventory, exposure(1))
        await box.drain_once()
        clock.at += timedelta(minutes=20)
        await box.drain_once()
        (silent,) = ledgers.now(unheard)
        assert (silent.finding, silent.sequence) == (exposure(1).id, 1)
        assert len([record for record in caplog.records if "nobody could be told" in record.message]) == 1
        two.always = Reply(200)
        clock.at += timedelta(hours=2)
        await box.drain_once()
        assert ledgers.now(unheard) == ()


# -- many at once


async def test_a_thousand_at_once_are_one_message_a_channel_and_each_can_be_traced(
    ledgers: Ledgers, hook: Webhook
) -> None:
    inventory = declared(voice("oncall"), voice("second", minimum="critical"))
    severities = [Severity.CRITICAL, *[Severity.HIGH] * 99, *[Severity.MEDIUM] * 900]
    found = [exposure(number, severity) for number, severity in enumerate(severities)]
    with webhook() as second:
        box = outbox(ledgers, inventory, {"ONCALL": hook.ours, "SECOND": second.ours}, Clock())
        news(ledgers, inventory, *found)
        began = time.process_time()
        await box.drain_once()
        assert within(time.process_time() - began, 15)
        assert (len(hook.received), len(second.received)) == (1, 1)
        assert found[0].id in second.received[0].json()["title"], "one alone is told as it always is"
    told = hook.received[0].json()
    assert told["title"].startswith("CRITICAL: 1,000 places open to anyone")
    assert "1 CRITICAL, 99 HIGH, 900 MEDIUM" in told["message"]
    assert told["message"].splitlines()[1].startswith(f"{found[0].id}/1: CRITICAL, voice-nas, ")
    assert "And 995 more" in told["message"]
    assert "leftopen findings" in told["message"]
    assert ledgers.owed() == ()
    for one in (found[0], found[500], found[-1]):
        tries = ledgers.now(partial(queries.tries, whom=one.id))
        (try_,) = (t for t in tries if t.channel == "oncall" and t.finding == one.id)
        assert (try_.outcome, try_.party) == ("accepted", "voice")
        (row,) = (t for t in ledgers.now(partial(queries.messages_about, finding=one.id)) if t.channel == "oncall")
        assert (row.state, row.accepted is not None) == ("sent", True)
    grown = exposure(0, Severity.CRITICAL, 2)
    news(ledgers, inventory, grown, step=Step.GROWN)
    await box.drain_once()
    assert f"({grown.id}/2)" in titles(hook)[-1], "what follows is told by itself"


async def test_a_group_names_who_was_not_reached_and_about_what(ledgers: Ledgers, hook: Webhook) -> None:
    inventory = declared({"id": "region-mail", "party": "region", "url": "env:REGION"})
    found = [exposure(number) for number in range(7)]
    news(ledgers, inventory, *found)
    await outbox(ledgers, inventory, {"REGION": hook.ours}, Clock()).drain_once()
    (group,) = [one.json()["message"] for one in hook.received]
    (line,) = [one for one in group.splitlines() if one.startswith("INTE NÅDDA")]
    assert "Voice Example (7: " in line
    assert sum(f"{one.id}/1" in line for one in found) == 5
    assert all(f"{one.id}/1" in group for one in found), "every id stands in it"


async def test_a_few_are_told_one_by_one(ledgers: Ledgers, hook: Webhook) -> None:
    inventory = declared(voice("oncall"))
    news(ledgers, inventory, *(exposure(number) for number in range(5)))
    await outbox(ledgers, inventory, {"ONCALL": hook.ours}, Clock()).drain_once()
    assert len(hook.received) == 5


async def test_news_of_one_of_many_never_overtakes_them(ledgers: Ledgers, hook: Webhook) -> None:
    inventory, clock = declared(voice("oncall")), Clock()
    box = outbox(ledgers, inventory, {"ONCALL": hook.ours}, clock)
    news(ledgers, inventory, *(exposure(number) for number in range(8)))
    hook.answer(500)
    await box.drain_once()
    news(ledgers, inventory, exposure(3, sequence=2), step=Step.CLEARED)
    clock.at += timedelta(seconds=30)
    await box.drain_once()
    assert len(hook.received) == 1
    clock.at += timedelta(minutes=1)
    await box.drain_once()
    clock.at += timedelta(minutes=1)
    await box.drain_once()
    kinds = [title.partition(" ")[0] for title in titles(hook)]
    assert kinds == ["CRITICAL:", "CRITICAL:", "Closed:"]
    assert titles(hook)[0] == titles(hook)[1], "a repeat is known by its name"
    (row,) = ledgers.now(lambda ledger: ledger.rows("SELECT * FROM dues WHERE finding = ''"))
    assert due_of(dict(row)).owed.incident in titles(hook)[0], "and a paging service folds it by that"


async def test_a_group_is_undone_when_a_finding_is_no_longer_the_partys_to_hear_of(
    ledgers: Ledgers, hook: Webhook
) -> None:
    inventory, clock = declared(voice("oncall")), Clock()
    box = outbox(ledgers, inventory, {"ONCALL": hook.ours}, clock)
    news(ledgers, inventory, *(exposure(number) for number in range(8)))
    hook.answer(500)
    await box.drain_once()
    raw = json.loads(inventory.model_dump_json(by_alias=True, exclude_none=True, exclude_defaults=True))
    raw["assets"][0] |= {"owner": "medhelp", "contract": "care"}
    box.inventory = Inventory.model_validate(raw)
    clock.at += timedelta(minutes=2)
    await box.drain_once()
    assert len(hook.received) == 1, "nothing more went there"
    assert len(ledgers.owed()) == 8


async def test_a_fold_that_is_cut_off_has_changed_nothing(
    ledgers: Ledgers, hook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    inventory = declared(voice("oncall"))
    box = outbox(ledgers, inventory, {"ONCALL": hook.ours}, Clock())
    news(ledgers, inventory, *(exposure(number) for number in range(8)))
    before = ledgers.owed()

    def die(ledger: Ledger, *_: Any) -> None:
        ledger.execute("UPDATE dues SET state = 'grouped'")
        raise sqlite3.OperationalError("the power went")

    with monkeypatch.context() as patched:
        patched.setattr(digests, "fold", die)
        with pytest.raises(Exception, match="the power went"):
            await box.drain_once()
    assert ledgers.owed() == before
    await box.drain_once()
    assert len(hook.received) == 1


@pytest.mark.parametrize("overlapping", [False, True], ids=["one long round", "a new round with each finding"])
async def test_a_long_round_tells_at_once_and_the_rest_at_its_end(
    ledgers: Ledgers, hook: Webhook, overlapping: bool
) -> None:
    """Findings come in until the first are told, and some more: these are told as one when no round is under way."""
    inventory = declared(voice("oncall"))

    def now() -> datetime:
        return datetime.now(UTC)

    box: Outbox = outbox(ledgers, inventory, {"ONCALL": hook.ours}, now)
    stop = asyncio.Event()
    running = asyncio.create_task(box.run(stop))
    box.look(True)
    more = 0
    for number in range(1000):
        # On the ledger's own thread, as a round does it.
        await asyncio.to_thread(news, ledgers, inventory, exposure(number, Severity.HIGH), at=now())
        box.look(True) if overlapping else box.wake()
        await asyncio.sleep(0.1)
        more += bool(hook.received)
        if more == 25:
            break
    box.look(False)
    await asyncio.to_thread(hook.wait, 2)
    await asyncio.sleep(1)
    stop.set()
    await asyncio.wait_for(running, 40)
    assert more == 25, "nothing was told while the round ran"
    assert len(hook.received) == 2
    assert ledgers.owed() == ()
