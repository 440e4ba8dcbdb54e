"""Runs attacks side by side, each in a process of its own; those that measure how fast leftopen is run alone, last."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from pathlib import Path

from tests.attack import ending
from tests.attack.attack import Attack, Outcome

LONGEST = 900
"""Seconds after which an attack is broken off: one that hangs costs the others no row."""
WHOLE = 1680
"""Seconds that all of them may take: what has not ended by then is broken off, and said to have failed."""
_CLEANING = 60
"""Seconds that one which is broken off has to end its servers and to remove its folder."""
_FORK = get_context("fork")
Told = Callable[[Attack, Outcome, float], None]


@dataclass(slots=True)
class _Lane:
    attack: Attack
    process: ForkProcess
    began: float


def lanes() -> int:
    """How many attacks run at a time: more than there are cores, since most of them wait most of the time."""
    return 1 + len(os.sched_getaffinity(0))


def run(attacks: Sequence[tuple[Attack, int]], told: Told, *, longest: int = LONGEST, whole: int = WHOLE) -> None:
    """Run each with its amount, the longest first, and tell what came of each as it ends. With a `longest` of 0 each
    may take as long as it does."""
    ends = time.monotonic() + whole if longest else float("inf")
    beside = sorted((one for one in attacks if not one[0].alone), key=lambda one: -one[0].seconds)
    alone = [one for one in attacks if one[0].alone]
    _run(beside, lanes(), told, longest, ends)
    _run(alone, 1, told, longest, ends)


def _run(attacks: Sequence[tuple[Attack, int]], most: int, told: Told, longest: int, ends: float) -> None:
    waiting, running = list(attacks), dict[Connection, _Lane]()
    try:
        _until_all_ended(waiting, running, most, told, longest, ends)
    finally:
        # Only where this is broken off: they end their servers, and remove what they wrote.
        for lane in running.values():
            os.kill(lane.process.pid or 0, signal.SIGALRM)
        for lane in running.values():
            lane.process.join(_CLEANING)


def _until_all_ended(
    waiting: list[tuple[Attack, int]],
    running: dict[Connection, _Lane],
    most: int,
    told: Told,
    longest: int,
    ends: float,
) -> None:
    while waiting or running:
        while waiting and len(running) < most:
            attack, amount = waiting.pop(0)
            left = int(ends - time.monotonic()) if longest else 0
            if longest and left < 1:
                told(attack, Outcome(failures=[f"{attack.name}: no time was left for it"]), 0.0)
                continue
            ours, theirs = _FORK.Pipe(duplex=False)
            process = _FORK.Process(target=_child, args=(attack, amount, min(longest, left), os.getpid(), theirs))
            process.start()
            theirs.close()
            running[ours] = _Lane(attack, process, time.monotonic())
        for one in wait(list(running), timeout=5) if running else ():
            assert isinstance(one, Connection)
            lane = running.pop(one)
            told(lane.attack, _outcome(one, lane), time.monotonic() - lane.began)
        for lane in running.values():
            if longest and time.monotonic() > min(lane.began + longest, ends) + _CLEANING:
                _kill(lane.process)


def _outcome(heard: Connection, lane: _Lane) -> Outcome:
    try:
        outcome = heard.recv()
    except EOFError:
        lane.process.join()
        outcome = Outcome(failures=[f"{lane.attack.name}: its process ended with {lane.process.exitcode}"])
    heard.close()
    lane.process.join(_CLEANING)
    _kill(lane.process)
    assert isinstance(outcome, Outcome)
    return outcome


def _kill(process: ForkProcess) -> None:
    """End what is left of the processes of an attack."""
    assert process.pid is not None
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _child(attack: Attack, amount: int, longest: int, parent: int, told: Connection) -> None:
    """Have another process run the attack, and end whatever that leaves behind. It is broken off when this one is told
    so, or when the parent has ended."""
    os.setsid()
    ending.adopt()
    here, pid = os.getpid(), os.fork()
    if pid == 0:
        signal.signal(signal.SIGALRM, _broken_off)
        ending.hear_of_the_end_of(here, signal.SIGALRM)
        told.send(attempt(attack, amount, longest))
        told.close()
        return
    told.close()

    def pass_on(*_: object) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGALRM)

    signal.signal(signal.SIGALRM, pass_on)
    ending.hear_of_the_end_of(parent, signal.SIGALRM)
    code = ending.wait_for(pid)
    ending.end_all_below()
    os._exit(code if code >= 0 else 128 - code)


def attempt(attack: Attack, amount: int, longest: int) -> Outcome:
    """One attack in a folder of its own; an exception of the attack is a failure of it."""
    signal.signal(signal.SIGALRM, _broken_off)
    signal.alarm(longest)
    try:
        with tempfile.TemporaryDirectory(prefix=f"leftopen-{attack.name}-") as folder:
            return attack.run(amount, Path(folder))
    except Exception as error:  # noqa: BLE001  whatever breaks an attack is told, and the others are still run
        return Outcome(failures=[f"{attack.name}: {error!r}"])
    finally:
        signal.alarm(0)


def _broken_off(*_: object) -> None:
    raise TimeoutError("not done in time")
