"""What a witness knows of each log, and how it answers a checkpoint (C2SP tlog-witness).

A checkpoint is on file before it is cosigned, and logs are taken one request at a time: two requests at once, a kill or
a power cut never make a witness sign two histories of one log.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.proof.formats.note import (
    LONGEST,
    BadNote,
    Checkpoint,
    Note,
    SigningKey,
    VerifierKey,
    signatures_of,
    strict_base64,
    with_signatures,
)
from monitor.proof.formats.tree import consistent
from monitor.store.files.whole_file import write_whole

MOST_HASHES = 63
_OLD = re.compile(r"old (0|[1-9][0-9]{0,15})")
_LAST = "last.note"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: the HTTP status, the text, and its media type."""

    status: int
    text: str = ""
    type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class Late:
    """A log that has not shown a checkpoint for longer than it may; `last` is None when it never has."""

    origin: str
    last: datetime | None
    size: int


class WitnessState:
    """The logs that one witness knows, a folder each: the last checkpoint, and all that it has cosigned."""

    def __init__(self, folder: Path, key: SigningKey, logs: Mapping[str, VerifierKey]) -> None:
        """`logs` are the keys by origin. Raises OSError."""
        self._folder = folder
        self._key = key
        self._logs = logs
        for origin in logs:
            self.folder_of(origin).mkdir(parents=True, exist_ok=True, mode=0o700)

    def folder_of(self, origin: str) -> Path:
        """Where the checkpoints of a log lie: what a verifier takes as `--kept`."""
        return self._folder / hashlib.sha256(origin.encode()).hexdigest()

    def last(self, origin: str) -> Note | None:
        """The last checkpoint of a log, with the cosignature."""
        return _read(self.folder_of(origin) / _LAST)

    def add_checkpoint(self, body: bytes, now: datetime) -> Reply:
        """Cosign a checkpoint that only adds to what is known, or say why not. Raises OSError, BadNote: then nothing is
        signed."""
        try:
            old, proof, note = _parsed(body)
            checkpoint = Checkpoint.parse(note.text)
        except (BadNote, UnicodeDecodeError) as error:
            return Reply(400, f"{error}\n")
        key = self._logs.get(checkpoint.origin)
        if key is None:
            return Reply(404, "no such log is witnessed here\n")
        if note.signed_by(key) is None:
            return Reply(403, "not signed by the log's key\n")
        if old > checkpoint.size:
            return Reply(400, "the old size is larger than the checkpoint's\n")
        folder = self.folder_of(checkpoint.origin)
        with _alone(folder):
            known = _read(folder / _LAST)
            nothing = Checkpoint(checkpoint.origin, 0, hashlib.sha256().digest())
            before = Checkpoint.parse(known.text) if known else nothing
            if old != before.size:
                return Reply(409, f"{before.size}\n", "text/x.tlog.size")
            if not consistent(old, before.root, checkpoint.size, checkpoint.root, proof):
                return Reply(422, "the proof does not lead from what was cosigned to this checkpoint\n")
            line = self._key.sign(note.text, int(now.timestamp()))
            log_only = Note(note.text, tuple(one for one in note.signatures if one.name == checkpoint.origin))
            cosigned = str(with_signatures(log_only, signatures_of(line)))
            for name in (f"{checkpoint.size:012}.note", _LAST):
                write_whole(folder / name, cosigned.encode())
        return Reply(200, line)

    def published(self, digest: str) -> Reply:
        """The last checkpoint of the log whose origin has this SHA-256, for whoever asks."""
        for origin in self._logs:
            note = self.last(origin) if self.folder_of(origin).name == digest else None
            if note is not None:
                return Reply(200, str(note))
        return Reply(404, "no such log is witnessed here\n")

    def late(self, after: Mapping[str, timedelta], now: datetime) -> tuple[Late, ...]:
        """The logs of which no checkpoint has come for so long, by origin."""
        found = []
        for origin, span in after.items():
            note = self.last(origin)
            time = note.signed_by(self._key.verifier) if note else None
            known_since = datetime.fromtimestamp(self.folder_of(origin).stat().st_ctime, UTC)
            last = datetime.fromtimestamp(time, UTC) if time else None
            if now - (last or min(known_since, now)) > span:
                found.append(Late(origin, last, Checkpoint.parse(note.text).size if note else 0))
        return tuple(found)


def _parsed(body: bytes) -> tuple[int, list[bytes], Note]:
    if len(body) > LONGEST:
        raise BadNote("the request is too long")
    head, mark, note = body.decode().partition("\n\n")
    first, *hashes = head.split("\n")
    match = _OLD.fullmatch(first)
    if not mark or match is None or len(hashes) > MOST_HASHES:
        raise BadNote("a request is `old SIZE`, at most 63 hashes, an empty line, a checkpoint")
    proof = [strict_base64(one) for one in hashes]
    if any(len(one) != 32 for one in proof):
        raise BadNote("a hash has 32 bytes")
    return int(match[1]), proof, Note.parse(note.encode())


def _read(file: Path) -> Note | None:
    try:
        return Note.parse(file.read_bytes())
    except FileNotFoundError:
        return None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
