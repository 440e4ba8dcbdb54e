"""`leftopen ack`: somebody has taken a finding."""

from __future__ import annotations

import sys

import click

from monitor.cli.actions.record import record
from monitor.cli.options import by_option, database_option, id_argument
from monitor.findings import handling


@click.command()
@id_argument
@by_option
@database_option
def ack(id_: str, by: str, database: str | None) -> None:
    """Acknowledge a finding: say that you work on it. It ends after four hours if no step follows."""
    sys.exit(record(database, id_, lambda _, stands, now: handling.acknowledge(stands, now, by, "command line")))
