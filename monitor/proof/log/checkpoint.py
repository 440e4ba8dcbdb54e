"""Signs checkpoints of the evidence log, and never two that contradict each other.

What was signed last is kept twice: in the ledger, and in a file beside it. Beside a ledger that was put back from an
older copy the file is still there, so that no second history is signed under the same name.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from monitor.inventory.values.secrets import NoSecret, resolve_secret
from monitor.proof.formats.note import LOG, BadNote, Checkpoint, Note, SigningKey
from monitor.proof.formats.tree import RangeRoot
from monitor.store.files.whole_file import write_new, write_whole
from monitor.store.ledger import Ledger
from monitor.store.log import records, slots


class LogForked(Exception):
    """The log on file contradicts a checkpoint that was signed; the text says how, and what to do."""


class KeyMissing(Exception):
    """The signing key cannot be had or is none; the text says why."""


def signing_key(reference: str, environ: Mapping[str, str], type_: int = LOG) -> SigningKey:
    """The key that a reference leads to. Raises KeyMissing."""
    try:
        key = SigningKey.parse(resolve_secret(reference, environ))
    except (NoSecret, BadNote) as error:
        raise KeyMissing(f"the signing key: {error}") from None
    if key.type != type_:
        raise KeyMissing(f"{reference}: a key of a {'cosigner' if key.type != LOG else 'log'}, which is another kind")
    return key


def make_key_file(file: Path, name: str, type_: int) -> SigningKey:
    """Make a key, readable by its owner alone. Raises KeyMissing, or OSError; a file that is there stays."""
    try:
        key = SigningKey.make(name, type_)
    except BadNote as error:
        raise KeyMissing(str(error)) from None
    write_new(file, f"{key.secret()}\n".encode())
    return key


def range_root(ledger: Ledger) -> RangeRoot:
    """The roots over ranges of the log on file."""
    return lambda first, last: records.range_root(ledger, first, last)


def sign_checkpoint(ledger: Ledger, key: SigningKey, now: datetime) -> records.SignedCheckpoint:
    """Close the slots that are over, and sign the log as it then is. Raises LogForked, LedgerUnusable, OSError.

    A checkpoint leaves this function only when it is on file: who is killed in between has signed nothing.
    """
    slots.close(ledger, now)
    with ledger.step():
        size = records.size(ledger)
        checkpoint = Checkpoint(key.name, size, records.range_root(ledger, 0, size))
        last = records.last_checkpoint(ledger)
        head = head_file(ledger.path)
        _agrees(ledger, size, last.note if last else None, key.name, f"the ledger {ledger.path}")
        _agrees(ledger, size, head.read_text() if head.is_file() else None, key.name, str(head))
        note = str(Note(str(checkpoint), ())) + key.sign(str(checkpoint))
        records.put_checkpoint(ledger, size, now, note)
        write_whole(head, note.encode())
    return records.SignedCheckpoint(size, now, note)


def head_file(database: Path) -> Path:
    """Where the last signed checkpoint lies beside a ledger."""
    return database.with_name(f"{database.name}.log-head")


def _agrees(ledger: Ledger, size: int, signed: str | None, origin: str, where: str) -> None:
    if signed is None:
        return
    try:
        before = Checkpoint.parse(Note.parse(signed.encode()).text)
    except BadNote as error:
        raise LogForked(f"{where} holds a checkpoint that cannot be read ({error})") from None
    if before.origin != origin:
        return  # the log was begun anew under another name: that one has signed nothing yet
    if before.size > size or records.range_root(ledger, 0, before.size) != before.root:
        raise LogForked(
            f"the log has forked: {where} says that {origin} had {before.size} records, and those on file ({size}) are "
            "others. Was an older copy put back, or the ledger changed? Nothing is signed under this name any more. "
            "Find out why; then make a key with another name (`leftopen log new-key`), declare it, and tell whoever "
            "relies on the log"
        )
