"""`leftopen worker`: looks for the hub of a fleet."""

from __future__ import annotations

import logging
import os
import resource
import sys
from pathlib import Path

import click

from monitor.cli.main import collect_rarely
from monitor.cli.opening import BLIND, NOTHING_OPEN, fail
from monitor.inventory.values.secrets import NoSecret, resolve_secret, warning
from monitor.proof.formats.note import BadNote, SigningKey, VerifierKey
from monitor.proof.log.checkpoint import KeyMissing, signing_key

LOCAL_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@click.argument("declaration", type=LOCAL_FILE)
@click.option(
    "--owner",
    metavar="KEY",
    help="The public key with which the declaration is signed, or file:/path. Default: the file owner.pub beside it.",
)
@click.option(
    "--hub",
    metavar="KEY",
    help="The public key of the hub, or file:/path: its batches alone are taken. Default: the file hub.pub.",
)
@click.option(
    "--key",
    metavar="REF",
    help="Where this vantage's own key is: env:NAME or file:/path. Default: the file worker.key.",
)
@click.option(
    "--broker",
    metavar="REF",
    help="Where the broker's address is (a secret): env:NAME or file:/path. Default: the file worker.broker.",
)
@click.option(
    "--authority",
    type=LOCAL_FILE,
    help="Who signs the broker's certificate, if nobody known (PEM). Default: broker-ca.pem, where that is there.",
)
@click.option(
    "--queue",
    type=click.Choice(["looks", "alone"]),
    default="looks",
    show_default=True,
    help="`alone` takes single hosts, one at a time, of batches that have ended a worker. Each vantage needs one.",
)
@click.option(
    "--threads", type=click.IntRange(1, 256), default=16, show_default=True, help="Batches that are looked at at once."
)
@click.option(
    "--refused",
    type=click.Path(path_type=Path, dir_okay=False),
    default="leftopen.refused",
    show_default=True,
    help="The file that remembers which passwords of declared subjects were refused: they are not sent again.",
)
def worker(
    declaration: Path,
    owner: str | None,
    hub: str | None,
    key: str | None,
    broker: str | None,
    authority: Path | None,
    queue: str,
    threads: int,
    refused: Path,
) -> None:
    """Look for the hub of a fleet, from the network of this machine.

    DECLARATION is what this machine may look at: `leftopen fleet declare` makes it, and signs it beside it
    (DECLARATION.sig). Nothing else is ever asked, whatever the hub or the broker says. A changed declaration is taken
    on by itself. Keys and the broker's address lie beside it, unless options say where else: so one more worker is
    this folder on one more machine. SIGTERM lets the batches under way end. Exit code 3 when the broker refuses it.
    """
    beside = declaration.absolute().parent
    if authority is None and (beside / "broker-ca.pem").exists():
        authority = beside / "broker-ca.pem"
    key, broker = key or f"file:{beside / 'worker.key'}", broker or f"file:{beside / 'worker.broker'}"
    for open_to_all in filter(None, map(warning, (key, broker))):
        click.echo(open_to_all, err=True)
    try:
        own = signing_key(key, os.environ)
        address = resolve_secret(broker, os.environ)
        keys = (
            public_key("--owner", owner or f"file:{beside / 'owner.pub'}"),
            public_key("--hub", hub or f"file:{beside / 'hub.pub'}"),
        )
    except (KeyMissing, NoSecret) as error:
        fail(str(error))
    sys.exit(_work(declaration, keys, own, (address, authority), queue == "alone", threads, refused))


def public_key(option: str, text: str) -> VerifierKey:
    """The public key that an option gives, as it is or as the place where it lies."""
    try:
        return VerifierKey.parse(resolve_secret(text, os.environ) if text.startswith(("file:", "env:")) else text)
    except (BadNote, NoSecret) as error:
        fail(f"{option}: {error} (a key that lies in a file is given as file:/path)")


def _work(
    declaration: Path,
    keys: tuple[VerifierKey, VerifierKey],
    own: SigningKey,
    where: tuple[str, Path | None],
    alone: bool,
    threads: int,
    refused: Path,
) -> int:
    try:
        from monitor.fleet.broker import Broker, NoBroker
        from monitor.fleet.declaration import NotDeclared
        from monitor.fleet.looker import Looker
        from monitor.fleet.worker import work
        from monitor.store.files.refused_file import RefusedFile, RefusedFileUnusable
    except ImportError as error:
        fail(f"{error.name} is missing: pip install 'leftopen[fleet]'")
    logging.getLogger("leftopen").setLevel(logging.INFO)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    owner, hub = keys
    try:
        broker, memory = Broker(*where), RefusedFile(refused, own.secret())
        looker = Looker(declaration, owner, os.environ, memory)
    except (NoBroker, NotDeclared, RefusedFileUnusable) as error:
        fail(str(error))
    collect_rarely()  # the declaration stays too: it may have a hundred thousand assets
    return BLIND if work(broker, looker, own, hub, alone=alone, threads=threads) else NOTHING_OPEN
