"""How slow this machine is: a bound on processor time is that of a usual machine, and a slow one has as much longer."""

from __future__ import annotations

import time

USUAL = 0.01
"""Seconds of processor time that `_work` takes on the machine on which the bounds of the tests were chosen."""


def slowness() -> float:
    """How many times longer this machine takes now than a usual one; at least 1.

    A bound that guards against the square of something stays one: what is a hundred times too slow is seen anywhere.
    """
    return max(1.0, *(_work() / USUAL for _ in range(3)))


def within(seconds: float, bound: float) -> bool:
    """Whether so much processor time is less than a bound. Only what is over it asks how slow the machine is."""
    return seconds < bound or seconds < bound * slowness()


def _work() -> float:
    begun = time.process_time()
    sum(number * number for number in range(200_000))
    return time.process_time() - begun
