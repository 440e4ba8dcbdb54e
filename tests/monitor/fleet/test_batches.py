"""Which batches are given out: whole pace groups, none twice, and none of a host that wants to be left alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.fleet.batches import GRACE, LONGEST, MOST_HOSTS, cut, free, gathering, times_of
from monitor.rounds.pace_groups import PaceGroup
from monitor.store.ledger import Ledger
from monitor.store.looks import owed as table
from monitor.store.looks.owed import Owed
from tests.monitor.network.rounds import inventory

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


def owed(id_: str, vantage: str, *pace: str, deadline: datetime = NOW) -> Owed:
    return Owed(id_, vantage, "internet", ("a",), pace, "x1", 1, False, NOW, deadline)


@given(st.dictionaries(st.text("abcdef", min_size=1), st.integers(0, 40), max_size=30), st.integers(1, 25))
def test_every_asset_is_in_one_batch_and_every_group_too(sizes: dict[str, int], hosts: int) -> None:
    groups = {key: [f"{key}{n}" for n in range(size)] for key, size in sizes.items()}
    batches = list(cut(groups, hosts))
    assert [id_ for assets, _ in batches for id_ in assets] == [id_ for ids in groups.values() for id_ in ids]
    keys = [key for _, some in batches for key in some]
    assert keys == [key for key, ids in groups.items() if ids], "a group is in two batches, or in none"
    assert all(len(assets) <= hosts or len(some) == 1 for assets, some in batches)


def test_of_very_many_on_one_host_some_wait() -> None:
    many = tuple(str(n) for n in range(1000))
    for pace, most in ((5.0, 20), (0.01, 1), (1000.0, MOST_HOSTS)):
        group = PaceGroup("host", many, pace, 4)
        found = free(many, dict.fromkeys(many, group), (), lambda _: 0.0)
        assert found == {"host": list(many[:most])}
        assert [assets for assets, _ in cut(found)] == [many[:most]]


@pytest.mark.parametrize(("due", "hosts"), [(30, 20), (80, 20), (117, 29), (20_000, 50)])
def test_where_many_are_due_batches_are_larger(due: int, hosts: int) -> None:
    assets, _ = next(iter(cut({str(n): [f"a{n}"] for n in range(due)})))
    assert len(assets) == hosts


def test_a_host_is_looked_at_once_at_a_time_from_one_vantage_and_not_while_it_is_held() -> None:
    groups = {id_: PaceGroup(id_[0], (id_,), 5.0, 4) for id_ in ("a1", "a2", "b1", "c1")}
    held = {"c1": 30.0}
    found = free(("a1", "a2", "b1", "c1"), groups, {"a"}, lambda asset: held.get(asset, 0.0))
    assert found == {"b": ["b1"]}
    assert free(("a1", "a2"), groups, {"b"}, lambda _: 0.0) == {"a": ["a1", "a2"]}


def test_what_is_owed_is_found_by_what_has_to_be_done_about_it(tmp_path: Path) -> None:
    later = NOW + timedelta(seconds=2)
    ledger = Ledger(tmp_path / "leftopen.db")
    try:
        late, early = owed("1", "inside", "a", "b"), owed("2", "inside", "b", "c", deadline=later)
        other = owed("3", "outside", "d", deadline=later)
        table.owe(ledger, (late, early, other))
        assert table.late(ledger, NOW) == ()
        assert table.late(ledger, NOW + timedelta(seconds=1)) == (late,)
        assert table.unsent(ledger, "inside") == (late, early)
        table.sent(ledger, ["1"], [], NOW)
        assert table.unsent(ledger, "inside") == (early,)
        assert table.busy(ledger, "inside") == {"a", "b", "c"}
        with ledger.step():
            assert table.settle(ledger, "1", 1, "inside")
            assert not table.settle(ledger, "1", 1, "inside")
        assert table.busy(ledger, "inside") == {"b", "c"}
        assert table.busy(ledger, "outside") == {"d"}
    finally:
        ledger.close()


def test_nobody_waits_past_the_deadline() -> None:
    declared = inventory(
        {"id": "fast", "host": "192.0.2.1", "interval": "90s"},
        {"id": "slow", "host": "192.0.2.2", "budget": {"seconds": 100}},
    )
    times = times_of(declared, ("fast", "slow"))
    assert times.waits == timedelta(seconds=90)
    assert times.looks == timedelta(seconds=260)
    assert times.deadline == times.waits + times.looks + GRACE
    slow = inventory({"id": "slow", "host": "192.0.2.2", "budget": {"seconds": 3000}})
    assert times_of(slow, ["slow"]).looks == LONGEST


@pytest.mark.parametrize(("minutes", "seconds"), [(0, 3), (1, 3), (15, 3), (30, 6), (60, 12), (24 * 60, 12)])
def test_who_looks_seldom_gathers_longer(minutes: int, seconds: int) -> None:
    assert gathering(timedelta(minutes=minutes)) == seconds
