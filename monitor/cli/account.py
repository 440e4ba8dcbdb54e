"""The command of the account side: settings of buckets, read with credentials that the inventory refers to."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from monitor.cli.options import database_option, inventory_argument, json_option, main


@main.command()
@inventory_argument
@database_option
@json_option
@click.option("--account", "accounts", multiple=True, metavar="ID", help="Read this account alone; may be repeated.")
@click.option("--propose", is_flag=True, help="Print assets for the buckets that the inventory lacks, as YAML.")
@click.option("--no-alerts", is_flag=True, help="Leave the messages that are owed in the outbox.")
def account(
    inventory: Path, database: str | None, as_json: bool, accounts: tuple[str, ...], propose: bool, no_alerts: bool
) -> None:
    """Read the settings of the declared accounts' buckets, and hold them against what was last seen from outside.

    It needs credentials that may read settings, and nothing else; it changes nothing. A bucket whose settings
    disagree with its verdict is a finding. With --json a line is printed for each bucket.
    """
    from monitor.commands import account as command
    from monitor.commands.shared import fail, load_inventory, open_ledger, run_to_end

    checked = load_inventory(inventory)
    known = [one.id for one in checked.inventory.accounts]
    if not known:
        fail(f"{inventory} declares no accounts: see docs/buckets-account.md")
    strangers = [one for one in accounts if one not in known]
    if strangers:
        fail(f"no account {strangers[0]!r} in {inventory} (known: {', '.join(sorted(known))})")
    work = command.account(checked, open_ledger(database), accounts, as_json, propose, not no_alerts)
    sys.exit(run_to_end(work))
