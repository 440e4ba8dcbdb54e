"""Slots: what is due by the declared scope, and the one outcome that each has in the log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.findings.reasons import Cause
from monitor.store.ledger import Ledger
from monitor.store.log import slots
from monitor.store.log.declaration import declare
from monitor.store.log.records import bodies, size
from monitor.store.log.slots import Scope, ScopeAsset
from monitor.store.tables import rounds
from monitor.store.tables.rounds import RoundKind

NOON = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def scope(*assets: str, every: timedelta = 10 * MINUTE, inventory: str = "i1") -> Scope:
    return Scope(
        inventory,
        {"tool": "0.1.0"},
        tuple(ScopeAsset(one, "recordings", every, 3 * MINUTE, "care", f"{one}.test:443", "vendor") for one in assets),
    )


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    one = Ledger(tmp_path / "leftopen.db")
    yield one
    one.close()


def close(ledger: Ledger, at: datetime) -> None:
    with ledger.step():
        slots.close(ledger, at)


def said(ledger: Ledger, section: str) -> list[Any]:
    found = [json.loads(body).get(section) for body in bodies(ledger, 0, size(ledger))]
    return [one for one in found if one]


def entries(ledger: Ledger) -> list[Any]:
    return [entry for one in said(ledger, "slots") for entry in one]


def test_a_scope_is_declared_once(ledger: Ledger) -> None:
    for _ in range(3):
        declare(ledger, scope("nas", "pacs"), NOON)
    ((entry,),) = said(ledger, "scope")
    assert entry[0]["inventory"] == "i1"
    assert entry[0]["assets"] == [
        [1, "recordings", 600_000_000, 180_000_000, 1],
        [2, "recordings", 600_000_000, 180_000_000, 1],
    ]
    declare(ledger, scope("nas", "pacs", inventory="i2"), NOON)
    assert len(said(ledger, "scope")) == 2


def test_the_first_whole_slot_is_due_and_each_has_one_outcome(ledger: Ledger) -> None:
    declare(ledger, scope("nas"), NOON)
    rounds.looked(ledger, {"nas": "clear"}, NOON + MINUTE, NOON + MINUTE)
    assert entries(ledger) == [], "the slot that was running when it was declared is not due"
    rounds.looked(ledger, {"nas": "exposed"}, NOON + 4 * MINUTE, NOON + 5 * MINUTE)
    rounds.looked(ledger, {"nas": "clear"}, NOON + 6 * MINUTE, NOON + 6 * MINUTE)
    ((number, first, last, outcome),) = entries(ledger)
    assert (number, outcome) == (1, "exposed")
    assert first == last
    assert datetime.fromtimestamp(first * 600 + 180, UTC) == NOON + 3 * MINUTE


def test_slots_that_nobody_looked_in_are_not_run(ledger: Ledger) -> None:
    declare(ledger, scope("nas"), NOON)
    rounds.looked(ledger, {"nas": "clear"}, NOON + 44 * MINUTE, NOON + 44 * MINUTE)
    (gap, looked) = entries(ledger)
    assert gap[3] == "not-run"
    assert gap[2] - gap[1] + 1 == 4
    assert looked == [1, gap[2] + 1, gap[2] + 1, "clear"]


def test_a_blind_round_is_told_from_none(ledger: Ledger) -> None:
    declare(ledger, scope("nas"), NOON)
    for minute in (15, 25):
        rounds.begin(ledger, f"r{minute}", RoundKind.ROUND, NOON + minute * MINUTE, "v", "i1")
        rounds.end(ledger, f"r{minute}", NOON + minute * MINUTE, Cause.CONTROL_NOT_SEEN)
    close(ledger, NOON + 60 * MINUTE)
    assert [(one[2] - one[1] + 1, one[3]) for one in entries(ledger)] == [
        (1, "not-run"),
        (1, "blind"),
        (1, "blind"),
        (1, "not-run"),
    ], "a slot is closed one interval after it has ended"
    assert said(ledger, "closed") == ["2026-11-29T13:00:00.000Z"]


def test_a_changed_interval_begins_anew_with_nothing_left_open(ledger: Ledger) -> None:
    declare(ledger, scope("nas"), NOON)
    declare(ledger, scope("nas", every=5 * MINUTE), NOON + 30 * MINUTE)
    rounds.looked(ledger, {"nas": "clear"}, NOON + 34 * MINUTE, NOON + 34 * MINUTE)
    gap, looked = entries(ledger)
    assert gap[3] == "not-run"
    assert looked[1] == ((NOON + 34 * MINUTE).timestamp() - 180) // 300


def test_an_asset_that_is_no_longer_declared_owes_no_slot(ledger: Ledger) -> None:
    declare(ledger, scope("nas", "pacs"), NOON)
    declare(ledger, scope("pacs"), NOON + MINUTE)
    close(ledger, NOON + 60 * MINUTE)
    assert {one[0] for one in entries(ledger)} == {2}


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    events=st.lists(st.tuples(st.integers(1, 25), st.sampled_from(["look", "close", "blind", "again"])), max_size=12)
)
def test_outcomes_are_dense_whatever_happens(ledger: Ledger, events: list[tuple[int, str]]) -> None:
    """A model: after any sequence of looks, closings, blind rounds and declarations each slot has one outcome."""
    example = str(ledger.rows("SELECT count(*) AS n FROM log_records")[0]["n"])
    asset, at = f"nas{example}", NOON
    declare(ledger, scope(asset, inventory=example), at)
    for number, (minutes, what) in enumerate(events):
        at += minutes * MINUTE
        match what:
            case "look":
                rounds.looked(ledger, {asset: "clear"}, at, at)
            case "close":
                close(ledger, at)
            case "blind":
                rounds.begin(ledger, f"r{example}-{number}", RoundKind.ROUND, at, "v", "i1")
                rounds.end(ledger, f"r{example}-{number}", at, Cause.CONTROL_NOT_SEEN)
            case _:
                declare(ledger, scope(asset, inventory=f"{example}-{number}"), at)
    close(ledger, at)
    with ledger.step():
        mine = ledger.number("asset", asset)
    expected = (NOON.timestamp() - 180) // 600 + 1
    for number, first, last, _outcome in entries(ledger):
        if number == mine:
            assert first == expected
            assert last >= first
            expected = last + 1
    assert expected >= (at.timestamp() - 180) // 600 - 1
