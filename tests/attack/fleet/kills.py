"""Kills of every kind of process of a fleet in the middle of its batches: nothing is lost, nothing counts twice."""

from __future__ import annotations

import subprocess
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from monitor.fleet.gate.registry import Registry
from tests.attack.attack import Outcome
from tests.monitor.fleet.parts import Fleet, brokered, kill
from tests.servers.launch import free_port
from tests.servers.rabbitmq import PROGRAMS, Rabbit
from tests.waiting import until

VANTAGE = "killed"
SEED = 19121213
A_BLOW = 150
"""Batches between two blows, each of which kills one to five processes at once: one a 50 batches."""
AT_ONCE = 5
KINDS = ("worker", "alone", "hub", "broker", "gate", "gate's worker")
STALLS = 300.0
"""Seconds in which something must have been put on file."""


class _Processes:
    """All that a fleet consists of, each of which can be killed and is started anew."""

    def __init__(self, fleet: Fleet, rabbit: Rabbit) -> None:
        self.fleet, self.rabbit = fleet, rabbit
        self.tally = fleet.home / "tally.txt"
        port, registry = free_port(), fleet.home / "gate.json"
        known = Registry(registry)
        known.register(known.new_code(VANTAGE, datetime.now(UTC)), str(fleet.keys[VANTAGE].verifier), datetime.now(UTC))
        serve = ["-m", "monitor", "gate", "serve", str(fleet.given), "--registry", str(registry)]
        serve += ["--listen", f"127.0.0.1:{port}"]
        self._starts: dict[str, Callable[[], subprocess.Popen[bytes]]] = {
            "hub": lambda: fleet.hub_process(1),
            "worker": lambda: self._scripted("looks", "16"),
            "alone": lambda: self._scripted("alone", "1"),
            "gate": lambda: fleet.spawn(serve, {}, "gate"),
            "gate's worker": lambda: self._scripted("gate", f"http://127.0.0.1:{port}"),
        }
        self._run = {kind: start() for kind, start in self._starts.items()}

    def kill(self, kinds: Sequence[str]) -> None:
        """End some at once, as a power cut does, and start them anew."""
        for kind in kinds:
            if kind == "broker":
                self.rabbit.kill()
            else:
                kill(self._run[kind])
        # The broker takes long to start: meanwhile the others do without it.
        for kind in sorted(kinds, key="broker".__eq__):
            if kind == "broker":
                self.rabbit.start()
            else:
                self._run[kind] = self._starts[kind]()

    def end(self, kind: str) -> None:
        """End one for good."""
        kill(self._run[kind])

    def ended(self) -> list[str]:
        """Which have ended by themselves."""
        return [kind for kind, process in self._run.items() if process.poll() is not None]

    def _scripted(self, how: str, more: str) -> subprocess.Popen[bytes]:
        return scripted(self.fleet, VANTAGE, how, more, {"TALLY": str(self.tally)})


def scripted(
    fleet: Fleet, vantage: str, how: str, more: str, environ: dict[str, str], name: str = ""
) -> subprocess.Popen[bytes]:
    """A worker whose looks are scripted."""
    words = ["-m", "tests.attack.fleet.scripted", str(fleet.home / f"{vantage}.json"), str(fleet.owner.verifier)]
    own = {"OWN_KEY": fleet.keys[vantage].secret(), "BROKER": f"file:{fleet.given / vantage}.broker"}
    return fleet.spawn([*words, str(fleet.hub.verifier), how, more], {**own, **environ}, name or f"scripted-{how}")


def fleet_kills(amount: int, folder: Path) -> Outcome:
    """`amount` batches of one host each, and a blow after every 150 of them: three kills, as a rule."""
    outcome = Outcome()
    if not (PROGRAMS / "rabbitmq-server").exists():
        outcome.skipped = "rabbitmq-server is not installed"
        return outcome
    chance = Random(SEED)
    blows = max(2, amount // A_BLOW)
    killed: Counter[str] = Counter()
    with brokered(folder, VANTAGE) as (rabbit, fleet):
        hosts = [{"id": f"h{n}", "host": f"127.30.{n // 200}.{n % 200 + 1}", "ports": [1]} for n in range(amount)]
        fleet.write(hosts, {VANTAGE: "internet"}, interval="30d")
        processes = _Processes(fleet, rabbit)
        for number in range(blows):
            reached = int((number + 0.5) * amount / blows)
            until(lambda: looked(fleet) >= reached, f"after {killed.total()} kills: {fleet.logs()}", STALLS)  # noqa: B023
            time.sleep(chance.random())
            kinds = chance.sample(KINDS, chance.randint(1, AT_ONCE))
            killed.update(kinds)
            processes.kill(kinds)
        seen = -1
        while seen < looked(fleet):
            seen = looked(fleet)
            with suppress(AssertionError):
                until(lambda: looked(fleet) > seen or seen == amount, "it goes on", STALLS)  # noqa: B023
        # Meanwhile some have their next turn: what is owed for that is not lost.
        owed = _owed(fleet)
        with suppress(AssertionError):
            until(lambda: not owed & _owed(fleet), "what was owed comes", STALLS)
        outcome.check(not owed & _owed(fleet), f"{len(owed & _owed(fleet))} batches are owed in the end")
        outcome.tried = amount
        outcome.check(not processes.ended(), f"ended by themselves: {processes.ended()}")
        processes.end("hub")  # what is judged stays as it is
        _judge(fleet, processes.tally, amount, outcome)
        outcome.measured += f"; {killed.total()} killed ({', '.join(f'{n} {k}' for k, n in sorted(killed.items()))})"
        if outcome.failures:
            said = rabbit.ctl("list_queues", "-p", VANTAGE, "name", "messages_ready", "messages_unacknowledged")
            rows = fleet.rows("SELECT * FROM owed LIMIT 3")
            outcome.failures.append(f"{said}{rows}\n{fleet.logs()[-6000:]}")
    return outcome


def looked(fleet: Fleet) -> int:
    """How many assets have a look on file."""
    return int(sum(row[0] for row in fleet.rows("SELECT count(*) FROM looks")))


def _owed(fleet: Fleet) -> set[str]:
    return {id_ for (id_,) in fleet.rows("SELECT id FROM owed")}


def _judge(fleet: Fleet, tally: Path, amount: int, outcome: Outcome) -> None:
    seen = looked(fleet)
    outcome.check(seen == amount, f"{amount - seen} of {amount} hosts were lost")
    done = Counter(line.split()[0] for line in tally.read_text().splitlines())
    ends = dict(fleet.rows("SELECT id, blind FROM rounds"))
    given_up = {id_ for id_, _ in ends.items() if id_ not in done}
    blind = [id_ for id_, why in ends.items() if why]
    outcome.check(not blind, f"{len(blind)} batches were blind or silent: {blind[:3]}")
    recorded = fleet.rows("SELECT sum(looks) FROM all_days")[0][0]
    wanted = 2 * (len(ends) - len(given_up)) + len(given_up)
    outcome.check(recorded == wanted, f"{recorded} looks are on file, {wanted} should be: a repeat was recorded")
    repeats = sum(done.values()) - len(done)
    outcome.measured = (
        f"{len(ends)} batches on file, {repeats} done twice and dropped, {len(given_up)} given up as a bug"
    )
