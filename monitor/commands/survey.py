"""`leftopen survey`: measure a finding again, with progress."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from monitor.commands.shared import BLIND, NOTHING_OPEN, WRONG
from monitor.findings.apply_survey import reach_of
from monitor.findings.finding import is_finding_id
from monitor.findings.tally import Surveyed
from monitor.inventory.load import Checked
from monitor.rounds.vantage import Vantage
from monitor.store.thread import LedgerThread
from monitor.surveys.measure import measure
from monitor.surveys.web.crawl import Progress


async def survey(checked: Checked, ledger: LedgerThread, id_: str, as_json: bool, whole: bool, svg: Path | None) -> int:
    """Measure one finding, show what it came to; the exit code is 3 when it could not be looked at."""
    try:
        wanted = id_.strip().upper()
        finding = await ledger(lambda led: led.finding(wanted)) if is_finding_id(wanted) else None
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
            from monitor.commands.chart import months_svg

            await asyncio.to_thread(svg.write_text, months_svg(surveyed.tally.months), encoding="utf-8")
        if as_json:
            click.echo(json.dumps(surveyed_json(surveyed), ensure_ascii=False, indent=2))
        else:
            # Loaded where somebody looks: rich is a tenth of a survey's start.
            from monitor.commands import console
            from monitor.commands.surveyed import show_surveyed

            show_surveyed(console.out(), surveyed, checked.inventory, finding.asset)
        return NOTHING_OPEN
    finally:
        ledger.close()


@contextmanager
def _progress(id_: str) -> Iterator[Callable[[Progress], None]]:
    """A bar on a terminal. In a pipe there is none, and nothing of it is loaded."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from monitor.commands import console
    from monitor.commands.surveyed import survey_bar

    with console.progress() as bar:
        yield survey_bar(bar, bar.add_task(f"measuring {id_}", total=None))


def surveyed_json(surveyed: Surveyed) -> dict[str, Any]:
    """A survey as JSON values; names stand in it masked, or not at all."""
    tally, hours = surveyed.tally, surveyed.hours
    return {
        "finding": surveyed.finding,
        "started": surveyed.started.isoformat(),
        "ended": surveyed.ended and surveyed.ended.isoformat(),
        "files": tally.files,
        "folders": tally.folders,
        "closed_folders": tally.closed,
        "unread_folders": tally.unread,
        "bytes": tally.size,
        "bytes_exact": tally.exact == tally.sized,
        "partial": list(surveyed.partial),
        "kinds": {kind.value: {"files": n, "bytes": size} for kind, (n, size) in tally.by_kind().items()},
        "extensions": {ext: {"files": n, "bytes": size} for ext, (n, size) in sorted(tally.by_extension.items())},
        "calls": tally.calls,
        "hours": hours and {"best": hours.best, "low": hours.low, "high": hours.high, "samples": hours.samples},
        "newest": tally.newest or None,
        "oldest": tally.oldest or None,
        "months": dict(sorted(tally.months.items())),
        "claims": list(reach_of(tally).claims),
        "words": dict(tally.words),
        "largest": [{"folder": path, "files": n, "bytes": size} for path, n, size in surveyed.largest],
        "undeclared_customers": list(surveyed.tenants),
        "new_files": surveyed.new_files,
        "new_folders": surveyed.new_folders,
        "carried_folders": surveyed.carried,
        "requests": surveyed.asks,
        "seconds": round(surveyed.seconds, 2),
    }
