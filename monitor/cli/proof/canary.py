"""`leftopen canary`: opens a place on purpose, without saying when, and times how soon somebody tells."""

from __future__ import annotations

import asyncio
import json
import secrets
import signal
import sys
from datetime import UTC, datetime, timedelta
from functools import partial

import click
from rich.markup import escape
from rich.table import Table

from monitor.cli import console
from monitor.cli.opening import BLIND, NOTHING_OPEN, Reading, fail, open_ledger, run_to_end
from monitor.cli.options import database_option, json_option
from monitor.cli.sentences import WholeSentences
from monitor.inventory.values.scalars import duration_of, resolver_of
from monitor.practice.canary_site import CanarySite
from monitor.store.tables import canaries
from monitor.store.tables.canaries import CanaryEvent
from monitor.store.thread import LedgerThread

_EVENTS = (CanaryEvent.LOOKED_AT, CanaryEvent.TOLD, CanaryEvent.ACKNOWLEDGED, CanaryEvent.WITHDRAWN)


@click.group(cls=WholeSentences)
def canary() -> None:
    """Test leftopen with a canary: a listing that somebody opens on purpose, without saying when.

    The listing contains one artificial recording, on a host that the vendor has declared. The command measures how
    long it takes until leftopen looks, alerts, and somebody acknowledges.
    """


@canary.command("plant")
@click.argument("listen")
@database_option
@click.option(
    "--within", default="1s", show_default=True, help="Open it at a random time within this time, such as 24h."
)
@click.option("--for", "span", default="4h", show_default=True, help="Close it again after this time.")
def plant(listen: str, database: str | None, within: str, span: str) -> None:
    """Serve a canary at LISTEN (address:port), and record when it was opened, looked at and closed.

    Before it opens, nothing listens there. Ctrl-C closes it at once. When the alert arrives: `leftopen canary told ID`.
    """
    try:
        at, wait, open_for = resolver_of(listen), duration_of(within), duration_of(span)
    except ValueError as error:
        fail(str(error))
    later = timedelta(seconds=secrets.randbelow(max(1, round(wait.total_seconds()))))
    id_ = secrets.token_hex(4)
    sys.exit(run_to_end(_serve(id_, at.address, at.port, later, open_for, open_ledger(database))))


async def _serve(id_: str, address: str, port: int, later: timedelta, open_for: timedelta, ledger: LedgerThread) -> int:
    stop, looked = asyncio.Event(), asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    talk, tasks = console.talk(), list[asyncio.Task[None]]()

    async def happened(event: CanaryEvent, place: str = "") -> None:
        now = datetime.now(UTC)
        if await ledger(partial(canaries.mark, id_=id_, event=event, at=now, place=place)):
            talk.print(f"canary {id_}: {event.value.replace('_', ' ')} {console.minute(now)}")

    def seen() -> None:
        if not looked.is_set():
            looked.set()
            tasks.append(asyncio.create_task(happened(CanaryEvent.LOOKED_AT)))

    try:
        if await _stopped(stop, later):
            return NOTHING_OPEN
        try:
            async with CanarySite(id_, address, port, datetime.now(UTC), seen) as site:
                await happened(CanaryEvent.PLANTED, f"{address}:{site.port}")
                await _stopped(stop, open_for)
        except OSError as error:
            fail(f"{address}:{port} cannot be served: {error.strerror or error}")
        await asyncio.gather(*tasks)
        await happened(CanaryEvent.WITHDRAWN)
        return NOTHING_OPEN if looked.is_set() else BLIND
    finally:
        await asyncio.to_thread(ledger.close)


async def _stopped(stop: asyncio.Event, span: timedelta) -> bool:
    try:
        await asyncio.wait_for(stop.wait(), span.total_seconds())
    except TimeoutError:
        return False
    return True


@canary.command("told")
@click.argument("id_", metavar="ID")
@database_option
@click.option("--at", help="When the alert arrived (ISO 8601 with its zone). Default: now.")
def told(id_: str, database: str | None, at: str | None) -> None:
    """Record that an alert about the canary has arrived."""
    _mark(id_, CanaryEvent.TOLD, database, at)


@canary.command("acknowledged")
@click.argument("id_", metavar="ID")
@database_option
@click.option("--at", help="When (ISO 8601 with its zone). Default: now.")
def acknowledged(id_: str, database: str | None, at: str | None) -> None:
    """Record that the vendor has acknowledged the alert."""
    _mark(id_, CanaryEvent.ACKNOWLEDGED, database, at)


def _mark(id_: str, event: CanaryEvent, database: str | None, at: str | None) -> None:
    try:
        when = datetime.now(UTC) if at is None else datetime.fromisoformat(at)
    except ValueError:
        fail(f"{at!r} is no time: write it as 2026-11-29T14:05+01:00")
    if when.tzinfo is None:
        fail(f"{at!r} has no zone: write it as 2026-11-29T14:05+01:00")
    with Reading(database) as ledger:
        if not canaries.mark(ledger, id_, event, when):
            fail(f"nothing was put on file: there is no canary {id_}, or that is on file already")
    click.echo(f"canary {id_}: {event.value} {when.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z")
    sys.exit(NOTHING_OPEN)


@canary.command("list")
@database_option
@json_option
def list_(database: str | None, as_json: bool) -> None:
    """List every canary: when it was open, and after how many seconds leftopen looked, alerted, and was answered."""
    with Reading(database) as ledger:
        found = canaries.canaries(ledger)
    if as_json:
        rows = [
            {"id": one.id, "place": one.place, "planted": one.planted and one.planted.isoformat()}
            | {event.value: one.seconds(event) for event in _EVENTS}
            for one in found
        ]
        click.echo(json.dumps(rows, indent=2))
        sys.exit(NOTHING_OPEN)
    table = Table("canary", "place", "planted", *(event.value.replace("_", " ") for event in _EVENTS), box=None)
    for one in found:
        spans = (one.seconds(event) for event in _EVENTS)
        shown = ("-" if span is None else str(timedelta(seconds=span)) for span in spans)
        table.add_row(one.id, escape(one.place), console.minute(one.planted), *shown)
    console.out().print(table)
    sys.exit(NOTHING_OPEN)
