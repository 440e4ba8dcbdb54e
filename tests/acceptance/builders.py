"""The program as people run it: an inventory made for a test, `python -m monitor` beside it, and what it said."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.commands import Running, run_command, running

ROOT = Path(__file__).resolve().parents[2]
NOTHING_OPEN, OPEN, WRONG, BLIND = 0, 1, 2, 3
QUICK = {"connect": "2s", "read": "3s", "ask": "6s"}
AUTHORITY = {"authorised_by": "the region's CISO, case 1", "authorised_until": "2099-12-31"}


@dataclass(frozen=True, slots=True)
class Ran:
    """What one run of the program came to."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Its stdout as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def value(self) -> Any:
        """Its stdout as one JSON value."""
        return json.loads(self.out)

    def of(self, asset: str, verdict: str | None = None) -> list[dict[str, Any]]:
        """The lines about one asset, with one verdict when it is given."""
        return [one for one in self.lines if one["asset"] == asset and verdict in (None, one["verdict"])]


@dataclass
class House:
    """A folder with an inventory and a ledger in it."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)
    tells: bool = False
    """Whether the inventory has a channel: where it has none, a round is run without messages."""

    @property
    def inventory(self) -> Path:
        """Where the inventory is."""
        return self.folder / "inventory.yaml"

    @property
    def database(self) -> Path:
        """Where the ledger is."""
        return self.folder / "var" / "leftopen.db"

    def declare(
        self,
        *assets: Mapping[str, Any],
        channels: Sequence[Mapping[str, Any]] = (),
        defaults: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> None:
        """Write the inventory: a region, a vendor and its subcontractor, who owns whatever says nothing else."""
        self.tells = bool(channels)
        value = {
            "leftopen": 1,
            "organisation": {"id": "region", "name": "Region Exempel", "contact": "security@region.example"},
            "parties": [
                {"id": "region", "name": "Region Exempel", "role": "controller"},
                {"id": "vendor", "name": "Careline AB", "role": "processor"},
                {"id": "storage", "name": "Voicecorp Ltd", "role": "sub-processor"},
            ],
            "contracts": [
                {"id": "care", "controller": "region", "processor": "vendor", **AUTHORITY},
                {"id": "calls", "controller": "vendor", "processor": "storage", "under": "care", **AUTHORITY},
            ],
            "channels": [dict(one) for one in channels],
            "defaults": {
                "pace": 1000,
                "concurrency": 8,
                "timeouts": QUICK,
                "clear_looks": 2,
                "clear_minutes": 0,
                "recorder_paths": False,
                "confirm_recipients": False,
                **(defaults or {}),
            },
            "assets": [{"owner": "storage", "contract": "calls", **one} for one in assets],
            **more,
        }
        # JSON is YAML: what a test declares is written to the letter.
        self.inventory.write_text(json.dumps(value, indent=1, ensure_ascii=False), "utf-8")

    def command(self, *arguments: str) -> list[str]:
        """How the program is started."""
        return [sys.executable, "-m", "monitor", *arguments]

    def environment(self) -> dict[str, str]:
        """What the program sees: nothing of the machine's but where programs are."""
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            **self.environ,
        }

    def ask(self, *arguments: str, into: str | None = None, within: float = 200.0) -> Ran:
        """Run the program with these arguments, here, and wait for it."""
        done = run_command(*arguments, cwd=self.folder, env=self.environment(), into=into, timeout=within)
        return Ran(done.returncode, done.stdout, done.stderr)

    def beside(
        self, *arguments: str, out: Path | None = None, err: Path | None = None
    ) -> AbstractContextManager[Running]:
        """Run the program with these arguments, here, beside the test."""
        return running(*arguments, cwd=self.folder, env=self.environment(), out=out, err=err)

    def states(self) -> list[str]:
        """The states of what is on file, without starting the program for it."""
        with sqlite3.connect(self.database) as ledger:
            return [row[0] for row in ledger.execute("SELECT state FROM findings ORDER BY first_seen")]

    def run(self, *arguments: str) -> Ran:
        """One round, as JSON lines."""
        return self.ask("run", "--json", *(() if self.tells else ("--no-alerts",)), *arguments)


def asset(id_: str, *servers: tuple[str, int], **more: Any) -> dict[str, Any]:
    """An asset pinned to loopback: all of these addresses, all of these ports."""
    return {
        "id": id_,
        "host": f"{id_}.test",
        "addresses": list(dict.fromkeys(host for host, _ in servers)),
        "ports": list(dict.fromkeys(port for _, port in servers)),
        "data": "recordings",
        **more,
    }
