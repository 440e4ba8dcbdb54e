"""A meter says for how long transactions kept all others from writing, those that failed among them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from monitor.store.ledger import Ledger


def test_the_longest_transaction_is_known_whether_it_was_kept_or_not(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "leftopen.db")
    with ledger.step(), ledger.step():
        pass
    assert ledger.writes.number == 1, "a step within a step is a part of it"
    quick = ledger.writes.longest

    def fails() -> None:
        with ledger.step():
            time.sleep(0.05)
            raise ValueError("a fault of ours")

    with pytest.raises(ValueError, match="ours"):
        fails()
    assert ledger.writes.number == 2
    assert ledger.writes.longest >= max(quick, 0.05)
    assert ledger.writes.longest_work < ledger.writes.longest, "asleep, it held the lock and did not work"
    ledger.close()
