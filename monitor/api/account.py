"""A bucket of an account with both of its sides, as JSON."""

from __future__ import annotations

from typing import Any

from monitor.accounts.bucket_settings import Open
from monitor.accounts.compare import Joined
from monitor.accounts.reading import AccountRead


def bucket_json(reading: AccountRead, one: Joined) -> dict[str, Any]:
    declared, settings, says = one.declared, one.settings, one.configured
    finding = next((line.finding for line in reading.lines if declared and line.asset == declared.asset), "")
    return {
        "account": reading.account,
        "number": settings.account if settings else None,
        "bucket": one.name,
        "region": settings.region if settings else None,
        "asset": declared.asset if declared else None,
        "place": str(declared.place) if declared else None,
        "configured": says.open.value if says else None,
        "configured_for": says.whom.value if says and says.open is Open.OPEN else None,
        "seen": declared.outside.seen.value if declared else None,
        "seen_at": declared.outside.at.isoformat() if declared and declared.outside.at else None,
        "checks": [{"check": d.name, "verdict": d.verdict, "why": d.why.value} for d in declared.outside.checks]
        if declared
        else [],
        "join": one.fit.name.lower().replace("_", "-"),
        "reasons": list(one.reasons),
        "finding": finding or None,
    }
