"""Kills between two chosen commits of one operation: what is on file by then is whole, and so is what it obliges to.

strace kills the program as it has synced for the first time, then for the second, and so on until it ends by itself:
SQLite syncs once at each commit, so each gap between two transactions of one operation is met once. Nothing of ours is
patched.
"""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.attack.attack import Outcome
from tests.attack.kills import whole, with_log
from tests.attack.power.trace import refused
from tests.attack.recorders import Recorders, recorders

_MOST = 60
"""Syncs of one operation, beyond which it is not followed."""
_CODES = (0, 1, 2, 3)


@dataclass(frozen=True, slots=True)
class Operation:
    """A command, and what must stand before it."""

    name: str
    arguments: tuple[str, ...]
    opened: bool
    """Whether the recorder is open while it runs."""
    before: Callable[[Path], None] = lambda _: None
    """What is done to the folder of the ledger first."""


@dataclass(frozen=True, slots=True)
class OnFile:
    """What a ledger holds: the steps of findings and what people did, and the messages that are owed for them."""

    changes: tuple[tuple[str, int, str], ...]
    deeds: tuple[tuple[str, str], ...]
    owed: tuple[tuple[str, int, str], ...]

    @property
    def counts(self) -> tuple[Counter[str], Counter[str], Counter[str]]:
        """How often there is each step, each deed and each message."""
        changes, owed = Counter(one[2] for one in self.changes), Counter(one[2] for one in self.owed)
        return changes, Counter(one[1] for one in self.deeds), owed

    @property
    def told(self) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        """Which steps, deeds and messages there are."""
        changes, deeds, owed = self.counts
        return frozenset(changes), frozenset(deeds), frozenset(owed)


def commits(amount: int, folder: Path) -> Outcome:
    """The first `amount` operations, each killed after each of its syncs."""
    outcome = Outcome()
    outcome.skipped = refused()
    if outcome.skipped:
        return outcome
    killed: Counter[str] = Counter()
    with recorders(folder, 1, clear_looks=1) as made:
        with_log(made)
        made.house.ask("run", "inventory.yaml")
        quiet = _kept(made, folder / "quiet")
        made.toggle(0)
        made.house.ask("run", "inventory.yaml")
        found = _kept(made, folder / "found")
        for one in _operations(made, folder)[:amount]:
            made.opened[0].set() if one.opened else made.opened[0].clear()
            killed[one.name] = _each_gap(outcome, made, one, quiet if one.name == "open" else found)
            outcome.tried += killed[one.name]
            outcome.check(killed[one.name] > 0, f"{one.name} was never killed")
    shares = ", ".join(f"{count} {what}" for what, count in killed.items())
    outcome.measured = f"killed after each sync ({shares})"
    return outcome


def _operations(made: Recorders, folder: Path) -> tuple[Operation, ...]:
    with closing(sqlite3.connect(made.house.database)) as ledger:
        (finding,) = ledger.execute("SELECT id FROM findings").fetchone()
    copy, key = str(folder / "copy.db"), str(folder / "copy.key")
    made.house.ask("backup", copy, "--key", key)
    by, why = ("--by", "Attack Er"), ("--reason", "an old rule")
    again = str(made.house.database.parent / "again.db")
    return (
        Operation("ack", ("ack", finding, *by), opened=True),
        Operation("open", ("run", "inventory.yaml"), opened=True),
        Operation("close", ("run", "inventory.yaml"), opened=False),
        Operation("dismiss", ("dismiss", finding, *by, *why), opened=True),
        Operation("contain", ("contain", finding, *by, *why), opened=True),
        Operation("accept", ("accept", finding, *by, *why, "--party", "storage", "--days", "9"), opened=True),
        Operation("aware", ("aware", finding, *by, *why, "--party", "storage"), opened=True),
        Operation("drill", ("alert", "--test", "storage-oncall", "inventory.yaml"), opened=True),
        Operation("survey", ("survey", finding, "inventory.yaml", "--whole"), opened=True),
        Operation("checkpoint", ("log", "checkpoint", "inventory.yaml"), opened=True),
        Operation("restore", ("restore", copy, "--key", key, "--database", again), opened=True),
        Operation("new-key", ("new-key",), opened=True, before=_without_key),
    )


def _without_key(var: Path) -> None:
    (var / "leftopen.db.key").unlink()


def _each_gap(outcome: Outcome, made: Recorders, one: Operation, base: Path) -> int:
    """Kill it after each of its syncs, from the same ledger each time; how often it was."""
    _put(made, base, one)
    before = _on_file(made)
    ran = made.house.ask(*one.arguments)
    outcome.check(ran.code in _CODES[:2], f"{one.name}: ended with {ran.code}: {ran.err[-300:]}")
    after = _on_file(made)
    for number in range(1, _MOST):
        _put(made, base, one)
        if not _killed(made, one.arguments, number):
            return number - 1
        what = f"{one.name}, killed after sync {number}"
        whole(str(made.house.database), outcome, what)
        _obliged(outcome, _on_file(made), before, after, what)
        again = made.house.ask(*one.arguments)
        outcome.check(
            again.code in _CODES and "Traceback" not in again.err, f"{what}: then {again.code}: {again.err[-300:]}"
        )
        ended = _on_file(made)
        # What was said twice by the person who did not hear that it was taken is on file twice.
        outcome.check(ended.told == after.told, f"{what}: after it was done again {ended.told}, and not {after.told}")
        said = made.house.ask("verify", "--database", str(made.house.database))
        outcome.check(said.code == 0, f"{what}: the evidence log: {said.out[-200:]} {said.err[-200:]}")
    outcome.failures.append(f"{one.name} syncs more than {_MOST} times")
    return _MOST


def _obliged(outcome: Outcome, now: OnFile, before: OnFile, after: OnFile, what: str) -> None:
    """Each step and each deed that is on file has the messages that it has where nothing was killed, and no other."""
    told = {step for finding, sequence, step in after.changes if (finding, sequence, step) in set(after.owed)}
    untold = [one for one in now.changes if one[2] in told and one not in set(now.owed)]
    outcome.check(not untold, f"{what}: on file, and nobody is to be told: {untold}")
    unfounded = [one for one in now.owed if one[0] and one[2] in told and one not in set(now.changes)]
    outcome.check(not unfounded, f"{what}: to be told, and not on file: {unfounded}")
    if len(after.deeds) > len(before.deeds):
        done = len(now.deeds) == len(after.deeds)
        expected = after.counts[2] if done else before.counts[2]
        outcome.check(
            now.counts[2] == expected, f"{what}: the deed is {'' if done else 'not '}on file: {now.counts[2]}"
        )


def _killed(made: Recorders, arguments: tuple[str, ...], number: int) -> bool:
    """Run it, and kill it as it has synced so often; whether it came to that."""
    calls = "fsync,fdatasync"
    under = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={calls}"]
    under += ["-e", f"inject={calls}:signal=KILL:when={number}"]
    done = subprocess.run(
        [*under, *made.house.command(*arguments)], cwd=made.house.folder, env=made.house.environment(),
        capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    return done.returncode in (-9, 137)


def _kept(made: Recorders, to: Path) -> Path:
    return Path(shutil.copytree(made.house.database.parent, to))


def _put(made: Recorders, base: Path, one: Operation) -> None:
    var = made.house.database.parent
    shutil.rmtree(var)
    shutil.copytree(base, var)
    one.before(var)


def _on_file(made: Recorders) -> OnFile:
    with closing(sqlite3.connect(made.house.database)) as ledger:
        return OnFile(
            tuple(ledger.execute("SELECT finding, sequence, step FROM changes ORDER BY 1, 2")),
            tuple(ledger.execute("SELECT finding, act FROM deeds ORDER BY id")),
            tuple(ledger.execute("SELECT finding, sequence, step FROM dues ORDER BY id")),
        )
