"""As many hosts as a country has, each looked at once an hour: a real broker, hub and worker, and scripted looks.

At first nobody has looked at any of them: all are given out at once. An hour later all are due again. Then time runs
faster, and turns come bit by bit.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.ledger import QUIET
from bench.ledger import run as recorded_alone
from monitor.fleet.hub import STEP
from tests.attack.attack import Outcome
from tests.attack.fleet.kills import scripted
from tests.attack.fleet.scripted import ONE_WHOLE_OF
from tests.monitor.fleet.parts import Fleet, brokered, kill
from tests.servers.rabbitmq import PROGRAMS, Rabbit
from tests.waiting import until

VANTAGE = "many"
A_FILE = 10_000
HOUR = 3600
FASTER, A_SECOND = 6.0, 80
"""Times as fast as time runs in the last part; less where more hosts than these would come due a second: two cores have
to catch up with what came due while they started."""
MINUTES = 12.0
"""Of that time, which the last part takes."""
ENGINE, OF = 0.5, 10_000
"""Milliseconds of CPU that handing out, sealing, queueing and taking may cost a host, of so many hosts or more: of
fewer it is mostly what a hub and a broker cost that have nothing to do."""
RECORDED = (0.13, 430)
"""Milliseconds of CPU and bytes of an observation, by the arithmetic that is tried."""


def fleet_scale(amount: int, folder: Path) -> Outcome:
    """`amount` hosts with two endpoints each, looked at once an hour."""
    outcome = Outcome()
    if not (PROGRAMS / "rabbitmq-server").exists():
        outcome.skipped = "rabbitmq-server is not installed"
        return outcome
    with brokered(folder, VANTAGE) as (rabbit, fleet):
        _declare(fleet, amount)
        _at_once(outcome, fleet, rabbit, amount, {})
        size = fleet.database.stat().st_size
        # An hour later all are due again, and known.
        _at_once(outcome, fleet, rabbit, amount, {"CLOCK": f"{time.time()},1,{HOUR}"})
        _hour(outcome, fleet, rabbit, amount)
        more = (fleet.database.stat().st_size - size) / (2 * (_hosts(fleet) - amount))
        outcome.check(more < 2 * RECORDED[1], f"a look takes {more:.0f} B")
        outcome.measured += f", {more:.0f} B a look"
        silent = fleet.rows("SELECT count(*) FROM rounds WHERE blind <> ''")[0][0]
        outcome.check(not silent, f"{silent} batches were silent or blind")
        if outcome.failures:
            outcome.failures.append(fleet.logs()[-6000:])
    outcome.tried = amount
    return outcome


def _at_once(outcome: Outcome, fleet: Fleet, rabbit: Rabbit, amount: int, when: dict[str, str]) -> None:
    """All are due, as after an outage: what the fleet takes when it has as much to do as it can."""
    what, before, begun = "again" if when else "at once", _hosts(fleet), time.monotonic()
    when = {**when, "STEP": str(STEP)}
    patience = 300 + amount / 10
    with _working(fleet, rabbit, when) as spent:
        until(lambda: _hosts(fleet) > before, f"they begin: {fleet.logs()}", patience)
        first, started, since = _hosts(fleet), spent.all(), time.monotonic()
        until(lambda: _hosts(fleet) >= before + amount, f"all are looked at: {fleet.logs()}", patience)
        took, hosts = time.monotonic() - since, before + amount - first
        _judge(outcome, what, hosts, spent.since(started), _recording(fleet), known="CLOCK" in when)
        batches = fleet.rows("SELECT count(*) FROM rounds WHERE started >= ?", _at(when, begun - time.monotonic()))[0][
            0
        ]
    outcome.measured += f", {amount / batches:.0f} hosts a batch, {hosts / took:.0f} hosts/s"
    outcome.measured += f", start {since - begun:.0f} s; "


def _hour(outcome: Outcome, fleet: Fleet, rabbit: Rabbit, amount: int) -> None:
    """A part of an hour, in which time runs faster: what is due comes bit by bit."""
    faster = max(1.0, min(FASTER, A_SECOND * HOUR / amount))
    fast = {"CLOCK": f"{time.time()},{faster},{HOUR}", "STEP": str(STEP / faster)}
    before = _hosts(fleet)
    with _working(fleet, rabbit, fast) as spent:
        # What came due while they start has to be worked off first: it is no steady state.
        until(lambda: _hosts(fleet) > before + amount // 50, f"they go on: {fleet.logs()}", 900)
        until(lambda: not fleet.rows("SELECT id FROM owed WHERE created < ?", _at(fast, -60)), "it is worked off", 300)
        started, hosts, since = spent.all(), _hosts(fleet), time.monotonic()
        time.sleep(MINUTES * 60 / faster)
        done, used = _hosts(fleet) - hosts, spent.since(started)
        due = amount * (time.monotonic() - since) * faster / HOUR
    outcome.check(0.7 * due < done < 1.4 * due, f"{done} hosts were looked at where {due:.0f} were due")
    _judge(outcome, f"hourly, {MINUTES:.0f} minutes of it", done, used, _recording(fleet))


@contextmanager
def _working(fleet: Fleet, rabbit: Rabbit, environ: dict[str, str]) -> Iterator[_Spent]:
    """A hub and a worker at work, and what they and the broker spend; they are killed in the end."""
    tally = fleet.home / "tally.txt"
    worker = scripted(fleet, VANTAGE, "looks", "16", {"TALLY": str(tally), **environ})
    spent = _Spent(rabbit, [fleet.hub_process(0, environ), worker], tally)
    yield spent
    spent.end()


def _judge(
    outcome: Outcome, what: str, hosts: int, spent: Sequence[float], recording: float, *, known: bool = True
) -> None:
    """CPU milliseconds a host, and whether they are as few as they should be. Where the hosts were not `known` before,
    recording them costs several times as much, which cannot be told from the engine."""
    hub, worker, broker = (1000 * one / hosts for one in spent)
    engine = hub - 2 * recording + worker + broker
    outcome.measured += f"{what}: {hub:.2f} ms a host in the hub, {worker:.2f} worker, {broker:.2f} broker"
    outcome.measured += f" (recording {2 * recording:.2f}, engine {engine:.2f})"
    if known and hosts >= OF and engine > ENGINE:
        outcome.too_slow.append(f"{what}: the engine takes {engine:.2f} ms a host")
    slow = recording > 2 * RECORDED[0]
    outcome.too_slow += [f"{what}: recording takes {recording:.2f} ms a look"] if slow else []


def _recording(fleet: Fleet) -> float:
    """Milliseconds of CPU that recording one of these observations takes where no fleet is, on this machine and now."""
    return 1000 * recorded_alone(200, 24, QUIET, ONE_WHOLE_OF).cpu


def _declare(fleet: Fleet, amount: int) -> None:
    names = []
    for first in range(0, amount, A_FILE):
        numbers = range(first, min(amount, first + A_FILE))
        hosts = [
            {
                "id": f"h{n}",
                "host": f"127.{40 + n // 60_000}.{n // 240 % 250}.{n % 240 + 1}",
                "ports": [1],
                "owner": "vendor",
            }
            for n in numbers
        ]
        names.append(f"hosts-{first}.yaml")
        (fleet.home / names[-1]).write_text("assets:\n" + "".join(f"- {json.dumps(one)}\n" for one in hosts))
    fleet.write([], {VANTAGE: "internet"}, include=names, interval="1h")


def _hosts(fleet: Fleet) -> int:
    """How many looks at hosts are on file."""
    return int(sum(row[0] or 0 for row in fleet.rows("SELECT sum(looks) FROM all_days"))) // 2


def _at(clock: dict[str, str], seconds: float) -> str:
    """So many seconds from now, as the hub has the time."""
    begun, times, ahead = map(float, clock.get("CLOCK", "0,1,0").split(","))
    at = begun + ahead + (time.time() - begun) * times + seconds
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at))


class _Spent:
    """CPU seconds of a hub, a worker and a broker; the worker's without what its script took to make up the looks."""

    def __init__(self, rabbit: Rabbit, processes: Sequence[subprocess.Popen[bytes]], tally: Path) -> None:
        self._rabbit, self._processes, self._tally = rabbit, processes, tally

    def all(self) -> list[float]:
        """Since each of them started."""
        assert self._rabbit.process is not None
        hub, worker = (_cpu(one.pid) for one in self._processes)
        return [hub, worker - _made_up(self._tally), _of_group(self._rabbit.process.pid)]

    def since(self, before: Sequence[float]) -> list[float]:
        """Since then."""
        return [now - then for now, then in zip(self.all(), before, strict=True)]

    def end(self) -> None:
        """End the hub and the worker."""
        for one in self._processes:
            kill(one)


def _made_up(tally: Path) -> float:
    """CPU seconds that all scripts took so far: in their stead a worker of a fleet looks."""
    lines = tally.read_text().split("\n")[:-1] if tally.exists() else []
    return sum(float(line.split()[3]) for line in lines)


def _cpu(pid: int) -> float:
    return _read(Path(f"/proc/{pid}/stat"))[1]


def _of_group(group: int) -> float:
    found = (_read(one) for one in Path("/proc").glob("[0-9]*/stat"))
    return sum(cpu for pgrp, cpu in found if pgrp == group)


def _read(stat: Path) -> tuple[int, float]:
    """The process group and the CPU seconds of a process; nothing of one that is gone."""
    try:
        fields = stat.read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return 0, 0.0
    return int(fields[2]), (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
