"""`leftopen run`: look once, now."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from monitor.alerts.delivery import heartbeat
from monitor.alerts.delivery.heartbeat import Heart
from monitor.alerts.messages.text.reason import reason_text
from monitor.api.json_text import json_text
from monitor.api.verdict import verdict_json
from monitor.cli import completion, console
from monitor.cli.messages.sending import outbox, say_sent
from monitor.cli.opening import BLIND, NOTHING_OPEN, OPEN, fail, load_inventory, open_ledger, run_to_end
from monitor.cli.options import database_option, inventory_argument, json_option
from monitor.cli.text.rounds import show_round
from monitor.cli.text.states import show_states
from monitor.cli.text.surveys import survey_bar, survey_words
from monitor.coverage.asset_state import AssetState
from monitor.coverage.states import asset_states
from monitor.findings.finding import Finding
from monitor.inventory.load import Checked
from monitor.rounds.batch.lines import Line, OnLine
from monitor.service.alone import is_watched
from monitor.service.application import Application, Round
from monitor.store.messages.untold import Untold, untold
from monitor.store.tables import actions
from monitor.store.thread import LedgerThread
from probes.recognise.memo import one_round


@click.command()
@inventory_argument
@database_option
@json_option
@click.option(
    "--asset",
    "assets",
    multiple=True,
    metavar="ID",
    shell_complete=completion.assets,
    help="Look at this asset alone; may be repeated.",
)
@click.option("--no-alerts", is_flag=True, help="Send no messages: they stay in the queue.")
@click.option("--no-survey", is_flag=True, help="Do not measure how far new findings reach.")
@click.option(
    "--sign-in-again",
    is_flag=True,
    help="Send passwords that a portal refused once more: for accounts that were mended without a new password.",
)
@click.pass_context
def run(
    ctx: click.Context,
    inventory: Path,
    database: str | None,
    as_json: bool,
    assets: tuple[str, ...],
    no_alerts: bool,
    no_survey: bool,
    sign_in_again: bool,
) -> None:
    """Look at every asset once, now, and send the messages that follow.

    The results are recorded in the ledger. With --json a line is printed for each place as soon as it is recorded;
    `leftopen -v run` prints the same as text on stderr, with the reason of each verdict.
    """
    checked = load_inventory(inventory)
    known = {asset.id for asset in checked.inventory.assets}
    strangers = [asset for asset in assets if asset not in known]
    if strangers:
        fail(f"no asset {strangers[0]!r} in {inventory} (known: {', '.join(sorted(known))})")
    say: OnLine | None = None
    if as_json:
        say = _print_json
    elif ctx.find_root().params["verbose"]:
        say = _print_text
    ledger = open_ledger(database)
    app = Application(checked.inventory, ledger, sign_in_again=sign_in_again)
    with one_round():
        looked = _look(app, checked, inventory, ledger, as_json, say, assets or None, not no_alerts, not no_survey)
        sys.exit(run_to_end(looked))


def _exit_code(
    states: tuple[AssetState, ...],
    nobody: tuple[Untold, ...],
    still_open: tuple[actions.OpenFinding, ...],
    assets: tuple[str, ...] | None,
) -> int:
    """3: news of an open finding reached nobody. 1: something is open. 3: an asset has no whole verdict. Else 0."""
    if nobody:
        return BLIND
    if still_open:
        return OPEN
    judged = all(one.judged for one in states if assets is None or one.asset in assets)
    return NOTHING_OPEN if judged else BLIND


def _print_json(line: Line) -> None:
    # It is on its way when all that was recorded with it is printed: a round over thousands has a hundred thousand.
    print(json_text(verdict_json(line)))


def _print_text(line: Line) -> None:
    """One place with its verdict and the reason for it."""
    one = verdict_json(line)
    where = f"{one['place']} at {one['address']} port {one['port']}"
    click.echo(f"{one['asset']}: {where}: {one['probe']}: {one['verdict']}, {one['why']}", err=True)


async def _to_measure(app: Application, done: Round, assets: tuple[str, ...] | None) -> tuple[Finding, ...]:
    """What was just found, and what an earlier round that was broken off has found and not measured."""
    found = app.surveyable(done.changed)
    # A service that runs beside this goes on by itself.
    left = () if is_watched(app.ledger.path) else await app.left_unmeasured()
    known = {one.id for one in found}
    return (*found, *(one for one in left if one.id not in known and (assets is None or one.asset in assets)))


async def _look(
    app: Application,
    checked: Checked,
    inventory: Path,
    ledger: LedgerThread,
    as_json: bool,
    say: OnLine | None,
    assets: tuple[str, ...] | None,
    tell: bool,
    survey_too: bool,
) -> int:
    try:
        async with app:
            with console.progress() as bar:
                task = bar.add_task("looking", total=None)

                def progress(taken: int, total: int) -> None:
                    bar.update(task, completed=taken, total=total)
                    sys.stdout.flush()

                done = await app.round(
                    assets,
                    on_line=say,
                    on_progress=progress,
                    keeps_lines=False,
                )
            if not as_json:
                show_round(console.out(), done)
            elif done.blind:
                console.talk().print(f"BLIND: {reason_text(done.blind, 'en')}")
            if survey_too and not done.blind:
                for finding in await _to_measure(app, done, assets):
                    with console.progress() as bar:
                        shown = bar.add_task(f"measuring {finding.id}", total=None)
                        measured = await app.survey(finding, on_progress=survey_bar(bar, shown))
                    if measured is not None:
                        console.talk().print(f"{finding.id} reaches: {survey_words(measured)}")
            if tell:
                if not done.blind:
                    await ledger(lambda led: heartbeat.owe(led, checked.inventory, app.now()))
                drained = await outbox(checked, ledger).drain_once()
                say_sent(drained)
            if done.blind:
                return BLIND
            if tell:
                await Heart(ledger, lambda: datetime.now(UTC), os.environ).beat_now(checked.inventory)
            states = await ledger(lambda led: asset_states(led, checked.inventory, app.now()))
            nobody = await ledger(lambda led: untold(led, app.now())) if tell else ()
            show_states(console.talk() if as_json else console.out(), states, nobody, inventory)
            return _exit_code(states, nobody, await ledger(actions.still_open), assets)
    finally:
        ledger.close()
