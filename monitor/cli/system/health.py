"""`leftopen health`: can we see, can we tell."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from monitor.cli import console
from monitor.cli.opening import BLIND, NOTHING_OPEN, Reading, load_inventory
from monitor.cli.options import database_option, inventory_argument, json_option
from monitor.inventory.load import Checked
from monitor.service.health import Health, examine


@click.command()
@inventory_argument
@database_option
@json_option
def health(inventory: Path, database: str | None, as_json: bool) -> None:
    """Can we see, can we tell: blind rounds, late assets, places without a verdict, messages that were not accepted.

    Exit code 0 when all is well, 3 when something is not.
    """
    sys.exit(_report(load_inventory(inventory, quiet=True), database, as_json))


def _report(checked: Checked, database: str | None, as_json: bool) -> int:
    """Print how we are; the exit code says whether all is well."""
    with Reading(database) as ledger:
        health = examine(ledger, checked.inventory, datetime.now(UTC))
    if as_json:
        click.echo(json.dumps(health.as_json(), ensure_ascii=False, indent=2))
    else:
        _show(console.out(), health)
    return NOTHING_OPEN if health.well else BLIND


def _show(out: Console, health: Health) -> None:
    """What is wrong first, then what is worth knowing."""
    for fault in health.faults:
        out.print(f"[red]fault[/] {escape(fault)}")
    for note in health.notes:
        out.print(f"[dim]note[/]  {escape(note)}")
    if health.well:
        out.print("[green]well[/]: every asset was judged in time, and messages can be sent")
    if health.summary:
        out.print(health.summary)
