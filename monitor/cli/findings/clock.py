"""`leftopen clock`: the legal clocks of a finding."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from monitor.api.clock import DECIDES, case_json, clock_json, left_words, recurring_words
from monitor.api.json_text import json_text
from monitor.api.times import utc
from monitor.cli import completion, console
from monitor.cli.findings.case import open_clocks, read_case
from monitor.cli.opening import NOTHING_OPEN, fail, load_inventory
from monitor.cli.options import database_option, inventory_argument, json_option, sent_option
from monitor.cli.text.long_table import LongTable
from monitor.findings.finding import Finding, parse_finding_id
from monitor.inventory.model.inventory import Inventory
from monitor.legal.case import Case
from monitor.legal.clocks import Clock, Stage, earliest_start
from monitor.legal.duties import CONTRACT, STOCKHOLM, Duty, Law

NEXT = 3
"""How many deadlines of a finding are shown first."""
MOST = 200
"""How many findings are shown first, the most urgent ones."""


@click.command()
@click.argument("id_", metavar="[ID]", required=False, shell_complete=completion.findings)
@inventory_argument
@database_option
@json_option
@click.option("--party", metavar="P", help="Only the clocks of this party of the chain.")
@click.option(
    "--all",
    "every",
    is_flag=True,
    help="All deadlines of the finding, with notes and sources of the laws; without ID, all open findings.",
)
@sent_option
def clock(
    id_: str | None,
    inventory: Path,
    database: str | None,
    as_json: bool,
    party: str | None,
    every: bool,
    sent: tuple[str, ...],
) -> None:
    """Show the next three legal deadlines of a finding; without ID the next deadline of every open finding.

    Each line shows who may have to report what to whom, since when, and how much time is left. The rules come from
    dated files, one for each version of each law; a person decides. Nothing is sent to anybody.
    """
    if id_ is not None and parse_finding_id(id_, bare=True) is None and (alone := Path(id_)).is_file():
        id_, inventory = None, alone
    declared = load_inventory(inventory, quiet=True).inventory
    if id_ is not None:
        sys.exit(_print(declared, database, id_, party, sent, as_json, every))
    if sent:
        fail("--sent needs the ID of a finding")
    sys.exit(_overview(open_clocks(declared, database), party, as_json, every))


def _overview(found: Iterable[tuple[Finding, tuple[Clock, ...]]], party: str | None, as_json: bool, every: bool) -> int:
    """The most urgent clock of each open finding that no report has stopped, the most urgent finding first."""
    rows = []
    for finding, clocks in found:
        due = [one for one in clocks if party in (None, one.party) and one.stage is not Stage.SENT]
        rows += [(finding, due[0], len(due) - 1)] if due else []
    rows.sort(key=lambda row: (row[1].stage, row[1].left is None, row[1].left))
    if as_json:
        for finding, one, more in rows:
            value = {"finding": finding.id, "asset": finding.asset, "more": more, **clock_json(one)}
            click.echo(json_text(value))
        return NOTHING_OPEN
    out = console.out()
    if not rows:
        out.print("no legal clock runs: nothing is open")
        return NOTHING_OPEN
    table = LongTable(None)
    for heading in ("finding", "asset", "left", "who", "what", "deadline in Stockholm", "more"):
        table.add_column(heading, overflow="fold", no_wrap=heading == "finding")
    for finding, one, more in rows if every else rows[:MOST]:
        deadline = stockholm(one.deadline) if one.deadline else one.limit or "no number"
        cells = (finding.id, finding.asset, left_words(one), one.party, one.says, deadline, str(more))
        table.add_row(*map(escape, cells), style=_style(one))
    table.show(out)
    if not every and len(rows) > MOST:
        out.print(f"and {len(rows) - MOST} more open findings: leftopen clock --all, or --json")
    out.print(f"leftopen clock ID shows more of one.\n[bold]{DECIDES}[/]")
    return NOTHING_OPEN


_COLOURS = {
    Stage.OVERDUE: "bold red",
    Stage.UNSET: "bold red",
    Stage.RUNNING: "",
    Stage.NO_NUMBER: "yellow",
    Stage.WAITING: "dim",
    Stage.SENT: "green",
}


_WARNING_COLOURS = {0: "", 50: "yellow", 75: "bold yellow", 90: "red"}


def _print(
    inventory: Inventory,
    database: str | None,
    id_: str,
    party: str | None,
    sent: tuple[str, ...],
    as_json: bool,
    every: bool,
) -> int:
    """Print the clocks of one finding, the most urgent first."""
    case = read_case(inventory, database, id_, sent)
    chain = [one.id for one in inventory.chain(case.asset)]
    if party is not None and party not in chain:
        fail(f"{party!r} is not of the asset's chain (known: {', '.join(chain)})")
    shown = tuple(one for one in case.clocks if party in (None, one.party))
    parties = [one for one in chain if party in (None, one)]
    if as_json:
        click.echo(json_text(case_json(case, shown, parties), indent=2))
    else:
        _show(console.out(), case, shown, parties, every)
    return NOTHING_OPEN


def _show(out: Console, case: Case, shown: tuple[Clock, ...], parties: list[str], every: bool) -> None:
    more = 0 if every else max(0, len(shown) - NEXT)
    shown = shown if every else shown[:NEXT]
    finding = case.finding
    out.print(
        f"[bold]{finding.id}[/] {escape(finding.asset)} (declared: {case.asset.data.value}), {finding.severity.value}, "
        f"{finding.state.value}, handling {case.handling.standing.value}; now {both(case.now)}"
    )
    for party in parties:
        start = earliest_start(finding, case.changes, case.actions, party)
        out.print(f"  earliest defensible start for {escape(party)}: {both(start) if start else 'not confirmed'}")
    table = Table(show_edge=False, pad_edge=False, box=None)
    for heading in ("left", "who", "what", "deadline, and in Stockholm", "reading, began, set by"):
        table.add_column(heading, overflow="fold")
    for one in shown:
        table.add_row(*(escape(cell) for cell in _row(one)), style=_style(one))
    out.print(table)
    if more:
        out.print(f"  and {more} more: leftopen clock {finding.id} --all")
    if every:
        _show_notes(out, shown)
    else:
        _show_unset(out, shown)
    for line in recurring_words(case):
        out.print(f"  {escape(line)}")
    out.print(f"[bold]{DECIDES}[/]")


def _style(one: Clock) -> str:
    return _WARNING_COLOURS[one.warning] if one.stage is Stage.RUNNING else _COLOURS[one.stage]


def _row(one: Clock) -> tuple[str, ...]:
    start = one.start
    to = f": {one.to}" if one.duty.to == CONTRACT else ""
    used = "" if one.share is None else f"\n{100 * one.share:.0f} % used"
    return (
        left_words(one) + used,
        one.party,
        f"{one.says}{to}\n{one.law.name} {one.duty.article}{'' if one.duty.verified else ' (unverified)'}",
        f"{utc(one.deadline)}\n{stockholm(one.deadline)}" if one.deadline else one.limit or "no number",
        f"{one.basis.value}\n{utc(start.at)} {start.by}" if start else one.basis.value,
    )


def _show_unset(out: Console, shown: Iterable[Clock]) -> None:
    for party in dict.fromkeys(one.party for one in shown if one.stage is Stage.UNSET):
        out.print(f"  [bold red]unset[/]: a person of {escape(party)} says since when it is aware: `leftopen aware`")


def _show_notes(out: Console, shown: Iterable[Clock]) -> None:
    shown = tuple(shown)
    _show_unset(out, shown)
    noted: dict[tuple[str, str], list[str]] = {}
    for one in shown:
        for note in _case_notes(one):
            noted.setdefault((one.party, note), []).append(one.says)
    for (party, note), about in noted.items():
        out.print(f"  {escape(party)}, {escape('; '.join(dict.fromkeys(about)))}: {escape(note)}")
    duties: dict[tuple[str, str], tuple[Law, Duty]] = {}
    for one in shown:
        duties.setdefault((one.law.id + one.law.version, one.duty.id), (one.law, one.duty))
    for law, duty in duties.values():
        to = "" if duty.to == CONTRACT else f"to {duty.to}; "
        out.print(f"  [dim]{escape(law.name)} {escape(duty.article)}[/]: {escape(to + '; '.join(duty.notes))}")
        for unverified in duty.unverified:
            out.print(f"    [yellow]unverified, so no clock rests on it[/]: {escape(unverified)}")
    for law in dict.fromkeys(law for law, _ in duties.values()):
        end = f" to {law.valid_to}" if law.valid_to else ""
        out.print(
            f"  [dim]{escape(law.name)}, version {escape(law.version)} of our file, in force from {law.valid_from}{end}"
            f"; {escape(law.source)}; checked {law.checked_on} by {escape(law.checked_by)}[/]"
        )


def _case_notes(one: Clock) -> tuple[str, ...]:
    proof: tuple[str, ...] = ()
    if one.accepted is not None:
        proof = (
            f"{one.accepted.message} was accepted for {one.to} by the provider of {one.accepted.channel} at "
            f"{utc(one.accepted.at)}; nobody has read it by that",
        )
    return (*proof, *one.notes)


def stockholm(at: datetime) -> str:
    """The same time in Stockholm, with its offset: one hour of an October night comes twice."""
    return f"{at.astimezone(STOCKHOLM):%a %Y-%m-%d %H:%M%z}"


def both(at: datetime) -> str:
    """A time in UTC and in Stockholm."""
    return f"{utc(at)} ({stockholm(at)} Stockholm)"
