"""`leftopen probing-txt`: the page that tells the owner of a log who sent the requests in it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from monitor.cli.opening import NOTHING_OPEN, fail, load_inventory
from monitor.cli.options import inventory_argument
from monitor.inventory.model.inventory import Inventory

LONGEST = 365
"""Days for which such a file may hold: RFC 9116 section 2.5.5 asks for less than a year."""


@click.command("probing-txt")
@inventory_argument
@click.option(
    "--days", type=click.IntRange(1, LONGEST - 1), default=330, show_default=True, help="Days until the file expires."
)
def probing_txt(inventory: Path, days: int) -> None:
    """Print the file that explains your requests to the owner of a log: /.well-known/probing.txt (RFC 9511).

    Serve it as text/plain at the address that the inventory declares as `about`. Every request contains that address.
    Serve it too at the addresses from which the requests come. Write it anew before it expires.
    """
    checked = load_inventory(inventory, quiet=True).inventory
    if checked.organisation.about is None:
        fail(
            "the inventory has no `about` under `organisation:`. Declare the address at which you will serve the file,"
            " for example https://scan.example.org/.well-known/probing.txt"
        )
    click.echo(text(checked, datetime.now(UTC) + timedelta(days=days)), nl=False)
    sys.exit(NOTHING_OPEN)


def text(inventory: Inventory, expires: datetime) -> str:
    """The file, in the syntax of RFC 9116 and with the fields of RFC 9511 section 3."""
    who = inventory.organisation
    languages = dict.fromkeys(party.language for party in inventory.parties)
    fields = {
        "Canonical": str(who.about),
        "Contact": f"mailto:{who.contact}",
        "Expires": f"{expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages": ", ".join(languages),
        "Description": f"{' '.join(who.name.split())} looks at declared hosts for folders, buckets and services that "
        "are open to anyone. Requests say leftopen in User-Agent, log in nowhere, change nothing, and keep no content.",
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items())
