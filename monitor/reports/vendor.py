"""The monthly report on one party: what was promised, looked at, found, done, and what the report does not prove.

It holds counts, times and names of assets, channels and contracts as they are declared. No place of an open finding
stands in it, so that it may be handed to anybody who may read the contract.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

from monitor.alerts.messages.text.reason import reason_text
from monitor.alerts.routing.recipients import Language
from monitor.coverage.slot_outcome import conclusive
from monitor.findings.finding import Step
from monitor.reports.document import Document, Section
from monitor.reports.figures import Figures, Spans
from monitor.reports.promises import ENOUGH, Judged, Kept, judged
from monitor.reports.sentences import ReportSentences, minute
from monitor.store.tables.canaries import CanaryEvent

_SOON = 30
"""Days ahead of which an ending comes first."""


def vendor_report(figures: Figures, language: Language, now: datetime) -> Document:
    """The report in one language."""
    says = ReportSentences(language)
    promises = judged(figures)
    whole = figures.until.day == 1 and figures.until > figures.since
    return Document(
        title=says("vendor.title", name=figures.name),
        subtitle=says(
            "vendor.subtitle" if whole else "vendor.subtitle.unfinished",
            month=f"{figures.since:%Y-%m}",
            since=minute(figures.since),
            until=minute(figures.until),
            assets=len(figures.assets),
        ),
        language=language,
        summary=_summary(figures, promises, says),
        sections=(
            says.limits("outside", "declared", "between", "others", "notify", "signed"),
            _promises(promises, says),
            _unseen(figures, says),
            _outages(figures, says),
            _coverage(figures, says),
            _findings(figures, says),
            _times(figures, says),
            _exceptions(figures, says, now.date()),
            _drills(figures, says),
            _canaries(figures, says),
            Section(
                says("requests"),
                (says("requests.text"),),
                says.head("requests"),
                tuple((one.asset, str(one.looks), str(one.requests), str(one.most_a_day)) for one in figures.requests),
            ),
        ),
    )


def _summary(figures: Figures, promises: tuple[Judged, ...], says: ReportSentences) -> tuple[str, ...]:
    during = figures.exposures()
    still = sum(one.open_at(figures.until) for one in during)
    lines = [says("summary.open", open=still, during=len(during)) if during else says("summary.none")]
    if figures.due:
        lines.append(
            says(
                "summary.coverage",
                percent=says.percent(figures.conclusive, figures.due),
                due=figures.due,
                gap=says.gap(figures.worst_gap),
            )
        )
    else:
        lines.append(says("summary.coverage.none"))
    counts = Counter(one.kept for one in promises)
    lines.append(
        says(
            "summary.promises",
            kept=counts[Kept.KEPT],
            broken=counts[Kept.NOT_KEPT],
            unprovable=counts[Kept.NOT_PROVABLE],
        )
        if promises
        else says("summary.promises.none")
    )
    return tuple(lines)


def _promises(promises: tuple[Judged, ...], says: ReportSentences) -> Section:
    rows = tuple(
        (
            one.contract,
            says(f"promise.{one.promise}", value=one.value),
            says(f"kept.{one.kept.value}"),
            says(f"why.{one.why}", count=len(one.findings), enough=f"{ENOUGH:.0f} %"),
        )
        for one in promises
    )
    return Section(says("promises"), () if rows else (says("summary.promises.none"),), says.head("promises"), rows)


def _unseen(figures: Figures, says: ReportSentences) -> Section:
    lost: Counter[str] = Counter()
    for one in figures.coverage.values():
        lost.update({outcome: count for outcome, count in one.outcomes.items() if not conclusive(outcome)})
    if not lost:
        return Section(says("unseen"), (says("unseen.none" if figures.due else "summary.coverage.none"),))
    text = says("unseen.text", count=lost.total(), due=figures.due)
    rows = tuple((says.gap_reason(outcome), str(count)) for outcome, count in lost.most_common())
    return Section(says("unseen"), (text,), says.head("unseen"), rows)


def _outages(figures: Figures, says: ReportSentences) -> Section:
    if not figures.outages:
        return Section(says("outages"), (says("outages.none"),))
    rows = tuple(
        (
            minute(one.start),
            minute(one.end),
            says("outage.none")
            if one.blind is None
            else says("outage.blind", why=reason_text(one.blind, says.language)),
        )
        for one in figures.outages
    )
    return Section(says("outages"), (), says.head("outages"), rows)


def _coverage(figures: Figures, says: ReportSentences) -> Section:
    rows = []
    for asset in figures.assets:
        one = figures.coverage.get(asset.id)
        due, seen = (one.due, one.conclusive) if one is not None else (0, 0)
        gaps = (one.worst_gap, one.p95_gap) if one is not None else (timedelta(0), timedelta(0))
        rows.append(
            (asset.id, says.data(asset.data), str(due), str(seen), says.percent(seen, due), *map(says.gap, gaps))
        )
    return Section(says("coverage"), (), says.head("coverage"), tuple(rows))


def _findings(figures: Figures, says: ReportSentences) -> Section:
    since, until, during = figures.since, figures.until, figures.exposures()

    def taken(step: Step) -> int:
        return sum(one.steps(step, since, until) for one in during)

    within = sum(not one.open_at(since) and not one.open_at(until) for one in during)
    counts = {
        "new": taken(Step.OPENED),
        "reopened": taken(Step.REOPENED),
        "grown": taken(Step.GROWN),
        "cleared": taken(Step.CLEARED),
        "within": within,
        "open": sum(one.open_at(until) for one in during),
    }
    rows = tuple((says(f"findings.{name}"), str(count)) for name, count in counts.items())
    return Section(says("findings"), (), says.head("findings"), rows)


def _times(figures: Figures, says: ReportSentences) -> Section:
    since, until, during = figures.since, figures.until, figures.exposures()
    spans = {
        "acknowledged": Spans.of(one.acknowledged_after(since, until) for one in during),
        "closed": Spans.of(seconds for one in during for seconds in one.spans(since, until)),
        "age": Spans.of(
            (until - (one.finding.confirmed or one.finding.first_seen)).total_seconds()
            for one in during
            if one.open_at(until)
        ),
    }
    rows = tuple(
        (says(f"times.{name}"), str(one.count), says.span(one.middle), says.span(one.worst))
        for name, one in spans.items()
    )
    return Section(says("times"), (), says.head("times"), rows)


def _exceptions(figures: Figures, says: ReportSentences, today: date) -> Section:
    rows = tuple(
        (says(f"ending.{one.kind.value}"), _named(one.name), one.until.isoformat(), str(one.days_left(today)))
        for one in sorted(figures.endings, key=lambda one: (one.days_left(today) > _SOON, one.until, one.name))
    )
    if not rows:
        return Section(says("exceptions"), (says("exceptions.none"),))
    return Section(says("exceptions"), (), says.head("exceptions"), rows)


def _named(name: str) -> str:
    """The name of what ends, without the path of a place that is open by intent."""
    return name.partition(" ")[0].partition("/")[0]


def _canaries(figures: Figures, says: ReportSentences) -> Section:
    """How soon those that were planted on its hosts were looked at, told of and taken. Their places are not told."""
    if not figures.canaries:
        return Section(says("canaries"), (says("canaries.none"),))
    events = (CanaryEvent.LOOKED_AT, CanaryEvent.TOLD, CanaryEvent.ACKNOWLEDGED, CanaryEvent.WITHDRAWN)
    rows = tuple(
        (minute(one.planted), *(_exactly(one.seconds(event), says) for event in events))
        for one in figures.canaries
        if one.planted is not None
    )
    text = says("canaries.text", count=len(rows))
    return Section(says("canaries"), (text,), says.head("canaries"), rows)


def _exactly(seconds: int | None, says: ReportSentences) -> str:
    """Hours, minutes and seconds: it is these that are compared from canary to canary."""
    return says("nothing") if seconds is None else str(timedelta(seconds=seconds))


def _drills(figures: Figures, says: ReportSentences) -> Section:
    text = says("drills.text", count=len(figures.drills), misdelivered=figures.misdelivered)
    rows = tuple(
        (minute(one.started), one.channel, says.span(one.seconds(one.accepted)), says.span(one.seconds(one.answered)))
        for one in figures.drills
    )
    return Section(says("drills"), (text,), says.head("drills") if rows else (), rows)
