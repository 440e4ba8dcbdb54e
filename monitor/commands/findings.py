"""`leftopen findings` and `show`: what is on file, for people and as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime

import click
from rich.markup import escape

from monitor.alerts.messages.reason_text import reason_text
from monitor.commands import console
from monitor.commands.shared import NOTHING_OPEN, OPEN, Reading, fail
from monitor.commands.survey import surveyed_json
from monitor.commands.surveyed import show_surveyed
from monitor.findings.finding import is_finding_id
from monitor.findings.handling import fold
from monitor.service.application import OPEN_STATES
from monitor.store import actions, queries, surveys
from monitor.store.messages import events


def findings(database: str | None, as_json: bool, everything: bool) -> int:
    """Print the findings that are open, or all; the exit code says whether any is open."""
    with Reading(database) as ledger:
        every = ledger.findings()
        stands = actions.handlings(ledger)
        still_open = actions.still_open(ledger)
    # What is accepted or dismissed is shown all the same, with its standing: it is open, and people know.
    shown = tuple(finding for finding in every if everything or finding.state.value in OPEN_STATES)
    now = datetime.now(UTC)
    if as_json:
        for finding in shown:
            value = console.finding_json(finding, now) | {"handling": stands[finding.id].standing.value}
            click.echo(json.dumps(value, ensure_ascii=False))
    elif shown:
        console.show_findings(console.out(), shown, now, stands)
    else:
        console.talk().print("nothing is open" + ("" if everything else " (--all shows what was)"))
    return OPEN if still_open else NOTHING_OPEN


def show(id_: str, database: str | None, as_json: bool) -> int:
    """Print one finding, whole."""
    wanted = id_.strip().upper()
    wanted = wanted if wanted.startswith("LO-") else f"LO-{wanted}"
    if not is_finding_id(wanted):
        fail(f"{id_!r} is no finding's id: its check character does not fit. `leftopen findings --all` lists them")
    with Reading(database) as ledger:
        finding = ledger.finding(wanted)
        if finding is None:
            fail(f"no finding {wanted} in {ledger.path}. `leftopen findings --all` lists them")
        life = queries.changes(ledger, wanted)
        told = queries.told(ledger, wanted)
        proofs = queries.evidence(ledger, wanted)
        surveyed = surveys.latest(ledger, wanted)
        done = actions.of_finding(ledger, wanted)
    now = datetime.now(UTC)
    if not as_json:
        console.show_finding(console.out(), finding, life, told, proofs, now)
        console.show_deeds(console.out(), done, fold(done, finding))
        if surveyed is not None:
            show_surveyed(console.out(), surveyed, None, finding.asset)
        return NOTHING_OPEN
    value = console.finding_json(finding, now)
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
    value["survey"] = surveyed_json(surveyed) if surveyed is not None else None
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
    return NOTHING_OPEN


def trace(whom: str, database: str | None, as_json: bool) -> int:
    """Print every delivery about a finding, or to a channel or party, and what else happened to the messages."""
    with Reading(database) as ledger:
        wanted = whom.strip().upper() if is_finding_id(whom) else whom.strip()
        tries, happened = queries.tries(ledger, wanted), events.happened(ledger, wanted)
    if as_json:
        for tried in tries:
            value = asdict(tried) | {"started": tried.started.isoformat()}
            click.echo(json.dumps(value, ensure_ascii=False))
        for event in happened:
            click.echo(json.dumps(asdict(event) | {"at": event.at.isoformat()}, ensure_ascii=False))
        return NOTHING_OPEN
    if not tries and not happened:
        console.talk().print(f"nothing was ever sent about or to {escape(whom)}")
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
