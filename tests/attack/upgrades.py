"""Ledgers of every step from the first released version to today's: opened, brought up to date, and shown the same."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

from monitor.store.encryption import key_file, make_key
from monitor.store.schema import migrations
from tests.acceptance.builders import House, asset
from tests.attack.attack import Outcome
from tests.attack.disks import in_words

_RELEASED = Path(__file__).parents[1] / "monitor" / "store" / "ledger-0.1.0.sql"
_COMMANDS = (["findings", "--all"], ["health", "inventory.yaml"], ["status", "inventory.yaml"])


def _made(house: House, step: int) -> None:
    """The ledger that 0.1.0 wrote, as the program of that step left it."""
    house.database.parent.mkdir()
    make_key(key_file(house.database))
    house.database.touch(mode=0o600)
    with closing(sqlite3.connect(house.database)) as connection:
        connection.executescript(_RELEASED.read_text("utf-8"))
        with patch.object(migrations, "MIGRATIONS", migrations.MIGRATIONS[:step]):
            migrations.bring_up_to_date(connection)
        connection.commit()


def _first() -> int:
    """How many steps the released version had made."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(_RELEASED.read_text("utf-8"))
        count: int = connection.execute("SELECT count(*) FROM _sqlite_migrations").fetchone()[0]
    return count


def _shown(house: House, outcome: Outcome, step: int) -> Any:
    for command in _COMMANDS:
        in_words(outcome, house.ask(*command), f"step {step}, {command[0]}")
    ran = house.ask("findings", "--all", "--json")
    outcome.check(ran.code == 1, f"step {step}: ended with {ran.code}: {ran.err[-300:]}")
    shown = [{key: value for key, value in one.items() if key != "possible_seconds"} for one in ran.lines]
    for one in shown:
        more = house.ask("show", one["id"], "--json")
        in_words(outcome, more, f"step {step}, show {one['id']}")
        one["changes"] = json.loads(more.out).get("changes")
    return shown


def upgrades(amount: int, folder: Path) -> Outcome:
    """`amount` steps, the first and the last among them; then a ledger of a version that does not exist yet."""
    outcome = Outcome()
    first, last = _first(), len(migrations.MIGRATIONS)
    steps = sorted({last, *range(first, last, max(1, (last - first) // max(1, amount - 1)))})
    same: Any = None
    for step in steps:
        home = folder / f"step-{step}"
        home.mkdir()
        house = House(home)
        house.declare(asset("nas", ("127.0.0.1", 9)))
        _made(house, step)
        outcome.tried += 1
        shown = _shown(house, outcome, step)
        outcome.check(bool(shown), f"step {step}: nothing is shown")
        same = same if same is not None else shown
        outcome.check(shown == same, f"step {step}: another past is shown than at step {steps[0]}")
        with closing(sqlite3.connect(house.database)) as connection:
            said = connection.execute("PRAGMA integrity_check").fetchone()[0]
            outcome.check(said == "ok", f"step {step}: {said}")
            connection.execute(f"PRAGMA user_version = {last + 1}")
        before = house.database.read_bytes()
        for command in (*_COMMANDS, ["run", "inventory.yaml"]):
            outcome.tried += 1
            ran = house.ask(*command)
            in_words(outcome, ran, f"newer, {command[0]}")
            refused = ran.code in (2, 3) and "newer" in ran.err + ran.out
            outcome.check(refused, f"newer, {command[0]}: {ran.code} {ran.out[-100:]} {ran.err[-200:]}")
        outcome.check(house.database.read_bytes() == before, "a newer ledger was written to")
    outcome.measured = f"from step {first} to {last}: {len(same or ())} findings the same each time"
    return outcome
