"""`leftopen contain`: a person says that it is fixed."""

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
def contain(id_: str, by: str, reason: str, database: str | None) -> None:
    """Say that a finding is fixed, and what was done. leftopen then checks every minute; only a check closes it."""
    sys.exit(record(database, id_, lambda _, __, now: handling.contain(now, by, reason)))
