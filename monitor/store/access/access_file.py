"""The file beside the ledger that says who may read: sessions, invitations and tokens, all of them as digests; and the
log of what was read, refused and signed in to."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from monitor.store.damage.columns import Rules, mend_columns
from monitor.store.files.causes import cause
from monitor.store.ledger import LedgerUnusable
from monitor.store.rows import maybe, stamp, when

NAME = "access.db"
TOKEN = "lo_"  # noqa: S105  what every token begins with, so that scanners for secrets find it
_TABLES = """
CREATE TABLE IF NOT EXISTS sessions (
  digest TEXT PRIMARY KEY, issuer TEXT NOT NULL, subject TEXT NOT NULL, name TEXT NOT NULL, claims TEXT NOT NULL,
  began TEXT NOT NULL, seen TEXT NOT NULL, proven TEXT NOT NULL, acting TEXT NOT NULL DEFAULT '', ended TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS invites (
  digest TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, party TEXT NOT NULL, made TEXT NOT NULL,
  ends TEXT NOT NULL, used TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tokens (
  digest TEXT PRIMARY KEY, label TEXT NOT NULL UNIQUE, role TEXT NOT NULL, party TEXT NOT NULL, scopes TEXT NOT NULL,
  made TEXT NOT NULL, ends TEXT NOT NULL, used TEXT, revoked TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reads (
  id INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, role TEXT NOT NULL, party TEXT NOT NULL,
  event TEXT NOT NULL, route TEXT NOT NULL, object TEXT NOT NULL, status INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS reads_object ON reads(object, id);
CREATE INDEX IF NOT EXISTS reads_party ON reads(party, id);
CREATE TRIGGER IF NOT EXISTS reads_are_appended_only BEFORE UPDATE ON reads
BEGIN SELECT RAISE(ABORT, 'what was read is never rewritten'); END;
CREATE TRIGGER IF NOT EXISTS reads_are_never_deleted BEFORE DELETE ON reads
BEGIN SELECT RAISE(ABORT, 'what was read is never deleted'); END;
CREATE TABLE IF NOT EXISTS logged (reads INTEGER PRIMARY KEY, record INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS file (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS damaged_rows (
  id INTEGER PRIMARY KEY, at TEXT NOT NULL, what TEXT NOT NULL, row TEXT NOT NULL
);
INSERT OR IGNORE INTO file VALUES (1, lower(hex(randomblob(16))));
"""


_RULES: Final = Rules(
    values={"sessions.claims": (json.loads, "{}")},
    # Whoever has one of these signs in again, or gets another.
    forgotten=frozenset(("sessions", "invites", "tokens")),
)


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who has signed in."""

    digest: str
    issuer: str
    """Who says who it is: an identity provider, or `invite`."""
    subject: str
    name: str
    claims: Mapping[str, tuple[str, ...]]
    began: datetime
    seen: datetime
    proven: datetime
    """When the person last signed in: what is grave asks for it anew."""
    acting: str
    """The grant that is used, as `role:party`; empty: the first."""


@dataclass(frozen=True, slots=True)
class Invite:
    """A link by which one person may sign in once."""

    name: str
    role: str
    party: str


@dataclass(frozen=True, slots=True)
class Token:
    """What a program signs in with: one grant, some scopes, an end."""

    label: str
    role: str
    party: str
    scopes: tuple[str, ...]
    made: datetime
    ends: datetime
    used: datetime | None
    revoked: datetime | None


@dataclass(frozen=True, slots=True)
class Read:
    """One line of the log: who read, tried or did what, by which grant."""

    at: datetime
    who: str
    role: str
    party: str
    event: str
    route: str
    object: str
    status: int


def digest(secret: str) -> str:
    """How a secret stands on file. It has 256 random bits: a plain SHA-256 is not guessed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def make_tables(connection: sqlite3.Connection) -> None:
    """Make the tables of the file, and its id, where they are not there. Raises sqlite3.Error."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(_TABLES)


def _reading(path: Path) -> sqlite3.Connection:
    """The file as it is read. One that a power cut left in the middle of a write has its journal beside it: only who
    may write can take that write back, and nothing else is written then. Raises sqlite3.Error."""
    for mode in ("ro", "rw"):
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=10)
        try:
            connection.execute("SELECT 1 FROM sqlite_master").fetchone()
            connection.execute("PRAGMA query_only = 1")
        except sqlite3.OperationalError:
            connection.close()
            if mode == "rw":
                raise
        else:
            break
    return connection


class AccessFile:
    """One open file. Not for several threads at once."""

    def __init__(self, ledger: Path, *, read_only: bool = False) -> None:
        """Open the file beside `ledger`, or make it where it is not only read. Raises LedgerUnusable."""
        self.path = ledger.parent / NAME
        try:
            if read_only:
                self._connection = _reading(self.path)
                self._connection.row_factory = sqlite3.Row
                return
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.touch(mode=0o600, exist_ok=True)
            self._connection = sqlite3.connect(self.path, timeout=10, check_same_thread=False, isolation_level=None)
            self._connection.row_factory = sqlite3.Row
            make_tables(self._connection)
        except (OSError, sqlite3.Error) as error:
            raise LedgerUnusable(f"cannot use {self.path}: {error}") from error

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def _step(self) -> Iterator[sqlite3.Connection]:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise LedgerUnusable(f"cannot write {self.path}: {cause(self.path, error)}") from error

    def mend(self, now: datetime) -> int:
        """Put what is careful in place of what fits no column, and keep what stood there; in how many rows."""
        with self._step() as step:
            found = mend_columns(step, _RULES, stamp(now))
            rows = [(stamp(now), table, json.dumps(one.row, default=repr)) for table, one in found]
            step.executemany("INSERT INTO damaged_rows (at, what, row) VALUES (?, ?, ?)", rows)
        return len(found)

    # -- sessions

    def begin(
        self,
        issuer: str,
        subject: str,
        name: str,
        claims: Mapping[str, tuple[str, ...]],
        now: datetime,
        proven: datetime | None = None,
    ) -> str:
        """Somebody has signed in, and was asked who they are at `proven` (None: now); the secret of the session, which
        stands nowhere else."""
        secret = secrets.token_urlsafe(32)
        with self._step() as step:
            step.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', NULL)",
                (digest(secret), issuer, subject, name, json.dumps(claims), *[stamp(now)] * 2, stamp(proven or now)),
            )
        return secret

    def session(self, secret: str, now: datetime, *, use: bool = True) -> Session | None:
        """The session of this secret that has not ended; how long it may idle is the caller's to say.

        It is in use from now on, unless `use` is false.
        """
        rows = self._connection.execute(
            "SELECT * FROM sessions WHERE digest = ? AND ended IS NULL", (digest(secret),)
        ).fetchall()
        if not rows:
            return None
        row = rows[0]
        if use and now - when(row["seen"]) > timedelta(minutes=1):
            with self._step() as step:
                step.execute("UPDATE sessions SET seen = ? WHERE digest = ?", (stamp(now), row["digest"]))
        return _session(row)

    def sessions(self, since: datetime, most: int) -> tuple[Session, ...]:
        """The sessions that were used since then and have not ended: the last `most` of them, the last one last."""
        rows = self._connection.execute(
            "SELECT * FROM sessions WHERE ended IS NULL AND seen > ? ORDER BY seen DESC LIMIT ?", (stamp(since), most)
        )
        return tuple(_session(row) for row in rows)[::-1]

    def act_as(self, session: str, grant: str) -> None:
        """The person goes on by another of their grants."""
        with self._step() as step:
            step.execute("UPDATE sessions SET acting = ? WHERE digest = ?", (grant, session))

    def end(self, session: str, now: datetime) -> None:
        """Sign out."""
        with self._step() as step:
            step.execute("UPDATE sessions SET ended = ? WHERE digest = ? AND ended IS NULL", (stamp(now), session))

    # -- invitations

    def invite(self, name: str, role: str, party: str, now: datetime, lasts: timedelta) -> str:
        """Let one person sign in once within a time; the secret of the link."""
        secret = secrets.token_urlsafe(32)
        with self._step() as step:
            step.execute(
                "INSERT INTO invites VALUES (?, ?, ?, ?, ?, ?, NULL)",
                (digest(secret), name, role, party, stamp(now), stamp(now + lasts)),
            )
        return secret

    def accept(self, secret: str, now: datetime) -> Invite | None:
        """Use an invitation: it works once, and in its time. Two that come at once: one gets it."""
        with self._step() as step:
            rows = step.execute(
                "SELECT * FROM invites WHERE digest = ? AND used IS NULL AND ends > ?", (digest(secret), stamp(now))
            ).fetchall()
            if not rows:
                return None
            step.execute("UPDATE invites SET used = ? WHERE digest = ?", (stamp(now), rows[0]["digest"]))
        return Invite(rows[0]["name"], rows[0]["role"], rows[0]["party"])

    # -- tokens

    def make_token(
        self, label: str, role: str, party: str, scopes: tuple[str, ...], now: datetime, ends: datetime
    ) -> str | None:
        """A token for a program; None when its label is taken. It is shown once."""
        body = secrets.token_urlsafe(32)
        token = f"{TOKEN}{body}{_checksum(body)}"
        try:
            with self._step() as step:
                step.execute(
                    "INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL)",
                    (digest(token), label, role, party, " ".join(scopes), stamp(now), stamp(ends)),
                )
        except LedgerUnusable as error:
            if isinstance(error.__cause__, sqlite3.IntegrityError):
                return None
            raise
        return token

    def token(self, secret: str, now: datetime) -> Token | None:
        """The token, if it is one of ours, has not ended and was not taken back."""
        body = secret.removeprefix(TOKEN)
        if not secret.startswith(TOKEN) or not secret.isascii() or body[-6:] != _checksum(body[:-6]):
            return None
        rows = self._connection.execute(
            "SELECT * FROM tokens WHERE digest = ? AND revoked IS NULL AND ends > ?", (digest(secret), stamp(now))
        ).fetchall()
        if not rows:
            return None
        found = _token(rows[0])
        if found.used is None or now - found.used > timedelta(minutes=1):
            with self._step() as step:
                step.execute("UPDATE tokens SET used = ? WHERE digest = ?", (stamp(now), rows[0]["digest"]))
        return found

    def tokens(self) -> tuple[Token, ...]:
        """All tokens, also those that ended."""
        return tuple(_token(row) for row in self._connection.execute("SELECT * FROM tokens ORDER BY made, label"))

    def revoke(self, label: str, now: datetime) -> bool:
        """Take a token back; False when there is none that holds."""
        with self._step() as step:
            cursor = step.execute(
                "UPDATE tokens SET revoked = ? WHERE label = ? AND revoked IS NULL", (stamp(now), label)
            )
        return cursor.rowcount > 0

    # -- the log

    def log(self, *reads: Read) -> None:
        """Put on file that something was read, refused or done. Raises LedgerUnusable: then it is not shown."""
        with self._step() as step:
            step.executemany(
                """INSERT INTO reads (at, who, role, party, event, route, object, status)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
                [(stamp(r.at), r.who, r.role, r.party, r.event, r.route, r.object, r.status) for r in reads],
            )

    def reads(self, party: str | None, before: int, most: int, object_: str = "") -> tuple[tuple[int, Read], ...]:
        """The log, newest first, before a number: of one party's grants, or (None) of all."""
        rows = self._connection.execute(
            """SELECT * FROM reads WHERE (?1 IS NULL OR party = ?1) AND id < ?2 AND (?4 = '' OR object = ?4)
               ORDER BY id DESC LIMIT ?3""",
            (party, before, most, object_),
        )
        return tuple((row["id"], _read(row)) for row in rows)

    def lines(self, after: int, until: int) -> Iterator[list[Any]]:
        """The lines of the log with a number above `after`, up to `until`, in their order, all columns of each."""
        sql = "SELECT * FROM reads WHERE id > ? AND id <= ? ORDER BY id"
        return (list(row) for row in self._connection.execute(sql, (after, until)))

    def id(self) -> str:
        """What tells this file from another one that was made in its place; empty: it has none yet."""
        if not self._connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'file'").fetchone():
            return ""
        return str(self._connection.execute("SELECT id FROM file").fetchone()[0])

    def logged(self) -> list[tuple[int, int]]:
        """Up to which line the evidence log commits, and in which of its records; the last one first."""
        return [tuple(row) for row in self._connection.execute("SELECT reads, record FROM logged ORDER BY reads DESC")]

    def set_logged(self, last: int, record: int) -> None:
        """A record of the evidence log commits to all lines up to `last`."""
        with self._step() as step:
            step.execute("INSERT OR REPLACE INTO logged VALUES (?, ?)", (last, record))


def _checksum(body: str) -> str:
    """Six characters by which a mistyped token, or a text that only looks like one, is told without a look-up."""
    return f"{zlib.crc32(body.encode('utf-8', 'replace')):08x}"[-6:]


def _session(row: sqlite3.Row) -> Session:
    claims = {key: tuple(values) for key, values in json.loads(row["claims"]).items()}
    return Session(
        row["digest"], row["issuer"], row["subject"], row["name"], claims, when(row["began"]), when(row["seen"]),
        when(row["proven"]), row["acting"],
    )  # fmt: skip


def _token(row: sqlite3.Row) -> Token:
    return Token(
        row["label"], row["role"], row["party"], tuple(row["scopes"].split()), when(row["made"]), when(row["ends"]),
        maybe(row["used"]), maybe(row["revoked"]),
    )  # fmt: skip


def _read(row: sqlite3.Row) -> Read:
    return Read(
        when(row["at"]), row["who"], row["role"], row["party"], row["event"], row["route"], row["object"], row["status"]
    )  # fmt: skip
