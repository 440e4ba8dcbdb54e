"""How far a finding is to closed, as a table: so many clear looks of so many, and the earliest end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.findings.decide import Policy
from monitor.findings.finding import EndpointState, State
from monitor.rounds.closing import closing
from monitor.rounds.due.plan import Rhythm
from tests.monitor.alerts.builders import NOON, finding

POLICY = Policy("region", "recordings", clear_looks=3, clear_over=timedelta(minutes=30))
RHYTHM = Rhythm("voice-nas", timedelta(minutes=15), 3, timedelta(minutes=30))
MINUTE = timedelta(minutes=1)


def seen_clear(clears: int) -> EndpointState:
    return EndpointState("https://a", NOON, clears, NOON if clears else None, NOON + (clears - 1) * MINUTE)


@pytest.mark.parametrize(
    ("state", "clears", "so_far", "at_least"),
    [
        (State.EXPOSED, 0, 0, timedelta(minutes=30)),
        (State.CLEARING, 1, 1, timedelta(minutes=30)),
        (State.CLEARING, 2, 2, timedelta(minutes=30)),
    ],
)
def test_closed_at_the_earliest_after_all_looks_over_all_of_the_time(
    state: State, clears: int, so_far: int, at_least: timedelta
) -> None:
    found = replace(finding(), asset="voice-nas", state=state, seen=(seen_clear(clears),))
    way = closing(found, POLICY, RHYTHM, NOON, NOON + MINUTE)
    assert (way.clears, way.needed) == (so_far, 3)
    assert NOON + MINUTE <= way.next_look <= NOON + timedelta(minutes=16)
    assert NOON + at_least <= way.earliest <= NOON + timedelta(minutes=50)


def test_the_endpoint_that_is_furthest_behind_counts() -> None:
    seen = (seen_clear(2), EndpointState("https://b", NOON, 0))
    found = replace(finding(), asset="voice-nas", state=State.CLEARING, seen=seen)
    way = closing(found, POLICY, RHYTHM, NOON, NOON + MINUTE)
    assert way.clears == 0
    assert way.earliest >= way.next_look + timedelta(minutes=30)
