"""Legal clocks: nights when the clocks change, leap days, month ends, awareness set back, laws that change."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from monitor.findings.finding import Change, Finding, State, Step
from monitor.findings.handling import Action, ActionKind
from monitor.findings.reasons import Cause
from monitor.legal.clocks import (
    Accepted,
    Basis,
    Clock,
    Link,
    Sent,
    Stage,
    Tells,
    aware_since,
    clocks,
    confirmed_at,
    earliest_start,
)
from monitor.legal.duties import STOCKHOLM, Duty, Law, LawUnreadable, in_force, law_of, laws
from probes.api import Certainty
from tests.monitor.findings.builders import NOON, Event, closed, fold, opened

GOLDEN = Path(__file__).parent / "golden"
REGION = Link("region", "controller")
VENDOR = Link("vendor", "processor", (Tells("region", "care", 24),))
STORAGE = Link("storage", "sub-processor", (Tells("vendor", "calls"),))
CHAIN = (STORAGE, VENDOR, REGION)
OMNIBUS = "2027-06-01"


def at(text: str) -> datetime:
    """A time as it is written down."""
    return datetime.fromisoformat(text).astimezone(UTC)


def confirmed(when: datetime) -> tuple[Finding, tuple[Change, ...]]:
    """A finding that was confirmed at that time."""
    folded = fold([Event(when, opened())])
    return folded.only, folded.changes


def aware(since: datetime, recorded: datetime | None = None, party: str = "region", by: str = "A. Officer") -> Action:
    """A person's word that a party is aware."""
    return Action(
        ActionKind.AWARE, recorded or since, by, party=party, since=since, reason="reasonable degree of certainty"
    )


def of(found: tuple[Clock, ...], duty: str, basis: Basis = Basis.LEGAL, party: str = "region") -> Clock:
    """The one clock of a duty."""
    (one,) = (c for c in found if c.duty.id == duty and c.basis is basis and c.party == party)
    return one


def run(start: str, now: str, *actions: Action, **more: object) -> tuple[Clock, ...]:
    """The clocks of a finding that was confirmed at `start`."""
    finding, changes = confirmed(at(start))
    return clocks(finding, changes, actions, CHAIN, laws(), at(now), **more)  # type: ignore[arg-type]


def test_g2_three_clocks_run_apart_and_start_at_confirmation() -> None:
    start = "2026-03-02T09:00Z"
    found = run(start, "2026-03-02T15:00Z")
    early, notice = (of(found, duty, Basis.CONSERVATIVE) for duty in ("early-warning", "notification"))
    authority = of(found, "authority", Basis.CONSERVATIVE)
    assert early.deadline == at("2026-03-03T09:00Z")
    assert notice.deadline == authority.deadline == at("2026-03-05T09:00Z")
    assert early.left == timedelta(hours=18)
    assert early.share == 0.25
    assert early.start is not None
    assert (early.start.at, early.start.by) == (at(start), "leftopen")
    # The month begins when the notification is sent, not before, and not at awareness.
    assert of(found, "final-report").stage is Stage.WAITING
    sent = (Sent("region", "notification", at("2026-03-04T10:00Z")),)
    found = run(start, "2026-03-06T09:00Z", sent=sent)
    (final,) = (c for c in found if c.duty.id == "final-report" and c.party == "region" and c.deadline)
    # The clocks change on 29 March: the earlier of the wall's month and UTC's.
    assert final.deadline == at("2026-04-04T09:00Z")
    assert of(found, "early-warning", Basis.CONSERVATIVE).stage is Stage.OVERDUE
    done = of(found, "notification", Basis.CONSERVATIVE)
    assert (done.stage, done.late, done.left) == (Stage.SENT, False, timedelta(hours=23))
    assert of(found, "authority", Basis.CONSERVATIVE).stage is Stage.OVERDUE


def test_nobody_has_said_since_when() -> None:
    found = run("2026-03-02T09:00Z", "2026-03-02T15:00Z", accepted={"region": Accepted(NOON, "region-mail", "LO/1")})
    clock = of(found, "authority")
    assert (clock.stage, clock.unset, clock.deadline) == (Stage.UNSET, timedelta(hours=6), None)
    assert "accepted by a provider" in clock.notes[0]
    # It is never set by the program: the conservative clock runs beside it.
    assert of(found, "authority", Basis.CONSERVATIVE).stage is Stage.RUNNING


def test_awareness_is_set_back_with_both_times_kept() -> None:
    action = aware(at("2026-03-01T20:00Z"), recorded=at("2026-03-02T11:00Z"))
    found = run("2026-03-02T09:00Z", "2026-03-02T12:00Z", action)
    clock = of(found, "authority")
    assert clock.start is not None
    assert (clock.start.at, clock.start.recorded) == (at("2026-03-01T20:00Z"), at("2026-03-02T11:00Z"))
    assert (clock.start.by, clock.start.reason) == ("A. Officer", "reasonable degree of certainty")
    assert clock.deadline == at("2026-03-04T20:00Z")
    # Others of the chain are aware when they say so themselves.
    assert of(found, "controller", party="vendor").stage is Stage.UNSET
    finding, changes = confirmed(at("2026-03-02T09:00Z"))
    assert earliest_start(finding, changes, (action,), "region") == at("2026-03-01T20:00Z")
    assert earliest_start(finding, changes, (action,), "vendor") == at("2026-03-02T09:00Z")


def test_a_later_word_gives_no_more_time() -> None:
    first = aware(at("2026-03-02T10:00Z"))
    second = aware(at("2026-03-09T10:00Z"), by="B. Officer")
    clock = of(run("2026-03-02T09:00Z", "2026-03-10T09:00Z", first, second), "authority")
    assert clock.deadline == at("2026-03-05T10:00Z")
    assert clock.stage is Stage.OVERDUE
    assert any("B. Officer" in note for note in clock.notes)
    earlier = aware(at("2026-03-02T08:00Z"), recorded=at("2026-03-11T08:00Z"))
    start, _ = aware_since((first, second, earlier), "region")
    assert start is not None
    assert start.at == at("2026-03-02T08:00Z")


def test_a_reopened_finding_restarts_no_clock() -> None:
    events = [Event(NOON, opened())]
    events += [Event(NOON + timedelta(hours=h), closed()) for h in (1, 2, 3)]
    events.append(Event(NOON + timedelta(days=5), opened()))
    folded = fold(events)
    assert folded.steps[-1] == "reopened"
    assert folded.only.confirmed == NOON + timedelta(days=5)
    assert confirmed_at(folded.only, folded.changes) == NOON
    actions = (aware(NOON + timedelta(hours=1)), aware(NOON + timedelta(days=5)))
    found = clocks(folded.only, folded.changes, actions, CHAIN, laws(), NOON + timedelta(days=6))
    for basis, hours in ((Basis.CONSERVATIVE, 72), (Basis.LEGAL, 73)):
        clock = of(found, "authority", basis)
        assert clock.deadline == NOON + timedelta(hours=hours)
        assert clock.stage is Stage.OVERDUE
        assert any("no clock restarts" in note for note in clock.notes)


def test_an_incident_that_outlasts_its_month() -> None:
    sent = (Sent("region", "notification", at("2026-03-04T10:00Z")),)
    finding, changes = confirmed(at("2026-03-02T09:00Z"))

    def reports(finding: Finding, now: str, sent: tuple[Sent, ...] = sent) -> list[tuple[str, Stage, datetime | None]]:
        found = clocks(finding, changes, (), (REGION,), laws(), at(now), sent=sent)
        return [(c.says, c.stage, c.deadline) for c in found if c.duty.id == "final-report"]

    month = at("2026-04-04T09:00Z")
    assert reports(finding, "2026-03-20T00:00Z") == [
        ("progress report", Stage.RUNNING, month),
        ("final report", Stage.WAITING, None),
    ]
    assert reports(finding, "2026-04-20T00:00Z")[0] == ("progress report", Stage.OVERDUE, month)
    in_time = replace(finding, state=State.CLEARED, cleared=at("2026-03-20T00:00Z"))
    assert reports(in_time, "2026-03-21T00:00Z") == [("final report", Stage.RUNNING, month)]
    late = replace(finding, state=State.CLEARED, cleared=at("2026-05-31T12:00Z"))
    told = (*sent, Sent("region", "final-report-progress", at("2026-04-03T09:00Z")))
    assert reports(late, "2026-06-01T00:00Z", told) == [
        ("final report", Stage.RUNNING, at("2026-06-30T12:00Z")),
        ("progress report", Stage.SENT, month),
    ]


def test_the_contract_gives_the_hours_or_there_is_no_number() -> None:
    told = {"region": Accepted(at("2026-03-02T09:05Z"), "region-mail", "LO-1/1")}
    found = run("2026-03-02T09:00Z", "2026-03-02T21:00Z", accepted=told)
    vendor = of(found, "controller", Basis.CONSERVATIVE, "vendor")
    assert (vendor.to, vendor.limit, vendor.deadline) == ("region", "24 h", at("2026-03-03T09:00Z"))
    assert vendor.accepted == told["region"]
    assert vendor.stage is Stage.RUNNING  # whether that message was enough, a person decides
    storage = of(found, "controller", Basis.CONSERVATIVE, "storage")
    assert (storage.to, storage.limit, storage.deadline, storage.stage) == ("vendor", "", None, Stage.NO_NUMBER)
    assert not [c for c in found if c.party == "region" and c.duty.id == "controller"]
    assert not [c for c in found if c.party == "vendor" and c.duty.id == "authority"]


def test_supplements_follow_the_first_report_by_four_weeks() -> None:
    sent = (Sent("region", "authority", at("2026-03-10T10:00Z")),)
    found = run("2026-03-02T09:00Z", "2026-03-30T10:00Z", sent=sent)
    assert of(found, "supplements").deadline == at("2026-04-07T10:00Z")
    first = of(found, "authority", Basis.CONSERVATIVE)
    assert (first.stage, first.late) == (Stage.SENT, True)


@pytest.mark.parametrize(
    ("hours", "level"), [(0, 0), (35.9, 0), (36, 50), (53.9, 50), (54, 75), (64.7, 75), (64.8, 90), (72, 90), (80, 90)]
)
def test_warnings(hours: float, level: int) -> None:
    finding, changes = confirmed(NOON)
    found = clocks(finding, changes, (), (REGION,), laws(), NOON + timedelta(hours=hours))
    clock = of(found, "authority", Basis.CONSERVATIVE)
    assert clock.warning == level
    assert clock.stage is (Stage.OVERDUE if hours > 72 else Stage.RUNNING)


def test_the_most_urgent_comes_first() -> None:
    found = run("2026-03-02T09:00Z", "2026-03-04T09:00Z", aware(at("2026-03-02T10:00Z")))
    assert [c.stage for c in found] == sorted(c.stage for c in found)
    running = [c.deadline for c in found if c.stage is Stage.RUNNING]
    assert running == sorted(d for d in running if d is not None)


def test_a_suspicion_starts_nothing() -> None:
    folded = fold([Event(NOON, opened(Certainty.LIKELY))])
    assert folded.steps == ["suspected"]
    found = clocks(folded.only, folded.changes, (), CHAIN, laws(), NOON + timedelta(days=9))
    assert {c.stage for c in found} == {Stage.WAITING}


def changed_law() -> tuple[Law, ...]:
    """The GDPR as it would be if the proposal of 96 hours became law one day."""
    (now,) = (law for law in laws() if law.id == "gdpr")
    first, *others = now.duties
    day = date.fromisoformat(OMNIBUS)
    later = replace(now, version="test", valid_from=day, duties=(replace(first, limit="96 h"), *others))
    return (replace(now, valid_to=day - timedelta(days=1)), later)


@pytest.mark.parametrize(
    ("start", "hours", "version"),
    [
        ("2027-05-31T12:00+02:00", 72, "1"),  # the law changes before the deadline: the version at the start holds
        ("2027-05-31T23:59+02:00", 72, "1"),
        ("2027-06-01T00:00+02:00", 96, "test"),
    ],
)
def test_a_law_that_changes_between_start_and_deadline(start: str, hours: int, version: str) -> None:
    finding, changes = confirmed(at(start))
    now = at(start) + timedelta(days=2)
    found = clocks(finding, changes, (aware(at(start)),), (REGION,), changed_law(), now)
    for basis in Basis:
        clock = of(found, "authority", basis)
        assert clock.law.version == version
        assert clock.deadline == at(start) + timedelta(hours=hours)


def test_each_reading_has_the_law_of_its_own_start() -> None:
    start = at("2027-05-31T12:00+02:00")
    finding, changes = confirmed(start)
    late = aware(start + timedelta(days=1))
    found = clocks(finding, changes, (late,), (REGION,), changed_law(), start + timedelta(days=2))
    assert of(found, "authority", Basis.CONSERVATIVE).law.version == "1"
    assert of(found, "authority").law.version == "test"


def test_a_directive_is_not_shown_beside_the_law_that_carries_it_out() -> None:
    assert [law.id for law in in_force(laws(), at("2026-01-14T23:59+01:00"))] == ["gdpr", "nis2"]
    assert [law.id for law in in_force(laws(), at("2026-01-15T00:00+01:00"))] == ["cybersakerhetslagen", "gdpr"]
    found = run("2026-01-14T12:00+01:00", "2026-01-16T12:00+01:00")
    assert of(found, "notification", Basis.CONSERVATIVE).law.id == "nis2"
    assert of(found, "notification").law.id == "cybersakerhetslagen"


def test_an_unverified_limit_is_never_a_deadline() -> None:
    trust = Duty("trust", "x", "tell", "säga", ("controller",), "the CSIRT", "aware", "24 h", True, verified=False)
    (law, *_) = laws()
    finding, changes = confirmed(NOON)
    found = clocks(finding, changes, (aware(NOON),), (REGION,), (replace(law, duties=(trust,)),), NOON)
    assert [(c.deadline, c.stage) for c in found] == [(None, Stage.NO_NUMBER)] * 2
    # What nobody has verified is in no limit of ours.
    for one in laws():
        for duty in one.duties:
            assert duty.verified
            assert duty.limit in ("24 h", "72 h", "28 d", "1 month", "contract")


def test_every_law_says_where_it_is_from() -> None:
    for law in laws():
        assert law.source
        assert law.checked_by
        assert law.checked_on >= date(2026, 11, 21)
        assert {duty.id for duty in law.duties}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("valid_from = 2018-05-25", "valid_from = 2018-05-25\nvalid_to = 2017-01-01"), "ends before it begins"),
        (('starts = "sent:authority"', 'starts = "sent:nobody"'), "no duty 'nobody'"),
        (('starts = "sent:authority"', 'starts = "moon"'), "unknown start"),
        (('limit = "72 h"', 'limit = "72 moons"'), "is no limit"),
        (('limit = "72 h"', 'limitt = "72 h"'), "limitt"),
        (("version = ", "versjon = "), "versjon"),
        (('id = "gdpr"', "id = "), "Invalid value"),
    ],
)
def test_a_law_file_that_is_wrong_says_how(change: tuple[str, str], says: str) -> None:
    text = files("monitor.legal.laws").joinpath("gdpr-1.toml").read_text(encoding="utf-8")
    with pytest.raises(LawUnreadable, match=says):
        law_of(text.replace(*change, 1), "gdpr-1.toml")


def line(clock: Clock) -> str:
    """A clock as a line of a golden file."""
    ends = (
        f"{clock.deadline:%Y-%m-%d %H:%MZ} = {clock.deadline.astimezone(STOCKHOLM):%a %Y-%m-%d %H:%M%z}"
        if clock.deadline
        else clock.limit or "no number"
    )
    starts = f"{clock.start.at:%Y-%m-%d %H:%MZ} by {clock.start.by}" if clock.start else "-"
    return (
        f"{clock.party:<8} {clock.duty.article:<14} {clock.basis:<13} {clock.stage.name:<10} from {starts} to {ends}"
        f" | {clock.says}"
    )


STORIES = {
    "the October night": "2026-10-25T02:30+01:00",
    "the March night": "2026-03-29T01:30+01:00",
    "the end of January in a leap year": "2028-01-28T10:00+01:00",
}


@pytest.mark.parametrize("law", laws(), ids=lambda law: f"{law.id}-{law.version}")
def test_golden_files_of_each_version_of_each_law(law: Law) -> None:
    out = [f"# {law.name}, version {law.version}, from {law.valid_from}, {law.source}"]
    for title, start in STORIES.items():
        finding, changes = confirmed(at(start))
        sent = tuple(Sent("region", duty, at(start) + timedelta(hours=70)) for duty in ("authority", "notification"))
        action = aware(at(start) + timedelta(hours=2), recorded=at(start) + timedelta(hours=9))
        later = at(start) + timedelta(hours=80)
        alone = (replace(law, valid_from=date(2018, 1, 1)),)
        found = clocks(finding, changes, (action,), CHAIN, alone, later, sent=sent)
        out += ["", f"## {title}: confirmed {start}, looked at {later:%Y-%m-%d %H:%MZ}", *map(line, found)]
    text = "\n".join(out) + "\n"
    file = GOLDEN / f"{law.id}-{law.version}.txt"
    if os.environ.get("WRITE_GOLDEN"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
    assert file.read_text("utf-8") == text


def test_opened_alone_counts_as_the_confirmation() -> None:
    finding, _ = confirmed(NOON)
    changes = (
        Change(finding.id, 1, Step.SUSPECTED, NOON - timedelta(hours=1), Cause.PROVEN),
        Change(finding.id, 2, Step.OPENED, NOON, Cause.PROVEN),
        Change(finding.id, 3, Step.REOPENED, NOON + timedelta(days=9), Cause.PROVEN),
    )
    assert confirmed_at(finding, changes) == NOON
