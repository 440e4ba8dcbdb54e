"""A machine with too few descriptors or too little memory, and a ledger that somebody else holds."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import ExitStack, closing
from pathlib import Path

from tests.acceptance.builders import Ran
from tests.attack.attack import Outcome
from tests.attack.disks import in_words
from tests.attack.kills import nothing_lost, unsent, whole
from tests.attack.recorders import Recorders, holds, recorders, watching
from tests.waiting import until


def limited(made: Recorders, kind: int, most: int) -> Ran:
    """One round of a program that may have so much of something."""
    done = subprocess.run(
        made.house.command("run", "inventory.yaml"),
        cwd=made.house.folder, env=made.house.environment(), capture_output=True, text=True, timeout=100, check=False,
        preexec_fn=lambda: resource.setrlimit(kind, (most, most)),
    )  # fmt: skip
    return Ran(done.returncode, done.stdout, done.stderr)


def descriptors(amount: int, folder: Path) -> Outcome:
    """Rounds with 8 descriptors and more: unknown or an error in words, never well; with enough of them all is told."""
    outcome = Outcome()
    with recorders(folder, 3) as made:
        for event in made.opened:
            event.set()
        for number in range(amount):
            most = 8 + number * 45 // amount
            outcome.tried += 1
            ran = limited(made, resource.RLIMIT_NOFILE, most)
            outcome.check(ran.code != 0, f"{most} descriptors: looks well though three recorders are open")
            outcome.check(ran.code in (1, 2, 3), f"{most} descriptors: ended with {ran.code}: {ran.err[-300:]}")
            outcome.check("Traceback" not in ran.err, f"{most} descriptors: {ran.err[-300:]}")
        made.house.ask("run", "inventory.yaml")
        whole(str(made.house.database), outcome, "at the end")
        nothing_lost(str(made.house.database), made, outcome)
    return outcome


_ENOUGH = 512
"""MiB of address space with which a round must succeed: a round of this size was seen to need 260."""


def memory(amount: int, folder: Path) -> Outcome:
    """Rounds with 100 MiB of address space and more: never well, and `open` is only said where it was seen."""
    outcome = Outcome()
    ends: Counter[str] = Counter()
    with recorders(folder, 2) as made:
        for event in made.opened:
            event.set()
        for number in range(amount):
            most = 100 + number * 200 // amount
            outcome.tried += 1
            ran = limited(made, resource.RLIMIT_AS, most << 20)
            outcome.check(ran.code != 0, f"{most} MiB: looks well though two recorders are open")
            # A library that gets no memory may end the process by a signal: that is not in words, and not well either.
            fits = ran.code in (2, 3) or ran.code < 0 or (ran.code == 1 and "2 open" in ran.out)
            outcome.check(fits, f"{most} MiB: ended with {ran.code}: {ran.out[-100:]} {ran.err[-300:]}")
            ends["by a signal" if ran.code < 0 else "all seen" if ran.code == 1 else "in words"] += 1
        ran = limited(made, resource.RLIMIT_AS, _ENOUGH << 20)
        outcome.check(ran.code == 1, f"{_ENOUGH} MiB: ended with {ran.code}: {ran.err[-300:]}")
        # What a round that was ended had taken for sending is free again when its lease ends.
        until(
            lambda: made.house.ask("run", "inventory.yaml").code == 1 and not unsent(str(made.house.database)), "told"
        )
        whole(str(made.house.database), outcome, "at the end")
        nothing_lost(str(made.house.database), made, outcome)
    outcome.measured = "ended " + ", ".join(f"{count} {how}" for how, count in sorted(ends.items()))
    return outcome


_GROUPS = Path("/sys/fs/cgroup/memory")
_GROUP_MOST = 384
"""MiB of a group of processes: what a `watch` of two recorders takes three times over."""
_HOG = "import time; x = bytearray(1 << 30); time.sleep(60)"


def memory_of_group(amount: int, folder: Path) -> Outcome:
    """A `watch` in a control group beside processes that want 1 GiB: the kernel ends those, and what opens is told."""
    outcome = Outcome()
    group = _GROUPS / f"leftopen-attack-{os.getpid()}"
    try:
        group.mkdir()
        (group / "memory.limit_in_bytes").write_text(f"{_GROUP_MOST << 20}")
    except OSError as error:
        outcome.skipped = f"no memory group can be made here ({error.strerror})"
        return outcome
    started = 0
    try:
        with recorders(folder, 2, clear_looks=1, clear_minutes=0) as made, ExitStack() as running:

            def start() -> subprocess.Popen[str]:
                process = running.enter_context(watching(made, made.house.environment()))
                (group / "cgroup.procs").write_text(str(process.pid))
                return process

            watch, started = start(), 1
            for number in range(amount):
                outcome.tried += 1
                hog = subprocess.Popen(
                    ["/bin/sh", "-c", f"echo $$ > {group}/cgroup.procs; exec {sys.executable} -c '{_HOG}'"],
                    stderr=subprocess.DEVNULL,
                )
                outcome.check(hog.wait(60) == -signal.SIGKILL, f"{number}: 1 GiB was given out of {_GROUP_MOST} MiB")
                if watch.poll() is not None:
                    watch, started = start(), started + 1
                if number % 5 == 0:
                    made.toggle(number // 5 % 2)
            for event in made.opened:
                event.set()
            told = "SELECT 1 FROM dues WHERE state = 'sent' AND facts LIKE '%nas-{}%'"

            def all_told() -> bool:
                with closing(sqlite3.connect(made.house.database)) as ledger:
                    return all(ledger.execute(told.format(at)).fetchone() for at in (0, 1))

            outcome.check(holds(all_told), f"not told of both: {(made.house.folder / 'watch.log').read_text()[-600:]}")
            peak = int((group / "memory.max_usage_in_bytes").read_text()) >> 20
    finally:
        until(lambda: not (group / "cgroup.procs").read_text(), "all processes of the group have ended")
        group.rmdir()
    outcome.measured = f"at most {peak} of {_GROUP_MOST} MiB; the watch was started {started} times"
    return outcome


def locked(amount: int, folder: Path) -> Outcome:
    """Somebody holds the ledger for a while, again and again: what could not be written is written later."""
    outcome = Outcome()
    with recorders(folder, 1) as made:
        made.house.ask("run", "inventory.yaml")
        stop = threading.Event()

        def hold() -> None:
            while not stop.is_set():
                with sqlite3.connect(made.house.database, timeout=30) as other:
                    other.execute("BEGIN IMMEDIATE")
                    time.sleep(0.7 if amount > 2 else 0.3)
                    other.rollback()
                time.sleep(0.05)

        holder = threading.Thread(target=hold)
        holder.start()
        try:
            for number in range(amount):
                made.toggle(0)
                outcome.tried += 1
                in_words(outcome, made.house.ask("run", "inventory.yaml"), f"locked {number}")
        finally:
            stop.set()
            holder.join()
        made.house.ask("run", "inventory.yaml")
        whole(str(made.house.database), outcome, "at the end")
        nothing_lost(str(made.house.database), made, outcome)
    return outcome
