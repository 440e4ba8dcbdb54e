"""A survey as JSON."""

from __future__ import annotations

from typing import Any

from monitor.findings.reach.apply_survey import reach_of
from monitor.findings.reach.tally import SurveyResult


def survey_json(surveyed: SurveyResult) -> dict[str, Any]:
    """A survey as JSON values; names stand in it masked, or not at all. `bytes` is null where no page tells a size."""
    tally, hours = surveyed.tally, surveyed.hours

    def told(size: int) -> int | None:
        return size if tally.sized else None

    return {
        "finding": surveyed.finding,
        "started": surveyed.started.isoformat(),
        "ended": surveyed.ended and surveyed.ended.isoformat(),
        "files": tally.files,
        "folders": tally.folders,
        "closed_folders": tally.closed,
        "unread_folders": tally.unread,
        "bytes": told(tally.size),
        "bytes_exact": tally.exact == tally.sized,
        "partial": list(surveyed.partial),
        "kinds": {kind.value: {"files": n, "bytes": told(size)} for kind, (n, size) in tally.by_kind().items()},
        "extensions": {ext: {"files": n, "bytes": told(size)} for ext, (n, size) in sorted(tally.by_extension.items())},
        "calls": tally.calls,
        "hours": hours and {"best": hours.best, "low": hours.low, "high": hours.high, "samples": hours.samples},
        "newest": tally.newest or None,
        "oldest": tally.oldest or None,
        "months": dict(sorted(tally.months.items())),
        "claims": [str(claim) for claim in reach_of(tally).claims],
        "words": dict(tally.words),
        "largest": [{"folder": path, "files": n, "bytes": told(size)} for path, n, size in surveyed.largest],
        "undeclared_customers": list(surveyed.unknown_customers),
        "new_files": surveyed.new_files,
        "new_folders": surveyed.new_folders,
        "carried_folders": surveyed.carried,
        "requests": surveyed.asks,
        "seconds": round(surveyed.seconds, 2),
    }
