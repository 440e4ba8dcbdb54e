"""Warnings of legal clocks, sent to real receivers: each level once, to whom it is for, and only while it is needed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.findings.finding import Change, Finding, Severity, State, Step, finding_id, fingerprint
from monitor.findings.handling import Action, ActionKind
from monitor.findings.reasons import Cause
from monitor.inventory.model.inventory import Inventory
from monitor.legal.warn import Warner, warn
from monitor.store import queries
from monitor.store.ledger import Ledger
from monitor.store.messages.digests import unheard
from monitor.store.rows import stamp
from monitor.store.tables import actions, clock_warnings
from probes.api import Place
from tests.monitor.alerts.builders import NOON, Ledgers, finding, inventory, outbox
from tests.monitor.alerts.senders import House, dismiss
from tests.monitor.network.rounds import application
from tests.servers.webhook import Webhook

GOLDEN = Path(__file__).parent / "golden" / "warnings.txt"
HOUR = timedelta(hours=1)
PERSON = "Eva Ek"


def declared(*, nis2: tuple[str, ...] = (), hours: int = 24, **more: Any) -> Inventory:
    """The chain of the alerts' tests; NIS2 holds for the parties that are named, and voice tells medhelp in `hours`."""
    made = inventory(**more)
    parties = tuple(one.model_copy(update={"nis2": one.id in nis2}) for one in made.parties)
    contracts = tuple(
        one.model_copy(update={"promises": one.promises.model_copy(update={"notify_hours": hours})})
        if one.id == "voice"
        else one
        for one in made.contracts
    )
    return made.model_copy(update={"parties": parties, "contracts": contracts})


@pytest.fixture
def house(tmp_path: Path, hook: Webhook) -> Iterator[House]:
    ledgers = Ledgers(tmp_path / "leftopen.db")
    yield House(ledgers, hook, declared())
    ledgers.close()


def mind(house: House, after: timedelta) -> None:
    """It is so long after the exposure was confirmed: see what the clocks have to say."""
    house.clock.at = NOON + after
    house.ledgers.now(lambda ledger: warn(ledger, house.inventory, "mind", house.clock()))


def did(house: House, found: Finding, act: ActionKind, **more: Any) -> None:
    def put(ledger: Ledger) -> None:
        with ledger.step():
            actions.append(ledger, found.id, Action(act, house.clock(), PERSON, reason="made up", **more))

    house.ledgers.now(put)


def warnings(house: House) -> list[tuple[str, str]]:
    """What arrived of clocks: channel and first line."""
    said = [(one.path.rpartition("/")[2], str(one.json()["title"])) for one in house.hook.received]
    return [(channel, title) for channel, title in said if title.startswith(("CLOCK", "FRIST"))]


def levels(house: House, found: Finding) -> list[tuple[str, str, int]]:
    rows = house.ledgers.now(
        lambda ledger: ledger.rows(
            "SELECT party, duty, level FROM clock_warnings WHERE finding = ? ORDER BY at, party, duty", found.id
        )
    )
    return [(row["party"], row["duty"], row["level"]) for row in rows]


async def test_each_level_is_told_once_to_the_party_whose_clock_it_is(house: House) -> None:
    found = house.put()
    for hours in range(1, 80):
        mind(house, hours * HOUR - timedelta(minutes=1))
        mind(house, hours * HOUR)
        mind(house, hours * HOUR)
        await house.drain()
    assert levels(house, found) == [
        ("voice", "controller", 50),
        ("voice", "controller", 75),
        ("voice", "controller", 90),
        ("region", "authority", 50),
        ("region", "authority", 75),
        ("region", "authority", 90),
    ]
    told = warnings(house)
    # Voice has heard of it by two channels, the shared one among them; the region by one. MedHelp's contract with the
    # region gives no hours, so MedHelp has no clock.
    assert [title for channel, title in told if channel == "region-mail"] == [
        f"FRIST: 50 % har gått, 1 dygn 12 h kvar: anmäla till tillsynsmyndigheten ({found.id}/5)",
        f"FRIST: 75 % har gått, 18 h kvar: anmäla till tillsynsmyndigheten ({found.id}/6)",
        f"FRIST: 90 % har gått, 7 h 1 min kvar: anmäla till tillsynsmyndigheten ({found.id}/7)",
    ]
    assert [title for channel, title in told if channel == "voice-oncall"] == [
        f"CLOCK 50 %: 12 h left: tell the party that the work is done for ({found.id}/2)",
        f"CLOCK 75 %: 6 h left: tell the party that the work is done for ({found.id}/3)",
        f"CLOCK 91 %: 2 h 1 min left: tell the party that the work is done for ({found.id}/4)",
    ]
    assert {channel for channel, _ in told} == {"region-mail", "voice-oncall", "shared"}


async def test_a_restart_tells_nothing_twice_and_what_was_missed_once(tmp_path: Path, hook: Webhook) -> None:
    path = tmp_path / "leftopen.db"
    house = House(Ledgers(path), hook, declared())
    house.put()
    mind(house, 12 * HOUR)
    house.ledgers.close()  # before anything was sent
    for hours in (12, 12, 23, 23):
        house = House(Ledgers(path), hook, declared())
        mind(house, hours * HOUR)
        await house.drain()
        house.ledgers.close()
    titles = [title for channel, title in warnings(house) if channel == "voice-oncall"]
    assert [title[:9] for title in titles] == ["CLOCK 50 ", "CLOCK 95 "], "75 was passed while nobody looked"


async def test_what_is_sent_stops_its_clock_and_takes_back_a_warning_that_waits(house: House) -> None:
    found = house.put()
    mind(house, 36 * HOUR)
    did(house, found, ActionKind.SENT, party="region", signature="authority")
    mind(house, 36 * HOUR + timedelta(minutes=2))
    await house.drain()
    assert {channel for channel, _ in warnings(house)} == {"voice-oncall", "shared"}
    withdrawn = [one for one in house.ledgers.now(_stopped) if one["channel"] == "region-mail"]
    assert [(row["event"], row["reason"]) for row in withdrawn] == [("withdrawn", "its clock stands still by now")]
    for hours in range(40, 90):
        mind(house, hours * HOUR)
        await house.drain()
    assert "region-mail" not in {channel for channel, _ in warnings(house)}


def _stopped(ledger: Ledger) -> list[Any]:
    return list(ledger.rows("SELECT p.event, p.reason, d.channel FROM postings p JOIN dues d ON d.id = p.due"))


@pytest.mark.parametrize("how", ["dismissed", "accepted", "closed"])
async def test_what_people_have_settled_warns_nobody(how: str, house: House) -> None:
    found = house.put(told=False)
    if how == "dismissed":
        dismiss(house, found)
    elif how == "accepted":
        did(house, found, ActionKind.ACCEPTED, party="region", until=NOON + 80 * 24 * HOUR)
    else:
        did(house, found, ActionKind.CAUSE)
        cleared = replace(found, state=State.CLEARED, cleared=NOON, sequence=2)

        def close(ledger: Ledger) -> None:
            with ledger.step():
                ledger.save(cleared, Change(found.id, 2, Step.CLEARED, NOON, Cause.PROVEN), "r2", NOON)

        house.ledgers.now(close)
    for hours in range(1, 80, 3):
        mind(house, hours * HOUR)
    await house.drain()
    assert (levels(house, found), warnings(house)) == ([], [])


async def test_what_is_closed_and_has_no_cause_yet_is_still_to_be_notified(house: House) -> None:
    found = house.put(state=State.CLEARED, cleared=NOON + HOUR)
    mind(house, 36 * HOUR)
    await house.drain()
    assert ("region", "authority", 50) in levels(house, found)


async def test_awareness_that_is_set_back_warns_by_the_legal_reading_too(house: House) -> None:
    found = house.put()
    house.clock.at = NOON + HOUR
    did(house, found, ActionKind.AWARE, party="region", since=NOON - 60 * HOUR)
    mind(house, 2 * HOUR)
    await house.drain()
    (title,) = [title for channel, title in warnings(house) if channel == "region-mail"]
    assert title == f"FRIST: 86 % har gått, 10 h kvar: anmäla till tillsynsmyndigheten ({found.id}/2)"
    body = house.hook.received[-1].json()["message"]
    assert "Räknat från 2026-09-29T00:00Z, då Regionen fick kännedom, enligt en person där." in house.texts(), body
    assert PERSON not in house.texts()


async def test_two_clocks_of_one_party_are_one_message_and_nis2_is_only_for_whom_it_holds(house: House) -> None:
    house.inventory = declared(nis2=("region",), hours=1000)
    house.put()
    mind(house, 36 * HOUR)
    await house.drain()
    (title,) = [title for channel, title in warnings(house) if channel == "region-mail"]
    assert title.startswith("FRIST: 12 h FÖRSENAT: tidig varning om en betydande incident")
    (text,) = [r.json()["message"] for r in house.hook.received if "FRIST" in r.json()["title"]]
    assert "Anmäla till tillsynsmyndigheten: 50 % av tiden har gått, 1 dygn 12 h kvar" in text
    assert "Incidentanmälan: 50 % av tiden har gått" in text
    assert {channel for channel, _ in warnings(house)} == {"region-mail"}


async def test_many_findings_warn_in_one_message(house: House) -> None:
    house.inventory = declared(hours=1000)
    for number in range(9):
        place = Place("nas.voice.example", 443, f"/{number}/")
        print_ = fingerprint("exempel", "voice-nas", "listing", place)
        found = finding(id=finding_id(print_), fingerprint=print_, place=place)
        opened = Change(found.id, 1, Step.OPENED, NOON, Cause.PROVEN)

        def put(ledger: Ledger, found: Finding = found, opened: Change = opened) -> None:
            with ledger.step():
                ledger.save(found, opened, "r1", NOON)

        house.ledgers.now(put)
    mind(house, 36 * HOUR)
    await house.drain()
    ((channel, title),) = warnings(house)
    assert channel == "region-mail"
    assert title.startswith("FRISTER: lagstadgade frister för 9 fynd går ut, i ett meddelande (G-")
    assert "leftopen clock ID" in house.texts()


async def test_the_last_level_does_not_wait_for_the_morning(house: House) -> None:
    quiet = {"from": "00:00", "to": "23:59", "zone": "UTC", "below": "high"}
    made = declared()
    value = made.model_dump(by_alias=True, exclude_defaults=True)
    for channel in value["channels"]:
        channel["quiet"] = quiet
    house.inventory = Inventory.model_validate(value)
    house.put(told=False, severity=Severity.LOW)
    mind(house, 12 * HOUR)
    await house.drain()
    assert warnings(house) == []
    mind(house, 22 * HOUR)
    await house.drain()
    # It takes with it what waited before it, in its order.
    assert [title[:9] for channel, title in warnings(house) if channel == "voice-oncall"] == ["CLOCK 50 ", "CLOCK 91 "]


async def test_a_warning_that_arrives_is_no_sign_that_the_news_did(house: House) -> None:
    found = house.put()
    urls, house.urls = house.urls, dict.fromkeys(house.urls, "json://127.0.0.1:1/nobody")
    await house.drain()
    assert [one.finding for one in house.ledgers.now(unheard)] == [found.id]
    house.urls = urls
    house.ledgers.now(lambda ledger: _put_off(ledger, NOON + 50 * HOUR))
    mind(house, 36 * HOUR)
    await house.drain()
    assert warnings(house) != []
    assert [one.finding for one in house.ledgers.now(unheard)] == [found.id]


def _put_off(ledger: Ledger, until: datetime) -> None:
    with ledger.step():
        ledger.execute("UPDATE dues SET tries = 9, due = ?", stamp(until))


def test_static_files_have_no_clock_that_warns(house: House) -> None:
    house.inventory = declared(data="static")
    found = house.put()
    mind(house, 36 * HOUR)
    assert levels(house, found) == []


def test_what_does_not_change_is_not_computed_again_and_what_changes_is(house: House) -> None:
    found, warner = house.put(), Warner()

    def look(after: timedelta) -> tuple[str, ...]:
        house.clock.at = NOON + after

        def work(ledger: Ledger) -> tuple[str, ...]:
            due = warner.due(ledger, house.inventory, house.clock())
            warner.look(ledger, house.inventory, due, "mind", house.clock())
            return due

        return house.ledgers.now(work)

    assert [look(hours * HOUR) for hours in (0, 1, 2, 11.9)] == [(found.id,), (), (), ()]
    assert [look(hours * HOUR) for hours in (12, 12.1, 17.9)] == [(found.id,), (), ()], "50 % of 24 h"
    did(house, found, ActionKind.AWARE, party="region", since=NOON - 40 * HOUR)
    assert [look(hours * HOUR) for hours in (17.9, 17.95)] == [(found.id,), ()], "somebody has said something"
    assert ("region", "authority", 75) in levels(house, found)
    house.inventory = declared(hours=30)
    assert [look(hours * HOUR) for hours in (17.96, 17.97)] == [(found.id,), ()], "the inventory has changed"
    # Whoever remembers comes to the same as whoever does not.
    for hours in range(18, 90):
        look(hours * HOUR)
    mine = levels(house, found)
    mind(house, 90 * HOUR)
    assert levels(house, found) == mine
    assert {level for _, _, level in mine} == {50, 75, 90}


def test_what_is_long_past_warns_nobody(house: House) -> None:
    found = house.put()
    mind(house, 24 * 30 * HOUR)
    assert levels(house, found) == []


def test_the_fact_and_the_duty_are_one_transaction(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    found = house.put()

    def fails(*_: object) -> None:
        raise RuntimeError("killed here")

    with monkeypatch.context() as patched:
        patched.setattr(clock_warnings, "append", fails)
        with pytest.raises(RuntimeError):
            mind(house, 12 * HOUR)
    steps = [change.step for change in house.ledgers.now(lambda ledger: queries.changes(ledger, found.id))]
    assert steps == [Step.OPENED]
    assert not [due for due in house.ledgers.owed() if due.owed.step == "warned"]
    mind(house, 12 * HOUR)
    waiting = {due.owed.channel for due in house.ledgers.owed() if due.owed.step == "warned"}
    assert waiting == {"voice-oncall", "voice-pager", "shared"}


async def test_the_service_and_a_run_look_it_up_by_themselves(tmp_path: Path, hook: Webhook) -> None:
    path = tmp_path / "leftopen.db"
    house = House(Ledgers(path), hook, declared())
    found = house.put(told=False)
    house.ledgers.close()
    at = NOON + 12 * HOUR
    controls = declared()
    async with application(controls, path, lambda: at) as app:
        await app.run_timers()
        again = await app.ledger(lambda ledger: queries.changes(ledger, found.id))
        assert [change.step for change in again] == [Step.OPENED, Step.WARNED]
        at = NOON + 19 * HOUR
        done = await app.round(())  # as `leftopen run` does, over no asset
        assert not done.blind
        steps = [c.step for c in await app.ledger(lambda ledger: queries.changes(ledger, found.id))]
        assert steps == [Step.OPENED, Step.WARNED, Step.WARNED]


NIGHTS = {"October, when an hour comes twice": "2026-10-24T23:30Z", "March, when one does not": "2026-03-28T12:00Z"}


async def test_golden_messages_over_the_nights_when_the_clocks_change(tmp_path: Path, hook: Webhook) -> None:
    out = []
    for number, (night, start) in enumerate(NIGHTS.items()):
        begun = datetime.fromisoformat(start).astimezone(UTC)
        house = House(Ledgers(tmp_path / f"{number}.db"), hook, declared(nis2=("region",)))
        found = finding(first_seen=begun, last_seen=begun, confirmed=begun)
        opened = Change(found.id, 1, Step.OPENED, begun, Cause.PROVEN)

        def put(ledger: Ledger, found: Finding = found, opened: Change = opened, begun: datetime = begun) -> None:
            with ledger.step():
                ledger.save(found, opened, "r1", begun)

        house.ledgers.now(put)
        out.append(f"# {night}: confirmed {begun:%Y-%m-%d %H:%MZ}")
        for hours in (12, 18, 21.6, 36, 54, 64.8, 72.5):
            for early in (timedelta(milliseconds=1), timedelta()):
                house.clock.at = begun + timedelta(hours=hours) - early
                house.ledgers.now(lambda ledger, house=house: warn(ledger, house.inventory, "m", house.clock()))  # type: ignore[misc]
                before = len(hook.received)
                await outbox(house.ledgers, house.inventory, house.urls, house.clock).drain_once()
                for one in sorted(hook.received[before:], key=lambda r: r.path):
                    said = one.json()
                    channel = one.path.rpartition("/")[2]
                    out += [f"\n## {house.clock.at:%Y-%m-%d %H:%M:%S.%f}Z to {channel}", said["title"], said["message"]]
        house.ledgers.close()
        out.append("")
    text = "\n".join(out)
    if os.environ.get("WRITE_GOLDEN"):
        GOLDEN.write_text(text, "utf-8")
    assert GOLDEN.read_text("utf-8") == text
