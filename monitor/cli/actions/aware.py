"""`leftopen aware`: since when a party is aware in the sense of the law."""

from __future__ import annotations

import sys

import click

from monitor.cli.actions.record import record, when
from monitor.cli.options import by_option, database_option, id_argument, reason_option
from monitor.findings import handling


@click.command()
@id_argument
@by_option
@reason_option
@click.option("--party", required=True, metavar="ID", help="The party that became aware.")
@click.option("--since", metavar="TIME", help="Since when, with its zone (2026-11-21T09:30+01:00); default: now.")
@database_option
def aware(id_: str, by: str, reason: str, party: str, since: str | None, database: str | None) -> None:
    """Say since when a party has been aware of a breach, in the sense of the law.

    Only a person can say it; leftopen never sets it.
    """
    try:
        start = when(since) if since else None
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    sys.exit(record(database, id_, lambda _, __, now: handling.aware(now, by, party, start or now, reason)))
