"""`leftopen approve`: let out what waits for a second person."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click
from rich.markup import escape

from monitor.alerts.queue.send_conditions import APPROVAL
from monitor.cli import console
from monitor.cli.messages.chosen import message_of, person
from monitor.cli.opening import NOTHING_OPEN, WRONG, Reading, fail
from monitor.cli.options import by_option, database_option
from monitor.findings.finding import parse_finding_id
from monitor.findings.handling import TriageStatus, fold
from monitor.store.messages import events
from monitor.store.messages.queued import DueState
from monitor.store.tables import actions


@click.command()
@click.argument("which", metavar="DUE|ID")
@by_option
@database_option
def approve(which: str, by: str, database: str | None) -> None:
    """Approve messages to an outside party that wait for a second person.

    The inventory demands it with `outside_approval`. The person who works on the finding cannot approve its messages.
    """
    sys.exit(_approve(database, which, by))


def _approve(database: str | None, which: str, by: str) -> int:
    """Let out what waits for a person's approval; not by whoever has taken the finding."""
    with Reading(database) as ledger, ledger.step():
        now, finding, approver = datetime.now(UTC), parse_finding_id(which), person(by)
        dues = events.waiting(ledger, finding) if finding else message_of(ledger, which)
        waiting = [due for due in dues if due.state is not DueState.CANCELLED and due.owed.finding]
        approved = []
        for due in waiting:
            if due.state not in (DueState.OWED, DueState.HELD) or events.approved(ledger, due.id):
                continue
            about = ledger.finding(due.owed.finding)
            stands = fold(actions.of_finding(ledger, about.id), about) if about is not None else None
            taken = stands is not None and stands.standing in (TriageStatus.ACKNOWLEDGED, TriageStatus.CONTAINED)
            if stands is not None and taken and stands.by.casefold() == approver.casefold():
                fail(f"{approver} has taken {due.owed.finding}: a second person must approve what is told of it")
            events.approve(ledger, due, now, approver)
            approved.append(due)
    for due in approved:
        console.talk().print(f"approved: {due.id}, to {escape(due.owed.channel)} ({escape(due.owed.key)})")
    if not approved:
        console.talk().print(f"nothing waits for an {APPROVAL}: `leftopen health` shows what is held, and why")
    return NOTHING_OPEN if approved else WRONG
