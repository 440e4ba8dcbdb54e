"""`leftopen dismiss`: a person says that it is no exposure."""

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
def dismiss(id_: str, by: str, reason: str, database: str | None) -> None:
    """Say that a finding is no exposure.

    A finding of high severity needs two persons. The decision ends as soon as the place looks different.
    """
    sys.exit(record(database, id_, lambda finding, stands, now: handling.dismiss(finding, stands, now, by, reason)))
