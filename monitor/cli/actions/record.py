"""Records what a person does about a finding: reads where it stands, decides and writes in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from rich.markup import escape

from monitor.cli import console
from monitor.cli.opening import NOTHING_OPEN, WRONG, Reading, no_finding, wanted_finding
from monitor.findings import handling as acts
from monitor.findings.finding import Finding, State
from monitor.findings.handling import Action, ActionKind, Handling, Refused, TriageStatus
from monitor.service.alone import is_watched
from monitor.store.tables import actions
from monitor.store.tables.actions import Done

Decide = Callable[[Finding, Handling, datetime], Action | Refused]


def record(database: str | None, id_: str, decide: Decide) -> int:
    """Decide by how a finding stands, and put the action on file; say what came of it."""
    now = datetime.now(UTC)
    with Reading(database) as ledger:
        wanted = wanted_finding(id_, ledger)
        done = actions.act(ledger, wanted, lambda finding, stands: decide(finding, stands, now))
        if done is None:
            no_finding(wanted, ledger)
        watched = is_watched(ledger.path)
    if isinstance(done, Refused):
        console.talk().print(f"not done: {escape(done.why)}")
        return WRONG
    console.talk().print(f"{done.finding.id}: {escape(_words(done, watched=watched))}")
    return NOTHING_OPEN


def _words(done: Done, *, watched: bool) -> str:
    """What an action has changed, and what follows."""
    action, before, by = done.action, done.before, done.action.by
    looks = "" if watched else " leftopen watch is not running: start it, or look with leftopen run."
    match action.act:
        case ActionKind.ACKNOWLEDGED:
            until = f"If nothing is reported by {action.at + acts.LAPSES:%H:%M} UTC, everybody is alerted again."
            if before.acknowledged and before.by != by:
                return f"{by} has it now, in place of {before.by}. {until}"
            return f"{by} {'still has' if before.acknowledged else 'has'} it. {until}"
        case ActionKind.CONTAINED:
            claim = f"noted: {by} says that it is closed. It is checked every minute for 30 minutes;"
            return f"{claim} only proof closes it.{looks}"
        case ActionKind.ACCEPTED:
            until = f" until {action.until:%Y-%m-%d %H:%M} UTC" if action.until else ""
            return f"the risk is accepted{until} by {by}. Then everybody is alerted again, if it is still open."
        case ActionKind.ACCEPTANCE_ASKED:
            return "asked for; a person of another party must agree with the same command"
        case ActionKind.DISMISSED:
            return f"dismissed as no exposure by {by}. Whoever was alerted gets a retraction."
        case ActionKind.DISMISSAL_ASKED:
            return "asked for; a second person must agree with the same command"
        case ActionKind.REOPENED:
            was = before.standing.value if before.standing is not TriageStatus.NEW else "asked for"
            return f"nobody has it now (it was {was}). Everybody is alerted again."
        case ActionKind.CAUSE:
            return (
                "the cause is noted. It counts as closed."
                if done.finding.state is State.CLEARED
                else ("the cause is noted. It counts as closed once leftopen has proven that it is.")
            )
        case ActionKind.AWARE:
            since = f"{action.since:%Y-%m-%d %H:%M} UTC"
            return f"noted: {action.party} is aware since {since}. Its legal clocks run from then."
        case ActionKind.SENT:
            return f"noted: {action.party} has sent {action.signature}. That clock stands still."
        case _:
            return action.act.value


def when(text: str) -> datetime:
    """A time that a person gave, as UTC. Raises ValueError when it has no zone: an hour is worth being sure of."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no zone: write 2026-11-21T09:30+01:00, or ...Z for UTC")
    return at.astimezone(UTC)
