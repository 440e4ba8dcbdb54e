"""`leftopen draft`: the pre-filled draft for an authority, as Markdown on stdout."""

from __future__ import annotations

from typing import Literal

import click

from monitor.commands import console
from monitor.commands.clock import DECIDES, read_case
from monitor.commands.shared import NOTHING_OPEN, fail
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.model.parties import Role
from monitor.legal.drafts.draft import imy
from monitor.legal.drafts.further import Kind, draft_of


def draft(
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
