"""Records what a person does about a finding: reads where it stands, decides and writes in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from rich.markup import escape

from monitor.cli import console
from monitor.cli.opening import NOTHING_OPEN, WRONG, Reading, no_finding, wanted_finding
from monitor.findings import handling as acts
from monitor.findings.finding import Finding
from monitor.findings.handling import Action, ActionKind, Handling, Refused, fold
from monitor.store.ledger import Ledger
from monitor.store.tables import actions

Decide = Callable[[Finding, Handling, datetime], Action | Refused]


def record(database: str | None, id_: str, decide: Decide) -> int:
    """Read where a finding stands, decide, and put the action on file, all in one transaction; say what came of it."""
    with Reading(database) as ledger:
        finding, action = _done(ledger, id_, decide)
    if isinstance(action, Refused):
        console.talk().print(f"not done: {escape(action.why)}")
        return WRONG
    words = {
        ActionKind.ACCEPTANCE_ASKED: "asked for; a person of another party must agree with the same command",
        ActionKind.DISMISSAL_ASKED: "asked for; a second person must agree with the same command",
        ActionKind.CONTAINED: "noted: looked at every minute for half an hour; only proof closes it",
        ActionKind.ACKNOWLEDGED: f"acknowledged until {action.at + acts.LAPSES:%H:%M}Z, unless a step follows",
    }
    console.talk().print(f"{finding.id}: {words.get(action.act, action.act.value)}")
    return NOTHING_OPEN


def _done(ledger: Ledger, id_: str, decide: Decide) -> tuple[Finding, Action | Refused]:
    wanted = wanted_finding(id_)
    with ledger.step():
        finding = ledger.finding(wanted)
        if finding is None:
            no_finding(wanted, ledger)
        action = decide(finding, fold(actions.of_finding(ledger, wanted), finding), datetime.now(UTC))
        if isinstance(action, Action):
            actions.append(ledger, wanted, action)
    return finding, action


def when(text: str) -> datetime:
    """A time that a person gave, as UTC. Raises ValueError when it has no zone: an hour is worth being sure of."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no zone: write 2026-11-21T09:30+01:00, or ...Z for UTC")
    return at.astimezone(UTC)
