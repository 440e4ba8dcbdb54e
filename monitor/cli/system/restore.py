"""`leftopen restore`: a copy of the ledger is put back."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from monitor.cli.opening import NOTHING_OPEN, database_path, fail
from monitor.cli.options import database_option
from monitor.store.backup import BackupFailed, put_back


@click.command()
@click.argument("copy", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--key", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=True, help="The key of the copy."
)
@database_option
def restore(copy: Path, key: Path, database: str | None) -> None:
    """Restore a copy that `leftopen backup` made, with its key.

    An existing ledger is never overwritten, nor is an existing log of who read what (`access.db`). Messages that were
    sent after the copy was made are sent again, with the same ids.
    """
    path = database_path(database)
    try:
        put_back(copy, key, path)
    except BackupFailed as error:
        fail(str(error))
    click.echo(f"restored {path} from {copy}")
    sys.exit(NOTHING_OPEN)
