"""The ledger as one scope sees it: a read-only connection on which every table is a filtered view of itself.

SQLite enforces it. For each table there is a temporary view of the same name, and an authorizer lets main's tables be
read through these views alone. A query that forgets the scope therefore still returns only what the scope holds.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from pathlib import Path
from typing import Any

from monitor.store.access.views import ReadScope, views
from monitor.store.ledger import Ledger, LedgerUnusable
from monitor.store.rows import packed, read_record, record
from monitor.store.schema.migrations import MIGRATIONS
from monitor.store.schema.stored import value_of

LONGEST_QUERY = 100_000_000
"""Steps of SQLite's machine that all queries of one reading may take together, about some seconds: then it is ended."""
_BETWEEN_CHECKS = 10_000


class ScopedLedger(Ledger):
    """A ledger that only reads, and only what a scope holds. Not for several threads at once."""

    def __init__(self, path: Path, scope: ReadScope) -> None:
        """Open it. Raises LedgerUnusable when it is missing, or of another version than this program."""
        self.path = path
        self.scope = scope
        try:
            connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)
        except sqlite3.Error as error:
            raise LedgerUnusable(f"cannot read the database {path}: {error}") from error
        try:
            connection.row_factory = sqlite3.Row
            connection.isolation_level = None
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version != len(MIGRATIONS):
                raise LedgerUnusable(
                    f"the database {path} has version {version} and this program needs {len(MIGRATIONS)}: "
                    "start `leftopen watch` of this version first"
                )
            _confine(connection, scope)
        except sqlite3.Error as error:
            connection.close()
            raise LedgerUnusable(f"cannot read the database {path}: {error}") from error
        except LedgerUnusable:
            connection.close()
            raise
        self._connection = connection
        self._steps = 0
        connection.set_progress_handler(self._ended, _BETWEEN_CHECKS)

    def _ended(self) -> int:
        self._steps += _BETWEEN_CHECKS
        return int(self._steps > LONGEST_QUERY)

    def begin(self) -> None:
        """Begin one reading: all its queries see the ledger as it is at the first of them."""
        self._steps = 0
        self._connection.execute("BEGIN")

    def end(self) -> None:
        """End the reading."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def rows(self, sql: str, *arguments: object) -> list[sqlite3.Row]:
        """The rows of one query. Raises LedgerUnusable when it takes too long or cannot be read."""
        try:
            return super().rows(sql, *arguments)
        except sqlite3.OperationalError as error:
            raise LedgerUnusable(f"cannot read {self.path}: {error}") from error

    def step(self) -> Any:
        """Nothing is written here. Raises LedgerUnusable."""
        raise LedgerUnusable(f"{self.path} is open for reading alone")


def _confine(connection: sqlite3.Connection, scope: ReadScope) -> None:
    """Lay the scope over every table, and let nothing be read beside it."""
    for name, ids in (
        ("my_assets", scope.assets | _left(connection, scope)),
        ("my_parties", scope.parties),
        ("watched_parties", scope.parties | scope.watched),
        ("my_channels", scope.channels),
        ("watched_channels", scope.channels | scope.watched_channels),
    ):
        connection.execute(f"CREATE TEMP TABLE {name} (id TEXT PRIMARY KEY) WITHOUT ROWID")
        connection.execute(f"INSERT INTO temp.{name} SELECT value FROM json_each(?)", (json.dumps(sorted(ids)),))  # noqa: S608  names of ours
    connection.create_function("_digested", 1, _digested, deterministic=True)
    connection.create_function("_digest", 1, _digest, deterministic=True)
    connection.create_function("_verdicts", 1, _verdicts, deterministic=True)
    connection.create_function("_digested_verdicts", 1, _digested_verdicts, deterministic=True)
    # A WITH clause of the same name as a view would pass for it: the filtered view has a name that nobody can guess.
    hidden = secrets.token_hex(8)
    inner = {}
    for table, sql in views(scope).items():
        inner[f"{table}_{hidden}"] = table
        connection.execute(f'CREATE TEMP VIEW "{table}_{hidden}" AS {sql}')
        connection.execute(f'CREATE TEMP VIEW {table} AS SELECT * FROM temp."{table}_{hidden}"')  # noqa: S608  names of ours
    # Its first use declares this function of SQLite's, which the authorizer would refuse.
    connection.execute("SELECT value FROM json_each('[]')").fetchall()
    connection.set_authorizer(_authorizer(inner))


def _authorizer(inner: dict[str, str]) -> Any:
    named = frozenset(inner.values())

    def allow(action: int, one: str | None, two: str | None, database: str | None, source: str | None) -> int:
        match action:
            case sqlite3.SQLITE_SELECT | sqlite3.SQLITE_RECURSIVE:
                return sqlite3.SQLITE_OK
            case sqlite3.SQLITE_TRANSACTION:
                return sqlite3.SQLITE_OK
            case sqlite3.SQLITE_FUNCTION:
                return sqlite3.SQLITE_DENY if two in _REFUSED else sqlite3.SQLITE_OK
            case sqlite3.SQLITE_READ:
                through_view = source in inner
                if one == "json_each":
                    return sqlite3.SQLITE_OK
                if database == "main":
                    return sqlite3.SQLITE_OK if through_view else sqlite3.SQLITE_DENY
                allowed = one in named or one in inner or through_view
                # A subquery or a common table has no database; its columns were authorized where they come from.
                return sqlite3.SQLITE_OK if allowed or database is None else sqlite3.SQLITE_DENY
            case _:
                return sqlite3.SQLITE_DENY

    return allow


_REFUSED = frozenset({"load_extension", "readfile", "writefile", "fts3_tokenizer"})


def _left(connection: sqlite3.Connection, scope: ReadScope) -> frozenset[str]:
    """Assets that left the inventory with something still open: visible to the chain that they had last."""
    rows = connection.execute(
        """SELECT DISTINCT a.asset FROM asset_parties a
           WHERE (?1 OR a.party IN (SELECT value FROM json_each(?2)))
           AND a.asset NOT IN (SELECT value FROM json_each(?3))
           AND coalesce(a.until, '9') = (SELECT max(coalesce(until, '9')) FROM asset_parties b WHERE b.asset = a.asset)
           AND EXISTS (SELECT 1 FROM findings f WHERE f.asset = a.asset AND f.state IN ('exposed', 'clearing'))""",
        (scope.installation, json.dumps(sorted(scope.parties)), json.dumps(sorted(scope.declared))),
    )
    return frozenset(row["asset"] for row in rows)


def _digest(text: object) -> str:
    return "#" + hashlib.sha256(str(text).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _verdicts(body: bytes) -> bytes:
    """A record of verdicts for somebody who may not read evidence: place, kind, verdict and reason alone."""
    return packed(record([[*row[:4], []] for row in read_record(body)]))


def _digested_verdicts(body: bytes) -> bytes:
    """The same for somebody who may not know where it is."""
    return packed(record([[_digest(place), kind, word, why, []] for place, kind, word, why, *_ in read_record(body)]))


def _digested(body: str) -> str:
    """A finding's body for somebody who may not know where it is: the place by its digest, nothing of what was seen."""
    value = value_of(body)
    host, port, path = value["place"]
    value |= {"place": [_digest(host), port, _digest(path)], "facts": [], "proof": []}
    value["seen"] = [[_digest(endpoint), *rest] for endpoint, *rest in value["seen"]]
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
