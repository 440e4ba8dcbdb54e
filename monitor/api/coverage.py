"""Coverage as JSON: percent, counts and gaps, for the command line, HTTP and reports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.alerts.messages.text.reason import reason_text
from monitor.coverage.slot_coverage import Coverage, Outage, Period

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def coverage_json(period: Period) -> dict[str, Any]:
    """A period with all that was looked at in it, and what was not. Gaps are in seconds; names are those of assets."""
    return {
        "since": stamp(period.since),
        "until": stamp(period.until),
        "all": one_coverage_json(period.all),
        "classes": _many(period.classes),
        "contracts": _many(period.contracts),
        "assets": _many(period.assets),
        "gaps": [
            {"asset": id_, "start": stamp(at(gap.start)), "end": stamp(at(gap.end)), "why": gap.why}
            for id_, gap in period.gaps
        ],
        "outages": [_outage(one) for one in period.outages],
    }


def at(microseconds: int) -> datetime:
    """A time of the log."""
    return _EPOCH + timedelta(microseconds=microseconds)


def stamp(when: datetime) -> str:
    """A time as JSON has it."""
    return when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _outage(one: Outage) -> dict[str, Any]:
    why = "no-round" if one.blind is None else f"blind: {reason_text(one.blind, 'en')}"
    return {"start": stamp(one.start), "end": stamp(one.end), "why": why}


def _many(some: Mapping[str, Coverage]) -> dict[str, Any]:
    return {name: one_coverage_json(one) for name, one in some.items()}


def one_coverage_json(coverage: Coverage) -> dict[str, Any]:
    """Conclusive slots over due slots of one asset, or of many."""
    return {
        "percent": None if coverage.percent is None else round(coverage.percent, 3),
        "due": coverage.due,
        "conclusive": coverage.conclusive,
        "outcomes": dict(coverage.outcomes),
        "worst_gap": round(coverage.worst_gap.total_seconds()),
        "p95_gap": round(coverage.p95_gap.total_seconds()),
    }
