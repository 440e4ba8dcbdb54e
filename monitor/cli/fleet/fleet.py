"""`leftopen fleet`: what other machines need to look for this installation, and how they do."""

from __future__ import annotations

import json
import os
import secrets
import shlex
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import click

from monitor.cli.opening import NOTHING_OPEN, fail, load_inventory
from monitor.cli.options import inventory_argument
from monitor.cli.sentences import WholeSentences
from monitor.inventory.excerpt import excerpt
from monitor.inventory.load import Problems
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.values.secrets import NoSecret, resolve_secret
from monitor.proof.log.checkpoint import KeyMissing, signing_key
from monitor.store.files.whole_file import write_new


@click.group(cls=WholeSentences)
def fleet() -> None:
    """Look from other machines, over a message broker: docs/fleet.md says how."""


@fleet.command("declare")
@inventory_argument
@click.argument("vantage")
@click.option("--key", "ref", required=True, metavar="REF", help="The owner's own key: env:NAME or file:/path.")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Where to write the declaration.")
def declare(inventory: Path, vantage: str, ref: str, output: Path) -> None:
    """Write and sign the declaration of VANTAGE: the part of the inventory that its workers may look at.

    It is signed with a key that the hub does not have: so nobody who breaks into the hub or the broker can send a
    worker anywhere else. Carry it and OUTPUT.sig to the workers' machines.
    """
    from monitor.fleet.declaration import sign, signature_file

    known = [one.id for one in _declared(inventory).vantages]
    if vantage not in known:
        fail(f"there is no vantage {vantage!r} (known: {', '.join(known)})")
    try:
        key = signing_key(ref, os.environ)
        text = excerpt(inventory, vantage)
        output.write_text(text, "utf-8")
        signature_file(output).write_text(sign(text, key), "utf-8")
    except (KeyMissing, Problems) as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}")
    count = len(json.loads(text)["assets"])
    click.echo(f"{output}: {count} assets, signed by {key.verifier}", err=True)
    sys.exit(NOTHING_OPEN)


@fleet.command("setup")
@inventory_argument
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--run", "runs", is_flag=True, help="Import it here, as a user who may use rabbitmqctl.")
def setup(inventory: Path, folder: Path, runs: bool) -> None:
    """Make what RabbitMQ needs to know: a virtual host and a user for each vantage, and the hub's user.

    FOLDER/definitions.json is written, and the call of rabbitmqctl that imports it is printed, or done with --run. The
    user of a vantage may take its batches and hand in its results, and nothing else. FOLDER/VANTAGE.broker is the
    address that its workers need: only you can read it, and one that is there stays. Of a vantage that is declared no
    longer the calls that take it away from the broker are printed, and never done.
    """
    try:
        from monitor.fleet.broker import Broker, NoBroker
        from monitor.fleet.topology import definitions, user_of
    except ImportError as error:
        fail(f"{error.name} is missing: pip install 'leftopen[fleet]'")

    declared = _declared(inventory)
    reference = declared.fleet.broker if declared.fleet is not None else ""
    try:
        broker = urlsplit(Broker(resolve_secret(reference, os.environ)).address)
    except (NoSecret, NoBroker) as error:
        fail(str(error))
    passwords: dict[str, str] = {}
    file = folder / "definitions.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for one in declared.vantages:
            address_file = folder / f"{one.id}.broker"
            if not address_file.exists():
                user = f"{quote(user_of(one.id), safe='')}:{secrets.token_urlsafe(32)}"
                host = broker.netloc.rpartition("@")[2]
                _write(address_file, Broker(f"{broker.scheme}://{user}@{host}").of(one.id).address + "\n")
            passwords[one.id] = urlsplit(address_file.read_text("utf-8").strip()).password or ""
        made = definitions((unquote(broker.username or ""), unquote(broker.password or "")), passwords)
        file.unlink(missing_ok=True)
        _write(file, json.dumps(made, indent=2) + "\n")
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}")
    for gone in sorted(one for one in folder.glob("*.broker") if one.stem not in passwords):
        calls = (
            ["rabbitmqctl", "delete_user", user_of(gone.stem)],
            ["rabbitmqctl", "delete_vhost", gone.stem],
            ["rm", str(gone.absolute())],
        )
        click.echo(f"{gone.stem} is no declared vantage; what takes it away from the broker:", err=True)
        click.echo("".join(f"  {shlex.join(call)}\n" for call in calls), err=True, nl=False)
    call = ["rabbitmqctl", "import_definitions", str(file.absolute())]
    if not runs:
        click.echo(shlex.join(call))
        sys.exit(NOTHING_OPEN)
    try:
        done = subprocess.run(call, text=True, capture_output=True, check=False)  # noqa: S603  a call of ours
    except OSError as error:
        fail(f"rabbitmqctl: {error.strerror}")
    if done.returncode:
        fail((done.stderr or done.stdout).strip()[:2000])
    click.echo(f"{len(passwords)} vantages are set up; {folder}/VANTAGE.broker is for their workers")
    sys.exit(NOTHING_OPEN)


def _write(file: Path, text: str) -> None:
    write_new(file, text.encode())


def _declared(inventory: Path) -> Inventory:
    declared = load_inventory(inventory, quiet=True).inventory
    if declared.fleet is None or not declared.vantages:
        fail(f"{inventory} declares no `fleet` and no `vantages`: docs/fleet.md says how")
    return declared
