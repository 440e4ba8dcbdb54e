"""`leftopen approve`: let out what waits for a second person."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click
from rich.markup import escape

from monitor.acting import messages as acting
from monitor.alerts.queue.send_conditions import APPROVAL
from monitor.cli import console
from monitor.cli.messages.chosen import message_of, person
from monitor.cli.opening import NOTHING_OPEN, WRONG, Reading, fail
from monitor.cli.options import by_option, database_option
from monitor.findings.finding import parse_finding_id
from monitor.findings.handling import Refused
from monitor.store.messages import events


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
        approved = acting.approve(ledger, dues, now, approver)
    if isinstance(approved, Refused):
        fail(approved.why)
    for due in approved:
        console.talk().print(f"approved: {due.id}, to {escape(due.owed.channel)} ({escape(due.owed.key)})")
    if not approved:
        console.talk().print(f"nothing waits for an {APPROVAL}: `leftopen health` shows what is held, and why")
    return NOTHING_OPEN if approved else WRONG
