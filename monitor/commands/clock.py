"""`leftopen clock`: the legal clocks of a finding, for people and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from monitor.commands import console
from monitor.commands.handle import when
from monitor.commands.shared import NOTHING_OPEN, Reading, fail
from monitor.findings.finding import Change, Finding, is_finding_id
from monitor.findings.handling import Action, fold
from monitor.inventory.model.inventory import Inventory
from monitor.legal.case import Case
from monitor.legal.chain import accepted, links
from monitor.legal.clocks import Clock, Sent, Stage, clocks, duty_ids, earliest_start, sent_of
from monitor.legal.duties import CONTRACT, STOCKHOLM, Duty, Law, laws
from monitor.legal.recurring import Known, recurring
from monitor.store import actions, queries, surveys

_COLOURS = {
    Stage.OVERDUE: "bold red",
    Stage.UNSET: "bold red",
    Stage.RUNNING: "",
    Stage.NO_NUMBER: "yellow",
    Stage.WAITING: "dim",
    Stage.SENT: "green",
}
_WARNING_COLOURS = {0: "", 50: "yellow", 75: "bold yellow", 90: "red"}
DECIDES = (
    "leftopen computes and files nothing; whether a duty applies, and since when, a person decides. No legal advice."
)


def read_case(inventory: Inventory, database: str | None, id_: str, sent: tuple[str, ...] = ()) -> Case:
    """The finding, whole; what is wrong with the words ends the program with code 2."""
    wanted = id_.strip().upper()
    wanted = wanted if wanted.startswith("LO-") else f"LO-{wanted}"
    if not is_finding_id(wanted):
        fail(f"{id_!r} is no finding's id: its check character does not fit. `leftopen findings --all` lists them")
    now = datetime.now(UTC)
    with Reading(database) as ledger:
        finding = ledger.finding(wanted)
        if finding is None:
            fail(f"no finding {wanted} in {ledger.path}. `leftopen findings --all` lists them")
        changes = queries.changes(ledger, wanted)
        done = actions.of_finding(ledger, wanted)
        told = queries.told(ledger, wanted)
        surveyed = surveys.latest(ledger, wanted)
        every = tuple(
            _known(one, queries.changes(ledger, one.id), actions.of_finding(ledger, one.id))
            for one in ledger.findings()
        )
    asset = next((a for a in inventory.assets if a.id == finding.asset), None)
    if asset is None:
        fail(f"the inventory no longer holds {finding.asset!r}: give the one that it was found with, for its chain")
    chain = links(inventory, asset)
    notices = tuple(_sent(text, {link.party for link in chain}, now) for text in sent)
    # What is said on the command line is said for this output alone, and goes before what is on file.
    given = {(notice.party, notice.duty) for notice in notices}
    notices += tuple(one for one in sent_of(done) if (one.party, one.duty) not in given)
    again = recurring(_known(finding, changes, done), every, now)
    running = clocks(
        finding, changes, done, chain, laws(), now, sent=notices, accepted=accepted(told, finding.id)
    )  # fmt: skip
    return Case(finding, asset, changes, done, fold(done, finding), surveyed, told, running, now, again)


def _known(finding: Finding, changes: tuple[Change, ...], done: tuple[Action, ...]) -> Known:
    return Known(finding, changes, fold(done, finding).cause)


def _sent(text: str, parties: set[str], now: datetime) -> Sent:
    """`PARTY:DUTY=TIME`, as it was given."""
    who, _, time = text.partition("=")
    party, _, duty = who.partition(":")
    known = duty_ids()
    if party not in parties:
        fail(f"--sent {text}: {party!r} is not of the asset's chain (known: {', '.join(sorted(parties))})")
    if duty not in known:
        fail(f"--sent {text}: no duty {duty!r} (known: {', '.join(sorted(known))})")
    try:
        at = when(time)
    except ValueError as error:
        fail(f"--sent {text}: {error}")
    if at > now:
        fail(f"--sent {text}: nothing was sent at a time to come")
    return Sent(party, duty, at, "the command line")


def clock(
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
        click.echo(json.dumps(_case_json(case, shown, parties), ensure_ascii=False, indent=2))
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


def recurring_words(case: Case) -> list[str]:
    """The times that may have to be counted as one incident, in words; none when there was but one."""
    if not case.recurring:
        return []
    same = {
        "finding": "the same finding",
        "cause": "the same cause, as people told it",
        "asset": "the same asset, alike",
    }
    times = [f"{one.finding} at {utc(one.at)} ({same[one.same]})" for one in case.recurring]
    return [
        f"open {len(times)} times within six months, from what looks like the same cause: {'; '.join(times)}",
        "whether they are one significant incident (CIR (EU) 2024/2690 article 4, for those under it), a person says",
    ]


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


def left_words(one: Clock) -> str:
    """How a clock stands, in a few words."""
    match one.stage:
        case Stage.OVERDUE:
            return f"OVERDUE by {_span(one.left)}"
        case Stage.UNSET:
            return f"UNSET for {_span(one.unset)}"
        case Stage.RUNNING:
            return f"{_span(one.left)} left"
        case Stage.NO_NUMBER:
            return "without undue delay"
        case Stage.WAITING:
            return "not begun"
        case Stage.SENT:
            at = utc(one.sent.at) if one.sent else ""
            return f"sent {at}{', LATE' if one.late else ''}"


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


def _case_json(case: Case, shown: tuple[Clock, ...], parties: list[str]) -> dict[str, Any]:
    return {
        "finding": case.finding.id,
        "asset": case.finding.asset,
        "now": iso(case.now),
        "says": DECIDES,
        "earliest_defensible_start": {
            party: iso(earliest_start(case.finding, case.changes, case.actions, party)) for party in parties
        },
        "recurring": [{"finding": one.finding, "at": iso(one.at), "same": one.same} for one in case.recurring],
        "clocks": [clock_json(one) for one in shown],
    }


def clock_json(one: Clock) -> dict[str, Any]:
    """A clock as JSON values."""
    start, deadline = one.start, one.deadline
    return {
        "party": one.party,
        "law": one.law.id,
        "law_version": one.law.version,
        "source": one.law.source,
        "article": one.duty.article,
        "duty": one.duty.id,
        "says": one.says,
        "to": one.to,
        "reading": one.basis.value,
        "stage": one.stage.name.lower().replace("_", "-"),
        "limit": one.limit or None,
        "start": start
        and {"at": iso(start.at), "by": start.by, "reason": start.reason, "recorded": iso(start.recorded)},
        "deadline": iso(deadline),
        "deadline_stockholm": deadline and deadline.astimezone(STOCKHOLM).isoformat(timespec="seconds"),
        "left_seconds": None if one.left is None else one.left.total_seconds(),
        "used": None if one.share is None else round(one.share, 4),
        "warning": one.warning,
        "unset_seconds": None if one.unset is None else one.unset.total_seconds(),
        "sent": one.sent and iso(one.sent.at),
        "accepted": one.accepted
        and {"at": iso(one.accepted.at), "channel": one.accepted.channel, "message": one.accepted.message},
        "notes": list(one.notes),
        "law_notes": list(one.duty.notes),
        "unverified": list(one.duty.unverified),
        "verified": one.duty.verified,
    }


def iso(at: datetime | None) -> str | None:
    """A UTC time for programs."""
    return None if at is None else at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def utc(at: datetime) -> str:
    """A UTC time for people, to the minute."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}Z"


def stockholm(at: datetime) -> str:
    """The same time in Stockholm, with its offset: one hour of an October night comes twice."""
    return f"{at.astimezone(STOCKHOLM):%a %Y-%m-%d %H:%M%z}"


def both(at: datetime) -> str:
    """A time in UTC and in Stockholm."""
    return f"{utc(at)} ({stockholm(at)} Stockholm)"


def _span(length: timedelta | None) -> str:
    return console.span(abs(length).total_seconds()) if length is not None else ""
