"""The proof that one record is in a signed log (C2SP tlog-proof), which is checked without the log."""

from __future__ import annotations

from base64 import b64encode

from monitor.proof.formats.note import Checkpoint, Note
from monitor.proof.formats.tree import inclusion_proof
from monitor.proof.log.checkpoint import range_root
from monitor.store.ledger import Ledger
from monitor.store.log.records import SignedCheckpoint

HEAD = "c2sp.org/tlog-proof@v1"


def record_proof(ledger: Ledger, number: int, signed: SignedCheckpoint) -> str:
    """The proof of record `number` in that checkpoint."""
    size = Checkpoint.parse(Note.parse(signed.note.encode()).text).size
    path = inclusion_proof(number, size, range_root(ledger))
    hashes = "".join(f"{b64encode(one).decode()}\n" for one in path)
    return f"{HEAD}\nindex {number}\n{hashes}\n{signed.note}"
