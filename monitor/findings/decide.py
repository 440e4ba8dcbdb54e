"""The one decision: what a verdict makes of a finding. Pure: the clock is an argument, so its test is a table.

The machine is that of the observation axis: suspected, exposed, clearing, cleared, and exposed again under the same id.
`Unknown` is not among the arguments: the caller has nothing to hand over, so silence cannot move anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.findings.finding import (
    ANYWHERE,
    Change,
    EndpointState,
    Finding,
    Severity,
    State,
    Step,
    finding_id,
    fingerprint,
)
from monitor.findings.reach.extent import Extent, extent_of
from monitor.findings.reasons import (
    Cause,
    ClearLooks,
    FirstClear,
    Grew,
    OpenAgain,
    Reason,
    SeverityReason,
    Tenfold,
    Worse,
)
from monitor.findings.severity import is_active, last_arrival, severity
from probes.api import Certainty, Clear, Exposed
from probes.facts import latest
from probes.reasons import ClosedReason, OpenReason, Why


@dataclass(frozen=True, slots=True)
class Policy:
    """What a decision rests on besides the verdict."""

    tenant: str
    data_class: str
    confirm_after: timedelta = timedelta(seconds=60)
    """Two likely verdicts this far apart make an exposure."""
    clear_looks: int = 3
    clear_over: timedelta = timedelta(minutes=30)
    """So many clear looks, over so long, close a finding: a deploy or a cache can hide a listing for minutes."""
    retire_after: int = 10
    """An endpoint to which so many looks in a row no longer led, over at least `clear_over`, is retired."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one endpoint: what a verdict rests on."""

    asset: str
    probe: str
    endpoint: str
    at: datetime
    network: str = ""
    """From where, as the ledger files it."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A finding as it stands now, and the step that it took, if any."""

    finding: Finding
    change: Change | None
    why: Reason
    """Why it did, or did not, take a step."""


def open_finding(verdict: Exposed, look: Look, policy: Policy, last_good: datetime | None) -> Decision:
    """A first positive verdict of a place: exposed at once when it is proven, else suspected, which wakes nobody."""
    now = look.at
    print_ = fingerprint(policy.tenant, look.asset, verdict.kind, verdict.place, look.network)
    extent = extent_of(verdict)
    arrival = last_arrival(None, extent, grew=False, now=now)
    active = is_active(arrival, now)
    level, reasons = severity(policy.data_class, extent, active, verdict.why)
    proven = verdict.certainty is Certainty.PROVEN
    finding = Finding(
        id=finding_id(print_),
        fingerprint=print_,
        tenant=policy.tenant,
        asset=look.asset,
        probe=look.probe,
        kind=verdict.kind,
        place=verdict.place,
        state=State.EXPOSED if proven else State.SUSPECTED,
        severity=level,
        severity_reasons=reasons,
        first_seen=now,
        last_seen=now,
        confirmed=now if proven else None,
        cleared=None,
        last_known_good=last_good,
        reopened=0,
        sequence=1,
        active=active,
        last_arrival=arrival,
        seen=(EndpointState(look.endpoint, now),),
        extent=extent,
        why=verdict.why,
        facts=verdict.facts,
        proof=verdict.proof,
        network=look.network,
        witnessed=bool(verdict.witnesses),
    )
    step = Step.OPENED if proven else Step.SUSPECTED
    why = Cause.PROVEN if proven else Cause.LIKELY_ONCE
    return Decision(finding, Change(finding.id, 1, step, now, why), why)


def seen_open(finding: Finding, verdict: Exposed, look: Look, policy: Policy) -> Decision:
    """A further positive verdict of a place on file."""
    endpoint, now = look.endpoint, look.at
    extent = _wider(finding, verdict, endpoint)
    grew = _grew(finding.extent, extent)
    arrival = last_arrival(finding.last_arrival, extent, grew, now)
    active = is_active(arrival, now)
    level, reasons = _worst(finding, extent, active, verdict.why, policy)
    now_on = replace(
        finding,
        # Looks at several endpoints end in any order; the last verdict is the latest of them.
        last_seen=max(finding.last_seen, now),
        seen=_open_at(finding.seen, endpoint, now),
        extent=extent,
        active=active,
        last_arrival=arrival,
        severity=level,
        severity_reasons=reasons,
        facts=latest((*finding.facts, *verdict.facts)),
        why=verdict.why,
        proof=verdict.proof or finding.proof,
        kind=verdict.kind,
        cleared=None,
        witnessed=finding.witnessed or bool(verdict.witnesses),
        unprovable=None,
    )
    proven = verdict.certainty is Certainty.PROVEN
    match finding.state:
        case State.SUSPECTED:
            # A first look that lies that far ahead was seen by a clock that was wrong, and was another look too.
            if proven or abs(now - finding.first_seen) >= policy.confirm_after:
                opened = replace(now_on, state=State.EXPOSED, confirmed=now)
                return changed(opened, Step.OPENED, now, Cause.CONFIRMED)
            return Decision(now_on, None, Cause.TOO_SOON)
        case State.EXPOSED:
            grown = _material(finding, now_on, grew)
            if grown is not None:
                return changed(now_on, Step.GROWN, now, grown)
            return Decision(now_on, None, Cause.STILL_OPEN)
        case State.CLEARING | State.CLEARED:
            if not proven and not _again(finding, now, policy):
                # One weak look is not enough to call people back; it keeps the finding from closing, no more.
                weak = replace(
                    finding,
                    seen=_weakly_open_at(finding.seen, endpoint, now),
                    witnessed=finding.witnessed or bool(verdict.witnesses),
                )
                return Decision(weak, None, Cause.NOT_CONFIRMED)
            if finding.confirmed is None:
                opened = replace(now_on, state=State.EXPOSED, confirmed=now)
                return changed(opened, Step.OPENED, now, Cause.CONFIRMED_AGAIN)
            reopened = replace(now_on, state=State.EXPOSED, reopened=finding.reopened + 1, confirmed=now)
            return changed(reopened, Step.REOPENED, now, OpenAgain(finding.state))


def seen_clear(finding: Finding, verdict: Clear, look: Look, policy: Policy, *, lost: bool = False) -> Decision:
    """A conclusive clear look at one endpoint of a finding. Only an endpoint where it was once open counts.

    `lost`: the names of what once answered there are lost, and nobody has said since that all of it is refused. Then
    clear looks alone close nothing.
    """
    endpoint, now = look.endpoint, look.at
    here = [s for s in finding.seen if s.endpoint == endpoint or _counts_anywhere(s, verdict, now, policy)]
    if not here or (finding.state is State.CLEARED and all(s.clears for s in here)):
        return Decision(finding, None, Cause.NEVER_OPEN_HERE)
    seen = tuple(_clear_at(s, now) if s in here else s for s in finding.seen)
    finding = replace(finding, seen=seen)
    if finding.state is State.CLEARED:
        # A weak look had left its mark here; a clear one takes it off, or two of them far apart would reopen it.
        return Decision(finding, None, Cause.CLEAR_AGAIN)
    if finding.state is State.SUSPECTED:
        if all(is_closed(s, policy) for s in seen):
            gone = replace(finding, state=State.CLEARED, cleared=now, active=False)
            return changed(gone, Step.DISPELLED, now, Cause.GONE)
        return Decision(finding, None, Cause.SUSPECTED_AND_CLEAR)
    if any(s.clears == 0 for s in seen):
        return Decision(finding, None, Cause.OPEN_ELSEWHERE)
    if lost and all(is_closed(s, policy) for s in seen):
        return _unprovable(finding, now)
    if all(is_closed(s, policy) for s in seen):
        over = int(policy.clear_over.total_seconds() // 60)
        closed = replace(finding, state=State.CLEARED, cleared=now, active=False, unprovable=None)
        return changed(closed, Step.CLEARED, now, ClearLooks(policy.clear_looks, over))
    if finding.state is State.EXPOSED:
        return changed(replace(finding, state=State.CLEARING), Step.CLEARING, now, FirstClear(verdict.why))
    return Decision(finding, None, Cause.NOT_LONG_ENOUGH)


def _unprovable(finding: Finding, now: datetime) -> Decision:
    """Told once: a person has to ask for the files by hand."""
    held = replace(finding, state=State.CLEARING, unprovable=finding.unprovable or now)
    if finding.unprovable is not None:
        return Decision(held, None, Cause.WITNESSES_LOST)
    return changed(held, Step.UNPROVABLE, now, Cause.WITNESSES_LOST)


def is_closed(seen: EndpointState, policy: Policy) -> bool:
    """Whether it was seen clear there often enough, over long enough."""
    if seen.first_clear is None or seen.last_clear is None:
        return False
    return seen.clears >= policy.clear_looks and seen.last_clear - seen.first_clear >= policy.clear_over


def changed(finding: Finding, step: Step, now: datetime, why: Reason) -> Decision:
    """The decision that a finding takes a step."""
    return Decision(*finding.changed(step, now, why), why)


def _open_at(seen: tuple[EndpointState, ...], endpoint: str, now: datetime) -> tuple[EndpointState, ...]:
    # Where it is open now is what must be closed: no clear look elsewhere stands in for that.
    kept = tuple(s for s in seen if s.endpoint != ANYWHERE)
    if any(s.endpoint == endpoint for s in kept):
        return tuple(EndpointState(endpoint, now) if s.endpoint == endpoint else s for s in kept)
    return (*kept, EndpointState(endpoint, now))


def _weakly_open_at(seen: tuple[EndpointState, ...], endpoint: str, now: datetime) -> tuple[EndpointState, ...]:
    """As `_open_at`, but the first weak look of a row keeps its time: the second is measured against it."""
    waiting = any(s.endpoint == endpoint and s.clears == 0 for s in seen)
    return seen if waiting else _open_at(seen, endpoint, now)


def _again(finding: Finding, now: datetime, policy: Policy) -> bool:
    return any(abs(now - s.last_open) >= policy.confirm_after for s in _weak(finding))


def weakly_open(finding: Finding) -> bool:
    """Whether a finding that is clearing or cleared looked open since, once: a second look confirms or dispels it."""
    return any(True for _ in _weak(finding))


def _weak(finding: Finding) -> Iterator[EndpointState]:
    return (s for s in finding.seen if s.clears == 0 and s.endpoint != ANYWHERE)


def _counts_anywhere(seen: EndpointState, verdict: Clear, now: datetime, policy: Policy) -> bool:
    """Whether a clear look counts for an endpoint that was retired. The endpoints of one look count once, together."""
    if seen.endpoint != ANYWHERE or verdict.why is ClosedReason.NOT_SPOKEN:
        return False
    return seen.last_clear is None or abs(now - seen.last_clear) >= policy.confirm_after


def _clear_at(seen: EndpointState, now: datetime) -> EndpointState:
    if seen.first_clear is None or seen.first_clear > now:
        # What lies ahead was seen by a clock that was wrong: counted from there it would never be over, so it counts
        # for nothing, and this is the first clear look.
        return replace(seen, clears=1, first_clear=now, last_clear=now)
    return replace(seen, clears=seen.clears + 1, last_clear=now)


def _wider(finding: Finding, verdict: Exposed, endpoint: str) -> Extent:
    """The same disk seen at a second endpoint, or half of it, must not look as though it had shrunk and grown again."""
    if verdict.why is OpenReason.INDEX_OFF_FILES_OPEN:
        return finding.extent
    extent = extent_of(verdict)
    first = finding.seen[0].endpoint if finding.seen else endpoint
    return extent if endpoint == first or extent.files > finding.extent.files else finding.extent


def _worst(
    finding: Finding, extent: Extent, active: bool, why: Why, policy: Policy
) -> tuple[Severity, tuple[SeverityReason, ...]]:
    """The severity of what this look shows, or of what the last survey counted below the place where that is worse."""
    page = severity(policy.data_class, extent, active, why)
    if finding.reach is None or why is OpenReason.INDEX_OFF_FILES_OPEN:
        return page
    below = severity(policy.data_class, finding.reach, active, why)
    return below if below[0].rank > page[0].rank else page


def _grew(before: Extent, after: Extent) -> bool:
    # Two pages cut at the same number of bytes hold more or fewer names by chance, and a walk that went further down
    # sees more: neither proves growth.
    alike = before.folders_read == after.folders_read and not before.partial and not after.partial
    return alike and after.files > before.files


def _material(before: Finding, after: Finding, grew: bool) -> Grew | Tenfold | Worse | None:
    """Why people must hear of an open finding again, or None: more growth of a live leak is shown, not told."""
    if grew and not before.active:
        return Grew(before.extent.files, after.extent.files)
    if before.extent.files and after.extent.files >= 10 * before.extent.files:
        return Tenfold(before.extent.files, after.extent.files)
    if after.severity.rank > before.severity.rank and after.severity.rank >= Severity.HIGH.rank:
        return Worse(before.severity, after.severity)
    return None
