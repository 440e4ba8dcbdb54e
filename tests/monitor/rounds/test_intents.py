"""Open by intent: a declaration settles what is open already, is told, and ends with its last day."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.findings.handling import ActionKind, TriageStatus
from monitor.findings.observation import Observation
from monitor.findings.reasons import Cause, OpenByIntent, Reason
from monitor.inventory.model.inventory import Inventory
from monitor.rounds.batch.lines import Line
from monitor.rounds.recorder import Recorder
from monitor.store import queries
from monitor.store.ledger import Ledger
from monitor.store.messages import events, paging_incidents
from monitor.store.tables import actions, rounds
from monitor.store.tables.rounds import RoundKind
from monitor.store.thread import LedgerThread
from probes.api import Check, Exposed, Place, WebTarget
from probes.reasons import OpenReason
from tests.monitor.findings.builders import NOON, opened
from tests.monitor.network.rounds import inventory

CHANNELS = [{"id": "vendor-mail", "party": "vendor", "url": "env:NONE"}]
TARGET = WebTarget("nas", "nas.test", "nas.test", "192.0.2.1", 443, tls=True)
PUBLIC = {"path": "/pub/", "reason": "open data", "decided_by": "board 2026-14", "until": "2026-10-05"}
DAY = timedelta(days=1)


def declared(*public: dict[str, str]) -> Inventory:
    nas = {"id": "nas", "host": "nas.test", "addresses": ["192.0.2.1"], "public": list(public)}
    return inventory(nas, channels=CHANNELS)


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[LedgerThread]:
    made = LedgerThread(tmp_path / "leftopen.db")
    yield made
    made.close()


async def look(
    ledger: LedgerThread, on: Inventory, at: datetime, path: str = "/pub/", verdict: Exposed | None = None
) -> Reason:
    """Record one look, and return what a round says of it."""
    id_ = f"r{at:%d%H%M}"
    await ledger(lambda led: rounds.begin(led, id_, RoundKind.ROUND, at, "v", "i"))
    seen = verdict or opened(place=Place("nas.test", 443, path))
    observation = Observation("nas", "http-listing", TARGET, at, at, (), (seen,))
    lines: list[Line] = []
    await Recorder(id_, RoundKind.ROUND, on, ledger, lambda: at, lines.append).take([observation])
    (line,) = lines
    return line.note


async def settle(ledger: LedgerThread, on: Inventory, at: datetime) -> None:
    id_ = f"t{at:%d%H%M}"
    await ledger(lambda led: rounds.begin(led, id_, RoundKind.TIMERS, at, "v", "i"))
    await ledger(Recorder(id_, RoundKind.TIMERS, on, ledger, lambda: at, None).settle)


async def told(ledger: LedgerThread) -> list[str]:
    def steps(led: Ledger) -> list[str]:
        (finding,) = led.findings()
        return [one.step for one in queries.messages_about(led, finding.id)]

    return await ledger(steps)


async def standing(ledger: LedgerThread) -> TriageStatus:
    def stands(led: Ledger) -> TriageStatus:
        return actions.handlings(led, led.findings())[led.findings()[0].id].standing

    return await ledger(stands)


async def test_a_declaration_settles_what_is_open_already_and_says_who_decided(ledger: LedgerThread) -> None:
    await look(ledger, declared(), NOON)
    assert len(await ledger(actions.still_open)) == 1
    said = await look(ledger, declared(PUBLIC), NOON + timedelta(minutes=15))
    assert said == OpenByIntent("2026-10-05"), "a round does not say that it is still open"
    assert await ledger(actions.still_open) == ()
    (finding,) = await ledger(lambda led: led.findings())
    (action,) = await ledger(lambda led: actions.of_finding(led, finding.id))
    assert (action.act, action.by, action.reason) == (ActionKind.INTENDED, "board 2026-14", "open data")
    assert action.until is not None
    assert action.until.isoformat() == "2026-10-06T00:00:00+00:00", "its last day is the 5th"
    assert await told(ledger) == ["opened", "intended"]
    # A further look says nothing more.
    assert await look(ledger, declared(PUBLIC), NOON + timedelta(minutes=30)) == OpenByIntent("2026-10-05")
    await settle(ledger, declared(PUBLIC), NOON + timedelta(minutes=31))
    assert await told(ledger) == ["opened", "intended"]


async def test_another_place_of_the_same_asset_stays_open(ledger: LedgerThread) -> None:
    await look(ledger, declared(PUBLIC), NOON, "/calls/")
    assert await look(ledger, declared(PUBLIC), NOON + timedelta(minutes=15), "/calls/") is Cause.STILL_OPEN
    assert len(await ledger(actions.still_open)) == 1
    assert await told(ledger) == ["opened"]


@pytest.mark.parametrize(
    ("after", "then"),
    [(timedelta(minutes=30), declared()), (NOON.replace(day=6, hour=0) - NOON, declared(PUBLIC))],
    ids=["taken out of the inventory", "its last day has passed"],
)
async def test_when_it_ends_everybody_is_alerted_again(ledger: LedgerThread, after: timedelta, then: Inventory) -> None:
    await look(ledger, declared(), NOON)
    await look(ledger, declared(PUBLIC), NOON + timedelta(minutes=15))
    await settle(ledger, then, NOON + after)
    assert await standing(ledger) is TriageStatus.NEW
    assert len(await ledger(actions.still_open)) == 1
    assert await told(ledger) == ["opened", "intended", "returned"]


async def test_it_holds_through_its_last_day(ledger: LedgerThread) -> None:
    await look(ledger, declared(), NOON)
    await look(ledger, declared(PUBLIC), NOON + timedelta(minutes=15))
    await settle(ledger, declared(PUBLIC), NOON.replace(day=5, hour=23, minute=59))
    assert await standing(ledger) is TriageStatus.INTENDED


async def test_who_may_write_too_is_not_what_was_meant(ledger: LedgerThread) -> None:
    whole = PUBLIC | {"path": "/"}
    seen = opened()
    await look(ledger, declared(), NOON, verdict=seen)
    await look(ledger, declared(whole), NOON + timedelta(minutes=15), verdict=seen)
    assert await standing(ledger) is TriageStatus.INTENDED
    writable = replace(seen, checks=(Check("write", "exposed", OpenReason.WRITE_GRANTED),))
    await look(ledger, declared(whole), NOON + timedelta(minutes=30), verdict=writable)
    assert await standing(ledger) is TriageStatus.NEW
    assert await told(ledger) == ["opened", "intended", "returned"]


async def test_an_end_that_is_moved_is_on_file(ledger: LedgerThread) -> None:
    await look(ledger, declared(), NOON)
    await look(ledger, declared(PUBLIC), NOON + timedelta(minutes=15))
    await look(ledger, declared(PUBLIC | {"until": "2026-12-01"}), NOON + timedelta(minutes=30))
    (finding,) = await ledger(lambda led: led.findings())
    done = await ledger(lambda led: actions.of_finding(led, finding.id))
    assert [f"{one.until:%m-%d}" for one in done if one.until] == ["10-06", "12-02"]


async def test_what_is_settled_ends_its_incident_at_a_paging_service(ledger: LedgerThread) -> None:
    await look(ledger, declared(), NOON)
    await look(ledger, declared(PUBLIC), NOON + timedelta(minutes=15))

    def last(led: Ledger) -> tuple[str, tuple[str, ...]]:
        (finding,) = led.findings()
        opened_, settled = events.of_finding(led, finding.id)
        assert opened_.owed.incident == settled.owed.incident == finding.id, "one incident, which the second ends"
        return settled.owed.step, paging_incidents.ended(led, settled)

    assert await ledger(last) == ("intended", ())
