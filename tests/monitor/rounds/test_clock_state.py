"""Who keeps the clock right, from the files that say so."""

from __future__ import annotations

from pathlib import Path

from monitor.rounds.clock_state import ClockState, clock_state


def test_a_clock_that_nothing_sets_is_not_synchronised(tmp_path: Path) -> None:
    assert clock_state(tmp_path) == ClockState("unknown", False)


def test_timesyncd_says_once_it_has_set_the_clock(tmp_path: Path) -> None:
    (tmp_path / "run/systemd/timesync").mkdir(parents=True)
    assert clock_state(tmp_path) == ClockState("systemd-timesyncd", False)
    (tmp_path / "run/systemd/timesync/synchronized").touch()
    assert clock_state(tmp_path) == ClockState("systemd-timesyncd", True)
