"""Commands that show what is on file: findings, deliveries, legal clocks, and the draft for the authority."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

import click

from monitor.cli.options import database_option, inventory_argument, json_option, main, sent_option


@main.command()
@database_option
@json_option
@click.option("--all", "everything", is_flag=True, help="Also what is cleared or only suspected.")
def findings(database: str | None, as_json: bool, everything: bool) -> None:
    """What is open, since when and how far it reaches; worst first. Exit code 1 when anything is."""
    from monitor.commands import findings as command

    sys.exit(command.findings(database, as_json, everything))


@main.command()
@click.argument("id_", metavar="ID")
@database_option
@json_option
def show(id_: str, database: str | None, as_json: bool) -> None:
    """One finding, whole: what, since when, how far, how it was proven, its life, and who was told."""
    from monitor.commands import findings as command

    sys.exit(command.show(id_, database, as_json))


@main.command()
@click.argument("whom", metavar="ID|CHANNEL|PARTY")
@database_option
@json_option
def trace(whom: str, database: str | None, as_json: bool) -> None:
    """Every delivery that was tried: about a finding, or to a channel or a party; who got what, when, how it ended."""
    from monitor.commands import findings as command

    sys.exit(command.trace(whom, database, as_json))


@main.command()
@click.argument("id_", metavar="ID")
@inventory_argument
@database_option
@json_option
@click.option("--party", metavar="P", help="Only the clocks of this party of the chain.")
@sent_option
def clock(
    id_: str, inventory: Path, database: str | None, as_json: bool, party: str | None, sent: tuple[str, ...]
) -> None:
    """The legal clocks of a finding, the most urgent first: who may owe what to whom, since when, and what is left.

    It computes from dated files, one for each version of each law; a person decides. Nothing is sent to anybody.
    """
    from monitor.commands import clock as command
    from monitor.commands.shared import load_inventory

    checked = load_inventory(inventory, quiet=True)
    sys.exit(command.clock(checked.inventory, database, id_, party, sent, as_json))


@main.command()
@click.argument("id_", metavar="ID")
@inventory_argument
@database_option
@click.option("--party", metavar="P", help="The party that reports. Default: the first controller of the chain.")
@click.option("--language", type=click.Choice(["sv", "en"]), help="Default: the party's own.")
@click.option(
    "--kind",
    type=click.Choice(["authority", "people", "register", "csirt"]),
    default="authority",
    show_default=True,
    help="The notification; what people are told (34); the own register (33(5)); the early warning (NIS2).",
)
@sent_option
def draft(
    id_: str,
    inventory: Path,
    database: str | None,
    party: str | None,
    language: Literal["sv", "en"] | None,
    kind: Literal["authority", "people", "register", "csirt"],
    sent: tuple[str, ...],
) -> None:
    """The draft of a notification of a personal data breach (GDPR article 33), or of what goes with it, as Markdown.

    What the ledger proves is filled in; what only a person can say is left open and marked. Nothing is filed.
    """
    from monitor.commands import draft as command
    from monitor.commands.shared import load_inventory

    checked = load_inventory(inventory, quiet=True)
    sys.exit(command.draft(checked.inventory, database, id_, party, language, sent, kind))
