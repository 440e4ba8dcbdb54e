"""`leftopen reopen`: what people said of a finding is taken back."""

from __future__ import annotations

import sys

import click

from monitor.cli.actions.record import record
from monitor.cli.options import by_option, database_option, id_argument, reason_option
from monitor.findings import handling


@click.command()
@id_argument
@by_option
@reason_option
@database_option
def reopen(id_: str, by: str, reason: str, database: str | None) -> None:
    """Take back a decision about a finding: it is new again, and messages are sent again."""
    sys.exit(record(database, id_, lambda _, stands, now: handling.reopen(stands, now, by, reason)))
