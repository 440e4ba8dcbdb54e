"""`leftopen watch`: the service."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from functools import partial
from pathlib import Path

import click

from monitor.alerts.delivery.heartbeat import Heart
from monitor.cli import console
from monitor.cli.messages.sending import outbox, say_tried
from monitor.cli.opening import NOTHING_OPEN, fail, load_inventory, open_ledger, run_to_end
from monitor.cli.options import database_option, inventory_argument
from monitor.cli.text.rounds import show_round
from monitor.inventory.load import Checked
from monitor.service.alone import AlreadyWatched, alone
from monitor.service.application import Application
from monitor.service.watch import Watch
from monitor.store.thread import LedgerThread


@click.command()
@inventory_argument
@database_option
def watch(inventory: Path, database: str | None) -> None:
    """Run the service: look at every asset at its interval, and send messages.

    A message is tried again until a provider accepts it. The service reads the inventory again when the file changes.
    SIGTERM or Ctrl-C stops it; messages that were not sent yet stay in the ledger.
    """
    checked = load_inventory(inventory)
    ledger = open_ledger(database)
    try:
        with alone(ledger.path):
            sys.exit(run_to_end(_watch(checked, inventory, ledger)))
    except AlreadyWatched as error:
        ledger.close()
        fail(str(error))


async def _watch(checked: Checked, inventory: Path, ledger: LedgerThread) -> int:
    try:
        async with Application(checked.inventory, ledger) as app:
            stop = asyncio.Event()
            for name in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(name, stop.set)
            talk = console.talk()
            sends = outbox(checked, ledger, heard=say_tried)
            heart = Heart(ledger, app.now, os.environ, sends.wake)
            shown = partial(show_round, talk)
            await Watch(app, sends, inventory, stop, on_round=shown, heart=heart).run()
            return NOTHING_OPEN
    finally:
        ledger.close()
