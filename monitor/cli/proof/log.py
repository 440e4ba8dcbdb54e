"""`leftopen log`: the evidence log, its checkpoints and its keys."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from monitor.api.json_text import json_text
from monitor.cli.opening import BLIND, NOTHING_OPEN, Reading, fail, load_inventory, open_ledger, run_to_end
from monitor.cli.options import database_option, inventory_argument, json_option
from monitor.cli.sentences import WholeSentences
from monitor.inventory.model.installation.evidence import EvidenceLog
from monitor.proof.formats.note import COSIGNER, LOG, LONGEST, BadNote, Checkpoint, Note, VerifierKey
from monitor.proof.log.checkpoint import KeyMissing, make_key_file, signing_key
from monitor.proof.log.policy import policy_text
from monitor.service.parts.evidence_log import LogSigner
from monitor.service.supervisor import PartFailed
from monitor.store.ledger import Ledger
from monitor.store.log import records
from monitor.store.thread import LedgerThread


@click.group(cls=WholeSentences, invoke_without_command=True)
@click.option(
    "-n", "--last", "most", type=click.IntRange(1, 10000), default=20, show_default=True, help="How many records."
)
@database_option
@json_option
@click.pass_context
def log(context: click.Context, most: int, database: str | None, as_json: bool) -> None:
    """Show the last records of the evidence log and its last checkpoint.

    Each record is printed as the bytes that are hashed. Private parts of a record are not shown.
    """
    if context.invoked_subcommand is not None:
        return
    with Reading(database) as ledger:
        size, last = records.size(ledger), records.last_checkpoint(ledger)
        bodies = [body.decode() for body in records.bodies(ledger, max(0, size - most), size)]
    if as_json:
        value = {"size": size, "checkpoint": last and last.note, "records": [json.loads(body) for body in bodies]}
        click.echo(json_text(value, indent=2))
        sys.exit(NOTHING_OPEN)
    for body in bodies:
        click.echo(body)
    signed = "never signed" if last is None else f"signed at {last.at:%Y-%m-%d %H:%M:%S}Z with {last.size} records"
    click.echo(f"{size} records, {signed}", err=True)
    sys.exit(NOTHING_OPEN)


@log.command("checkpoint")
@inventory_argument
@database_option
@click.option("--last", is_flag=True, help="Sign nothing: print the last one with its cosignatures.")
def checkpoint(inventory: Path, database: str | None, last: bool) -> None:
    """Sign a checkpoint now, ask the witnesses to cosign it, and print it.

    Only witnesses with an address are asked. Exit code 3 if one of them did not cosign.
    """
    if last:
        with Reading(database) as ledger:
            kept = records.last_checkpoint(ledger)
        if kept is None:
            fail("no checkpoint was ever signed: `leftopen log checkpoint INVENTORY` signs one")
        click.echo(kept.note, nl=False)
        sys.exit(NOTHING_OPEN)
    declared = _declared(inventory)
    sys.exit(run_to_end(_sign(inventory, declared, open_ledger(database))))


async def _sign(inventory: Path, declared: EvidenceLog, ledger: LedgerThread) -> int:
    try:
        loaded = load_inventory(inventory, quiet=True).inventory
        signer = LogSigner(lambda: loaded, ledger, lambda: datetime.now(UTC), os.environ)
        try:
            signed, missing = await signer.sign(declared)
        except PartFailed as error:
            click.echo(str(error), err=True)
            return BLIND
        kept = await ledger(records.last_checkpoint)
        click.echo(kept.note if kept is not None and kept.size == signed.size else signed.note, nl=False)
        for one in missing:
            click.echo(one, err=True)
        return BLIND if missing else NOTHING_OPEN
    finally:
        ledger.close()


@log.command("new-key")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", required=True, help="The log's origin, or the witness's name: vendor.example/exposure-log")
@click.option("--cosigner", is_flag=True, help="Make the key of a witness, not of a log.")
def new_key(file: Path, name: str, cosigner: bool) -> None:
    """Make a signing key (Ed25519) in FILE, and print the public key.

    Only the owner can read FILE. An existing file is never replaced. Write the public key into the contract: people
    need it to verify.
    """
    try:
        key = make_key_file(file, name, COSIGNER if cosigner else LOG)
    except (KeyMissing, OSError) as error:
        fail(f"no key was made: {error.strerror if isinstance(error, OSError) else error}")
    click.echo(f"made {file}; the public key is", err=True)
    click.echo(str(key.verifier))
    sys.exit(NOTHING_OPEN)


@log.command("policy")
@inventory_argument
def policy(inventory: Path) -> None:
    """Print the policy for the annex of a contract (C2SP tlog-policy): the key of the log and its witnesses."""
    declared = _declared(inventory)
    try:
        key = signing_key(declared.key, os.environ)
    except KeyMissing as error:
        fail(str(error))
    click.echo(policy_text(key.verifier, declared), nl=False)
    sys.exit(NOTHING_OPEN)


@log.command("prove")
@click.argument("number", type=click.IntRange(0))
@database_option
def prove(number: int, database: str | None) -> None:
    """Print the proof that record NUMBER is in the log that was last signed (C2SP tlog-proof)."""
    from monitor.proof.log.record_proof import record_proof

    with Reading(database) as ledger:
        last = records.last_checkpoint(ledger)
        if last is None or number >= last.size:
            fail(f"no signed checkpoint holds record {number}: `leftopen log checkpoint INVENTORY` signs one")
        click.echo(record_proof(ledger, number, last), nl=False)
    sys.exit(NOTHING_OPEN)


@log.command("request")
@database_option
@click.option(
    "--known", type=click.IntRange(0), default=0, show_default=True, help="How many records the witness knows already."
)
def request(database: str | None, known: int) -> None:
    """Print the last checkpoint as a request to a witness, to send by mail or on a USB stick.

    The witness reads it with `leftopen witness --cosign`.
    """
    from monitor.proof.witness.client import request_body

    with Reading(database) as ledger:
        last = records.last_checkpoint(ledger)
        if last is None or known > last.size:
            fail(f"no signed checkpoint has {known} records or more: `leftopen log checkpoint INVENTORY` signs one")
        click.echo(request_body(ledger, last, known), nl=False)
    sys.exit(NOTHING_OPEN)


@log.command("cosigned")
@inventory_argument
@click.argument("note", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@database_option
def cosigned(inventory: Path, note: Path, database: str | None) -> None:
    """Import a cosigned checkpoint that came back by mail or on a USB stick."""
    declared = _declared(inventory)
    try:
        with note.open("rb") as file:
            returned = Note.parse(file.read(LONGEST + 1))
        size = Checkpoint.parse(returned.text).size
    except BadNote as error:
        fail(f"that is no checkpoint: {error}")
    with Reading(database) as ledger:
        found = _keep(ledger, declared, returned, size)
    if not found:
        fail("nothing was kept: it is no checkpoint that was signed here, or no declared witness has cosigned it")
    click.echo(f"kept: {', '.join(found)} cosigned {size} records")
    sys.exit(NOTHING_OPEN)


def _keep(ledger: Ledger, declared: EvidenceLog, returned: Note, size: int) -> list[str]:
    from monitor.proof.witness import client

    ours = next((one for one in records.checkpoints(ledger) if one.size == size), None)
    if ours is None or Note.parse(ours.note.encode()).text != returned.text:
        return []
    given = []
    for witness in declared.witnesses:
        key = VerifierKey.parse(witness.key)
        for one in returned.signatures:
            time = Note(returned.text, (one,)).signed_by(key)
            if time:
                given.append((key, client.Submitted(one, time)))
    client.keep(ledger, size, given, datetime.now(UTC))
    return [key.name for key, _ in given]


def _declared(inventory: Path) -> EvidenceLog:
    declared = load_inventory(inventory, quiet=True).inventory.log
    if declared is None:
        fail(f"{inventory} declares no `log`: name its key there (`leftopen log new-key` makes one)")
    return declared
