"""One observation against what is on file: which verdicts belong to which finding, and what each makes of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from monitor.findings import promises
from monitor.findings.decide import Decision, Look, Policy, open_finding, seen_clear, seen_open
from monitor.findings.finding import Finding, State, fingerprint
from monitor.findings.reasons import Cause, NoVerdict, OpenByIntent, PartOf, Reason
from probes.api import Clear, Exposed, Place, Unknown, Verdict
from probes.reasons import ELSEWHERE, ClosedReason, OpenReason


@dataclass(frozen=True, slots=True)
class OnFile:
    """What is on file and declared of one asset, as far as a look at one endpoint may need it."""

    findings: Mapping[str, Finding]
    """Its findings by fingerprint, whatever their state."""
    last_good: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    """The last conclusive clear look at this endpoint, by kind and place; left out where there was none."""
    intended: Mapping[Place, date] = field(default_factory=dict)
    """Places that their owner declares to be open by intent, each with its last day."""
    lost: Collection[str] = ()
    """The findings whose files once seen open are lost from the database, and of which nobody has said since that they
    are refused."""
    judged_otherwise: Collection[tuple[str, str]] = ()
    """Kinds and places that were last seen open or closed where their port is spoken to in the other way: in TLS where
    this endpoint is in clear text, and in clear text where it is in TLS."""
    unjudged_elsewhere: Collection[tuple[str, str]] = ()
    """Kinds and places whose last look at another endpoint gave no verdict, as of TLS, to which clear text leads."""
    inside: bool = False
    """Whether it is looked at from the closed network in which it may answer everybody, and from outside as well."""


def without_findings(verdicts: tuple[Verdict, ...]) -> tuple[Reason, ...]:
    """Why there is no finding for any of the verdicts, of which none is exposed, of an asset that never had one."""
    return tuple([NoVerdict(one.why) if isinstance(one, Unknown) else Cause.NOTHING_ON_FILE for one in verdicts])


def match_verdicts(
    verdicts: tuple[Verdict, ...], look: Look, on_file: OnFile, policy: Policy
) -> tuple[Decision | Reason, ...]:
    """For each verdict of one look, in order: the decision about its finding, or the reason why there is no finding."""

    if not on_file.findings and not any(isinstance(one, Exposed) for one in verdicts):
        # So are most looks, and a fingerprint is not free.
        return without_findings(verdicts)

    def filed(verdict: Verdict) -> Finding | None:
        print_ = fingerprint(policy.tenant, look.asset, verdict.kind, verdict.place, look.network)
        return on_file.findings.get(print_)

    pairs = [(one, filed(one)) for one in verdicts]
    open_places = [one.place for one, finding in pairs if isinstance(one, Exposed) or _unseen_but_open(one, finding)]
    matched: list[Decision | Reason] = []
    for verdict, finding in pairs:
        match verdict:
            case Unknown():
                matched.append(NoVerdict(verdict.why))
            case Clear():
                if finding is None:
                    matched.append(Cause.NOTHING_ON_FILE)
                elif _only_moved(verdict, finding, look, on_file):
                    matched.append(Cause.UNJUDGED_ELSEWHERE)
                else:
                    lost = finding.id in on_file.lost
                    matched.append(seen_clear(finding, verdict, look, policy, lost=lost))
            case Exposed() if finding is None:
                matched.append(_first(verdict, look, on_file, open_places, policy))
            case Exposed():
                matched.append(seen_open(finding, verdict, look, policy))
    return tuple(matched)


def _only_moved(verdict: Clear, finding: Finding, look: Look, on_file: OnFile) -> bool:
    """Whether what was open here may be open still where a stranger is sent now, and nobody has seen what is there: the
    port is spoken to in the other way, or all of it leads to another endpoint of its host."""
    if verdict.why not in ELSEWHERE or not any(seen.endpoint == look.endpoint for seen in finding.seen):
        return False
    place = verdict.kind, str(verdict.place)
    if verdict.why is ClosedReason.LOOKED_AT_THERE:
        return place in on_file.unjudged_elsewhere
    return look.endpoint.startswith(("http://", "https://")) and place not in on_file.judged_otherwise


def _unseen_but_open(verdict: Verdict, finding: Finding | None) -> bool:
    """Whether a place without a verdict this time is open as far as is on file: what lies below is its part."""
    return isinstance(verdict, Unknown) and finding is not None and finding.state in (State.EXPOSED, State.CLEARING)


def _first(
    verdict: Exposed, look: Look, on_file: OnFile, open_places: list[Place], policy: Policy
) -> Decision | Reason:
    """A positive verdict of a place that has no finding yet."""
    until = on_file.intended.get(verdict.place)
    if until is not None and not beyond_intent(verdict):
        return OpenByIntent(until.isoformat())
    if on_file.inside and not beyond_intent(verdict):
        return Cause.OPEN_INSIDE
    above = next((place for place in open_places if _above(place, verdict.place)), None)
    if above is not None:
        return PartOf(str(above))
    return open_finding(verdict, look, policy, on_file.last_good.get((verdict.kind, str(verdict.place))))


def beyond_intent(verdict: Exposed) -> bool:
    """Whether strangers may do more than read: write, or take the name. Who declares a place public means neither."""
    return (
        verdict.kind in promises.KINDS
        or verdict.why is OpenReason.DANGLING
        or any(check.name == "write" and check.verdict == "exposed" for check in verdict.checks)
    )


def _above(upper: Place, lower: Place) -> bool:
    same = (upper.host, upper.port) == (lower.host, lower.port)
    return same and upper.path != lower.path and upper.path.endswith("/") and lower.path.startswith(upper.path)
