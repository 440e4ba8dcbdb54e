"""The command line: words to calls, and what came of them to exit codes.

0: nothing is open. 1: something is. 2: the words or the inventory are wrong. 3: we could not see, or could not tell.

What a command needs is imported when it is called: `leftopen show` at night should not wait for an HTTP client.
"""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import Literal

import click

inventory_argument = click.argument("inventory", type=click.Path(path_type=Path), default="inventory.yaml")
database_option = click.option(
    "--database",
    metavar="FILE",
    help="The ledger. Default: leftopen.db in $STATE_DIRECTORY, else in ./var.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="leftopen")
@click.option("-v", "--verbose", is_flag=True, help="Say more on stderr of what is being done.")
def main(verbose: bool) -> None:
    """Watch what an organisation declares, from outside and anonymously: prove what is left open, tell who must act.

    Exit codes: 0 nothing is open, 1 something is, 2 wrong usage or inventory, 3 blind.
    """
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )


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
@database_option
@json_option
@click.option("--all", "everything", is_flag=True, help="Also what is cleared or only suspected.")
def findings(database: str | None, as_json: bool, everything: bool) -> None:
    """What is open, since when and how far it reaches; worst first. Exit code 1 when anything is."""
    from monitor.commands import findings as command

    sys.exit(command.findings(database, as_json, everything))


@main.command()
@click.argument("id_", metavar="ID")
@database_option
@json_option
def show(id_: str, database: str | None, as_json: bool) -> None:
    """One finding, whole: what, since when, how far, how it was proven, its life, and who was told."""
    from monitor.commands import findings as command

    sys.exit(command.show(id_, database, as_json))


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


by_option = click.option("--by", required=True, metavar="NAME", help="The person who does it.")
sent_option = click.option(
    "--sent",
    multiple=True,
    metavar="PARTY:DUTY=TIME",
    help="Count with a party having sent this, such as region:notification=2026-11-21T09:30+01:00; may be repeated. "
    "It is not put on file.",
)
reason_option = click.option("--reason", required=True, metavar="TEXT", help="Why, in a sentence.")
id_argument = click.argument("id_", metavar="ID")


@main.command()
@id_argument
@by_option
@database_option
def ack(id_: str, by: str, database: str | None) -> None:
    """Acknowledge a finding: somebody has taken it. It lapses after four hours unless a step follows."""
    from monitor.commands import handle
    from monitor.judge import handling

    sys.exit(handle.do(database, id_, lambda _, stands, now: handling.acknowledge(stands, now, by, "command line")))


@main.command()
@id_argument
@by_option
@reason_option
@database_option
def contain(id_: str, by: str, reason: str, database: str | None) -> None:
    """Say that it is fixed, and what was done. The place is then looked at every minute; only proof closes it."""
    from monitor.commands import handle
    from monitor.judge import handling

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
    from monitor.judge import handling

    sys.exit(handle.do(database, id_, lambda finding, stands, now: handling.dismiss(finding, stands, now, by, reason)))


@main.command()
@id_argument
@by_option
@reason_option
@database_option
def reopen(id_: str, by: str, reason: str, database: str | None) -> None:
    """Take back what people said of a finding: it is new again, and told again."""
    from monitor.commands import handle
    from monitor.judge import handling

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
    from monitor.judge import handling

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
    from monitor.judge.handling import Act, Deed

    sys.exit(handle.do(database, id_, lambda _, __, now: Deed(Act.CAUSE, now, by, reason=reason)))


@main.command()
@click.argument("whom", metavar="ID|CHANNEL|PARTY")
@database_option
@json_option
def trace(whom: str, database: str | None, as_json: bool) -> None:
    """Every delivery that was tried: about a finding, or to a channel or a party; who got what, when, how it ended."""
    from monitor.commands import findings as command

    sys.exit(command.trace(whom, database, as_json))


@main.command()
@click.argument("id_", metavar="ID")
@inventory_argument
@database_option
@json_option
@click.option("--party", metavar="P", help="Only the clocks of this party of the chain.")
@sent_option
def clock(
    id_: str, inventory: Path, database: str | None, as_json: bool, party: str | None, sent: tuple[str, ...]
) -> None:
    """The legal clocks of a finding, the most urgent first: who may owe what to whom, since when, and what is left.

    It computes from dated files, one for each version of each law; a person decides. Nothing is sent to anybody.
    """
    from monitor.commands import clock as command
    from monitor.commands.shared import load_inventory

    checked = load_inventory(inventory, quiet=True)
    sys.exit(command.clock(checked.inventory, database, id_, party, sent, as_json))


@main.command()
@click.argument("id_", metavar="ID")
@inventory_argument
@database_option
@click.option("--party", metavar="P", help="The party that reports. Default: the first controller of the chain.")
@click.option("--language", type=click.Choice(["sv", "en"]), help="Default: the party's own.")
@sent_option
def draft(
    id_: str,
    inventory: Path,
    database: str | None,
    party: str | None,
    language: Literal["sv", "en"] | None,
    sent: tuple[str, ...],
) -> None:
    """The draft of a notification of a personal data breach (GDPR article 33), as Markdown on stdout.

    What the ledger proves is filled in; what only a person can say is left open and marked. Nothing is filed.
    """
    from monitor.commands import draft as command
    from monitor.commands.shared import load_inventory

    checked = load_inventory(inventory, quiet=True)
    sys.exit(command.draft(checked.inventory, database, id_, party, language, sent))


@main.command()
@json_option
def probes(as_json: bool) -> None:
    """The catalogue: every way of looking that there is."""
    from probes.registry import PROBES

    for probe in PROBES:
        text = " ".join((probe.look.__doc__ or "").split())
        if as_json:
            click.echo(json.dumps({"name": probe.name, "says": probe.says, "how": text}))
        else:
            click.echo(f"{probe.name}\n  {probe.says}\n  {text}")


@main.command()
@inventory_argument
@database_option
@click.option("--test", "channel", required=True, metavar="CHANNEL", help="The channel to send a drill to.")
def alert(inventory: Path, database: str | None, channel: str) -> None:
    """A drill through the real path: put on file, sent by a process of its own, marked. Says what the provider said."""
    from monitor.commands.look import drill
    from monitor.commands.shared import fail, load_inventory, open_ledger, run_to_end

    checked = load_inventory(inventory)
    known = [c.id for c in checked.inventory.channels]
    if channel not in known:
        fail(f"no channel {channel!r} in {inventory} (known: {', '.join(known) or 'none'})")
    sys.exit(run_to_end(drill(checked, open_ledger(database), channel)))


@main.command()
@inventory_argument
@database_option
@json_option
def health(inventory: Path, database: str | None, as_json: bool) -> None:
    """Can we see, can we tell: blind rounds, late assets, places without a verdict, messages that were not accepted.

    Exit code 0 when all is well, 3 when something is not.
    """
    from monitor.commands.health import report
    from monitor.commands.shared import load_inventory

    sys.exit(report(load_inventory(inventory, quiet=True), database, as_json))


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
