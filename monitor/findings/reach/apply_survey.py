"""What a survey makes of a finding: its reach, and a severity that rests on all that was counted, not on one page."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.findings.decide import Decision, Policy, changed
from monitor.findings.finding import Finding, Severity, State, Step
from monitor.findings.reach.extent import Extent, extent_of_tally
from monitor.findings.reach.tally import SurveyResult, Tally
from monitor.findings.reasons import Cause, Worse
from monitor.findings.severity import is_active, last_arrival, severity


def reach_of(tally: Tally, partial: tuple[str, ...] = ()) -> Extent:
    """A tally as the extent of a finding."""
    folders = max(0, tally.folders - 1) + tally.closed + tally.unread
    return extent_of_tally(tally, folders, "; ".join(partial))


def apply_survey(finding: Finding, surveyed: SurveyResult, now: datetime, policy: Policy) -> Decision:
    """The finding with its reach; a change that is told when the survey shows it to be worse than its first page."""
    reach = _reach(finding, surveyed)
    if reach is None:
        return Decision(finding, None, Cause.NOT_MEASURED)
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
        witnessed=finding.witnessed or bool(surveyed.witnesses),
    )
    if finding.state is State.EXPOSED and worse and level.rank >= Severity.HIGH.rank:
        return changed(now_on, Step.GROWN, now, Worse(finding.severity, level))
    return Decision(now_on, None, Cause.MEASURED)


def _reach(finding: Finding, surveyed: SurveyResult) -> Extent | None:
    """What the survey counted; what a look saw where that is more and the survey says that it is partial.

    None when no folder could be read at all: what is on file stays.
    """
    if surveyed.partial and not (surveyed.tally.folders or surveyed.tally.files):
        return None
    reach = reach_of(surveyed.tally, surveyed.partial)
    if surveyed.partial and reach.files < finding.extent.files:
        return replace(finding.extent, partial=reach.partial)
    return reach


def breaches(tally: Tally, retention_days: int, today: datetime) -> int:
    """How many files are surely older than a contract lets them be: whole months before the limit, and no others."""
    limit = (today - timedelta(days=retention_days)).strftime("%Y-%m")
    return sum(files for month, files in tally.months.items() if month < limit)
