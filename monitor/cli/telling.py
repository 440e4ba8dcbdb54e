"""Commands about being told, and about ourselves: drills, channels, health."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from monitor.cli.options import database_option, inventory_argument, json_option, main


@main.command()
@inventory_argument
@database_option
@click.option("--test", "channel", required=True, metavar="CHANNEL", help="The channel to send a drill to.")
def alert(inventory: Path, database: str | None, channel: str) -> None:
    """A drill through the real path: put on file, sent by a process of its own, marked. Says what the provider said."""
    from monitor.commands.look import drill
    from monitor.commands.shared import fail, load_inventory, open_ledger, run_to_end

    checked = load_inventory(inventory)
    known = [c.id for c in checked.inventory.channels]
    if channel not in known:
        fail(f"no channel {channel!r} in {inventory} (known: {', '.join(known) or 'none'})")
    sys.exit(run_to_end(drill(checked, open_ledger(database), channel)))


@main.command()
@inventory_argument
@database_option
@json_option
def health(inventory: Path, database: str | None, as_json: bool) -> None:
    """Can we see, can we tell: blind rounds, late assets, places without a verdict, messages that were not accepted.

    Exit code 0 when all is well, 3 when something is not.
    """
    from monitor.commands.health import report
    from monitor.commands.shared import load_inventory

    sys.exit(report(load_inventory(inventory, quiet=True), database, as_json))


@main.command()
@inventory_argument
@database_option
@json_option
@click.option("--party", metavar="P", help="Only the channels of this party.")
@click.option("--report", is_flag=True, help="Send nothing: print every drill, and how long it took.")
def drill(inventory: Path, database: str | None, as_json: bool, party: str | None, report: bool) -> None:
    """A drill from end to end: a known-open place is looked at, and every channel of every party is told, marked DRILL.

    Where the acknowledgement page is declared the message has a link; --report shows how long it took to be accepted
    and to be answered by a person.
    """
    from monitor.commands import drill as command
    from monitor.commands.shared import fail, load_inventory, open_ledger, run_to_end

    if report:
        sys.exit(command.report(database, as_json))
    checked = load_inventory(inventory)
    known = [one.id for one in checked.inventory.parties]
    if party is not None and party not in known:
        fail(f"no party {party!r} in {inventory} (known: {', '.join(known) or 'none'})")
    sys.exit(run_to_end(command.run(checked, open_ledger(database), party)))
