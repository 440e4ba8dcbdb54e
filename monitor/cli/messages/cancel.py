"""`leftopen cancel`: stop what was not sent yet."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click
from rich.markup import escape

from monitor.acting import messages as acting
from monitor.cli import console
from monitor.cli.messages.chosen import message_of, person
from monitor.cli.opening import NOTHING_OPEN, WRONG, Reading
from monitor.cli.options import by_option, database_option, reason_option
from monitor.findings.finding import parse_finding_id
from monitor.store.messages import events


@click.command()
@click.argument("which", metavar="DUE|ID")
@by_option
@reason_option
@database_option
def cancel(which: str, by: str, reason: str, database: str | None) -> None:
    """Cancel messages that were not sent yet.

    Give the number of one message (`leftopen trace` shows it), or a finding to cancel all of its waiting messages. The
    ledger keeps who cancelled what, and why. Later changes of the finding make new messages.
    """
    sys.exit(_cancel(database, which, by, reason))


def _cancel(database: str | None, which: str, by: str, reason: str) -> int:
    """Stop what was not sent yet: one message by its number, or all about a finding."""
    with Reading(database) as ledger, ledger.step():
        now = datetime.now(UTC)
        finding = parse_finding_id(which)
        if finding:
            events.ungroup(ledger, finding, now)
        dues = events.waiting(ledger, finding) if finding else message_of(ledger, which)
        done = acting.cancel(ledger, dues, now, person(by), reason)
    for due in done.stopped:
        tried = "; it was tried before and may have arrived" if due.tries else ""
        console.talk().print(f"cancelled: {due.id}, to {escape(due.owed.channel)} ({escape(due.owed.key)}){tried}")
    for due in done.late:
        console.talk().print(f"[red]too late[/]: {due.id}, to {escape(due.owed.channel)}, is being sent just now")
    if not done.stopped and not done.late:
        console.talk().print("nothing waits that could be cancelled: `leftopen trace ID` shows what was sent")
    return NOTHING_OPEN if done.stopped and not done.late else WRONG
