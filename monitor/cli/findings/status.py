"""`leftopen status`: one line for each declared asset."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from monitor.alerts.messages.text.reason import counted_whys
from monitor.api.asset import asset_json
from monitor.api.json_text import json_text
from monitor.cli import console
from monitor.cli.opening import BLIND, NOTHING_OPEN, OPEN, Reading, in_chain, load_inventory
from monitor.cli.options import (
    chain_options,
    csv_option,
    database_option,
    inventory_argument,
    json_option,
    severity_option,
)
from monitor.cli.text.csv_rows import print_csv
from monitor.cli.text.long_table import LongTable
from monitor.cli.text.states import COLOURS, not_declared
from monitor.coverage.asset_state import AssetState, AssetStatus
from monitor.coverage.endings import AHEAD
from monitor.coverage.states import asset_states, contract_until, summary
from monitor.inventory.model.inventory import Inventory
from monitor.store.tables import actions


@click.command()
@inventory_argument
@database_option
@json_option
@csv_option
@chain_options
@severity_option
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([one.value for one in AssetStatus]),
    help="Only assets in this state; may be repeated.",
)
def status(
    inventory: Path,
    database: str | None,
    as_json: bool,
    as_csv: bool,
    party: str | None,
    contract: str | None,
    severities: tuple[str, ...],
    states: tuple[str, ...],
) -> None:
    """Show one line for each declared asset: open, closed or not seen.

    It also shows why, who runs the asset, and when it was last looked at. Exit code 1 when an asset that is shown is
    open, 3 when one was not wholly judged, else 0.
    """
    checked = load_inventory(inventory, quiet=True).inventory
    with Reading(database) as ledger:
        every = asset_states(ledger, checked, datetime.now(UTC))
        counted = actions.still_open(ledger) if severities else ()
        grave = {one.asset for one in counted if one.severity.value in severities}
    shown = [
        one
        for one in every
        if in_chain(checked, one.asset, party, contract)
        and (not states or one.status in states)
        and (not severities or one.asset in grave)
    ]
    if as_csv:
        print_csv([asset_json(one, checked) for one in shown])
    elif as_json:
        for one in shown:
            click.echo(json_text(asset_json(one, checked)))
    else:
        _table(console.out(), shown, checked)
    if any(one.status is AssetStatus.OPEN for one in shown):
        sys.exit(OPEN)
    sys.exit(NOTHING_OPEN if all(one.judged for one in shown) else BLIND)


def _table(out: Console, shown: list[AssetState], inventory: Inventory) -> None:
    table = LongTable()
    table.add_column("asset", overflow="fold")
    table.add_column("state", no_wrap=True)
    for heading in ("since", "last look", "owner"):
        table.add_column(heading, no_wrap=heading != "owner")
    table.add_column("why, or which findings", overflow="fold")
    today = datetime.now(UTC).date()
    for one in shown:
        until = contract_until(inventory, inventory.asset(one.asset))
        ends = f"contract ends {until}" if until is not None and today <= until <= today + timedelta(AHEAD[0]) else ""
        table.add_row(
            escape(one.asset),
            f"[{COLOURS.get(one.status, 'yellow')}]{one.status.value}[/]",
            console.minute(one.since),
            console.minute(one.last_look),
            escape(inventory.asset(one.asset).owner),
            escape(
                ", ".join(
                    (
                        *one.findings,
                        *filter(None, (counted_whys(one.why, "en"), ends)),
                        *map(not_declared, one.leads_to),
                    )
                )
            ),
        )
    table.show(out)
    out.print(summary(shown))
