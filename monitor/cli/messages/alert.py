"""`leftopen alert --test`: a drill to one channel through the real path."""

from __future__ import annotations

import os
import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.markup import escape

from monitor.alerts.messages.new_messages import drill_message
from monitor.alerts.routing.reachability import unconfirmed
from monitor.cli import console
from monitor.cli.messages.sending import outbox, say_sent
from monitor.cli.opening import BLIND, NOTHING_OPEN, fail, load_inventory, open_ledger, run_to_end
from monitor.cli.options import database_option, inventory_argument
from monitor.inventory.load import Checked
from monitor.store.thread import LedgerThread


@click.command()
@inventory_argument
@database_option
@click.option("--test", "channel", required=True, metavar="CHANNEL", help="The channel to send a drill to.")
def alert(inventory: Path, database: str | None, channel: str) -> None:
    """Send a test message to one channel, in the same way as an alert.

    It prints the answer of the provider.
    """
    checked = load_inventory(inventory)
    known = [c.id for c in checked.inventory.channels]
    if channel not in known:
        fail(f"no channel {channel!r} in {inventory} (known: {', '.join(known) or 'none'})")
    sys.exit(run_to_end(_drill(checked, inventory, open_ledger(database), channel)))


async def _drill(checked: Checked, inventory: Path, ledger: LedgerThread, channel: str) -> int:
    try:
        now = datetime.now(UTC)
        waiting = await ledger(lambda led: dict(unconfirmed(led, checked.inventory, os.environ, now)))
        if channel in waiting:
            # It would be held, and arrive long after, when nobody expects it any more.
            console.talk().print(
                f"[bold red]NOT SENT[/]: {escape(channel)}: {escape(waiting[channel])}. "
                f"Run: leftopen confirm {escape(channel)} {escape(shlex.quote(str(inventory)))} "
                "(it sends a message there, too)"
            )
            return BLIND
        owed = (drill_message(checked.inventory.channel(channel), checked.inventory, now),)
        await ledger(lambda led: led.owe(owed, now))
        drained = await outbox(checked, ledger).drain_once({one.key for one in owed})
        say_sent(drained)
        return NOTHING_OPEN if drained.tried and not drained.failed else BLIND
    finally:
        ledger.close()
