"""`leftopen findings`: what is open, worst first."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime

import click

from monitor.api.finding import finding_json
from monitor.cli import console
from monitor.cli.opening import NOTHING_OPEN, OPEN, Reading
from monitor.cli.options import database_option, json_option
from monitor.cli.text.findings import show_findings
from monitor.store.tables import actions


@click.command()
@database_option
@json_option
@click.option("--all", "everything", is_flag=True, help="Also list findings that are cleared or only suspected.")
def findings(database: str | None, as_json: bool, everything: bool) -> None:
    """List what is open, since when and how far it reaches; the worst comes first.

    Exit code 1 when anything is open.
    """
    sys.exit(_print(database, as_json, everything))


def _print(database: str | None, as_json: bool, everything: bool) -> int:
    """Print the findings that are open, or all; the exit code says whether any is open."""
    with Reading(database) as ledger:
        every = ledger.findings() if everything else ledger.findings(states=actions.OPEN)
        stands = actions.handlings(ledger, every)
    # What is accepted or dismissed is shown all the same, with its standing: it is open, and people know.
    still_open = any(
        finding.state.value in actions.OPEN and stands[finding.id].standing not in actions.SETTLED for finding in every
    )
    now = datetime.now(UTC)
    if as_json:
        for finding in every:
            value = finding_json(finding, now) | {"handling": stands[finding.id].standing.value}
            click.echo(json.dumps(value, ensure_ascii=False))
    elif every:
        show_findings(console.out(), every, now, stands)
    else:
        console.talk().print("nothing is open" + ("" if everything else " (--all shows what was)"))
    return OPEN if still_open else NOTHING_OPEN
