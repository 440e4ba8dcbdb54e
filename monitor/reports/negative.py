"""Evidence of what was looked at without a finding: first what was not looked at, then place by place what was.

It names hosts and declared folders, so it is for the party itself and for whoever may read its inventory.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

from monitor.alerts.routing.recipients import Language
from monitor.coverage.slot_outcome import conclusive
from monitor.reports.document import Document, Section
from monitor.reports.figures import Figures
from monitor.reports.sentences import ReportSentences, minute
from monitor.store.looks.days import PlaceDay, longest_gap

NONE: Mapping[str, str] = MappingProxyType({})


def negative_report(
    figures: Figures,
    days: Iterable[PlaceDay],
    digest: str,
    vantage: str,
    language: Language,
    networks: Mapping[str, str] = NONE,
) -> Document:
    """The report; `days` are those of the party's places, `digest` that of the inventory, `vantage` from where.
    `networks` names the networks that the days tell apart, where there are several."""
    says = ReportSentences(language)
    by_place: dict[tuple[str, str, str, str], list[PlaceDay]] = {}
    for day in days:
        endpoint = f"{day.endpoint} ({networks[day.network]})" if day.network in networks else day.endpoint
        by_place.setdefault((day.asset, day.kind, day.place, endpoint), []).append(day)
    looked_at = {asset for asset, *_ in by_place}
    never = [one.id for one in figures.assets if one.id not in looked_at]
    lost = [
        (asset, str(count), says.gap_reason(outcome))
        for asset, one in sorted(figures.coverage.items())
        for outcome, count in one.outcomes.items()
        if not conclusive(outcome)
    ]
    unseen = (*((asset, says("never"), says("unseen.never")) for asset in never), *lost)
    return Document(
        title=says("negative.title", name=figures.name),
        subtitle=says(
            "vendor.subtitle",
            month=f"{figures.since:%Y-%m}",
            since=minute(figures.since),
            until=minute(figures.until),
            assets=len(figures.assets),
        ),
        language=language,
        summary=(
            says("negative.unseen", count=figures.due - figures.conclusive, due=figures.due),
            says("negative.open", count=len(figures.exposures())),
            says("negative.scope", digest=digest, vantage=vantage),
        ),
        sections=(
            Section(says("unseen"), () if unseen else (says("unseen.none"),), says.head("negative.unseen"), unseen),
            says.limits("outside", "declared", "between", "others", "signed"),
            Section(
                says("negative.places"),
                (),
                says.head("negative.places"),
                tuple(_place(key, some, figures, says) for key, some in sorted(by_place.items())),
            ),
        ),
    )


def _place(
    key: tuple[str, str, str, str], days: list[PlaceDay], figures: Figures, says: ReportSentences
) -> tuple[str, ...]:
    asset, kind, place, endpoint = key
    last: datetime | None = max((one.last for one in days if one.last is not None), default=None)
    return (
        asset,
        place,
        kind,
        endpoint,
        str(sum(one.looks for one in days)),
        str(sum(one.clear for one in days)),
        str(sum(one.exposed for one in days)),
        str(sum(one.unknown for one in days)),
        says.gap(longest_gap(days, figures.since, figures.until)),
        minute(last) if last is not None else says("never"),
    )
