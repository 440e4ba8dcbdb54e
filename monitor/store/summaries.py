"""Counts and pages of findings and messages, made so that a large ledger answers quickly; nothing here writes."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.findings.finding import Finding, Severity
from monitor.findings.handling import Action, ActionKind, TriageStatus, after_all, fold
from monitor.store.ledger import Ledger
from monitor.store.rows import finding_of, maybe, stamp, when
from monitor.store.schema.reading_tables import WORST_FIRST
from monitor.store.tables import actions

LATE = timedelta(minutes=15)
"""A message that no provider accepted for so long is late."""

_LISTED = "IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class Opened:
    """What is open and neither accepted nor dismissed."""

    by_severity: dict[Severity, int]
    oldest: datetime | None
    settled: int
    """How many more are open, and people have accepted or dismissed them."""

    @property
    def count(self) -> int:
        """How many."""
        return sum(self.by_severity.values())


def settled(ledger: Ledger) -> frozenset[str]:
    """The open findings that do not count as open: accepted, dismissed, or open by intent."""
    rows = ledger.rows(
        """SELECT DISTINCT f.id FROM deeds d JOIN findings f ON f.id = d.finding
           WHERE d.act IN ('accepted', 'dismissed', 'intended') AND f.state IN ('exposed', 'clearing')"""
    )
    ids = [row["id"] for row in rows]
    return frozenset(id_ for id_ in ids if after_all(actions.of_finding(ledger, id_)).standing in actions.SETTLED)


def opened(ledger: Ledger) -> Opened:
    """What is open, counted."""
    aside = settled(ledger)
    rows = ledger.rows(
        """SELECT severity, count(*) AS n, min(first_seen) AS oldest FROM findings
           WHERE state IN ('exposed', 'clearing') AND id NOT IN (SELECT value FROM json_each(?)) GROUP BY severity""",
        json.dumps(sorted(aside)),
    )
    counts = {Severity(row["severity"]): int(row["n"]) for row in rows}
    by_severity = {one: counts[one] for one in reversed(Severity) if one in counts}
    return Opened(by_severity, min((when(row["oldest"]) for row in rows), default=None), len(aside))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings of a list are wanted; nothing given: all."""

    states: Collection[str] = ()
    severities: Collection[str] = ()
    assets: Collection[str] | None = None
    handling: Collection[str] = ()
    text: str = ""
    """Part of an id, of an asset's name or of a place."""


@dataclass(frozen=True, slots=True)
class After:
    """Where a page of a list begins: behind this finding."""

    rank: int
    first_seen: str
    id: str


def open_by_asset(ledger: Ledger) -> dict[str, int]:
    """How many findings of each asset are open and neither accepted nor dismissed."""
    rows = ledger.rows(
        """SELECT asset, count(*) AS n FROM findings
           WHERE state IN ('exposed', 'clearing') AND id NOT IN (SELECT value FROM json_each(?))
           GROUP BY asset ORDER BY asset""",
        json.dumps(sorted(settled(ledger))),
    )
    return {row["asset"]: int(row["n"]) for row in rows}


def findings_page(ledger: Ledger, wanted: Wanted, after: After | None, most: int) -> tuple[Finding, ...]:
    """The findings that are wanted, worst and oldest first, behind `after`, at most so many."""
    where, given = _conditions(ledger, wanted)
    if after is not None:
        where.append(f"({WORST_FIRST}, first_seen, id) > (?, ?, ?)")
        given += [after.rank, after.first_seen, after.id]
    conditions = " AND ".join(where) or "1"
    sql = f"SELECT * FROM findings WHERE {conditions} ORDER BY {WORST_FIRST}, first_seen, id LIMIT ?"  # noqa: S608  words of ours
    return tuple(finding_of(dict(row)) for row in ledger.rows(sql, *given, most))


def with_clocks(ledger: Ledger, since: datetime, most: int, ids: Collection[str] | None = None) -> tuple[Finding, ...]:
    """Open findings whose legal clocks may run: confirmed since then, or a person has started one; worst first. When
    `ids` is given, of these alone."""
    begun = "body ->> '$.confirmed' >= ? OR id IN (SELECT finding FROM deeds WHERE act IN (?, ?))"
    begun = f"({begun})" if ids is None else f"({begun}) AND id {_LISTED}"
    sql = f"SELECT * FROM findings WHERE state IN (?, ?) AND {begun} ORDER BY {WORST_FIRST}, first_seen, id LIMIT ?"  # noqa: S608  words of ours
    started = (ActionKind.AWARE.value, ActionKind.SENT.value)
    given = [*actions.OPEN, stamp(since), *started, *([] if ids is None else [json.dumps(sorted(ids))]), most]
    return tuple(finding_of(dict(row)) for row in ledger.rows(sql, *given))


def findings_count(ledger: Ledger, wanted: Wanted) -> int:
    """How many findings are wanted."""
    where, given = _conditions(ledger, wanted)
    sql = f"SELECT count(*) AS n FROM findings WHERE {' AND '.join(where) or '1'}"  # noqa: S608  words of ours
    return int(ledger.rows(sql, *given)[0]["n"])


def after(finding: Finding) -> After:
    """What comes behind this finding."""
    return After(Severity.CRITICAL.rank - finding.severity.rank, stamp(finding.first_seen), finding.id)


def _conditions(ledger: Ledger, wanted: Wanted) -> tuple[list[str], list[object]]:
    where: list[str] = []
    given: list[object] = []
    for column, values in (("state", wanted.states), ("severity", wanted.severities), ("asset", wanted.assets)):
        if values or (column == "asset" and values is not None):
            where.append(f"{column} {_LISTED}")
            given.append(json.dumps(sorted(values)))
    if wanted.text:
        escaped = wanted.text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
        place = "(body ->> '$.place[0]') || ':' || (body ->> '$.place[1]') || (body ->> '$.place[2]')"
        # Most bodies do not hold the text, and need not be taken apart. Around a colon they are written otherwise.
        holds = "" if ":" in wanted.text else r"instr(lower(body), ?) > 0 AND "
        where.append(rf"(id LIKE ? ESCAPE '\' OR asset LIKE ? ESCAPE '\' OR ({holds}{place} LIKE ? ESCAPE '\'))")
        given += [f"%{escaped}%"] * 2
        given += [json.dumps(_lower(wanted.text), ensure_ascii=False)[1:-1]] if holds else []
        given += [f"%{escaped}%"]
    if wanted.handling:
        stands = _standings(ledger)
        ids = json.dumps([id_ for id_, standing in stands.items() if standing.value in wanted.handling])
        touched = json.dumps(list(stands))
        new = f"OR id NOT {_LISTED}" if TriageStatus.NEW.value in wanted.handling else ""
        where.append(f"(id {_LISTED} {new})")
        given += [ids, touched] if new else [ids]
    return where, given


def _lower(text: str) -> str:
    """In small letters as SQLite has them: those of ASCII alone."""
    return "".join(c.lower() if c.isascii() else c for c in text)


def _standings(ledger: Ledger) -> dict[str, TriageStatus]:
    """Where the handling of each finding stands that anything was done about."""
    done = actions.of_all(ledger)
    found = {one.id: one for one in ledger.findings(ids=done)} if done else {}
    return {id_: fold(done[id_], finding).standing for id_, finding in found.items()}


def actions_of(ledger: Ledger, ids: Collection[str]) -> dict[str, tuple[Action, ...]]:
    """Everything that was done about these findings, by finding, in order."""
    return defaultdict(tuple, {id_: tuple(done) for id_, done in actions.of_all(ledger, ids).items()})


@dataclass(frozen=True, slots=True)
class Telling:
    """Whether messages get out."""

    late: int
    """Messages that wait for longer than they should."""
    oldest: datetime | None
    """Since when the oldest of them waits."""
    held: int
    dead: int
    failing: int
    """Messages that were tried and not taken, and that are tried again."""
    told_to_nobody: int
    """Open findings about which no provider has accepted any message."""
    last_accepted: datetime | None


def telling(ledger: Ledger, now: datetime) -> Telling:
    """The state of the queue, and which open findings reached nobody."""
    (row,) = ledger.rows(
        """SELECT count(*) FILTER (WHERE state = 'owed' AND created < ?1) AS late,
             min(created) FILTER (WHERE state = 'owed' AND created < ?1) AS oldest,
             count(*) FILTER (WHERE state = 'held') AS held, count(*) FILTER (WHERE state = 'dead') AS dead,
             count(*) FILTER (WHERE state = 'owed' AND tries > 0) AS failing
           FROM dues WHERE state IN ('owed', 'held', 'dead')""",
        stamp(now - LATE),
    )
    untold = ledger.rows(
        """SELECT id FROM findings f WHERE state IN ('exposed', 'clearing') AND NOT EXISTS (
             SELECT 1 FROM dues d JOIN deliveries t ON t.due = d.id
             WHERE d.finding = f.id AND t.outcome = 'accepted' AND d.step NOT IN ('warned', 'undeclared'))
           AND NOT EXISTS (SELECT 1 FROM dues d WHERE d.finding = f.id AND d.state = 'owed' AND d.created >= ?)""",
        stamp(now - LATE),
    )
    aside = settled(ledger) if untold else frozenset()
    last = ledger.rows("SELECT ended FROM deliveries WHERE outcome = 'accepted' ORDER BY id DESC LIMIT 1")
    return Telling(
        row["late"],
        maybe(row["oldest"]),
        row["held"],
        row["dead"],
        row["failing"],
        sum(one["id"] not in aside for one in untold),
        when(last[0]["ended"]) if last else None,
    )
