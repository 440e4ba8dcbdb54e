"""Which passwords were refused, for a program without a ledger: a small SQLite file that outlives it.

It holds no password: a keyed digest of ten bytes at most for each subject. Several programs may share it.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

_TABLE = """CREATE TABLE IF NOT EXISTS refused
  (asset TEXT NOT NULL, subject TEXT NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (asset, subject)) WITHOUT ROWID"""


class RefusedFileUnusable(Exception):
    """The file cannot be read or written; the text says why."""


class RefusedFile:
    """The file. Each step opens it anew: steps are rare, and may come from any thread."""

    def __init__(self, path: Path, secret: str) -> None:
        """Make it where it is not there; `secret` is what the digests are keyed with. Raises RefusedFileUnusable."""
        self._path = path
        self._key = hashlib.blake2b(secret.encode(), digest_size=32, person=b"refused").digest()
        try:
            path.touch(mode=0o600, exist_ok=True)
        except OSError as error:
            raise RefusedFileUnusable(f"{path}: {error.strerror or error}") from error
        with self._step():
            pass

    def holds(self, asset: str, subject: str, secret: str) -> bool:
        """Whether this very credential was refused. Raises RefusedFileUnusable."""
        with self._step() as file:
            row = file.execute("SELECT digest FROM refused WHERE asset = ? AND subject = ?", (asset, subject))
            found = row.fetchone()
        return found is not None and found[0] == self._digest(secret)

    def keep(self, asset: str, subject: str, secret: str) -> None:
        """It was refused. Raises RefusedFileUnusable."""
        with self._step() as file:
            file.execute("INSERT OR REPLACE INTO refused VALUES (?, ?, ?)", (asset, subject, self._digest(secret)))

    def forget(self, asset: str, subject: str) -> None:
        """The subject was let in. Raises RefusedFileUnusable."""
        with self._step() as file:
            file.execute("DELETE FROM refused WHERE asset = ? AND subject = ?", (asset, subject))

    def _digest(self, secret: str) -> bytes:
        return hashlib.blake2b(secret.encode("utf-8", "surrogatepass"), digest_size=10, key=self._key).digest()

    @contextmanager
    def _step(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path, timeout=10)) as file, file:
                # A refusal must outlive a power cut: the next try may lock the account. Below EXTRA the deleted
                # journal may be back after one, and takes back what was committed.
                file.execute("PRAGMA synchronous = EXTRA")
                file.execute(_TABLE)
                yield file
        except sqlite3.Error as error:
            raise RefusedFileUnusable(f"{self._path}: {error}") from error
