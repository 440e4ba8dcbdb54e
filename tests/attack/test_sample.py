"""A small amount of every attack holds; `make attack` runs the whole of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.attack.attack import Attack, Outcome, table
from tests.attack.registry import ATTACKS


@pytest.mark.timeout(600)
@pytest.mark.parametrize("attack", [one for one in ATTACKS if one.sample], ids=lambda one: one.name)
def test_it_holds(attack: Attack, tmp_path: Path) -> None:
    outcome = attack.run(attack.sample, tmp_path)
    if outcome.skipped:
        pytest.skip(outcome.skipped)
    assert outcome.failures == []
    assert outcome.tried > 0


def test_an_attack_that_fails_is_told_in_the_table() -> None:
    outcome = Outcome(tried=3, failures=["lost"], too_slow=["slow"])
    last = table([(ATTACKS[0], outcome)]).splitlines()[-1]
    assert "| 3 | 2 FAILED |" in last
