"""Commands about being told, and about ourselves: drills, channels, health."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from monitor.cli.options import by_option, database_option, inventory_argument, json_option, main, reason_option


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
@inventory_argument
@database_option
@json_option
@click.option("--party", metavar="P", help="Only the channels of this party.")
@click.option("--report", is_flag=True, help="Send nothing: print every drill, and how long it took.")
def drill(inventory: Path, database: str | None, as_json: bool, party: str | None, report: bool) -> None:
    """A drill from end to end: a known-open place is looked at, and every channel of every party is told, marked DRILL.

    Where the acknowledgement page is declared the message has a link; --report shows how long it took to be accepted
    and to be answered by a person.
    """
    from monitor.commands import drill as command
    from monitor.commands.shared import fail, load_inventory, open_ledger, run_to_end

    if report:
        sys.exit(command.report(database, as_json))
    checked = load_inventory(inventory)
    known = [one.id for one in checked.inventory.parties]
    if party is not None and party not in known:
        fail(f"no party {party!r} in {inventory} (known: {', '.join(known) or 'none'})")
    sys.exit(run_to_end(command.run(checked, open_ledger(database), party)))


@main.command()
@click.argument("channel", metavar="CHANNEL")
@inventory_argument
@database_option
@click.option("--token", metavar="CODE", help="The code that was sent there: it confirms the channel.")
@click.option("--by", default="command line", show_default=True, metavar="NAME", help="The person who gave the code.")
def confirm(channel: str, inventory: Path, database: str | None, token: str | None, by: str) -> None:
    """Ask whoever reads a channel to confirm that it is theirs: by the link in the message, else by its code.

    Until then, and after 180 days, and when the address has changed, nothing else is sent to a party's channel: what is
    owed there is held, and goes out as soon as it is confirmed.
    """
    from monitor.commands import telling as command
    from monitor.commands.shared import fail, load_inventory, open_ledger, run_to_end

    checked = load_inventory(inventory, quiet=True)
    known = [c.id for c in checked.inventory.channels]
    if channel not in known:
        fail(f"no channel {channel!r} in {inventory} (known: {', '.join(known) or 'none'})")
    if token is not None:
        sys.exit(command.answer(database, channel, token, by))
    sys.exit(run_to_end(command.ask(checked, open_ledger(database), channel)))


@main.command()
@click.argument("which", metavar="DUE|ID")
@by_option
@reason_option
@database_option
def cancel(which: str, by: str, reason: str, database: str | None) -> None:
    """Stop what was not sent yet: one message by its number (`leftopen trace`), or all that wait about a finding.

    It stands on file who stopped what and why. News that comes later is owed again.
    """
    from monitor.commands import telling as command

    sys.exit(command.cancel(database, which, by, reason))


@main.command()
@click.argument("which", metavar="DUE|ID")
@by_option
@database_option
def approve(which: str, by: str, database: str | None) -> None:
    """Approve what waits for a second person before it goes to an outside party (`outside_approval`).

    Whoever has taken the finding cannot approve what is told of it.
    """
    from monitor.commands import telling as command

    sys.exit(command.approve(database, which, by))


@main.command()
@click.argument("which", metavar="DUE")
@by_option
@reason_option
@database_option
def misdelivered(which: str, by: str, reason: str, database: str | None) -> None:
    """Say that a message reached somebody whom it was not meant for; the statistics count it."""
    from monitor.commands import telling as command

    sys.exit(command.misdelivered(database, which, by, reason))


@main.command()
@database_option
@json_option
@click.option("--month", metavar="YYYY-MM", help="Which month, in UTC. Default: this one.")
def statistics(database: str | None, as_json: bool, month: str | None) -> None:
    """The figures of a month: messages, tries by channel, held, retracted, misdelivered, times to accept and to answer.

    What did not happen is printed as a zero.
    """
    from monitor.commands import telling as command

    sys.exit(command.month(database, month, as_json))
