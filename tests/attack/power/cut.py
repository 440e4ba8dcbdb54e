"""The power is cut at any moment of a working installation: what was confirmed is there, what is owed is told."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from monitor.store.access.access_file import NAME
from monitor.store.encryption import key_file
from tests.attack.attack import Outcome
from tests.attack.disks import in_words
from tests.attack.kills import REF, forker, whole, with_log
from tests.attack.power import small, trace
from tests.attack.power.disk import Disk, Op
from tests.attack.recorders import Recorders, recorders

SEED = 20211004
_EACH = 20
"""Of so many cuts, the real program goes on after one."""
_KEPT = {
    "findings": "id", "changes": "finding || '/' || sequence", "deeds": "id", "deliveries": "id", "evidence": "id",
    "log_checkpoints": "size",
}  # fmt: skip
"""Tables whose rows stay, whatever is done, and what tells one row from the others."""
_COPIES = {"copy.db": "copy.key", "back.db": "back.db.key"}
"""Copies that are made, and their keys."""
_ENDED = b'{"killed"'
_MARK = re.compile(rb"LO-[0-9A-Z]{10}/|" + re.escape(_ENDED))


@dataclass(slots=True)
class _Confirmed:
    """What may be relied on from some moment on: what was on file when a command had ended, and what was told."""

    ended: int = 0
    rows: dict[str, set[object]] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)


def power_cuts(amount: int, folder: Path) -> Outcome:
    """`amount` cuts of one recorded installation."""
    outcome = Outcome()
    outcome.skipped = trace.refused()
    if outcome.skipped:
        return outcome
    chance = Random(SEED)
    with recorders(folder, 3, clear_looks=1) as made:
        with_log(made)
        ran = _record(made, folder / "trace")
        home = str(made.house.folder) + "/"
        ops = list(trace.read((folder / "trace").read_text(), home, _MARK))
        outcome.check(sum(op.kind == "said" for op in ops) > len(ran), "nothing was told while it was recorded")
        states = 0
        for number, at in enumerate(_moments(ops, amount, chance)):
            files, confirmed = _until(ops[:at], ran, chance)
            there = folder / f"cut-{number}"
            _put(files, home, there)
            outcome.tried += 1
            states += bool(files)
            what = f"cut {number}, after {at} of {len(ops)} writes ({confirmed.ended} commands had ended)"
            failed = len(outcome.failures)
            _whole(outcome, there / "var" / made.house.database.name, confirmed, what)
            if number % _EACH == 0 and len(outcome.failures) == failed:
                _goes_on(outcome, made, there, confirmed, what)
            shutil.rmtree(there, ignore_errors=True)
    small_files(outcome, folder / "small", amount // 2, chance)
    kinds = ", ".join(f"{sum(op.kind == kind for op in ops)} {kind}" for kind in ("write", "sync", "rename", "unlink"))
    outcome.measured = f"{len(ops)} steps recorded ({kinds}); {states} of the disks held files"
    return outcome


def small_files(outcome: Outcome, folder: Path, amount: int, chance: Random) -> None:
    """Cuts while small files are kept that belong to no ledger: what was said to be kept is."""
    home = folder / "home"
    home.mkdir(parents=True)
    call = [*trace.command(folder / "trace"), sys.executable, "-m", "tests.attack.power.small", str(home)]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    outcome.check(done.returncode == 0, f"small files: {done.stderr[-300:]}")
    ops = list(trace.read((folder / "trace").read_text(), f"{home}/", re.compile(rb"kept: ")))
    for number, at in enumerate(_moments(ops, amount, chance)):
        disk = Disk()
        for op in ops[:at]:
            disk.do(op)
        there = folder / f"cut-{number}"
        _put(disk.cut(chance), f"{home}/", there)
        outcome.tried += 1
        said = {op.data.decode().removeprefix("kept: ").strip() for op in ops[:at] if op.kind == "said"}
        what = f"small files, cut {number}, after {at} of {len(ops)} writes"
        try:
            lost = said - small.kept(there)
            outcome.check(not lost, f"{what}: lost {sorted(lost)[:3]}")
        except Exception as error:  # noqa: BLE001  whatever the program's own readers say of such a file
            outcome.failures.append(f"{what}: {error!r}")
        shutil.rmtree(there, ignore_errors=True)


def _record(made: Recorders, into: Path) -> list[tuple[int, dict[str, set[object]]]]:
    """Work for a while and be watched; for each command how it ended, and what was on file then."""
    inventory, at = str(made.house.inventory), ["--database", str(made.house.database)]
    ran: list[tuple[int, dict[str, set[object]]]] = []
    copies = made.house.folder / "copies"
    copies.mkdir()
    with forker(made, trace.command(into)) as forks:

        def ask(*arguments: str, kill_after: float | None = None) -> None:
            done = forks.run(*arguments, kill_after=kill_after)
            ran.append((-1 if done["killed"] else done["code"], _rows(made.house.database, "ro")))

        made.toggle(0)
        ask("run", inventory, *at)
        (first,) = _rows(made.house.database, "ro")["findings"]
        ask("ack", str(first), "--by", "Attack Er", *at)
        ask("log", "checkpoint", inventory, *at)
        made.toggle(1)
        ask("watch", inventory, *at, kill_after=4.0)
        ask(
            "token",
            "make",
            "reader",
            inventory,
            *at,
            "--role",
            "operator",
            "--party",
            "region",
            "--scope",
            "metrics:read",
        )
        ask("token", "revoke", "reader", *at)
        made.toggle(2)
        made.toggle(0)
        ask("run", inventory, *at)
        ask("backup", str(copies / "copy.db"), "--key", str(copies / "copy.key"), *at)
        ask("aware", str(first), "--by", "Attack Er", "--reason", "told by mail", "--party", "storage", *at)
        ask(
            "restore", str(copies / "copy.db"), "--key", str(copies / "copy.key"), "--database", str(copies / "back.db")
        )
        ask("log", "checkpoint", inventory, *at)
    return ran


def _rows(database: Path, mode: str = "rw") -> dict[str, set[object]]:
    """What is on file: the rows that stay, tokens that were taken back, copies."""
    found: dict[str, set[object]] = {}
    with closing(sqlite3.connect(f"{database.as_uri()}?mode={mode}", uri=True)) as ledger:
        for table, column in _KEPT.items():
            found[table] = {row[0] for row in ledger.execute(f"SELECT {column} FROM {table}")}  # noqa: S608  ours
    access = database.parent / NAME
    if access.is_file() and access.stat().st_size:
        with closing(sqlite3.connect(f"{access.as_uri()}?mode={mode}", uri=True)) as file:
            if file.execute("SELECT 1 FROM sqlite_master WHERE name = 'tokens'").fetchone():
                taken_back = file.execute("SELECT label FROM tokens WHERE revoked IS NOT NULL")
                found["taken back"] = {row[0] for row in taken_back}
    found["copies"] = {name for name in _COPIES if (database.parent.parent / "copies" / name).is_file()}
    return found


def _moments(ops: Sequence[Op], amount: int, chance: Random) -> list[int]:
    """`amount` moments, one in three of them right after something was said: then the most may be lost."""
    said = [at for at, op in enumerate(ops, 1) if op.kind == "said"]
    first = [chance.choice(said) if number % 3 == 0 else chance.randint(1, len(ops)) for number in range(amount - 1)]
    return sorted([*first, len(ops)])


def _until(
    ops: Sequence[Op], ran: Sequence[tuple[int, dict[str, set[object]]]], chance: Random
) -> tuple[dict[str, bytes], _Confirmed]:
    """What a cut after these leaves on the disk, and what had been confirmed."""
    disk, confirmed = Disk(), _Confirmed()
    for op in ops:
        disk.do(op)
        if op.kind == "said":
            confirmed.told |= set(REF.findall(op.data.decode("utf-8", "replace")))
            confirmed.ended += op.data.startswith(_ENDED)
    if confirmed.ended:
        confirmed.rows = ran[confirmed.ended - 1][1]
    return disk.cut(chance), confirmed


def _put(files: dict[str, bytes], home: str, there: Path) -> None:
    for path, body in files.items():
        file = there / path.removeprefix(home)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
    for file in Path(home).glob("*.*"):
        if there.is_dir() and not (there / file.name).exists() and file.suffix in (".yaml", ".key"):
            shutil.copy2(file, there / file.name)


def _whole(outcome: Outcome, database: Path, confirmed: _Confirmed, what: str) -> None:
    """Every file is whole, and holds all that was confirmed; what is on file was told, or is still owed."""
    if not database.is_file() or not database.stat().st_size:
        outcome.check(not confirmed.told and not confirmed.ended, f"{what}: there is no ledger")
        return
    try:
        if not _tables(database):
            outcome.check(not confirmed.told and not confirmed.ended, f"{what}: the ledger is empty")
            return
        whole(str(database), outcome, what)
        found = _rows(database)
        unsent = _owed(database)
        for name in confirmed.rows.get("copies", ()):
            copy = database.parent.parent / "copies" / str(name)
            outcome.check(copy.is_file() and _tables(copy), f"{what}: the copy {name} is not whole")
            outcome.check(copy.with_name(_COPIES[str(name)]).is_file(), f"{what}: the key of {name} is not there")
    except sqlite3.Error as error:
        outcome.failures.append(f"{what}: {error}")
        return
    for table, rows in confirmed.rows.items():
        outcome.check(
            rows <= found.get(table, set()),
            f"{what}: {table} lost {sorted(map(str, rows - found.get(table, set())))[:3]}",
        )
    outcome.check(key_file(database).is_file(), f"{what}: the key is not there")
    outcome.check(confirmed.told <= found["findings"], f"{what}: told and not on file")
    silent = found["findings"] - confirmed.told - unsent
    outcome.check(not silent, f"{what}: neither told nor owed: {sorted(map(str, silent))[:3]}")


def _tables(database: Path) -> bool:
    with closing(sqlite3.connect(database)) as ledger:
        return ledger.execute("SELECT 1 FROM sqlite_master WHERE name = 'log_checkpoints'").fetchone() is not None


def _owed(database: Path) -> set[object]:
    with closing(sqlite3.connect(database)) as ledger:
        return {row[0] for row in ledger.execute("SELECT finding FROM dues WHERE state NOT IN ('sent', 'cancelled')")}


def _goes_on(outcome: Outcome, made: Recorders, there: Path, confirmed: _Confirmed, what: str) -> None:
    """The program looks on with what is left: what is owed is told, and the log is what it was."""
    if not (there / "inventory.yaml").is_file():
        return
    at = ["--database", str(there / "var" / made.house.database.name)]
    inventory = str(there / "inventory.yaml")
    heard = len(made.hook.received)
    for command in (["run", inventory, *at], ["verify", *at], ["log", "checkpoint", inventory, *at], ["findings", *at]):
        ran = made.house.ask(*command)
        in_words(outcome, ran, f"{what}, {command[0]}")
        wanted = (1,) if command[0] in ("run", "findings") else (0,)
        outcome.check(
            ran.code in wanted, f"{what}: {command[:2]} ended with {ran.code}: {ran.out[-200:]} {ran.err[-300:]}"
        )
    told = {ref for one in list(made.hook.received)[heard:] for ref in REF.findall(one.body.decode("utf-8", "replace"))}
    with closing(sqlite3.connect(at[1])) as ledger:
        found = {row[0] for row in ledger.execute("SELECT id FROM findings")}
    outcome.check(found <= told | confirmed.told, f"{what}: never told: {sorted(found - told - confirmed.told)[:3]}")
