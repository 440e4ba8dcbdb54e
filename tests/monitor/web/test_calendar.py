"""The calendar: turns of duty, deadlines and ends of one party, with ids alone, readable by a program with a token."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from icalendar import Calendar, Event

from monitor.alerts.routing.oncall import on_duty, shifts
from monitor.inventory.load import loads
from tests.monitor.web.house import CANARY, NOW, TEXT
from tests.monitor.web.serving import Site, site

SCHEDULE = """
schedules:
  - id: beta-duty
    zone: Europe/Stockholm
    rotation: {starts: 2026-09-28T08:00, every: 7d, channels: [beta-oncall, beta-second]}
    overrides: [{from: 2026-10-02T18:00, to: 2026-10-03T08:00, channel: beta-second}]
"""


def events(text: str) -> list[Event]:
    return [one for one in Calendar.from_ical(text).walk("VEVENT") if isinstance(one, Event)]


async def token(at: Site, party: str, scope: str = "calendar:read") -> str:
    made = await at.services.access(
        lambda file: file.make_token(f"{party} {scope}", "viewer", party, (scope,), NOW, NOW + timedelta(days=9))
    )
    assert made is not None
    return made


async def test_a_party_reads_its_own_deadlines_and_ends_and_no_place(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        cookie = await at.signed_in("approver", "beta")
        finding = at.house.findings["beta-disk"].id
        said = {"act": "aware", "reason": "r", "key": "k", "etag": "1.0", "since": "2026-10-01T11:30"}
        assert (await at.post(f"/findings/{finding}/act", cookie, data=said)).status == 303
        basic = base64.b64encode(f"x:{await token(at, 'beta')}".encode()).decode()
        answer = await at.get("/calendar.ics", headers={"Authorization": f"Basic {basic}"})
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
        found = events(answer.text)
        summaries = [str(one["SUMMARY"]) for one in found]
        assert any(one.startswith(finding) for one in summaries)
        assert "Permission to look ends: c-beta" in summaries
        uids = [str(one["UID"]) for one in found]
        assert len(set(uids)) == len(uids)
        again = await at.get("/calendar.ics", headers={"Authorization": f"Basic {basic}"})
        assert [str(one["UID"]) for one in events(again.text)] == uids, "the same entry keeps its name"
        for word in (*CANARY.values(), "b.test", "192.0.2", "c-alpha", at.house.findings["alpha-disk"].id, "Anna"):
            assert word not in answer.text
        clocks = [one for one in found if str(one["SUMMARY"]).startswith(finding)]
        assert all(one.walk("VALARM") for one in clocks)
        assert all(one.decoded("DTSTART").tzinfo is not None for one in clocks)


@pytest.mark.parametrize("header", ["Basic eDp4", "Basic !!", "Basic", "Basic " + "A" * 4000])
async def test_a_wrong_password_reads_nothing(tmp_path: Path, header: str) -> None:
    async with site(tmp_path) as at:
        assert (await at.get("/calendar.ics", headers={"Authorization": header})).status == 401


async def test_a_password_is_for_reading_and_for_what_its_token_may(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        secret = await token(at, "beta")
        basic = {"Authorization": "Basic " + base64.b64encode(f"x:{secret}".encode()).decode()}
        assert (await at.get("/findings.csv", headers=basic)).status == 403
        writes = await token(at, "beta", "actions:write")
        basic = {"Authorization": "Basic " + base64.b64encode(f"x:{writes}".encode()).decode()}
        path = f"/api/v1/findings/{at.house.findings['beta-disk'].id}/actions"
        keys = {"Idempotency-Key": "k", "If-Match": '"1.0"', "Sec-Fetch-Site": "same-origin"}
        answer = await at.get(path, method="POST", json={"act": "acknowledge"}, headers={**basic, **keys})
        assert answer.status == 401, "a browser sends a password by itself: nothing is done by it"


def test_turns_follow_one_another_without_a_hole_over_the_night_of_two_hours() -> None:
    channels = 'channels:\n  - {id: beta-second, party: beta, url: "env:B2"}\n'
    declared = loads(TEXT.replace("channels:\n", channels) + SCHEDULE)
    schedule = declared.schedules[0]
    since, until = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    found = list(shifts(schedule, since, until))
    assert [one[2] for one in found[:3]] == ["beta-oncall", "beta-second", "beta-oncall"]
    for (_, end, who), (start, _, other) in pairwise(found):
        assert end == start
        assert who != other
    assert found[0][0] <= since
    assert found[-1][1] >= until
    for start, end, who in found:
        assert {on_duty(schedule, start), on_duty(schedule, end - timedelta(seconds=1))} == {who}
    assert date(2026, 10, 26) in {start.date() for start, _, _ in found}
