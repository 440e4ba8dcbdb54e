"""Rows that hold nothing of what was written there: each is kept as it is, and what can be read takes its place.

So a damaged row costs itself alone. What cannot be read is put on the careful side: a finding is open, a message that
cannot be written is a dead letter, a look is due again.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any, Final, TypeVar
from weakref import WeakKeyDictionary

from monitor.findings.finding import TELLING, Finding, Severity, State
from monitor.findings.reach.extent import Extent
from monitor.findings.reasons import Cause
from monitor.store import queries
from monitor.store.damage import indexes
from monitor.store.damage.rules import RULES
from monitor.store.ledger import Ledger
from monitor.store.looks.owed import owed_of
from monitor.store.messages.facts import Digest, Facts, News, dump_facts, load_facts
from monitor.store.messages.queued import GROUP, DueState
from monitor.store.reason_rows import dump_reason, load_reason
from monitor.store.rows import due_of, finding_body, finding_of, maybe, packed, record, stamp, when
from monitor.store.schema.stored import RowDamaged, reading_row, unpacked
from monitor.store.tables import surveys
from monitor.store.tables.rounds import round_of
from probes.api import Place
from probes.reasons import OpenReason

T = TypeVar("T")
MAY_BE_DAMAGE = (
    ValueError, TypeError, LookupError, ArithmeticError, AttributeError, sqlite3.IntegrityError, sqlite3.DataError
)  # fmt: skip
"""What work with the ledger raises where a row holds something else than what was written."""
_SELDOM = 60.0
"""Seconds between two readings of a whole database because of what may be a bug of ours."""
_not_before: WeakKeyDictionary[Ledger, float] = WeakKeyDictionary()
_Row = Mapping[str, Any]
_WAITS = (DueState.OWED.value, DueState.HELD.value, DueState.GROUPED.value)
_LISTING = "listing"
_VERDICTS = ("exposed", "clear", "unknown")


@dataclass(frozen=True, slots=True)
class DamagedRow:
    """A row that was found damaged: when, and what it was about."""

    id: int
    at: datetime
    what: str


def set_aside_after(error: BaseException, ledger: Ledger, now: datetime) -> int:
    """As `set_aside`, where work with the ledger ended with an error that a damaged row may have caused.

    A finding whose id does not fit its columns shows when it is to be filed a second time; a number that is a text,
    when it is counted on. A bug of ours looks the same: that has the database read once a minute.
    """
    if not isinstance(error, MAY_BE_DAMAGE):
        return 0
    if not isinstance(error, RowDamaged) and time.monotonic() < _not_before.get(ledger, 0.0):
        return 0
    _not_before[ledger] = time.monotonic() + _SELDOM
    return set_aside(ledger, now) or indexes.mended(ledger, now)


def set_aside(ledger: Ledger, now: datetime) -> int:
    """Find the damaged rows that rounds and messages rest on, and mend each; how many there were. Raises
    LedgerUnusable. It reads every finding and every message: only for when one could not be read."""
    kept: list[tuple[str, str]] = []
    with _without_references(ledger), ledger.step():
        for table, one in ledger.mend_columns(replace(RULES, types_alone=frozenset(_TABLES)), now):
            names = ", ".join(column.name for column in one.columns)
            what = _TABLES[table][2](one.row) if table in _TABLES else f"table {table} ({names})"
            kept.append((what, json.dumps(one.row, default=repr)))
        known = {what for what, _ in kept}
        for table, (read, mend, said) in _TABLES.items():
            for row in map(dict, ledger.rows(f"SELECT * FROM {table}")):  # noqa: S608  a name of ours
                try:
                    read(ledger, row)
                except RowDamaged:
                    mend(ledger, row, now)
                    if said(row) not in known:
                        kept.append((said(row), json.dumps(row, default=repr)))
        sql = "INSERT INTO damaged_rows (at, what, row) VALUES (?, ?, ?)"
        ledger.executemany(sql, [(stamp(now), what, row) for what, row in kept])
    return len(kept)


@contextmanager
def _without_references(ledger: Ledger) -> Iterator[None]:
    """A step in here may leave a row that refers to nothing: it did so before, or to nonsense."""
    ledger.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        ledger.execute("PRAGMA foreign_keys = ON")


def of_no_state(ledger: Ledger) -> bool:
    """Whether a finding or a message is in a state that there is not: no question by state would ever show it."""
    known = sorted(state.value for state in DueState)
    # Ranges, not a list: the index answers them without reading a row of any known state.
    between = [f"state > '{one}' AND state < '{following}'" for one, following in pairwise(known)]
    ranges = " OR ".join([f"state < '{known[0]}'", *between, f"state > '{known[-1]}'"])
    if ledger.any_rows(f"SELECT 1 FROM dues WHERE {ranges} LIMIT 1"):  # noqa: S608  words of ours
        return True
    states = ", ".join(f"'{state.value}'" for state in State)
    return bool(ledger.any_rows(f"SELECT 1 FROM findings WHERE state NOT IN ({states}) LIMIT 1"))  # noqa: S608  as above


def on_file(ledger: Ledger, since: datetime, *, untold: bool = False) -> tuple[DamagedRow, ...]:
    """The rows that were found damaged since then, in order; `untold`: those that nobody was told of."""
    rows = ledger.rows(
        "SELECT id, at, what FROM damaged_rows WHERE at >= ? AND (told = 0 OR ?) ORDER BY id", stamp(since), not untold
    )
    return tuple(DamagedRow(row["id"], when(row["at"]), row["what"]) for row in rows)


def mark_told(ledger: Ledger, upto: int) -> None:
    """Somebody is told of all up to this one. The caller holds a `step`."""
    ledger.execute("UPDATE damaged_rows SET told = 1 WHERE id <= ?", upto)


def delete_older(ledger: Ledger, before: datetime, most: int = 100) -> int:
    """Delete what stood in rows that were found damaged before that time, of a few; how many. Raises LedgerUnusable."""
    rows = ledger.rows("SELECT id, at FROM damaged_rows ORDER BY id LIMIT ?", most)
    # They are on file in the order of their time, so the first that is young enough ends the search.
    young = next((n for n, row in enumerate(rows) if row["at"] >= stamp(before)), len(rows))
    if young:
        with ledger.step():
            ledger.executemany("DELETE FROM damaged_rows WHERE id = ?", [(row["id"],) for row in rows[:young]])
    return young


def _or(read: Callable[[Any], T], value: object, otherwise: T) -> T:
    try:
        return read(value)
    except (ValueError, TypeError):
        return otherwise


# -- findings


def _read_finding(ledger: Ledger, row: _Row) -> None:
    finding, told = finding_of(row), _last_told(ledger, row["id"])
    if told is not None and (told.fingerprint, told.asset) != (finding.fingerprint, finding.asset):
        raise RowDamaged


def _mend_finding(ledger: Ledger, row: _Row, now: datetime) -> None:
    finding = _remains(ledger, row, now)
    ledger.execute(
        """UPDATE findings SET fingerprint = ?, tenant = ?, asset = ?, state = ?, severity = ?, first_seen = ?,
           last_seen = ?, sequence = ?, body = ?
           WHERE id = ?""",
        finding.fingerprint,
        finding.tenant,
        finding.asset,
        finding.state.value,
        finding.severity.value,
        stamp(finding.first_seen),
        stamp(finding.last_seen),
        finding.sequence,
        finding_body(finding),
        finding.id,
    )


def _remains(ledger: Ledger, row: _Row, now: datetime) -> Finding:
    """What is left of a finding: its columns, and the rest as it was last told; open, where nothing else can be read.

    No clear look counts any more: it closes after as many as one that was just seen open.
    """
    told = _last_told(ledger, row["id"])
    first = _or(when, row["first_seen"], told.first_seen if told else now)
    base = told or Finding(
        id=row["id"],
        fingerprint=row["fingerprint"],
        tenant=row["tenant"],
        asset=row["asset"],
        probe="http-listing",
        kind=_LISTING,
        place=Place(row["asset"], 0, "/"),
        state=State.EXPOSED,
        severity=Severity.CRITICAL,
        severity_reasons=(),
        first_seen=first,
        last_seen=first,
        confirmed=first,
        cleared=None,
        last_known_good=None,
        reopened=0,
        sequence=1,
        # So what it counts at the next look is no growth.
        active=True,
        seen=(),
        extent=Extent(),
        why=OpenReason.LISTED,
        facts=(),
        witnessed=True,
    )
    state = _or(State, row["state"], State.EXPOSED)
    last = _or(when, row["last_seen"], base.last_seen)
    changes = ledger.rows("SELECT max(sequence) AS n FROM changes WHERE finding = ?", row["id"])
    return replace(
        base,
        state=state,
        severity=_or(Severity, row["severity"], Severity.CRITICAL),
        first_seen=first,
        last_seen=last,
        cleared=(base.cleared or last) if state is State.CLEARED else None,
        sequence=max(base.sequence, changes[0]["n"] or 1),
        seen=tuple(replace(one, clears=0, first_clear=None, last_clear=None) for one in base.seen),
    )


def _last_told(ledger: Ledger, finding: str) -> Finding | None:
    """The finding as it stood when somebody was told of it the last time, if that can still be read."""
    for row in ledger.any_rows("SELECT facts FROM dues WHERE finding = ? ORDER BY sequence DESC, id DESC", finding):
        try:
            facts = load_facts(row["facts"])
        except RowDamaged:
            continue
        if isinstance(facts, News) and facts.finding.id == finding:
            return facts.finding
    return None


# -- messages


def _read_message(_: Ledger, row: _Row) -> None:
    if due_of(row).state.value in _WAITS:
        load_facts(row["facts"])


def _mend_message(ledger: Ledger, row: _Row, now: datetime) -> None:
    facts, state = _facts(ledger, row, now), _or(DueState, row["state"], DueState.OWED)
    if facts is None and state.value in _WAITS:
        state = DueState.DEAD
    ledger.execute(
        """UPDATE dues SET state = ?, severity = ?, created = ?, due = ?, taken = '[]', last_error = ?, sending = NULL,
           facts = coalesce(?, facts) WHERE id = ?""",
        state.value,
        _or(Severity, row["severity"], Severity.HIGH).value,
        stamp(_or(when, row["created"], now)),
        stamp(now),
        "its row in the database was damaged",
        dump_facts(facts) if facts is not None else None,
        row["id"],
    )


def _facts(ledger: Ledger, row: _Row, now: datetime) -> Facts | None:
    """What a message is about; where that cannot be read, made anew of the change that it tells."""
    with suppress(RowDamaged):
        return load_facts(row["facts"])
    if str(row["key"]).startswith(GROUP):
        return Digest(_or(when, row["created"], now))
    with suppress(RowDamaged):
        finding = ledger.finding(row["finding"])
        changes = queries.changes(ledger, row["finding"])
        told = (one for one in changes if (one.sequence, one.step) == (row["sequence"], row["step"]))
        change = next((one for one in told if one.step in TELLING), None)
        if finding is not None and change is not None:
            return News(finding, change, (row["party"],), owner_told=False)
    return None


# -- rounds, looks, batches


def _mend_round(ledger: Ledger, row: _Row, now: datetime) -> None:
    started = _or(when, row["started"], _or(when, row["ended"], now))
    ledger.execute(
        "UPDATE rounds SET started = ?, ended = ?, blind = ? WHERE id = ?",
        stamp(started),
        stamp(_or(when, row["ended"], started)),
        _blind(row["blind"]),
        row["id"],
    )


def _blind(text: str) -> str:
    try:
        return dump_reason(load_reason(text)) if text else ""
    except RowDamaged:
        return dump_reason(Cause.CONTROL_NOT_SEEN)


def _forget_look(ledger: Ledger, row: _Row, _: datetime) -> None:
    ledger.execute("DELETE FROM looks WHERE asset = ? AND network = ?", row["asset"], row["network"])


def _forget_batch(ledger: Ledger, row: _Row, _: datetime) -> None:
    ledger.execute("DELETE FROM owed WHERE id = ?", row["id"])


def _read_look(_: Ledger, row: _Row) -> None:
    maybe(row["at"])


def _read_series(ledger: Ledger, row: _Row) -> None:
    maybe(row["at"] or None)
    if row["looks"] and not ledger.rows("SELECT 1 FROM records WHERE id = ?", row["verdicts"]):
        raise RowDamaged


def _mend_series(ledger: Ledger, row: _Row, now: datetime) -> None:
    """The next look there is put on file whole, whatever it sees."""
    kept = ledger.any_rows("SELECT ended FROM observations WHERE id = ?", row["observation"])
    last = _or(when, kept[0]["ended"], now) if kept else now
    at = _or(when, row["at"] or stamp(last), last)
    ledger.execute("UPDATE series SET at = ?, same = NULL WHERE id = ?", stamp(at), row["id"])
    if not ledger.rows("SELECT 1 FROM records WHERE id = ?", row["verdicts"]):
        ledger.execute("UPDATE series SET verdicts = NULL, looks = 0, slots = x'' WHERE id = ?", row["id"])


def _read_survey(_: Ledger, row: _Row) -> None:
    when(row["started"])
    if maybe(row["ended"]) is not None:
        with reading_row():
            surveys.result_of(row["body"])


def _forget_survey(ledger: Ledger, row: _Row, _: datetime) -> None:
    ledger.execute("DELETE FROM survey_found WHERE survey = ?", row["id"])
    ledger.execute("DELETE FROM surveys WHERE id = ?", row["id"])


def _read_record(ledger: Ledger, row: _Row) -> None:
    digest = hashlib.sha256(unpacked(row["body"])).digest()
    if digest == row["digest"]:
        return
    if row["digest"] != _no_digest(row) or not ledger.rows("SELECT 1 FROM records WHERE digest = ?", digest):
        raise RowDamaged


def _no_digest(row: _Row) -> bytes:
    """The digest of a record whose text another one has too: no text that is ever recorded has it."""
    return hashlib.sha256(b"%d" % row["id"]).digest()


def _mend_record(ledger: Ledger, row: _Row, _: datetime) -> None:
    """What still can be read has its digest again; else nothing was asked or seen there."""
    text = record([])
    with suppress(RowDamaged):
        text = unpacked(row["body"])
    body, digest = packed(text), hashlib.sha256(text).digest()
    sql = "UPDATE OR IGNORE records SET digest = ?, body = ? WHERE id = ?"
    if not ledger.execute(sql, digest, body, row["id"]).rowcount:
        # The same is on file elsewhere, and this row stays for what refers to it.
        ledger.execute("UPDATE records SET digest = ?, body = ? WHERE id = ?", _no_digest(row), body, row["id"])


def _read_place(_: Ledger, row: _Row) -> None:
    when(row["at"])
    maybe(row["last_clear"])
    maybe(row["last_conclusive"])
    if row["verdict"] not in _VERDICTS:
        raise RowDamaged


def _forget_place(ledger: Ledger, row: _Row, _: datetime) -> None:
    """The next look there puts it on file again, whole. Its finding, if there is one, has a row of its own."""
    ledger.execute("DELETE FROM place_rows WHERE id = ?", row["id"])
    sql = "UPDATE series SET same = NULL WHERE asset = ? AND endpoint = ? AND network = ?"
    ledger.execute(sql, row["asset"], row["endpoint"], row["network"])


def _forget_witnesses(ledger: Ledger, row: _Row, _: datetime) -> None:
    """Nobody knows them any more: those who run leftopen are told that a person has to look at them, and their finding
    does not close without one (`actions.unprovable`)."""
    ledger.execute("DELETE FROM witnesses WHERE finding = ?", row["finding"])


_Table = tuple[Callable[[Ledger, _Row], object], Callable[[Ledger, _Row, datetime], None], Callable[[_Row], str]]
_TABLES: Final[dict[str, _Table]] = {
    "findings": (_read_finding, _mend_finding, lambda row: f"finding {row['id']}"),
    "dues": (
        _read_message,
        _mend_message,
        lambda row: f"message {row['id']} about {row['finding'] or row['step']} to channel {row['channel']}",
    ),
    "rounds": (lambda _, row: round_of(row), _mend_round, lambda row: f"round {row['id']}"),
    "series": (_read_series, _mend_series, lambda row: f"last look at {row['endpoint']} of {row['asset']}"),
    "place_rows": (_read_place, _forget_place, lambda row: f"place {row['place']} of {row['asset']}"),
    "looks": (_read_look, _forget_look, lambda row: f"time of the last look at {row['asset']}"),
    "records": (_read_record, _mend_record, lambda row: f"what was asked or seen (record {row['id']})"),
    "surveys": (_read_survey, _forget_survey, lambda row: f"survey {row['id']} of {row['finding']}"),
    "witnesses": (
        lambda ledger, row: ledger.witnesses(row["finding"]),
        _forget_witnesses,
        lambda row: f"files of finding {row['finding']} that were once seen open, which nobody can ask for any more,",
    ),
    "owed": (lambda _, row: owed_of(row), _forget_batch, lambda row: f"batch {row['id']} of vantage {row['vantage']}"),
}
