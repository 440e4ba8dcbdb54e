"""`leftopen look`: one look at one host, without an inventory and without a ledger that stays."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from monitor.api.json_text import json_text
from monitor.api.verdict import verdict_json
from monitor.cli import console
from monitor.cli.opening import BLIND, NOTHING_OPEN, OPEN, fail, run_to_end
from monitor.cli.options import json_option
from monitor.cli.text.rounds import show_round
from monitor.inventory.first import ImportFaults, first_inventory, read_hosts
from monitor.inventory.load import Problems, loads
from monitor.inventory.model.inventory import Inventory
from monitor.service.application import Application
from monitor.store.thread import LedgerThread
from probes.api import Exposed, Unknown


@click.command()
@click.argument("host", metavar="HOST[:PORT]")
@click.option("--contact", metavar="MAIL", required=True, help="Your mail address; every request contains it.")
@click.option("--allowed", is_flag=True, help="Say that you run this host, or were allowed to look at it.")
@json_option
def look(host: str, contact: str, allowed: bool, as_json: bool) -> None:
    """Look once at one host, without an inventory.

    Use it only for a host that you run, or that you were allowed to look at. It prints a line for each place. It stores
    nothing and sends no message. Exit code 1 when something is open, 3 when nothing was judged, else 0.
    """
    question = f"Do you run {host}, or were you allowed to look at it?"
    if not allowed and not (sys.stdin.isatty() and click.confirm(question)):
        fail(f"{question} If so, say --allowed. Nothing was asked.")
    try:
        inventory = loads(first_inventory("one look", contact, "env:NOBODY", read_hosts(host)), host)
    except (Problems, ImportFaults) as error:
        fail(str(error))
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(run_to_end(_look(inventory, LedgerThread(Path(folder) / "look.db"), as_json)))


async def _look(inventory: Inventory, ledger: LedgerThread, as_json: bool) -> int:
    try:
        async with Application(inventory, ledger) as app:
            done = await app.round()
        if as_json:
            for line in done.lines:
                click.echo(json_text(verdict_json(line)))
        else:
            show_round(console.out(), done)
        if any(isinstance(line.verdict, Exposed) for line in done.lines):
            return OPEN
        return BLIND if done.blind or all(isinstance(line.verdict, Unknown) for line in done.lines) else NOTHING_OPEN
    finally:
        ledger.close()
