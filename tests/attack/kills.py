"""Kills at random moments of looks, surveys, sending and actions: no alert is lost, the ledger stays whole."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from typing import Any

from tests.attack.attack import Outcome
from tests.attack.recorders import Recorders, recorders
from tests.waiting import until

SEED = 19121212
REF = re.compile(r"(LO-[0-9A-Z]{10})/\d+")
_RECORDERS = 4
_DEEDS = {
    "ack": (), "contain": ("--reason", "the index is off"), "cause": ("--reason", "an old rule"),
    "aware": ("--reason", "told by mail", "--party", "storage"),
}  # fmt: skip
"""What people say about a finding, and what each of it needs to be said with."""


class Forker:
    """The process that forks, from outside."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(
        self, *arguments: str, kill_after: float | None = None, children_after: float | None = None
    ) -> dict[str, Any]:
        """Run a command in a fork; kill it after so many seconds, and what it starts from another moment on."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        order = {"arguments": arguments, "kill_after": kill_after, "children_after": children_after}
        stdin.write(json.dumps(order) + "\n")
        stdin.flush()
        answer: dict[str, Any] = json.loads(stdout.readline())
        return answer


@contextmanager
def forker(made: Recorders, under: Sequence[str] = ()) -> Iterator[Forker]:
    """A forker with the installation's environment; `under` is a program that watches it."""
    process = subprocess.Popen(
        [*under, sys.executable, "-m", "tests.attack.forker"],
        cwd=made.house.folder, env=made.house.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield Forker(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(30)


def kills(amount: int, folder: Path) -> Outcome:
    """`amount` kills in one ledger; then everything that was found must have been told."""
    outcome = Outcome()
    chance = Random(SEED)
    killed: Counter[str] = Counter()
    with recorders(folder, _RECORDERS, clear_looks=1) as made, forker(made) as forks:
        database, inventory = str(made.house.database), str(made.house.inventory)
        with_log(made)
        made.toggle(0)
        forks.run("run", inventory, "--database", database)
        for number in range(amount):
            if number % 2 == 0:
                made.toggle(chance.randrange(_RECORDERS))
            what, arguments, most = _order(chance, database, inventory, folder)
            children_after = chance.uniform(0.0, most) if chance.random() < 0.3 else None
            done = forks.run(*arguments, kill_after=chance.uniform(0.02, most), children_after=children_after)
            outcome.tried += 1
            killed["child alone"] += done["children"]
            if done["killed"]:
                killed[what] += 1
            elif done["code"] not in (0, 1, 2, 3):
                outcome.failures.append(f"kill {number}: {what} ended with {done['code']}")
            if number % 20 == 19:
                whole(database, outcome, f"after {number + 1} kills")
                _copied(Path(database), folder / f"copy-{number}", outcome)
                _hot_copy(made, forks, folder / f"hot-{number}", outcome)
        for event in made.opened:
            event.set()
        # What a killed process had taken for sending is free again when its lease ends; then it is sent.
        until(lambda: forks.run("run", inventory, "--database", database) and not unsent(database), "sent", 150)
        whole(database, outcome, "at the end")
        said = made.house.ask("verify", "--database", database)
        outcome.check(said.code == 0, f"the evidence log at the end: {said.out[-200:]} {said.err[-200:]}")
        nothing_lost(database, made, outcome)
    shares = ", ".join(f"{count} {what}" for what, count in sorted(killed.items()))
    outcome.measured = f"{killed.total()} killed at work ({shares})"
    outcome.check(bool(killed), "nothing was killed at work")
    return outcome


def with_log(made: Recorders) -> None:
    """Have checkpoints of the evidence log signed every second."""
    made.house.ask("log", "new-key", "log.key", "--name", "vendor.example/log")
    value = json.loads(made.house.inventory.read_text())
    value["log"] = {"key": f"file:{made.house.folder}/log.key", "every": "1s"}
    made.house.inventory.write_text(json.dumps(value))


def _order(chance: Random, database: str, inventory: str, folder: Path) -> tuple[str, list[str], float]:
    """What is run next, and the most seconds that it is given."""
    with closing(sqlite3.connect(database)) as ledger:
        ids = [row[0] for row in ledger.execute("SELECT id FROM findings ORDER BY id")]
    at = ["--database", database]
    kind = chance.choice(["watch"] * 12 + ["run"] * 6 + ["survey"] * 2 + ["backup"] * 2 + ["checkpoint", *_DEEDS])
    if not ids or kind in ("watch", "run"):
        kind = kind if kind == "watch" else "run"
        return kind, [kind, inventory, *at], 1.6 if kind == "watch" else 0.9
    one = chance.choice(ids)
    if kind == "survey":
        return kind, [kind, one, inventory, *at], 0.4
    if kind == "checkpoint":
        return kind, ["log", kind, inventory, *at], 0.2
    if kind in _DEEDS:
        return kind, [kind, one, "--by", "Attack Er", *_DEEDS[kind], *at], 0.15
    return kind, [kind, str(folder / f"backup-{chance.randrange(1 << 40)}"), *at], 0.2


def whole(database: str, outcome: Outcome, when: str) -> None:
    """No page is damaged and no row lacks its parent."""
    with closing(sqlite3.connect(database)) as ledger:
        said = ledger.execute("PRAGMA integrity_check").fetchone()[0]
        foreign = ledger.execute("PRAGMA foreign_key_check").fetchall()
    outcome.check(said == "ok", f"{when}: integrity_check says {said}")
    outcome.check(not foreign, f"{when}: rows without their parent: {foreign[:3]}")


def _copied(database: Path, to: Path, outcome: Outcome) -> None:
    """The files as a file-level backup takes them: database, log and key, one after the other."""
    to.mkdir()
    for file in database.parent.glob(f"{database.name}*"):
        if file.suffix != ".lock" and file.is_file():
            shutil.copy2(file, to / file.name)
    with closing(sqlite3.connect(to / database.name)) as ledger:
        said = ledger.execute("PRAGMA integrity_check").fetchone()[0]
    outcome.check(said == "ok", f"hot copy {to.name}: {said}")
    shutil.rmtree(to)


def _hot_copy(made: Recorders, forks: Forker, to: Path, outcome: Outcome) -> None:
    """A backup while a watch works, which is then killed: the copy is whole, and says what its own log says."""
    with ThreadPoolExecutor(1) as beside:
        order = ("watch", str(made.house.inventory), "--database", str(made.house.database))
        watch = beside.submit(forks.run, *order, kill_after=2.0)
        ran = made.house.ask("backup", str(to), "--key", f"{to}.key", "--database", str(made.house.database))
        watch.result()
    outcome.check(ran.code == 0, f"hot copy {to.name}: ended with {ran.code}: {ran.err[-200:]}")
    if ran.code == 0:
        whole(str(to), outcome, f"hot copy {to.name}")
        said = made.house.ask("verify", "--database", str(to))
        outcome.check(said.code == 0, f"hot copy {to.name}: {said.out[-200:]} {said.err[-200:]}")
        to.unlink()


def unsent(database: str) -> list[tuple[Any, ...]]:
    """Messages that are still to be sent."""
    with closing(sqlite3.connect(database)) as ledger:
        return ledger.execute("SELECT id, state, finding FROM dues WHERE state NOT IN ('sent', 'cancelled')").fetchall()


def nothing_lost(database: str, made: Recorders, outcome: Outcome) -> None:
    """Everything on file was told, nothing is left to be sent, and nothing was told that is not on file."""
    outcome.check(not (left := unsent(database)), f"left unsent: {left[:5]}")
    everything_told(database, made, outcome)


def everything_told(database: str, made: Recorders, outcome: Outcome) -> None:
    """Every finding was told to the hook, and nothing was told that is not on file."""
    with closing(sqlite3.connect(database)) as ledger:
        found = {row[0] for row in ledger.execute("SELECT id FROM findings")}
    told: set[str] = set()
    for one in list(made.hook.received):
        try:
            one.json()
        except ValueError:
            continue  # the sender was killed on the way; nobody takes half a message for one
        told |= set(REF.findall(one.body.decode()))
    outcome.check(found <= told, f"found and never told: {sorted(found - told)[:5]}")
    outcome.check(told <= found, f"told and not on file: {sorted(told - found)[:5]}")
