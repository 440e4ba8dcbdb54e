"""`leftopen backup`: a copy of the ledger."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from monitor.cli.opening import NOTHING_OPEN, database_path, fail
from monitor.cli.options import database_option
from monitor.store.backup import BackupFailed, back_up


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@database_option
@click.option(
    "--key",
    type=click.Path(path_type=Path),
    help="Also copy the key to this file. Keep it in another place than the copy.",
)
def backup(target: Path, database: str | None, key: Path | None) -> None:
    """Copy the ledger to a file, also while leftopen runs, and check the copy.

    The log of who read what is in it. Sessions, invitations and tokens are not: after a restore people sign in again,
    and programs need new tokens.

    Only the owner of the copy can read it. Without its key the copy shows where something is open, but not the names of
    files. `leftopen restore` needs both.
    """
    path = database_path(database)
    if not path.exists():
        fail(f"there is no ledger {path}: --database names another")
    try:
        size = back_up(path, target, key)
    except BackupFailed as error:
        fail(str(error))
    click.echo(f"copied {path} to {target} ({size / 1e6:.1f} MB), checked")
    if key is None:
        click.echo(f"the key {path}.key is not in it: keep a copy of the key in another place", err=True)
    sys.exit(NOTHING_OPEN)
