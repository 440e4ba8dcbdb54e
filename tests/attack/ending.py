"""Ends every process that an attack has started, however the attack itself ends."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_PDEATHSIG, _SUBREAPER = 1, 36
"""Of prctl(2)."""
_LONGEST = 10.0


def adopt() -> None:
    """Be the parent of every process below this one whose own parent ends, so that none of them is lost sight of."""
    _prctl(_SUBREAPER, 1)


def hear_of_the_end_of(parent: int, by: signal.Signals) -> None:
    """Have the kernel send this process a signal when its parent has ended, even by a kill."""
    _prctl(_PDEATHSIG, by)
    if os.getppid() != parent:
        os.kill(os.getpid(), by)


def _prctl(option: int, value: int) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def below(process: int) -> Iterator[int]:
    """The processes that a process has started, and those that they have."""
    waiting = [process]
    while waiting:
        with suppress(OSError):
            for task in Path(f"/proc/{waiting.pop()}/task").iterdir():
                found = [int(one) for one in (task / "children").read_text().split()]
                waiting += found
                yield from found


def wait_for(process: int) -> int:
    """The code with which a child ends; others that end meanwhile are buried."""
    while True:
        ended, status = os.waitpid(-1, 0)
        if ended == process:
            return os.waitstatus_to_exitcode(status)


def end_all_below() -> None:
    """Kill all processes below this one."""
    ends = time.monotonic() + _LONGEST
    while (left := list(below(os.getpid()))) and time.monotonic() < ends:
        for one in left:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(one, os.WNOHANG)
        time.sleep(0.02)
