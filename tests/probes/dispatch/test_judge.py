"""What boxes say about a case: over random dispatches no letter that went astray is missed, and none is invented."""

from __future__ import annotations

import random

from probes.api import Clear, Exposed, Place
from probes.dispatch.judge import judged, since
from probes.dispatch_plan import CanaryCase, DispatchPlan
from probes.reasons import NoAnswerReason, UndecidedReason, Why
from probes.requests.sources import Letter, MailboxRead

BOXES = ("a", "a-old", "b")
CASES = (CanaryCase("decision", "a", 1), CanaryCase("other", "b"), CanaryCase("held"))
AT, HOUR = 1_000_000, 3600
PLAN = DispatchPlan(BOXES, CASES, 4 * HOUR, judged=AT)
PLACE = Place("post.test", 443, "/dispatch/x")


def test_a_case_that_must_be_held_says_something_only_beside_one_that_arrived() -> None:
    nothing: dict[str, MailboxRead | Why] = {box: MailboxRead() for box in BOXES}
    assert judged(PLAN, CASES[2], PLACE, nothing).why is UndecidedReason.LETTER_MISSING
    ran = {**nothing, "b": MailboxRead((Letter(AT + 60, ("other",)),))}
    assert isinstance(judged(PLAN, CASES[2], PLACE, ran), Clear)
    astray = {**nothing, "a-old": MailboxRead((Letter(AT + 60, ("other",)),))}
    assert judged(PLAN, CASES[2], PLACE, astray).why is UndecidedReason.LETTER_MISSING


def test_a_leak_is_seen_although_another_box_cannot_be_read() -> None:
    boxes: dict[str, MailboxRead | Why] = {
        "a": NoAnswerReason.TIMED_OUT,
        "a-old": MailboxRead(unread="no folder"),
        "b": MailboxRead((Letter(AT + 60, ("decision",), 1),)),
    }
    assert isinstance(judged(PLAN, CASES[0], PLACE, boxes), Exposed)
    assert judged(PLAN, CASES[1], PLACE, boxes).why is NoAnswerReason.TIMED_OUT


def test_letters_of_earlier_dispatches_decide_nothing() -> None:
    old: dict[str, MailboxRead | Why] = {box: MailboxRead((Letter(AT - HOUR, ("decision",), 1),)) for box in BOXES}
    assert since(PLAN) > AT - HOUR
    assert judged(PLAN, CASES[0], PLACE, old).why is UndecidedReason.LETTER_MISSING


def test_while_the_next_dispatch_is_under_way_the_last_one_counts() -> None:
    plan = DispatchPlan(BOXES, CASES, 4 * HOUR, judged=AT, running=AT + 100 * HOUR)
    boxes: dict[str, MailboxRead | Why] = {box: MailboxRead() for box in BOXES}
    boxes["a"] = MailboxRead((Letter(AT + 100 * HOUR + 60, ("decision",), 1),))
    assert judged(plan, CASES[0], PLACE, boxes).why is UndecidedReason.LETTER_MISSING
    boxes["a"] = MailboxRead((Letter(AT + 60, ("decision",), 1),))
    assert isinstance(judged(plan, CASES[0], PLACE, boxes), Clear)
    boxes["b"] = MailboxRead((Letter(AT + 100 * HOUR + 60, ("decision",), 1),))
    assert isinstance(judged(plan, CASES[0], PLACE, boxes), Exposed)


def test_over_a_thousand_random_dispatches_no_leak_is_missed_and_none_invented() -> None:
    chance = random.Random(5)
    for number in range(1000):
        lie: dict[str, list[Letter]] = {box: [] for box in BOXES}
        leaks = set()
        for case in CASES:
            for box in chance.sample(BOXES, chance.choice((0, 1, 1, 2))):
                files = chance.randrange(3)
                lie[box].append(Letter(AT + chance.randrange(10 * HOUR), (case.id,), files))
                if box != case.to or files > case.attachments:
                    leaks.add(case.id)
        boxes: dict[str, MailboxRead | Why] = {box: MailboxRead(tuple(letters)) for box, letters in lie.items()}
        for case in CASES:
            verdict = judged(PLAN, case, PLACE, boxes)
            assert isinstance(verdict, Exposed) == (case.id in leaks), (number, case, lie)
            if isinstance(verdict, Clear) and case.to:
                assert any(letter.cases == (case.id,) and letter.at <= AT + 4 * HOUR for letter in lie[case.to])
