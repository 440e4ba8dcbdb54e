"""A program run to its end, with what it cost: wall, CPU and the most memory that it held.

The kernel counts the memory of a program from its fork on, so it is started by a small process of its own: this file,
run as a script, which measures one command and says what it cost as JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
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
    """Run `command` with its output in `out`, its errors beside it, and bring back what it cost."""
    launcher = [sys.executable, "-I", "-S", __file__, str(out), str(seconds), *map(str, command)]
    said = subprocess.run(launcher, capture_output=True, check=True, text=True)
    return Spent(**json.loads(said.stdout))


def complaint(out: Path) -> str:
    """The last of what a program said on stderr."""
    return out.with_suffix(".err").read_text(errors="replace")[-2000:]


def _launch(out: Path, seconds: float, command: list[str]) -> Spent:
    with out.open("wb") as data, out.with_suffix(".err").open("wb") as talk:
        begun = time.perf_counter()
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=data, stderr=talk)
        while True:
            pid, status, usage = os.wait4(child.pid, os.WNOHANG)
            if pid:
                break
            if time.perf_counter() - begun > seconds:
                child.kill()
            time.sleep(0.01)
        wall = time.perf_counter() - begun
    child.returncode = os.waitstatus_to_exitcode(status)
    return Spent(child.returncode, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


if __name__ == "__main__":
    spent = _launch(Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3:])
    print(json.dumps({"code": spent.code, "wall": spent.wall, "cpu": spent.cpu, "peak": spent.peak}))
