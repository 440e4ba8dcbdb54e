"""`leftopen witness`: cosigns the evidence logs of others, and raises the alarm when one falls silent."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from monitor.alerts.messages.new_messages import late_log_messages
from monitor.cli import console
from monitor.cli.messages.sending import outbox, say_sent
from monitor.cli.opening import BLIND, NOTHING_OPEN, database_path, fail, load_inventory, open_ledger, run_to_end
from monitor.cli.options import database_option, inventory_argument
from monitor.inventory.load import Checked
from monitor.inventory.model.installation.evidence import WitnessService
from monitor.proof.formats.note import COSIGNER, VerifierKey
from monitor.proof.log.checkpoint import KeyMissing, signing_key
from monitor.proof.witness.state import WitnessState
from monitor.store.thread import LedgerThread
from monitor.web.log_witness import WitnessServer

CHECKED_EVERY = 10.0
"""Seconds between two looks for logs that are late."""


@click.command()
@inventory_argument
@database_option
@click.option(
    "--cosign", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Cosign only this request."
)
@click.option("--once", is_flag=True, help="Serve nothing: only print which logs are late, and alert the operators.")
def witness(inventory: Path, database: str | None, cosign: Path | None, once: bool) -> None:
    """Run a witness: cosign checkpoints of the declared logs, and alert the operators if a log is late.

    The cosigned checkpoints are kept in a folder beside the ledger; `leftopen verify --kept` reads them. --cosign FILE
    reads a request from mail or a USB stick (made with `leftopen log request`), and prints the cosigned checkpoint.
    With --once exit code 3 means that a log is late.
    """
    checked = load_inventory(inventory, quiet=True)
    declared = checked.inventory.witness
    if declared is None:
        fail(f"{inventory} declares no `witness`: name its address, its key and its logs there")
    state = _state(declared, database)
    if cosign is not None:
        sys.exit(_cosign(state, cosign))
    sys.exit(run_to_end(_witness(checked, declared, state, open_ledger(database), once)))


def _state(declared: WitnessService, database: str | None) -> WitnessState:
    path = database_path(database)
    logs = {key.name: key for key in (VerifierKey.parse(one.key) for one in declared.logs)}
    try:
        key = signing_key(declared.key, os.environ, COSIGNER)
        return WitnessState(path.with_name(f"{path.name}.witness"), key, logs)
    except KeyMissing as error:
        fail(str(error))
    except OSError as error:
        fail(f"cannot keep what is cosigned beside {path}: {error.strerror}")


def _cosign(state: WitnessState, request: Path) -> int:
    with request.open("rb") as file:
        body = file.read(1 << 20)
    reply = state.add_checkpoint(body, datetime.now(UTC))
    if reply.status == 409:
        click.echo(f"this witness knows {reply.text.strip()} records: ask for a request from there (--known)", err=True)
    elif reply.status != 200:
        click.echo(f"not cosigned: {reply.text.strip()}", err=True)
    else:
        click.echo(body.decode().partition("\n\n")[2] + reply.text, nl=False)
        return NOTHING_OPEN
    return BLIND


async def _witness(
    checked: Checked, declared: WitnessService, state: WitnessState, ledger: LedgerThread, once: bool
) -> int:
    try:
        if once:
            return BLIND if await _tell(checked, declared, state, ledger) else NOTHING_OPEN
        stop = asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        try:
            async with WitnessServer(state, declared.listen, lambda: datetime.now(UTC)):
                console.talk().print(f"witness at http://{declared.listen}, {len(declared.logs)} logs")
                while not stop.is_set():
                    await _tell(checked, declared, state, ledger)
                    try:
                        await asyncio.wait_for(stop.wait(), CHECKED_EVERY)
                    except TimeoutError:
                        continue
        except OSError as error:
            fail(f"witness.listen: {declared.listen} cannot be served: {error.strerror or error}")
        return NOTHING_OPEN
    finally:
        await asyncio.to_thread(ledger.close)


async def _tell(checked: Checked, declared: WitnessService, state: WitnessState, ledger: LedgerThread) -> bool:
    """Tell the operators which logs are late; whether any is."""
    now = datetime.now(UTC)
    after = {VerifierKey.parse(one.key).name: one.late_after for one in declared.logs}
    late = await asyncio.to_thread(state.late, after, now)
    for one in late:
        owed = late_log_messages(one.origin, one.last, one.size, checked.inventory, now)
        await ledger(lambda led, owed=owed: led.owe(owed, now))  # type: ignore[misc]
        last = "never" if one.last is None else f"{one.last:%Y-%m-%d %H:%M:%S}Z"
        console.talk().print(f"LATE: no checkpoint of {one.origin} since {last}")
    say_sent(await outbox(checked, ledger).drain_once())
    return bool(late)
