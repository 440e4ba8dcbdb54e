"""On-call schedules and quiet hours: tables over nights when clocks change, and properties of any moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.routing.oncall import on_duty, quiet_until
from monitor.inventory.load import Problems, check, loads
from monitor.inventory.model.installation.oncall import Schedule
from monitor.inventory.model.inventory import Channel

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NAMES = ("anna", "bo", "eva")


def schedule(starts: str = "2026-11-23T08:00", every: str = "7d", **more: Any) -> Schedule:
    rotation = {"starts": starts, "every": every, "channels": list(NAMES)}
    return Schedule.model_validate({"id": "duty", "zone": "Europe/Stockholm", "rotation": rotation, **more})


def wall(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM, fold=fold)


@pytest.mark.parametrize(
    ("at", "who"),
    [
        ("2026-11-01T12:00", "anna"),  # before the first turn nobody is a hole
        ("2026-11-23T08:00", "anna"),
        ("2026-11-30T07:59", "anna"),
        ("2026-11-30T08:00", "bo"),
        ("2026-12-07T08:00", "eva"),
        ("2026-12-14T08:00", "anna"),
        # The clock went forward on 29 March 2027 and back on 31 October 2027: it is still handed over at eight.
        ("2027-03-29T07:59", "eva"),
        ("2027-03-29T08:00", "anna"),
        ("2027-11-01T07:59", "anna"),
        ("2027-11-01T08:00", "bo"),
    ],
)
def test_it_is_handed_over_at_eight_on_the_wall(at: str, who: str) -> None:
    assert on_duty(schedule(), wall(at)) == who


def test_a_handover_in_an_hour_that_comes_twice_or_not_at_all_happens_once() -> None:
    # 31 October 2027: 02:00 to 03:00 comes twice. 28 March 2027: it does not come.
    daily = schedule("2027-10-30T02:30", "1d")
    before, first = wall("2027-10-31T02:29"), wall("2027-10-31T02:30")
    assert [on_duty(daily, at) for at in (before, first, wall("2027-10-31T02:10", 1), wall("2027-10-31T02:40", 1))] == [
        "anna",
        "bo",
        "bo",
        "bo",
    ]
    daily = schedule("2027-03-27T02:30", "1d")
    assert on_duty(daily, wall("2027-03-28T01:59")) == "anna"
    assert on_duty(daily, wall("2027-03-28T03:30")) == "bo"
    assert on_duty(daily, wall("2027-03-29T02:29")) == "bo"


def test_an_override_holds_from_its_beginning_to_its_end_and_the_later_in_the_list_wins() -> None:
    overrides = [
        {"from": "2026-12-24T08:00", "to": "2026-12-26T08:00", "channel": "eva"},
        {"from": "2026-12-25T08:00", "to": "2026-12-25T20:00", "channel": "bo"},
    ]
    one = schedule(overrides=overrides)
    assert on_duty(one, wall("2026-12-24T08:00")) == "eva"
    assert on_duty(one, wall("2026-12-25T08:00")) == "bo"
    assert on_duty(one, wall("2026-12-25T20:00")) == "eva"
    assert on_duty(one, wall("2026-12-26T08:00")) == on_duty(schedule(), wall("2026-12-26T08:00"))


moments = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001


@given(moments, st.integers(1, 21), st.integers(0, 23))
def test_somebody_is_always_on_duty_and_turns_go_round_in_order(at: datetime, days: int, hour: int) -> None:
    one = schedule(f"2026-01-05T{hour:02}:30", f"{days}d")
    now, later = on_duty(one, at), on_duty(one, at + timedelta(days=days))
    assert now in NAMES
    following, after = (NAMES[(NAMES.index(now) + step) % 3] for step in (1, 2))
    # So many days of 24 hours hold one handover; where the clocks change on the way they are up to an hour more or less
    # on the wall, which may hold two handovers, or none.
    changed = at.astimezone(STOCKHOLM).utcoffset() != (at + timedelta(days=days)).astimezone(STOCKHOLM).utcoffset()
    assert later in ((now, following, after) if changed else (now, following))


@given(moments, st.integers(1, 14))
def test_a_duty_changes_only_at_the_hour_of_the_handover(at: datetime, days: int) -> None:
    one = schedule("2026-01-05T08:00", f"{days}d")
    local = at.astimezone(STOCKHOLM)
    if local.hour != 7 or local.minute != 59:
        soon = at + timedelta(minutes=1)
        assert on_duty(one, at) == on_duty(one, soon) or soon.astimezone(STOCKHOLM).strftime("%H:%M") == "08:00"


QUIET = Channel.model_validate(
    {
        "id": "day",
        "party": "voice",
        "url": "env:DAY",
        "quiet": {"from": "22:00", "to": "07:00", "zone": "Europe/Stockholm", "below": "high"},
    }
)


@pytest.mark.parametrize(
    ("severity", "at", "until"),
    [
        ("low", "2026-11-23T21:59", None),
        ("low", "2026-11-23T22:00", "2026-11-24T07:00"),
        ("medium", "2026-11-24T06:59", "2026-11-24T07:00"),
        ("medium", "2026-11-24T07:00", None),
        ("high", "2026-11-24T03:00", None),
        ("critical", "2026-11-24T03:00", None),
        ("low", "2027-03-28T03:30", "2027-03-28T07:00"),  # a night of eight hours
        ("low", "2027-10-31T02:30", "2027-10-31T07:00"),  # and one of ten
    ],
)
def test_quiet_hours_by_severity(severity: str, at: str, until: str | None) -> None:
    assert quiet_until(QUIET, severity, wall(at)) == (wall(until) if until else None)


@given(moments)
def test_what_waits_for_the_morning_is_sent_within_a_night_and_is_free_then(at: datetime) -> None:
    until = quiet_until(QUIET, "medium", at)
    if until is not None:
        assert timedelta(0) < until - at <= timedelta(hours=10)
        assert quiet_until(QUIET, "medium", until) is None
    assert quiet_until(QUIET, "high", at) is None


INVENTORY = """leftopen: 1
organisation: {id: o, name: O, contact: a@o.example}
parties: [{id: p, name: P, role: controller, channels: [duty]}, {id: q, name: Q, role: processor, channels: [other]}]
channels:
  - {id: anna, party: p, url: "env:A", operator: true, fallback: bo}
  - {id: bo, party: p, url: "env:B"}
  - {id: other, party: q, url: "env:C"}
schedules:
  - id: duty
    zone: Europe/Stockholm
    rotation: {starts: 2026-11-23T08:00, every: 7d, channels: [anna, bo]}
    overrides:
      - {from: 2026-12-24T08:00, to: 2026-12-27T08:00, channel: bo}
assets: [{id: a, host: a.example, owner: p}]
"""


def test_a_schedule_is_read_and_its_channels_reach_the_party() -> None:
    inventory = loads(INVENTORY)
    assert [channel.id for channel in inventory.channels_of(inventory.party("p"))] == ["anna", "bo"]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("[anna, bo]}", "[anna, bob]}", "inventory.yaml:11: channels 'bob' is no declared channel (known: anna, bo"),
        ("[anna, bo]}", "[]}", "inventory.yaml:11: channels: is an empty list: name at least one"),
        ("Europe/Stockholm", "Europe/Stokholm", "inventory.yaml:10: zone: 'Europe/Stokholm' is not a time zone"),
        ("every: 7d", "every: 12h", "inventory.yaml:11: every: a turn lasts whole days or weeks"),
        ("starts: 2026-11-23T08:00", "starts: 2026-11-23", "inventory.yaml:11: starts: '2026-11-23' is not a moment"),
        ("to: 2026-12-27T08:00", "to: 2026-12-20T08:00", "inventory.yaml:13: an override ends after it begins"),
        ("channel: bo}", "channel: eva}", "inventory.yaml:13: channel 'eva' is no declared channel"),
        ("channel: bo}", "channel: other}", "inventory.yaml:3: channel 'other' of schedule 'duty' reaches another"),
        ("to: 2026-12-27T08:00, ", "", "inventory.yaml:13: override 1 needs the key 'to'"),
        ("from: 2026", "form: 2026", "inventory.yaml:13: unknown key 'form' (known: from, to, channel): did you mean"),
        ("id: duty", "id: anna", "inventory.yaml:9: 'anna' is the id of a channel too"),
        ("fallback: bo", "fallback: other", "inventory.yaml:5: channel 'other' reaches somebody else"),
        ("fallback: bo", "fallback: anna", "inventory.yaml:5: channel 'anna' falls back on itself"),
        ("fallback: bo", "fallback: nobody", "inventory.yaml:5: fallback 'nobody' is no declared channel"),
        (
            "fallback: bo",
            'quiet: {from: "7:00", to: "07:00", zone: UTC}',
            "inventory.yaml:5: from: '7:00' is not a time of day",
        ),
        (
            "fallback: bo",
            'quiet: {from: "07:00", to: "07:00", zone: UTC}',
            "inventory.yaml:5: quiet hours end at another time than they begin",
        ),
        (
            "fallback: bo",
            'quiet: {from: "22:00", to: "07:00", zone: UTC, below: critical}',
            "inventory.yaml:5: below: 'critical' is none of medium, high",
        ),
    ],
)
def test_what_is_wrong_has_its_line(old: str, new: str, problem: str) -> None:
    assert INVENTORY.count(old) == 1 or old in ("[anna, bo]}", "Europe/Stockholm")
    with pytest.raises(Problems) as caught:
        loads(INVENTORY.replace(old, new))
    assert problem in str(caught.value)


def test_overlapping_overrides_and_a_schedule_of_nobody_are_warned_of(tmp_path: Any) -> None:
    text = INVENTORY.replace(
        "channel: bo}\n", "channel: bo}\n      - {from: 2026-12-26T08:00, to: 2026-12-28T08:00, channel: anna}\n"
    )
    file = tmp_path / "inventory.yaml"
    file.write_text(text)
    said = {(one.line, one.text) for one in check(file, datetime(2026, 11, 21, tzinfo=UTC).date()).warnings}
    assert (14, "it overlaps an earlier override of 'duty': the later one in the list holds") in said
    file.write_text(text.replace("channels: [duty]", "channels: [anna]"))
    said = {(one.line, one.text) for one in check(file, datetime(2026, 11, 21, tzinfo=UTC).date()).warnings}
    assert (9, "no party lists schedule 'duty' among its channels") in said
