"""A fleet on one machine: an owner, a hub and workers, each with keys of its own and each a process of its own."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from monitor.cli.main import main
from monitor.fleet.declaration import sign, signature_file
from monitor.inventory.excerpt import excerpt
from monitor.proof.formats.note import LOG, SigningKey
from tests.servers.certificates import Certificate
from tests.servers.launch import bound_to_us
from tests.servers.rabbitmq import HUB, PASSWORD, Rabbit, rabbitmq

ROOT = Path(__file__).parents[3]
OWN = "internet"


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)


def hosts(number: int, net: str) -> list[dict[str, object]]:
    """So many hosts of loopback, at whose declared port nobody listens."""
    return [{"id": f"h{n}", "host": f"{net}.{n // 200}.{n % 200 + 1}", "ports": [1]} for n in range(number)]


def inventory_of(
    assets: Sequence[Mapping[str, Any]],
    vantages: Mapping[str, str],
    keys: Mapping[str, SigningKey],
    interval: str = "6h",
    **more: Any,
) -> dict[str, Any]:
    """An inventory with a fleet: `vantages` are their networks by id."""
    return {
        "leftopen": 1,
        "organisation": {"id": "region", "name": "Region Exempel", "contact": "security@region.example"},
        "vantage": {"id": "internet-0", "network": OWN},
        "parties": [{"id": "vendor", "name": "Vendor", "role": "processor"}],
        "defaults": {
            "pace": 500, "concurrency": 8, "recorder_paths": False, "confirm_recipients": False, "interval": interval,
            "clear_looks": 2, "clear_minutes": 0, "budget": {"seconds": 20},
            "timeouts": {"connect": 5, "read": 10, "ask": 20},
        },
        "assets": [{"owner": "vendor", **one} for one in assets],
        "vantages": [
            {"id": id_, "network": network, "key": str(keys[id_].verifier)} for id_, network in vantages.items()
        ],
        "fleet": {"broker": "env:BROKER", "key": "env:HUB_KEY"},
        **more,
    }  # fmt: skip


@dataclass
class Fleet:
    """The files of a fleet below one folder."""

    home: Path
    broker: str
    given: Path
    """Where `leftopen fleet setup` has put the addresses of the workers."""
    owner: SigningKey = field(default_factory=lambda: SigningKey.make("owner", LOG))
    hub: SigningKey = field(default_factory=lambda: SigningKey.make("hub", LOG))
    keys: dict[str, SigningKey] = field(default_factory=dict)
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def inventory(self) -> Path:
        """The hub's inventory."""
        return self.home / "inventory.yaml"

    @property
    def database(self) -> Path:
        """The hub's ledger."""
        return self.home / "leftopen.db"

    @property
    def environ(self) -> dict[str, str]:
        """Where the references of the inventory lead."""
        return {"BROKER": self.broker, "HUB_KEY": self.hub.secret()}

    def write(self, assets: Sequence[Mapping[str, Any]], vantages: Mapping[str, str], **more: Any) -> None:
        """Write the inventory, and a declaration for each vantage."""
        for id_ in vantages:
            self.keys.setdefault(id_, SigningKey.make(id_, LOG))
        self.put(inventory_of(assets, vantages, self.keys, **more), vantages)

    def put(self, tree: Mapping[str, Any], vantages: Iterable[str]) -> None:
        """Write an inventory as it is, and a declaration for each vantage."""
        self.inventory.write_text(json.dumps(dict(tree), default=str), "utf-8")
        for id_ in vantages:
            self.declare(id_)

    def declare(self, vantage: str) -> Path:
        """Make and sign the declaration of a vantage."""
        file, text = self.home / f"{vantage}.json", excerpt(self.inventory, vantage)
        file.write_text(text, "utf-8")
        signature_file(file).write_text(sign(text, self.owner), "utf-8")
        return file

    def worker(self, vantage: str, *more: str, environ: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        """A worker as a process: all that it needs lies in a folder, and one command starts it."""
        folder = self.home / f"at-{vantage}"
        if not folder.exists():
            folder.mkdir()
            declaration = folder / "declaration.json"
            declaration.symlink_to(self.home / f"{vantage}.json")
            signature_file(declaration).symlink_to(signature_file(self.home / f"{vantage}.json"))
            (folder / "worker.broker").symlink_to(self.given / f"{vantage}.broker")
            (folder / "worker.key").write_text(self.keys[vantage].secret())
            (folder / "owner.pub").write_text(f"{self.owner.verifier}\n")
            (folder / "hub.pub").write_text(f"{self.hub.verifier}\n")
        name = f"worker-{vantage}{''.join(more).replace('/', '_')}"
        return self.spawn(["-m", "monitor", "worker", str(folder / "declaration.json"), *more], environ or {}, name)

    def hub_process(self, hosts: int, environ: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        """The hub as a process, with so many hosts in a batch; 0: as many as it takes itself."""
        return self.spawn(
            ["-m", "tests.monitor.fleet.hub_alone", str(self.inventory), str(self.database), str(hosts)],
            {**self.environ, **(environ or {})},
            "hub",
        )

    def watch(self, environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
        """The whole service as a process."""
        return self.spawn(
            ["-m", "monitor", "watch", str(self.inventory), "--database", str(self.database)],
            {**self.environ, **environ},
            "watch",
        )

    def rows(self, sql: str, *arguments: object) -> list[tuple[Any, ...]]:
        """Read the hub's ledger, from outside; nothing while it is not there yet."""
        if not self.database.exists():
            return []
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=30)) as connection:
            try:
                return connection.execute(sql, arguments).fetchall()
            except sqlite3.OperationalError:
                return []  # its tables are being made

    def looked(self) -> int:
        """How many assets were looked at."""
        return sum(row[0] for row in self.rows("SELECT count(DISTINCT asset) FROM looks"))

    def logs(self) -> str:
        """The ends of what all processes said."""
        return "\n".join(
            f"== {log.name}\n{log.read_text('utf-8', 'replace')[-3000:]}" for log in self.home.glob("*.log")
        )

    def spawn(self, arguments: Sequence[str], environ: Mapping[str, str], name: str) -> subprocess.Popen[bytes]:
        """A Python as a process; what it says goes to `name`.log."""
        with (self.home / f"{name}.log").open("ab") as out:
            made = subprocess.Popen(
                [*bound_to_us(), sys.executable, *arguments],
                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, cwd=self.home,
                env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(self.home), **environ},
            )  # fmt: skip
        self.running.append(made)
        return made


@contextmanager
def brokered(home: Path, vantage: str, shown: Certificate | None = None) -> Iterator[tuple[Rabbit, Fleet]]:
    """A broker that `leftopen fleet setup` has set up for one vantage, and a fleet without any process yet. With a
    certificate to show, it is spoken to in TLS."""
    given, key = home / "given", SigningKey.make(vantage, LOG)
    given.mkdir()

    def address(made: Rabbit) -> str:
        where = f"amqps://{HUB}:{PASSWORD}@127.0.0.1:{made.tls}"
        return made.broker if shown is None else where

    def definitions(made: Rabbit) -> Path:
        inventory = given / "inventory.yaml"
        written = inventory_of([{"id": "a", "host": "127.0.0.1"}], {vantage: OWN}, {vantage: key})
        inventory.write_text(json.dumps(written))
        done = CliRunner(env={"BROKER": address(made)}).invoke(main, ["fleet", "setup", str(inventory), str(given)])
        assert done.exit_code == 0, done.output
        return given / "definitions.json"

    with rabbitmq(definitions, shown) as made, ended(Fleet(home, address(made), given)) as one:
        one.keys[vantage] = key
        yield made, one


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process as a power cut does."""
    process.send_signal(signal.SIGKILL)
    process.wait(30)


@contextmanager
def ended(fleet: Fleet) -> Iterator[Fleet]:
    """The fleet, and all of its processes gone behind it."""
    try:
        yield fleet
    finally:
        for process in fleet.running:
            if process.poll() is None:
                kill(process)
