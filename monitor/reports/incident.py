"""The report on one incident: what happened and since when, who was told, which deadlines count, and what is not known.

It goes on where the draft of a notification ends, and has its sentences. No place and no name of a person stands in it,
and of a finding that is still open no host: it may become a public record while anybody can walk in.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from monitor.alerts.messages import formatting
from monitor.alerts.messages.text.reason import reason_text
from monitor.alerts.routing.recipients import Language
from monitor.findings.finding import State
from monitor.findings.handling import ActionKind
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.model.parties import Party
from monitor.legal.case import Case
from monitor.legal.clocks import Stage
from monitor.legal.drafts.draft import Draft, imy
from monitor.reports.document import Document, Section
from monitor.reports.sentences import ReportSentences, minute
from probes.recognise.people.masking import Masked

_SYSTEM = "leftopen"
_COUNTS = (Stage.OVERDUE, Stage.UNSET, Stage.RUNNING, Stage.NO_NUMBER)


def incident_report(
    case: Case, inventory: Inventory, party: Party, language: Language, since: datetime | None = None
) -> Document:
    """The report for one party of the chain; with `since`, a supplement: of what happened, what is new since then."""
    says, draft = ReportSentences(language), Draft(case, inventory, party, language, imy())
    what, asked = _apart([*draft.times(), *draft.nature()], draft)
    much, more = _apart([*draft.groups(), *draft.kinds()], draft)
    done, others = _apart([*draft.consequences(), *draft.actions(), *draft.others()], draft)
    questions = dict.fromkeys((*asked, *more, *others))
    return Document(
        title=says("incident.title", finding=case.finding.id),
        subtitle=says("incident.subtitle", party=party.name, asset=case.asset.id, now=minute(case.now)),
        language=language,
        summary=_summary(case, party, says, inventory.seen_from(case.finding.network)),
        sections=(
            says.limits("outside", "others", "notify", "signed"),
            Section(says("incident.what"), what),
            _timeline(case, says, since),
            Section(says("incident.much"), much),
            _told(case, inventory, says),
            _clocks(case, party, says),
            Section(says("incident.done"), done),
            Section(says("incident.logs"), _logs(case, inventory, says)),
            Section(says("incident.questions"), (says("incident.questions.text"), *questions)),
        ),
    )


def _summary(case: Case, party: Party, says: ReportSentences, network: str) -> tuple[str, ...]:
    finding = case.finding
    possible = finding.possible_seconds(case.now)
    state = {State.CLEARED: "cleared", State.CLEARING: "clearing"}.get(finding.state, "open")
    lines = [
        says(f"incident.state.{state}"),
        says("incident.proven", span=says.span(finding.proven_seconds()))
        if possible is None
        else says("incident.interval", span=says.span(finding.proven_seconds()), most=says.span(possible)),
    ]
    if network:
        lines.append(says("incident.network", network=network))
    files = case.surveyed.tally.files if case.surveyed is not None else finding.extent.files
    if files is not None:
        lines.append(says("incident.files", count=formatting.count(files, says.language)))
    mine = [one for one in case.clocks if one.party == party.id and one.stage in _COUNTS]
    first = min((one.deadline for one in mine if one.deadline is not None), default=None)
    lines.append(says("incident.next", deadline=minute(first)) if first else says("incident.no-deadline"))
    return tuple(lines)


def _apart(lines: Iterable[str], draft: Draft) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is known, and what only people can say, without the marks of a draft."""
    mark = str(draft.say("todo", what=Masked(""))).strip()
    known, open_ = [], []
    for line in map(str, lines):
        text = line.strip()
        if text.startswith(mark):
            open_.append(text.removeprefix(mark).strip())
        elif text:
            known.append(text.removeprefix("- "))
    return tuple(known), tuple(open_)


def _timeline(case: Case, says: ReportSentences, since: datetime | None) -> Section:
    """One order of time, each line with its source: seen by leftopen, said by people, taken by a provider."""
    rows: list[tuple[datetime, str, str]] = []
    for change in case.changes:
        why = reason_text(change.reason, says.language)
        rows.append((change.at, says("source.seen"), f"{says(f'step.{change.step.value}')}: {why}"))
    for action in case.actions:
        who = action.party or says("somebody")
        source = says("source.system") if action.by == _SYSTEM else says("source.said", party=who)
        what = says(f"act.{action.act.value}")
        if action.since is not None and action.since != action.at:
            what = says("act.since", act=what, since=minute(action.since))
        rows.append((action.at, source, what))
    for one in case.told:
        if one.accepted is not None:
            what = says("incident.accepted", party=one.party or says("operators"), channel=one.channel)
            rows.append((one.accepted, says("source.told"), what))
    shown = tuple((minute(at), *rest) for at, *rest in sorted(rows, key=lambda row: row[0]) if not since or at >= since)
    text = says("incident.supplement", since=minute(since)) if since else says("incident.timeline.text")
    return Section(says("incident.timeline"), (text,), says.head("incident.timeline") if shown else (), shown)


def _told(case: Case, inventory: Inventory, says: ReportSentences) -> Section:
    """Each party of the chain: when a provider first took a message for it, and whether somebody of it has answered."""
    taken = next((one.at for one in case.actions if one.act is ActionKind.ACKNOWLEDGED), None)
    rows = []
    for party in inventory.chain(case.asset):
        mine = [one for one in case.told if one.party == party.id]
        accepted = [one.accepted for one in mine if one.accepted is not None]
        rows.append(
            (
                party.name,
                str(len(mine)),
                minute(min(accepted)) if accepted else says("incident.untold"),
                says(f"party-role.{party.role.value}"),
            )
        )
    text = says("incident.taken", at=minute(taken)) if taken else says("incident.not-taken")
    return Section(says("incident.told"), (text,), says.head("incident.told"), tuple(rows))


def _clocks(case: Case, party: Party, says: ReportSentences) -> Section:
    rows = tuple(
        (
            one.says_sv if says.language == "sv" else one.says,
            f"{one.law.name}, {one.duty.article}",
            says(f"reading.{one.basis.value}"),
            minute(one.start.at) if one.start else says("nothing"),
            minute(one.deadline) if one.deadline else says("nothing"),
            says(f"stage.{one.stage.name.lower().replace('_', '-')}"),
        )
        for one in case.clocks
        if one.party == party.id
    )
    text = (says("incident.decides"),)
    return Section(says("incident.clocks"), text, says.head("incident.clocks") if rows else (), rows)


def _logs(case: Case, inventory: Inventory, says: ReportSentences) -> tuple[str, ...]:
    """Which logs to keep, and by what our own requests are told from those of strangers."""
    finding = case.finding
    lines = [says("logs.keep", start=minute(finding.last_known_good or finding.first_seen))]
    if finding.last_known_good is None:
        lines.append(says("logs.older"))
    lines.append(says("logs.ours", contact=inventory.organisation.contact))
    addresses = ", ".join(one for vantage in inventory.every_vantage for one in vantage.addresses)
    lines.append(says("logs.addresses", addresses=addresses) if addresses else says("logs.no-addresses"))
    return tuple(lines)
