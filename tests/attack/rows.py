"""Single rows of a whole ledger that hold something else than what was written: each costs itself alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

from tests.attack.attack import Outcome
from tests.attack.disks import SEED, in_words
from tests.attack.recorders import Recorders, recorders

_WRONG = ("{nonsense", "{}", b"\xff\xfe")
_TABLES = ("findings", "dues", "rounds", "looks", "series", "place_rows", "records", "observations")
_NOBODY = "json://127.0.0.1:1/"


def damaged_rows(amount: int, folder: Path) -> Outcome:
    """Damage a row in `amount` ledgers; a message waits in each, and a recorder opens: both are told."""
    outcome = Outcome()
    chance = Random(SEED)
    said = 0
    with recorders(folder, 3) as made:
        database = made.house.database
        right, made.house.environ["HOOK"] = made.house.environ["HOOK"], _NOBODY
        for first in (0, 2):
            made.toggle(first)
            made.house.ask("run", "inventory.yaml")
        made.house.environ["HOOK"] = right
        made.toggle(1)
        _write(database, "UPDATE dues SET due = created")
        good, columns = database.read_bytes(), _columns(database)
        for number in range(amount):
            (table, column), wrong = columns[number % len(columns)], chance.choice(_WRONG)
            for rest in database.parent.glob("leftopen.db-*"):
                rest.unlink()
            database.write_bytes(good)
            try:
                _write(database, _of_one_row(database, table, column), wrong)
            except sqlite3.IntegrityError:
                continue
            outcome.tried += 1
            said += _goes_on(outcome, made, f"{table}.{column} = {wrong!r}")
    outcome.measured = f"{said} of {outcome.tried} rows were of no use, and set aside"
    return outcome


def _goes_on(outcome: Outcome, made: Recorders, what: str) -> int:
    for command in (["run", "inventory.yaml"], ["health", "inventory.yaml"], ["findings"]):
        ran = made.house.ask(*command)
        in_words(outcome, ran, f"{what}, {command[0]}")
        if command[0] == "run":
            # 1, or 3 where the message itself could not be sent.
            outcome.check(ran.code in (1, 3), f"{what}: `run` ended with {ran.code}: {ran.err[-200:]}")
    with closing(sqlite3.connect(made.house.database)) as ledger:
        new = ledger.execute("SELECT count(*) FROM dues WHERE state = 'sent' AND facts LIKE '%nas-1%'").fetchone()[0]
        lost = ledger.execute("SELECT count(*) FROM dues WHERE state NOT IN ('sent', 'grouped')").fetchone()[0]
        aside = ledger.execute("SELECT count(*) FROM damaged_rows").fetchone()[0]
    outcome.check(new > 0, f"{what}: the recorder that opened was not told")
    outcome.check(lost <= 2, f"{what}: {lost} messages were not sent")
    return int(aside > 0)


def _of_one_row(database: Path, table: str, column: str) -> str:
    with closing(sqlite3.connect(database)) as ledger:
        names = ", ".join(name for _, name, *_, key in ledger.execute(f"PRAGMA table_info({table})") if key) or "rowid"
    one = f"(SELECT {names} FROM {table} ORDER BY random() LIMIT 1)"  # noqa: S608  names of ours
    return f"UPDATE {table} SET {column} = CAST(? AS TEXT) WHERE ({names}) = {one}"  # noqa: S608  names of ours


def _columns(database: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(database)) as ledger:
        return [
            (table, column)
            for table in _TABLES
            for _, column, kind, *_, key in ledger.execute(f"PRAGMA table_info({table})")
            if kind in ("TEXT", "BLOB") and not key
        ]


def _write(database: Path, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(database)) as ledger, ledger:
        ledger.execute(sql, values)
