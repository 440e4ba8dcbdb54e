"""Surveys on file: one row a folder, without its name; what is still to be read, sealed; and what it came to."""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from monitor.findings.finding import State
from monitor.findings.reach.tally import Hours, SurveyResult, Tally
from monitor.store.ledger import Ledger
from monitor.store.rows import maybe, stamp, when
from monitor.store.schema.stored import unpacked, value_of


@dataclass(frozen=True, slots=True)
class FolderRow:
    """One folder that was read. `key` is a keyed digest of its path, `time` what its parent's page showed of it."""

    key: bytes
    time: str
    digest: bytes
    leaf: bool
    read: datetime
    tally: Tally


@dataclass(frozen=True, slots=True)
class FoundFolders:
    """Folders that were found on one page: the page's path, how deep they lie, digests of the folders above them, and
    the path and time of each."""

    parent: str
    depth: int
    above: tuple[bytes, ...]
    folders: tuple[tuple[str, str], ...]

    def dump(self) -> list[object]:
        """As JSON values."""
        return [self.parent, self.depth, [digest.hex() for digest in self.above], self.folders]

    @classmethod
    def load(cls, value: list[Any]) -> Self:
        """The folders that `dump` wrote."""
        parent, depth, above, folders = value
        return cls(parent, depth, tuple(map(bytes.fromhex, above)), tuple((path, time) for path, time in folders))


@dataclass(frozen=True, slots=True)
class Resumed:
    """A survey that was not finished: which one, since when, where it stood (JSON), and all folders that it found."""

    survey: int
    started: datetime
    waiting: str
    found: tuple[FoundFolders, ...] = ()


def begin(ledger: Ledger, finding: str, started: datetime) -> int:
    """A survey of a finding begins; returns its number."""
    with ledger.step():
        cursor = ledger.execute("INSERT INTO surveys (finding, started) VALUES (?, ?)", finding, stamp(started))
    return cursor.lastrowid or 0


def discard(ledger: Ledger, survey: int) -> None:
    """A survey that has read nothing was none."""
    with ledger.step():
        ledger.execute("DELETE FROM survey_found WHERE survey = ?", survey)
        ledger.execute("DELETE FROM surveys WHERE id = ?", survey)


def unfinished(ledger: Ledger, finding: str) -> Resumed | None:
    """The finding's last survey, when it was broken off, or its budget ended, and where it stood can still be read."""
    rows = ledger.rows("SELECT * FROM surveys WHERE finding = ? ORDER BY id DESC LIMIT 1", finding)
    if not rows or rows[0]["waiting"] is None:
        return None
    survey = rows[0]["id"]
    opened = ledger.seal.open(rows[0]["waiting"])
    batches = [
        ledger.seal.open(row["body"])
        for row in ledger.rows("SELECT body FROM survey_found WHERE survey = ? ORDER BY id", survey)
    ]
    if not opened or None in batches:
        return None
    found = tuple(FoundFolders.load(one) for batch in batches if batch for one in value_of(batch[0]))
    return Resumed(survey, when(rows[0]["started"]), opened[0], found)


def never_measured(ledger: Ledger) -> tuple[str, ...]:
    """The findings that are proven open and of which no survey has ended."""
    rows = ledger.rows(
        """SELECT id FROM findings WHERE state = ? AND NOT EXISTS
             (SELECT 1 FROM surveys WHERE finding = findings.id AND ended IS NOT NULL)""",
        State.EXPOSED.value,
    )
    return tuple(row["id"] for row in rows)


def progress(
    ledger: Ledger,
    finding: str,
    survey: int,
    folders: Iterable[FolderRow],
    waiting: str,
    found: Iterable[FoundFolders] = (),
) -> None:
    """Commit folders that were read, folders that were found in them, and where the survey stands.

    A kill loses none of it, and counts nothing twice. Only what is new is written: what waits is what was found and not
    read yet.
    """
    batch = [one.dump() for one in found]
    with ledger.step():
        ledger.executemany(
            "INSERT OR REPLACE INTO survey_folders VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (finding, row.key, survey, row.time, row.digest, int(row.leaf), stamp(row.read), row.tally.dump())
                for row in folders
            ],
        )
        if batch:
            sealed = ledger.seal.close((json.dumps(batch, separators=(",", ":")),))
            ledger.execute("INSERT INTO survey_found (survey, body) VALUES (?, ?)", survey, sealed)
        ledger.execute("UPDATE surveys SET waiting = ? WHERE id = ?", ledger.seal.close((waiting,)), survey)


def finish(ledger: Ledger, surveyed: SurveyResult, waiting: str = "") -> None:
    """The survey is over: what it came to is on file, and what it no longer found is not. Nothing waits, unless its
    budget ended it: then the next one goes on with what is `waiting`."""
    with ledger.step():
        ledger.execute(
            "UPDATE surveys SET ended = ?, waiting = ?, body = ? WHERE id = ?",
            stamp(surveyed.ended) if surveyed.ended else None,
            ledger.seal.close((waiting,)) if waiting else None,
            zlib.compress(_dump(surveyed).encode()),
            surveyed.survey,
        )
        # Of earlier surveys nothing waits any more, and of this one only when it is to go on.
        ledger.execute(
            "DELETE FROM survey_found WHERE survey <= ? AND survey IN (SELECT id FROM surveys WHERE finding = ?)",
            surveyed.survey - bool(waiting),
            surveyed.finding,
        )
        if not surveyed.partial:
            # A folder that a whole survey did not meet is gone.
            ledger.execute(
                "DELETE FROM survey_folders WHERE finding = ? AND survey <> ?", surveyed.finding, surveyed.survey
            )


def folders(ledger: Ledger, finding: str) -> dict[bytes, tuple[int, FolderRow]]:
    """Every folder on file for a finding, by key, with the survey that last met it."""
    rows = ledger.rows("SELECT * FROM survey_folders WHERE finding = ?", finding)
    return {
        r["key"]: (
            r["survey"],
            FolderRow(r["key"], r["time"], r["digest"], bool(r["leaf"]), when(r["read"]), Tally.load(r["tally"])),
        )
        for r in rows
    }


def latest(ledger: Ledger, finding: str, before: int | None = None) -> SurveyResult | None:
    """What the finding's last finished survey came to; `before`: the last one before that survey."""
    rows = ledger.rows(
        "SELECT * FROM surveys WHERE finding = ? AND ended IS NOT NULL AND id < ? ORDER BY id DESC LIMIT 1",
        finding,
        2**62 if before is None else before,
    )
    return result_of(rows[0]["body"]) if rows else None


def history(ledger: Ledger, finding: str) -> tuple[SurveyResult, ...]:
    """Every finished survey of a finding, oldest first."""
    rows = ledger.rows("SELECT body FROM surveys WHERE finding = ? AND ended IS NOT NULL ORDER BY id", finding)
    return tuple(result_of(row["body"]) for row in rows)


def latest_of(ledger: Ledger, findings: Collection[str]) -> dict[str, SurveyResult]:
    """The last finished survey of each of these findings that has one."""
    rows = ledger.rows(
        """SELECT finding, body FROM surveys WHERE id IN (SELECT max(id) FROM surveys
             WHERE finding IN (SELECT value FROM json_each(?)) AND ended IS NOT NULL GROUP BY finding)""",
        json.dumps(sorted(findings)),
    )
    return {row["finding"]: result_of(row["body"]) for row in rows}


def _dump(surveyed: SurveyResult) -> str:
    hours = surveyed.hours
    return json.dumps(
        {
            "finding": surveyed.finding,
            "survey": surveyed.survey,
            "started": stamp(surveyed.started),
            "ended": surveyed.ended and stamp(surveyed.ended),
            "tally": surveyed.tally.dump(),
            "partial": surveyed.partial,
            "hours": hours and [hours.best, hours.low, hours.high, hours.samples],
            "largest": surveyed.largest,
            "tenants": surveyed.unknown_customers,
            "tenant_keys": surveyed.unknown_customer_keys,
            "asks": surveyed.asks,
            "seconds": surveyed.seconds,
            "carried": surveyed.carried,
            "new_files": surveyed.new_files,
            "new_folders": surveyed.new_folders,
        }
    )


def result_of(body: bytes) -> SurveyResult:
    """What the row of a finished survey holds."""
    value = value_of(unpacked(body))
    return SurveyResult(
        finding=value["finding"],
        survey=value["survey"],
        started=when(value["started"]),
        ended=maybe(value["ended"]),
        tally=Tally.load(value["tally"]),
        partial=tuple(value["partial"]),
        hours=Hours(*value["hours"]) if value["hours"] else None,
        largest=tuple((path, files, size) for path, files, size in value["largest"]),
        unknown_customers=tuple(value["tenants"]),
        unknown_customer_keys=tuple(value.get("tenant_keys", ())),
        asks=value["asks"],
        seconds=value["seconds"],
        carried=value["carried"],
        new_files=value["new_files"],
        new_folders=value["new_folders"],
    )
