"""`leftopen exceptions`: what may stay open, until when, and who decided it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from monitor.api.json_text import json_text
from monitor.cli import console
from monitor.cli.opening import Reading, load_inventory
from monitor.cli.options import csv_option, database_option, inventory_argument, json_option
from monitor.cli.text.csv_rows import print_csv
from monitor.coverage import endings
from monitor.coverage.endings import AHEAD, Ending, EndingKind

_WORDS = {EndingKind.PUBLIC: "open by intent", EndingKind.ACCEPTANCE: "risk accepted"}


@click.command()
@inventory_argument
@database_option
@json_option
@csv_option
def exceptions(inventory: Path, database: str | None, as_json: bool, as_csv: bool) -> None:
    """List what may stay open, until when, and who decided it.

    These are the `public` entries of the inventory and the risks that were accepted. leftopen announces the end of an
    exception 30, 14 and 3 days before, and on its last day. After that the place counts as open again.
    """
    checked = load_inventory(inventory, quiet=True).inventory
    today = datetime.now(UTC).date()
    with Reading(database) as ledger:
        found = endings.exceptions(ledger, checked)
    if as_csv:
        print_csv([_json(one, today) for one in found])
    elif as_json:
        for one in found:
            click.echo(json_text(_json(one, today)))
    elif found:
        _table(console.out(), found, today)
    else:
        console.talk().print("no exception is in force")


def _json(one: Ending, today: date) -> dict[str, Any]:
    return {
        "exception": _WORDS[one.kind],
        "name": one.name,
        "assets": list(one.assets),
        "until": one.until.isoformat(),
        "days_left": one.days_left(today),
        "decided_by": one.decided_by,
        "reason": one.reason,
        "findings": list(one.findings),
    }


def _table(out: Console, found: tuple[Ending, ...], today: date) -> None:
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("until", no_wrap=True)
    table.add_column("left", no_wrap=True)
    table.add_column("exception", no_wrap=True)
    for heading in ("of", "decided by", "why"):
        table.add_column(heading, overflow="fold")
    table.add_column("findings", no_wrap=True)
    for one in found:
        left = one.days_left(today)
        colour = "red" if left < 0 else "yellow" if left <= AHEAD[1] else "default"
        table.add_row(
            one.until.isoformat(),
            f"[{colour}]{'ended' if left < 0 else f'{left} d'}[/]",
            _WORDS[one.kind],
            escape(" ".join(dict.fromkeys((*one.assets, *one.name.split(" "))))),
            escape(one.decided_by or "-"),
            escape(one.reason),
            "\n".join(one.findings) or "-",
        )
    out.print(table)
