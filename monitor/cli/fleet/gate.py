"""`leftopen gate`: batches and results over HTTPS, for networks from which no broker can be reached."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import ssl
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import click

from monitor.cli.fleet.worker import public_key
from monitor.cli.opening import BLIND, NOTHING_OPEN, fail
from monitor.cli.sentences import WholeSentences
from monitor.inventory.values.listening import listening_of
from monitor.inventory.values.secrets import NoSecret, resolve_secret
from monitor.proof.formats.note import SigningKey
from monitor.proof.log.checkpoint import KeyMissing, signing_key

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_registry = click.option(
    "--registry", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The file of registered keys."
)


@click.group(cls=WholeSentences)
def gate() -> None:
    """Look from a network that reaches only HTTPS: docs/fleet.md says how."""


@gate.command("serve")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@_registry
@click.option("--listen", default="127.0.0.1:8490", show_default=True, metavar="PLACE", help="Where to listen.")
@click.option("--certificate", type=_FILE, help="The certificate of TLS, with its chain (PEM).")
@click.option("--certificate-key", type=_FILE, help="Its private key (PEM).")
@click.option("--broker-authority", type=_FILE, help="Who signs the broker's certificate, if nobody known (PEM).")
@click.option("--client-authority", type=_FILE, help="Whose client certificates are taken (PEM).")
def serve(
    folder: Path,
    registry: Path,
    listen: str,
    certificate: Path | None,
    certificate_key: Path | None,
    broker_authority: Path | None,
    client_authority: Path | None,
) -> None:
    """Serve the gate for the vantages in FOLDER, until SIGTERM.

    FOLDER holds VANTAGE.broker for each, as `leftopen fleet setup` writes it: copy those of the vantages that come
    through this gate. Without a certificate it listens on this machine alone, behind your own TLS.
    """
    try:
        place = listening_of(listen)
    except ValueError as error:
        fail(f"--listen: {error}")
    if (certificate is None) != (certificate_key is None) or (client_authority and certificate is None):
        fail("give --certificate together with --certificate-key; --client-authority needs both")
    if certificate is None and not place.only_here:
        fail(f"{place} can be reached from outside, and nothing is in clear text there: give --certificate")
    try:
        from monitor.fleet.broker import Broker, NoBroker
        from monitor.fleet.gate.server import serve_gate, tls
    except ImportError as error:
        fail(f"{error.name} is missing: pip install 'leftopen[fleet]'")
    queues = {}
    for file in sorted(folder.glob("*.broker")):
        try:
            queues[file.name.removesuffix(".broker")] = Broker(file.read_text("utf-8").strip(), broker_authority)
        except (OSError, UnicodeDecodeError, NoBroker) as error:
            fail(f"{file}: {error}")
    if not queues:
        fail(f"{folder} holds no VANTAGE.broker")
    context = None
    if certificate is not None and certificate_key is not None:
        try:
            authority = None if client_authority is None else str(client_authority)
            context = tls(str(certificate), str(certificate_key), authority)
        except OSError as error:
            fail(f"{certificate}: {error}")
    logging.getLogger("leftopen").setLevel(logging.INFO)
    try:
        asyncio.run(serve_gate(queues, registry, place, context))
    except OSError as error:
        fail(f"cannot listen on {place}: {error.strerror}")
    sys.exit(NOTHING_OPEN)


@gate.command("code")
@click.argument("vantage")
@_registry
def code(vantage: str, registry: Path) -> None:
    """Print a code with which the worker of VANTAGE registers its key at this gate: once, and within a day."""
    from monitor.fleet.gate.registry import Registry, RegistryUnusable

    try:
        click.echo(Registry(registry).new_code(vantage, datetime.now(UTC)))
    except RegistryUnusable as error:
        fail(str(error))
    sys.exit(NOTHING_OPEN)


@gate.command("forget")
@click.argument("vantage")
@_registry
def forget(vantage: str, registry: Path) -> None:
    """Take away the key that VANTAGE has registered: it is let in no more."""
    from monitor.fleet.gate.registry import Registry, RegistryUnusable

    try:
        known = Registry(registry).forget(vantage)
    except RegistryUnusable as error:
        fail(str(error))
    click.echo(f"{vantage} has no key at this gate" + ("" if known else ", and had none"), err=True)
    sys.exit(NOTHING_OPEN)


_url = click.option("--url", required=True, metavar="URL", help="The gate: https://gate.region.example")
_key = click.option(
    "--key", required=True, metavar="REF", help="Where the vantage's own key is: env:NAME or file:/path."
)
_proxy = click.option("--proxy", metavar="REF", help="Where the URL of an HTTP proxy is: env:NAME or file:/path.")
_authority = click.option("--authority", type=_FILE, help="Who signs the gate's certificate, if nobody known (PEM).")


@gate.command("register")
@click.argument("code")
@_url
@_key
@_proxy
@_authority
def register(code: str, url: str, key: str, proxy: str | None, authority: Path | None) -> None:
    """Register this vantage's key at the gate with CODE, and print its public key: declare that in `vantages`."""
    from monitor.fleet.gate.worker import NotTaken, RefusedForGood, Way, register_key

    own = _own_key(key)
    way = Way(_checked(url), _proxy_of(proxy), _trust(authority, None, None))
    try:
        vantage = asyncio.run(register_key(way, code, str(own.verifier)))
    except (NotTaken, RefusedForGood) as error:
        fail(str(error))
    click.echo(f"registered for {vantage}", err=True)
    click.echo(str(own.verifier))
    sys.exit(NOTHING_OPEN)


@gate.command("work")
@click.argument("declaration", type=_FILE)
@_url
@click.option(
    "--owner", required=True, metavar="KEY", help="The public key with which the declaration is signed, or file:/path."
)
@click.option(
    "--hub", required=True, metavar="KEY", help="The public key of the hub, or file:/path: its batches alone are taken."
)
@_key
@click.option(
    "--unsent",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file that keeps results until the gate has them.",
)
@_proxy
@_authority
@click.option("--client-certificate", type=_FILE, help="A certificate for this vantage, instead of a registered key.")
@click.option("--client-key", type=_FILE, help="Its private key (PEM).")
@click.option("--takers", type=click.IntRange(1, 64), default=4, show_default=True, help="Batches looked at at once.")
def work(
    declaration: Path,
    url: str,
    owner: str,
    hub: str,
    key: str,
    unsent: Path,
    proxy: str | None,
    authority: Path | None,
    client_certificate: Path | None,
    client_key: Path | None,
    takers: int,
) -> None:
    """Look for the hub of a fleet through a gate, from the network of this machine.

    DECLARATION is what this machine may look at, as for `leftopen worker`. Only this machine opens connections, to the
    gate alone. Results that the gate has not confirmed are kept in --unsent, and handed in after a restart; beside
    it stands which passwords of declared subjects were refused. SIGTERM
    lets the batches under way end.
    """
    from monitor.fleet.declaration import NotDeclared
    from monitor.fleet.envelope import Sender
    from monitor.fleet.gate.worker import GateWorker, Way
    from monitor.fleet.looker import Looker
    from monitor.store.files.refused_file import RefusedFile, RefusedFileUnusable
    from monitor.store.files.unsent import UnsentResults, UnsentUnusable

    own = _own_key(key)
    way = Way(_checked(url), _proxy_of(proxy), _trust(authority, client_certificate, client_key))
    try:
        keys = public_key("--owner", owner), public_key("--hub", hub)
        kept = UnsentResults(unsent)
        refused = RefusedFile(unsent.with_name(f"{unsent.name}.refused"), own.secret())
        looker = Looker(declaration, keys[0], os.environ, refused)
    except (NotDeclared, UnsentUnusable, RefusedFileUnusable) as error:
        fail(str(error))
    logging.getLogger("leftopen").setLevel(logging.INFO)
    worker = GateWorker(way, looker, Sender(looker.id, own, keys[1]), kept, lambda: datetime.now(UTC), takers)

    async def run() -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, worker.stop)
        await worker.run()

    looker.start()
    try:
        asyncio.run(run())
    except* UnsentUnusable as error:
        click.echo(f"stopped: {error.exceptions[0]}", err=True)
        sys.exit(BLIND)
    finally:
        looker.stop()
        kept.close()
    sys.exit(NOTHING_OPEN)


def _own_key(ref: str) -> SigningKey:
    try:
        return signing_key(ref, os.environ)
    except KeyMissing as error:
        fail(str(error))


def _proxy_of(ref: str | None) -> str | None:
    try:
        return None if ref is None else resolve_secret(ref, os.environ)
    except NoSecret as error:
        fail(str(error))


def _checked(url: str) -> str:
    parts = urlsplit(url)
    here = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")
    if not here and not (parts.scheme == "https" and parts.hostname):
        fail("--url begins with https:// (http:// for this machine alone)")
    return url


def _trust(authority: Path | None, certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """How the gate's certificate is checked, and the client's own; None: as this machine does by default."""
    if authority is None and certificate is None:
        return None
    try:
        context = ssl.create_default_context(cafile=None if authority is None else str(authority))
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if certificate is not None:
            context.load_cert_chain(certificate, key)
        return context
    except OSError as error:
        fail(f"{certificate or authority}: {error}")
