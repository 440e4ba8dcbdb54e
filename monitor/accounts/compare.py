"""The account's side against the stranger's: what a bucket's settings say, and what was seen of it from outside. Pure.

Where the two disagree, either way, somebody is wrong about the bucket: that is a finding of the kind `bucket-config`,
judged by the same machine as every other. It opens on settings that let strangers in where none was seen to get in, and
on an open bucket whose settings say closed; it closes only when both say closed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, TypeAlias, assert_never

from monitor.accounts.bucket_settings import (
    Absent,
    BucketSettings,
    Configured,
    Open,
    Read,
    Unreadable,
    Whom,
    configured,
)
from monitor.findings.finding import Finding, State
from monitor.findings.reach.extent import CONFIG
from probes.api import Certainty, Check, Clear, Exposed, Place, Unknown, Verdict
from probes.facts import Fact, FactKind
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason, Why

KIND = CONFIG
"""The kind under which a disagreement between settings and verdict is filed."""


class Seen(StrEnum):
    """What a stranger came to."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"
    NEVER = "not looked at"


@dataclass(frozen=True, slots=True)
class Outside:
    """The last that a stranger saw of a bucket: the verdict, its reason, when, and its checks."""

    seen: Seen
    why: Why | None = None
    at: datetime | None = None
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class DeclaredBucket:
    """A bucket of the inventory that is, or should be, in the account."""

    asset: str
    place: Place
    outside: Outside


Look: TypeAlias = tuple[Literal["exposed", "clear", "unknown"], Why, datetime, tuple[Check, ...]]
"""The last anonymous look at one address: verdict, reason, time, and its checks."""


class Fit(StrEnum):
    """How the two sides go together."""

    AGREE_OPEN = "open on both sides"
    AGREE_CLOSED = "closed on both sides"
    OPEN_NOT_SEEN = "configured open, not seen open"
    CLOSED_SEEN_OPEN = "configured closed, seen open"
    CLOSED_UNSEEN = "configured closed, no verdict from outside"
    UNREADABLE = "settings cannot be read"
    UNDECLARED = "in the account, not in the inventory"
    MISSING = "in the inventory, not in the account"


@dataclass(frozen=True, slots=True)
class Joined:
    """One bucket with both of its sides."""

    name: str
    fit: Fit
    settings: BucketSettings | None
    configured: Configured | None
    declared: DeclaredBucket | None
    reasons: tuple[str, ...]
    """What may explain the fit, in our own words."""

    @property
    def open(self) -> bool:
        """Whether one side says that strangers get in."""
        set_open = self.configured is not None and self.configured.open is Open.OPEN
        return set_open or (self.declared is not None and self.declared.outside.seen is Seen.OPEN)


def join(settings: BucketSettings, declared: DeclaredBucket | None) -> Joined:
    """A bucket of the account, held against what the inventory says and a stranger saw of it."""
    says = configured(settings)
    if declared is None:
        return Joined(settings.name, Fit.UNDECLARED, settings, says, None, says.reasons)
    seen = declared.outside.seen
    match says.open:
        case Open.UNKNOWN:
            fit, why = Fit.UNREADABLE, says.reasons
        case Open.OPEN if seen is Seen.OPEN:
            fit, why = Fit.AGREE_OPEN, says.reasons
        case Open.OPEN:
            fit, why = Fit.OPEN_NOT_SEEN, (*says.reasons, *_why_not_seen(settings, says, declared.outside))
        case Open.CLOSED if seen is Seen.OPEN:
            fit, why = Fit.CLOSED_SEEN_OPEN, (*says.reasons, *_why_seen(settings))
        case Open.CLOSED if seen is Seen.CLOSED:
            fit, why = Fit.AGREE_CLOSED, says.reasons
        case Open.CLOSED:
            fit, why = Fit.CLOSED_UNSEEN, says.reasons
        case _:
            assert_never(says.open)
    return Joined(settings.name, fit, settings, says, declared, why)


def missing(name: str, declared: DeclaredBucket) -> Joined:
    """A bucket that the inventory declares for the account's owner, and that no readable account of it holds."""
    why = ("it was deleted, renamed, or is in an account that the inventory does not name",)
    return Joined(name, Fit.MISSING, None, None, declared, why)


def outside(looks: Iterable[Look], on_file: Iterable[Finding], now: datetime, fresh: timedelta) -> Outside:
    """What strangers saw of one bucket, from the last look at each of its addresses: (verdict, why, at, checks).

    `on_file` are the findings of strangers at its place. What is open there stays open until looks have proven it
    closed, and while they do so it is neither. Looks that are older than `fresh` say nothing any more.
    """
    young = [look for look in looks if now - look[2] <= fresh]
    checks = tuple(check for *_, each in young for check in each)
    opened = next((look for look in young if look[0] == "exposed"), None)
    if opened is not None:
        return Outside(Seen.OPEN, opened[1], opened[2], checks)
    states = {finding.state: finding for finding in on_file}
    if State.EXPOSED in states:
        return Outside(Seen.OPEN, states[State.EXPOSED].why, states[State.EXPOSED].last_seen, checks)
    # A refusal by the store at one address counts, although another address gave no verdict.
    decided = next((look for look in young if look[0] == "clear"), None)
    if decided is not None and State.CLEARING not in states:
        return Outside(Seen.CLOSED, decided[1], decided[2], checks)
    if not young:
        return Outside(Seen.UNKNOWN if states else Seen.NEVER)
    return Outside(Seen.UNKNOWN, young[0][1], max(look[2] for look in young), checks)


def verdict_of(joined: Joined, on_file: Finding | None) -> Verdict | None:
    """What the join is to the machine that judges findings; None where it has nothing to say."""
    if joined.declared is None:
        return None
    place, seen = joined.declared.place, joined.declared.outside
    match joined.fit:
        case Fit.OPEN_NOT_SEEN:
            # Before anybody has looked from outside, the one that is to be told may be the bucket's own finding.
            sure = Certainty.LIKELY if seen.seen is Seen.NEVER else Certainty.PROVEN
            return Exposed(place, KIND, OpenReason.CONFIGURED_OPEN, sure, proof=_proof(joined), checks=seen.checks)
        case Fit.CLOSED_SEEN_OPEN:
            if on_file is not None and on_file.state is State.SUSPECTED and not _newer(seen.at, on_file.first_seen):
                return Unknown(
                    place, KIND, UndecidedReason.UNSTABLE, "nobody has looked from outside since the settings were read"
                )
            # The look is older than the settings: it may have been closed in between. The next one tells.
            why = seen.why if isinstance(seen.why, OpenReason) else OpenReason.LISTED
            facts = (Fact(FactKind.CONFIGURED_CLOSED),)
            return Exposed(place, KIND, why, Certainty.LIKELY, facts=facts, proof=_proof(joined), checks=seen.checks)
        case Fit.AGREE_OPEN:
            if on_file is None or on_file.state is State.CLEARED:
                return None
            if on_file.state is State.SUSPECTED:
                return Clear(place, KIND, seen.why or OpenReason.LISTED, checks=seen.checks)
            # Both sides say open: that is no agreement that may close anything.
            return Exposed(place, KIND, on_file.why, proof=_proof(joined), checks=seen.checks)
        case Fit.AGREE_CLOSED:
            return Clear(place, KIND, seen.why or ClosedReason.DENIED, checks=seen.checks)
        case Fit.CLOSED_UNSEEN:
            return Unknown(
                place, KIND, seen.why or NoAnswerReason.NOT_ASKED, "configured closed, and not seen so from outside"
            )
        case Fit.UNREADABLE:
            return Unknown(place, KIND, ClosedReason.FORBIDDEN, "; ".join(joined.reasons))
        case Fit.UNDECLARED | Fit.MISSING:
            return None
        case _:
            assert_never(joined.fit)


def _newer(at: datetime | None, than: datetime) -> bool:
    return at is not None and at > than


_SETTINGS_SAY = {
    Open.OPEN: ProofStep.SETTINGS_LET_IN,
    Open.CLOSED: ProofStep.SETTINGS_KEEP_OUT,
    Open.UNKNOWN: ProofStep.SETTINGS_UNREAD,
}
_STRANGERS_SAW = {
    Seen.OPEN: ProofStep.LOOK_GETS_IN,
    Seen.CLOSED: ProofStep.LOOK_KEPT_OUT,
    Seen.UNKNOWN: ProofStep.LOOK_UNDECIDED,
    Seen.NEVER: ProofStep.LOOK_NEVER,
}


def _proof(joined: Joined) -> tuple[Proof, ...]:
    # A reason may hold the name of an access point: what is told holds none.
    says = joined.configured.open if joined.configured is not None else Open.UNKNOWN
    seen = joined.declared.outside.seen if joined.declared is not None else Seen.NEVER
    return (Proof(_SETTINGS_SAY[says]), Proof(_STRANGERS_SAW[seen]))


def _why_not_seen(settings: BucketSettings, says: Configured, seen: Outside) -> tuple[str, ...]:
    match seen.seen:
        case Seen.NEVER:
            return ("nobody has looked from outside yet",)
        case Seen.UNKNOWN:
            return ("from outside there was no verdict",)
        case _:
            pass
    reasons = []
    if says.whom is Whom.ANY_ACCOUNT:
        reasons.append("only holders of some account get in: a probing key would show it")
    if any(check.name == "read" and check.verdict == "unknown" for check in seen.checks):
        reasons.append("the listing is closed and no object is declared to be tried")
    reasons.append("a firewall, a condition on the network, or our place to look from keeps us out")
    return tuple(reasons)


def _why_seen(settings: BucketSettings) -> tuple[str, ...]:
    match settings.fronts:
        case Absent():
            pass
        case Unreadable():
            return ("a CDN may serve it: which ones there are cannot be read", _SETTLING)
        case Read(()):
            pass
        case Read(names):
            return (f"a CDN fetches from it: {', '.join(names)}", _SETTLING)
    return ("a CDN, a second protocol of the store, or objects that are open by themselves", _SETTLING)


_SETTLING = "or the settings were changed since"
