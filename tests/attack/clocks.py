"""A clock that jumps by hours, forward and back, and the nights in which the hour changes: looks and alerts go on."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from tests.acceptance.builders import Ran
from tests.attack.attack import Outcome
from tests.attack.disks import in_words
from tests.attack.kills import nothing_lost, whole
from tests.attack.recorders import Recorders, holds, recorders, watching

_LIBRARIES = (
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
)
_JUMPS = (0, 6, -6, 30, -50, 1, -1, 12)
"""Hours by which the wall clock is off, one after the other."""
_NIGHTS = (datetime(2026, 10, 25, 0, 40, tzinfo=UTC), datetime(2027, 3, 28, 0, 40, tzinfo=UTC))
"""Twenty minutes before the hour changes in Sweden, back and forward."""


def library() -> str | None:
    """The library that lies to a process about the time (Debian: faketime)."""
    return next((one for one in _LIBRARIES if Path(one).exists()), None)


def _lied_to(made: Recorders, lie: Mapping[str, str]) -> dict[str, str]:
    return {
        **made.house.environment(),
        "LD_PRELOAD": library() or "",
        "TZ": "Europe/Stockholm",
        # Durations are measured by another clock, which no administrator and no NTP sets.
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        **lie,
    }


def _run(made: Recorders, seconds: float) -> Ran:
    """One round of a program whose wall clock is off by so much."""
    done = subprocess.run(
        made.house.command("run", "inventory.yaml"), cwd=made.house.folder, capture_output=True, text=True,
        env=_lied_to(made, {"FAKETIME": f"{seconds:+.0f}"}), timeout=200, check=False,
    )  # fmt: skip
    return Ran(done.returncode, done.stdout, done.stderr)


def clocks(amount: int, folder: Path) -> Outcome:
    """`amount` rounds under a clock that jumps, in the nights of summer time, then under a `watch`."""
    outcome = Outcome()
    if library() is None:
        outcome.skipped = "faketime is not installed (.ci/servers installs it)"
        return outcome
    with recorders(folder, 1) as made:
        made.toggle(0)
        began = datetime.now(UTC)
        offsets = [hours * 3600.0 for hours in _JUMPS]
        offsets += [
            (night + timedelta(minutes=10 * step) - began).total_seconds() for night in _NIGHTS for step in range(9)
        ]
        for offset in offsets[:amount]:
            outcome.tried += 1
            at = began + timedelta(seconds=offset)
            ran = _run(made, offset)
            in_words(outcome, ran, f"at {at:%F %H:%M}")
            outcome.check(
                ran.code == 1, f"at {at:%F %H:%M}: ended with {ran.code} though the recorder is open: {ran.out}"
            )
            outcome.check(_states(made) == {"exposed"}, f"at {at:%F %H:%M}: the findings are {_states(made)}")
        if amount > len(_JUMPS):
            _clearing(made, outcome)
        whole(str(made.house.database), outcome, "after the jumps")
        nothing_lost(str(made.house.database), made, outcome)
    with recorders(folder / "watch", 1) as made:
        _watch(made, folder / "clock", amount, outcome)
        whole(str(made.house.database), outcome, "after the watch")
        nothing_lost(str(made.house.database), made, outcome)
    outcome.measured = "the finding stayed open and was told once; the watch looked on after each jump"
    return outcome


_CLEARING = ((1.0, {"clearing"}), (-6.0, {"clearing"}), (-5.9, {"cleared"}), (30.0, {"cleared"}))
"""Hours by which the clock is off in looks at a recorder that was closed, and what the finding must be then: two clear
looks close it, and a look that lies ahead of the second is none of them."""


def _clearing(made: Recorders, outcome: Outcome) -> None:
    """The clock jumps between the looks that close a finding; then the recorder opens again, before it was closed."""
    made.toggle(0)
    for hours, states in _CLEARING:
        outcome.tried += 1
        ran = _run(made, hours * 3600)
        in_words(outcome, ran, f"clearing, {hours:+.1f} h")
        found = _states(made)
        outcome.check(found == (states or found), f"clearing, {hours:+.1f} h: the findings are {found}")
    made.toggle(0)
    outcome.tried += 1
    ran = _run(made, -50 * 3600)
    outcome.check(ran.code == 1, f"opened again, -50 h: ended with {ran.code} though the recorder is open: {ran.out}")
    outcome.check(_states(made) == {"exposed"}, f"opened again, -50 h: the findings are {_states(made)}")


def _states(made: Recorders) -> set[str]:
    with closing(sqlite3.connect(made.house.database)) as ledger:
        return {row[0] for row in ledger.execute("SELECT state FROM findings")}


def _asked_more(made: Recorders, before: int) -> bool:
    return made.asked > before + 1


def _watch(made: Recorders, clock: Path, amount: int, outcome: Outcome) -> None:
    """A watch whose clock jumps under it: it must look again within a minute, and tell what has opened."""
    clock.write_text("+0\n")
    lie = {"FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_CACHE_DURATION": "1"}
    with watching(made, _lied_to(made, lie)) as process:
        outcome.check(holds(lambda: made.house.database.exists() and made.asked > 0), "watch: no first look")
        for hours in _JUMPS[: max(2, amount // 4)]:
            outcome.tried += 1
            clock.write_text(f"{hours * 3600:+d}\n")
            before = made.asked
            outcome.check(holds(partial(_asked_more, made, before)), f"watch: no look after a jump to {hours:+d} h")
            outcome.check(process.poll() is None, f"watch: ended after a jump to {hours:+d} h")
        made.toggle(0)
        outcome.check(holds(lambda: bool(made.hook.bodies)), "watch: what opened after the jumps was not told")
    said = (made.house.folder / "watch.log").read_text()
    outcome.check("Traceback" not in said, f"watch: {said[-300:]}")
