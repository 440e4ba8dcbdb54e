"""`leftopen bundle`: the evidence log packed for somebody who verifies it."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from monitor.cli.opening import BLIND, NOTHING_OPEN, fail, load_inventory, open_ledger, run_to_end
from monitor.cli.options import database_option, inventory_argument
from monitor.inventory.model.inventory import Inventory
from monitor.proof.log import bundle as bundles
from monitor.proof.log.bundle import Contradiction, NothingSigned, write_bundle
from monitor.proof.log.checkpoint import KeyMissing, signing_key
from monitor.proof.log.policy import policy_text
from monitor.service.evidence_log import LogSigner
from monitor.service.supervisor import PartFailed
from monitor.store.thread import LedgerThread

_REVEALS = {"nothing": bundles.nothing, "scope": bundles.scope_alone, "everything": bundles.everything}


@click.command()
@inventory_argument
@click.argument("out", type=click.Path(path_type=Path))
@database_option
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day of the period that is counted (UTC).")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="First day after it (UTC).")
@click.option(
    "--reveal",
    type=click.Choice(list(_REVEALS)),
    default="nothing",
    show_default=True,
    help="Private parts to show: none, the names of the assets, or all that is still there.",
)
def bundle(
    inventory: Path, out: Path, database: str | None, since: datetime | None, until: datetime | None, reveal: str
) -> None:
    """Sign the evidence log, have it cosigned, and pack it into the file OUT, which `leftopen verify` checks.

    The whole log goes along; --since and --until say of which period coverage is counted. With --reveal nothing the
    file holds no name of a host, a place or a person. Exit code 3 when a witness did not cosign.
    """
    declared = load_inventory(inventory, quiet=True).inventory
    if declared.log is None:
        fail(f"{inventory} declares no `log`: name its key there (`leftopen log new-key` makes one)")
    if out.exists():
        fail(f"{out} exists already: name another file")
    period = (since or datetime(1970, 1, 1)).replace(tzinfo=UTC), (until or bundles.EVER).replace(tzinfo=UTC)  # noqa: DTZ001  said in the line
    sys.exit(run_to_end(_bundle(declared, out, open_ledger(database), period, reveal)))


async def _bundle(
    inventory: Inventory, out: Path, ledger: LedgerThread, period: tuple[datetime, datetime], reveal: str
) -> int:
    declared = inventory.log
    assert declared is not None  # noqa: S101  the caller has looked
    half = out.with_name(f"{out.name}.half")
    try:
        signer = LogSigner(lambda: inventory, ledger, lambda: datetime.now(UTC), os.environ)
        _, missing = await signer.sign(declared)
        policy = policy_text(signing_key(declared.key, os.environ).verifier, declared)
        with os.fdopen(os.open(half, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as file:
            said = await ledger(lambda led: write_bundle(led, file, policy, *period, _REVEALS[reveal]))
        half.rename(out)
    except (PartFailed, KeyMissing, NothingSigned, Contradiction) as error:
        click.echo(str(error), err=True)
        return BLIND
    except OSError as error:
        fail(f"{out} cannot be written: {error.strerror}")
    finally:
        half.unlink(missing_ok=True)
        ledger.close()
    seen = said["all"]
    percent = f"{100 * seen['conclusive'] / seen['due']:.2f} %" if seen["due"] else "no slot was due yet"
    click.echo(f"wrote {out}: coverage {percent}, {seen['conclusive']} of {seen['due']} slots", err=True)
    for one in missing:
        click.echo(one, err=True)
    return BLIND if missing else NOTHING_OPEN
