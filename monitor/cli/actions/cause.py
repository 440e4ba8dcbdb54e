"""`leftopen cause`: the root cause of a finding."""

from __future__ import annotations

import sys

import click

from monitor.cli.actions.record import record
from monitor.cli.options import by_option, database_option, id_argument, reason_option
from monitor.findings.handling import Action, ActionKind


@click.command()
@id_argument
@by_option
@reason_option
@database_option
def cause(id_: str, by: str, reason: str, database: str | None) -> None:
    """Record the root cause. A finding that is proven clear is closed once its cause is recorded."""
    sys.exit(record(database, id_, lambda _, __, now: Action(ActionKind.CAUSE, now, by, reason=reason)))
