"""What the commands print for people: tables and sentences. Data goes to stdout, talk to stderr."""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from monitor.alerts.messages import formatting
from monitor.findings.extent import Extent
from monitor.findings.finding import Change, Finding, Severity, State
from monitor.findings.handling import Action, Handling
from monitor.rounds.recorder import Line
from monitor.service.application import Round
from monitor.store.queries import Told
from probes.api import Check, Clear, Exposed, Unknown
from probes.reasons import Why
from probes.recognise.people.masking import mask_text

COLOURS = {Severity.LOW: "cyan", Severity.MEDIUM: "yellow", Severity.HIGH: "red", Severity.CRITICAL: "bold red"}
STATES = {State.SUSPECTED: "yellow", State.EXPOSED: "bold red", State.CLEARING: "yellow", State.CLEARED: "green"}


def out() -> Console:
    """Where data goes. Without a terminal nothing is coloured or cut."""
    terminal = sys.stdout.isatty()
    return Console(file=sys.stdout, soft_wrap=not terminal, highlight=False, width=None if terminal else 200)


def talk() -> Console:
    """Where talk goes."""
    return Console(file=sys.stderr, soft_wrap=True, highlight=False)


def line_json(line: Line) -> str:
    """One place of a round as a line of JSON: the interface of `run --json`."""
    verdict = line.verdict
    value: dict[str, Any] = {
        "asset": line.asset,
        "target": line.target,
        "address": line.address,
        "port": line.port,
        "place": str(verdict.place),
        "probe": line.probe,
        "verdict": {Exposed: "exposed", Clear: "clear", Unknown: "unknown"}[type(verdict)],
        "kind": verdict.kind,
        "certainty": None,
        "why": verdict.why.value,
        "files": None,
        "directories": None,
        "bytes": None,
        "facts": list(verdict.facts),
        "note": line.note,
        "finding": line.finding or None,
    }
    if verdict.checks:
        value["checks"] = [
            {"check": d.name, "verdict": d.verdict, "why": d.why.value, **({"detail": d.detail} if d.detail else {})}
            for d in verdict.checks
        ]
    match verdict:
        case Exposed():
            extent = line.extent or Extent()
            value |= {
                "certainty": verdict.certainty.value,
                "files": extent.files,
                "directories": extent.directories,
                "bytes": extent.size if extent.sized else None,
            }
        case Unknown(detail=detail) if detail:
            value["detail"] = detail
        case _:
            pass
    return json.dumps(value, ensure_ascii=False)


def finding_json(finding: Finding, now: datetime) -> dict[str, Any]:
    """A finding as JSON values."""
    extent = finding.extent
    return {
        "id": finding.id,
        "asset": finding.asset,
        "place": str(finding.place),
        "kind": finding.kind,
        "state": finding.state.value,
        "severity": finding.severity.value,
        "severity_reasons": list(finding.severity_reasons),
        "why": finding.why.value,
        "live": finding.active,
        "first_seen": _iso(finding.first_seen),
        "last_seen": _iso(finding.last_seen),
        "confirmed": _iso(finding.confirmed),
        "cleared": _iso(finding.cleared),
        "last_known_good": _iso(finding.last_known_good),
        "proven_seconds": finding.proven_seconds(),
        "possible_seconds": finding.possible_seconds(now),
        "reopened": finding.reopened,
        "locations": [seen.location for seen in finding.seen],
        "files": extent.files,
        "directories": extent.directories,
        "bytes": extent.size if extent.sized else None,
        "bytes_exact": extent.size_exact,
        "calls": extent.calls,
        "partial": extent.partial,
        "kinds": dict(extent.kinds),
        "newest": _iso(extent.dates[1]) if extent.dates else None,
        "oldest": _iso(extent.dates[0]) if extent.dates else None,
        "claims": list(extent.claims),
        "facts": list(finding.facts),
        "proof": list(finding.proof),
    }


def show_round(console: Console, done: Round) -> None:
    """A round for people: what is open first, then what could not be seen, then what is closed."""
    if done.blind:
        console.print(f"[bold red]BLIND[/]: round {done.id} decided nothing. {escape(done.blind)}")
        return
    places: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in done.lines:
        if isinstance(line.verdict, Exposed):
            places[line.asset, str(line.verdict.place)].append(line)
    for (asset, place), lines in places.items():
        _show_exposed(console, asset, place, lines)
    unknown: dict[str, Counter[str]] = defaultdict(Counter)
    clear: Counter[str] = Counter()
    for line in done.lines:
        match line.verdict:
            case Unknown(why=why):
                unknown[line.asset][why.value] += 1
            case Clear(why=why):
                # A port that does not speak our way is no place: its twin in the other speech is counted.
                clear[line.asset] += why is not Why.NOT_SPOKEN
            case Exposed():
                pass
    if unknown:
        console.print("[yellow]Unknown[/] (not green: no verdict was possible)")
        for asset, reasons in sorted(unknown.items()):
            console.print(f"  {asset}: " + ", ".join(f"{count} x {why}" for why, count in reasons.most_common()))
    if clear:
        console.print(
            "[green]Clear[/] " + ", ".join(f"{asset} ({count})" for asset, count in sorted(clear.items()) if count)
        )
    seconds = (done.ended - done.started).total_seconds()
    console.print(
        f"round {done.id}: {len(done.assets)} assets, {len(done.lines)} places, {done.asks} requests, {seconds:.1f} s"
    )


def _show_exposed(console: Console, asset: str, place: str, lines: list[Line]) -> None:
    """One open place, with every location at which it was seen."""
    console.print(f"[bold red]EXPOSED[/] [bold]{escape(asset)}[/]  {escape(place)}")
    first = lines[0]
    said = [extent_words(first.extent or Extent()), *first.verdict.facts]
    said += dict.fromkeys(f"{line.target}: {check_words(line.verdict.checks)}" for line in lines if line.verdict.checks)
    said.append("seen at " + ", ".join(dict.fromkeys(line.target for line in lines)))
    said.append(
        " ".join(dict.fromkeys(f"{line.finding}: {line.note}" if line.finding else line.note for line in lines))
    )
    for words in said:
        console.print(f"        {escape(words)}")


def check_words(checks: Iterable[Check]) -> str:
    """A bucket's vector in one line: what is open, what is closed, and of what nothing can be said, with the reason."""
    groups: dict[str, list[str]] = defaultdict(list)
    for check in checks:
        groups[check.verdict].append(f"{check.name} ({check.why.value})")
    told = [verdict for verdict in ("exposed", "clear", "unknown") if groups[verdict]]
    return "; ".join(f"{verdict}: {', '.join(groups[verdict])}" for verdict in told)


def show_findings(console: Console, findings: Iterable[Finding], now: datetime, stands: Mapping[str, Handling]) -> None:
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
            f"[{COLOURS[finding.severity]}]{finding.severity.value}[/]",
            f"[{STATES[finding.state]}]{finding.state.value}[/]" + (" live" if finding.active else ""),
            stands[finding.id].standing.value,
            escape(finding.asset),
            escape(str(finding.place)),
            extent_words(finding.reach or finding.extent),
            f"{finding.first_seen:%Y-%m-%d %H:%M}Z",
            span(finding.proven_seconds()),
            "unbounded" if possible is None else "at most " + span(possible),
        )
    console.print(table)


def show_finding(
    console: Console,
    finding: Finding,
    life: tuple[Change, ...],
    told: tuple[Told, ...],
    proofs: tuple[dict[str, Any], ...],
    now: datetime,
) -> None:
    """One finding, whole: what, since when, how far, how it was proven, its life, and who was told."""
    console.print(
        f"[bold]{finding.id}[/]  [{COLOURS[finding.severity]}]{finding.severity.value}[/]  "
        f"[{STATES[finding.state]}]{finding.state.value}[/]{'  [bold red]live[/]' if finding.active else ''}"
    )
    possible = finding.possible_seconds(now)
    bound = "unbounded: no earlier conclusive look" if possible is None else f"at most {span(possible)}"
    rows = [
        ("asset", finding.asset),
        ("place", str(finding.place)),
        ("seen at", "\n".join(seen.location for seen in finding.seen)),
        ("what", f"{finding.kind}, {finding.why.value}"),
        ("why so severe", "\n".join(finding.severity_reasons)),
        ("a look shows", extent_words(finding.extent, long=True)),
        ("first seen", _minute(finding.first_seen)),
        ("last seen", _minute(finding.last_seen)),
        ("exposure", f"proven {span(finding.proven_seconds())}; possible {bound}"),
        ("reopened", str(finding.reopened)),
        ("facts", "\n".join(finding.facts) or "-"),
        ("proof", "\n".join(f"{n}. {step}" for n, step in enumerate(finding.proof, 1)) or "-"),
    ]
    table = Table(show_header=False, show_edge=False, pad_edge=False, box=None)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, text in rows:
        table.add_row(name, escape(text))
    console.print(table)
    console.print("\n[bold]Its life[/]")
    for change in life:
        console.print(f"  {change.sequence:>3}  {_minute(change.at)}  {change.step.value:<10} {escape(change.reason)}")
    console.print("\n[bold]Who was told[/] (accepted by the provider; nobody has read it by that)")
    if not told:
        console.print("  nobody: no channel of the chain takes this severity, or the step tells nobody")
    for one in told:
        fate = f"accepted {_minute(one.accepted)}" if one.accepted else f"{one.state}, {one.tries} tries"
        trouble = f": {escape(mask_text(one.last_error))}" if one.last_error else ""
        console.print(f"  {one.sequence:>3}  {one.step:<10} {one.channel} ({one.party or 'operator'})  {fate}{trouble}")
    if proofs:
        console.print(f"\n{len(proofs)} pieces of evidence are on file (--json prints them)")


def show_deeds(console: Console, done: tuple[Action, ...], stands: Handling) -> None:
    """What people did about a finding, and where it stands with them."""
    console.print(f"\n[bold]What people did[/]: {stands.standing.value}")
    for action in done:
        until = f", until {_minute(action.until)}" if action.until else ""
        since = f", since {_minute(action.since)}" if action.since else ""
        party = f" ({action.party})" if action.party else ""
        said = f": {action.reason}" if action.reason else ""
        console.print(
            f"  {_minute(action.at)}  {action.act.value:<16} {escape(f'{action.by}{party}{since}{until}{said}')}"
        )
    if stands.asked is not None:
        console.print(f"  [yellow]waits for a second person[/]: {stands.asked.act.value} by {escape(stands.asked.by)}")


def extent_words(extent: Extent, long: bool = False) -> str:
    """How much, in one line: counts at least, sizes about unless the page was exact."""
    # Folders that were seen and not entered hold more.
    least = "at least " if extent.partial or extent.directories >= extent.folders_read > 0 else ""
    parts = [least + _counted(extent.files, "file")]
    if extent.directories:
        parts.append(_counted(extent.directories, "folder"))
    if extent.sized:
        parts.append(f"{'' if extent.size_exact else 'about '}{formatting.size(extent.size, 'en')}")
    if extent.calls:
        parts.append(_counted(extent.calls, "call"))
    if long:
        parts += [f"{count} {kind}" for kind, count in extent.kinds]
        parts += list(extent.claims)
        if extent.dates:
            parts.append(f"dates {_minute(extent.dates[0])} to {_minute(extent.dates[1])} (a day of doubt)")
        if extent.partial:
            parts.append(f"partial: {extent.partial}")
        parts.append(f"read from {extent.folders_read} folder pages")
    return ", ".join(parts)


def _counted(number: int, thing: str) -> str:
    return f"{formatting.count(number, 'en')} {thing}{'' if number == 1 else 's'}"


def span(seconds: float) -> str:
    """How long: as in messages, but to the second below a minute."""
    return f"{seconds:.0f} s" if seconds < 60 else str(formatting.span(seconds, "en"))


def progress() -> Progress:
    """A progress bar for a terminal's stderr; in a pipe it prints nothing."""
    console = Console(stderr=True)
    return Progress(
        TextColumn("[progress.description]{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _minute(at: datetime | None) -> str:
    return "-" if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M}Z"
