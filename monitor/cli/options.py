"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

inventory_argument = click.argument("inventory", type=click.Path(path_type=Path), default="inventory.yaml")
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
id_argument = click.argument("id_", metavar="ID")
