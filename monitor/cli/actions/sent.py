"""`leftopen sent`: a party has sent what a legal duty asks for."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from monitor.cli.actions.record import record, when
from monitor.cli.opening import fail, load_inventory
from monitor.cli.options import by_option, database_option, id_argument, inventory_argument, reason_option
from monitor.findings import handling as acts
from monitor.inventory.load import Checked
from monitor.legal.clocks import duty_ids


@click.command()
@id_argument
@inventory_argument
@by_option
@reason_option
@click.option("--party", required=True, metavar="ID", help="The party that sent it.")
@click.option("--duty", required=True, metavar="ID", help="What it was, as `leftopen clock` names it.")
@click.option("--since", metavar="TIME", help="When, with its zone (2026-11-21T09:30+01:00); default: now.")
@database_option
def sent(
    id_: str, inventory: Path, by: str, reason: str, party: str, duty: str, since: str | None, database: str | None
) -> None:
    """Say that a party has sent a report that the law asks for.

    The clock of that report then stops.
    """
    try:
        start = when(since) if since else None
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    sys.exit(_sent(load_inventory(inventory, quiet=True), database, id_, by, party, duty, reason, start))


def _sent(
    checked: Checked,
    database: str | None,
    id_: str,
    by: str,
    party: str,
    duty: str,
    reason: str,
    since: datetime | None,
) -> int:
    """Put on file that a party has sent what a duty asks for."""
    parties = [p.id for p in checked.inventory.parties]
    if party not in parties:
        fail(f"no party {party!r} (known: {', '.join(parties)})")
    if duty not in duty_ids():
        fail(f"no duty {duty!r} (known: {', '.join(duty_ids())})")
    return record(database, id_, lambda _, __, now: acts.sent(now, by, party, duty, since or now, reason))
