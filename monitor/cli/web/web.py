"""`leftopen web`: the dashboard and the API."""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from monitor.cli import console
from monitor.cli.opening import NOTHING_OPEN, database_path, fail, load_inventory, run_to_end
from monitor.cli.options import database_option, inventory_argument
from monitor.cli.sentences import WholeSentences
from monitor.inventory.model.installation.web import WebRole
from monitor.inventory.model.inventory import Inventory
from monitor.service.parts.web import WebKeeper
from monitor.service.reload import Reload
from monitor.service.supervisor import PartFailed
from monitor.store.access.access_file import AccessFile
from monitor.store.access.scope import ScopedLedger
from monitor.store.access.views import ReadScope
from monitor.store.ledger import LedgerUnusable
from monitor.web.identity.grants import direct

LASTS = timedelta(minutes=10)
role_option = click.option(
    "--role",
    required=True,
    type=click.Choice([role.value for role in WebRole]),
    help="What the person or program may do.",
)
party_option = click.option(
    "--party",
    required=True,
    metavar="ID",
    help="Whose assets are shown: those that this party runs, or has run for it by contract.",
)


class _ServeByDefault(WholeSentences):
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or args[0] not in (*self.commands, *ctx.help_option_names):
            args = ["serve", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_ServeByDefault)
def web() -> None:
    """Serve the dashboard and the API, as `web:` of the inventory declares them.

    Without a command: `serve`. `leftopen watch` serves them too.
    """


@web.command()
@inventory_argument
@database_option
def serve(inventory: Path, database: str | None) -> None:
    """Serve the dashboard and the API for reading only, with or without a running `leftopen watch`.

    Actions are refused. SIGTERM or Ctrl-C stops it. It reads the inventory again when the file changes.
    """
    declared = load_inventory(inventory).inventory
    if declared.web is None:
        fail(f"{inventory} has no section web: docs/web.md shows one")
    path = database_path(database)
    try:
        ScopedLedger(path, ReadScope("nothing", frozenset(), frozenset(), frozenset())).close()
    except LedgerUnusable as error:
        fail(str(error))
    sys.exit(run_to_end(_serve(declared, inventory, path)))


async def _serve(declared: Inventory, file: Path, database: Path) -> int:
    current, stop = declared, asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    keeper = WebKeeper(lambda: current, database, _now)
    reload = Reload(file, lambda: _now().date(), declared.stamps)
    try:
        try:
            await keeper.serve()
        except PartFailed as error:
            fail(str(error))
        where = declared.web
        if where is not None:
            console.talk().print(f"reading at {where.url} (listening on {where.listen}); Ctrl-C stops", markup=False)
        while not stop.is_set():
            try:
                await asyncio.wait_for(stop.wait(), 1.0)
            except TimeoutError:
                current = await reload.changed() or current
                await _keep(keeper)
        return NOTHING_OPEN
    finally:
        await keeper.close()


def _now() -> datetime:
    return datetime.now(UTC)


async def _keep(keeper: WebKeeper) -> None:
    try:
        await keeper.serve()
    except PartFailed as error:
        click.echo(str(error), err=True)


@web.command()
@inventory_argument
@database_option
@role_option
@party_option
@click.option(
    "--name", required=True, metavar="NAME", help="Who is invited. The name is shown in the log and with actions."
)
def invite(inventory: Path, database: str | None, role: str, party: str, name: str) -> None:
    """Print a link with which one person can sign in, once and within ten minutes.

    Use it if there is no identity provider. Give the link only to that person: the first person who opens it is in.
    """
    declared = load_inventory(inventory, quiet=True).inventory
    if declared.web is None:
        fail(f"{inventory} has no section web: docs/web.md shows one")
    known_grant(declared, role, party)
    if not name.strip():
        fail("say who is invited")
    try:
        file = AccessFile(database_path(database))
    except LedgerUnusable as error:
        fail(str(error))
    secret = file.invite(" ".join(name.split())[:80], role, party, datetime.now(UTC), LASTS)
    file.close()
    click.echo(f"{declared.web.url.rstrip('/')}/invite/{secret}")
    console.talk().print(f"works once, for {LASTS.seconds // 60} minutes: {role} of {party}", markup=False)


def known_grant(inventory: Inventory, role: str, party: str) -> None:
    """End the program with code 2 when there can be no such grant."""
    parties = [one.id for one in inventory.parties]
    if party not in parties:
        fail(f"no party {party!r} (known: {', '.join(parties)})")
    if direct(inventory, role, party) is None:
        own = ", ".join(sorted(inventory.own_parties()))
        fail(f"an operator is of the organisation that runs leftopen: {own or 'none is declared'}")
