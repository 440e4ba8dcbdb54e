"""A machine with too few descriptors or too little memory, and a ledger that somebody else holds."""

from __future__ import annotations

import resource
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from pathlib import Path

from tests.acceptance.builders import Ran
from tests.attack.attack import Outcome
from tests.attack.disks import in_words
from tests.attack.kills import nothing_lost, unsent, whole
from tests.attack.recorders import Recorders, recorders
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
            most = 8 + number * 3
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
                    time.sleep(0.7)
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
