"""Attacks run side by side in processes of their own: one that breaks, ends or hangs costs the others nothing."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

from tests.attack import lanes
from tests.attack.attack import Attack, Outcome


def held(amount: int, folder: Path) -> Outcome:
    assert folder.is_dir()
    return Outcome(tried=amount, measured=str(os.getpid()))


def broken(amount: int, folder: Path) -> Outcome:
    raise ValueError(amount)


def ended(amount: int, folder: Path) -> Outcome:
    os._exit(7)


def hung(amount: int, folder: Path) -> Outcome:
    time.sleep(100)
    return Outcome()


HELD = Attack("held", "faults", "", "", held, whole=1, sample=0)


def test_one_that_breaks_ends_or_hangs_costs_the_others_no_row() -> None:
    attacks = [replace(HELD, name=run.__name__, run=run) for run in (hung, broken, ended, held)]
    attacks.append(replace(HELD, name="alone", alone=True))
    told: dict[str, Outcome] = {}
    lanes.run([(one, 3) for one in attacks], lambda one, outcome, _: told.update({one.name: outcome}), longest=1)
    assert list(told)[-1] == "alone"
    assert told["held"].tried == told["alone"].tried == 3
    assert str(os.getpid()) not in (told["held"].measured, told["alone"].measured)
    failures = {name: outcome.failures for name, outcome in told.items() if outcome.failures}
    assert failures == {
        "hung": ["hung: TimeoutError('not done in time')"],
        "broken": ["broken: ValueError(3)"],
        "ended": ["ended: its process ended with 7"],
    }


def test_what_no_time_is_left_for_is_said_to_have_failed() -> None:
    told: dict[str, Outcome] = {}
    attacks = [(replace(HELD, name=name, alone=name == "alone"), 1) for name in ("held", "alone")]
    lanes.run(attacks, lambda one, outcome, _: told.update({one.name: outcome}), whole=0)
    assert [outcome.failures for outcome in told.values()] == [
        ["held: no time was left for it"],
        ["alone: no time was left for it"],
    ]
