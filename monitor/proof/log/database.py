"""Compares the ledger with its own evidence log: a row that was changed, removed or slipped in is found and named.

The log's records are checked against the last signed checkpoint, private parts against the commitments in the records,
and rows of the ledger against the private parts. What retention has deleted is no difference.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from monitor.proof.formats.canonical import canonical, commitment
from monitor.proof.formats.note import BadNote, Checkpoint, Note
from monitor.store.access.access_file import NAME, AccessFile
from monitor.store.ledger import Ledger
from monitor.store.log import reads, records
from monitor.store.looks.slots import date_of, day_and_second
from monitor.store.rows import read_record, stamp, when
from monitor.store.schema.stored import LedgerUnusable, RowDamaged, value_of
from monitor.store.tables.reports import DELETED

_ENDPOINT = "s.endpoint || iif(s.network = '', '', ' from ' || s.network)"
"""An endpoint as the log has it: it says from which network a look came, where that is not the ledger's own."""
MOST = 50
"""So many differences are named; more of them say nothing more."""
_COLUMNS = {
    "change": ("changes", ("finding", "sequence", "step", "at", "reason", "round")),
    "action": (
        "deeds",
        ("finding", "act", "at", "by", "party", "channel", "reason", "since", "until", "signature"),
    ),
    "delivery": ("deliveries", ("due", "channel", "started", "ended", "outcome", "reason")),
    "evidence": ("evidence", ("finding", "sequence", "observation", "at")),
    "report": ("reports", ("at", "kind", "party", "about", "language", "digest", "template", "engine", "seal")),
}
"""What a private part holds, and the table and the columns that it was written to."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison came to."""

    records: int
    parts: int
    rows: int
    erased: int
    """Looks whose private part is gone, as after retention: they can only be counted."""
    differences: tuple[str, ...]
    missing: str = ""
    """What could not be compared since it is not here; empty: nothing."""


class _Compare:
    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.found: list[str] = []
        self.parts = self.rows = self.erased = 0
        self.erased_in: set[str] = set()
        self.deleted: set[str] = set()
        """Seals of reports that were deleted at their age."""
        self.erased_days: set[int] = set()
        self.logged: dict[str, Counter[bytes]] = {kind: Counter() for kind in _COLUMNS}
        self.looks: Counter[tuple[str, ...]] = Counter()
        self.rounds: dict[str, list[Any]] = {}
        self.reads: list[dict[str, Any]] = []
        self.missing = ""
        self.began = ""

    def differ(self, text: str) -> None:
        if len(self.found) < MOST:
            self.found.append(text)

    def signed(self) -> None:
        last = records.last_checkpoint(self.ledger)
        if last is None:
            return None
        try:
            checkpoint = Checkpoint.parse(Note.parse(last.note.encode()).text)
        except BadNote as error:
            return self.differ(f"the last checkpoint cannot be read: {error}")
        size = records.size(self.ledger)
        if size < checkpoint.size or records.range_root(self.ledger, 0, checkpoint.size) != checkpoint.root:
            self.differ(f"the records are not those that were signed with {checkpoint.size} of them")
        return None

    def log(self) -> None:
        """Records and their private parts, in their order."""
        parts = records.private_parts(self.ledger, 0, records.size(self.ledger))
        part = next(parts, None)
        for number, body in enumerate(records.bodies(self.ledger, 0, records.size(self.ledger))):
            try:
                record = value_of(body)
            except RowDamaged:
                record = {}
                self.differ(f"record {number} of the log is none that leftopen writes")
            self.began = self.began or record.get("at", "")
            commits = record.get("commits", ())
            if "end" in record:
                self.rounds[record["end"][0]] = record["end"]
            self.deleted.update(seal for (seal,) in record.get(DELETED, ()))
            entries, shown = record.get("looks", ()), set()
            while part is not None and part.seq == number:
                shown.add(part.part)
                self.parts += 1
                if part.part >= len(commits) or commitment(part.salt, part.value) != commits[part.part]:
                    self.differ(f"record {number}: its private part {part.part} is not what it committed to")
                else:
                    self.part(record, part.value)
                part = next(parts, None)
            if left := sum(entry[-1] not in shown for entry in entries):
                self.erased += left
                self.erased_days.add(day_and_second(when(record["at"]))[0])
                self.erased_in.add(record["round"])

    def part(self, record: dict[str, Any], value: dict[str, Any]) -> None:
        for kind, (_, columns) in _COLUMNS.items():
            row = value.get(kind)
            if isinstance(row, dict):
                row = [row.get(name) for name in (*columns, *(("sha256",) if kind == "evidence" else ()))]
            if row is not None:
                self.logged[kind][canonical(row)] += 1
        if isinstance(value.get("reads"), dict):
            self.reads.append(value["reads"])
        at = when(record["at"])
        for asset, probe, endpoint, asked, verdicts, *before in records.looks_of(value):
            times = [stamp(at - timedelta(milliseconds=one)) for one in before]
            self.looks[record["round"], asset, probe, endpoint, *times, asked, verdicts] += 1

    def tables(self) -> None:
        for kind, (table, columns) in _COLUMNS.items():
            on_file = Counter[bytes]()
            for row in self.ledger.rows(f"SELECT * FROM {table}"):  # noqa: S608  a name of ours
                self.rows += 1
                values = [row[name] for name in columns]
                if kind == "evidence":
                    text = str(row["body"]).encode("utf-8", "backslashreplace")
                    values.append(hashlib.sha256(text).hexdigest())
                on_file[canonical(values)] += 1
            logged = self.logged[kind]
            if kind == "report":
                logged = Counter({text: n for text, n in logged.items() if json.loads(text)[-1] not in self.deleted})
            self.both(table, columns, logged, on_file)
        gone = "SELECT observation FROM evidence WHERE observation NOT IN (SELECT id FROM observations)"
        for row in self.ledger.rows(gone):
            self.differ(f"observations: look {row['observation']}, on which evidence rests, is gone")

    def both(self, table: str, columns: tuple[str, ...], logged: Counter[bytes], on_file: Counter[bytes]) -> None:
        for text in logged - on_file:
            self.differ(f"{table}: a row is changed or gone; the log has {_shown(columns, text)}")
        at = columns.index("ended" if "ended" in columns else "at")
        # One try to send a group is on file for each of its messages, and once in the log.
        tries = {tuple(json.loads(text)[1:]) for text in logged} if table == "deliveries" else set()
        for text in on_file - logged:
            values = json.loads(text)
            # Rows of a time before there was a log are in no record.
            if values[at] >= self.began and tuple(values[1:]) not in tries:
                self.differ(f"{table}: a row that is not in the log: {_shown(columns, text)}")

    def observations(self) -> None:
        contents = {row["id"]: row for row in self.ledger.rows("SELECT id, digest, body FROM records")}
        counts = {id_: self.content(row) for id_, row in contents.items()}
        kept = Counter[tuple[str, ...]]()
        for row in self.ledger.rows(
            f"""SELECT o.*, s.asset, s.probe, {_ENDPOINT} AS endpoint
                FROM observations o JOIN series s ON s.id = o.series"""  # noqa: S608  a column of ours
        ):
            self.rows += 1
            asked, verdicts = counts[row["asked"]], counts[row["verdicts"]]
            if asked is not None and verdicts is not None:
                words = Counter(one[2] for one in verdicts)
                said = [row[name] for name in ("asks", "wire", "exposed", "clear", "unknown")]
                counted = [words[word] for word in ("exposed", "clear", "unknown")]
                if said != [len(asked), sum(one[3] for one in asked), *counted]:
                    self.differ(f"observations: look {row['id']} counts other than its requests and verdicts do")
            digests = (bytes(contents[row[name]]["digest"]).hex() for name in ("asked", "verdicts"))
            where = (row["round"], row["asset"], row["probe"], row["endpoint"], row["started"], row["ended"])
            kept[*where, *digests] += 1
        for look in kept - self.looks:
            if look[5] >= self.began and look[0] not in self.erased_in:
                self.differ(f"observations: a look at {look[1]} that ended {look[5]} is not as the log has it")
        # A look that saw nothing new has no row of its own: one row of its kind stands for it.
        kinds = {(*look[1:4], *look[6:]) for look in kept}
        oldest = min((look[5] for look in kept), default="")
        for look in self.looks:
            if (not oldest or look[5] >= oldest) and (*look[1:4], *look[6:]) not in kinds:
                kinds.add((*look[1:4], *look[6:]))
                self.differ(f"observations: what a look at {look[1]} saw that ended {look[5]} is changed or gone")

    def days(self) -> None:
        """How many looks each day of a series counts: as many as the log has."""
        logged = Counter[tuple[str, str, str, int]]()
        for look, number in self.looks.items():
            day, _ = day_and_second(when(look[5]))
            logged[look[1], look[2], look[3], day] += number
        on_file = Counter[tuple[str, str, str, int]]()
        for row in self.ledger.rows(
            f"""SELECT s.asset, s.probe, {_ENDPOINT} AS endpoint, d.day, sum(d.looks) AS looks FROM all_days d
                JOIN series s ON s.id = d.series GROUP BY 1, 2, 3, 4"""  # noqa: S608  a column of ours
        ):
            self.rows += 1
            on_file[row["asset"], row["probe"], row["endpoint"], row["day"]] += row["looks"]
        # The day on which the log began, and days of which the log has erased looks, hold looks that it does not show.
        first = min((day for *_, day in on_file), default=0)
        began = day_and_second(when(self.began))[0] if self.began else 0
        whole = max(began + (first < began), max(self.erased_days, default=-1) + 1)
        for key in sorted(logged.keys() | on_file.keys()):
            if key[3] >= whole and logged[key] != on_file[key]:
                counts = f"{on_file[key]} looks, and the log has {logged[key]}"
                self.differ(f"days: {key[0]} at {key[2]} on {date_of(key[3])} counts {counts}")

    def reads_on_file(self) -> None:
        """What the list of reads holds, in the file beside the ledger. A copy that was put back is without it."""
        try:
            self._reads_there()
        except (sqlite3.DatabaseError, LedgerUnusable) as error:
            fault = error.__cause__ if isinstance(error, LedgerUnusable) else error
            if isinstance(fault, sqlite3.OperationalError) or not isinstance(fault, sqlite3.DatabaseError):
                # It is locked, or may not be read: that says nothing of what is in it.
                raise LedgerUnusable(f"cannot read {NAME}: {error}") from error
            self.differ(f"{NAME} cannot be read ({error}): who read what is not what the log committed to")

    def _reads_there(self) -> None:
        here = (self.ledger.path.parent / NAME).is_file()
        file = AccessFile(self.ledger.path, read_only=True) if here and self.reads else None
        id_ = file.id() if file is not None else ""
        for said in self.reads:
            if file is None or said["file"] != id_:
                self.missing = f"{NAME}, which held who read what, is gone or is another file: was a copy put back?"
                continue
            self.rows += said["last"] - said["first"] + 1
            if reads.digest_of(file, said["first"] - 1, said["last"]) != (said["last"], said["sha256"]):
                self.differ(f"{NAME}: of the reads {said['first']} to {said['last']}, one is changed or gone")
        if file is not None:
            file.close()

    def content(self, row: sqlite3.Row) -> list[Any] | None:
        try:
            if hashlib.sha256(zlib.decompress(row["body"])).digest() != bytes(row["digest"]):
                raise ValueError
            value = read_record(row["body"])
        except (ValueError, zlib.error):
            self.differ(f"records: what row {row['id']} holds is not what its digest says")
            return None
        return value if isinstance(value, list) else None

    def round_rows(self) -> None:
        for row in self.ledger.rows("SELECT * FROM rounds WHERE ended IS NOT NULL"):
            self.rows += 1
            numbers = [row[name] for name in ("tasks", "asks", "exposed", "clear", "unknown")]
            counted, rest = [row["id"], row["blind"] or None, *numbers], [row["kind"], row["started"]]
            logged = self.rounds.pop(row["id"], None)
            if logged is None and row["ended"] < self.began:
                continue
            if logged is None or logged[: len(counted)] != counted or logged[len(counted) :][:2] != rest:
                self.differ(f"rounds: {row['id']} is not as the log has it")
        for id_ in self.rounds:
            self.differ(f"rounds: {id_} is gone")


def compare(ledger: Ledger) -> Compared:
    """Compare everything; reads only. Raises LedgerUnusable."""
    one = _Compare(ledger)
    one.signed()
    one.log()
    one.tables()
    one.observations()
    one.days()
    one.round_rows()
    one.reads_on_file()
    return Compared(records.size(ledger), one.parts, one.rows, one.erased, tuple(one.found), one.missing)


def _shown(columns: tuple[str, ...], text: bytes) -> str:
    values = dict(zip(columns, json.loads(text), strict=False))
    return ", ".join(f"{name} {values[name]}" for name in columns[:4])
