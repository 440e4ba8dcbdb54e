"""Findings on buckets: how grave each check is, what intent covers, and what a vector makes of a bucket."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from monitor.findings.decide import Decision, Look, Policy, seen_open
from monitor.findings.finding import Severity
from monitor.findings.match import OnFile, match_verdicts
from monitor.findings.reach.extent import Extent
from monitor.findings.reasons import Cause, Holding, Holds, OpenByIntent, Reason
from monitor.findings.severity import severity
from probes.api import BucketTarget, Check, Clear, Dialect, Exposed, Known, Place, Unknown
from probes.buckets.bucket_verdict import clear, exposed, unknown, verdict_of, witness
from probes.facts import Fact, FactKind
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason, Why

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PLACE = Place("s3.amazonaws.com", 443, "/calls/")
TARGET = BucketTarget(
    asset="calls",
    dialect=Dialect.S3,
    host="s3.amazonaws.com",
    port=443,
    tls=True,
    bucket="calls",
    root="/calls",
    filed=PLACE,
)
LOOK = Look("calls", "s3-bucket", str(TARGET), NOON)
CLOSED = (
    clear("list", ClosedReason.DENIED),
    clear("versions", ClosedReason.DENIED),
    unknown("read", UndecidedReason.NO_KNOWN_KEY),
)


def weighed(verdict: Exposed | Clear | Unknown, until: date | None) -> Decision | Reason:
    (one,) = match_verdicts(
        (verdict,),
        LOOK,
        OnFile({}, intended={} if until is None else {verdict.place: until}),
        Policy("practice", "recordings"),
    )
    return one


@pytest.mark.parametrize(
    ("why", "expected"),
    [
        (OpenReason.LISTED, Severity.CRITICAL),
        (OpenReason.READABLE, Severity.CRITICAL),
        (OpenReason.READABLE_UNLISTED, Severity.CRITICAL),
        (OpenReason.ANY_ACCOUNT, Severity.CRITICAL),
        (OpenReason.VERSIONS_LISTED, Severity.CRITICAL),
        (OpenReason.WRITE_GRANTED, Severity.CRITICAL),
        (OpenReason.EMPTY_LISTABLE, Severity.HIGH),
        (OpenReason.UPLOADS_LISTED, Severity.HIGH),
        (OpenReason.DANGLING, Severity.HIGH),
        (OpenReason.ACL_READABLE, Severity.MEDIUM),
        (OpenReason.CONFIGURED_OPEN, Severity.MEDIUM),
    ],
)
def test_a_door_that_gives_no_object_away_is_less_grave(why: Why, expected: Severity) -> None:
    level, reasons = severity("recordings", Extent(), active=False, why=why)
    assert level is expected
    assert len(reasons) >= 2


def test_the_worst_door_names_the_exposure() -> None:
    checks = (
        exposed("acl", OpenReason.ACL_READABLE),
        exposed("list", OpenReason.LISTED),
        exposed("read", OpenReason.READABLE),
    )
    verdict = verdict_of(TARGET, checks)
    assert isinstance(verdict, Exposed)
    assert verdict.why is OpenReason.READABLE
    assert verdict.checks == checks


def test_a_bucket_that_refuses_the_list_is_clear_with_its_unknown_doors_beside_it() -> None:
    verdict = verdict_of(TARGET, CLOSED)
    assert isinstance(verdict, Clear)
    assert verdict.why is ClosedReason.DENIED
    assert verdict.checks == CLOSED


@pytest.mark.parametrize(
    ("check", "settles"),
    [
        (clear("read", ClosedReason.DENIED), True),
        (unknown("read", UndecidedReason.THROTTLED), False),
        (unknown("read", UndecidedReason.NO_KNOWN_KEY), False),
        (None, False),
    ],
)
def test_a_door_once_seen_open_must_be_refused_by_the_store_before_the_bucket_is_clear(
    check: Check | None, settles: bool
) -> None:
    target = replace(TARGET, known=(Known(PLACE.path, (witness("read", "a/call.wav"),)),))
    checks = (clear("list", ClosedReason.DENIED), *((check,) if check else ()))
    assert isinstance(verdict_of(target, checks), Clear if settles else Unknown)


@pytest.mark.parametrize(
    "why",
    [
        NoAnswerReason.TIMED_OUT,
        UndecidedReason.THROTTLED,
        UndecidedReason.NOT_A_STORE,
        UndecidedReason.WRONG_REGION,
        UndecidedReason.DISABLED,
    ],
)
def test_without_the_store_s_own_word_on_the_list_nothing_is_clear(why: Why) -> None:
    verdict = verdict_of(
        TARGET, (unknown("list", why), clear("versions", ClosedReason.DENIED), clear("read", ClosedReason.DENIED))
    )
    assert isinstance(verdict, Unknown)
    assert verdict.why is why


def test_a_witness_of_another_bucket_counts_for_nothing() -> None:
    target = replace(TARGET, known=(Known("/other/", (witness("read", "a"),)),))
    assert isinstance(verdict_of(target, CLOSED), Clear)


def test_a_bucket_that_is_public_by_intent_opens_no_finding() -> None:
    one = weighed(verdict_of(TARGET, (exposed("list", OpenReason.LISTED),)), date(2027, 1, 1))
    assert one == OpenByIntent("2027-01-01")


def test_nobody_means_that_strangers_may_write() -> None:
    checks = (exposed("list", OpenReason.LISTED), exposed("write", OpenReason.WRITE_GRANTED))
    one = weighed(verdict_of(TARGET, checks), date(2027, 1, 1))
    assert isinstance(one, Decision)
    assert one.finding.severity is Severity.CRITICAL


def sighted(why: OpenReason, *facts: Fact) -> Exposed:
    verdict = verdict_of(TARGET, (exposed("list", why),), facts=facts, proof=(Proof(ProofStep.STORE_LISTS),))
    assert isinstance(verdict, Exposed)
    return verdict


def test_facts_of_a_bucket_that_changes_at_each_look_do_not_pile_up() -> None:
    decision = weighed(sighted(OpenReason.LISTED, Fact(FactKind.OBJECTS, number=1)), None)
    assert isinstance(decision, Decision)
    finding = decision.finding
    for number in range(2, 200):
        facts = (
            Fact(FactKind.OBJECTS, number=number),
            Fact(FactKind.LISTED_AND_READABLE if number % 2 else FactKind.LISTED_NOT_READABLE),
            Fact(FactKind.ASKED_AT, f"s3.eu-{'north' if number % 2 else 'west'}-1.amazonaws.com"),
        )
        finding = seen_open(finding, sighted(OpenReason.LISTED, *facts), LOOK, Policy("p", "recordings")).finding
    assert tuple(map(str, finding.facts)) == (
        "199 objects by the store's own count",
        "listable and readable",
        "asked at s3.eu-north-1.amazonaws.com",
    )


def test_what_is_said_of_a_bucket_is_what_was_seen() -> None:
    decision = weighed(sighted(OpenReason.LISTED), None)
    assert isinstance(decision, Decision)
    assert decision.why is Cause.PROVEN
    read = Extent(files=1, kinds=(("audio", 1),))
    assert severity("recordings", read, False, OpenReason.READABLE_UNLISTED)[1][0] == Holds(
        Holding.RECORDINGS, 1, readable=True
    )
    assert severity("recordings", read, False, OpenReason.LISTED)[1][0] == Holds(Holding.RECORDINGS, 1, readable=False)
