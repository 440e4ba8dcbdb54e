"""Commands that look: at an inventory, at what it declares, at a finding's extent, at a saved page."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from monitor.cli.options import database_option, inventory_argument, json_option, main


@main.command()
@inventory_argument
@json_option
@click.option(
    "--schema", "print_schema", is_flag=True, help="Print the inventory's JSON Schema, for editors, and stop."
)
def check(inventory: Path, as_json: bool, print_schema: bool) -> None:
    """Say every problem of an inventory with its line; then what would be looked at, how often and at what cost.

    Nothing is asked of anybody.
    """
    from monitor.commands import check as command
    from monitor.commands import console
    from monitor.commands.shared import load_inventory
    from monitor.inventory.schema import schema

    if print_schema:
        click.echo(json.dumps(schema(), indent=2, ensure_ascii=False))
        return
    checked = load_inventory(inventory)
    if as_json:
        click.echo(json.dumps(command.cost_json(checked), ensure_ascii=False, indent=2))
    else:
        command.show_costs(console.out(), checked)


@main.command()
@inventory_argument
@database_option
@json_option
@click.option("--asset", "assets", multiple=True, metavar="ID", help="Look at this asset alone; may be repeated.")
@click.option("--no-alerts", is_flag=True, help="Leave the messages that are owed in the outbox.")
@click.option("--no-survey", is_flag=True, help="Do not measure how far what was found reaches.")
def run(
    inventory: Path, database: str | None, as_json: bool, assets: tuple[str, ...], no_alerts: bool, no_survey: bool
) -> None:
    """Look once, now, at everything (or at the assets named); record, decide, and tell who must be told.

    With --json a line is printed for each place as soon as it is recorded.
    """
    from monitor.commands.look import one_round
    from monitor.commands.shared import fail, load_inventory, open_ledger, run_to_end

    checked = load_inventory(inventory)
    known = {asset.id for asset in checked.inventory.assets}
    strangers = [asset for asset in assets if asset not in known]
    if strangers:
        fail(f"no asset {strangers[0]!r} in {inventory} (known: {', '.join(sorted(known))})")
    work = one_round(checked, open_ledger(database), as_json, assets or None, not no_alerts, not no_survey)
    sys.exit(run_to_end(work))


@main.command()
@inventory_argument
@database_option
def watch(inventory: Path, database: str | None) -> None:
    """The service: look at every asset in its own rhythm, for ever; tell, and try again until a provider accepts.

    It reads the inventory anew when the file changes. SIGTERM or Ctrl-C stops it; what is owed stays on file.
    """
    from monitor.commands import look
    from monitor.commands.shared import load_inventory, open_ledger, run_to_end

    checked = load_inventory(inventory)
    sys.exit(run_to_end(look.watch(checked, inventory, open_ledger(database))))


@main.command()
@click.argument("id_", metavar="ID")
@inventory_argument
@database_option
@json_option
@click.option("--whole", is_flag=True, help="Read every folder again, also those whose time has not changed.")
@click.option("--svg", type=click.Path(path_type=Path), help="Also write a chart of files a month to this file.")
def survey(id_: str, inventory: Path, database: str | None, as_json: bool, whole: bool, svg: Path | None) -> None:
    """Measure again how far a proven exposure reaches, from folder pages alone: files, bytes, kinds, hours, dates.

    Ctrl-C breaks it off; the next call goes on where it was.
    """
    from monitor.commands import survey as command
    from monitor.commands.shared import load_inventory, open_ledger, run_to_end

    checked = load_inventory(inventory)
    sys.exit(run_to_end(command.survey(checked, open_ledger(database), id_, as_json, whole, svg)))


@main.command()
@json_option
def probes(as_json: bool) -> None:
    """The catalogue: every way of looking that there is."""
    from probes.registry import PROBES

    for probe in PROBES.values():
        text = " ".join((probe.look.__doc__ or "").split())
        if as_json:
            click.echo(json.dumps({"name": probe.name, "says": probe.says, "how": text}))
        else:
            click.echo(f"{probe.name}\n  {probe.says}\n  {text}")


@main.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--url", default="http://localhost/", show_default=True, help="The URL that the page was got from.")
@click.option("--lines", is_flag=True, help='Read JSON lines {"file":..., "url":...} on stdin; answer a line each.')
def recognise(file: Path | None, url: str, lines: bool) -> None:
    """Say what a saved page is, and why: its family, entries and sizes, or the reason why it is no listing, as JSON.

    Nothing is asked of anybody. The answer holds the names that stand in the page.
    """
    from monitor.commands import recognise as command

    if lines == (file is not None):
        raise click.UsageError("name one FILE, or give --lines and write to stdin")
    if file is None:
        sys.exit(command.lines(sys.stdin, sys.stdout))
    try:
        answer = command.page(file, url)
    except OSError as error:
        raise click.UsageError(f"{file}: {error.strerror}") from error
    click.echo(json.dumps(answer, indent=2))


@main.command()
@inventory_argument
@database_option
@click.option("--rounds", type=click.IntRange(min=1), help="Stop after so many rounds, instead of at Ctrl-C.")
def practice(inventory: Path, database: str | None, rounds: int | None) -> None:
    """Start the practice organisation on loopback with things left open, watch it, and show who is told.

    It serves and asks nothing but loopback addresses, and stays up until it is interrupted.
    """
    from monitor.commands.practice import practise
    from monitor.commands.shared import load_inventory, open_ledger, run_to_end

    checked = load_inventory(inventory)
    sys.exit(run_to_end(practise(checked, inventory, open_ledger(database), rounds)))
