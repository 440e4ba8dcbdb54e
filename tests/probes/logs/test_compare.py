"""A log held against what was done, as a table and over random logs with faults that are put in."""

from __future__ import annotations

import random

import pytest

from probes.access_log import AccessLog, CanaryStep, Performed
from probes.logs.compare import compare
from probes.requests.sources import OTHER, CanaryRow, LogRead

STEPS = (
    CanaryStep("start", "clerk", "/start"),
    CanaryStep("search", "clerk", "/search", "Sök"),
    CanaryStep("open", "clerk", "/a", "Läsa", "a"),
    CanaryStep("print", "nurse", "/a/print", "Utskrift", "a"),
)
LATER = 10_000_000
DAY = 86400


def log(*performed: Performed) -> AccessLog:
    return AccessLog(STEPS, 120, DAY, performed)


def row(position: int, at: int, step: CanaryStep) -> CanaryRow:
    return CanaryRow(position, (at,), step.by, step.activity, step.object)


def test_the_first_reading_of_an_hour_that_comes_twice_fits_as_well_as_the_second() -> None:
    done = log(Performed("open", 5000))
    for instants in ((5000, 8600), (1400, 5000)):
        found = compare(done, LogRead(1, LATER, (CanaryRow(1, instants, "clerk", "Läsa", "a"),)))
        assert (found.matched, found.untrue) == (1, False)


def test_a_row_without_a_time_is_no_row_of_the_session() -> None:
    found = compare(log(Performed("open", 5000)), LogRead(1, LATER, (CanaryRow(1, (), "clerk", "Läsa", "a"),)))
    assert found.false_misses == ["open"]


def test_what_is_outside_every_session_is_not_judged() -> None:
    found = compare(
        log(Performed("open", 5000)),
        LogRead(2, LATER, (row(1, 5000, STEPS[2]), CanaryRow(2, (900_000,), "clerk", "Läsa", "a"))),
    )
    assert not found.untrue
    assert not found.twice


def test_a_doubtful_action_may_stand_in_the_log_and_need_not() -> None:
    doubtful = log(Performed("search", 5000), Performed("open", 5010, doubtful=True))
    for rows in ((row(1, 5000, STEPS[1]),), (row(1, 5000, STEPS[1]), row(2, 5010, STEPS[2]))):
        assert not compare(doubtful, LogRead(len(rows), LATER, rows)).untrue


@pytest.mark.parametrize("late", [0, DAY - 1])
def test_an_action_that_the_export_is_too_early_for_is_delayed_and_no_miss(late: int) -> None:
    found = compare(log(Performed("open", 5000)), LogRead(0, 5000 + late))
    assert (found.delayed, found.false_misses, found.judged) == (["open"], [], 0)


FAULTS = ("none", "lost", "extra", "actor", "object", "activity", "time", "twice")


def test_over_a_thousand_random_logs_no_fault_is_missed_and_none_invented() -> None:
    chance = random.Random(17)
    for number in range(1000):
        sessions = [1_000_000 + 3 * DAY * one + chance.randrange(DAY) for one in range(chance.randint(1, 4))]
        performed = tuple(Performed(step.id, at + 7 * n) for at in sessions for n, step in enumerate(STEPS))
        rows = [
            row(0, one.at + chance.randint(-60, 60), step)
            for one in performed
            if (step := next(step for step in STEPS if step.id == one.step)).activity
        ]
        fault = FAULTS[number % len(FAULTS)]
        hit = chance.randrange(len(rows))
        one = rows[hit]
        match fault:
            case "lost":
                del rows[hit]
            case "extra":
                rows.append(CanaryRow(0, one.at, "clerk", OTHER, OTHER))
            case "actor":
                rows[hit] = CanaryRow(0, one.at, OTHER, one.activity, one.object)
            case "object":
                rows[hit] = CanaryRow(0, one.at, one.actor, one.activity, OTHER)
            case "activity":
                rows[hit] = CanaryRow(0, one.at, one.actor, OTHER, one.object)
            case "time":
                rows[hit] = CanaryRow(0, (one.at[0] + 3600,), one.actor, one.activity, one.object)
            case "twice":
                rows.append(one)
        chance.shuffle(rows)
        numbered = tuple(CanaryRow(n, r.at, r.actor, r.activity, r.object) for n, r in enumerate(rows, 1))
        found = compare(log(*performed), LogRead(len(rows), 100_000_000, numbered))
        said = {
            name
            for name, what in (
                ("lost", found.false_misses),
                ("extra", found.false_hits),
                ("actor", found.wrong_actor),
                ("object", found.wrong_object),
                ("activity", found.wrong_activity),
                ("time", found.wrong_time),
                ("twice", found.twice),
            )
            if what
        }
        assert said == ({fault} - {"none"}), (number, fault, found)
