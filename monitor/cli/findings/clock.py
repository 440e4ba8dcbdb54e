"""`leftopen clock`: the legal clocks of a finding."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from monitor.api.clock import DECIDES, case_json, left_words, recurring_words
from monitor.api.times import utc
from monitor.cli import console
from monitor.cli.findings.case import read_case
from monitor.cli.opening import NOTHING_OPEN, fail, load_inventory
from monitor.cli.options import database_option, id_argument, inventory_argument, json_option, sent_option
from monitor.inventory.model.inventory import Inventory
from monitor.legal.case import Case
from monitor.legal.clocks import Clock, Stage, earliest_start
from monitor.legal.duties import CONTRACT, STOCKHOLM, Duty, Law


@click.command()
@id_argument
@inventory_argument
@database_option
@json_option
@click.option("--party", metavar="P", help="Only the clocks of this party of the chain.")
@sent_option
def clock(
    id_: str, inventory: Path, database: str | None, as_json: bool, party: str | None, sent: tuple[str, ...]
) -> None:
    """Show the legal deadlines of a finding; the most urgent comes first.

    Each line shows who may have to report what to whom, since when, and how much time is left. The rules come from
    dated files, one for each version of each law; a person decides. Nothing is sent to anybody.
    """
    checked = load_inventory(inventory, quiet=True)
    sys.exit(_print(checked.inventory, database, id_, party, sent, as_json))


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
    inventory: Inventory, database: str | None, id_: str, party: str | None, sent: tuple[str, ...], as_json: bool
) -> int:
    """Print the clocks of one finding, the most urgent first."""
    case = read_case(inventory, database, id_, sent)
    chain = [one.id for one in inventory.chain(case.asset)]
    if party is not None and party not in chain:
        fail(f"{party!r} is not of the asset's chain (known: {', '.join(chain)})")
    shown = tuple(one for one in case.clocks if party in (None, one.party))
    parties = [one for one in chain if party in (None, one)]
    if as_json:
        click.echo(json.dumps(case_json(case, shown, parties), ensure_ascii=False, indent=2))
    else:
        _show(console.out(), case, shown, parties)
    return NOTHING_OPEN


def _show(out: Console, case: Case, shown: tuple[Clock, ...], parties: list[str]) -> None:
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
    _show_notes(out, shown)
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


def _show_notes(out: Console, shown: Iterable[Clock]) -> None:
    shown = tuple(shown)
    for party in dict.fromkeys(one.party for one in shown if one.stage is Stage.UNSET):
        out.print(f"  [bold red]unset[/]: a person of {escape(party)} says since when it is aware: `leftopen aware`")
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
