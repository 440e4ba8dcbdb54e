"""Commands by which people say what they do about a finding."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from monitor.cli.options import by_option, database_option, id_argument, inventory_argument, main, reason_option


@main.command()
@id_argument
@by_option
@database_option
def ack(id_: str, by: str, database: str | None) -> None:
    """Acknowledge a finding: somebody has taken it. It lapses after four hours unless a step follows."""
    from monitor.commands import handle
    from monitor.findings import handling

    sys.exit(handle.do(database, id_, lambda _, stands, now: handling.acknowledge(stands, now, by, "command line")))


@main.command()
@id_argument
@by_option
@reason_option
@database_option
def contain(id_: str, by: str, reason: str, database: str | None) -> None:
    """Say that it is fixed, and what was done. The place is then looked at every minute; only proof closes it."""
    from monitor.commands import handle
    from monitor.findings import handling

    sys.exit(handle.do(database, id_, lambda _, __, now: handling.contain(now, by, reason)))


@main.command()
@id_argument
@inventory_argument
@by_option
@reason_option
@click.option("--party", required=True, metavar="ID", help="The party that this person speaks for.")
@click.option("--days", type=click.IntRange(1, 90), required=True, help="For how many days, 90 at the most.")
@database_option
def accept(id_: str, inventory: Path, by: str, reason: str, party: str, days: int, database: str | None) -> None:
    """Accept the risk until a date. Where the asset holds data of persons, its controller must agree as well."""
    from monitor.commands import handle
    from monitor.commands.shared import load_inventory

    sys.exit(handle.accept(load_inventory(inventory, quiet=True), database, id_, by, party, reason, days))


@main.command()
@id_argument
@by_option
@reason_option
@database_option
def dismiss(id_: str, by: str, reason: str, database: str | None) -> None:
    """Say that it is no exposure. A high one takes two persons; it is void as soon as what is seen changes."""
    from monitor.commands import handle
    from monitor.findings import handling

    sys.exit(handle.do(database, id_, lambda finding, stands, now: handling.dismiss(finding, stands, now, by, reason)))


@main.command()
@id_argument
@by_option
@reason_option
@database_option
def reopen(id_: str, by: str, reason: str, database: str | None) -> None:
    """Take back what people said of a finding: it is new again, and told again."""
    from monitor.commands import handle
    from monitor.findings import handling

    sys.exit(handle.do(database, id_, lambda _, stands, now: handling.reopen(stands, now, by, reason)))


@main.command()
@id_argument
@by_option
@reason_option
@click.option("--party", required=True, metavar="ID", help="The party that became aware.")
@click.option("--since", metavar="TIME", help="Since when, with its zone (2026-11-21T09:30+01:00); default: now.")
@database_option
def aware(id_: str, by: str, reason: str, party: str, since: str | None, database: str | None) -> None:
    """Say since when a party is aware in the sense of the law. A person says it; the program never sets it."""
    from monitor.commands import handle
    from monitor.findings import handling

    try:
        start = handle.when(since) if since else None
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    sys.exit(handle.do(database, id_, lambda _, __, now: handling.aware(now, by, party, start or now, reason)))


@main.command()
@id_argument
@by_option
@reason_option
@database_option
def cause(id_: str, by: str, reason: str, database: str | None) -> None:
    """Tell the root cause. A finding that proof has cleared is closed once its cause is told."""
    from monitor.commands import handle
    from monitor.findings.handling import Action, ActionKind

    sys.exit(handle.do(database, id_, lambda _, __, now: Action(ActionKind.CAUSE, now, by, reason=reason)))


@main.command()
@id_argument
@inventory_argument
@by_option
@reason_option
@click.option("--party", required=True, metavar="ID", help="The party that sent it.")
@click.option("--duty", required=True, metavar="ID", help="What it was, as `leftopen clock` names it.")
@click.option("--since", metavar="TIME", help="When, with its zone (2026-11-21T09:30+01:00); default: now.")
@database_option
def sent(
    id_: str, inventory: Path, by: str, reason: str, party: str, duty: str, since: str | None, database: str | None
) -> None:
    """Say that a party has sent what a legal duty asks for, such as the first report; its clock then stands still."""
    from monitor.commands import handle
    from monitor.commands.shared import load_inventory

    try:
        start = handle.when(since) if since else None
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    sys.exit(handle.sent(load_inventory(inventory, quiet=True), database, id_, by, party, duty, reason, start))
