"""Where there are several vantages nothing looks well while one of them does not see."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.api.monitoring import nagios, prometheus
from monitor.findings.reasons import Cause, Control, ControlFailed, Reason
from monitor.health.examine import Health, examine
from monitor.health.vantages import Seeing, vantage_states
from monitor.inventory.load import loads
from monitor.inventory.model.installation.web import WebRole
from monitor.store.access.scope import ScopedLedger
from monitor.store.ledger import Ledger
from monitor.store.looks.owed import Owed, note_queues, owe
from monitor.store.tables import rounds
from monitor.store.tables.rounds import RoundKind
from monitor.web.identity.grants import Held, seen
from monitor.web.read import rounds as shown
from monitor.web.read.head import Head, head
from probes.reasons import NoAnswerReason, OpenReason
from tests.monitor.health.test_examine import ALL, LATER, QUIET
from tests.monitor.web.house import NOW, put_clear

TWO = QUIET.replace("id: own-site,", "id: own-site, reach: sjunet,") + (
    "vantages: [{id: sjunet-1, network: sjunet}]\nnetworks: [{id: sjunet, beyond: 'http://beyond.test/'}]\n"
)
BEYOND = ControlFailed(Control.BEYOND, OpenReason.REACHABLE)


def inside(ledger: Ledger, number: int = 0, at: datetime = NOW, blind: Reason | None = None) -> None:
    """A batch that the inner vantage was given, and what came of it."""
    rounds.begin(ledger, f"in-{number}", RoundKind.ROUND, at, "sjunet-1", "digest")
    rounds.end(ledger, f"in-{number}", at + timedelta(seconds=2), blind)
    if blind is None:
        rounds.looked(ledger, {"own-site": "clear"}, at, at, "sjunet")


def never(ledger: Ledger) -> None:
    """Nothing was ever handed in."""


def silent(ledger: Ledger) -> None:
    inside(ledger, at=NOW - timedelta(minutes=36))
    rounds.looked(ledger, {"own-site": "clear"}, NOW, NOW, "sjunet")


def blind(ledger: Ledger) -> None:
    inside(ledger, 0, NOW - timedelta(minutes=1))
    inside(ledger, 1, NOW, BEYOND)


def unanswered(ledger: Ledger) -> None:
    for number in range(20):
        inside(ledger, number, NOW - timedelta(minutes=number), Cause.VANTAGE_SILENT if number in (3, 9) else None)


def answered(ledger: Ledger) -> None:
    """One batch of twenty was lost: that is no sign of anything."""
    for number in range(20):
        inside(ledger, number, NOW - timedelta(minutes=number), Cause.VANTAGE_SILENT if number == 3 else None)


def _seen(folder: Path, change: Callable[[Ledger], None]) -> tuple[Health, Head, list[str]]:
    path, inventory = folder / "leftopen.db", loads(TWO)
    with closing(Ledger(path)) as ledger:
        rounds.begin(ledger, "r1", RoundKind.ROUND, NOW, "internet-1", "digest")
        for asset in ALL:
            put_clear(ledger, asset, "r1", NOW)
        rounds.looked(ledger, dict.fromkeys(ALL, "clear"), NOW, NOW, "internet")
        rounds.end(ledger, "r1", NOW + timedelta(seconds=9))
        change(ledger)
        health = examine(ledger, inventory, LATER)
        found = [str(one.seeing) for one in vantage_states(ledger, inventory, LATER)]
    grant = seen(inventory, Held(WebRole.OPERATOR, "region"))
    reading = ScopedLedger(path, grant.scope)
    try:
        listed = shown.vantages(reading, grant, LATER)
        assert [one["seeing"] for one in listed] == found
        return health, head(reading, grant, LATER), found
    finally:
        reading.close()


def test_two_vantages_that_see_are_well(tmp_path: Path) -> None:
    for number, change in enumerate((inside, answered)):
        folder = tmp_path / str(number)
        folder.mkdir()
        health, page, found = _seen(folder, change)
        assert health.well, health.faults
        assert {"vantage internet-1 in internet sees", "vantage sjunet-1 in sjunet sees"} <= {*health.notes}
        assert nagios(health)[1] == 0
        assert page.answers["see"]["well"]
        assert found == [Seeing.SEES, Seeing.SEES]
        assert 'leftopen_vantage_sees{vantage="sjunet-1",network="sjunet"} 1' in prometheus(health)
        assert "leftopen_queue_messages" not in prometheus(health)


def test_how_many_batches_wait_is_said_of_each_vantage(tmp_path: Path) -> None:
    def waits(ledger: Ledger) -> None:
        inside(ledger, 1, NOW)
        ids = ("b1", "b2")
        owe(ledger, [Owed(id_, "sjunet-1", "sjunet", ("a",), (), "x1", 1, False, NOW, LATER) for id_ in ids])
        note_queues(ledger, "sjunet-1", {"looks": 2, "results": 0}, LATER)
        note_queues(ledger, "internet-1", {"looks": 7}, LATER - timedelta(minutes=6))

    said = prometheus(_seen(tmp_path, waits)[0])
    assert 'leftopen_vantage_owed{vantage="sjunet-1",network="sjunet"} 2' in said
    assert 'leftopen_vantage_owed{vantage="internet-1",network="internet"} 0' in said
    assert 'leftopen_queue_messages{vantage="sjunet-1",queue="looks"} 2' in said
    assert 'leftopen_queue_messages{vantage="sjunet-1",queue="results"} 0' in said
    assert 'leftopen_queue_messages{vantage="internet-1"' not in said, "what was said long ago says nothing of now"


@pytest.mark.parametrize(
    ("change", "seeing", "said"),
    [
        (never, Seeing.NEVER, "has never handed in anything"),
        (silent, Seeing.SILENT, "has handed in nothing for"),
        (blind, Seeing.BLIND, "a page that must not answer from this network does"),
        (unanswered, Seeing.UNANSWERED, "left 2 of its last 20 batches unanswered"),
    ],
    ids=lambda one: one.__name__ if callable(one) else "",
)
def test_a_vantage_that_does_not_see_is_never_well(
    change: Callable[[Ledger], None], seeing: Seeing, said: str, tmp_path: Path
) -> None:
    health, page, found = _seen(tmp_path, change)
    assert found == [Seeing.SEES, seeing]
    assert not health.well
    assert any(one.startswith("vantage sjunet-1 in sjunet ") and said in one for one in health.faults)
    assert nagios(health)[1] != 0
    assert "leftopen_well 0" in prometheus(health)
    assert 'leftopen_vantage_sees{vantage="sjunet-1",network="sjunet"} 0' in prometheus(health)
    assert 'leftopen_vantage_sees{vantage="internet-1",network="internet"} 1' in prometheus(health)
    see = page.answers["see"]
    assert (see["well"], see["unseeing"]) == (False, ["sjunet-1 (sjunet)"])


def test_with_one_vantage_nothing_speaks_of_vantages(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path / "leftopen.db")) as ledger:
        rounds.begin(ledger, "r1", RoundKind.ROUND, NOW, "internet-1", "digest")
        rounds.end(ledger, "r1", NOW, ControlFailed(Control.OPEN_PLACE, NoAnswerReason.REFUSED))
        health = examine(ledger, loads(QUIET), LATER)
    assert "vantages" not in health.numbers
    assert not any("vantage" in one for one in health.faults)
    assert "vantage" not in prometheus(health)
