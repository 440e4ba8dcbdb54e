"""Arguments and options that several commands share, and the group that they hang on."""

from __future__ import annotations

import gc
import logging
import sys
from pathlib import Path

import click

COLLECT_AFTER = 20_000
"""New objects after which Python's collector looks at the youngest; 700 is what it has."""

inventory_argument = click.argument("inventory", type=click.Path(path_type=Path), default="inventory.yaml")
database_option = click.option(
    "--database",
    metavar="FILE",
    help="The ledger. Default: leftopen.db in $STATE_DIRECTORY, else in ./var.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
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


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="leftopen")
@click.option("-v", "--verbose", is_flag=True, help="Say more on stderr of what is being done.")
def main(verbose: bool) -> None:
    """Watch what an organisation declares, from outside and anonymously: prove what is left open, tell who must act.

    Exit codes: 0 nothing is open, 1 something is, 2 wrong usage or inventory, 3 blind.
    """
    # Set once, for all that the program does: pages become many small objects without cycles, and looking for cycles
    # among them again and again takes a tenth of the start and a fifth of a round's CPU.
    gc.set_threshold(COLLECT_AFTER)
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
