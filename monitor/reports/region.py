"""The monthly report of a controller on everybody who works for it: a row a party, coverage beside what was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from monitor.alerts.routing.recipients import Language
from monitor.coverage.endings import EndingKind
from monitor.reports.document import Document, Section
from monitor.reports.figures import Figures
from monitor.reports.promises import Kept, judged
from monitor.reports.sentences import ReportSentences, minute
from monitor.reports.vendor import vendor_report

_SOON = 30
"""Days ahead of which the end of a permission is listed."""


def region_report(name: str, parties: Sequence[Figures], language: Language, now: datetime) -> Document:
    """The report; `parties` has the figures of each party that is watched. A party without a due time is `n/a`."""
    says = ReportSentences(language)
    first = parties[0] if parties else None
    # A finding of a subcontractor is one of the vendor above it too.
    open_now = {one.finding.id for each in parties for one in each.exposures() if one.open_at(each.until)}
    return Document(
        title=says("region.title", name=name),
        subtitle=says("region.subtitle", since=minute(first.since), until=minute(first.until), parties=len(parties))
        if first is not None
        else says("region.none"),
        language=language,
        summary=(says("region.summary", open=len(open_now)), says("region.reading")),
        sections=(
            says.limits("outside", "declared", "between", "signed"),
            Section(says("region"), (), says.head("region"), tuple(_row(one, says) for one in parties)),
            _ending(parties, says, now),
            Section(
                says("digests"),
                (says("digests.text"),),
                says.head("digests"),
                tuple((one.name, vendor_report(one, language, now).digest) for one in parties),
            ),
        ),
    )


def _row(one: Figures, says: ReportSentences) -> tuple[str, ...]:
    during = one.exposures()
    counts = Counter(promise.kept for promise in judged(one))
    new = sum(each.steps_opened(one.since, one.until) for each in during)
    drill = max((each.started for each in one.drills), default=None)
    return (
        one.name,
        str(len(one.assets)),
        says.percent(one.conclusive, one.due) if one.due else says("n/a"),
        says.gap(one.worst_gap) if one.due else says("n/a"),
        str(sum(each.open_at(one.until) for each in during)),
        str(new),
        f"{counts[Kept.KEPT]} / {counts[Kept.NOT_KEPT]} / {counts[Kept.NOT_PROVABLE]}",
        f"{drill:%Y-%m-%d}" if drill is not None else says("never"),
        str(one.misdelivered),
    )


def _ending(parties: Sequence[Figures], says: ReportSentences, now: datetime) -> Section:
    """Permissions that end soon or have ended: what is not allowed is not looked at."""
    ending = {
        (one.until, one.name, each.name)
        for each in parties
        for one in each.endings
        if one.kind is EndingKind.CONTRACT and one.days_left(now.date()) <= _SOON
    }
    if not ending:
        return Section(says("ending"), (says("ending.none"),))
    rows = tuple(
        (name, contract, until.isoformat(), str((until - now.date()).days)) for until, contract, name in sorted(ending)
    )
    return Section(says("ending"), (), says.head("ending"), rows)
