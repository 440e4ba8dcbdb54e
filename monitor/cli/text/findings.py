"""Findings for people: a table of many, one whole, and what people did about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from monitor.alerts.messages import formatting
from monitor.alerts.messages.reason_text import proof_text, reason_text, severity_text
from monitor.cli import console
from monitor.findings.finding import Change, Finding
from monitor.findings.handling import Action, Handling
from monitor.store.queries import Told
from probes.recognise.people.masking import mask_text


def show_findings(out: Console, findings: Iterable[Finding], now: datetime, stands: Mapping[str, Handling]) -> None:
    """Findings as a table, worst first."""
    table = Table(show_edge=False, pad_edge=False)
    for heading in (
        "id",
        "severity",
        "state",
        "handling",
        "asset",
        "place",
        "how much",
        "open since",
        "proven",
        "possible",
    ):
        table.add_column(heading, overflow="fold")
    for finding in findings:
        possible = finding.possible_seconds(now)
        table.add_row(
            finding.id,
            f"[{console.COLOURS[finding.severity]}]{finding.severity.value}[/]",
            f"[{console.STATES[finding.state]}]{finding.state.value}[/]" + (" live" if finding.active else ""),
            stands[finding.id].standing.value,
            escape(finding.asset),
            escape(str(finding.place)),
            console.extent_words(finding.reach or finding.extent),
            f"{finding.first_seen:%Y-%m-%d %H:%M}Z",
            formatting.duration(finding.proven_seconds()),
            "unbounded" if possible is None else "at most " + formatting.duration(possible),
        )
    out.print(table)


def show_finding(
    out: Console,
    finding: Finding,
    life: tuple[Change, ...],
    told: tuple[Told, ...],
    proofs: tuple[dict[str, Any], ...],
    now: datetime,
) -> None:
    """One finding, whole: what, since when, how far, how it was proven, its life, and who was told."""
    out.print(
        f"[bold]{finding.id}[/]  [{console.COLOURS[finding.severity]}]{finding.severity.value}[/]  "
        f"[{console.STATES[finding.state]}]{finding.state.value}[/]{'  [bold red]live[/]' if finding.active else ''}"
    )
    possible = finding.possible_seconds(now)
    bound = "unbounded: no earlier conclusive look" if possible is None else f"at most {formatting.duration(possible)}"
    rows = [
        ("asset", finding.asset),
        ("place", str(finding.place)),
        ("seen at", "\n".join(seen.endpoint for seen in finding.seen)),
        ("what", f"{finding.kind}, {finding.why.value}"),
        ("why so severe", "\n".join(severity_text(one, "en") for one in finding.severity_reasons)),
        ("a look shows", console.extent_words(finding.extent, long=True)),
        ("first seen", console.minute(finding.first_seen)),
        ("last seen", console.minute(finding.last_seen)),
        ("exposure", f"proven {formatting.duration(finding.proven_seconds())}; possible {bound}"),
        ("reopened", str(finding.reopened)),
        ("facts", "\n".join(map(str, finding.facts)) or "-"),
        ("proof", "\n".join(f"{n}. {proof_text(one, 'en')}" for n, one in enumerate(finding.proof, 1)) or "-"),
    ]
    table = Table(show_header=False, show_edge=False, pad_edge=False, box=None)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, text in rows:
        table.add_row(name, escape(text))
    out.print(table)
    out.print("\n[bold]Its life[/]")
    for change in life:
        reason = escape(reason_text(change.reason, "en"))
        out.print(f"  {change.sequence:>3}  {console.minute(change.at)}  {change.step.value:<10} {reason}")
    out.print("\n[bold]Who was told[/] (accepted by the provider; nobody has read it by that)")
    if not told:
        out.print("  nobody: no channel of the chain takes this severity, or the step tells nobody")
    for one in told:
        fate = f"accepted {console.minute(one.accepted)}" if one.accepted else f"{one.state}, {one.tries} tries"
        trouble = f": {escape(mask_text(one.last_error))}" if one.last_error else ""
        out.print(f"  {one.sequence:>3}  {one.step:<10} {one.channel} ({one.party or 'operator'})  {fate}{trouble}")
    if proofs:
        out.print(f"\n{len(proofs)} pieces of evidence are on file (--json prints them)")


def show_actions(out: Console, done: tuple[Action, ...], stands: Handling) -> None:
    """What people did about a finding, and where it stands with them."""
    out.print(f"\n[bold]What people did[/]: {stands.standing.value}")
    for action in done:
        until = f", until {console.minute(action.until)}" if action.until else ""
        since = f", since {console.minute(action.since)}" if action.since else ""
        party = f" ({action.party})" if action.party else ""
        said = f": {action.reason}" if action.reason else ""
        out.print(
            f"  {console.minute(action.at)}  {action.act.value:<16} {escape(f'{action.by}{party}{since}{until}{said}')}"
        )
    if stands.asked is not None:
        out.print(f"  [yellow]waits for a second person[/]: {stands.asked.act.value} by {escape(stands.asked.by)}")
