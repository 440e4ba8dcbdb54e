"""What people did about findings, on file: rows that are only ever appended."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from sqlite3 import Row

from monitor.findings.finding import Finding, Severity, State
from monitor.findings.handling import (
    NOTES,
    WATCHED,
    Action,
    ActionKind,
    Handling,
    Refused,
    TriageStatus,
    after_all,
    fold,
    inventory_action,
    own_action,
    promise_action,
    unfit,
)
from monitor.findings.promises import ENDING
from monitor.store.ledger import Ledger
from monitor.store.rows import maybe, stamp, when

OPEN = (State.EXPOSED.value, State.CLEARING.value)
"""The states in which something is, or until proven otherwise may be, open."""
SETTLED = (TriageStatus.ACCEPTED, TriageStatus.DISMISSED, TriageStatus.INTENDED, TriageStatus.UNPROMISED)
"""What people have decided to live with, hold to be none, or promise no longer: it does not count as open."""


def of_finding(ledger: Ledger, finding: str) -> tuple[Action, ...]:
    """Everything that was done about a finding, in order."""
    return tuple(_action(row) for row in ledger.rows("SELECT * FROM deeds WHERE finding = ? ORDER BY id", finding))


def of_all(ledger: Ledger, ids: Collection[str] | None = None) -> dict[str, list[Action]]:
    """Everything that was ever done, by finding, in order; about these findings, or about all."""
    found: dict[str, list[Action]] = {}
    chosen = " WHERE finding IN (SELECT value FROM json_each(?))" if ids is not None else ""
    given = (json.dumps(sorted(ids)),) if ids is not None else ()
    for row in ledger.rows(f"SELECT * FROM deeds{chosen} ORDER BY id", *given):  # noqa: S608  words of ours
        found.setdefault(row["finding"], []).append(_action(row))
    return found


def _action(row: Row) -> Action:
    return Action(
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


def last_of_each(ledger: Ledger) -> dict[str, int]:
    """The number of the last action about each finding that anything was done about."""
    return {row["finding"]: row["n"] for row in ledger.rows("SELECT finding, max(id) AS n FROM deeds GROUP BY finding")}


def append(ledger: Ledger, finding: str, action: Action) -> None:
    """Put an action on file. The caller holds a `step`, in which it has read what the action rests on."""
    row = (
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
    ledger.execute(
        """INSERT INTO deeds (finding, act, at, by, party, channel, reason, since, until, signature)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        *row,
    )
    ledger.log.add("actions", [ledger.number("finding", finding), action.act.value], action.at, {"action": row})


@dataclass(frozen=True, slots=True)
class Done:
    """An action that is on file now, and how its finding stood before it."""

    finding: Finding
    action: Action
    before: Handling


def act(
    ledger: Ledger, id_: str, decide: Callable[[Finding, Handling], Action | Refused], signature: str = ""
) -> Done | Refused | None:
    """Decide on an action and put it on file, in one transaction; None when there is no such finding.

    Every way to act ends here: commands, the page behind a link, the dashboard. `signature` names the link by which it
    was done; by one link each kind of action is done once.
    """
    with ledger.step():
        return act_within(ledger, id_, decide, signature)


def act_within(
    ledger: Ledger, id_: str, decide: Callable[[Finding, Handling], Action | Refused], signature: str = ""
) -> Done | Refused | None:
    """As `act`, within a `step` that the caller holds."""
    finding = ledger.finding(id_)
    if finding is None:
        return None
    done = of_finding(ledger, id_)
    before = fold(done, finding)
    action = decide(finding, before)
    if isinstance(action, Refused):
        return action
    refused = unfit(action, finding, before)
    if refused is not None:
        return refused
    if signature and any((one.act, one.signature) == (action.act, signature) for one in done):
        return Refused("this was done by this link already: it works once")
    action = replace(action, signature=signature or action.signature)
    append(ledger, id_, action)
    return Done(finding, action, before)


def handlings(ledger: Ledger, findings: Iterable[Finding]) -> dict[str, Handling]:
    """Where the handling of each of these findings stands, by finding id."""
    done = of_all(ledger)
    return {finding.id: fold(done.get(finding.id, ()), finding) for finding in findings}


def watched(ledger: Ledger, now: datetime) -> frozenset[str]:
    """The findings that somebody has just said are contained: they are looked at often for a while."""
    rows = ledger.rows("SELECT DISTINCT finding FROM deeds WHERE act = 'contained' AND at > ?", stamp(now - WATCHED))
    found = []
    for finding in ledger.findings(ids=[row["finding"] for row in rows]) if rows else ():
        handling = fold(of_finding(ledger, finding.id), finding)
        if handling.standing is TriageStatus.CONTAINED and handling.until is not None and now < handling.until:
            found.append(finding.id)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class OpenFinding:
    """What is counted of a finding that is open: of ten thousand, reading them whole takes half a second."""

    id: str
    asset: str
    severity: Severity
    first_seen: datetime


def still_open(ledger: Ledger) -> tuple[OpenFinding, ...]:
    """The findings that are open, or not proven closed, and that nobody has accepted or dismissed; worst first."""
    settled = {id_ for id_, stands in _stands(ledger).items() if stands.standing in SETTLED}
    sql = "SELECT id, asset, severity, first_seen FROM findings WHERE state IN (?, ?) ORDER BY first_seen"
    found = (
        OpenFinding(row["id"], row["asset"], Severity(row["severity"]), when(row["first_seen"]))
        for row in ledger.rows(sql, *OPEN)
        if row["id"] not in settled
    )
    return tuple(sorted(found, key=lambda one: (-one.severity.rank, one.first_seen)))


def unprovable(ledger: Ledger, findings: Iterable[Finding]) -> frozenset[str]:
    """Those of the findings, by id, whose files once seen open are lost from the database: no look can ask for them any
    more. Not those of which a person has said, since that was told, that all is closed, or that it is no exposure.
    Raises RowDamaged where they are there, and cannot be opened."""
    found = []
    for finding in findings:
        if finding.state.value in OPEN and finding.witnessed and not ledger.witnesses(finding.id):
            stands = fold(of_finding(ledger, finding.id), finding)
            said = stands.at if stands.standing in (TriageStatus.CONTAINED, TriageStatus.DISMISSED) else None
            if finding.unprovable is None or said is None or said < finding.unprovable:
                found.append(finding.id)
    return frozenset(found)


def lived_with(ledger: Ledger) -> tuple[tuple[Finding, Handling], ...]:
    """The findings that are open, or not proven closed, and that people have settled; worst first."""
    stands = {id_: one for id_, one in _stands(ledger).items() if one.standing in SETTLED}
    found = ledger.findings(ids=stands) if stands else ()
    return tuple((finding, stands[finding.id]) for finding in found if finding.state.value in OPEN)


def _stands(ledger: Ledger) -> dict[str, Handling]:
    """Where the handling stands of each finding about which anything was done, unless it is cleared."""
    return {id_: after_all(done) for id_, done in of_all(ledger).items()}


def still_exposed(ledger: Ledger) -> tuple[tuple[Finding, Handling], ...]:
    """The findings that are open, or not proven closed, whatever people decided about them; worst first."""
    found = ledger.findings(states=OPEN)
    stands = handlings(ledger, found)
    return tuple((finding, stands[finding.id]) for finding in found)


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


@dataclass(frozen=True, slots=True)
class Settled:
    """What time has done."""

    news: tuple[tuple[str, Action], ...]
    """What must be told, by finding id: what was added, and what a person took back since it was last told."""
    following: datetime | None
    """When time does something next, if people do nothing."""


_OF_PROMISES = """SELECT id FROM findings WHERE state IN ('exposed', 'clearing')
                  AND CASE WHEN json_valid(body) THEN json_extract(body, '$.kind') END
                      IN (SELECT value FROM json_each(?))"""


def settle(
    ledger: Ledger,
    declared: Collection[str],
    now: datetime,
    intended: Callable[[Finding], bool] = lambda _: False,
    promised: Callable[[Finding], bool] = lambda _: True,
) -> Settled:
    """Add what time itself has done: lapsed acknowledgements, ended acceptances, claims that were disproved, dismissals
    that no longer fit; and which open findings are of assets that the inventory no longer holds.

    `declared` are the ids of its assets; `intended` says whether it declares the place of a finding open by intent,
    `promised` whether it makes the promise, or has the section, that a finding of `promises.ENDING` is held against.
    The caller holds a `step`.
    """
    news, dates = [], []
    every = of_all(ledger)
    rows = ledger.rows("SELECT id, asset FROM findings WHERE state IN ('exposed', 'clearing')")
    gone = {row["id"] for row in rows if row["asset"] not in declared}
    for done in every.values():
        until = after_all(done).until
        if until is not None and now < until:
            dates.append(until)
    broken = {row["id"] for row in ledger.rows(_OF_PROMISES, json.dumps(sorted(ENDING)))} - gone
    moving = {id_ for id_, done in every.items() if _may_move(done, now)}
    for finding in ledger.findings(ids=gone | moving | broken):
        done = every.get(finding.id, [])
        if finding.state in (State.EXPOSED, State.CLEARING):
            event = inventory_action(done, finding.asset in declared, now)
            if event is not None:
                append(ledger, finding.id, event)
        handling = fold(done, finding)
        action = own_action(finding, handling, now)
        if handling.standing is TriageStatus.INTENDED and finding.asset in declared and not intended(finding):
            why = "the inventory no longer declares it open by intent"
            action = Action(ActionKind.INTENT_ENDED, now, "leftopen", reason=why)
        if finding.id in broken:
            action = promise_action(handling, promised(finding), now) or action
        if action is not None:
            append(ledger, finding.id, action)
            news.append((finding.id, action))
            continue
        held = [one for one in done if one.act not in NOTES]
        if held and held[-1].act is ActionKind.REOPENED and not _told_since(ledger, finding.id, held[-1].at):
            news.append((finding.id, held[-1]))
    return Settled(tuple(news), min(dates, default=None))


def _may_move(done: Sequence[Action], now: datetime) -> bool:
    """Whether time, the inventory or what is seen may have done something to a finding with these actions."""
    handling = after_all(done)
    ended = handling.until is not None and now >= handling.until
    held = [one.act for one in done if one.act not in NOTES]
    noted = any(one.act in (ActionKind.REMOVED, ActionKind.RESTORED) for one in done)
    bound = handling.standing in (TriageStatus.DISMISSED, TriageStatus.INTENDED)
    return ended or noted or bound or held[-1:] == [ActionKind.REOPENED]


def _told_since(ledger: Ledger, finding: str, at: datetime) -> bool:
    sql = "SELECT 1 FROM changes WHERE finding = ? AND step = 'returned' AND at >= ?"
    return bool(ledger.rows(sql, finding, stamp(at)))
