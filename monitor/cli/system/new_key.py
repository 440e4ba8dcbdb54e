"""`leftopen new-key`: another key for a ledger whose own is lost."""

from __future__ import annotations

import sys

import click

from monitor.cli.opening import NOTHING_OPEN, database_path, fail
from monitor.cli.options import database_option
from monitor.store import encryption
from monitor.store.encryption import KeyUnusable, key_file


@click.command("new-key")
@database_option
def new_key(database: str | None) -> None:
    """Make a new key for a ledger whose key is lost.

    An existing key is never replaced. Data that was encrypted with the old key is lost: a finding can then be closed
    without a test of the files that were once seen open, and every channel must be confirmed again.
    """
    path = database_path(database)
    if not path.exists():
        fail(f"there is no ledger {path}: --database names another")
    file = key_file(path)
    if file.exists():
        fail(f"{file} is there: nothing was changed")
    try:
        encryption.new_key(path)
    except OSError as error:
        fail(f"cannot make {file}: {error.strerror}")
    except KeyUnusable as error:
        fail(str(error))
    click.echo(f"made {file}")
    sys.exit(NOTHING_OPEN)
