"""`leftopen statistics`: the figures of a month."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import UTC, datetime

import click
from rich.markup import escape

from monitor.alerts.messages import formatting
from monitor.api.json_text import json_text
from monitor.cli import console
from monitor.cli.opening import NOTHING_OPEN, Reading, fail
from monitor.cli.options import database_option, json_option
from monitor.store.statistics import Month, Spans, month_of
from monitor.store.statistics import statistics as statistics_of


@click.command()
@database_option
@json_option
@click.option("--month", metavar="YYYY-MM", help="Which month, in UTC. Default: this one.")
def statistics(database: str | None, as_json: bool, month: str | None) -> None:
    """Show the statistics of one month.

    It counts messages, tries by channel, held, retracted and misdelivered messages, and the times until a message was
    accepted and answered. What did not happen is shown as a zero.
    """
    sys.exit(_print_month(database, month, as_json))


def _print_month(database: str | None, text: str | None, as_json: bool) -> int:
    """Print the figures of a month."""
    try:
        start, end = month_of(text or f"{datetime.now(UTC):%Y-%m}")
    except ValueError as error:
        fail(str(error))
    with Reading(database) as ledger:
        found = statistics_of(ledger, start, end)
    if as_json:
        value = asdict(found) | {"start": start.isoformat(), "end": end.isoformat()}
        click.echo(json_text(value, indent=2))
    else:
        _show(found)
    return NOTHING_OPEN


def _show(found: Month) -> None:
    out = console.out()
    out.print(f"[bold]{found.start:%Y-%m}[/] (UTC, until before {found.end:%Y-%m-%d})")
    for step, number in found.messages.items():
        out.print(f"  {'messages, ' + step:<28} {number:>6}")
    for word in ("retractions", "held", "cancelled", "withdrawn", "approved", "misdelivered", "acknowledged"):
        out.print(f"  {word:<28} {getattr(found, word):>6}")
    out.print(f"  {'not accepted by anybody':<28} {found.not_accepted:>6}")
    for name, spans in (("time to accept", found.to_accept), ("time to acknowledge", found.to_acknowledge)):
        out.print(f"  {name:<28} {spans.count:>6}{_took(spans)}")
    for channel, outcomes in found.tries.items():
        said = ", ".join(f"{outcome} {number}" for outcome, number in outcomes.items())
        out.print(f"  {escape(channel)}: {said}")


def _took(spans: Spans) -> str:
    if spans.median is None or spans.worst is None:
        return ""
    return f"   median {formatting.duration(spans.median)}, worst {formatting.duration(spans.worst)}"
