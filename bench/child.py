"""A program run to its end, with what it cost: wall, CPU and the most memory that it held."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Spent:
    """What one process cost; `peak` in bytes."""

    code: int
    wall: float
    cpu: float
    peak: int


def spend(command: Sequence[str | Path], out: Path, seconds: float = 900.0) -> Spent:
    """Run `command` with its output in `out`, its errors beside it, and bring back what it cost.

    The kernel counts the memory of the process from its fork, so whoever calls this must be smaller than what is run.
    """
    with out.open("wb") as data, out.with_suffix(".err").open("wb") as talk:
        begun = time.perf_counter()
        child = subprocess.Popen([*command], stdin=subprocess.DEVNULL, stdout=data, stderr=talk)
        ends = begun + seconds
        while True:
            pid, status, usage = os.wait4(child.pid, os.WNOHANG)
            if pid:
                break
            if time.perf_counter() > ends:
                child.kill()
            time.sleep(0.01)
        wall = time.perf_counter() - begun
    child.returncode = os.waitstatus_to_exitcode(status)
    return Spent(child.returncode, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def complaint(out: Path) -> str:
    """The last of what a program said on stderr."""
    return out.with_suffix(".err").read_text(errors="replace")[-2000:]
