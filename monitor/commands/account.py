"""`leftopen account`: each bucket of the declared accounts with both of its sides, and what the inventory lacks."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from monitor.accounts.bucket_settings import Open
from monitor.accounts.compare import Fit, Joined, Seen
from monitor.accounts.reading import AccountRead, AccountSide
from monitor.commands import console
from monitor.commands.shared import BLIND, NOTHING_OPEN, OPEN
from monitor.commands.told import outbox, say_told
from monitor.inventory.load import Checked
from monitor.inventory.model.inventory import Inventory
from monitor.store import actions
from monitor.store.thread import LedgerThread

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


async def account(
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
                    click.echo(json.dumps(_json(reading, one), ensure_ascii=False))
            else:
                show(console.out(), reading)
            for fault in reading.faults if propose or as_json else ():
                console.talk().print(f"[yellow]not read[/] {escape(f'{id_}: {fault}')}")
        if tell:
            say_told(await outbox(checked, ledger).drain_once())
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


def _json(reading: AccountRead, one: Joined) -> dict[str, Any]:
    declared, settings, says = one.declared, one.settings, one.configured
    finding = next((line.finding for line in reading.lines if declared and line.asset == declared.asset), "")
    return {
        "account": reading.account,
        "number": settings.account if settings else None,
        "bucket": one.name,
        "region": settings.region if settings else None,
        "asset": declared.asset if declared else None,
        "place": str(declared.place) if declared else None,
        "configured": says.open.value if says else None,
        "configured_for": says.whom.value if says and says.open is Open.OPEN else None,
        "seen": declared.outside.seen.value if declared else None,
        "seen_at": declared.outside.at.isoformat() if declared and declared.outside.at else None,
        "checks": [{"check": d.name, "verdict": d.verdict, "why": d.why.value} for d in declared.outside.checks]
        if declared
        else [],
        "join": one.fit.name.lower().replace("_", "-"),
        "reasons": list(one.reasons),
        "finding": finding or None,
    }


def show(out: Console, reading: AccountRead) -> None:
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
