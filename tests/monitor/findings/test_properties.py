"""Whatever the order of looks: unknown moves nothing, nothing closes early, and findings do not touch each other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.findings.decide import Decision
from monitor.findings.finding import Finding, State
from probes.api import Certainty, Clear, Exposed, Place, Unknown
from probes.reasons import WHYS, ClosedReason
from tests.monitor.findings.builders import HERE, NOON, POLICY, ROOT, THERE, Event, closed, fold, opened, step, unseen

OTHER = Place("nas.test", 8443, "/calls/")
CLEAR_WHYS = (
    ClosedReason.FORBIDDEN,
    ClosedReason.LOGIN_DEMANDED,
    ClosedReason.NOT_FOUND,
    ClosedReason.NO_LISTING,
    ClosedReason.LOGIN_WALL,
    ClosedReason.NOT_SPOKEN,
)


def verdicts(place: Place) -> st.SearchStrategy[Exposed | Clear | Unknown]:
    """Any verdict of one place; open and clear ones often enough that lives are lived to their end."""
    return st.one_of(
        st.just(opened(place=place)),
        st.just(opened(Certainty.LIKELY, place=place)),
        st.sampled_from(CLEAR_WHYS).map(lambda why: closed(why, place)),
        st.just(closed(place=place)),
        st.just(closed(place=place)),
        st.sampled_from(WHYS).map(lambda why: unseen(why, place)),
    )


def lives(place: Place = ROOT) -> st.SearchStrategy[list[Event]]:
    """Looks at one place from two endpoints, from no time at all to an hour apart."""
    one = st.tuples(
        st.sampled_from((0, 5, 30, 60, 600, 900, 1800, 3600)), verdicts(place), st.sampled_from((HERE, THERE))
    )

    def timed(looks: list[tuple[int, Exposed | Clear | Unknown, str]]) -> list[Event]:
        at, events = NOON, []
        for seconds, verdict, endpoint in looks:
            at += timedelta(seconds=seconds)
            events.append(Event(at, verdict, endpoint))
        return events

    return st.lists(one, max_size=40).map(timed)


@settings(max_examples=300, deadline=None)
@given(lives())
def test_unknown_opens_closes_and_moves_nothing(events: list[Event]) -> None:
    known = [event for event in events if not isinstance(event.verdict, Unknown)]
    with_them, without = fold(events), fold(known)
    assert with_them.findings == without.findings
    assert with_them.changes == without.changes


@settings(max_examples=300, deadline=None)
@given(lives())
def test_unknown_is_never_handed_to_a_decision(events: list[Event]) -> None:
    findings: Mapping[str, Finding] = {}
    for event in events:
        for decision in step(findings, event):
            assert not isinstance(decision, Decision) or not isinstance(event.verdict, Unknown)


@settings(max_examples=600, deadline=None)
@given(lives())
def test_nothing_is_cleared_without_enough_clear_looks_everywhere(events: list[Event]) -> None:
    findings: dict[str, Finding] = {}
    clears: dict[str, list[Event]] = {}
    for event in events:
        before = next(iter(findings.values()), None)
        for decision in step(findings, event):
            if isinstance(decision, Decision):
                findings = {decision.finding.fingerprint: decision.finding}
        match event.verdict:
            case Exposed():
                clears[event.endpoint] = []
            case Clear() if event.endpoint in clears:
                clears[event.endpoint].append(event)
        after = next(iter(findings.values()), None)
        if after is None or after.state is not State.CLEARED or (before and before.state is State.CLEARED):
            continue
        assert isinstance(event.verdict, Clear)
        for endpoint, looks in clears.items():
            assert len(looks) >= POLICY.clear_looks, endpoint
            assert looks[-1].at - looks[0].at >= POLICY.clear_over, endpoint


@settings(max_examples=200, deadline=None)
@given(lives())
def test_a_finding_keeps_its_id_and_its_history_only_grows(events: list[Event]) -> None:
    folded = fold(events)
    assert len({change.finding for change in folded.changes}) <= 1
    assert [change.sequence for change in folded.changes] == list(range(1, len(folded.changes) + 1))
    steps = folded.steps
    for number, name in enumerate(steps):
        if name == "reopened":
            assert steps[number - 1] in ("clearing", "cleared")
        if name == "cleared":
            assert steps[number - 1] == "clearing"
        if name in ("clearing", "grown"):
            assert "opened" in steps[:number]
        assert name != "opened" or "opened" not in steps[:number]
    if folded.findings:
        assert folded.only.last_seen >= folded.only.first_seen


@settings(max_examples=150, deadline=None)
@given(lives(ROOT), lives(OTHER), st.randoms(use_true_random=False))
def test_the_order_of_two_findings_events_does_not_matter(first: list[Event], second: list[Event], chance) -> None:  # type: ignore[no-untyped-def]
    mixed: list[Event] = []
    left, right = list(first), list(second)
    while left or right:
        source = left if left and (not right or chance.random() < 0.5) else right
        mixed.append(source.pop(0))
    assert fold(mixed).findings == fold([*first, *second]).findings == fold([*second, *first]).findings


@settings(max_examples=200, deadline=None)
@given(lives())
def test_the_same_events_always_fold_to_the_same_state(events: list[Event]) -> None:
    assert fold(events) == fold(list(events))


def test_locations_that_end_a_look_at_once_may_end_in_any_order() -> None:
    """Every order of one round's looks at three endpoints leads to the same state."""
    places = (HERE, THERE, "https://nas.test:443@192.0.2.1")
    for verdict in (opened(), closed()):
        states = set()
        for order in permutations(places):
            events = [Event(NOON, opened(), place) for place in places]
            events += [Event(NOON + timedelta(minutes=5), verdict, place) for place in order]
            folded = fold(events)
            states.add((folded.only.state, tuple(folded.steps), frozenset(folded.only.seen)))
        assert len(states) == 1
