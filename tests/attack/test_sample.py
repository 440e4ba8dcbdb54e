"""A small amount of every attack holds; `make attack` runs the whole of them."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

import pytest

from tests.acceptance.builders import ROOT
from tests.attack.attack import Attack, Outcome, row
from tests.attack.manual import PAGE, known, merged
from tests.attack.registry import ATTACKS
from tests.attack.suites import SUITES


@pytest.mark.timeout(600)
@pytest.mark.parametrize("attack", [one for one in ATTACKS if one.sample], ids=lambda one: one.name)
def test_it_holds(attack: Attack, tmp_path: Path) -> None:
    outcome = attack.run(attack.sample, tmp_path)
    if outcome.skipped:
        pytest.skip(outcome.skipped)
    assert outcome.failures == []
    assert outcome.tried > 0


def test_the_tests_that_an_attack_runs_are_there() -> None:
    named = [path.partition("::") for one in SUITES if isinstance(one.run, partial) for path in one.run.args[0]]
    assert named
    for file, _, test in named:
        assert (ROOT / file).exists(), file
        assert not test or f"def {test.partition('[')[0]}(" in (ROOT / file).read_text("utf-8"), test


def test_an_attack_that_fails_is_told_in_the_table() -> None:
    outcome = Outcome(tried=3, failures=["lost"], too_slow=["slow"])
    said = row(ATTACKS[0], outcome, date(2026, 11, 29))
    assert "| 3 | 2 FAILED |" in said
    page, names = PAGE.read_text("utf-8"), [one.name for one in ATTACKS]
    after = merged(page, {ATTACKS[0].name: said}, names)
    assert known(after) == {name: text for name, text in known(page).items() if name in names} | {ATTACKS[0].name: said}
    assert merged(after, {}, names) == after


def test_the_manual_names_every_attack_that_was_run_once() -> None:
    assert len({one.name for one in ATTACKS}) == len(ATTACKS)
    assert known(PAGE.read_text("utf-8")).keys() <= {one.name for one in ATTACKS}
