"""Limits of the law as times: hours over nights when the clocks change, calendar months, and what is no limit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.legal.clocks import Basis
from monitor.legal.duties import STOCKHOLM, deadline
from tests.monitor.findings.builders import NOON
from tests.monitor.legal.test_clocks import at, of, run


@pytest.mark.parametrize(
    ("start", "end"),
    [
        # October: the hour from 2 to 3 comes twice, once in summer time and once in winter time.
        ("2026-10-25T02:30+02:00", "2026-10-28T01:30+01:00"),
        ("2026-10-25T02:30+01:00", "2026-10-28T02:30+01:00"),
        ("2026-10-24T12:00+02:00", "2026-10-27T11:00+01:00"),
        # March: the hour from 2 to 3 does not come.
        ("2026-03-29T01:59+01:00", "2026-04-01T02:59+02:00"),
        ("2026-03-29T03:00+02:00", "2026-04-01T03:00+02:00"),
        ("2028-02-27T08:00+01:00", "2028-03-01T08:00+01:00"),  # over a leap day
        ("2026-12-30T23:30+01:00", "2027-01-02T23:30+01:00"),
    ],
)
def test_seventy_two_hours_are_seventy_two_hours(start: str, end: str) -> None:
    assert deadline(at(start), "72 h") == at(end)
    # A wall clock's time that comes twice is told apart by its fold alone, and is no other hour for that.
    assert deadline(at(start).astimezone(STOCKHOLM), "72 h") == at(end)
    found = of(run(start, start), "authority", Basis.CONSERVATIVE)
    assert found.deadline == at(end)
    assert found.left == timedelta(hours=72)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-01-31T10:00Z", "2026-02-28T10:00Z"),
        ("2028-01-31T10:00Z", "2028-02-29T10:00Z"),
        ("2028-02-29T10:00Z", "2028-03-29T09:00Z"),  # summer time began on the 26th: the wall's noon comes first
        ("2026-08-31T10:00Z", "2026-09-30T10:00Z"),
        ("2026-10-10T10:00Z", "2026-11-10T10:00Z"),  # winter time began: UTC's month ends first
        ("2026-12-31T22:59Z", "2027-01-31T22:59Z"),
        ("2026-01-31T23:30Z", "2026-02-28T23:30Z"),  # 1 February in Stockholm
        ("2026-11-30T12:00Z", "2026-12-30T12:00Z"),
    ],
)
def test_a_calendar_month(start: str, end: str) -> None:
    assert deadline(at(start), "1 month") == at(end)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_limits_never_give_more_than_they_say(start: datetime) -> None:
    assert deadline(start, "72 h") - start == timedelta(hours=72)
    assert deadline(start, "28 d") - start == timedelta(days=28)
    month = deadline(start, "1 month") - start
    assert timedelta(days=28) - timedelta(hours=1) <= month <= timedelta(days=31)


@pytest.mark.parametrize("limit", ["", "72", "0 h", "-1 h", "72 hours", "soon h"])
def test_what_is_no_limit_is_refused(limit: str) -> None:
    with pytest.raises(ValueError, match=r"limit|invalid literal"):
        deadline(NOON, limit)
