"""What a survey makes of a finding: its reach, and a severity that rests on all that was counted, not on one page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.findings.decide import Decision, Policy
from monitor.findings.extent import Extent, claims_of
from monitor.findings.finding import Change, Finding, Severity, State, Step
from monitor.findings.reasons import Cause, Worse
from monitor.findings.severity import is_active, last_arrival, severity
from monitor.findings.tally import Surveyed, Tally
from probes.recognise.people.identifiers import NameCensus

ZONES = timedelta(hours=14)
"""Pages show dates without a zone; the earth has zones up to 14 hours from UTC."""


def reach_of(tally: Tally, partial: tuple[str, ...] = ()) -> Extent:
    """A tally as the extent of a finding."""
    return Extent(
        files=tally.files,
        directories=max(0, tally.folders - 1) + tally.closed + tally.unread,
        size=tally.size,
        size_exact=bool(tally.sized) and tally.exact == tally.sized,
        sized=tally.sized,
        folders_read=tally.folders,
        partial="; ".join(partial),
        kinds=tuple((kind.value, files) for kind, (files, _) in tally.by_kind().items()),
        calls=tally.calls,
        newest=_at(tally.newest, -ZONES),
        oldest=_at(tally.oldest, ZONES),
        claims=claims_of(NameCensus(tally.census).verdict()),
    )


def widened(finding: Finding, surveyed: Surveyed, now: datetime, policy: Policy) -> Decision:
    """The finding with its reach; a change that is told when the survey shows it to be worse than its first page."""
    reach = reach_of(surveyed.tally, surveyed.partial)
    arrival = last_arrival(finding.last_arrival, reach, bool(surveyed.new_files), now)
    active = is_active(arrival, now)
    level, reasons = severity(policy.data_class, reach, active, finding.why)
    worse = level.rank > finding.severity.rank
    kept = level if worse else finding.severity
    now_on = replace(
        finding,
        reach=reach,
        active=active,
        last_arrival=arrival,
        severity=kept,
        severity_reasons=reasons if worse else finding.severity_reasons,
    )
    if finding.state is State.EXPOSED and worse and level.rank >= Severity.HIGH.rank:
        why = Worse(finding.severity, level)
        now_on = replace(now_on, sequence=finding.sequence + 1)
        return Decision(now_on, Change(finding.id, now_on.sequence, Step.GROWN, now, why), why)
    return Decision(now_on, None, Cause.MEASURED)


def breaches(tally: Tally, retention_days: int, today: datetime) -> int:
    """How many files are surely older than a contract lets them be: whole months before the limit, and no others."""
    limit = (today - timedelta(days=retention_days)).strftime("%Y-%m")
    return sum(files for month, files in tally.months.items() if month < limit)


def _at(shown: str, doubt: timedelta) -> datetime | None:
    try:
        return datetime.strptime(shown, "%Y-%m-%d %H:%M").replace(tzinfo=UTC) + doubt
    except (ValueError, OverflowError):
        return None
