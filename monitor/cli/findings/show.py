"""`leftopen show`: one finding, whole."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime

import click

from monitor.alerts.messages.reason_text import reason_text
from monitor.api.finding import finding_json
from monitor.api.survey import survey_json
from monitor.cli import console
from monitor.cli.opening import NOTHING_OPEN, Reading, no_finding, wanted_finding
from monitor.cli.options import database_option, json_option
from monitor.cli.text.findings import show_actions, show_finding
from monitor.cli.text.surveys import show_survey
from monitor.findings.handling import fold
from monitor.store import queries
from monitor.store.tables import actions, surveys


@click.command()
@click.argument("id_", metavar="ID")
@database_option
@json_option
def show(id_: str, database: str | None, as_json: bool) -> None:
    """One finding, whole: what, since when, how far, how it was proven, its life, and who was told."""
    sys.exit(_print(id_, database, as_json))


def _print(id_: str, database: str | None, as_json: bool) -> int:
    """Print one finding, whole."""
    with Reading(database) as ledger:
        wanted = wanted_finding(id_, ledger)
        finding = ledger.finding(wanted)
        if finding is None:
            no_finding(wanted, ledger)
        life = queries.changes(ledger, wanted)
        told = queries.told(ledger, wanted)
        proofs = queries.evidence(ledger, wanted)
        surveyed = surveys.latest(ledger, wanted)
        done = actions.of_finding(ledger, wanted)
    now = datetime.now(UTC)
    if not as_json:
        show_finding(console.out(), finding, life, told, proofs, now)
        show_actions(console.out(), done, fold(done, finding))
        if surveyed is not None:
            show_survey(console.out(), surveyed, None, finding.asset)
        return NOTHING_OPEN
    value = finding_json(finding, now)
    value["changes"] = [
        {"sequence": c.sequence, "step": c.step.value, "at": c.at.isoformat(), "reason": reason_text(c.reason, "en")}
        for c in life
    ]
    value["told"] = [
        {
            "sequence": t.sequence,
            "step": t.step,
            "channel": t.channel,
            "party": t.party,
            "state": t.state,
            "tries": t.tries,
            "accepted": t.accepted and t.accepted.isoformat(),
        }
        for t in told
    ]
    value["handling"] = fold(done, finding).standing.value
    value["actions"] = [
        {"act": d.act.value, "at": d.at.isoformat(), "by": d.by, "party": d.party, "reason": d.reason} for d in done
    ]
    value["evidence"] = list(proofs)
    value["survey"] = survey_json(surveyed) if surveyed is not None else None
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
    return NOTHING_OPEN
