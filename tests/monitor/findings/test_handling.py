"""The handling axis as tables: who may do what, what lapses, and that no action of anybody ever closes a finding."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.findings import handling as acts
from monitor.findings.finding import EndpointState, Finding, Severity, State, finding_id, fingerprint
from monitor.findings.handling import (
    Action,
    ActionKind,
    Handling,
    Refused,
    TriageStatus,
    fold,
    own_action,
    signature_of,
    unfit,
)
from monitor.findings.reach.extent import Extent
from probes.api import Place
from probes.facts import Fact, FactKind
from probes.reasons import OpenReason

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def finding(severity: Severity = Severity.CRITICAL, state: State = State.EXPOSED) -> Finding:
    place = Place("nas.example", 443, "/rec/")
    print_ = fingerprint("region", "nas", "listing", place)
    return Finding(
        id=finding_id(print_),
        fingerprint=print_,
        tenant="region",
        asset="nas",
        probe="http-listing",
        kind="listing",
        place=place,
        state=state,
        severity=severity,
        severity_reasons=(),
        first_seen=NOON,
        last_seen=NOON,
        confirmed=NOON,
        cleared=None,
        last_known_good=None,
        reopened=0,
        sequence=1,
        active=False,
        seen=(EndpointState("http://nas.example:443@192.0.2.1", NOON),),
        extent=Extent(files=3),
        why=OpenReason.LISTED_AND_READABLE,
        facts=(),
    )


def standing(*actions: Action, of: Finding | None = None) -> Handling:
    return fold(actions, of or finding())


def done(action: Action | Refused) -> Action:
    assert isinstance(action, Action), action
    return action


def test_an_acknowledgement_lapses_when_nothing_follows_and_holds_until_then() -> None:
    action = done(acts.acknowledge(Handling(), NOON, "Anna"))
    stands = standing(action)
    assert stands.standing is TriageStatus.ACKNOWLEDGED
    assert own_action(finding(), stands, NOON + acts.LAPSES - HOUR / 60) is None
    lapsed = own_action(finding(), stands, NOON + acts.LAPSES)
    assert lapsed is not None
    assert lapsed.act is ActionKind.LAPSED
    assert standing(action, lapsed).standing is TriageStatus.NEW
    assert own_action(finding(state=State.CLEARED), stands, NOON + 2 * acts.LAPSES) is None


def test_containing_is_a_claim_that_is_watched_for_half_an_hour_and_closes_nothing() -> None:
    stands = standing(done(acts.contain(NOON, "Anna", "index turned off")))
    assert stands.standing is TriageStatus.CONTAINED
    assert stands.until == NOON + acts.WATCHED
    assert isinstance(acts.contain(NOON, "Anna", " "), Refused)


def test_a_claim_that_is_still_seen_open_after_half_an_hour_is_disproved() -> None:
    stands = standing(done(acts.contain(NOON, "Anna", "index turned off")))
    assert own_action(finding(), stands, NOON + acts.WATCHED - timedelta(seconds=1)) is None
    disproved = own_action(finding(), stands, NOON + acts.WATCHED)
    assert disproved is not None
    assert disproved.act is ActionKind.DISPROVED
    assert own_action(finding(state=State.CLEARING), stands, NOON + acts.WATCHED) is None, "proof is on its way"


def test_taking_an_asset_out_of_the_inventory_is_an_event_and_no_way_out() -> None:
    contained = done(acts.contain(NOON, "Anna", "index turned off"))
    assert acts.inventory_action((contained,), True, NOON) is None
    removed = acts.inventory_action((contained,), False, NOON)
    assert removed is not None
    assert removed.act is ActionKind.REMOVED
    assert acts.inventory_action((contained, removed), False, NOON) is None, "noted once"
    assert standing(contained, removed).standing is TriageStatus.CONTAINED
    restored = acts.inventory_action((contained, removed), True, NOON)
    assert restored is not None
    assert restored.act is ActionKind.RESTORED
    assert acts.inventory_action((contained, removed, restored), True, NOON) is None


@pytest.mark.parametrize(
    ("days", "why"),
    [(0, "not before it begins"), (-1, "not before it begins"), (91, "within 90 days")],
)
def test_an_acceptance_has_an_end_within_ninety_days(days: int, why: str) -> None:
    refused = acts.accept(
        Handling(), NOON, "Anna", "vendor", "moves next week", NOON + timedelta(days=days), sensitive=False
    )
    assert isinstance(refused, Refused)
    assert why in refused.why


def test_the_risk_of_personal_data_takes_another_party_and_that_is_the_controller() -> None:
    def ask(stands: Handling, by: str, party: str) -> Action | Refused:
        until = NOON + timedelta(days=30)
        return acts.accept(stands, NOON, by, party, "why", until, sensitive=True, controllers=("region",))

    asked = done(ask(Handling(), "Anna", "vendor"))
    assert asked.act is ActionKind.ACCEPTANCE_ASKED
    stands = standing(asked)
    assert stands.standing is TriageStatus.NEW
    assert isinstance(ask(stands, "Anna", "vendor"), Refused)
    assert isinstance(ask(stands, "Bo", "vendor"), Refused), "the same party does not agree with itself"
    assert isinstance(ask(stands, "Anna", "region"), Refused), "one person is not two"
    assert isinstance(ask(stands, "Eva", "typists"), Refused), "another party, but not the controller"
    agreed = done(ask(stands, "Eva", "region"))
    after = standing(asked, agreed)
    assert (after.standing, after.until) == (TriageStatus.ACCEPTED, NOON + timedelta(days=30))
    assert agreed.by == "Anna, Eva"
    expired = own_action(finding(), after, NOON + timedelta(days=30))
    assert expired is not None
    assert expired.act is ActionKind.EXPIRED


def test_a_grave_dismissal_takes_two_persons_a_small_one_takes_one() -> None:
    small = finding(Severity.MEDIUM)
    assert done(acts.dismiss(small, Handling(), NOON, "Anna", "test data")).act is ActionKind.DISMISSED
    grave = finding(Severity.HIGH)
    asked = done(acts.dismiss(grave, Handling(), NOON, "Anna", "test data"))
    assert asked.act is ActionKind.DISMISSAL_ASKED
    stands = standing(asked, of=grave)
    assert isinstance(acts.dismiss(grave, stands, NOON, "Anna", "test data"), Refused)
    assert done(acts.dismiss(grave, stands, NOON, "Bo", "so it is")).act is ActionKind.DISMISSED


@pytest.mark.parametrize(
    "changed",
    [
        {"why": OpenReason.INDEX_OFF_FILES_OPEN},
        {"facts": (Fact(FactKind.HTTP_ON, number=443),)},
        {"place": Place("nas.example", 443, "/")},
        {"kind": "file"},
    ],
)
def test_a_dismissal_is_void_as_soon_as_what_is_seen_changes(changed: dict[str, object]) -> None:
    seen = finding(Severity.MEDIUM)
    action = done(acts.dismiss(seen, Handling(), NOON, "Anna", "test data"))
    assert own_action(seen, fold((action,), seen), NOON + timedelta(days=900)) is None
    other = replace(seen, **changed)  # type: ignore[arg-type]
    voided = own_action(other, fold((action,), other), NOON)
    assert voided is not None
    assert voided.act is ActionKind.VOIDED
    assert signature_of(seen) != signature_of(other)


def test_awareness_is_said_by_a_person_may_be_back_dated_and_not_ahead() -> None:
    action = done(acts.aware(NOON, "Eva", "region", NOON - HOUR, "the vendor called"))
    assert standing(action).aware == (("region", NOON - HOUR),)
    later = done(acts.aware(NOON, "Eva", "region", NOON - 2 * HOUR, "the log says so"))
    assert standing(action, later).aware == (("region", NOON - 2 * HOUR),)
    assert isinstance(acts.aware(NOON, "Eva", "region", NOON + HOUR, "soon"), Refused)


def test_what_was_sent_is_said_by_a_person_with_what_shows_it() -> None:
    action = done(acts.sent(NOON, "Eva", "region", "notification", NOON - HOUR, "IMY's receipt"))
    assert (action.act, action.signature, action.since) == (ActionKind.SENT, "notification", NOON - HOUR)
    assert standing(action).standing is TriageStatus.NEW
    assert isinstance(acts.sent(NOON, "Eva", "region", "notification", NOON + HOUR, "soon"), Refused)
    assert isinstance(acts.sent(NOON, "Eva", "region", "notification", NOON, " "), Refused)


def test_a_cleared_finding_is_closed_only_with_its_cause() -> None:
    cleared = finding(state=State.CLEARED)
    assert fold((), cleared).standing is TriageStatus.NEW
    cause = Action(ActionKind.CAUSE, NOON, "Anna", reason="a cable plugged in during an update")
    assert fold((cause,), cleared).standing is TriageStatus.CLOSED
    assert fold((cause,), finding()).standing is TriageStatus.NEW


DEEDS = st.lists(
    st.builds(
        Action,
        act=st.sampled_from(list(ActionKind)),
        at=st.integers(0, 10_000).map(lambda minutes: NOON + timedelta(minutes=minutes)),
        by=st.sampled_from(["Anna", "Bo", "leftopen"]),
        reason=st.sampled_from(["", "because"]),
        until=st.none() | st.integers(0, 90).map(lambda days: NOON + timedelta(days=days)),
        signature=st.sampled_from(["", "1|other"]),
    ),
    max_size=12,
)


@given(DEEDS, st.sampled_from([State.SUSPECTED, State.EXPOSED, State.CLEARING]))
def test_no_deed_of_anybody_closes_what_is_not_proven_closed(actions: list[Action], state: State) -> None:
    seen = finding(state=state)
    assert fold(actions, seen).standing is not TriageStatus.CLOSED
    assert seen.state is state


@given(DEEDS)
def test_the_same_deeds_fold_to_the_same_handling(actions: list[Action]) -> None:
    assert fold(actions, finding()) == fold(tuple(actions), finding())


@pytest.mark.parametrize(
    "kind", [ActionKind.ACKNOWLEDGED, ActionKind.CONTAINED, ActionKind.DISMISSED, ActionKind.ACCEPTED]
)
def test_nothing_is_done_about_what_is_proven_closed(kind: ActionKind) -> None:
    cleared = replace(finding(state=State.CLEARED), cleared=NOON)
    refused = unfit(Action(kind, NOON, "Anna"), cleared, Handling())
    assert refused == Refused("it is proven closed since 2026-11-21 12:00 UTC: nothing is to be done")
    assert unfit(Action(kind, NOON, "Anna"), finding(), Handling()) is None


def test_a_decision_can_be_taken_back_and_the_law_be_answered_when_it_is_closed() -> None:
    cleared = finding(state=State.CLEARED)
    dismissed = Handling(TriageStatus.DISMISSED, by="Anna")
    assert unfit(Action(ActionKind.REOPENED, NOON, "Bo"), cleared, dismissed) is None
    assert unfit(Action(ActionKind.REOPENED, NOON, "Bo"), cleared, Handling()) is not None
    for kind in (ActionKind.AWARE, ActionKind.CAUSE, ActionKind.SENT):
        assert unfit(Action(kind, NOON, "Bo"), cleared, Handling()) is None


def test_whoever_gives_it_back_leaves_it_to_nobody_and_a_claim_stands() -> None:
    taken = done(acts.acknowledge(Handling(), NOON, "Anna"))
    gone = done(acts.disown(NOON + HOUR, "Anna", "voice", "it is MedHelp's"))
    assert standing(taken, gone).standing is TriageStatus.NEW
    contained = done(acts.contain(NOON, "Bo", "index off"))
    assert standing(contained, gone).standing is TriageStatus.CONTAINED
