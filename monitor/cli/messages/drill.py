"""`leftopen drill`: a synthetic exposure from end to end, and how long it took to be accepted and answered."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from monitor.alerts.drills import owe_drills
from monitor.alerts.messages import formatting
from monitor.alerts.messages.text.reason import reason_text
from monitor.api.json_text import json_text
from monitor.cli import console
from monitor.cli.messages.sending import outbox, say_sent
from monitor.cli.opening import BLIND, NOTHING_OPEN, Reading, fail, load_inventory, open_ledger, run_to_end
from monitor.cli.options import database_option, inventory_argument, json_option
from monitor.inventory.load import Checked
from monitor.service.application import Application
from monitor.store.messages import drills
from monitor.store.messages.drills import Drilled
from monitor.store.thread import LedgerThread


@click.command()
@inventory_argument
@database_option
@json_option
@click.option("--party", metavar="P", help="Only the channels of this party.")
@click.option("--report", is_flag=True, help="Send nothing: print every drill, and how long it took.")
def drill(inventory: Path, database: str | None, as_json: bool, party: str | None, report: bool) -> None:
    """Test the whole way: look at a known open place, and send a DRILL message to every channel.

    If the acknowledgement page is declared, the message has a link to it. --report shows how long it took until a
    provider accepted each message and a person answered it.
    """
    if report:
        sys.exit(_report(database, as_json))
    checked = load_inventory(inventory)
    known = [one.id for one in checked.inventory.parties]
    if party is not None and party not in known:
        fail(f"no party {party!r} in {inventory} (known: {', '.join(known) or 'none'})")
    sys.exit(run_to_end(_run(checked, open_ledger(database), party)))


async def _run(checked: Checked, ledger: LedgerThread, party: str | None) -> int:
    """Look at the known-open control, owe a drill to every channel, send them all; 3 unless each was accepted."""
    try:
        async with Application(checked.inventory, ledger) as app:
            # A round over nothing: its controls show that an exposure would be seen, by the probe that sees exposures.
            done = await app.round(())
            if done.blind:
                console.talk().print(f"BLIND: {escape(reason_text(done.blind, 'en'))}")
                return BLIND
            parties = None if party is None else (party,)
            owed = await ledger(lambda led: owe_drills(led, checked.inventory, app.now(), parties))
            drained = await outbox(checked, ledger).drain_once({one.key for one in owed})
            say_sent(drained)
            for one in checked.inventory.parties:
                if party in (None, one.id) and not checked.inventory.channels_of(one):
                    console.talk().print(
                        f"[bold red]NO CHANNEL[/] {escape(one.id)}: nobody there can be told of anything"
                    )
            if not owed:
                console.talk().print("no party has a channel: nobody could be told of anything")
            accepted = len(drained.tried) - len(drained.failed)
            return NOTHING_OPEN if owed and accepted == len(owed) else BLIND
    finally:
        await asyncio.to_thread(ledger.close)


def _report(database: str | None, as_json: bool) -> int:
    """Print every drill: when, to whom, and how long until it was accepted and answered."""
    with Reading(database) as ledger:
        found = drills.drills(ledger)
    if as_json:
        for one in found:
            click.echo(json_text(_json(one)))
        return NOTHING_OPEN
    if not found:
        console.talk().print("there was no drill yet: leftopen drill")
        return NOTHING_OPEN
    table = Table(
        "drill", "channel", "party", "accepted after", "answered after", "by", show_edge=False, pad_edge=False
    )
    for one in found:
        accepted = _after(one, one.accepted) or f"[red]not[/] {escape(one.last_error)}"
        table.add_row(
            f"{one.started.astimezone(UTC):%Y-%m-%d %H:%M}Z",
            escape(one.channel),
            escape(one.party or "operator"),
            accepted,
            _after(one, one.answered) or "-",
            escape(one.by),
        )
    console.out().print(table)
    return NOTHING_OPEN


def _after(one: Drilled, at: datetime | None) -> str:
    seconds = one.seconds(at)
    if seconds is None:
        return ""
    return f"{seconds:.1f} s" if seconds < 60 else formatting.duration(seconds)


def _json(one: Drilled) -> dict[str, object]:
    return {
        "drill": one.drill,
        "channel": one.channel,
        "party": one.party,
        "at": one.started.isoformat(),
        "state": one.state,
        "seconds_to_accept": one.seconds(one.accepted),
        "seconds_to_answer": one.seconds(one.answered),
        "by": one.by,
    }
