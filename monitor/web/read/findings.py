"""The list of findings: filters from the URL, a page at a time, worst and oldest first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.api.finding import finding_json
from monitor.findings.finding import Finding, Severity, State
from monitor.findings.handling import TriageStatus, fold
from monitor.findings.reach.tally import SurveyResult
from monitor.store import summaries
from monitor.store.ledger import Ledger
from monitor.store.summaries import After, Wanted
from monitor.store.tables import networks, surveys
from monitor.web.identity.grants import Seen

OPEN_STATES = (State.EXPOSED.value, State.CLEARING.value)
LONGEST_TEXT = 100


@dataclass(frozen=True, slots=True)
class Filters:
    """What the URL of a list asks for; every value is one of the known ones."""

    state: tuple[str, ...] = ()
    severity: tuple[str, ...] = ()
    handling: tuple[str, ...] = ()
    asset: tuple[str, ...] = ()
    party: str = ""
    contract: str = ""
    q: str = ""


KNOWN = {
    "state": ("open", *(state.value for state in State)),
    "severity": tuple(severity.value for severity in reversed(Severity)),
    "handling": tuple(status.value for status in TriageStatus),
}
"""The words of the filters. `open` stands for both states in which something is, or may be, open."""


def wanted(filters: Filters, seen: Seen) -> Wanted:
    """The filters as the ledger reads them. A party, contract or asset that is not of the scope finds nothing."""
    states = {one for word in filters.state for one in (OPEN_STATES if word == "open" else (word,))}
    assets = set(filters.asset) if filters.asset else None
    if filters.party or filters.contract:
        of_both = {
            asset.id
            for asset in seen.inventory.assets
            if (not filters.party or filters.party in {one.id for one in seen.chains[asset.id]})
            and (not filters.contract or filters.contract in {c.id for c in seen.inventory.contract_chain(asset)})
        }
        assets = of_both if assets is None else assets & of_both
    return Wanted(states, filters.severity, assets, filters.handling, filters.q[:LONGEST_TEXT])


def findings(
    ledger: Ledger, seen: Seen, filters: Filters, after: After | None, most: int, now: datetime
) -> tuple[dict[str, Any], After | None]:
    """A page of the list as JSON values, and where the next page begins; None: this was the last."""
    asked = wanted(filters, seen)
    found = summaries.findings_page(ledger, asked, after, most + 1)
    shown = found[:most]
    items = with_handling(ledger, shown, now)
    following = summaries.after(shown[-1]) if len(found) > most else None
    return {"items": items, "count": summaries.findings_count(ledger, asked)}, following


def with_handling(ledger: Ledger, found: Collection[Finding], now: datetime) -> list[dict[str, Any]]:
    """Findings as JSON values, each with where its handling stands, and what a survey counted."""
    ids = [one.id for one in found]
    done, surveyed = summaries.actions_of(ledger, ids), surveys.latest_of(ledger, ids)
    items, names = [], networks.named(ledger)
    for one in found:
        stands = fold(done[one.id], one)
        handling = {"handling": stands.standing.value, "handled_by": stands.by, "sequence": one.sequence}
        handling["etag"] = version_of(one, len(done[one.id]))
        items.append(finding_json(one, now, names=names) | handling | counted(surveyed.get(one.id)))
    return items


def version_of(finding: Finding, done: int) -> str:
    """What an action rests on: it changes with every change of the finding, and with everything that people do."""
    return f"{finding.sequence}.{done}"


def counted(surveyed: SurveyResult | None) -> dict[str, Any]:
    """How many files the last survey counted: a look alone reads only the first pages."""
    if surveyed is None:
        return {"surveyed_files": None, "surveyed_partial": None}
    return {"surveyed_files": surveyed.tally.files, "surveyed_partial": bool(surveyed.partial)}
