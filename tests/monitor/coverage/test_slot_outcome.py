"""What came of a slot: a table."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.coverage.slot_outcome import conclusive, slot_outcome
from probes.api import Clear, Place, Unknown, Verdict
from probes.reasons import ClosedReason, NoAnswerReason, UndecidedReason, Why
from tests.monitor.findings.builders import opened

PLACE = Place("nas.test", 443, "/")


def unknown(why: Why) -> Unknown:
    return Unknown(PLACE, "listing", why, "")


def clear(why: ClosedReason = ClosedReason.NOT_FOUND) -> Clear:
    return Clear(PLACE, "listing", why)


@pytest.mark.parametrize(
    ("verdicts", "outcome"),
    [
        ((), "inconclusive:no-verdict"),
        ((clear(),), "clear"),
        ((clear(), unknown(NoAnswerReason.TIMED_OUT)), "inconclusive:timed-out"),
        ((clear(), unknown(NoAnswerReason.REFUSED)), "clear"),
        ((unknown(NoAnswerReason.REFUSED),), "inconclusive:connection-refused"),
        ((clear(ClosedReason.NOT_SPOKEN), unknown(NoAnswerReason.REFUSED)), "inconclusive:connection-refused"),
        ((clear(ClosedReason.NOT_SPOKEN),), "inconclusive:no-verdict"),
        ((clear(ClosedReason.LOOKED_AT_THERE), unknown(NoAnswerReason.REFUSED)), "inconclusive:connection-refused"),
        ((clear(ClosedReason.LOOKED_AT_THERE), clear()), "clear"),
        ((unknown(NoAnswerReason.TIMED_OUT), opened()), "exposed"),
        ((unknown(UndecidedReason.THROTTLED), clear()), "blocked:throttled"),
        ((unknown(NoAnswerReason.OUT_OF_SCOPE),), "refused:out-of-scope"),
        ((unknown(UndecidedReason.BLIND_ROUND),), "blind"),
    ],
)
def test_an_outcome(verdicts: tuple[Verdict, ...], outcome: str) -> None:
    assert slot_outcome(verdicts) == outcome


def test_only_exposed_and_clear_are_conclusive() -> None:
    words = [
        "exposed",
        "clear",
        "blind",
        "not-run",
        "inconclusive:timed-out",
        "blocked:throttled",
        "refused:out-of-scope",
    ]
    assert [word for word in words if conclusive(word)] == ["exposed", "clear"]


def test_a_suspicion_counts_as_what_was_seen() -> None:
    assert slot_outcome([replace(opened(), witnesses=())]) == "exposed"
