"""`leftopen run`, `watch` and `alert --test`: looking once, looking for ever, and a drill."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from monitor.alerts.delivery import heartbeat
from monitor.alerts.delivery.heartbeat import Heart
from monitor.alerts.delivery.signed_links import linking
from monitor.alerts.messages.change import owed_drill
from monitor.alerts.messages.reason_text import reason_text
from monitor.commands import console
from monitor.commands.shared import BLIND, NOTHING_OPEN, OPEN
from monitor.commands.surveyed import survey_bar, surveyed_words
from monitor.commands.told import outbox, say_told, say_tried
from monitor.inventory.load import Checked
from monitor.service.application import Application
from monitor.service.watch import Watch
from monitor.store import actions
from monitor.store.messages.digests import unheard
from monitor.store.thread import LedgerThread


async def one_round(
    checked: Checked, ledger: LedgerThread, as_json: bool, assets: tuple[str, ...] | None, tell: bool, survey_too: bool
) -> int:
    try:
        async with Application(checked.inventory, ledger) as app:
            with console.progress() as bar:
                task = bar.add_task("looking", total=None)
                done = await app.round(
                    assets,
                    on_line=(lambda line: click.echo(console.line_json(line))) if as_json else None,
                    on_progress=lambda taken, total: bar.update(task, completed=taken, total=total),
                )
            if not as_json:
                console.show_round(console.out(), done)
            elif done.blind:
                console.talk().print(f"BLIND: {reason_text(done.blind, 'en')}")
            if survey_too and not done.blind:
                for finding in app.surveyable(done.changed):
                    with console.progress() as bar:
                        shown = bar.add_task(f"measuring {finding.id}", total=None)
                        measured = await app.survey(finding, on_progress=survey_bar(bar, shown))
                    if measured is not None:
                        console.talk().print(f"{finding.id} reaches: {surveyed_words(measured)}")
            if tell:
                if not done.blind:
                    await ledger(lambda led: heartbeat.owe(led, checked.inventory, app.now()))
                drained = await outbox(checked, ledger).drain_once()
                say_told(drained)
            if done.blind:
                return BLIND
            if tell:
                await Heart(ledger, lambda: datetime.now(UTC), os.environ).beat_now(checked.inventory)
                # It may still arrive; but whoever runs us once has nobody else to hear it from.
                silent = await ledger(unheard)
                for one in silent:
                    console.talk().print(f"[red]nobody could be told[/] of {one.finding}/{one.sequence}, which is open")
                if silent:
                    return BLIND
            still_open = await ledger(actions.still_open)
            return OPEN if still_open else NOTHING_OPEN
    finally:
        ledger.close()


async def watch(checked: Checked, inventory: Path, ledger: LedgerThread) -> int:
    try:
        async with Application(checked.inventory, ledger) as app:
            stop = asyncio.Event()
            for name in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(name, stop.set)
            talk = console.talk()
            sends = outbox(checked, ledger, heard=say_tried)
            heart = Heart(ledger, app.now, os.environ, sends.wake)
            shown = partial(console.show_round, talk)
            await Watch(app, sends, inventory, stop, on_round=shown, heart=heart).run()
            return NOTHING_OPEN
    finally:
        ledger.close()


async def drill(checked: Checked, ledger: LedgerThread, channel: str) -> int:
    try:
        now = datetime.now(UTC)
        owed = owed_drill(checked.inventory.channel(channel), checked.inventory, now, linking(checked.inventory))
        await ledger(lambda led: led.owe(owed, now))
        drained = await outbox(checked, ledger).drain_once({one.key for one in owed})
        say_told(drained)
        return NOTHING_OPEN if drained.tried and not drained.failed else BLIND
    finally:
        ledger.close()
