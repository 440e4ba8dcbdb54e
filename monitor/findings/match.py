"""One observation against what is on file: which verdicts belong to which finding, and what each makes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from monitor.findings import promises
from monitor.findings.decide import Decision, Policy, open_finding, seen_clear, seen_open
from monitor.findings.finding import Finding, State, fingerprint
from monitor.findings.reasons import Cause, NoVerdict, OpenByIntent, PartOf, Reason
from probes.api import Clear, Exposed, Place, Unknown, Verdict
from probes.reasons import OpenReason


@dataclass(frozen=True, slots=True)
class Matched:
    """A verdict with the decision that it led to; no decision where it moves nothing."""

    verdict: Verdict
    decision: Decision | None
    note: Reason


LastGood = Callable[[str, Place], datetime | None]
"""The last conclusive clear look for a kind of exposure at a place, at this location, if there was one."""

Intended = Callable[[Place], date | None]
"""Until when the owner declares a place to be open by intent; None: it is not."""


def never(place: Place) -> date | None:
    """No place is open by intent."""
    return None


def match_verdicts(
    verdicts: tuple[Verdict, ...],
    on_file: Mapping[str, Finding],
    *,
    probe: str,
    asset: str,
    location: str,
    now: datetime,
    policy: Policy,
    last_good: LastGood,
    intended: Intended = never,
) -> tuple[Matched, ...]:
    """Every verdict of one observation, weighed. `on_file` maps fingerprints to findings of this asset."""
    open_places = [s.place for s in verdicts if isinstance(s, Exposed) or _unseen_but_open(s, on_file, asset, policy)]
    weighed = []
    for verdict in verdicts:
        match verdict:
            case Unknown():
                weighed.append(Matched(verdict, None, NoVerdict(verdict.why)))
            case Clear():
                finding = on_file.get(fingerprint(policy.tenant, asset, verdict.kind, verdict.place))
                if finding is None:
                    weighed.append(Matched(verdict, None, Cause.NOTHING_ON_FILE))
                else:
                    decision = seen_clear(finding, verdict, location, now, policy)
                    weighed.append(Matched(verdict, decision, decision.why))
            case Exposed():
                weighed.append(
                    _open(verdict, on_file, open_places, probe, asset, location, now, policy, last_good, intended)
                )
    return tuple(weighed)


def _unseen_but_open(verdict: Verdict, on_file: Mapping[str, Finding], asset: str, policy: Policy) -> bool:
    """Whether a place without a verdict this time is open as far as is on file: what lies below is its part."""
    if not isinstance(verdict, Unknown):
        return False
    finding = on_file.get(fingerprint(policy.tenant, asset, verdict.kind, verdict.place))
    return finding is not None and finding.state in (State.EXPOSED, State.CLEARING)


def _open(
    verdict: Exposed,
    on_file: Mapping[str, Finding],
    open_places: list[Place],
    probe: str,
    asset: str,
    location: str,
    now: datetime,
    policy: Policy,
    last_good: LastGood,
    intended: Intended,
) -> Matched:
    finding = on_file.get(fingerprint(policy.tenant, asset, verdict.kind, verdict.place))
    if finding is not None:
        decision = seen_open(finding, verdict, location, now, policy)
        return Matched(verdict, decision, decision.why)
    until = intended(verdict.place)
    if until is not None and not _beyond_intent(verdict):
        return Matched(verdict, None, OpenByIntent(until.isoformat()))
    above = next((place for place in open_places if _above(place, verdict.place)), None)
    if above is not None:
        return Matched(verdict, None, PartOf(str(above)))
    decision = open_finding(verdict, probe, asset, location, now, policy, last_good(verdict.kind, verdict.place))
    return Matched(verdict, decision, decision.why)


def _beyond_intent(verdict: Exposed) -> bool:
    """Whether strangers may do more than read: write, or take the name. Who declares a place public means neither."""
    return (
        verdict.kind in promises.KINDS
        or verdict.why is OpenReason.DANGLING
        or any(check.name == "write" and check.verdict == "exposed" for check in verdict.checks)
    )


def _above(upper: Place, lower: Place) -> bool:
    same = (upper.host, upper.port) == (lower.host, lower.port)
    return same and upper.path != lower.path and upper.path.endswith("/") and lower.path.startswith(upper.path)
