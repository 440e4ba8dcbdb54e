"""`leftopen bundle`: the evidence log packed for somebody who verifies it."""

from __future__ import annotations

import hashlib
import io
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO, Any

import click

from monitor.cli.opening import BLIND, NOTHING_OPEN, fail, load_inventory, open_ledger, run_to_end
from monitor.cli.options import database_option, inventory_argument
from monitor.inventory.model.inventory import Inventory
from monitor.proof.log import bundle as bundles
from monitor.proof.log.bundle import Contradiction, NothingSigned, Reveals, write_bundle
from monitor.proof.log.checkpoint import KeyMissing, signing_key
from monitor.proof.log.policy import policy_text
from monitor.service.parts.evidence_log import LogSigner
from monitor.service.supervisor import PartFailed
from monitor.store.files.whole_file import put_in_place, write_new
from monitor.store.ledger import Ledger
from monitor.store.thread import LedgerThread

_REVEALS = {"nothing": bundles.nothing, "scope": bundles.scope_alone, "everything": bundles.everything}


@click.command()
@inventory_argument
@click.argument("out", type=click.Path(path_type=Path))
@database_option
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="First day of the period that is counted (UTC).",
)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD", help="First day after it (UTC).")
@click.option(
    "--reveal",
    type=click.Choice(list(_REVEALS)),
    default="nothing",
    show_default=True,
    help="Private parts to show: none, the names of the assets, or all that still exist.",
)
@click.option("--annex", type=click.Path(path_type=Path), help="Also write a sealed annex with all private parts.")
@click.option(
    "--recipient", "recipients", multiple=True, metavar="KEY", help="Who can open the annex: age1... or an SSH key."
)
def bundle(
    inventory: Path,
    out: Path,
    database: str | None,
    since: datetime | None,
    until: datetime | None,
    reveal: str,
    annex: Path | None,
    recipients: tuple[str, ...],
) -> None:
    """Sign the evidence log, ask the witnesses to cosign it, and pack it into the file OUT for `leftopen verify`.

    OUT contains the whole log; --since and --until choose the period for which coverage is counted. With --reveal
    nothing, OUT names no host, place or person. --annex writes a second file with these names, encrypted with age for
    the recipients; each file contains the hash of the other. Exit code 3 if a witness did not cosign.
    """
    declared = load_inventory(inventory, quiet=True).inventory
    if declared.log is None:
        fail(f"{inventory} declares no `log`: name its key there (`leftopen log new-key` makes one)")
    for file in filter(None, (out, annex)):
        if file.exists():
            fail(f"{file} exists already: name another file")
    if (annex is None) != (not recipients):
        fail("--annex and --recipient belong together")
    if annex is not None and reveal != "nothing":
        fail("beside a sealed annex the open part reveals nothing: leave --reveal out")
    seal = None if annex is None else (annex, _keys(recipients))
    period = (since or datetime(1970, 1, 1)).replace(tzinfo=UTC), (until or bundles.EVER).replace(tzinfo=UTC)  # noqa: DTZ001  said in the line
    sys.exit(run_to_end(_bundle(declared, out, open_ledger(database), period, _REVEALS[reveal], seal)))


def _keys(texts: tuple[str, ...]) -> list[Any]:
    # A part for this option alone: whoever does not use it does not wait for it.
    from monitor.proof.log.annex import BadRecipient, recipients

    try:
        return list(recipients(texts))
    except BadRecipient as error:
        fail(str(error))


async def _bundle(
    inventory: Inventory,
    out: Path,
    ledger: LedgerThread,
    period: tuple[datetime, datetime],
    reveals: Reveals,
    seal: tuple[Path, list[Any]] | None,
) -> int:
    declared = inventory.log
    assert declared is not None  # noqa: S101  the caller has looked
    half = out.with_name(f"{out.name}.half")
    try:
        signer = LogSigner(lambda: inventory, ledger, lambda: datetime.now(UTC), os.environ)
        signed, missing = await signer.sign(declared)
        policy = policy_text(signing_key(declared.key, os.environ).verifier, declared)
        with os.fdopen(os.open(half, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as file:
            write = partial(write_bundle, policy=policy, since=period[0], until=period[1], up_to=signed.size)
            if seal is None:
                said = await ledger(lambda led: write(led, file, reveals=reveals))
            else:
                said = await ledger(lambda led: _with_annex(led, file, write, *seal))
        put_in_place(half, out)
    except (PartFailed, KeyMissing, NothingSigned, Contradiction) as error:
        click.echo(str(error), err=True)
        return BLIND
    except OSError as error:
        fail(f"{out} cannot be written: {error.strerror}")
    finally:
        half.unlink(missing_ok=True)
        ledger.close()
    if seal is not None:
        click.echo(f"wrote {seal[0]}: sealed for {len(seal[1])} recipients", err=True)
    seen = said["all"]
    percent = f"{100 * seen['conclusive'] / seen['due']:.2f} %" if seen["due"] else "no slot was due yet"
    click.echo(f"wrote {out}: coverage {percent}, {seen['conclusive']} of {seen['due']} slots", err=True)
    for one in missing:
        click.echo(one, err=True)
    return BLIND if missing else NOTHING_OPEN


def _with_annex(
    ledger: Ledger, out: IO[bytes], write: Callable[..., dict[str, Any]], annex: Path, keys: list[Any]
) -> dict[str, Any]:
    """Write both parts: each names the other by its hash."""
    from monitor.proof.log.annex import sealed

    whole = io.BytesIO()
    write(ledger, whole, reveals=bundles.everything)
    said = write(ledger, out, annex=hashlib.sha256(whole.getvalue()).hexdigest())
    out.seek(0)
    body = sealed(out.read(), whole.getvalue(), keys, datetime.now(UTC))
    write_new(annex, body)
    return said
