"""The verdict on one place as JSON: a line of `run --json`."""

from __future__ import annotations

from typing import Any

from monitor.alerts.messages.text.reason import reason_text
from monitor.findings.reach.extent import Extent
from monitor.rounds.batch.lines import Line
from probes.api import Clear, Exposed, Unknown


def verdict_json(line: Line) -> dict[str, Any]:
    """One place of a round as JSON values."""
    verdict = line.verdict
    value: dict[str, Any] = {
        "asset": line.asset,
        "target": line.target,
        "address": line.address,
        "port": line.port,
        "place": str(verdict.place),
        "probe": line.probe,
        "verdict": {Exposed: "exposed", Clear: "clear", Unknown: "unknown"}[type(verdict)],
        "kind": verdict.kind,
        "certainty": None,
        "why": verdict.why.value,
        "files": None,
        "directories": None,
        "bytes": None,
        "partial": None,
        "facts": [str(fact) for fact in verdict.facts],
        "note": reason_text(line.note, "en"),
        "finding": line.finding or None,
    }
    if verdict.checks:
        value["checks"] = [
            {"check": d.name, "verdict": d.verdict, "why": d.why.value, **({"detail": d.detail} if d.detail else {})}
            for d in verdict.checks
        ]
    match verdict:
        case Exposed():
            extent = line.extent or Extent()
            value |= {
                "certainty": verdict.certainty.value,
                "files": extent.files,
                "directories": extent.directories,
                "bytes": extent.size if extent.sized else None,
                "partial": extent.partial,
            }
            if extent.counted:
                value["counted"] = dict(extent.counted)
        case Unknown(detail=detail) if detail:
            value["detail"] = detail
        case _:
            pass
    return value
