"""`leftopen coverage`: how much of what was due was looked at, and what was not."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from monitor.alerts.messages.text.reason import reason_text
from monitor.api.coverage import at, coverage_json
from monitor.api.json_text import json_text
from monitor.cli import console
from monitor.cli.opening import NOTHING_OPEN, Reading, fail, load_inventory
from monitor.cli.options import csv_option, database_option, inventory_argument, json_option
from monitor.cli.text.csv_rows import print_csv
from monitor.coverage.slot_coverage import Coverage, Period
from monitor.coverage.slot_coverage import coverage as covered

_MOST_GAPS = 15


@click.command()
@inventory_argument
@database_option
@json_option
@csv_option
@click.option("--month", metavar="YYYY-MM", help="A calendar month (UTC). Default: the last 30 days.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD", help="First day (UTC).")
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD", help="First day that is not counted (UTC)."
)
def coverage(
    inventory: Path,
    database: str | None,
    as_json: bool,
    as_csv: bool,
    month: str | None,
    since: datetime | None,
    until: datetime | None,
) -> None:
    """Show how much of the due looks gave a verdict: in total, and for each data class, contract and asset.

    A slot is one interval of an asset. It counts as covered if the whole asset was judged in it. It does not count if
    nobody looked, also when leftopen itself was down. Gaps and outages are printed too. --csv prints a row for each
    asset.
    """
    loaded = load_inventory(inventory, quiet=True).inventory
    now = datetime.now(UTC)
    first, last = _period(month, since, until, now)
    with Reading(database) as ledger:
        period = covered(ledger, loaded, first, last, now)
    if as_csv:
        made = coverage_json(period)["assets"]
        print_csv([{"asset": id_, **{k: v for k, v in one.items() if k != "outcomes"}} for id_, one in made.items()])
    elif as_json:
        click.echo(json_text(coverage_json(period), indent=2))
    else:
        _show(period)
    sys.exit(NOTHING_OPEN)


def _period(
    month: str | None, since: datetime | None, until: datetime | None, now: datetime
) -> tuple[datetime, datetime]:
    if month is not None:
        try:
            first = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
        except ValueError:
            fail(f"{month!r} is no month: write it as 2026-11")
        return first, (first + timedelta(days=32)).replace(day=1)
    last = until.replace(tzinfo=UTC) if until else now
    first = since.replace(tzinfo=UTC) if since else last - timedelta(days=30)
    if first >= last:
        fail("--since must be before --until")
    return first, last


def _show(period: Period) -> None:
    out = console.out()
    out.print(f"from {period.since:%Y-%m-%d} up to {period.until:%Y-%m-%d}: {_words(period.all)}")
    table = Table(box=None, pad_edge=False)
    for name in ("", "coverage", "due", "conclusive", "longest gap", "95 % of gaps"):
        table.add_column(name)
    for title, rows in (("data class", period.classes), ("contract", period.contracts), ("asset", period.assets)):
        _rows(table, title, rows)
    out.print(table)
    for id_, gap in period.gaps[:_MOST_GAPS]:
        out.print(f"gap {escape(id_)}: {console.minute(at(gap.start))} to {console.minute(at(gap.end))}, {gap.why}")
    if len(period.gaps) > _MOST_GAPS:
        out.print(f"{len(period.gaps) - _MOST_GAPS} shorter gaps: --json shows them")
    for one in period.outages[:_MOST_GAPS]:
        why = "no round" if one.blind is None else f"blind: {escape(reason_text(one.blind, 'en'))}"
        out.print(f"[red]outage[/] {console.minute(one.start)} to {console.minute(one.end)}: {why}")
    if len(period.outages) > _MOST_GAPS:
        out.print(f"{len(period.outages) - _MOST_GAPS} more outages: --json shows them")


def _rows(table: Table, title: str, rows: Mapping[str, Coverage]) -> None:
    for name, one in rows.items():
        gaps = (str(timedelta(seconds=round(gap.total_seconds()))) for gap in (one.worst_gap, one.p95_gap))
        percent = "-" if one.percent is None else f"{one.percent:.2f} %"
        table.add_row(f"{title} {escape(name)}", percent, str(one.due), str(one.conclusive), *gaps)


def _words(one: Coverage) -> str:
    if one.percent is None:
        return "no slot was due"
    lost = ", ".join(
        f"{count} {outcome}" for outcome, count in one.outcomes.items() if outcome not in ("clear", "exposed")
    )
    return f"coverage {one.percent:.2f} %, {one.conclusive} of {one.due} slots{f'; {lost}' if lost else ''}"
