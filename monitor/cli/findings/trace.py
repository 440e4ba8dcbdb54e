"""`leftopen trace`: every delivery that was tried, and what else happened to messages."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import datetime

import click
from rich.markup import escape

from monitor.api.json_text import json_text
from monitor.cli import console
from monitor.cli.opening import NOTHING_OPEN, Reading
from monitor.cli.options import database_option, json_option
from monitor.findings.finding import parse_finding_id
from monitor.store import queries
from monitor.store.messages import events


@click.command()
@click.argument("whom", metavar="ID|CHANNEL|PARTY")
@database_option
@json_option
def trace(whom: str, database: str | None, as_json: bool) -> None:
    """List every delivery about a finding, or to a channel or a party.

    Each line shows who was sent what, when, and how it ended.
    """
    sys.exit(_print(whom, database, as_json))


def _print(whom: str, database: str | None, as_json: bool) -> int:
    """Print every delivery about a finding, or to a channel or party, and what else happened to the messages."""
    with Reading(database) as ledger:
        wanted = parse_finding_id(whom) or whom.strip()
        known = queries.addressed(ledger)
        tries, happened = queries.tries(ledger, wanted), events.happened(ledger, wanted)
    if as_json:
        for tried in tries:
            value = asdict(tried) | {"started": tried.started.isoformat()}
            click.echo(json_text(value))
        for event in happened:
            click.echo(json_text(asdict(event) | {"at": event.at.isoformat()}))
        return NOTHING_OPEN
    if not tries and not happened:
        names = ", ".join(sorted(known)) or "none"
        console.talk().print(f"nothing was ever sent about or to {escape(whom)} (sent to so far: {escape(names)})")
    lines: list[tuple[datetime, queries.Try | events.Happened, str, str, str]] = [
        *((one.started, one, one.outcome, "", one.reason) for one in tries),
        *((one.at, one, one.event.value, one.by, one.reason) for one in happened),
    ]
    out = console.out()
    for at, one, what_came, by, reason in sorted(lines, key=lambda line: line[0]):
        said = (f" by {by}" if by else "") + (f": {reason}" if reason else "")
        what = f"#{one.due} {one.finding or 'ourselves'}/{one.sequence} {one.step}"
        line = f"{what:<32} {one.channel} ({one.party or 'operator'})  {what_came}{said}"
        out.print(f"{at:%Y-%m-%d %H:%M:%S}Z  {escape(line)}")
    return NOTHING_OPEN
