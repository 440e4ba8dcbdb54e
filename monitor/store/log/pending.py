"""What one transaction adds to the evidence log: one record, written as the last thing before the commit.

So the log holds a fact if and only if the ledger does, and what was recorded together costs one record.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.findings.observation import Observation
from monitor.proof.formats.canonical import SALT, canonical, commitment
from monitor.proof.formats.tree import leaf_hash, root
from monitor.store.rows import stamp, verdict_word

_EPOCH, _MILLISECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)
BLOCK = 256
"""Leaves of which the common root is stored: a checkpoint reads these, and not every record."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One look: the observation, and the digests under which the ledger holds what it asked and what it saw."""

    observation: Observation
    asked: str
    verdicts: str


@dataclass(slots=True)
class Pending:
    """Collects what a transaction records; `write` makes a record of it, `clear` forgets it."""

    _at: datetime | None = None
    _round: str = ""
    _looks: dict[str, list[Looked]] = field(default_factory=dict)
    _sections: dict[str, Any] = field(default_factory=dict)
    _private: list[tuple[dict[str, Any], list[Any], Any]] = field(default_factory=list)

    def look(self, round_: str, looked: Looked) -> None:
        """One look at an asset."""
        self._round = round_
        self._happened(looked.observation.ended)
        self._looks.setdefault(looked.observation.asset, []).append(looked)

    def say(self, section: str, value: Any, at: datetime) -> None:
        """A section of the record that stands in it once; all of it is public."""
        self._happened(at)
        self._sections[section] = value

    def add(self, section: str, entry: list[Any], at: datetime, private: dict[str, Any] | None = None) -> None:
        """One entry of a list in the record; its private value is shown only by what it commits to."""
        self._happened(at)
        self._sections.setdefault(section, []).append(entry)
        if private is not None:
            self._private.append((private, entry, None))

    def clear(self) -> None:
        """The transaction is over, or was rolled back."""
        self._at, self._round, self._looks, self._sections, self._private = None, "", {}, {}, []

    def write(self, connection: sqlite3.Connection) -> None:
        """Append the record, if there is anything to record. Within the transaction."""
        if self._at is None:
            return
        at = self._at
        for asset, looks in self._looks.items():
            self._look_entry(connection, asset, looks, at)
        (seq,) = connection.execute("SELECT coalesce(max(seq) + 1, 0) FROM log_records").fetchone()
        record: dict[str, Any] = {"seq": seq, "at": stamp(at), **self._sections}
        if self._round:
            record["round"] = self._round
        commits = []
        for part, (own, entry, shared) in enumerate(self._private):
            salt = secrets.token_bytes(SALT)
            entry.append(part)
            whole = own if shared is None else {**own, "looks": shared}
            commits.append(commitment(salt, whole))
            connection.execute(
                "INSERT INTO log_private VALUES (?, ?, ?, ?, ?)",
                (seq, part, salt, canonical(own).decode(), None if shared is None else _shared(connection, shared)),
            )
        if commits:
            record["commits"] = commits
        append(connection, seq, canonical(record))

    def _happened(self, at: datetime) -> None:
        self._at = at if self._at is None else max(self._at, at)

    def _look_entry(self, connection: sqlite3.Connection, asset: str, looks: list[Looked], at: datetime) -> None:
        """One entry for all looks at an asset: its number, when they were, and how many verdicts of each kind."""
        seen = [one.observation for one in looks]
        words = [verdict_word(verdict) for one in seen for verdict in one.verdicts]
        times = [[_before(at, one.started), _before(at, one.ended)] for one in seen]
        entry = [
            number(connection, "asset", asset),
            max(started for started, _ in times),
            min(ended for _, ended in times),
            *(words.count(word) for word in ("exposed", "clear", "unknown")),
            sum(len(one.asked) for one in seen),
        ]
        self._sections.setdefault("looks", []).append(entry)
        shared = [[one.observation.probe, str(one.observation.target), one.asked, one.verdicts] for one in looks]
        self._private.append(({"asset": asset, "times": times}, entry, shared))


def append(connection: sqlite3.Connection, seq: int, body: bytes) -> None:
    """Put one record on file; with the last of a block, the block's root."""
    connection.execute("INSERT INTO log_records VALUES (?, ?)", (seq, body))
    if (seq + 1) % BLOCK == 0:
        rows = connection.execute(
            "SELECT CAST(body AS BLOB) FROM log_records WHERE seq > ? ORDER BY seq", (seq - BLOCK,)
        )
        hashes = [leaf_hash(bytes(body)) for (body,) in rows]
        connection.execute("INSERT INTO log_blocks VALUES (?, ?)", (seq // BLOCK, root(hashes)))


def number(connection: sqlite3.Connection, kind: str, id_: str) -> int:
    """The number that stands for a name in records: the first name of its kind has 1, and none is used again."""
    row = connection.execute("SELECT number FROM log_numbers WHERE kind = ? AND id = ?", (kind, id_)).fetchone()
    if row is not None:
        return int(row[0])
    sql = "INSERT INTO log_numbers SELECT ?1, ?2, coalesce(max(number), 0) + 1 FROM log_numbers WHERE kind = ?1"
    connection.execute(sql, (kind, id_))
    return number(connection, kind, id_)


def _shared(connection: sqlite3.Connection, value: Any) -> int:
    """The row that holds a value which stays the same from look to look."""
    text = canonical(value)
    digest = hashlib.sha256(text).digest()[:16]
    row = connection.execute("SELECT id FROM log_shared WHERE digest = ?", (digest,)).fetchone()
    if row is not None:
        return int(row[0])
    cursor = connection.execute("INSERT INTO log_shared (digest, body) VALUES (?, ?)", (digest, zlib.compress(text)))
    return cursor.lastrowid or 0


def _before(at: datetime, then: datetime) -> int:
    """How many milliseconds before `at` something was, both as they are written: in whole milliseconds."""
    return (at - _EPOCH) // _MILLISECOND - (then - _EPOCH) // _MILLISECOND
