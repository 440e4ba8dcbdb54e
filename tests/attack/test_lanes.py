"""Attacks run side by side in processes of their own: one that breaks, ends or hangs costs the others nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.acceptance.builders import ROOT
from tests.attack import lanes
from tests.attack.attack import Attack, Outcome
from tests.waiting import until


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


def leaving(amount: int, folder: Path) -> Outcome:
    """Leave a process behind that nobody waits for, in a session of its own; its number stands in the file."""
    command = f"sleep 300 & echo $! >{os.environ['LEFT']}.new; mv {os.environ['LEFT']}.new {os.environ['LEFT']}"
    subprocess.run(["/bin/sh", "-c", command], start_new_session=True, check=True)
    if amount > 1:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(300 if amount else 0)
    return Outcome()


def gone(left: Path) -> bool:
    """Whether that process has ended."""
    return left.exists() and not Path(f"/proc/{int(left.read_text())}/exe").exists()


@pytest.mark.parametrize("amount", [0, 2])
def test_what_an_attack_leaves_behind_is_ended(amount: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEFT", str(tmp_path / "left"))
    lanes.run([(replace(HELD, run=leaving), amount)], lambda *_: None)
    assert gone(tmp_path / "left")


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_goes_on_when_the_attacks_are_ended(by: signal.Signals, tmp_path: Path) -> None:
    left = tmp_path / "left"
    code = (
        "import signal, sys; from dataclasses import replace; from tests.attack import lanes, test_lanes as t\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))\n"
        # Whatever runs these tests may ignore SIGINT, and what it starts would inherit that.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "lanes.run([(replace(t.HELD, run=t.leaving), 1)], lambda *_: None)"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "LEFT": str(left)})
    until(left.exists, "the attack has begun", 60)
    process.send_signal(by)
    process.wait(60)
    until(lambda: gone(left), "what it left is ended", 60)
