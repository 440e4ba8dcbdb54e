"""The workload `proof`: what the evidence log costs where looks are recorded, and what it takes to verify a month.

The month is that of so many places that are due every 15 minutes, in records as the service writes them: the looks of
one bracket, and the outcomes of their slots. The verifier is the file that others run.
"""

from __future__ import annotations

import asyncio
import io
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from bench.figures import Figure, middle
from bench.ledger import observations
from monitor.inventory.load import loads
from monitor.proof.formats.canonical import canonical
from monitor.proof.formats.note import COSIGNER, LOG, Checkpoint, SigningKey
from monitor.proof.leftopen_verify import FORMAT, VERIFIED, Fold, Tree, moment, verify
from monitor.proof.log.bundle import reseal
from monitor.rounds.recorder import Recorder
from monitor.store.ledger import Ledger
from monitor.store.log.pending import Pending
from monitor.store.rows import stamp
from monitor.store.tables import rounds as store_rounds
from monitor.store.tables.rounds import RoundKind
from monitor.store.thread import LedgerThread

_START = datetime(2026, 3, 1, tzinfo=UTC)
_EVERY = timedelta(minutes=15)
_BRACKET = 50
"""Looks that the service records at once, on an average day."""
_OUTCOMES = ("clear",) * 8 + ("exposed", "inconclusive:timed-out")


@dataclass(frozen=True, slots=True)
class Recorded:
    """Rounds recorded with their log: CPU seconds, those of the log, looks, and bytes of the log on disk."""

    cpu: float
    log: float
    looks: int
    size: int


def recorded(assets: int, rounds: int) -> Recorded:
    """Rounds over hosts that stay as they are, and how much of it is the log's part."""
    spent = 0.0
    write = Pending.write

    def timed(self: Pending, connection: sqlite3.Connection) -> None:
        nonlocal spent
        begun = time.thread_time()
        write(self, connection)
        spent += time.thread_time() - begun

    Pending.write = timed  # type: ignore[method-assign]
    try:
        with tempfile.TemporaryDirectory() as name:
            cpu = asyncio.run(_record(Path(name), assets, rounds))
            return Recorded(cpu, spent, assets * rounds, _log_size(Path(name) / "ours.db"))
    finally:
        Pending.write = write  # type: ignore[method-assign]


async def _record(folder: Path, assets: int, rounds: int, every: timedelta = _EVERY) -> float:
    declared = loads(_inventory(assets), "bench.yaml")
    seen = [observations(assets, number, 13) for number in range(rounds)]
    ledger = LedgerThread(folder / "ours.db")
    begun = time.process_time()
    try:
        for number, one in enumerate(seen):
            at = _START + every * number
            recorder = Recorder(f"r{number}", RoundKind.ROUND, declared, ledger, partial(_same, at), None)
            await ledger(partial(_begin, recorder.id, at))
            for first in range(0, assets, _BRACKET):
                await recorder.take(one[first : first + _BRACKET])
    finally:
        ledger.close()
    return time.process_time() - begun


def _same(at: datetime) -> datetime:
    return at


def _begin(round_: str, at: datetime, ledger: Ledger) -> None:
    store_rounds.begin(ledger, round_, RoundKind.ROUND, at, "bench", "")


def _log_size(database: Path) -> int:
    """Bytes of the ledger that go with the tables of the log."""
    with sqlite3.connect(database) as connection:
        connection.execute("VACUUM")
        whole = database.stat().st_size
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'log_%'")
        for (name,) in tables.fetchall():
            connection.execute(f"DROP TABLE {name}")
        connection.commit()
        connection.execute("VACUUM")
    connection.close()
    return whole - database.stat().st_size


def _inventory(assets: int) -> str:
    head = (
        "leftopen: 1\norganisation: {id: bench, name: Bench, contact: bench@region.example}\n"
        "parties: [{id: region, name: Region, role: controller}, {id: vendor, name: Vendor, role: processor}]\n"
        "contracts:\n  - {id: care, controller: region, processor: vendor, authorised_by: the board, "
        "authorised_until: 2099-01-01, promises: {login: true, retention_days: 30}}\nassets:\n"
    )
    rows = (
        f"  - {{id: a{n}, host: 127.0.0.1, ports: [{8000 + n}], owner: vendor, contract: care}}\n"
        for n in range(assets)
    )
    return head + "".join(rows)


@dataclass(frozen=True, slots=True)
class Month:
    """A bundle of a month, and whose keys it is verified by."""

    bundle: io.BytesIO
    policy: str
    slots: int
    records: int


def month(assets: int, days: int) -> Month:
    """The bundle of so many days, signed every hour and cosigned."""
    log, witness = SigningKey.make("vendor.example/log", LOG), SigningKey.make("region.example/witness", COSIGNER)
    policy = f"log {log.verifier}\nwitness w1 {witness.verifier}\ngroup all all w1\nquorum all\n"
    tree, fold, out, notes = Tree(), Fold(0, moment("2200-01-01T00:00:00.000Z")), io.BytesIO(), dict[str, str]()
    signed = _START
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("records.jsonl", "w", force_zip64=True) as file:
            for at, record in _records(assets, days):
                record["seq"] = tree.size
                fold.feed(record)
                line = canonical(record)
                tree.add(line)
                file.write(line + b"\n")
                if at - signed >= timedelta(hours=1):
                    signed = at
                    notes[f"checkpoints/{tree.size:012}.note"] = _note(tree, log, witness, at)
        notes[f"checkpoints/{tree.size:012}.note"] = _note(tree, log, witness, at)
        for name, text in notes.items():
            archive.writestr(name, text)
        archive.writestr("revealed.jsonl", "")
        archive.writestr("policy", policy)
        summary = fold.summary()
        claims = {"format": FORMAT, "since": fold.since, "until": fold.until, "summary": summary}
        archive.writestr("claims.json", canonical(claims))
        archive.comment = b"0" * 64
    reseal(out)
    return Month(out, policy, summary["all"]["due"], tree.size)


def _note(tree: Tree, log: SigningKey, witness: SigningKey, at: datetime) -> str:
    text = str(Checkpoint("vendor.example/log", tree.size, tree.root()))
    return f"{text}\n{log.sign(text)}{witness.sign(text, int(at.timestamp()))}"


def _records(assets: int, days: int) -> Iterator[tuple[datetime, dict[str, Any]]]:
    """What the service would write: a scope, then a record for each bracket of each round, with its slots."""
    chance = random.Random(7)
    every, commit = _EVERY // timedelta(microseconds=1), b64encode(bytes(32)).decode()
    declared = [[number, "recordings", every, 0, 1] for number in range(1, assets + 1)]
    public = {"from": stamp(_START), "assets": declared, "tool": "0.1.0"}
    yield _START, {"at": stamp(_START), "scope": [[public, 0]], "commits": [commit]}
    first = moment(stamp(_START)) // every + 1
    for slot in range(days * 24 * 4):
        begun = _START + _EVERY * (slot + 1)
        for bracket, start in enumerate(range(1, assets + 1, _BRACKET)):
            at = begun + timedelta(seconds=5 * bracket)
            looks, outcomes = [], []
            for number in range(start, min(start + _BRACKET, assets + 1)):
                outcome = chance.choice(_OUTCOMES)
                counts = [int(outcome == "exposed"), 13 * (outcome == "clear"), int(outcome[0] == "i")]
                looks.append([number, chance.randrange(900, 9000), chance.randrange(800), *counts, 14, 0])
                outcomes.append([number, first + slot, first + slot, outcome])
            made = {"at": stamp(at), "round": f"r{slot}", "looks": looks, "slots": outcomes, "commits": [commit]}
            yield at, made


def verified(made: Month) -> float:
    """CPU seconds. Raises AssertionError when it is not verified."""
    begun = time.process_time()
    result = verify(made.bundle, made.policy)
    took = time.process_time() - begun
    assert result.code == VERIFIED, (result.broken, result.incomplete)
    return took


def reported(folder: Path, assets: int, days: int, form: str) -> float:
    """CPU seconds of the whole command, for a party of so many assets. One look a day is enough: what a look sees again
    is folded into the figures of its day."""
    inventory = folder / "inventory.yaml"
    if not inventory.exists():
        inventory.write_text(_inventory(assets), encoding="utf-8")
        asyncio.run(_record(folder, assets, days, timedelta(days=1)))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [
        *(sys.executable, "-m", "monitor", "report", "vendor", str(inventory), "--database", str(folder / "ours.db")),
        *("--party", "vendor", "--month", "2026-03", "--format", form, "--out", str(folder / f"report.{form}")),
    ]
    subprocess.run(command, check=True, capture_output=True)
    (folder / f"report.{form}").unlink()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(assets: int, days: int, rounds: int, runs: int) -> list[Figure]:
    """All of it. Raises AssertionError when the month is not verified."""
    logged = [recorded(assets, rounds) for _ in range(runs)]
    made = month(assets, days)
    of = f"{made.slots:,} slots in {made.records:,} records, {len(made.bundle.getvalue()) / 1e6:.0f} MB"
    with tempfile.TemporaryDirectory() as name:
        forms = {form: [reported(Path(name), assets, days, form) for _ in range(runs)] for form in ("html", "pdf")}
    looks = f"{logged[0].looks:,} looks of 14 requests and 13 places"
    return [
        Figure(
            "proof", "a look in the log: CPU", "µs", middle(logged, lambda one: one.log / one.looks) * 1e6, note=looks
        ),
        Figure(
            "proof", "a look recorded: CPU", "µs", middle(logged, lambda one: one.cpu / one.looks) * 1e6, note=looks
        ),
        Figure(
            "proof", "a look in the log: on disk", "B", middle(logged, lambda one: one.size / one.looks), note=looks
        ),
        Figure(
            "proof", f"{days} days verified: CPU", "s", middle([verified(made) for _ in range(runs)], float), note=of
        ),
        *(
            Figure("proof", f"a month's report as {form}: CPU", "s", middle(took, float), note="the whole command")
            for form, took in forms.items()
        ),
    ]
