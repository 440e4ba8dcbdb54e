"""Thousands of findings, places and channels: every command is usable, and a watch stays flat and never stalls."""

from __future__ import annotations

import json
import re
import resource
import subprocess
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from monitor.findings.finding import parse_finding_id
from monitor.store.ledger import Ledger
from monitor.store.looks.slots import SECONDS, day_and_second, pack
from monitor.store.rows import packed, record, stamp
from tests.acceptance.builders import House, asset
from tests.attack.attack import Outcome
from tests.attack.kills import nothing_lost, whole
from tests.attack.recorders import Recorders, holds, recorders, watching
from tests.monitor.service.test_linear import lived
from tests.speed import slowness

_SECONDS = 20.0
"""CPU seconds of a usual machine within which each command must be done with 10,000 findings and assets."""
_STALL = re.compile(r"the event loop was held for ([\d.]+) s, of which it worked ([\d.]+) s")
_MOST_STALL = 0.1
_ID = next(id_ for id_ in (f"LO-{n:010d}" for n in range(1, 1000)) if parse_finding_id(id_, bare=True) == id_)
"""A finding of such a ledger whose id a person can type: the last letter of an id checks the others."""
_PER_ASSET = 5
"""Places that are declared for each asset."""
_DAYS, _SLOTS = 4, 250
"""Days before today on which each asset was looked at, and how often on each."""
_COMMANDS = (
    ["check", "inventory.yaml"], ["status", "inventory.yaml"], ["status", "inventory.yaml", "--json"], ["findings"],
    ["findings", "--all", "--json"], ["findings", "--csv"], ["health", "inventory.yaml"],
    ["health", "inventory.yaml", "--json"], ["health", "inventory.yaml", "--nagios"],
    ["health", "inventory.yaml", "--prometheus"], ["exceptions", "inventory.yaml"], ["clock", "inventory.yaml"],
    ["coverage", "inventory.yaml"], ["report", "negative", "inventory.yaml", "--party", "storage"],
    ["statistics"], ["trace", _ID], ["show", _ID], ["show", _ID, "--json"],
    ["ack", _ID, "--by", "Attack Er"],
    ["backup", "copy"],
)  # fmt: skip


def load(amount: int, folder: Path) -> Outcome:
    """A ledger of `amount` findings on as many assets with five places each, and a channel for every tenth of them."""
    outcome = Outcome()
    house = House(folder)
    parties = [{"id": f"p{n}", "name": f"Party {n}", "role": "processor"} for n in range(amount // 10)]
    paths = [f"/rec-{n}/" for n in range(_PER_ASSET)]
    house.declare(
        *(asset(f"a{n}", ("127.0.0.1", 9), paths=paths, interval="1d") for n in range(amount)),
        channels=[{"id": f"c{n}", "party": f"p{n}", "url": "env:NONE"} for n in range(amount // 10)],
    )
    _with_parties(house, parties)
    ledger = Ledger(house.database)
    now = datetime.now(UTC) - timedelta(minutes=1)
    lived(amount, now)(ledger)
    looks = _folded(ledger, amount, now)
    ledger.close()
    slowest, of = 0.0, "-"
    for command in _COMMANDS:
        outcome.tried += 1
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            house.command(*command), cwd=folder, env=house.environment(), capture_output=True, timeout=600, check=False
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / slowness()
        what = " ".join(command)
        said = done.stderr.decode("utf-8", "replace")
        outcome.check(done.returncode in (0, 1, 2, 3), f"{what}: ended with {done.returncode}: {said[-300:]}")
        outcome.check("Traceback" not in said, f"{what}: {said[-300:]}")
        outcome.check("Usage:" not in said, f"{what}: {said[-300:]}")
        if seconds > _SECONDS:
            outcome.too_slow.append(f"{what}: {seconds:.1f} s of CPU")
        if seconds > slowest:
            slowest, of = seconds, command[0]
    whole(str(house.database), outcome, "after the commands")
    outcome.measured = f"{looks / 1e6:.1f} million looks on file; slowest `{of}` {slowest:.1f} s of CPU"
    return outcome


def _folded(ledger: Ledger, assets: int, now: datetime) -> int:
    """A look in each slot of the last four days at every asset, folded as the recorder folds them; how many they are.

    Written without it: to record ten million looks one by one takes a quarter of an hour.
    """
    today, _ = day_and_second(now)
    text = record([["http://127.0.0.1:9/", "listing", "exposed", "listed-and-readable", []]])
    digest, body = sha256(text).digest(), packed(text)
    slots, second = pack((1 << _SLOTS) - 1), _SLOTS * SECONDS
    with ledger.step():
        ledger.execute("INSERT INTO records VALUES (1, ?, ?)", digest, body)
        ledger.executemany(
            "INSERT INTO series (id, asset, probe, endpoint, day, verdicts, at, round)"
            " VALUES (?, ?, 'http-listing', 'http://127.0.0.1:9', ?, 1, ?, 'r')",
            [(n + 1, f"a{n}", today, stamp(now)) for n in range(assets)],
        )
        ledger.executemany(
            "INSERT INTO days VALUES (?, ?, 1, ?, 0, ?, ?, ?, 0, ?)",
            [
                (n + 1, today - day, _SLOTS, second, SECONDS, 5 * _SLOTS, slots)
                for n in range(assets)
                for day in range(1, _DAYS + 1)
            ],
        )
    return assets * _DAYS * _SLOTS


def _with_parties(house: House, parties: list[dict[str, Any]]) -> None:
    value = json.loads(house.inventory.read_text())
    value["parties"] += parties
    house.inventory.write_text(json.dumps(value))


def _state(process: int) -> tuple[int, int, int]:
    """Memory in KiB, descriptors and threads of a process."""
    status = Path(f"/proc/{process}/status").read_text()
    number = {name: int(status.split(f"{name}:")[1].split()[0]) for name in ("VmRSS", "Threads")}
    return number["VmRSS"], len(list(Path(f"/proc/{process}/fd").iterdir())), number["Threads"]


def _zombies(of: int) -> int:
    """The children of a process that have ended and that nobody has waited for."""
    children = [int(word) for word in Path(f"/proc/{of}/task/{of}/children").read_text().split()]
    return sum(_is_zombie(child) for child in children)


def _is_zombie(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False


def flat(amount: int, folder: Path) -> Outcome:
    """A `watch` that looks at ten recorders once a second while they open and close, `amount` times."""
    outcome = Outcome()
    with recorders(folder, 10, clear_looks=1) as made:
        with watching(made, made.house.environment()) as process:
            states: list[tuple[int, int, int]] = []
            for number in range(amount):
                outcome.tried += 1
                made.toggle(number % 10)
                before = made.asked
                outcome.check(holds(lambda b=before: made.asked > b + 40), f"{number}: no looks")  # type: ignore[misc]
                outcome.check(process.poll() is None, f"{number}: the watch has ended")
                if number >= amount // 3:
                    states.append(_state(process.pid))
            time.sleep(1.0)  # a delivery that has just ended is waited for within this
            zombies = _zombies(process.pid)
            outcome.check(zombies < 2, f"{zombies} children were not waited for")
            if amount >= 30:
                _compare(states, outcome)
            for event in made.opened:
                event.set()
            outcome.check(holds(lambda: _all_told(made)), "not everything was told")
        whole(str(made.house.database), outcome, "at the end")
        nothing_lost(str(made.house.database), made, outcome)
        said = (made.house.folder / "watch.log").read_text()
    outcome.check("Traceback" not in said, said[-300:])
    longest = stalls(said, outcome)
    first, last = states[0], states[-1]
    outcome.measured = (
        f"{made.asked} requests; memory {first[0] >> 10} to {last[0] >> 10} MiB, descriptors {first[1]} to {last[1]}, "
        f"threads {first[2]} to {last[2]}; longest stall by its own work {longest:.2f} s"
    )
    return outcome


def stalls(log: str, outcome: Outcome) -> float:
    """Seconds of the longest stall of an event loop by its own work, as the log of a `watch` says."""
    longest = max((float(worked) for _, worked in _STALL.findall(log)), default=0.0)
    if longest > _MOST_STALL:
        outcome.too_slow.append(f"the event loop was held for {longest:.2f} s by its own work")
    return longest


def _all_told(made: Recorders) -> bool:
    outcome = Outcome()
    nothing_lost(str(made.house.database), made, outcome)
    return not outcome.failures


def _compare(states: list[tuple[int, int, int]], outcome: Outcome) -> None:
    """The last third against the third before: what grows by work grows there too."""
    half = len(states) // 2
    early, late = states[:half], states[half:]
    for index, (name, allowed) in enumerate((("memory in KiB", 24 << 10), ("descriptors", 12), ("threads", 6))):
        most = [max(state[index] for state in part) for part in (early, late)]
        outcome.check(most[1] <= most[0] + allowed, f"{name} grew from {most[0]} to {most[1]}")
