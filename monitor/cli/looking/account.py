"""`leftopen account`: each bucket of the declared accounts with both of its sides, and what the inventory lacks."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from monitor.accounts.compare import Fit, Joined, Seen
from monitor.accounts.reading import AccountRead, AccountSide
from monitor.api.account import bucket_json
from monitor.api.json_text import json_text
from monitor.cli import console
from monitor.cli.messages.sending import outbox, say_sent
from monitor.cli.opening import BLIND, NOTHING_OPEN, OPEN, fail, load_inventory, open_ledger, run_to_end
from monitor.cli.options import database_option, inventory_argument, json_option
from monitor.inventory.load import Checked
from monitor.inventory.model.inventory import Inventory
from monitor.store.tables import actions
from monitor.store.thread import LedgerThread


@click.command()
@inventory_argument
@database_option
@json_option
@click.option("--account", "accounts", multiple=True, metavar="ID", help="Read this account alone; may be repeated.")
@click.option("--propose", is_flag=True, help="Print assets for the buckets that the inventory lacks, as YAML.")
@click.option("--no-alerts", is_flag=True, help="Send no messages: they stay in the queue.")
def account(
    inventory: Path, database: str | None, as_json: bool, accounts: tuple[str, ...], propose: bool, no_alerts: bool
) -> None:
    """Compare the settings of your cloud accounts' buckets with what was seen.

    It needs credentials that may read settings, and nothing else; it changes nothing. A bucket whose settings disagree
    with its verdict is a finding. With --json a line is printed for each bucket.
    """
    checked = load_inventory(inventory)
    known = [one.id for one in checked.inventory.accounts]
    if not known:
        fail(f"{inventory} declares no accounts: see docs/buckets-account.md")
    strangers = [one for one in accounts if one not in known]
    if strangers:
        fail(f"no account {strangers[0]!r} in {inventory} (known: {', '.join(sorted(known))})")
    work = _read(checked, open_ledger(database), accounts, as_json, propose, not no_alerts)
    sys.exit(run_to_end(work))


COLOURS = {
    Fit.AGREE_OPEN: "bold red",
    Fit.OPEN_NOT_SEEN: "red",
    Fit.CLOSED_SEEN_OPEN: "bold red",
    Fit.UNDECLARED: "yellow",
    Fit.UNREADABLE: "yellow",
    Fit.MISSING: "yellow",
    Fit.CLOSED_UNSEEN: "dim",
    Fit.AGREE_CLOSED: "green",
}


async def _read(
    checked: Checked, ledger: LedgerThread, chosen: tuple[str, ...], as_json: bool, propose: bool, tell: bool
) -> int:
    """Read the accounts; print each bucket, or with `propose` the assets that the inventory lacks."""
    inventory = checked.inventory
    try:
        side = AccountSide(inventory, ledger, lambda: datetime.now(UTC), os.environ)
        readings = []
        for id_ in chosen or tuple(one.id for one in inventory.accounts):
            reading = await side.read(id_)
            readings.append(reading)
            if propose:
                click.echo(reading.proposal, nl=False)
            elif as_json:
                for one in reading.joined:
                    click.echo(json_text(bucket_json(reading, one)))
            else:
                _show(console.out(), reading)
            for fault in reading.faults if propose or as_json else ():
                console.talk().print(f"[yellow]not read[/] {escape(f'{id_}: {fault}')}")
        if tell:
            say_sent(await outbox(checked, ledger).drain_once())
        if not all(reading.complete for reading in readings):
            return BLIND
        is_open = any(_counts(inventory, one) for reading in readings for one in reading.joined)
        still_open = await ledger(actions.still_open)
        return OPEN if is_open or still_open else NOTHING_OPEN
    finally:
        ledger.close()


def _counts(inventory: Inventory, one: Joined) -> bool:
    """Whether a bucket is open on one side, and not by intent."""
    if not one.open or one.declared is None:
        return one.open
    return inventory.asset(one.declared.asset).public_at("/", datetime.now(UTC).date()) is None


def _show(out: Console, reading: AccountRead) -> None:
    """One account for people: what is open first."""
    table = Table(show_edge=False, pad_edge=False)
    for heading in ("bucket", "asset", "configured", "seen from here", "together", "why"):
        table.add_column(heading, overflow="fold")
    order = list(COLOURS)
    for one in sorted(reading.joined, key=lambda one: (not one.open, order.index(one.fit), one.name)):
        says, declared = one.configured, one.declared
        table.add_row(
            escape(one.name),
            escape(declared.asset) if declared else "-",
            says.open.value if says else "-",
            _seen(one),
            f"[{COLOURS[one.fit]}]{one.fit.value}[/]",
            escape("; ".join(one.reasons)),
        )
    count = len(reading.joined)
    out.print(f"[bold]{escape(reading.account)}[/]: {count} buckets, {reading.asked} requests")
    if reading.joined:
        out.print(table)
    for fault in reading.faults:
        out.print(f"[yellow]not read[/] {escape(fault)}")
    if not reading.complete:
        out.print("[bold red]The account could not be read whole:[/] what is not listed here may be open.")
    if reading.proposal:
        out.print("Buckets that no asset declares: `leftopen account --propose` prints them for the inventory.")


def _seen(one: Joined) -> str:
    if one.declared is None:
        return "-"
    outside = one.declared.outside
    if outside.seen is Seen.NEVER or outside.at is None:
        return outside.seen.value
    return f"{outside.seen.value} ({outside.why.value if outside.why else ''} {outside.at:%m-%d %H:%M}Z)"
