"""What one transaction adds to the evidence log: one record, written as the last thing before the commit.

So the log holds a fact if and only if the ledger does, and what was recorded together costs one record.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
import zlib
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from monitor.proof.formats.canonical import SALT, canonical, canonical_text
from monitor.proof.formats.tree import leaf_hash, root
from monitor.store.log.packed import packed, plain
from monitor.store.rows import stamp

_EPOCH, _MILLISECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)
BLOCK = 256
"""Leaves of which the common root is stored: a checkpoint reads these, and not every record."""


class Looked(NamedTuple):
    """One look: of what, when, and the digests under which the ledger holds what it asked and what it saw."""

    asset: str
    probe: str
    endpoint: str
    started: datetime
    ended: datetime
    asked: bytes
    verdicts: bytes
    counts: tuple[int, int, int, int]
    """Verdicts that are exposed, clear and unknown, and requests."""


@dataclass(slots=True)
class Pending:
    """Collects what a transaction records; `write` makes a record of it, `clear` forgets it."""

    _at: datetime | None = None
    _round: str = ""
    _looks: list[Looked] = field(default_factory=list)
    _sections: dict[str, Any] = field(default_factory=dict)
    _private: list[tuple[dict[str, Any], list[Any], int | None]] = field(default_factory=list)
    _written: dict[int, bytes] = field(default_factory=dict)
    _hashes: dict[int, bytes] = field(default_factory=dict)
    """The leaf hash of each record of the running block that was committed here: to read them all again for the root
    of the block would hold up whoever records."""

    def look(self, round_: str, looked: Looked) -> None:
        """One look at an asset."""
        self._round = round_
        self._happened(looked.ended)
        self._looks.append(looked)

    def say(self, section: str, value: Any, at: datetime) -> None:
        """A section of the record that stands in it once; all of it is public."""
        self._happened(at)
        self._sections[section] = value

    def add(
        self,
        section: str,
        entry: list[Any],
        at: datetime,
        private: dict[str, Any] | None = None,
        shared: int | None = None,
    ) -> None:
        """One entry of a list in the record; its private value is shown only by what it commits to. One that is
        `SIGNED` is erased with the looks."""
        self._happened(at)
        self._sections.setdefault(section, []).append(entry)
        if private is not None:
            self._private.append((private, entry, shared))

    def clear(self) -> None:
        """The transaction is over, or was rolled back."""
        self._at, self._round, self._looks, self._sections, self._private = None, "", [], {}, []

    def committed(self) -> None:
        """What `write` appended is on file."""
        self._hashes |= self._written
        self._written = {}

    def begun(self) -> None:
        """A transaction has begun: what one before it has written and not committed is not on file."""
        self._written = {}

    def write(self, connection: sqlite3.Connection) -> None:
        """Append the record, if there is anything to record. Within the transaction, which may have several."""
        if self._at is None:
            return
        at = self._at
        (seq,) = connection.execute("SELECT coalesce(max(seq) + 1, 0) FROM log_records").fetchone()
        record: dict[str, Any] = {"seq": seq, "at": stamp(at), **self._sections}
        if self._round:
            record["round"] = self._round
        commits: list[str] = []
        for own, entry, shared in self._private:
            entry.append(len(commits))
            text = canonical(own)
            _commit(connection, seq, commits, text, text.decode(), shared)
        if self._looks:
            record["looks"] = self._look_entries(connection, at, seq, commits)
        if commits:
            record["commits"] = commits
        if next(iter(self._hashes), seq) < seq - seq % BLOCK:
            self._hashes = {}
        body = canonical(record)
        self._written[seq] = leaf_hash(body)
        append(connection, seq, body, self._hashes | self._written)

    def _happened(self, at: datetime) -> None:
        self._at = at if self._at is None else max(self._at, at)

    def _look_entries(
        self, connection: sqlite3.Connection, at: datetime, seq: int, commits: list[str]
    ) -> list[list[int]]:
        """An entry for each look: its asset, when it was, and how many verdicts of each kind and requests it came to.

        All looks of the record are one private part: what was looked at, what was asked and seen, and the times. What
        stays the same from look to look is stored once, and the part holds where.
        """
        entries, stored, times = [], [], []
        part, last = len(commits), _milliseconds(at)
        (used,) = connection.execute("SELECT max(used) FROM log_shared").fetchone()
        # A clock that was set back must not make what is used now look older than what was erased already.
        day = max((at - _EPOCH).days, used or 0)
        texts = [_text(one) for one in self._looks]
        numbered = numbers(connection, "asset", [one.asset for one in self._looks])
        for one, row in zip(self._looks, _shared(connection, texts, day), strict=True):
            started, ended = last - _milliseconds(one.started), last - _milliseconds(one.ended)
            entries.append([numbered[one.asset], started, ended, *one.counts, part])
            stored.append(f"[{row},{started},{ended}]")
            times.append(f"[{started},{ended}]")
        # The canonical form of {"looks": [...], "times": [...]}, put together of texts that are canonical already.
        whole = b'{"looks":[' + b",".join(texts) + f'],"times":[{",".join(times)}]}}'.encode()
        _commit(connection, seq, commits, whole, f"[{','.join(stored)}]", LOOKS)
        return entries


LOOKS = 0
"""Marks, in the column `shared`, the private part of the looks of a record: a row for each, with its place in
`log_shared`. Before, each asset of a record had a part of its own, and the column said where the rest of it was."""

SIGNED = -1
"""Marks the private part that holds what a vantage has signed: it is whole, and as old as the looks beside it."""


def _commit(
    connection: sqlite3.Connection, seq: int, commits: list[str], whole: bytes, stored: str, shared: int | None
) -> None:
    """Commit to a private part by its whole canonical form, and put it on file."""
    salt = secrets.token_bytes(SALT)
    row = (seq, len(commits), salt, stored, shared)
    connection.execute("INSERT INTO log_private VALUES (?, ?, ?, ?, ?)", row)
    commits.append(b64encode(hashlib.sha256(salt + whole).digest()).decode())


def append(connection: sqlite3.Connection, seq: int, body: bytes, known: Mapping[int, bytes]) -> None:
    """Put one record on file; with the last of a block, the block's root. The leaf hashes that are not `known` are
    those of records on file."""
    connection.execute("INSERT INTO log_records VALUES (?, ?)", (seq, packed(body)))
    if (seq + 1) % BLOCK == 0:
        hashes = [known.get(one) or _hash_on_file(connection, one) for one in range(seq - BLOCK + 1, seq + 1)]
        connection.execute("INSERT INTO log_blocks VALUES (?, ?)", (seq // BLOCK, root(hashes)))


def _hash_on_file(connection: sqlite3.Connection, seq: int) -> bytes:
    (body,) = connection.execute("SELECT CAST(body AS BLOB) FROM log_records WHERE seq = ?", (seq,)).fetchone()
    return leaf_hash(plain(bytes(body)))


def number(connection: sqlite3.Connection, kind: str, id_: str) -> int:
    """The number that stands for a name in records: the first name of its kind has 1, and none is used again."""
    return numbers(connection, kind, (id_,))[id_]


def numbers(connection: sqlite3.Connection, kind: str, ids: Iterable[str]) -> dict[str, int]:
    """As `number`, for several names: those that have none are given theirs in this order."""
    ids = dict.fromkeys(ids)
    sql = "SELECT id, number FROM log_numbers WHERE kind = ? AND id IN (SELECT value FROM json_each(?))"
    found = dict(connection.execute(sql, (kind, json.dumps(list(ids)))).fetchall())
    if len(found) < len(ids):
        (last,) = connection.execute("SELECT max(number) FROM log_numbers WHERE kind = ?", (kind,)).fetchone()
        new = {id_: n for n, id_ in enumerate((one for one in ids if one not in found), (last or 0) + 1)}
        connection.executemany("INSERT INTO log_numbers VALUES (?, ?, ?)", [(kind, id_, n) for id_, n in new.items()])
        found |= new
    return found


def _shared(connection: sqlite3.Connection, texts: Sequence[bytes], day: int) -> list[int]:
    """The rows that hold values which stay the same from look to look; each says on which day it was last used."""
    digests = [hashlib.sha256(text).digest()[:16] for text in texts]
    rows: dict[bytes, int] = {}
    for first in range(0, len(digests), BLOCK):
        some = digests[first : first + BLOCK]
        sql = f"SELECT digest, id, used FROM log_shared WHERE digest IN ({', '.join('?' * len(some))})"  # noqa: S608
        found = connection.execute(sql, some).fetchall()
        rows |= {digest: id_ for digest, id_, _ in found}
        late = [(day, id_) for _, id_, used in found if used < day]
        connection.executemany("UPDATE log_shared SET used = ? WHERE id = ?", late)
    for digest, text in zip(digests, texts, strict=True):
        if digest not in rows:
            sql = "INSERT INTO log_shared (digest, body, used) VALUES (?, ?, ?)"
            rows[digest] = connection.execute(sql, (digest, zlib.compress(text), day)).lastrowid or 0
    return [rows[digest] for digest in digests]


def _text(one: Looked) -> bytes:
    """The canonical form of what a look was of, asked and saw: put together, since each look has one."""
    of = ",".join([canonical_text(one.asset), canonical_text(one.probe), canonical_text(one.endpoint)])
    return f'[{of},"{one.asked.hex()}","{one.verdicts.hex()}"]'.encode("utf-8", "backslashreplace")


def _milliseconds(at: datetime) -> int:
    """Whole milliseconds since 1970, as times are written."""
    return (at - _EPOCH) // _MILLISECOND
