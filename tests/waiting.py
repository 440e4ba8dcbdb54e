"""Waits until something holds, with a bound that a busy machine keeps too: tests never wait for a time to pass."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

LONG = 60.0
"""Seconds: a machine that has ten times as much to do as it can still starts a program within these."""


def until(what: Callable[[], T], why: str, within: float = LONG) -> T:
    """Wait until `what()` is true, and return it; fail, saying why that matters, when it is not in time."""
    end = time.monotonic() + within
    while not (found := what()):
        assert time.monotonic() < end, f"not within {within:g} s: {why}"
        time.sleep(0.05)
    return found


async def until_async(what: Callable[[], object], why: str, within: float = LONG) -> None:
    """The same for a test with an event loop."""
    end = time.monotonic() + within
    while not what():
        assert time.monotonic() < end, f"not within {within:g} s: {why}"
        await asyncio.sleep(0.01)
