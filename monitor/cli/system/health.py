"""`leftopen health`: can we see, can we tell."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from monitor.api.monitoring import nagios, prometheus
from monitor.cli import console
from monitor.cli.opening import BLIND, NOTHING_OPEN, Reading, load_inventory
from monitor.cli.options import database_option, inventory_argument, json_option
from monitor.health.examine import Health, examine


@click.command()
@inventory_argument
@database_option
@json_option
@click.option("--nagios", "as_nagios", is_flag=True, help="One line, performance data and the exit codes of a plugin.")
@click.option("--prometheus", "as_prometheus", is_flag=True, help="Gauges in Prometheus' text format; exit code 0.")
def health(inventory: Path, database: str | None, as_json: bool, as_nagios: bool, as_prometheus: bool) -> None:
    """Can we see, can we tell: blind rounds, late assets, places without a verdict, messages that were not accepted.

    Exit code 0 when all is well, 3 when something is not.
    """
    checked = load_inventory(inventory, quiet=True)
    with Reading(database) as ledger:
        found = examine(ledger, checked.inventory, datetime.now(UTC))
    if as_nagios:
        line, code = nagios(found)
        click.echo(line)
        sys.exit(code)
    if as_prometheus:
        click.echo(prometheus(found), nl=False)
        sys.exit(NOTHING_OPEN)
    if as_json:
        click.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
    else:
        _show(console.out(), found)
    sys.exit(NOTHING_OPEN if found.well else BLIND)


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
