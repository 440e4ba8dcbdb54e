"""`leftopen token`: what programs sign in with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from monitor.cli import console
from monitor.cli.opening import database_path, fail, load_inventory
from monitor.cli.options import database_option, inventory_argument
from monitor.cli.sentences import WholeSentences
from monitor.cli.web.web import known_grant, party_option, role_option
from monitor.store.access.access_file import AccessFile
from monitor.store.ledger import LedgerUnusable
from monitor.web.identity.token_scopes import TokenScope

LONGEST_DAYS = 365


@click.group(cls=WholeSentences)
def token() -> None:
    """Make, list and revoke tokens for programs."""


@token.command()
@click.argument("label", metavar="LABEL")
@inventory_argument
@database_option
@role_option
@party_option
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice([one.value for one in TokenScope]),
    help="What the token may be used for; may be repeated.",
)
@click.option(
    "--days", type=click.IntRange(1, LONGEST_DAYS), default=90, show_default=True, help="After how many days it ends."
)
def make(
    label: str, inventory: Path, database: str | None, role: str, party: str, scopes: tuple[str, ...], days: int
) -> None:
    """Make a token and print it once: leftopen stores only its digest."""
    known_grant(load_inventory(inventory, quiet=True).inventory, role, party)
    now = datetime.now(UTC)
    file = _open(database)
    made = file.make_token(label.strip(), role, party, tuple(dict.fromkeys(scopes)), now, now + timedelta(days=days))
    file.close()
    if made is None:
        fail(f"there is a token {label!r} already: `leftopen token list`")
    click.echo(made)
    console.talk().print(
        f"{role} of {party}, {' '.join(scopes)}, until {now + timedelta(days=days):%Y-%m-%d}", markup=False
    )


@token.command(name="list")
@database_option
def list_(database: str | None) -> None:
    """List every token: what it is for, when it ends, when it was last used."""
    file = _open(database)
    now, table = datetime.now(UTC), Table(show_edge=False, pad_edge=False)
    for heading in ("label", "grant", "scopes", "ends", "last used", "holds"):
        table.add_column(heading, overflow="fold")
    for one in file.tokens():
        holds = "taken back" if one.revoked else "ended" if now >= one.ends else "yes"
        used = console.minute(one.used)
        cells = (one.label, f"{one.role}:{one.party}", " ".join(one.scopes), f"{one.ends:%Y-%m-%d}", used, holds)
        table.add_row(*map(escape, cells))
    file.close()
    console.out().print(table)


@token.command()
@click.argument("label", metavar="LABEL")
@database_option
def revoke(label: str, database: str | None) -> None:
    """Revoke a token: it is refused from now on."""
    file = _open(database)
    done = file.revoke(label, datetime.now(UTC))
    file.close()
    if not done:
        fail(f"no token {label!r} that is valid: `leftopen token list`")
    console.talk().print(f"taken back: {label}", markup=False)


def _open(database: str | None) -> AccessFile:
    try:
        return AccessFile(database_path(database))
    except LedgerUnusable as error:
        fail(str(error))
