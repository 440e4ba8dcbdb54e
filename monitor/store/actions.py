"""What people did about findings, on file: rows that are only ever appended."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from monitor.findings.finding import Finding, State
from monitor.findings.handling import (
    NOTES,
    Action,
    ActionKind,
    Handling,
    TriageStatus,
    fold,
    inventory_action,
    own_action,
)
from monitor.store.ledger import Ledger
from monitor.store.rows import maybe, stamp, when


def of_finding(ledger: Ledger, finding: str) -> tuple[Action, ...]:
    """Everything that was done about a finding, in order."""
    rows = ledger.rows("SELECT * FROM deeds WHERE finding = ? ORDER BY id", finding)
    return tuple(
        Action(
            act=ActionKind(row["act"]),
            at=when(row["at"]),
            by=row["by"],
            party=row["party"],
            channel=row["channel"],
            reason=row["reason"],
            since=maybe(row["since"]),
            until=maybe(row["until"]),
            signature=row["signature"],
        )
        for row in rows
    )


def last_of_each(ledger: Ledger) -> dict[str, int]:
    """The number of the last action about each finding that anything was done about."""
    return {row["finding"]: row["n"] for row in ledger.rows("SELECT finding, max(id) AS n FROM deeds GROUP BY finding")}


def append(ledger: Ledger, finding: str, action: Action) -> None:
    """Put a action on file. The caller holds a `step`, in which it has read what the action rests on."""
    ledger.execute(
        """INSERT INTO deeds (finding, act, at, by, party, channel, reason, since, until, signature)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        finding,
        action.act.value,
        stamp(action.at),
        action.by,
        action.party,
        action.channel,
        action.reason,
        action.since and stamp(action.since),
        action.until and stamp(action.until),
        action.signature,
    )


def handlings(ledger: Ledger) -> dict[str, Handling]:
    """Where the handling of every finding stands, by finding id."""
    return {finding.id: fold(of_finding(ledger, finding.id), finding) for finding in ledger.findings()}


def still_open(ledger: Ledger) -> tuple[Finding, ...]:
    """The findings that are open, or not proven closed, and that nobody has accepted or dismissed; worst first."""
    stands = handlings(ledger)
    settled = (TriageStatus.ACCEPTED, TriageStatus.DISMISSED)
    return tuple(
        finding
        for finding in ledger.findings(states=(State.EXPOSED.value, State.CLEARING.value))
        if stands[finding.id].standing not in settled
    )


def dismissed(ledger: Ledger) -> tuple[tuple[Finding, datetime], ...]:
    """The findings that people hold to be none, each since when."""
    found = []
    for row in ledger.rows("SELECT DISTINCT finding FROM deeds WHERE act = 'dismissed' ORDER BY finding"):
        finding = ledger.finding(row["finding"])
        done = of_finding(ledger, row["finding"])
        # A dismissal is bound to what was seen; whatever takes it back takes that away too.
        if finding is not None and fold(done, finding).signature:
            found.append((finding, max(action.at for action in done if action.act is ActionKind.DISMISSED)))
    return tuple(found)


def settle(ledger: Ledger, declared: Collection[str], now: datetime) -> tuple[tuple[str, Action], ...]:
    """Add what time itself has done: lapsed acknowledgements, ended acceptances, claims that were disproved, dismissals
    that no longer fit; and which open findings are of assets that the inventory no longer holds.

    `declared` are the ids of its assets. The caller holds a `step`. Returns what must be told, by finding id: what was
    added, and what a person took back since it was last told.
    """
    news = []
    for finding in ledger.findings():
        done = of_finding(ledger, finding.id)
        if finding.state in (State.EXPOSED, State.CLEARING):
            event = inventory_action(done, finding.asset in declared, now)
            if event is not None:
                append(ledger, finding.id, event)
        action = own_action(finding, fold(done, finding), now)
        if action is not None:
            append(ledger, finding.id, action)
            news.append((finding.id, action))
            continue
        held = [one for one in done if one.act not in NOTES]
        if held and held[-1].act is ActionKind.REOPENED and not _told_since(ledger, finding.id, held[-1].at):
            news.append((finding.id, held[-1]))
    return tuple(news)


def _told_since(ledger: Ledger, finding: str, at: datetime) -> bool:
    sql = "SELECT 1 FROM changes WHERE finding = ? AND step = 'returned' AND at >= ?"
    return bool(ledger.rows(sql, finding, stamp(at)))
