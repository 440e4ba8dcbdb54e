"""A disk that is too small, full, read-only or damaged: said in words, nothing half written, nothing lost."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

from cryptography.fernet import Fernet

from tests.acceptance.builders import Ran
from tests.attack.attack import Outcome
from tests.attack.kills import nothing_lost, unsent, whole
from tests.attack.recorders import Recorders, holds, recorders, watching

SEED = 20130917
_CODES = (0, 1, 2, 3)
_PAGE = 4096


@contextmanager
def disk(at: Path, kibibytes: int) -> Iterator[None]:
    """A disk of its own, mounted there. Raises subprocess.CalledProcessError where that is not allowed."""
    at.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kibibytes}k,mode=700", "tmpfs", at], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", at], check=True)


def remount(at: Path, options: str) -> None:
    """Change the size of the disk, or whether it can be written."""
    subprocess.run(["mount", "-o", f"remount,{options}", at], check=True)


def in_words(outcome: Outcome, ran: Ran, what: str) -> None:
    """The program ended with a code of its own and no traceback."""
    outcome.check(ran.code in _CODES, f"{what}: ended with {ran.code}: {ran.err[-300:]}")
    outcome.check("Traceback" not in ran.err, f"{what}: a traceback: {ran.err[-300:]}")


def full_disk(amount: int, folder: Path) -> Outcome:
    """Rounds on disks of `amount` sizes, from one that holds no page to one that almost suffices."""
    outcome = Outcome()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        outcome.skipped = "only root can mount a disk of its own"
        return outcome
    refused = 0
    with recorders(folder, 1) as made:
        made.toggle(0)
        var = made.house.database.parent
        for number in range(amount):
            kibibytes = 4 + (number * 1600 // amount if amount > 1 else 800)
            with disk(var, kibibytes):
                outcome.tried += 1
                ran = made.house.ask("run", "inventory.yaml")
                in_words(outcome, ran, f"{kibibytes} KiB")
                refused += ran.code in (2, 3)
                outcome.check(ran.code != 0, f"{kibibytes} KiB: looks well though the recorder is open")
                remount(var, "size=64m")
                _room_again(outcome, made, f"{kibibytes} KiB, then room")
                remount(var, "ro")
                ran = made.house.ask("run", "inventory.yaml")
                in_words(outcome, ran, "read-only")
                outcome.check(ran.code in (2, 3), f"read-only: ended with {ran.code}")
                remount(var, "rw")
    outcome.measured = f"{refused} rounds could not be recorded, and said so"
    return outcome


def _room_again(outcome: Outcome, made: Recorders, when: str) -> None:
    for _ in range(3):
        ran = made.house.ask("run", "inventory.yaml")
        in_words(outcome, ran, when)
        if ran.code == 1:
            break
    outcome.check(ran.code == 1, f"{when}: ended with {ran.code}: {ran.err[-200:]}")
    whole(str(made.house.database), outcome, when)
    nothing_lost(str(made.house.database), made, outcome)


def filling(amount: int, folder: Path) -> Outcome:
    """The disk of a `watch` fills up, or takes no writes, `amount` times; a recorder opens meanwhile."""
    outcome = Outcome()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        outcome.skipped = "only root can mount a disk of its own"
        return outcome
    chance = Random(SEED)
    with recorders(folder, 1, clear_looks=1) as made:
        var = made.house.database.parent
        with disk(var, 16 << 10):
            with watching(made, made.house.environment()) as process:
                outcome.check(holds(lambda: made.asked > 4), "no first look")
                for number in range(amount):
                    outcome.tried += 1
                    refuses = number % 3 == 2
                    _may_write(process.pid, 0) if refuses else _fill(var, chance.randrange(4))
                    told = len(made.hook.received)
                    made.toggle(0)
                    time.sleep(2.0)
                    _may_write(process.pid, resource.RLIM_INFINITY)
                    (var / "filler").unlink(missing_ok=True)
                    outcome.check(holds(lambda: len(made.hook.received) > told), f"{number}: what opened was not told")  # noqa: B023
                    made.toggle(0)
                    closed = holds(lambda: "exposed" not in made.house.states())
                    outcome.check(closed, f"{number}: what closed was not recorded")
                    outcome.check(process.poll() is None, f"{number}: the watch has ended")
                outcome.check(holds(lambda: not unsent(str(made.house.database))), "messages are left")
            whole(str(made.house.database), outcome, "at the end")
            nothing_lost(str(made.house.database), made, outcome)
        said = (made.house.folder / "watch.log").read_text()
    outcome.check("Traceback" not in said, said[-600:])
    outcome.measured = f"{len(made.hook.received)} messages came, each once there was room"
    return outcome


def _fill(at: Path, pages: int) -> None:
    """Fill a disk up to its last pages."""
    with suppress(OSError), (at / "filler").open("wb", buffering=0) as filler:
        while True:
            filler.write(bytes(_PAGE))
    os.truncate(at / "filler", max(0, (at / "filler").stat().st_size - pages * _PAGE))


def _may_write(process: int, most: int) -> None:
    """Let a process write files of so many bytes: with 0 each write fails, as on a disk that turned read-only."""
    resource.prlimit(process, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


def damaged(amount: int, folder: Path) -> Outcome:
    """Random damage to `amount` copies of a ledger: every command ends in words, and `run` never looks well."""
    outcome = Outcome()
    chance = Random(SEED)
    noticed = 0
    with recorders(folder, 1) as made:
        made.toggle(0)
        made.house.ask("run", "inventory.yaml")
        good = made.house.database.read_bytes()
        pages = len(good) // _PAGE
        for number in range(amount):
            body = bytearray(good)
            for _ in range(chance.randint(1, 12)):
                at = chance.randrange(1, pages) * _PAGE
                body[at : at + _PAGE] = chance.randbytes(_PAGE) if chance.random() < 0.5 else bytes(_PAGE)
            if number % 5 == 0:
                del body[chance.randrange(len(body)) :]
            for rest in made.house.database.parent.glob("leftopen.db-*"):
                rest.unlink()
            made.house.database.write_bytes(bytes(body))
            for command in (["health"], ["findings"], ["status", "inventory.yaml"], ["run", "inventory.yaml"]):
                outcome.tried += 1
                ran = made.house.ask(*command)
                in_words(outcome, ran, f"damage {number}, {command[0]}")
                noticed += ran.code in (2, 3)
                if command[0] == "run":
                    outcome.check(ran.code != 0, f"damage {number}: `run` looks well though the recorder is open")
    outcome.measured = f"{noticed} of {outcome.tried} commands said that the ledger is unusable"
    return outcome


def keys(amount: int, folder: Path) -> Outcome:
    """A key that is lost, empty, cut or of another ledger: said, never replaced, and no half fix looks closed."""
    outcome = Outcome()
    chance = Random(SEED)
    with recorders(folder, 1, clear_looks=1) as made:
        made.toggle(0)
        made.house.ask("run", "inventory.yaml")
        database = made.house.database
        key = next(database.parent.glob("*.key"))
        right = key.read_bytes()
        for _ in range(amount):
            for name, wrong in (
                ("lost", None),
                ("empty", b""),
                ("cut", right[: chance.randrange(1, len(right))]),
                ("shuffled", bytes(chance.sample(list(right), len(right)))),
                ("foreign", Fernet.generate_key()),
            ):
                key.unlink(missing_ok=True)
                if wrong is not None:
                    key.write_bytes(wrong)
                    key.chmod(0o600)
                for fixed in (False, True, True):
                    # A half fix: the folder is listed no more, and its files are open to whoever knows their names.
                    made.lists.clear() if fixed else made.lists.set()
                    outcome.tried += 1
                    ran = made.house.ask("run", "inventory.yaml")
                    in_words(outcome, ran, f"key {name}")
                    outcome.check(ran.code != 0, f"key {name}: looks well though the recorder is open")
                    outcome.check("key" in ran.err + ran.out, f"key {name}: not said: {ran.err[-200:]}")
                    states = set(made.house.states())
                    outcome.check(states == {"exposed"}, f"key {name}, half fixed {fixed}: the finding is {states}")
                for command in (["health", "inventory.yaml"], ["status", "inventory.yaml"], ["findings"]):
                    outcome.tried += 1
                    said = made.house.ask(*command)
                    in_words(outcome, said, f"key {name}, {command[0]}")
                    told = said.code in (2, 3) and "key" in said.err + said.out
                    outcome.check(told, f"key {name}, {command[0]}: {said.code}, not said: {said.err[-200:]}")
                held = key.read_bytes() if key.exists() else None
                outcome.check(held == wrong, f"key {name}: it was replaced")
        key.write_bytes(right)
        ran = made.house.ask("run", "inventory.yaml")
        outcome.check(ran.code == 1, f"the right key again, half fixed: ended with {ran.code}: {ran.err[-200:]}")
        outcome.check(set(made.house.states()) == {"exposed"}, f"states after all: {made.house.states()}")
    outcome.measured = "all of them said"
    return outcome
