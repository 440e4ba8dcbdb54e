"""A log of many records with a witness, as a service would have written it, in a second and with a clock of its own."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.proof.formats.note import COSIGNER, LOG, Note, SigningKey, signatures_of
from monitor.proof.log.bundle import Reveals, nothing, reseal, write_bundle
from monitor.proof.log.checkpoint import sign_checkpoint
from monitor.proof.witness import client
from monitor.store.ledger import Ledger
from monitor.store.log import slots
from monitor.store.log.declaration import declare
from monitor.store.log.slots import Scope, ScopeAsset

NOON = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
OUTCOMES = ("clear",) * 8 + ("exposed", "inconclusive:timed-out")
ASSETS = [f"nas-{number}.vendor.example" for number in range(8)]


@dataclass
class Log:
    """A log under way: its ledger, its keys, its clock."""

    ledger: Ledger
    key: SigningKey = field(default_factory=lambda: SigningKey.make("vendor.example/log", LOG))
    witness: SigningKey = field(default_factory=lambda: SigningKey.make("region.example/witness", COSIGNER))
    at: datetime = NOON
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    kept: list[bytes] = field(default_factory=list)
    """The checkpoints that the witness keeps."""

    @property
    def policy(self) -> str:
        """Both keys, and that the witness must sign."""
        return f"log {self.key.verifier}\nwitness w1 {self.witness.verifier}\ngroup all all w1\nquorum all\n"

    def declare(self, assets: Sequence[str] = ASSETS) -> None:
        """Put a scope in the log."""
        declared = tuple(
            ScopeAsset(one, "recordings", 5 * MINUTE, n * MINUTE / 2, "care", f"{one}:443", "vendor")
            for n, one in enumerate(assets)
        )
        declare(self.ledger, Scope("i1", {"tool": "0.1.0"}, declared), self.at)

    def grow(self, records: int) -> None:
        """So many records more, two for each round over one asset: its look, and the outcome of its slot."""
        ledger = self.ledger
        with ledger.step():
            for _ in range(records // 2):
                self.at += timedelta(seconds=self.chance.randrange(5, 60))
                asset, outcome = self.chance.choice(ASSETS), self.chance.choice(OUTCOMES)
                counts = [int(outcome == word) for word in ("exposed", "clear", "inconclusive:timed-out")]
                look = [ledger.number("asset", asset), 900, 3, *counts, 12]
                ledger.log.add("looks", look, self.at, {"asset": asset, "times": [[900, 3]]})
                self._write()
                slots.decide(ledger, {asset: outcome}, self.at, self.at)
                ledger.log.say("end", ["r", None, 1, 12, *counts], self.at)
                self._write()

    def _write(self) -> None:
        self.ledger.log.write(self.ledger._connection)
        self.ledger.log.clear()

    def sign(self, *, cosigned: bool = True) -> None:
        """A checkpoint, cosigned by the witness."""
        signed = sign_checkpoint(self.ledger, self.key, self.at)
        if cosigned:
            note = Note.parse(signed.note.encode())
            line = self.witness.sign(note.text, int(self.at.timestamp()))
            given = client.Submitted(signatures_of(line)[0], int(self.at.timestamp()))
            client.keep(self.ledger, signed.size, [(self.witness.verifier, given)], self.at)
            self.kept.append(f"{signed.note}{line}".encode())

    def bundle(self, reveals: Reveals = nothing) -> bytes:
        """The log as it was last signed."""
        out = io.BytesIO()
        write_bundle(self.ledger, out, self.policy, reveals=reveals)
        return out.getvalue()


def grown(folder: Path, records: int, every: int) -> Log:
    """A log of about so many records, with a checkpoint after every so many."""
    log = Log(Ledger(folder / "leftopen.db"))
    log.declare()
    for _ in range(records // every):
        log.grow(every)
        log.sign()
    return log


def changed(bundle: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The bundle with its files changed, packed and sealed again as if it had always been so."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in files.items():
            archive.writestr(name, body)
        archive.comment = b"0" * 64
    reseal(out)
    return out.getvalue()
