"""`leftopen health`: what is wrong with leftopen itself."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from monitor.alerts.delivery.address import without_address
from monitor.api.json_text import json_text
from monitor.api.monitoring import nagios, prometheus
from monitor.cli import console
from monitor.cli.opening import BLIND, NOTHING_OPEN, Reading, database_path, load_inventory
from monitor.cli.options import database_option, inventory_argument, json_option
from monitor.cli.text.long_table import show_lines
from monitor.health.examine import Health, ThisMachine, examine
from monitor.inventory.model.inventory import Inventory
from monitor.service.alone import is_watched, was_watched


@click.command()
@inventory_argument
@database_option
@json_option
@click.option(
    "--nagios",
    "as_nagios",
    is_flag=True,
    help="Print one line with performance data, with the exit codes of a Nagios plugin.",
)
@click.option(
    "--prometheus", "as_prometheus", is_flag=True, help="Print gauges in Prometheus' text format; exit code 0."
)
def health(inventory: Path, database: str | None, as_json: bool, as_nagios: bool, as_prometheus: bool) -> None:
    """Show what is wrong with leftopen itself: assets that were not judged, blind rounds, messages that nobody took.

    It says nothing about what is open: see `leftopen status`. Exit code 0 if all is well, 3 if something is wrong.
    """
    checked = load_inventory(inventory, quiet=True)
    with Reading(database) as ledger:
        found = examine(
            ledger, checked.inventory, datetime.now(UTC), _this_machine(checked.inventory, database_path(database))
        )
    if as_nagios:
        line, code = nagios(found)
        click.echo(line)
        sys.exit(code)
    if as_prometheus:
        click.echo(prometheus(found), nl=False)
        sys.exit(NOTHING_OPEN)
    if as_json:
        click.echo(json_text(found.as_json(), indent=2))
    else:
        _show(console.out(), found)
    sys.exit(NOTHING_OPEN if found.well else BLIND)


def _this_machine(inventory: Inventory, database: Path) -> ThisMachine:
    """What this machine knows. A service that runs has written down which channels it has no address for."""
    if is_watched(database):
        return ThisMachine()
    return ThisMachine(was_watched(database), without_address(inventory, os.environ))


def _show(out: Console, health: Health) -> None:
    """What is wrong first, then what is worth knowing."""
    show_lines(
        out, [*(("red", "fault", one) for one in health.faults), *(("dim", "note ", one) for one in health.notes)]
    )
    if health.well:
        out.print("[green]well[/]: every asset was judged in time, and every channel takes its messages")
    if health.summary:
        out.print(health.summary)
