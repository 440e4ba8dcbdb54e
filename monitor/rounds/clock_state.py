"""What keeps this machine's clock right, as far as files say: a time in the log is worth no more than its clock.

The kernel itself is not asked: the service may make no call that could set a clock. How far off the clock is, a witness
shows: it says its own time in every cosignature.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class ClockState(NamedTuple):
    """Who sets the clock, and whether it says that it has."""

    source: str
    """`systemd-timesyncd`, `chrony`, `ntpd`, or `unknown`."""
    synchronised: bool


_SIGNS = (
    ("systemd-timesyncd", Path("run/systemd/timesync"), Path("run/systemd/timesync/synchronized")),
    ("chrony", Path("run/chrony"), Path("var/lib/chrony/drift")),
    ("ntpd", Path("run/ntpd.pid"), Path("var/lib/ntp/ntp.drift")),
)


def clock_state(root: Path = Path("/")) -> ClockState:
    """The state of the clock now; a clock that nothing is known to set does not count as synchronised."""
    for source, runs, has_set in _SIGNS:
        if (root / runs).exists():
            return ClockState(source, (root / has_set).exists())
    return ClockState("unknown", False)
