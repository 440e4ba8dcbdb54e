"""`leftopen watch`: the service."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from monitor.alerts.delivery.heartbeat import Heart
from monitor.cli import console
from monitor.cli.messages.sending import outbox, say_tried
from monitor.cli.opening import NOTHING_OPEN, fail, load_inventory, open_ledger, run_to_end
from monitor.cli.options import database_option, inventory_argument
from monitor.cli.text import log_lines
from monitor.cli.text.rounds import show_round
from monitor.inventory.load import Checked
from monitor.service.alone import AlreadyWatched, alone
from monitor.service.application import Application
from monitor.service.watch import Watch
from monitor.store.thread import LedgerThread


@click.command()
@inventory_argument
@database_option
@click.pass_context
def watch(ctx: click.Context, inventory: Path, database: str | None) -> None:
    """Run the service: look at every asset at its interval, and send messages.

    A message is tried again until a provider accepts it. The service reads the inventory again when the file changes.
    SIGTERM or Ctrl-C stops it; messages that were not sent yet stay in the ledger. SIGHUP reads the inventory at once.
    `leftopen --log json watch` writes one JSON line an event.
    """
    as_log = ctx.obj is not None
    if as_log:
        logging.getLogger().handlers[0].setFormatter(log_lines.FORMATS[ctx.obj]())
    checked = load_inventory(inventory, quiet=as_log)
    for warning in checked.warnings if as_log else ():
        log_lines.event("inventory", f"{warning.where(Path(inventory.name))}: {warning.text}", logging.WARNING)
    # They are said: of ten thousand assets the service would hold as many for as long as it runs.
    checked = replace(checked, warnings=())
    ledger = open_ledger(database)
    try:
        with alone(ledger.path):
            sys.exit(run_to_end(_watch(checked, inventory, ledger, as_log=as_log)))
    except AlreadyWatched as error:
        ledger.close()
        fail(str(error))


async def _watch(checked: Checked, inventory: Path, ledger: LedgerThread, *, as_log: bool) -> int:
    try:
        async with Application(checked.inventory, ledger) as app:
            stop = asyncio.Event()
            for name in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(name, stop.set)
            sends = outbox(checked, ledger, heard=log_lines.tried if as_log else say_tried)
            heart = Heart(ledger, app.now, os.environ, sends.wake)
            shown = log_lines.looked if as_log else partial(show_round, console.talk())
            service = Watch(app, sends, inventory, stop, on_round=shown, heart=heart)
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, service.reload)
            if as_log:
                log_lines.started(checked.inventory, str(inventory), str(ledger.path))
            await service.run()
            if as_log:
                log_lines.stopped()
            return NOTHING_OPEN
    finally:
        ledger.close()
