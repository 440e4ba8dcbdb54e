"""One observation against what is on file: which sights belong to which finding, and what each makes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from monitor.judge.decide import Decision, Policy, open_finding, seen_clear, seen_open
from monitor.judge.finding import Finding, State, fingerprint
from probes.asks import Why
from probes.contract import Clear, Exposed, Place, Sight, Unknown


@dataclass(frozen=True, slots=True)
class Weighed:
    """A sight with the decision that it led to; no decision where it moves nothing."""

    sight: Sight
    decision: Decision | None
    note: str


LastGood = Callable[[str, Place], datetime | None]
"""The last conclusive clear look for a kind of exposure at a place, at this location, if there was one."""

Intended = Callable[[Place], date | None]
"""Until when the owner declares a place to be open by intent; None: it is not."""


def never(place: Place) -> date | None:
    """No place is open by intent."""
    return None


def weigh(
    sights: tuple[Sight, ...],
    on_file: Mapping[str, Finding],
    *,
    probe: str,
    asset: str,
    location: str,
    now: datetime,
    policy: Policy,
    last_good: LastGood,
    intended: Intended = never,
) -> tuple[Weighed, ...]:
    """Every sight of one observation, weighed. `on_file` maps fingerprints to findings of this asset."""
    open_places = [s.place for s in sights if isinstance(s, Exposed) or _unseen_but_open(s, on_file, asset, policy)]
    weighed = []
    for sight in sights:
        match sight:
            case Unknown():
                weighed.append(Weighed(sight, None, f"no verdict ({sight.why.value}): nothing moves"))
            case Clear():
                finding = on_file.get(fingerprint(policy.tenant, asset, sight.kind, sight.place))
                if finding is None:
                    weighed.append(Weighed(sight, None, "closed, and nothing is on file"))
                else:
                    decision = seen_clear(finding, sight, location, now, policy)
                    weighed.append(Weighed(sight, decision, decision.why))
            case Exposed():
                weighed.append(
                    _open(sight, on_file, open_places, probe, asset, location, now, policy, last_good, intended)
                )
    return tuple(weighed)


def _unseen_but_open(sight: Sight, on_file: Mapping[str, Finding], asset: str, policy: Policy) -> bool:
    """Whether a place without a verdict this time is open as far as is on file: what lies below is its part."""
    if not isinstance(sight, Unknown):
        return False
    finding = on_file.get(fingerprint(policy.tenant, asset, sight.kind, sight.place))
    return finding is not None and finding.state in (State.EXPOSED, State.CLEARING)


def _open(
    sight: Exposed,
    on_file: Mapping[str, Finding],
    open_places: list[Place],
    probe: str,
    asset: str,
    location: str,
    now: datetime,
    policy: Policy,
    last_good: LastGood,
    intended: Intended,
) -> Weighed:
    finding = on_file.get(fingerprint(policy.tenant, asset, sight.kind, sight.place))
    if finding is not None:
        decision = seen_open(finding, sight, location, now, policy)
        return Weighed(sight, decision, decision.why)
    until = intended(sight.place)
    if until is not None and not _beyond_intent(sight):
        return Weighed(sight, None, f"open by intent until {until}, as its owner declares")
    above = next((place for place in open_places if _above(place, sight.place)), None)
    if above is not None:
        return Weighed(sight, None, f"part of the exposure at {above}")
    decision = open_finding(sight, probe, asset, location, now, policy, last_good(sight.kind, sight.place))
    return Weighed(sight, decision, decision.why)


def _beyond_intent(sight: Exposed) -> bool:
    """Whether strangers may do more than read: write, or take the name. Who declares a place public means neither."""
    return sight.why is Why.DANGLING or any(door.name == "write" and door.verdict == "exposed" for door in sight.doors)


def _above(upper: Place, lower: Place) -> bool:
    same = (upper.host, upper.port) == (lower.host, lower.port)
    return same and upper.path != lower.path and upper.path.endswith("/") and lower.path.startswith(upper.path)
