"""The ledger: everything that leftopen remembers, in one SQLite file, written one transaction a step.

An observation, the findings that it moved, their changes, the evidence and the messages owed are committed together:
a process killed at any moment has either recorded all of a step or nothing of it.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.findings.finding import Change, Finding
from monitor.findings.observation import Observation
from monitor.store.access.write_lock import WriteLock
from monitor.store.damage.columns import Rules, Wrong, mend_columns
from monitor.store.files.causes import cause
from monitor.store.log.pending import Looked, Pending, number, numbers
from monitor.store.looks.round_counts import RoundCounts
from monitor.store.looks.series import Ahead, observe, read_ahead
from monitor.store.messages.queued import Delivery, DueState, NewMessage, Outcome, QueuedMessage
from monitor.store.opening import opened
from monitor.store.reason_rows import dump_reason
from monitor.store.rows import due_of, finding_body, finding_of, stamp, when
from monitor.store.schema.stored import WAY_OUT, RowDamaged, any_text, of_damage
from monitor.store.schema.stored import LedgerUnusable as LedgerUnusable

if TYPE_CHECKING:
    from sqlite_utils import Database

_MOST_WITNESSES, _MOST_FOLDERS = 18, 30
_FOLDER = ("GET /", "PROPFIND /")


class Ledger:
    """One open database. Not for several threads at once: the application keeps it on a thread of its own."""

    def __init__(self, path: Path) -> None:
        """Open or make the database at `path` and bring its tables up to date. Raises LedgerUnusable, KeyUnusable."""
        connection, self.seal = opened(path)
        self._connection = connection
        self.path = path
        self._counts = RoundCounts()
        self._ahead: Ahead = {}
        self._stepping = False
        self.writes = WriteLock()
        self._looked: dict[str, dict[str, datetime]] = {}
        """By network: the looks that nobody has asked for yet."""
        self._looked_in_step: dict[tuple[str, str], datetime] = {}
        self.log = Pending()
        """What the step under way adds to the evidence log."""

    @cached_property
    def _db(self) -> Database:
        # What only reads does without, and so does a survey.
        from sqlite_utils import Database

        return Database(self._connection)

    def close(self) -> None:
        """Close the database; what was committed stays."""
        self._connection.close()

    @contextmanager
    def step(self) -> Iterator[None]:
        """One transaction, taken for writing at once, so that two processes never decide on the same old state. A step
        within a step is a part of it.

        Raises LedgerUnusable, with nothing of the step recorded; or what a bug of ours in the step raises.
        """
        if self._stepping:
            yield
            return
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            with self.writes.held():
                self._stepping = True
                self.log.begun()
                try:
                    with self.part():
                        yield
                except BaseException:
                    self._connection.rollback()
                    raise
                finally:
                    self._stepping = False
                    looked, self._looked_in_step = self._looked_in_step, {}
                self._connection.commit()
                self.log.committed()
            for (asset, network), at in looked.items():
                self._looked.setdefault(network, {})[asset] = at
        except (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.ProgrammingError):
            # What was to be written is at fault, and not the ledger: whoever made it has to hear so.
            raise
        except sqlite3.Error as error:
            if of_damage(error):
                raise RowDamaged from error
            why = cause(self.path, error)
            raise LedgerUnusable(f"cannot write {self.path}: {why}; nothing of this step was recorded") from error

    @contextmanager
    def part(self) -> Iterator[None]:
        """A part of a step that is a record of its own in the evidence log. The caller holds the `step`."""
        try:
            yield
            self.count_looks()
            self.log.write(self._connection)
        finally:
            self._ahead.clear()
            self._counts.clear()
            self.log.clear()

    def count_looks(self) -> None:
        """Add what was recorded so far to the figures of its rounds. The caller holds a `step`."""
        self._counts.write(self._connection)
        self._counts.clear()

    # -- observations

    def read_ahead(self, observations: Iterable[Observation]) -> None:
        """Read at once what `record` needs to know of observations. The caller holds the `step` that records them."""
        self._ahead |= read_ahead(self._connection, observations)

    def record(self, round_: str, observation: Observation, whole: bool = False) -> int:
        """Record an observation of a round; returns the row that says what it asked and saw. The caller holds a `step`.

        A look that saw the same as the last of its kind has no row of its own, unless it is to be kept `whole`.
        """
        return self.record_all(round_, (observation,), whole)[0]

    def record_all(self, round_: str, observations: Sequence[Observation], whole: bool = False) -> list[int]:
        """As `record`, for several in their order: one statement counts all those that saw nothing new."""
        recorded = observe(self._connection, round_, observations, whole, self._ahead)
        pairs = [*zip(observations, recorded, strict=True)]
        self._counts.add(round_, [done for seen, done in pairs if not seen.early])
        for seen, done in pairs:
            where = f"{done.endpoint} from {seen.network}" if seen.network else done.endpoint
            of = (seen.asset, seen.probe, where, seen.started, seen.ended)
            self.log.look(round_, Looked(*of, done.asked, done.verdicts, (*done.counts[2:], done.counts[0])))
        return [done.observation for done in recorded]

    def save(
        self, finding: Finding, change: Change | None, round_: str, at: datetime, owed: tuple[NewMessage, ...] = ()
    ) -> None:
        """Save a finding, the change that it took (if any) and the messages that it owes. The caller holds a `step`."""
        self._connection.execute(
            """INSERT INTO findings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
               state = excluded.state, severity = excluded.severity, last_seen = excluded.last_seen,
               sequence = excluded.sequence, body = excluded.body""",
            (
                finding.id,
                finding.fingerprint,
                finding.tenant,
                finding.asset,
                finding.state.value,
                finding.severity.value,
                stamp(finding.first_seen),
                stamp(finding.last_seen),
                finding.sequence,
                finding_body(finding),
            ),
        )
        if change is not None:
            told_at, why = stamp(change.at), dump_reason(change.reason)
            row = (change.finding, change.sequence, change.step.value, told_at, why, round_)
            self._connection.execute("INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?)", row)
            told = [self.number("finding", finding.id), change.step.value, finding.state.value, finding.severity.value]
            self.log.add("changes", told, change.at, {"asset": finding.asset, "change": row})
        self.owe_now(owed, at)

    def add_witnesses(self, finding: str, paths: tuple[str, ...]) -> None:
        """Keep paths that were seen open, sealed: files, and folders with their verb. The caller holds a `step`."""
        if paths:
            # The earlier ones stay: an old file may still answer when the newest is gone.
            before = self.witnesses(finding)
            every = tuple(dict.fromkeys((*paths, *before)))
            folders = [one for one in every if one.startswith(_FOLDER)][:_MOST_FOLDERS]
            files = [one for one in every if not one.startswith(_FOLDER)][:_MOST_WITNESSES]
            kept = tuple(one for one in every if one in {*folders, *files})
            if kept != before:
                self.execute("INSERT OR REPLACE INTO witnesses VALUES (?, ?)", finding, self.seal.close(kept))

    def add_evidence(self, change: Change, observation: int, body: dict[str, Any]) -> None:
        """Keep what proves a change: the row of the observation that it came of, and JSON values. The caller holds a
        `step`."""
        text = json.dumps(body, ensure_ascii=False)
        of = {"finding": change.finding, "sequence": change.sequence}
        row = {**of, "observation": observation, "at": stamp(change.at)}
        self._db.table("evidence").insert({**row, "body": text})
        digest = hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
        entry = [self.number("finding", change.finding)]
        self.log.add("evidence", entry, change.at, {"evidence": {**row, "sha256": digest}})

    # -- what is on file

    def version(self) -> tuple[int, int]:
        """A number that changes with every write, by this program or another: while it stays, nothing is new."""
        return self.rows("PRAGMA data_version")[0][0], self._connection.total_changes

    def findings(
        self,
        *,
        states: Collection[str] | None = None,
        ids: Collection[str] | None = None,
        assets: Collection[str] | None = None,
    ) -> tuple[Finding, ...]:
        """All findings, worst and oldest first; when any is given, those in `states`, of `ids` or of `assets` alone."""
        columns = (("state", states), ("id", ids), ("asset", assets))
        wanted = [(column, one) for column, one in columns if one is not None]
        where = " OR ".join([f"{column} IN (SELECT value FROM json_each(?))" for column, _ in wanted] or ["1"])  # noqa: S608  columns of ours
        sql = f"SELECT * FROM findings WHERE {where} ORDER BY first_seen"  # noqa: S608  columns of ours
        rows = self.rows(sql, *(json.dumps(list(one)) for _, one in wanted))
        found = [finding_of(dict(row)) for row in rows]
        return tuple(sorted(found, key=lambda f: (-f.severity.rank, f.first_seen)))

    def on_file(self, asset: str) -> dict[str, Finding]:
        """The findings of one asset by fingerprint, whatever their state."""
        rows = self.rows("SELECT * FROM findings WHERE asset = ?", asset)
        return {row["fingerprint"]: finding_of(dict(row)) for row in rows}

    def with_findings(self, assets: Collection[str]) -> set[str]:
        """Those of the assets that have a finding on file, whatever its state."""
        sql = "SELECT DISTINCT asset FROM findings WHERE asset IN (SELECT value FROM json_each(?))"
        return {row["asset"] for row in self.rows(sql, json.dumps(list(assets)))}

    def finding(self, id_: str) -> Finding | None:
        """One finding."""
        return next((finding_of(dict(row)) for row in self.rows("SELECT * FROM findings WHERE id = ?", id_)), None)

    def witnesses(self, finding: str) -> tuple[str, ...]:
        """The paths once seen open. Raises RowDamaged where there are some, and they cannot be opened."""
        rows = self.rows("SELECT sealed FROM witnesses WHERE finding = ?", finding)
        opened = self.seal.open(rows[0]["sealed"]) if rows else ()
        if opened is None:
            raise RowDamaged
        return opened

    def looks(self, network: str = "") -> dict[str, datetime]:
        """For each asset, when it was last looked at from a network, as the ledger files it."""
        rows = self.rows("SELECT asset, at FROM looks WHERE network = ?", network)
        return {row["asset"]: when(row["at"]) for row in rows}

    def looked(self, assets: Collection[str], network: str, at: datetime) -> None:
        """Assets were wholly looked at from a network, as it is filed. The caller holds a `step`."""
        written = stamp(at)
        self.executemany(
            "INSERT INTO looks VALUES (?, ?, ?) ON CONFLICT (asset, network) DO UPDATE SET at = excluded.at",
            ((asset, network, written) for asset in assets),
        )
        self._looked_in_step |= dict.fromkeys([(asset, network) for asset in assets], when(written))

    def new_looks(self, network: str) -> dict[str, datetime]:
        """The looks from a network that this connection has put on file since it was asked the last time."""
        return self._looked.pop(network, {})

    # -- messages owed

    def parties_told(self, finding: str) -> frozenset[str]:
        """The channels to which a message about a finding was ever owed, and not cancelled."""
        return frozenset(
            row["channel"]
            for row in self.rows(
                "SELECT DISTINCT channel FROM dues WHERE finding = ? AND state <> 'cancelled'", finding
            )
        )

    def owe(self, owed: tuple[NewMessage, ...], now: datetime) -> None:
        """Put messages on file that belong to no observation (a blind round, a drill); repeats of a key are dropped."""
        with self.step():
            self.owe_now(owed, now)

    def owe_now(self, owed: tuple[NewMessage, ...], now: datetime) -> None:
        """As `owe`, within a `step` that the caller holds."""
        self._connection.executemany(
            """INSERT OR IGNORE INTO dues (key, finding, sequence, step, channel, party, severity, title, body, facts,
               via, state, created, due) VALUES (?, ?, ?, ?, ?, ?, ?, '', '', ?, ?, 'owed', ?, ?)""",
            [
                (
                    o.key,
                    o.finding,
                    o.sequence,
                    o.step,
                    o.channel,
                    o.party,
                    o.severity,
                    o.facts,
                    o.via,
                    stamp(now),
                    stamp(now),
                )
                for o in owed
            ],
        )

    def due(self, now: datetime, limit: int = 100) -> tuple[QueuedMessage, ...]:
        """The messages whose time has come, oldest first; held ones when they are to be looked at again."""
        rows = self.rows(
            "SELECT * FROM dues WHERE state IN ('owed', 'held') AND due <= ? ORDER BY due, id LIMIT ?",
            stamp(now),
            limit,
        )
        return tuple(due_of(dict(row)) for row in rows)

    def delivered(self, delivery: Delivery, state: DueState, again: datetime | None) -> None:
        """Mark one try: the message is sent, dead, or owed again at a later date."""
        with self.step():
            row = {
                "due": delivery.due,
                "channel": delivery.channel,
                "started": stamp(delivery.started),
                "ended": stamp(delivery.ended),
                "outcome": delivery.outcome.value,
                "reason": delivery.reason,
            }
            self._db.table("deliveries").insert({**row, "text": delivery.text})
            self.log.add("deliveries", [delivery.outcome.value], delivery.ended, {"delivery": row})
            failed = delivery.outcome is not Outcome.ACCEPTED
            self._connection.execute(
                """UPDATE dues SET state = ?, due = coalesce(?, due), tries = tries + 1, last_error = ?, sending = NULL,
                   taken = CASE WHEN ? THEN ? ELSE taken END WHERE id = ?""",
                (
                    state.value,
                    again and stamp(again),
                    delivery.reason if failed else "",
                    bool(delivery.taken),
                    json.dumps(delivery.taken),
                    delivery.due,
                ),
            )

    def execute(self, sql: str, *arguments: object) -> sqlite3.Cursor:
        """One writing statement; the caller holds a `step`."""
        return self._connection.execute(sql, arguments)

    def executemany(self, sql: str, rows: Iterable[tuple[object, ...]]) -> None:
        """One writing statement for many rows; the caller holds a `step`."""
        self._connection.executemany(sql, rows)

    def number(self, kind: str, id_: str) -> int:
        """The number that stands for a name in the evidence log. The caller holds a `step`."""
        return number(self._connection, kind, id_)

    def numbers(self, kind: str, ids: Iterable[str]) -> dict[str, int]:
        """As `number`, for several names. The caller holds a `step`."""
        return numbers(self._connection, kind, ids)

    def rows(self, sql: str, *arguments: object) -> list[sqlite3.Row]:
        """The rows of one reading query, for `monitor.store.queries`. Raises LedgerUnusable for a damaged file."""
        with self._reading():
            return self._connection.execute(sql, arguments).fetchall()

    def each_row(self, sql: str, *arguments: object) -> Iterator[sqlite3.Row]:
        """As `rows`, one after the other: those of many assets would together take more memory than a round does."""
        with self._reading():
            yield from self._connection.execute(sql, arguments)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            # Else a damaged file; anything else is a fault of the query, a lock, or a right that is not there.
            if of_damage(error):
                raise RowDamaged from error
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                raise LedgerUnusable(f"cannot read {self.path}: {error}; {WAY_OUT}") from error
            raise

    def mend_columns(self, rules: Rules, now: datetime) -> list[tuple[str, Wrong]]:
        """Put what is careful in place of what does not fit the columns of any table; what stood there, by table. The
        caller holds a `step`."""
        return mend_columns(self._connection, rules, stamp(now))

    def any_rows(self, sql: str, *arguments: object) -> list[dict[str, Any]]:
        """As `rows`, also where a text is no UTF-8: that is bytes."""
        with any_text(self._connection):
            return [dict(row) for row in self.rows(sql, *arguments)]
