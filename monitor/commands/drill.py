"""`leftopen drill`: a synthetic exposure from end to end, and how long it took to be accepted and to be answered."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

import click
from rich.markup import escape
from rich.table import Table

from monitor.alerts.drills import owe_drills
from monitor.alerts.messages.reason_text import reason_text
from monitor.commands import console
from monitor.commands.shared import BLIND, NOTHING_OPEN, Reading
from monitor.commands.told import outbox, say_told
from monitor.inventory.load import Checked
from monitor.service.application import Application
from monitor.store.messages import drills
from monitor.store.messages.drills import Drilled
from monitor.store.thread import LedgerThread


async def run(checked: Checked, ledger: LedgerThread, party: str | None) -> int:
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
            say_told(drained)
            if not owed:
                console.talk().print("no party has a channel: nobody could be told of anything")
            accepted = len(drained.tried) - len(drained.failed)
            return NOTHING_OPEN if owed and accepted == len(owed) else BLIND
    finally:
        await asyncio.to_thread(ledger.close)


def report(database: str | None, as_json: bool) -> int:
    """Print every drill: when, to whom, and how long until it was accepted and answered."""
    with Reading(database) as ledger:
        found = drills.drills(ledger)
    if as_json:
        for one in found:
            click.echo(json.dumps(_json(one), ensure_ascii=False))
        return NOTHING_OPEN
    if not found:
        console.talk().print("there was no drill yet: leftopen drill")
        return NOTHING_OPEN
    table = Table("drill", "channel", "party", "accepted after", "answered after", "by")
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
    return f"{seconds:.1f} s" if seconds < 60 else console.span(seconds)


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
