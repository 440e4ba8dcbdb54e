"""A finding as JSON: what `--json` prints and what HTTP answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from monitor.alerts.messages.text.reason import proof_text, reason_text, severity_text
from monitor.alerts.routing.recipients import Language
from monitor.api.survey import survey_json
from monitor.api.times import iso
from monitor.findings.finding import Finding
from monitor.findings.handling import fold
from monitor.store import queries
from monitor.store.ledger import Ledger
from monitor.store.tables import actions, networks, surveys

ONE_NETWORK: Final[Mapping[str, str]] = MappingProxyType({})


def finding_json(
    finding: Finding, now: datetime, language: Language = "en", names: Mapping[str, str] = ONE_NETWORK
) -> dict[str, Any]:
    """A finding as JSON values; its reasons as sentences of that language. `names` are those of the networks
    (`monitor.store.tables.networks.named`): where there are several, a finding says from which it is open."""
    extent = finding.extent
    return {
        "id": finding.id,
        "asset": finding.asset,
        "place": str(finding.place),
        **seen_from(finding.network, names),
        "kind": finding.kind,
        "state": finding.state.value,
        "severity": finding.severity.value,
        "severity_reasons": [severity_text(one, language) for one in finding.severity_reasons],
        "why": finding.why.value,
        "live": finding.active,
        "first_seen": iso(finding.first_seen),
        "last_seen": iso(finding.last_seen),
        "confirmed": iso(finding.confirmed),
        "cleared": iso(finding.cleared),
        "last_known_good": iso(finding.last_known_good),
        "proven_seconds": finding.proven_seconds(),
        "possible_seconds": finding.possible_seconds(now),
        "reopened": finding.reopened,
        "endpoints": [seen.endpoint for seen in finding.seen],
        "files": extent.files,
        "directories": extent.directories,
        "bytes": extent.size if extent.sized else None,
        "bytes_exact": extent.size_exact,
        "calls": extent.calls,
        "partial": extent.partial,
        "kinds": dict(extent.kinds),
        "newest": iso(extent.dates[1]) if extent.dates else None,
        "oldest": iso(extent.dates[0]) if extent.dates else None,
        "counted": dict(extent.counted),
        "claims": [str(claim) for claim in extent.claims],
        "facts": [str(fact) for fact in finding.facts],
        "proof": [proof_text(one, language) for one in finding.proof],
    }


def seen_from(network: str, names: Mapping[str, str]) -> dict[str, str]:
    """The key that says from which network something was seen; none where there is only one."""
    return {"network": names[network]} if network in names else {}


def whole_finding_json(ledger: Ledger, finding: Finding, now: datetime, language: Language = "en") -> dict[str, Any]:
    """A finding with its life: changes, who was told, what people did, evidence and the last survey."""
    done = actions.of_finding(ledger, finding.id)
    surveyed = surveys.latest(ledger, finding.id)
    return finding_json(finding, now, language, networks.named(ledger)) | {
        "changes": [
            {"sequence": c.sequence, "step": c.step.value, "at": iso(c.at), "reason": reason_text(c.reason, language)}
            for c in queries.changes(ledger, finding.id)
        ],
        "told": [
            {
                "sequence": t.sequence,
                "step": t.step,
                "channel": t.channel,
                "party": t.party,
                "state": t.state,
                "tries": t.tries,
                "accepted": iso(t.accepted),
            }
            for t in queries.messages_about(ledger, finding.id)
        ],
        "handling": fold(done, finding).standing.value,
        "actions": [
            {
                "act": d.act.value,
                "at": iso(d.at),
                "by": d.by,
                "party": d.party,
                "reason": d.reason,
                "until": iso(d.until),
            }
            for d in done
        ],
        "evidence": list(queries.evidence(ledger, finding.id)),
        "survey": survey_json(surveyed) if surveyed is not None else None,
    }
