"""When a message is tried, and when it is given up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.queue.retry import DEAD_AGE, DEAD_TRIES, after, in_order
from monitor.store.messages.queued import IN_ORDER, DueState, Outcome, QueuedMessage
from tests.monitor.alerts.builders import NOON, owed

FAILED = [Outcome.REFUSED, Outcome.MAYBE, Outcome.MISCONFIGURED]


def due(
    id_: int,
    *,
    channel: str = "c",
    finding: str = "LO-A",
    sequence: int = 1,
    tries: int = 0,
    wait: int = 0,
    severity: str = "high",
) -> QueuedMessage:
    message = owed(channel, finding_=finding, sequence=sequence, severity=severity, key=f"{finding}/{sequence}/{id_}")
    return QueuedMessage(id_, message, DueState.OWED, NOON, NOON + timedelta(minutes=wait), tries)


@pytest.mark.parametrize(("tries", "minutes"), [(0, 1), (1, 2), (2, 4), (5, 32), (6, 60), (11, 60), (10_000, 60)])
@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.MAYBE])
def test_a_retry_is_a_date_that_doubles_up_to_an_hour(tries: int, minutes: int, outcome: Outcome) -> None:
    assert after(due(1, tries=tries), outcome, NOON) == (DueState.OWED, NOON + timedelta(minutes=minutes))


def test_what_is_misconfigured_is_tried_slowly() -> None:
    assert after(due(1), Outcome.MISCONFIGURED, NOON) == (DueState.OWED, NOON + timedelta(minutes=15))


def test_accepted_is_sent() -> None:
    assert after(due(1, tries=100), Outcome.ACCEPTED, NOON) == (DueState.SENT, None)


@given(st.sampled_from(FAILED), st.integers(0, 10**6), st.timedeltas(timedelta(0), timedelta(days=3650)))
def test_a_confirmed_exposure_is_owed_without_limit_of_time(outcome: Outcome, tries: int, age: timedelta) -> None:
    state, again = after(due(1, tries=tries), outcome, NOON + age)
    assert state is DueState.OWED
    assert again is not None
    assert timedelta(0) < again - (NOON + age) <= timedelta(hours=1)


@pytest.mark.parametrize("outcome", FAILED)
def test_news_of_ourselves_is_given_up_after_many_tries_and_a_day(outcome: Outcome) -> None:
    enough = due(1, finding="", tries=DEAD_TRIES - 1)
    assert after(enough, outcome, NOON + DEAD_AGE) == (DueState.DEAD, None)
    assert after(enough, outcome, NOON + DEAD_AGE - timedelta(seconds=1))[0] is DueState.OWED
    few = due(1, finding="", tries=DEAD_TRIES - 2)
    assert after(few, outcome, NOON + timedelta(days=9))[0] is DueState.OWED


def ids(rows: tuple[QueuedMessage, ...]) -> list[int]:
    return [row.id for row in rows]


def test_new_before_failed_worst_first_then_oldest() -> None:
    rows = [
        due(1, finding="LO-A", tries=2, severity="critical"),
        due(2, finding="LO-B", severity="low"),
        due(3, finding="LO-C", severity="critical"),
        due(4, finding="LO-D", severity="critical", wait=-5),
        due(5, finding="LO-E", channel="d"),
    ]
    ready = in_order(rows, NOON)
    assert {channel: ids(row) for channel, row in ready.now.items()} == {"c": [4, 3, 2, 1], "d": [5]}
    assert ready.later is None


def test_fixed_never_overtakes_open() -> None:
    ready = in_order([due(2, sequence=5), due(1, sequence=1, tries=1, wait=2)], NOON)
    assert ready.now == {}
    assert ready.later == NOON + timedelta(minutes=2)
    ready = in_order([due(2, sequence=5), due(1, sequence=1, tries=1)], NOON)
    assert ids(ready.now["c"]) == [1, 2]


def test_but_one_text_that_a_service_refuses_for_ever_does_not_silence_the_next() -> None:
    ready = in_order([due(2, sequence=5), due(1, sequence=1, tries=IN_ORDER, wait=60)], NOON)
    assert ids(ready.now["c"]) == [2]
    assert ready.later == NOON + timedelta(minutes=60)


def test_blind_rounds_and_drills_wait_for_nothing() -> None:
    ready = in_order([due(1, finding="", sequence=0, tries=1, wait=9), due(2, finding="", sequence=0)], NOON)
    assert ids(ready.now["c"]) == [2]
