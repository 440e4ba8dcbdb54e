"""Which legal clocks have something to say to their party now: each level once, and nothing of what is long past."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from monitor.findings.clock_key import ClockKey
from monitor.legal.clocks import PROGRESS, WARNINGS, Clock, Stage
from monitor.legal.duties import CONTRACT

LONG_PAST = timedelta(days=7)
"""A deadline that went by longer ago than this is shown, and warns nobody any more: whoever begins to use leftopen, or
brings back an old ledger, must not be warned of last year."""


def clock_key(clock: Clock) -> ClockKey:
    """The name of a clock. A progress report and the final one are two clocks of one duty."""
    progress = bool(clock.duty.ongoing) and clock.says == clock.duty.ongoing
    return ClockKey(
        clock.party,
        clock.duty.id + (PROGRESS if progress else ""),
        clock.basis.value,
        clock.to if clock.duty.to == CONTRACT else "",
    )


def warning(clocks: Iterable[Clock], warned: Mapping[ClockKey, int]) -> tuple[Clock, ...]:
    """The clocks that have reached a level at which they have not warned yet, the least time first.

    `warned` is the highest level at which each has. A clock that has passed two levels since warns once, at the higher.
    """
    found = []
    for clock in clocks:
        runs = clock.stage in (Stage.RUNNING, Stage.OVERDUE)
        if (
            runs
            and clock.left is not None
            and -clock.left <= LONG_PAST
            and clock.warning > warned.get(clock_key(clock), 0)
        ):
            found.append(clock)
    return tuple(sorted(found, key=lambda clock: clock.left or timedelta()))


def next_warning(clocks: Iterable[Clock], warned: Mapping[ClockKey, int]) -> datetime | None:
    """When the next of the clocks has something to say, as far as nobody does anything until then; None: never."""
    times = [
        clock.start.at + (clock.deadline - clock.start.at) * level / 100
        for clock in clocks
        if clock.stage is Stage.RUNNING and clock.start is not None and clock.deadline is not None
        for level in WARNINGS
        if level > warned.get(clock_key(clock), 0)
    ]
    return min(times, default=None)
