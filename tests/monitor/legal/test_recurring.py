"""What opened twice in six months from the same apparent cause, and what only looks like it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.findings.finding import Change, Finding, Step
from monitor.findings.reasons import Cause
from monitor.legal.recurring import Candidates, Known, Occurrence, recurring
from probes.reasons import OpenReason
from tests.monitor.findings.builders import NOON, Event, fold, opened

DAY = timedelta(days=1)


def finding(id_: str, **changed: object) -> Finding:
    return replace(fold([Event(NOON, opened())]).only, id=id_, **changed)  # type: ignore[arg-type]


def known(one: Finding, *times: datetime, cause: str = "") -> Known:
    steps = [Step.OPENED, *[Step.REOPENED] * len(times)]
    return Known(one, tuple(Change(one.id, n, steps[n], at, Cause.PROVEN) for n, at in enumerate(times)), cause)


def test_once_is_not_again() -> None:
    this = known(finding("A"), NOON)
    assert recurring(this, [this], NOON) == ()


def test_a_reopening_counts_and_other_steps_do_not() -> None:
    this = known(finding("A"), NOON - 9 * DAY, NOON)
    grown = replace(this, changes=(*this.changes, Change("A", 9, Step.GROWN, NOON, Cause.PROVEN)))
    assert recurring(grown, [grown], NOON) == (
        Occurrence("A", NOON - 9 * DAY, "finding"),
        Occurrence("A", NOON, "finding"),
    )


@pytest.mark.parametrize(
    ("change", "mine", "theirs", "same"),
    [
        ({}, "", "", "asset"),
        ({"asset": "other"}, "", "", ""),
        ({"kind": "media"}, "", "", ""),
        ({"why": OpenReason.INDEX_OFF_FILES_OPEN}, "", "", ""),
        ({"asset": "other"}, "A cable  was plugged in", "a cable was plugged IN", "cause"),
        ({}, "a cable", "an update", ""),  # people's word goes before what it looks like
        ({}, "a cable", "", "asset"),
    ],
)
def test_what_counts_as_the_same_apparent_cause(change: dict[str, object], mine: str, theirs: str, same: str) -> None:
    this, other = known(finding("A"), NOON, cause=mine), known(finding("B", **change), NOON - DAY, cause=theirs)
    found = recurring(this, [this, other], NOON)
    assert [one.same for one in found] == ([same, "finding"] if same else [])
    assert recurring(this, Candidates([other, this]).of(this), NOON) == found


def test_of_many_findings_few_are_looked_at() -> None:
    many = [known(finding(f"{n}", asset=f"a{n}"), NOON) for n in range(50)]
    assert Candidates(many).of(many[7]) == (many[7],)


@pytest.mark.parametrize(
    ("now", "earlier", "counts"),
    [
        ("2026-08-31T12:00Z", "2026-02-28T12:00Z", True),  # six months before 31 August is the end of February
        ("2026-08-31T12:00Z", "2026-02-28T11:59Z", False),
        ("2026-10-25T02:30Z", "2026-04-25T02:30Z", True),
    ],
)
def test_six_months_are_calendar_months(now: str, earlier: str, counts: bool) -> None:
    at, before = (datetime.fromisoformat(text).astimezone(UTC) for text in (now, earlier))
    this = known(finding("A"), before, at)
    assert bool(recurring(this, [this], at)) == counts
