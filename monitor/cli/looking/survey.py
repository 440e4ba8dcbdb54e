"""`leftopen survey`: measure how far a finding reaches, with progress."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from monitor.api.json_text import json_text
from monitor.api.survey import survey_json
from monitor.cli import console
from monitor.cli.opening import BLIND, NOTHING_OPEN, WRONG, load_inventory, open_ledger, run_to_end
from monitor.cli.options import database_option, id_argument, inventory_argument, json_option
from monitor.cli.text.chart import months_svg
from monitor.cli.text.surveys import show_survey, survey_bar
from monitor.findings.finding import parse_finding_id
from monitor.inventory.load import Checked
from monitor.rounds.vantage import Vantage
from monitor.store.thread import LedgerThread
from monitor.surveys.measure import measure
from monitor.surveys.progress import Progress


@click.command()
@id_argument
@inventory_argument
@database_option
@json_option
@click.option("--whole", is_flag=True, help="Read every folder again, also folders whose date has not changed.")
@click.option("--svg", type=click.Path(path_type=Path), help="Also write a chart of files a month to this file.")
def survey(id_: str, inventory: Path, database: str | None, as_json: bool, whole: bool, svg: Path | None) -> None:
    """Measure again how far a proven exposure reaches.

    It reads folder pages, and no files: it counts files, bytes, kinds, hours of sound and dates. Ctrl-C stops it; the
    next call continues where it was.
    """
    checked = load_inventory(inventory)
    sys.exit(run_to_end(_measure(checked, open_ledger(database), id_, as_json, whole, svg)))


async def _measure(
    checked: Checked, ledger: LedgerThread, id_: str, as_json: bool, whole: bool, svg: Path | None
) -> int:
    """Measure one finding, show what it came to; the exit code is 3 when it could not be looked at."""
    try:
        wanted = parse_finding_id(id_, bare=True)
        finding = await ledger(lambda led: led.finding(wanted)) if wanted is not None else None
        if finding is None:
            click.echo(f"no finding {id_}: `leftopen findings --all` lists them", err=True)
            return WRONG
        vantage = Vantage(checked.inventory, lambda: datetime.now(UTC), os.environ)
        with _progress(finding.id) as on_progress:
            work = asyncio.create_task(measure(vantage, ledger, finding, whole=whole, on_progress=on_progress))
            for name in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(name, work.cancel)
            try:
                surveyed = await work
            except asyncio.CancelledError:
                click.echo(f"broken off; `leftopen survey {finding.id}` goes on where it was", err=True)
                return BLIND
        if surveyed is None:
            why = "the inventory no longer leads to where it was seen open, or the authority to look has ended"
            click.echo(why, err=True)
            return BLIND
        if svg is not None:
            await asyncio.to_thread(svg.write_text, months_svg(surveyed.tally.months), encoding="utf-8")
        if as_json:
            click.echo(json_text(survey_json(surveyed), indent=2))
        else:
            show_survey(console.out(), surveyed, checked.inventory, finding.asset)
        return NOTHING_OPEN
    finally:
        ledger.close()


@contextmanager
def _progress(id_: str) -> Iterator[Callable[[Progress], None]]:
    """A bar on a terminal. In a pipe there is none, and nothing of it is loaded."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return

    with console.progress() as bar:
        yield survey_bar(bar, bar.add_task(f"measuring {id_}", total=None))
