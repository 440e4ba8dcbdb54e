"""Rows of whole databases that hold something else than what was written: each costs itself alone."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from random import Random

from tests.attack.attack import Outcome
from tests.attack.disks import SEED, in_words
from tests.attack.recorders import Recorders, recorders

AT_ONCE = 4
"""Rows that are damaged in one ledger, each in another table or column."""
_WRONG: dict[str, tuple[object, ...]] = {
    "TEXT": ("{nonsense", "{}", "[1]", b"\xff\xfe", "9999-99-99T99:99:99Z", None),
    "INTEGER": ("nonsense", b"\xff\xfe", -1, 2**62, 2**63 - 1, None),
    "BLOB": ("nonsense", b"", b"\xff\xfe", None),
}
"""What stands in a column of each type instead: other text, no UTF-8, absurd numbers, nothing."""
_NOBODY = "json://127.0.0.1:1/"
Case = tuple[str, str, object]
"""A table, a column and what stands in it."""


def damaged_rows(amount: int, folder: Path) -> Outcome:
    """Damage rows in `amount` ledgers; a message waits in each, and a recorder opens: both are told."""
    outcome = Outcome()
    chance = Random(SEED)
    said = 0
    with recorders(folder, 3) as made:
        database = made.house.database
        _live(made)
        good, cases = database.read_bytes(), all_cases(database, chance)
        for number in range(amount):
            several = [cases[(number * AT_ONCE + at) % len(cases)] for at in range(AT_ONCE)]
            outcome.tried += len(several)
            said += attempt(outcome, made, good, several, chance)
    outcome.measured = f"in {amount} ledgers; {said} rows were of no use, and set aside"
    return outcome


def _live(made: Recorders) -> None:
    """Two findings, one of them acknowledged, a signed log, a drill, a message that waits; a recorder that opens."""
    house = made.house
    house.ask("log", "new-key", "log.key", "--name", "vendor.example/log")
    value = json.loads(house.inventory.read_text())
    value["log"] = {"key": f"file:{house.folder}/log.key", "every": "1s"}
    house.inventory.write_text(json.dumps(value))
    made.toggle(2)
    house.ask("run", "inventory.yaml")
    with closing(sqlite3.connect(house.database)) as ledger:
        (first,) = ledger.execute("SELECT id FROM findings").fetchone()
    house.ask("ack", first, "--by", "Attack Er")
    house.ask("aware", first, "--by", "Attack Er")
    house.ask("alert", "--test", "storage-oncall", "inventory.yaml")
    house.ask("log", "checkpoint", "inventory.yaml")
    right, house.environ["HOOK"] = house.environ["HOOK"], _NOBODY
    made.toggle(0)
    house.ask("run", "inventory.yaml")
    house.environ["HOOK"] = right
    made.toggle(1)
    with closing(sqlite3.connect(house.database)) as ledger, ledger:
        ledger.execute("UPDATE dues SET due = created")


def attempt(outcome: Outcome, made: Recorders, good: bytes, several: list[Case], chance: Random) -> int:
    """Damage these columns in a whole ledger and go on; how many rows were set aside."""
    database = made.house.database
    for rest in database.parent.glob("leftopen.db-*"):
        rest.unlink()
    database.write_bytes(good)
    for table, column, wrong in several:
        damage(database, table, column, wrong, chance)
    return _goes_on(outcome, made, "; ".join(f"{table}.{column} = {wrong!r}" for table, column, wrong in several))


def _goes_on(outcome: Outcome, made: Recorders, what: str) -> int:
    for command in (["run", "inventory.yaml"], ["health", "inventory.yaml"], ["findings"]):
        ran = made.house.ask(*command)
        in_words(outcome, ran, f"{what}, {command[0]}")
        if command[0] == "run":
            # 1, or 3 where the message itself could not be sent.
            outcome.check(ran.code in (1, 3), f"{what}: `run` ended with {ran.code}: {ran.err[-300:]}")
    with closing(sqlite3.connect(made.house.database)) as ledger:
        ledger.text_factory = bytes
        sent = "SELECT count(*) FROM dues WHERE state = 'sent' AND facts LIKE ?"
        new = ledger.execute(sent, ("%nas-1%",)).fetchone()[0]
        lost = ledger.execute("SELECT count(*) FROM dues WHERE state NOT IN ('sent', 'grouped')").fetchone()[0]
        aside = ledger.execute("SELECT count(*) FROM damaged_rows").fetchone()[0]
    outcome.check(new > 0, f"{what}: the recorder that opened was not told")
    outcome.check(lost <= 1 + AT_ONCE, f"{what}: {lost} messages were not sent")
    return int(aside)


def all_cases(database: Path, chance: Random) -> list[Case]:
    """Every column of every table that holds rows, each with what is wrong in it, in an order of chance."""
    with closing(sqlite3.connect(database)) as ledger:
        tables = [name for (name,) in ledger.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        cases: list[Case] = [
            (table, column, wrong)
            for table in tables
            if not table.startswith("_") and ledger.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone()  # noqa: S608
            for _, column, kind, *_ in ledger.execute(f"PRAGMA table_info({table})")
            for wrong in _WRONG[kind]
        ]
    # Each column once, then each a second time: a few of them are of many columns.
    chance.shuffle(cases)
    seen: dict[tuple[str, str], int] = {}
    turns = []
    for case in cases:
        turn = seen[case[:2]] = seen.get(case[:2], 0) + 1
        turns.append((turn, case))
    return [case for _, case in sorted(turns, key=lambda one: one[0])]


def damage(database: Path, table: str, column: str, wrong: object, chance: Random) -> None:
    """Write that into a column of one row, as a bad disk does: no trigger and no constraint is asked."""
    with closing(sqlite3.connect(database, isolation_level=None)) as ledger:
        ledger.execute("PRAGMA ignore_check_constraints = ON")
        kinds = ledger.execute(f"PRAGMA table_info({table})").fetchall()
        names = ", ".join(name for _, name, *_, key in kinds if key) or "rowid"
        count = ledger.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608  names of ours
        one = f"(SELECT {names} FROM {table} LIMIT 1 OFFSET {chance.randrange(count)})"  # noqa: S608  names of ours
        triggers = ledger.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            ledger.execute(f"DROP TRIGGER {name}")
        (was,) = ledger.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        _redefine(ledger, table, re.sub(r" NOT NULL", "", was))
        kind = next(kind for _, name, kind, *_ in kinds if name == column)
        as_text = "CAST(? AS TEXT)" if kind == "TEXT" and wrong is not None else "?"
        with suppress(sqlite3.IntegrityError):  # no damage makes a second row of one key
            ledger.execute(f"UPDATE {table} SET {column} = {as_text} WHERE ({names}) = {one}", (wrong,))  # noqa: S608
        _redefine(ledger, table, was)
        for _, sql in triggers:
            ledger.execute(sql)


def _redefine(ledger: sqlite3.Connection, table: str, sql: str) -> None:
    ledger.execute("PRAGMA writable_schema = ON")
    ledger.execute("UPDATE sqlite_master SET sql = ? WHERE name = ? AND type = 'table'", (sql, table))
    ledger.execute("PRAGMA writable_schema = RESET")
