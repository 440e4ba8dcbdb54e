"""Submits checkpoints to witnesses (C2SP tlog-witness) and keeps the cosignatures that they answer with."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.proof.formats.note import BadNote, Note, Signature, VerifierKey, signatures_of, with_signatures
from monitor.proof.formats.tree import consistency_proof
from monitor.proof.log.checkpoint import range_root
from monitor.store.ledger import Ledger
from monitor.store.log import records
from monitor.store.log.records import SignedCheckpoint

_SIZE = re.compile(rb"[0-9]{1,15}\n")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a witness answered; status 0: nothing, and the text says why."""

    status: int
    body: bytes = b""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Submitted:
    """What one submission came to: the cosignature, or why there is none."""

    signature: Signature | None
    time: int = 0
    why: str = ""
    size: int | None = None
    """The size that the witness knows, where ours does not follow it."""


def cosigned_size(ledger: Ledger, key: VerifierKey) -> int:
    """The largest of our checkpoints that a witness has cosigned, as far as we have its answer; 0: none."""
    for one in reversed(records.checkpoints(ledger)):
        if Note.parse(one.note.encode()).signed_by(key) is not None:
            return one.size
    return 0


def request_body(ledger: Ledger, checkpoint: SignedCheckpoint, old: int) -> bytes:
    """The body of `add-checkpoint`: the size that the witness knows, the proof from there, the checkpoint."""
    proof = consistency_proof(old, checkpoint.size, range_root(ledger))
    lines = "".join(f"{b64encode(one).decode()}\n" for one in proof)
    note = Note.parse(checkpoint.note.encode())
    # The log's own signature alone: what others have cosigned is none of this witness's business.
    log_only = Note(note.text, note.signatures[:1])
    return f"old {old}\n{lines}\n{log_only}".encode()


def read_answer(answer: Answer, checkpoint: SignedCheckpoint, key: VerifierKey) -> Submitted:
    """What an answer to a submission means. Nothing in it is believed but a signature that verifies."""
    if answer.status == 409 and _SIZE.fullmatch(answer.body):
        return Submitted(None, size=int(answer.body), why=f"the witness knows {int(answer.body)} records")
    if answer.status != 200:
        return Submitted(None, why=answer.why or f"the witness answered {answer.status}")
    try:
        note = Note.parse(checkpoint.note.encode())
        whole = with_signatures(Note(note.text, ()), signatures_of(answer.body.decode()))
    except (BadNote, UnicodeDecodeError):
        return Submitted(None, why="the witness answered with no signature line")
    for one in whole.signatures:
        time = Note(note.text, (one,)).signed_by(key)
        if time:
            return Submitted(one, time)
    return Submitted(None, why="the witness answered with a signature that is not its own")


def keep(ledger: Ledger, size: int, given: Sequence[tuple[VerifierKey, Submitted]], now: datetime) -> None:
    """Put cosignatures on file, and in the log how far each witness's clock was from ours. Raises LedgerUnusable."""
    signatures = [one.signature for _, one in given if one.signature is not None]
    with ledger.step():
        kept = next((one for one in records.checkpoints(ledger) if one.size == size), None)
        if kept is None or not signatures:
            return
        note = with_signatures(Note.parse(kept.note.encode()), signatures)
        records.put_checkpoint(ledger, size, kept.at, str(note))
        for key, one in given:
            if one.signature is not None:
                off = round((now.timestamp() - one.time) * 1000)
                ledger.log.add("cosigned", [size, key.name, off], now)
