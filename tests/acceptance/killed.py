"""The program killed at its n-th step: `python -m tests.acceptance.killed INVENTORY FOLDER`, told by `KILL_AT`.

For each step it forks a child that runs one round and sends what is owed, and dies at that step as by power cut; then
another that runs to its end. It says a JSON line for each step: whether the first was killed, what it left on file,
what was due to the second, and the ledger's folder.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from monitor.alerts.delivery.process import OutgoingMessage, OwnProcess, Sent
from monitor.alerts.queue.outbox import Outbox
from monitor.inventory.load import check
from monitor.rounds import controls
from monitor.service.application import Application
from monitor.store.ledger import Ledger
from monitor.store.thread import LedgerThread

T = TypeVar("T")
assert controls, "a round imports it; here it is imported once, before the forks"
MOST = 80


class Steps:
    """Counts the steps, and kills this process at the one that was chosen (0: never)."""

    def __init__(self, kill_at: int) -> None:
        self.kill_at, self.count = kill_at, 0

    def step(self, _: object = None) -> None:
        """One more."""
        self.count += 1
        if self.count == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


class Traced(LedgerThread):
    """The real ledger; every BEGIN, COMMIT and written fact is a step."""

    def __init__(self, path: Path, steps: Steps) -> None:
        super().__init__(path)

        def trace(sql: str) -> None:
            words = sql.split()
            if words[0] in ("BEGIN", "COMMIT") or words[:3] in (
                ["INSERT", "INTO", "changes"],
                ["INSERT", "OR", "IGNORE"],
            ):
                steps.step()

        def begin(ledger: Ledger) -> None:
            ledger._connection.set_trace_callback(trace)

        self._pool.submit(begin, self._ledger).result()


class Sending:
    """The real sender, with a step before and a step after it."""

    def __init__(self, steps: Steps) -> None:
        self.steps, self.real = steps, OwnProcess()

    async def __call__(self, outgoing: OutgoingMessage, /) -> Sent:
        self.steps.step()
        sent = await self.real(outgoing)
        self.steps.step()
        return sent


async def live(inventory: Path, database: Path, steps: Steps) -> None:
    """One round, and whatever is owed."""
    declared = check(inventory, datetime.now(UTC).date()).inventory
    ledger = Traced(database, steps)
    try:
        async with Application(declared, ledger) as app:
            due, _ = await app.due()
            (database.parent / "due.json").write_text(json.dumps(due))
            await app.round()
            now: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731
            await Outbox(ledger, declared, now, Sending(steps), environ=os.environ).drain_once()
    finally:
        ledger.close()


def child(inventory: Path, database: Path, kill_at: int) -> int:
    """The wait status of a child that was told to die at a step."""
    pid = os.fork()
    if pid == 0:
        try:
            asyncio.run(live(inventory, database, Steps(kill_at)))
        except BaseException as error:  # noqa: BLE001  the parent reads the exit code
            print(repr(error), file=sys.stderr)
            os._exit(9)
        os._exit(0)
    return os.waitpid(pid, 0)[1]


def left(database: Path) -> dict[str, int]:
    """How many rows of some tables are on file."""
    with sqlite3.connect(database) as ledger:
        return {
            table: int(ledger.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608
            for table in ("changes", "looks")
        }


def main(inventory: Path, folder: Path) -> None:
    """Every step, until a run is too short to be killed."""
    # The tables are made before the steps begin, and once for all of them.
    Ledger(folder / "new" / "leftopen.db").close()
    for kill_at in range(1, MOST):
        database = folder / f"killed-at-{kill_at}" / "leftopen.db"
        shutil.copytree(folder / "new", database.parent)
        first = child(inventory, database, kill_at)
        on_file = left(database)
        second = child(inventory, database, 0)
        print(
            json.dumps(
                {
                    "step": kill_at,
                    "killed": os.WIFSIGNALED(first) and os.WTERMSIG(first) == signal.SIGKILL,
                    "first": first,
                    "second": second,
                    "left": on_file,
                    "due": json.loads((database.parent / "due.json").read_text()),
                    "database": str(database),
                }
            ),
            flush=True,
        )
        if first == 0:
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
