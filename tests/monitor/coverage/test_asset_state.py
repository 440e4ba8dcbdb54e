"""The state of an asset is a table: silence, age and an ended contract are never green."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.coverage.asset_state import AssetState, AssetStatus, PlaceState, asset_state
from monitor.coverage.states import summary

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
EVERY = timedelta(minutes=15)
LOOK = NOW - timedelta(minutes=10)
LONG_AGO = NOW - timedelta(days=3)


def place(verdict: str, why: str = "", at: datetime = LOOK, last: datetime | None = None) -> PlaceState:
    return PlaceState(verdict, why, at, at if verdict != "unknown" else last)


CLEAR, SILENT, REFUSED = place("clear"), place("unknown", "timed-out"), place("unknown", "connection-refused")
OLD = place("unknown", "timed-out", last=LONG_AGO)
OPENED = (("LO-1", LONG_AGO), ("LO-2", LOOK))

CASES = {
    "every place was clear": ([CLEAR, CLEAR], (), LOOK, None, AssetStatus.CLOSED, LOOK),
    "nothing was ever looked at": ([], (), None, None, AssetStatus.NEVER_SEEN, None),
    "every look gave no verdict": ([SILENT, REFUSED], (), LOOK, None, AssetStatus.NEVER_SEEN, None),
    "seen once, silent now": ([OLD], (), LOOK, None, AssetStatus.NOT_SEEN, LONG_AGO),
    "some places gave no verdict": ([CLEAR, SILENT], (), LOOK, None, AssetStatus.PARTLY_SEEN, LOOK),
    "a port where nothing listens beside a judged one": ([CLEAR, REFUSED], (), LOOK, None, AssetStatus.CLOSED, LOOK),
    "only the twin that speaks otherwise was clear": (
        [place("clear", "not-spoken"), SILENT], (), LOOK, None, AssetStatus.NEVER_SEEN, None,
    ),
    "one port leads to another, where nothing listens for us": (
        [place("clear", "looked-at-there"), REFUSED], (), LOOK, None, AssetStatus.NEVER_SEEN, None,
    ),
    "exposed, and accepted or open by intent": (
        [place("exposed"), CLEAR], (), LOOK, None, AssetStatus.BY_DECISION, LOOK,
    ),
    "the looks stopped": ([place("clear", at=LONG_AGO)], (), LONG_AGO, None, AssetStatus.NOT_SEEN, LONG_AGO),
    "the contract ended": ([CLEAR], (), LOOK, "c1", AssetStatus.NOT_LOOKED_AT, LOOK),
    "open": ([place("exposed"), CLEAR], OPENED, LOOK, None, AssetStatus.OPEN, LONG_AGO),
    "open, and silent now": ([SILENT], OPENED, LOOK, None, AssetStatus.OPEN, LONG_AGO),
    "open, and the contract ended": ([CLEAR], OPENED, LOOK, "c1", AssetStatus.OPEN, LONG_AGO),
    "a place that is no longer asked is no place": (
        [CLEAR, place("unknown", "timed-out", at=LONG_AGO)], (), LOOK, None, AssetStatus.CLOSED, LOOK,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_state(name: str) -> None:
    places, opened, look, ended, status, since = CASES[name]
    state = asset_state("nas", places, opened, look, ended, EVERY, NOW)
    assert (state.status, state.since) == (status, since)
    assert state.findings == tuple(id_ for id_, _ in opened)
    assert state.why or status in (AssetStatus.CLOSED, AssetStatus.OPEN)


def test_an_open_asset_says_that_it_is_no_longer_looked_at() -> None:
    assert "c1 ended" in asset_state("nas", [CLEAR], OPENED, LOOK, "c1", EVERY, NOW).why


def test_what_looks_open_and_is_not_confirmed_is_no_verdict() -> None:
    state = asset_state("nas", [place("exposed"), CLEAR], (), LOOK, None, EVERY, NOW, unconfirmed=True)
    assert (state.status, state.judged) == (AssetStatus.UNCONFIRMED, False)
    assert asset_state("nas", [CLEAR], (), LOOK, None, EVERY, NOW, unconfirmed=True).status is AssetStatus.CLOSED


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("places", "look", "ended", "now", "judged", "word"),
    [
        ([place("exposed")], LOOK, None, NOW, True, ""),
        ([place("exposed")], LOOK, None, NOW + DAY, False, "is leftopen watch running"),
        ([place("exposed")], LOOK, None, NOW - DAY, False, "check the clock"),
        ([place("exposed")], LOOK, "c1", NOW, False, "c1 ended"),
        ([place("exposed"), SILENT], LOOK, None, NOW, False, "timed-out"),
    ],
    ids=["in time", "the watch stopped", "the clock was set back", "the contract ended", "a place was silent"],
)
def test_an_open_asset_is_judged_only_while_all_of_it_is_looked_at(
    places: list[PlaceState], look: datetime, ended: str | None, now: datetime, judged: bool, word: str
) -> None:
    state = asset_state("nas", places, OPENED, look, ended, EVERY, now)
    assert (state.status, state.judged) == (AssetStatus.OPEN, judged)
    assert word in state.why
    assert ("NOT WHOLLY JUDGED" in summary([state])) is not judged


def test_a_look_that_is_dated_in_the_future_closes_nothing() -> None:
    state = asset_state("nas", [CLEAR], (), LOOK, None, EVERY, NOW - DAY)
    assert (state.status, state.judged) == (AssetStatus.NOT_SEEN, False)


def test_which_states_are_whole_verdicts() -> None:
    judged = {AssetStatus.OPEN, AssetStatus.BY_DECISION, AssetStatus.CLOSED}
    assert {status for status in AssetStatus if status.judged} == judged


def test_the_sum_never_hides_what_was_not_seen() -> None:
    states = [AssetState(str(n), status, None, "", None) for n, status in enumerate(AssetStatus)]
    assert summary(states) == (
        "1 open, 1 NEVER SEEN, 1 NOT SEEN, 1 NOT LOOKED AT, 1 PARTLY SEEN, 1 NOT CONFIRMED, 1 EXPOSED BY DECISION, "
        "1 closed of 8 assets"
    )
    assert summary(states[-1:]) == "0 open, 1 closed of 1 asset"
