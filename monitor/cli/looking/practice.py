"""`leftopen practice`: the practice organisation on loopback, watched by the service that watches a real one."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from monitor.alerts.queue.outbox import Outbox
from monitor.cli import console
from monitor.cli.looking.round_text import show_round
from monitor.cli.looking.survey_text import survey_words
from monitor.cli.messages.sending import outbox
from monitor.cli.opening import load_inventory, open_ledger, run_to_end
from monitor.cli.options import database_option, inventory_argument
from monitor.findings.tally import Surveyed
from monitor.inventory.load import Checked
from monitor.practice.inbox import Letter
from monitor.practice.organisation import CannotStart, Practice
from monitor.service.application import Application, Round
from monitor.service.watch import Watch
from monitor.store import actions
from monitor.store.thread import LedgerThread


@click.command()
@inventory_argument
@database_option
@click.option("--rounds", type=click.IntRange(min=1), help="Stop after so many rounds, instead of at Ctrl-C.")
def practice(inventory: Path, database: str | None, rounds: int | None) -> None:
    """Start the practice organisation on loopback with things left open, watch it, and show who is told.

    It serves and asks nothing but loopback addresses, and stays up until it is interrupted.
    """
    checked = load_inventory(inventory)
    sys.exit(run_to_end(_practise(checked, inventory, open_ledger(database), rounds)))


async def _practise(checked: Checked, inventory: Path, ledger: LedgerThread, rounds: int | None) -> int:
    """Serve the practice organisation, watch it until interrupted (or for so many rounds), and show who is told.

    Returns the exit code: 2 when it could not start, else 1 when something is open at the end, or 0, or 3 for blind.
    """
    out = console.out()
    try:
        async with Practice(checked.inventory, _now, on_message=lambda letter: _show_letter(out, letter)) as practice:
            out.print("[bold]The practice organisation[/] is up, on this machine alone:")
            for site in practice.sites:
                where = ", ".join(f"[{a}]" if ":" in a else a for a in site.addresses)
                out.print(f"  {site.name:<20} {where} port {site.port}: {escape(site.right)}", soft_wrap=True)
            environ = {**os.environ, **practice.environment()}
            return await _watch(out, checked, inventory, ledger, outbox(checked, ledger, environ=environ), rounds)
    except CannotStart as error:
        console.talk().print(escape(str(error)))
        return 2
    finally:
        ledger.close()


async def _watch(
    out: Console, checked: Checked, inventory: Path, ledger: LedgerThread, sends: Outbox, rounds: int | None
) -> int:
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    done_rounds: list[Round] = []

    def on_round(done: Round) -> None:
        out.print()
        show_round(out, done)
        if not done_rounds:
            out.print(
                "[dim]The rounds go on; a leak that grows is told again. In a second terminal: leftopen findings, "
                "leftopen show ID, leftopen health. Ctrl-C ends it.[/]"
            )
        done_rounds.append(done)
        if rounds is not None and len(done_rounds) >= rounds:
            stop.set()

    def on_survey(surveyed: Surveyed) -> None:
        out.print(f"[bold]measured {surveyed.finding}[/]: {escape(survey_words(surveyed))}")

    async with Application(checked.inventory, ledger) as app:
        await Watch(app, sends, inventory, stop, on_round=on_round, on_survey=on_survey).run()
    await sends.drain_once()
    if done_rounds and done_rounds[-1].blind:
        return 3
    still_open = await ledger(actions.still_open)
    return 1 if still_open else 0


def _show_letter(out: Console, letter: Letter) -> None:
    out.print(f"[bold magenta]told {escape(letter.channel)}[/]: {escape(letter.title)}")


def _now() -> datetime:
    return datetime.now(UTC)
