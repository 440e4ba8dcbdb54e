"""Messages between the hub and a vantage: sealed for whom they are for, signed by whom they are from.

A broker keeps what it is given on its disk. So all that it sees of a batch or a result is an id, a size and a time:
hosts, paths and counts are sealed with age to the key of the other side, and a signature binds them to their vantage.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

import pyrage
from pydantic_core import from_json, to_json

from monitor.proof.formats.note import BadNote, Note, SigningKey, VerifierKey, signatures_of

VERSION = 1
MOST_SEALED = 16 << 20
"""Bytes of a sealed body that are opened."""
MOST_BYTES = 128 << 20
"""Bytes that a body may have once it is open: a page of counts is small, and what is not is no result."""
_KEYS = {"v", "kind", "id", "attempt", "body", "signed"}


class BadEnvelope(ValueError):
    """A message that nobody of ours can have made; the text says what is wrong with it, and repeats nothing of it."""


class Message(StrEnum):
    """What is in an envelope."""

    BATCH = "batch"
    RESULT = "result"


@dataclass(frozen=True)
class Sender:
    """One side of a vantage: its own key, and the public key of the other side."""

    vantage: str
    own: SigningKey
    other: VerifierKey

    @cached_property
    def _recipient(self) -> pyrage.ssh.Recipient:
        return pyrage.ssh.Recipient.from_str(self.other.openssh())

    @cached_property
    def _identity(self) -> pyrage.ssh.Identity:
        return pyrage.ssh.Identity.from_buffer(self.own.openssh())

    def seal(self, kind: Message, id_: str, attempt: int, body: dict[str, Any]) -> dict[str, Any]:
        """An envelope, as JSON values."""
        sealed = pyrage.encrypt(zlib.compress(_text(body), 1), [self._recipient])
        signed = self.own.sign(_signed(kind, self.vantage, id_, attempt, sealed))
        body_ = b64encode(sealed).decode()
        return {"v": VERSION, "kind": kind.value, "id": id_, "attempt": attempt, "body": body_, "signed": signed}

    def open(self, kind: Message, data: object) -> Any:
        """The body of an envelope of the other side, read already or not. Raises BadEnvelope."""
        envelope = data if isinstance(data, Envelope) else read_envelope(data)
        if envelope.kind != kind:
            raise BadEnvelope(f"no {kind.value}")
        if not envelope.signed_by(self.vantage, self.other):
            raise BadEnvelope(f"not signed by {self.other.name} for the vantage {self.vantage}")
        try:
            packed = pyrage.decrypt(envelope.body, [self._identity])
            unpacking = zlib.decompressobj()
            text = unpacking.decompress(packed, MOST_BYTES)
            if unpacking.unconsumed_tail or not unpacking.eof:
                raise BadEnvelope("a body that is cut, or too large")
            return _read(text)
        except (pyrage.DecryptError, zlib.error, ValueError, RecursionError) as error:
            raise BadEnvelope(f"a body that cannot be opened ({type(error).__name__})") from None


@dataclass(frozen=True, slots=True)
class Envelope:
    """What can be read of a message without a key."""

    kind: Message
    id: str
    attempt: int
    body: bytes
    signed: str

    def signed_by(self, vantage: str, key: VerifierKey) -> bool:
        """Whether `key` has signed it for this vantage."""
        try:
            return Note(self.text(vantage), signatures_of(self.signed)).signed_by(key) is not None
        except BadNote:
            return False

    def text(self, vantage: str) -> str:
        """What is signed: it binds the sealed body to its vantage, its batch and its attempt."""
        return _signed(self.kind, vantage, self.id, self.attempt, self.body)


def read_envelope(data: object) -> Envelope:
    """What `Sender.seal` made this of, not yet opened. Raises BadEnvelope."""
    if not isinstance(data, dict) or data.keys() != _KEYS:
        raise BadEnvelope("no envelope")
    if data["v"] != VERSION or isinstance(data["v"], bool):
        raise BadEnvelope(f"an envelope of version {str(data['v'])[:20]} is not known here (known: {VERSION})")
    id_, attempt, body, signed = data["id"], data["attempt"], data["body"], data["signed"]
    if not (isinstance(id_, str) and 0 < len(id_) <= 100 and id_.isascii() and id_.isprintable()):
        raise BadEnvelope("no id")
    if type(attempt) is not int or not isinstance(body, str) or not isinstance(signed, str):
        raise BadEnvelope("no envelope")
    if len(body) > MOST_SEALED * 4 // 3 + 4 or len(signed) > 2000:
        raise BadEnvelope("too large")
    try:
        return Envelope(Message(data["kind"]), id_, attempt, b64decode(body, validate=True), signed)
    except ValueError:
        raise BadEnvelope("no envelope") from None


def _text(body: dict[str, Any]) -> bytes:
    """The body as JSON: Python's own writer takes ten times as long."""
    try:
        return to_json(body)
    except ValueError:  # half a character, as of a path that is no UTF-8
        return json.dumps(body).encode()


def _read(text: bytes) -> Any:
    """What JSON says: Python's own reader takes twice as long. Raises ValueError, RecursionError."""
    try:
        return from_json(text)
    except ValueError:  # half a character, or many lists in each other: that reader takes less
        return json.loads(text)


def _signed(kind: Message, vantage: str, id_: str, attempt: int, body: bytes) -> str:
    digest = hashlib.sha256(body).hexdigest()
    return f"leftopen fleet v{VERSION}\n{kind.value}\n{vantage}\n{id_}\n{attempt}\n{digest}\n"
