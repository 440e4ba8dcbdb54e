"""`leftopen accept`: the risk of a finding is accepted until a date."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from monitor.acting import accepting
from monitor.cli.actions.record import record
from monitor.cli.opening import fail, load_inventory
from monitor.cli.options import by_option, database_option, id_argument, inventory_argument, reason_option
from monitor.inventory.load import Checked


@click.command()
@id_argument
@inventory_argument
@by_option
@reason_option
@click.option("--party", required=True, metavar="ID", help="The party that this person speaks for.")
@click.option("--days", type=click.IntRange(1, 90), required=True, help="For how many days, 90 at the most.")
@database_option
def accept(id_: str, inventory: Path, by: str, reason: str, party: str, days: int, database: str | None) -> None:
    """Accept the risk of a finding until a date.

    If the asset holds personal data, its controller must agree as well.
    """
    sys.exit(_accept(load_inventory(inventory, quiet=True), database, id_, by, party, reason, days))


def _accept(checked: Checked, database: str | None, id_: str, by: str, party: str, reason: str, days: int) -> int:
    """Accept the risk of a finding for so many days; for data of persons the controller of the chain must agree."""
    inventory = checked.inventory
    if party not in {p.id for p in inventory.parties}:
        fail(f"no party {party!r} (known: {', '.join(p.id for p in inventory.parties)})")
    return record(
        database,
        id_,
        lambda finding, stands, now: accepting.accept(inventory, finding, stands, now, by, party, reason, days),
    )
