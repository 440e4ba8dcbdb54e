"""Signed notes, checkpoints and cosignatures of C2SP (signed-note, tlog-checkpoint, tlog-cosignature), with Ed25519.

Signature lines of keys that are not known here (ML-DSA among them) are kept as they stand and prove nothing.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

LOG, COSIGNER = 1, 4
"""Types of keys: Ed25519 of a log, Ed25519 of a cosigner."""
LONGEST = 64 * 1024
"""Bytes of a note that are read: one from outside may be anything."""
MOST_SIGNATURES = 64

_NAME = re.compile(r"[^\s+\x00-\x1f\x7f]{1,200}")
_SIGNATURE = re.compile(r"— (\S{1,200}) ([A-Za-z0-9+/]{8,8000}={0,2})")
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")
_PRIVATE = "PRIVATE+KEY+"


class BadNote(ValueError):
    """A key, a note or a checkpoint that is not in its format; the text says what is wrong, and holds no secret."""


def strict_base64(text: str) -> bytes:
    """The bytes of base64 in its one right form. Raises BadNote."""
    try:
        raw = b64decode(text, validate=True)
    except (NotBase64, ValueError):
        raise BadNote("no base64") from None
    if b64encode(raw).decode() != text:
        raise BadNote("no base64 in its one right form")
    return raw


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with its name: `name+keyid+base64`."""

    name: str
    type: int
    public: bytes

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Raises BadNote."""
        name, _, rest = text.strip().partition("+")
        id_, _, encoded = rest.partition("+")
        raw = strict_base64(encoded)
        if not _NAME.fullmatch(name) or len(raw) < 2:
            raise BadNote("a key is written `name+keyid+base64`")
        key = cls(name, raw[0], raw[1:])
        if key.id.hex() != id_:
            raise BadNote(f"the key of {name} does not fit its id")
        kind = KINDS.get(key.type)
        if kind is not None and len(key.public) != kind.size:
            raise BadNote(f"the key of {name} has no {kind.size} bytes")
        return key

    @property
    def id(self) -> bytes:
        """Four bytes that tell a signature whose it is."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes((self.type,)) + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(bytes((self.type,)) + self.public).decode()}"

    def openssh(self) -> str:
        """As OpenSSH writes it: age encrypts to such keys."""
        key = Ed25519PublicKey.from_public_bytes(self.public)
        return key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key with its name."""

    name: str
    type: int
    _key: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def make(cls, name: str, type_: int) -> SigningKey:
        """A new one. Raises BadNote when the name cannot be one."""
        if not _NAME.fullmatch(name):
            raise BadNote("a name has no space and no +, and at most 200 characters")
        return cls(name, type_, Ed25519PrivateKey.generate())

    @classmethod
    def parse(cls, text: str) -> SigningKey:
        """From `PRIVATE+KEY+name+keyid+base64`. Raises BadNote, which repeats nothing of it."""
        parts = text.strip().removeprefix(_PRIVATE).split("+", 2)
        if not text.startswith(_PRIVATE) or len(parts) != 3:
            raise BadNote("a private key is written `PRIVATE+KEY+name+keyid+base64`")
        raw = strict_base64(parts[2])
        if len(raw) != 33 or raw[0] not in (LOG, COSIGNER):
            raise BadNote("the private key is not an Ed25519 key of a log or a cosigner")
        key = cls(parts[0], raw[0], Ed25519PrivateKey.from_private_bytes(raw[1:]))
        if key.verifier.id.hex() != parts[1]:
            raise BadNote("the private key does not fit its id")
        return key

    @property
    def verifier(self) -> VerifierKey:
        """The public key."""
        return VerifierKey(self.name, self.type, self._key.public_key().public_bytes_raw())

    def secret(self) -> str:
        """As it is stored."""
        raw = bytes((self.type,)) + self._key.private_bytes_raw()
        return f"{_PRIVATE}{self.name}+{self.verifier.id.hex()}+{b64encode(raw).decode()}"

    def openssh(self) -> bytes:
        """As OpenSSH writes it: age decrypts with such keys."""
        return self._key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())

    def sign(self, text: str, time: int | None = None) -> str:
        """The signature line under a text; a cosigner says the `time` too, in seconds since 1970."""
        if self.type == COSIGNER:
            if time is None:
                raise ValueError("a cosignature has a time")
            blob = time.to_bytes(8, "big") + self._key.sign(_cosigned(text, time))
        else:
            blob = self._key.sign(text.encode())
        return f"— {self.name} {b64encode(self.verifier.id + blob).decode()}\n"


def _cosigned(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line."""

    name: str
    id: bytes
    blob: bytes
    line: str


@dataclass(frozen=True, slots=True)
class Note:
    """A text with signatures under it."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, raw: bytes) -> Note:
        """Raises BadNote."""
        if len(raw) > LONGEST:
            raise BadNote(f"a note of more than {LONGEST // 1024} KiB is not read")
        try:
            whole = raw.decode()
        except UnicodeDecodeError:
            raise BadNote("a note is UTF-8") from None
        if any(ord(c) < 32 and c != "\n" for c in whole):
            raise BadNote("a note holds no control character")
        text, mark, under = whole.rpartition("\n\n")
        if not mark or not text or not under.endswith("\n"):
            raise BadNote("a note is a text, an empty line and signature lines")
        return cls(text + "\n", signatures_of(under))

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(one.line for one in self.signatures)}"

    def signed_by(self, key: VerifierKey) -> int | None:
        """Whether `key` has signed: the time of a cosignature, 0 for a log's signature; None when it has not."""
        for one in self.signatures:
            if (one.name, one.id) == (key.name, key.id):
                time = _checked(self.text, one.blob, key)
                if time is not None:
                    return time
        return None


def signatures_of(lines: str) -> tuple[Signature, ...]:
    """The signature lines of a note, or what a witness has answered. Raises BadNote."""
    found = []
    for line in lines.splitlines(keepends=True):
        match = _SIGNATURE.fullmatch(line.removesuffix("\n"))
        if match is None or not line.endswith("\n"):
            raise BadNote("a signature line is `— name base64`")
        raw = strict_base64(match[2])
        if len(raw) < 5:
            raise BadNote("a signature is longer than its key's id")
        found.append(Signature(match[1], raw[:4], raw[4:], line))
    if not 1 <= len(found) <= MOST_SIGNATURES:
        raise BadNote(f"a note has 1 to {MOST_SIGNATURES} signatures")
    return tuple(found)


def _checked(text: str, blob: bytes, key: VerifierKey) -> int | None:
    kind = KINDS.get(key.type)
    if kind is None:
        return None
    try:
        return kind.checked(key.public, blob, text)
    except (InvalidSignature, ValueError):
        return None


class Kind(NamedTuple):
    """A type of keys: how many bytes a public one has, and what a signature says."""

    size: int
    checked: Callable[[bytes, bytes, str], int]
    """The time that a signature says (0: none), by public key, signature and text. Raises InvalidSignature, ValueError
    where it is none of the key on the text."""


def _by_log(public: bytes, blob: bytes, text: str) -> int:
    Ed25519PublicKey.from_public_bytes(public).verify(blob, text.encode())
    return 0


def _by_cosigner(public: bytes, blob: bytes, text: str) -> int:
    time = int.from_bytes(blob[:8], "big")
    Ed25519PublicKey.from_public_bytes(public).verify(blob[8:], _cosigned(text, time))
    return time


KINDS: Final[dict[int, Kind]] = {LOG: Kind(32, _by_log), COSIGNER: Kind(32, _by_cosigner)}
"""The types whose signatures are checked. Another one (6: ML-DSA-44 of a cosigner) is a row here; until then its lines
are kept as they stand, and a note is believed by the others."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: its size and its root."""

    origin: str
    size: int
    root: bytes

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """From a note's text; extension lines are refused, since nobody would check them. Raises BadNote."""
        lines = text.split("\n")
        if len(lines) != 4 or not lines[0] or lines[3] or not _SIZE.fullmatch(lines[1]):
            raise BadNote("a checkpoint is three lines: origin, size, root")
        root = strict_base64(lines[2])
        if len(root) != 32:
            raise BadNote("a root has 32 bytes")
        return cls(lines[0], int(lines[1]), root)

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def with_signatures(note: Note, more: Iterable[Signature]) -> Note:
    """The note with further signatures; a newer one of the same key replaces the older."""
    by_key = {(one.name, one.id): one for one in (*note.signatures, *more)}
    return Note(note.text, tuple(by_key.values()))
