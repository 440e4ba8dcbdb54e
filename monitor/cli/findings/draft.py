"""`leftopen draft`: the pre-filled draft for an authority, as Markdown."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

import click

from monitor.api.clock import DECIDES
from monitor.cli import console
from monitor.cli.findings.case import read_case
from monitor.cli.opening import NOTHING_OPEN, fail, load_inventory
from monitor.cli.options import database_option, id_argument, inventory_argument, sent_option
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.model.parties import Role
from monitor.legal.drafts.draft import imy
from monitor.legal.drafts.further import Kind, draft_of


@click.command()
@id_argument
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
    """Write the draft of a notification to an authority, as Markdown.

    It is the notification of a personal data breach (GDPR article 33), or a document that belongs to it. leftopen fills
    in what the ledger proves. What only a person can say is left open and marked. Nothing is sent to the authority.
    """
    checked = load_inventory(inventory, quiet=True)
    sys.exit(_print(checked.inventory, database, id_, party, language, sent, kind))


def _print(
    inventory: Inventory,
    database: str | None,
    id_: str,
    party: str | None,
    language: Literal["sv", "en"] | None,
    sent: tuple[str, ...],
    kind: Kind = "authority",
) -> int:
    """Print the draft of one party of the chain: the one that is named, else the first controller."""
    case = read_case(inventory, database, id_, sent)
    chain = inventory.chain(case.asset)
    controllers = [one for one in chain if one.role is Role.CONTROLLER]
    named = next((one for one in chain if one.id == party), None)
    if party is not None and named is None:
        fail(f"{party!r} is not of the asset's chain (known: {', '.join(one.id for one in chain)})")
    reporter = named or (controllers or list(chain))[0]
    click.echo(draft_of(kind, case, inventory, reporter, language or reporter.language, imy()))
    console.talk().print(DECIDES)
    return NOTHING_OPEN
