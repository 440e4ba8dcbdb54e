"""Both sides of a bucket: how they fit, and what each fit does to a finding, by the same machine as every other."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.accounts.bucket_settings import Absent, BucketSettings, Grant, Read, Unreadable, Whom
from monitor.accounts.compare import (
    KIND,
    DeclaredBucket,
    Fit,
    Joined,
    Outside,
    Seen,
    join,
    missing,
    outside,
    verdict_of,
)
from monitor.findings.decide import Decision, Look, Policy
from monitor.findings.finding import Finding, State, Step
from monitor.findings.match import OnFile, match_verdicts
from probes.api import Certainty, Check, Clear, Exposed, Place, Unknown
from probes.facts import Fact, FactKind
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason, Why
from tests.monitor.findings.builders import NOON

PLACE = Place("s3.amazonaws.com", 443, "/calls/")
POLICY = Policy("region", "recordings")
OPEN = BucketSettings("calls", "1", policy_public=Read(value=True))
SHUT = BucketSettings("calls", "1")
DARK = BucketSettings("calls", "1", policy_public=Unreadable("AccessDenied"))
MINUTE = timedelta(minutes=1)


def both(settings: BucketSettings, seen: Seen, why: Why | None = None, minutes: float = 0) -> Joined:
    usual: dict[Seen, Why] = {
        Seen.OPEN: OpenReason.LISTED,
        Seen.CLOSED: ClosedReason.DENIED,
        Seen.UNKNOWN: NoAnswerReason.TIMED_OUT,
    }
    why = why or usual.get(seen)
    at = None if seen is Seen.NEVER else NOON + minutes * MINUTE
    return join(settings, DeclaredBucket("calls", PLACE, Outside(seen, why, at)))


@pytest.mark.parametrize(
    ("settings", "seen", "fit"),
    [
        (OPEN, Seen.OPEN, Fit.AGREE_OPEN),
        (OPEN, Seen.CLOSED, Fit.OPEN_NOT_SEEN),
        (OPEN, Seen.UNKNOWN, Fit.OPEN_NOT_SEEN),
        (OPEN, Seen.NEVER, Fit.OPEN_NOT_SEEN),
        (SHUT, Seen.OPEN, Fit.CLOSED_SEEN_OPEN),
        (SHUT, Seen.CLOSED, Fit.AGREE_CLOSED),
        (SHUT, Seen.UNKNOWN, Fit.CLOSED_UNSEEN),
        (SHUT, Seen.NEVER, Fit.CLOSED_UNSEEN),
        (DARK, Seen.OPEN, Fit.UNREADABLE),
        (DARK, Seen.CLOSED, Fit.UNREADABLE),
        (DARK, Seen.UNKNOWN, Fit.UNREADABLE),
        (DARK, Seen.NEVER, Fit.UNREADABLE),
    ],
)
def test_how_the_two_sides_fit(settings: BucketSettings, seen: Seen, fit: Fit) -> None:
    joined = both(settings, seen)
    assert joined.fit is fit
    assert joined.reasons
    assert joined.open is (settings is OPEN or seen is Seen.OPEN)


def test_a_bucket_that_nobody_declared_and_one_that_is_nowhere() -> None:
    undeclared = join(OPEN, None)
    assert (undeclared.fit, undeclared.open, verdict_of(undeclared, None)) == (Fit.UNDECLARED, True, None)
    gone = missing("calls", DeclaredBucket("calls", PLACE, Outside(Seen.CLOSED, ClosedReason.NO_BUCKET, NOON)))
    assert (gone.fit, gone.open, verdict_of(gone, None)) == (Fit.MISSING, False, None)


def test_reasons_name_what_may_explain_a_disagreement() -> None:
    account = BucketSettings("calls", "1", grants=Read((Grant(Whom.ANY_ACCOUNT, "READ"),)))
    assert any("probing key" in reason for reason in both(account, Seen.CLOSED).reasons)
    check = Check("read", "unknown", UndecidedReason.NO_KNOWN_KEY)
    unread = join(OPEN, DeclaredBucket("calls", PLACE, Outside(Seen.CLOSED, ClosedReason.DENIED, NOON, (check,))))
    assert any("no object is declared" in reason for reason in unread.reasons)
    fronted = BucketSettings("calls", "1", fronts=Read(("d1.cloudfront.net",)))
    assert any("d1.cloudfront.net" in reason for reason in both(fronted, Seen.OPEN).reasons)
    hidden = BucketSettings("calls", "1", fronts=Unreadable("AccessDenied"))
    assert any("cannot be read" in reason for reason in both(hidden, Seen.OPEN).reasons)


class Life:
    """One finding through a row of readings."""

    def __init__(self) -> None:
        self.finding: Finding | None = None
        self.steps: list[Step] = []

    def read(self, minutes: float, settings: BucketSettings, seen: Seen, looked: float | None = None) -> None:
        joined = both(settings, seen, minutes=minutes if looked is None else looked)
        verdict = verdict_of(joined, self.finding)
        if verdict is None:
            return
        (decision,) = match_verdicts(
            (verdict,),
            Look("calls", "account", "settings in ours", NOON + minutes * MINUTE),
            OnFile({} if self.finding is None else {self.finding.fingerprint: self.finding}),
            POLICY,
        )
        if isinstance(decision, Decision):
            self.finding = decision.finding
            if decision.change is not None:
                self.steps.append(decision.change.step)

    @property
    def state(self) -> State | None:
        return None if self.finding is None else self.finding.state


def test_settings_that_are_open_where_nobody_gets_in_are_a_finding_at_once() -> None:
    life = Life()
    life.read(0, OPEN, Seen.CLOSED)
    assert life.finding is not None
    assert (life.finding.kind, life.finding.why, life.finding.place) == (KIND, OpenReason.CONFIGURED_OPEN, PLACE)
    assert life.steps == [Step.OPENED]
    assert life.finding.extent.files == 0
    assert life.finding.proof == (Proof(ProofStep.SETTINGS_LET_IN), Proof(ProofStep.LOOK_KEPT_OUT))


def test_it_closes_only_when_both_sides_say_closed_often_and_long_enough() -> None:
    life = Life()
    life.read(0, OPEN, Seen.CLOSED)
    for minute, settings, seen in (
        (10, DARK, Seen.CLOSED),
        (20, SHUT, Seen.UNKNOWN),
        (30, SHUT, Seen.NEVER),
        (40, DARK, Seen.UNKNOWN),
        (80, SHUT, Seen.UNKNOWN),
    ):
        life.read(minute, settings, seen)
    assert (life.state, life.steps) == (State.EXPOSED, [Step.OPENED])
    for minute in (100, 115):
        life.read(minute, SHUT, Seen.CLOSED)
    assert life.state is State.CLEARING
    life.read(131, SHUT, Seen.CLOSED)
    assert (life.state, life.steps[-1]) == (State.CLEARED, Step.CLEARED)


def test_what_becomes_open_on_both_sides_is_no_agreement_that_closes() -> None:
    life = Life()
    life.read(0, OPEN, Seen.CLOSED)
    for minute in range(1, 120, 10):
        life.read(minute, OPEN, Seen.OPEN)
    assert (life.state, life.steps) == (State.EXPOSED, [Step.OPENED])
    life.read(130, SHUT, Seen.CLOSED)
    life.read(131, OPEN, Seen.OPEN)
    assert life.state is State.EXPOSED


def test_open_on_both_sides_is_the_buckets_own_finding_alone() -> None:
    life = Life()
    life.read(0, OPEN, Seen.OPEN)
    assert life.finding is None


def test_before_the_first_look_from_outside_nobody_is_told_of_open_settings() -> None:
    life = Life()
    life.read(0, OPEN, Seen.NEVER)
    assert (life.state, life.steps) == (State.SUSPECTED, [Step.SUSPECTED])
    life.read(1, OPEN, Seen.OPEN)
    life.read(20, OPEN, Seen.OPEN)
    life.read(40, OPEN, Seen.OPEN)
    assert life.steps == [Step.SUSPECTED, Step.DISPELLED]  # the bucket's own finding tells of it
    other = Life()
    other.read(0, OPEN, Seen.NEVER)
    other.read(2, OPEN, Seen.CLOSED)
    assert other.steps == [Step.SUSPECTED, Step.OPENED]


def test_an_open_bucket_whose_settings_say_closed_is_told_after_a_look_that_is_younger_than_the_settings() -> None:
    life = Life()
    life.read(0, SHUT, Seen.OPEN, looked=-10)
    assert life.steps == [Step.SUSPECTED]
    life.read(5, SHUT, Seen.OPEN, looked=-10)  # the same look again proves nothing
    assert life.steps == [Step.SUSPECTED]
    life.read(10, SHUT, Seen.OPEN, looked=8)
    assert life.steps == [Step.SUSPECTED, Step.OPENED]
    assert life.finding is not None
    assert Fact(FactKind.CONFIGURED_CLOSED) in life.finding.facts
    assert life.finding.why is OpenReason.LISTED


def test_a_bucket_that_was_just_closed_is_no_disagreement() -> None:
    life = Life()
    life.read(0, SHUT, Seen.OPEN, looked=-10)
    for minute in (5, 25, 45):
        life.read(minute, SHUT, Seen.CLOSED)
    assert life.steps == [Step.SUSPECTED, Step.DISPELLED]


FRESH = timedelta(hours=1)
EXPOSED, CLEAR, UNKNOWN = "exposed", "clear", "unknown"


def on_file(state: State) -> Finding:
    life = Life()
    life.read(0, OPEN, Seen.CLOSED)
    assert life.finding is not None
    from dataclasses import replace

    return replace(life.finding, state=state, why=OpenReason.LISTED)


@pytest.mark.parametrize(
    ("looks", "state", "expected"),
    [
        ([], None, Seen.NEVER),
        ([(EXPOSED, OpenReason.LISTED, 0)], None, Seen.OPEN),
        ([(CLEAR, ClosedReason.DENIED, 0)], None, Seen.CLOSED),
        ([(UNKNOWN, NoAnswerReason.TIMED_OUT, 0)], None, Seen.UNKNOWN),
        ([(CLEAR, ClosedReason.DENIED, 0), (EXPOSED, OpenReason.LISTED, 0)], None, Seen.OPEN),
        ([(CLEAR, ClosedReason.DENIED, 0), (UNKNOWN, NoAnswerReason.TIMED_OUT, 0)], None, Seen.CLOSED),
        ([(CLEAR, ClosedReason.DENIED, 300)], None, Seen.NEVER),
        ([(EXPOSED, OpenReason.LISTED, 300)], None, Seen.NEVER),
        ([(CLEAR, ClosedReason.DENIED, 300), (EXPOSED, OpenReason.LISTED, 1)], None, Seen.OPEN),
        ([(UNKNOWN, NoAnswerReason.TIMED_OUT, 0)], State.EXPOSED, Seen.OPEN),
        ([(CLEAR, ClosedReason.DENIED, 0)], State.CLEARING, Seen.UNKNOWN),
        ([(CLEAR, ClosedReason.DENIED, 0)], State.CLEARED, Seen.CLOSED),
        ([], State.EXPOSED, Seen.OPEN),
        ([], State.CLEARING, Seen.UNKNOWN),
    ],
)
def test_what_a_stranger_saw(looks: list[tuple[str, Why, int]], state: State | None, expected: Seen) -> None:
    taken = [(verdict, why, NOON - age * MINUTE, ()) for verdict, why, age in looks]
    findings = [] if state is None else [on_file(state)]
    assert outside(taken, findings, NOON, FRESH).seen is expected  # type: ignore[arg-type]


def test_each_fit_is_one_kind_of_sight() -> None:
    def kind(settings: BucketSettings, seen: Seen) -> object:
        return type(verdict_of(both(settings, seen), None))

    assert kind(OPEN, Seen.CLOSED) is Exposed
    assert kind(OPEN, Seen.UNKNOWN) is Exposed
    assert kind(SHUT, Seen.OPEN) is Exposed
    assert kind(SHUT, Seen.CLOSED) is Clear
    assert kind(SHUT, Seen.UNKNOWN) is Unknown
    assert kind(DARK, Seen.OPEN) is Unknown
    verdict = verdict_of(both(SHUT, Seen.OPEN), None)
    assert isinstance(verdict, Exposed)
    assert verdict.certainty is Certainty.LIKELY


def test_absent_settings_are_closed() -> None:
    assert isinstance(SHUT.policy_public, Absent)
