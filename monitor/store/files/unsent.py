"""What a worker behind a gate has not handed in yet: a small SQLite file that outlives the worker.

It holds no ledger: results that nobody has confirmed, and a name by which the gate knows whose batches it holds. A
result is sealed to the hub's key before it comes here, so the file shows its reader ids alone.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MOST = 2000
"""Results that are kept. When the way to the hub is closed for long the oldest go: nobody waits for them any more."""

_TABLES = """
CREATE TABLE IF NOT EXISTS worker (number INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT OR IGNORE INTO worker VALUES (1, lower(hex(randomblob(16))));
CREATE TABLE IF NOT EXISTS results (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body BLOB NOT NULL);
"""


class UnsentUnusable(Exception):
    """The file cannot be read or written; the text says why."""


@dataclass(frozen=True, slots=True)
class Unsent:
    """A result that is still to be handed in."""

    id: str
    body: bytes


class UnsentResults:
    """The file of one worker. May be used from several threads."""

    def __init__(self, path: Path) -> None:
        """Open or make it. Raises UnsentUnusable."""
        self._path = path
        self._lock = threading.Lock()
        try:
            path.touch(mode=0o600, exist_ok=True)
            self._connection = sqlite3.connect(path, timeout=10, check_same_thread=False, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode = WAL")
            # A result that was looked for must outlive a power cut.
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.executescript(_TABLES)
        except (OSError, sqlite3.Error) as error:
            raise UnsentUnusable(f"{path}: {error}") from error

    def close(self) -> None:
        """Close the file; what is in it stays."""
        self._connection.close()

    def worker(self) -> str:
        """The name of whoever works with this file, after a restart too. Raises UnsentUnusable."""
        with self._step() as connection:
            return str(connection.execute("SELECT name FROM worker").fetchone()[0])

    def keep(self, id_: str, body: bytes) -> None:
        """A batch has this result, which is to be handed in. Raises UnsentUnusable."""
        with self._step() as connection:
            connection.execute("INSERT OR REPLACE INTO results (id, body) VALUES (?, ?)", (id_, body))
            connection.execute("DELETE FROM results WHERE number <= (SELECT max(number) FROM results) - ?", (MOST,))

    def sent(self, id_: str) -> None:
        """A result was confirmed, or refused for good. Raises UnsentUnusable."""
        with self._step() as connection:
            connection.execute("DELETE FROM results WHERE id = ?", (id_,))

    def waiting(self) -> list[str]:
        """The batches that have a result here. Raises UnsentUnusable."""
        with self._step() as connection:
            return [id_ for (id_,) in connection.execute("SELECT id FROM results ORDER BY number")]

    def oldest(self) -> Unsent | None:
        """The result that has waited longest. Raises UnsentUnusable."""
        with self._step() as connection:
            row = connection.execute("SELECT id, body FROM results ORDER BY number LIMIT 1").fetchone()
        return Unsent(*row) if row is not None else None

    @contextmanager
    def _step(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self._connection
                except BaseException:
                    self._connection.execute("ROLLBACK")
                    raise
                self._connection.execute("COMMIT")
            except sqlite3.Error as error:
                raise UnsentUnusable(f"{self._path}: {error}") from error
