"""Whose turn it is: every asset in its own rhythm, spread and never bunched, hurried only where something waits."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.findings.finding import State
from monitor.rounds.due.plan import Rhythm, Timetable, Unsure, hurried, phase, turns
from tests.monitor.findings.builders import NOON, fold, opened
from tests.monitor.findings.builders import Event as Look

QUARTER = timedelta(minutes=15)
FINDING = fold([Look(NOON, opened())]).only
TIMES = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001


def rhythm(asset: str = "nas", interval: timedelta = QUARTER) -> Rhythm:
    """How often one asset is looked at."""
    return Rhythm(asset, interval)


def test_what_was_never_looked_at_is_due_at_once_in_the_inventory_s_order() -> None:
    rhythms = [rhythm(name) for name in ("c", "a", "b")]
    assert turns(rhythms, {}, (), NOON).ready == ("c", "a", "b")


@settings(max_examples=200, deadline=None)
@given(TIMES, st.integers(1, 7 * 86400), st.text(min_size=1, max_size=12))
def test_each_interval_has_one_turn(at: datetime, seconds: int, name: str) -> None:
    one = (rhythm(name, timedelta(seconds=seconds)),)
    looks = {name: at}
    assert turns(one, looks, (), at).ready == ()
    following = turns(one, looks, (), at).following
    assert timedelta(0) < following - at <= timedelta(seconds=seconds)
    assert turns(one, looks, (), following + timedelta(microseconds=10)).ready == (name,)
    assert turns(one, looks, (), at + timedelta(seconds=seconds)).ready == (name,)


def test_a_thousand_assets_are_spread_over_their_interval() -> None:
    minutes = Counter(int(phase(f"asset-{n}", QUARTER) / timedelta(minutes=1)) for n in range(1000))
    assert set(minutes) == set(range(15))
    assert max(minutes.values()) < 110
    assert phase("asset-1", QUARTER) == phase("asset-1", QUARTER)


def test_a_clock_that_was_set_back_silences_nothing() -> None:
    assert turns((rhythm(),), {"nas": NOON + timedelta(days=400)}, (), NOON).ready == ("nas",)


@pytest.mark.parametrize(
    ("state", "interval"),
    [
        (State.SUSPECTED, timedelta(seconds=60)),
        (State.EXPOSED, QUARTER),
        (State.CLEARING, QUARTER),
        (State.CLEARED, QUARTER),
    ],
)
def test_only_what_waits_is_hurried(state: State, interval: timedelta) -> None:
    assert hurried(rhythm(), (replace(FINDING, state=state),)) == interval
    assert hurried(rhythm(), ()) == QUARTER


def test_a_finding_hurries_the_looks_at_its_own_asset_alone() -> None:
    suspected = replace(FINDING, state=State.SUSPECTED)
    before = NOON - timedelta(seconds=90)
    looks = {"nas": before, "other": before}
    hourly = [rhythm("nas", timedelta(days=300)), rhythm("other", timedelta(days=300))]
    assert turns(hourly, looks, (), NOON).ready == ()
    assert turns(hourly, looks, (suspected,), NOON).ready == ("nas",)
    assert turns(hourly, looks, (FINDING,), NOON, {FINDING.id}).ready == ("nas",)


def test_a_slow_asset_is_hurried_while_its_finding_is_closing() -> None:
    clearing = replace(FINDING, state=State.CLEARING)
    assert hurried(rhythm(interval=timedelta(days=1)), (clearing,)) == QUARTER
    assert hurried(rhythm(interval=timedelta(seconds=30)), (clearing,)) == timedelta(seconds=30)
    quick = Rhythm("nas", timedelta(hours=1), clear_looks=1, clear_over=timedelta(0))
    assert hurried(quick, (clearing,)) == timedelta(seconds=1)


def test_without_assets_there_is_still_a_next_turn() -> None:
    assert turns((), {}, (), NOON).following > NOON


_ASSETS = ("a", "b", "c", "d")
_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["looked", "hurry", "wait", "back"]),
        st.sampled_from(_ASSETS),
        st.integers(1, 4000),
        st.sampled_from([State.SUSPECTED, State.CLEARING]),
    ),
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@example([(one, "a", 1, State.SUSPECTED) for one in ("looked", "back", "wait", "hurry")], [1, 1, 1, 1])
@given(_STEPS, st.lists(st.integers(1, 3000), min_size=4, max_size=4))
def test_a_timetable_that_is_kept_up_to_date_says_what_is_computed_anew(
    steps: list[tuple[str, str, int, State]], intervals: list[int]
) -> None:
    rhythms = [rhythm(name, timedelta(seconds=each)) for name, each in zip(_ASSETS, intervals, strict=True)]
    now, looks, unsure = NOON, {"b": NOON - timedelta(seconds=30)}, dict[str, State]()
    table = Timetable(rhythms, looks, now)
    for what, asset, seconds, state in steps:
        if what == "looked":
            looks[asset] = now
            table.looked({asset: now, "not declared": now}, now)
        elif what == "hurry":
            unsure = {} if asset in unsure else {**unsure, asset: state}
            table.hurry([Unsure(name, each) for name, each in unsure.items()], now)
        else:
            now += timedelta(seconds=seconds if what == "wait" else -seconds)
        findings = [replace(FINDING, asset=name, state=each) for name, each in unsure.items()]
        assert table.turns(now) == turns(rhythms, looks, findings, now), what
        if what == "back":
            # What lies ahead of a clock that was set back is no look, and stays none until there is a new one.
            looks = {name: at for name, at in looks.items() if at <= now}
