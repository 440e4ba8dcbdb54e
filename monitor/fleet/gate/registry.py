"""Which key each vantage signs with at a gate, and the codes by which a vantage registers its key, each once."""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.proof.formats.note import LOG, BadNote, VerifierKey
from monitor.store.files.whole_file import write_whole

VALID = timedelta(hours=24)
"""So long a code may be used."""
_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
_LENGTH = 20


class RegistryUnusable(Exception):
    """The file cannot be read or written; the text says why."""


@dataclass
class _Held:
    keys: dict[str, str] = field(default_factory=dict)
    """By vantage, its public key."""
    codes: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By the digest of a code, the vantage that it is for, and until when."""


class Registry:
    """One file, which the gate and the command that makes codes share."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read: tuple[tuple[int, int], dict[str, VerifierKey]] | None = None

    def new_code(self, vantage: str, now: datetime) -> str:
        """A code with which a vantage registers its key once; a code of before for it holds no longer. Raises
        RegistryUnusable."""
        code = "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(_LENGTH // 5))
        with self._changing() as held:
            held.codes = {
                digest: (other, until)
                for digest, (other, until) in held.codes.items()
                if other != vantage and datetime.fromisoformat(until) > now
            }
            held.codes[_digest(code)] = (vantage, (now + VALID).isoformat())
        return code

    def register(self, code: str, key: str, now: datetime) -> str | None:
        """Use a code: the vantage whose key it now is; None for one that is unknown, used or too old. Raises BadNote
        for what is no key, RegistryUnusable."""
        parsed = VerifierKey.parse(key)
        if parsed.type != LOG:
            raise BadNote("a key of another kind")
        wanted = _digest(code.strip().upper())
        with self._changing() as held:
            found = next((one for one in held.codes if hmac.compare_digest(one, wanted)), None)
            vantage, until = held.codes.pop(found) if found is not None else ("", "")
            if not vantage or datetime.fromisoformat(until) <= now:
                return None
            held.keys[vantage] = key.strip()
        return vantage

    def forget(self, vantage: str) -> bool:
        """Take a vantage's key away; False when it had none. Raises RegistryUnusable."""
        with self._changing() as held:
            return held.keys.pop(vantage, None) is not None

    def key_of(self, vantage: str) -> VerifierKey | None:
        """The key of a vantage; None when it has none. Raises RegistryUnusable."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise RegistryUnusable(f"{self._path}: {error.strerror}") from error
        stamp = found.st_mtime_ns, found.st_ino
        if self._read is None or self._read[0] != stamp:
            self._read = stamp, {id_: VerifierKey.parse(key) for id_, key in self._load().keys.items()}
        return self._read[1].get(vantage)

    @contextmanager
    def _changing(self) -> Iterator[_Held]:
        lock = self._path.with_name(f"{self._path.name}.lock")
        try:
            with os.fdopen(os.open(lock, os.O_RDWR | os.O_CREAT, 0o600), "r+") as alone:
                fcntl.flock(alone, fcntl.LOCK_EX)
                held = self._load()
                yield held
                # A code that was used is used for good: the key that it registered is on the disk before that is said.
                write_whole(self._path, json.dumps({"keys": held.keys, "codes": held.codes}, indent=1).encode())
        except OSError as error:
            raise RegistryUnusable(f"{self._path}: {error.strerror}") from error

    def _load(self) -> _Held:
        try:
            read: Any = json.loads(self._path.read_text("utf-8"))
            return _Held(dict(read["keys"]), {key: (one[0], one[1]) for key, one in read["codes"].items()})
        except FileNotFoundError:
            return _Held()
        except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            raise RegistryUnusable(f"{self._path}: cannot be read ({type(error).__name__})") from error


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
