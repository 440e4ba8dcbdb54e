"""`leftopen show`: one finding, whole."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from monitor.api.finding import whole_finding_json
from monitor.api.json_text import json_text
from monitor.cli import console
from monitor.cli.opening import NOTHING_OPEN, Reading, no_finding, wanted_finding
from monitor.cli.options import database_option, id_argument, json_option
from monitor.cli.text.findings import show_actions, show_finding
from monitor.cli.text.surveys import show_survey
from monitor.findings.handling import fold
from monitor.store import queries
from monitor.store.tables import actions, networks, surveys


@click.command()
@id_argument
@database_option
@json_option
def show(id_: str, database: str | None, as_json: bool) -> None:
    """Show all that is known of one finding.

    That is: what is open, since when, how far it reaches, how it was proven, every change, and who received a message.
    """
    sys.exit(_print(id_, database, as_json))


def _print(id_: str, database: str | None, as_json: bool) -> int:
    """Print one finding, whole."""
    now = datetime.now(UTC)
    with Reading(database) as ledger:
        wanted = wanted_finding(id_, ledger)
        finding = ledger.finding(wanted)
        if finding is None:
            no_finding(wanted, ledger)
        if as_json:
            click.echo(json_text(whole_finding_json(ledger, finding, now), indent=2))
            return NOTHING_OPEN
        life = queries.changes(ledger, wanted)
        told = queries.messages_about(ledger, wanted)
        proofs = queries.evidence(ledger, wanted)
        surveyed = surveys.latest(ledger, wanted)
        done, names = actions.of_finding(ledger, wanted), networks.named(ledger)
    show_finding(console.out(), finding, life, told, proofs, now, names.get(finding.network, ""))
    show_actions(console.out(), done, fold(done, finding))
    if surveyed is not None:
        show_survey(console.out(), surveyed, None, finding.asset)
    return NOTHING_OPEN
