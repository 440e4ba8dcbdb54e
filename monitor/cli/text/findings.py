"""Findings for people: a table of many, one whole, and what people did about it."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from monitor.alerts.messages import formatting
from monitor.alerts.messages.text.reason import code_and_why, proof_text, reason_text, severity_text, why_text
from monitor.api.finding import ONE_NETWORK
from monitor.cli import console
from monitor.cli.text.long_table import LongTable
from monitor.findings.finding import Change, Finding, State
from monitor.findings.handling import Action, Handling, TriageStatus
from monitor.findings.reasons import Cause
from monitor.inventory.values.addresses import is_address
from monitor.store.queries import SentMessage
from probes.recognise.people.masking import mask_text

WIDE = 140
"""Columns from which on findings are a table."""


def show_findings(
    out: Console,
    findings: Iterable[Finding],
    now: datetime,
    stands: Mapping[str, Handling],
    names: Mapping[str, str] = ONE_NETWORK,
) -> None:
    """Findings, worst first: a table where there is room, else two lines each, or as few as hold it; an id is never
    broken. `names` are those of the networks, where there are several."""
    if out.width < WIDE:
        _show_short(out, findings, now, stands, names)
        return
    table = LongTable()
    table.add_column("id", no_wrap=True)
    for heading in (
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
            escape(f"{finding.place}{_from(finding, names)}"),
            console.extent_words(finding.reach or finding.extent) or "-",
            f"{finding.first_seen:%Y-%m-%d %H:%M}Z",
            formatting.duration(finding.proven_seconds()),
            "unbounded" if possible is None else "at most " + formatting.duration(possible),
        )
    table.show(out)


def _from(finding: Finding, names: Mapping[str, str]) -> str:
    return f" (from {names[finding.network]})" if finding.network in names else ""


def _closing(finding: Finding) -> str:
    """How far it is to closed, at the endpoint that is furthest behind."""
    if finding.unprovable is not None:
        return f"{reason_text(Cause.WITNESSES_LOST, 'en')} (since {console.minute(finding.unprovable)})"
    behind = min(finding.seen, key=lambda seen: seen.clears, default=None)
    if behind is None or not behind.clears:
        return "not every endpoint was seen closed yet"
    since = f" since {behind.first_clear:%Y-%m-%d %H:%M}Z" if behind.first_clear else ""
    return f"{console.counted(behind.clears, 'check')} in a row found it closed{since}"


def _show_short(
    out: Console,
    findings: Iterable[Finding],
    now: datetime,
    stands: Mapping[str, Handling],
    names: Mapping[str, str],
) -> None:
    for finding in findings:
        possible = finding.possible_seconds(now)
        longest = "unbounded" if possible is None else f"at most {formatting.duration(possible)}"
        live = " live" if finding.active else ""
        out.print(
            f"[bold]{finding.id}[/]  [{console.COLOURS[finding.severity]}]{finding.severity.value}[/]  "
            f"[{console.STATES[finding.state]}]{finding.state.value}[/]{live}  "
            f"{stands[finding.id].standing.value}  {escape(finding.asset)}",
            soft_wrap=True,
        )
        parts = (
            f"{finding.place}{_from(finding, names)}",
            console.extent_words(finding.reach or finding.extent),
            f"since {finding.first_seen:%Y-%m-%d %H:%M}Z "
            f"({formatting.duration(finding.proven_seconds())} proven, {longest})",
        )
        for line in _packed([part for part in parts if part], out.width - 2):
            out.print(f"  {escape(line)}", soft_wrap=True)


def _packed(parts: Iterable[str], width: int) -> Iterator[str]:
    """The parts in as few lines as they need: none is broken inside a word, and a place is not broken at all."""
    line = ""
    for part in parts:
        if line and len(line) + 2 + len(part) > width:
            yield line
            line = ""
        if not line and len(part) > width and " " in part:
            *whole, part = textwrap.wrap(part, width, break_long_words=False, break_on_hyphens=False)
            yield from whole
        line = f"{line}  {part}" if line else part
    if line:
        yield line


def _at(endpoint: str) -> str:
    """An endpoint as people read it: what stands before an @ looks like the name of a user."""
    url, _, address = endpoint.rpartition("@")
    return f"{url} at {address}" if url else endpoint


def _curl(finding: Finding) -> Iterable[str]:
    """A request a line that shows whether it is open, for whoever wants to see for themselves; at most 1 KiB comes."""
    for seen in finding.seen:
        scheme, _, rest = seen.endpoint.partition("://")
        named, _, address = rest.rpartition("@")
        host, _, port = named.rpartition(":")
        if scheme not in ("http", "https") or not is_address(address) or not port.isdigit():
            continue
        url = f"{scheme}://{host}:{port}{quote(finding.place.path, safe='/%?=&~+,;:@')}"
        at = f"[{address}]" if ":" in address else address
        where = "" if host.strip("[]") == address else f"--resolve {shlex.quote(f'{host}:{port}:{at}')} "
        yield f"curl -sSik -r 0-1023 {where}{shlex.quote(url)}"


def show_finding(
    out: Console,
    finding: Finding,
    life: tuple[Change, ...],
    told: tuple[SentMessage, ...],
    proofs: tuple[dict[str, Any], ...],
    now: datetime,
    network: str = "",
) -> None:
    """One finding, whole: what, since when, how far, how it was proven, its life, and who was told; `network` is from
    where it is open, and empty where there is only one."""
    out.print(
        f"[bold]{finding.id}[/]  [{console.COLOURS[finding.severity]}]{finding.severity.value}[/]  "
        f"[{console.STATES[finding.state]}]{finding.state.value}[/]{'  [bold red]live[/]' if finding.active else ''}"
    )
    possible = finding.possible_seconds(now)
    bound = (
        "possibly always: it was never seen closed before"
        if possible is None
        else f"for at most {formatting.duration(possible)}"
    )
    rows = [
        ("asset", finding.asset),
        ("place", str(finding.place)),
        *([("seen from", f"the network {network}")] if network else []),
        ("seen at", "\n".join(_at(seen.endpoint) for seen in finding.seen)),
        ("what", f"{finding.kind}, {code_and_why(finding.why.value, 'en')}"),
        ("why so severe", "\n".join(severity_text(one, "en") for one in finding.severity_reasons)),
        ("last look", console.extent_words(finding.extent, long=True) or "-"),
        ("first seen", console.minute(finding.first_seen)),
        ("last seen", console.minute(finding.last_seen)),
        ("exposure", f"open for at least {formatting.duration(finding.proven_seconds())}, {bound}"),
        *([("closing", _closing(finding))] if finding.state is State.CLEARING else []),
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
    tries = list(_curl(finding))
    if tries:
        out.print("\n[bold]See for yourself[/] (one request, at most 1 KiB of the answer)")
        for line in tries:
            out.print(f"  {line}", markup=False, soft_wrap=True)
    out.print("\n[bold]History[/]")
    for change in life:
        reason = escape(reason_text(change.reason, "en"))
        out.print(f"  {change.sequence:>3}  {console.minute(change.at)}  {change.step.value:<10} {reason}")
    out.print("\n[bold]Who was told[/] (delivered to a server or service; that does not mean that somebody read it)")
    if not told:
        out.print("  nobody: no channel of the chain takes this severity, or the step tells nobody")
    for one in told:
        fate = f"accepted {console.minute(one.accepted)}" if one.accepted else f"{one.state}, {one.tries} tries"
        trouble = f": {escape(mask_text(one.last_error))}" if one.last_error else ""
        out.print(f"  {one.sequence:>3}  {one.step:<10} {one.channel} ({one.party or 'operator'})  {fate}{trouble}")
    checks = next((one["checks"] for one in reversed(proofs) if one.get("checks")), ())
    if checks:
        out.print("\n[bold]What was checked[/] (in the look of the last step)")
    for name, verdict, why, *detail in checks:
        said = f"{name} ({why}: {why_text(why, 'en')})"
        out.print(f"  {verdict:<8} {escape(': '.join((said, *detail)))}")
    if proofs:
        out.print(f"\n{len(proofs)} piece{'s' * (len(proofs) != 1)} of evidence on file (--json prints them)")


def _handling(stands: Handling) -> str:
    return "nobody has acknowledged it" if stands.standing is TriageStatus.NEW else stands.standing.value


def show_actions(out: Console, done: tuple[Action, ...], stands: Handling) -> None:
    """What people did about a finding, and where it stands with them."""
    out.print(f"\n[bold]Handling[/]: {_handling(stands)}")
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
