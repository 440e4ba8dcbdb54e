"""Arguments and options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from monitor.cli import completion
from monitor.cli.opening import default_inventory
from monitor.findings.finding import Severity

_Command = TypeVar("_Command", bound=Callable[..., Any])


inventory_argument = click.argument("inventory", type=click.Path(path_type=Path), default=default_inventory)
database_option = click.option(
    "--database",
    metavar="FILE",
    help="The ledger. Default: leftopen.db in $STATE_DIRECTORY, else in ./var.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
csv_option = click.option("--csv", "as_csv", is_flag=True, help="Print CSV with a heading, for a spreadsheet.")
by_option = click.option("--by", required=True, metavar="NAME", help="The person who does it.")
sent_option = click.option(
    "--sent",
    multiple=True,
    metavar="PARTY:DUTY=TIME",
    help="Count with a party having sent this, such as region:notification=2026-11-21T09:30+01:00; may be repeated. "
    "It is not put on file.",
)
reason_option = click.option("--reason", required=True, metavar="TEXT", help="Why, in a sentence.")
id_argument = click.argument("id_", metavar="ID", shell_complete=completion.findings)
channel_argument = click.argument("channel", metavar="CHANNEL", shell_complete=completion.channels)
severity_option = click.option(
    "--severity",
    "severities",
    multiple=True,
    type=click.Choice([one.value for one in Severity]),
    help="Only findings this grave; may be repeated.",
)


def chain_options(command: _Command) -> _Command:
    """`--party` and `--contract`: what is in somebody's chain, or under one contract."""
    party = click.option(
        "--party", metavar="ID", help="Only assets that this party runs, or has run for it by contract."
    )
    contract = click.option("--contract", metavar="ID", help="Only assets under this contract, or one below it.")
    return party(contract(command))
