"""`leftopen misdelivered`: a message reached somebody whom it was not meant for."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click
from rich.markup import escape

from monitor.cli import console
from monitor.cli.messages.chosen import message_of, person
from monitor.cli.opening import NOTHING_OPEN, Reading, fail
from monitor.cli.options import by_option, database_option, reason_option
from monitor.store.messages import events
from monitor.store.messages.events import Event
from probes.recognise.people.masking import mask_text


@click.command()
@click.argument("which", metavar="DUE")
@by_option
@reason_option
@database_option
def misdelivered(which: str, by: str, reason: str, database: str | None) -> None:
    """Record that a message reached a person for whom it was not meant. The statistics count it."""
    sys.exit(_misdelivered(database, which, by, reason))


def _misdelivered(database: str | None, which: str, by: str, reason: str) -> int:
    """Put on file that a message reached somebody whom it was not meant for."""
    with Reading(database) as ledger, ledger.step():
        (due,) = message_of(ledger, which)
        if not events.may_have_reached(ledger, due.id):
            fail(f"message {due.id} reached nobody: no provider has taken it")
        if events.has(ledger, due.id, Event.MISDELIVERED):
            fail(f"message {due.id} is on file as misdelivered already")
        events.note(ledger, due.id, Event.MISDELIVERED, datetime.now(UTC), person(by), str(mask_text(reason)))
    console.talk().print(f"on file: message {due.id} to {escape(due.owed.channel)} was misdelivered")
    return NOTHING_OPEN
