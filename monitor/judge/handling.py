"""The handling axis: what people do about a finding. Deeds are only ever appended; where it stands is a fold over them.

It never closes a finding: that takes proof, on the observation axis. Two axes, because "seen open again" and "the
vendor says it is fixed" are both true at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.judge.finding import Finding, Severity, State

LAPSES = timedelta(hours=4)
"""An acknowledgement without a further step lapses after this: somebody took it, and nothing happened."""
WATCHED = timedelta(minutes=30)
"""So long a place is looked at every minute after somebody says that it is contained."""
LONGEST_ACCEPTANCE = timedelta(days=90)
RULES = "1"
"""The version of the rules of proof: a dismissal holds for the rules that it was made under."""


class Act(StrEnum):
    """What was done."""

    ACKNOWLEDGED = "acknowledged"
    LAPSED = "lapsed"  # by the system
    CONTAINED = "contained"
    ACCEPTANCE_ASKED = "acceptance-asked"
    ACCEPTED = "accepted"
    EXPIRED = "expired"  # by the system
    DISMISSAL_ASKED = "dismissal-asked"
    DISMISSED = "dismissed"
    VOIDED = "voided"  # by the system
    DISPROVED = "disproved"  # by the system: said to be contained, and still open
    REOPENED = "reopened"
    REMOVED = "removed"  # by the system: its asset was taken out of the inventory
    RESTORED = "restored"  # by the system: its asset is back in the inventory
    AWARE = "aware"
    CAUSE = "cause"
    SENT = "sent"


NOTES = frozenset({Act.REMOVED, Act.RESTORED, Act.AWARE, Act.CAUSE, Act.SENT})
"""Deeds that are noted and leave people's hold on a finding as it is."""


class Standing(StrEnum):
    """Where the handling stands."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    CONTAINED = "contained"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"
    CLOSED = "closed"  # cleared by proof, with its cause told


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that somebody did. `at` is when it was recorded; `since` is when it took place, where that differs."""

    act: Act
    at: datetime
    by: str
    """The person, or `leftopen` itself."""
    party: str = ""
    channel: str = ""
    reason: str = ""
    since: datetime | None = None
    until: datetime | None = None
    signature: str = ""
    """What the deed is bound to: a dismissal to the rules and what was seen, a notification to its duty."""


@dataclass(frozen=True, slots=True)
class Handling:
    """Where the handling of a finding stands, folded from its deeds."""

    standing: Standing = Standing.NEW
    by: str = ""
    at: datetime | None = None
    until: datetime | None = None
    reason: str = ""
    asked: Deed | None = None
    """An acceptance or a dismissal that waits for a second person."""
    signature: str = ""
    aware: tuple[tuple[str, datetime], ...] = ()
    """For each party, since when it is legally aware, as a person of it said."""
    cause: str = ""

    @property
    def silent(self) -> bool:
        """Whether what people decided keeps repeats of known news from being told."""
        return self.standing in (Standing.ACKNOWLEDGED, Standing.CONTAINED, Standing.ACCEPTED, Standing.DISMISSED)


def signature_of(finding: Finding) -> str:
    """What a dismissal is bound to: a finding that looks otherwise is another judgement."""
    return f"{RULES}|{finding.kind}|{finding.why.value}|{finding.place}|{','.join(sorted(finding.facts))}"


def fold(deeds: Iterable[Deed], finding: Finding) -> Handling:
    """Where a finding's handling stands after all its deeds, in their order."""
    handling = Handling()
    for deed in deeds:
        handling = _after(handling, deed)
    if finding.state is State.CLEARED and handling.cause:
        return replace(handling, standing=Standing.CLOSED)
    return handling


def _after(handling: Handling, deed: Deed) -> Handling:
    moved = replace(handling, by=deed.by, at=deed.at, reason=deed.reason, until=None, asked=None, signature="")
    match deed.act:
        case Act.ACKNOWLEDGED:
            return replace(moved, standing=Standing.ACKNOWLEDGED, until=deed.at + LAPSES)
        case Act.CONTAINED:
            return replace(moved, standing=Standing.CONTAINED, until=deed.at + WATCHED)
        case Act.ACCEPTANCE_ASKED | Act.DISMISSAL_ASKED:
            return replace(handling, asked=deed)
        case Act.ACCEPTED:
            return replace(moved, standing=Standing.ACCEPTED, until=deed.until)
        case Act.DISMISSED:
            return replace(moved, standing=Standing.DISMISSED, signature=deed.signature)
        case Act.LAPSED | Act.EXPIRED | Act.VOIDED | Act.DISPROVED | Act.REOPENED:
            return replace(moved, standing=Standing.NEW)
        case Act.AWARE:
            since = deed.since or deed.at
            others = tuple(pair for pair in handling.aware if pair[0] != deed.party)
            return replace(handling, aware=(*others, (deed.party, since)))
        case Act.CAUSE:
            return replace(handling, cause=deed.reason)
        case Act.SENT | Act.REMOVED | Act.RESTORED:
            return handling


def own_deed(finding: Finding, handling: Handling, now: datetime) -> Deed | None:
    """What the system itself has to add now: an acknowledgement that lapsed, an acceptance that ended, a dismissal that
    no longer fits what is seen. None: nothing."""
    ended = handling.until is not None and now >= handling.until
    match handling.standing:
        case Standing.ACKNOWLEDGED if ended and finding.state in (State.EXPOSED, State.CLEARING):
            return Deed(Act.LAPSED, now, "leftopen", reason=f"no further step within {_hours(LAPSES)} hours")
        case Standing.CONTAINED if ended and finding.state is State.EXPOSED:
            return Deed(Act.DISPROVED, now, "leftopen", reason="said to be contained, and still seen open")
        case Standing.ACCEPTED if ended:
            return Deed(Act.EXPIRED, now, "leftopen", reason="the acceptance ended")
        case Standing.DISMISSED if handling.signature != signature_of(finding):
            return Deed(Act.VOIDED, now, "leftopen", reason="what is seen is no longer what was dismissed")
        case _:
            return None


def inventory_deed(done: Iterable[Deed], declared: bool, now: datetime) -> Deed | None:
    """What the system notes when a finding's asset leaves the inventory, or comes back: an event, and no way out.

    The finding stays as it is: open until it is proven closed.
    """
    gone = [deed.act for deed in done if deed.act in (Act.REMOVED, Act.RESTORED)][-1:] == [Act.REMOVED]
    if declared and gone:
        return Deed(Act.RESTORED, now, "leftopen", reason="its asset is in the inventory again")
    if not declared and not gone:
        return Deed(
            Act.REMOVED, now, "leftopen", reason="its asset was taken out of the inventory; that closes nothing"
        )
    return None


@dataclass(frozen=True, slots=True)
class Refused:
    """A deed that may not be done, and why."""

    why: str


def acknowledge(handling: Handling, now: datetime, by: str, channel: str = "") -> Deed | Refused:
    """Somebody takes it. It silences repeats, not what is new, and lapses when nothing follows."""
    if not by.strip():
        return Refused("say who acknowledges it")
    if handling.standing in (Standing.ACCEPTED, Standing.DISMISSED):
        return Refused(f"it is {handling.standing.value} already")
    return Deed(Act.ACKNOWLEDGED, now, by, channel=channel)


def contain(now: datetime, by: str, reason: str) -> Deed | Refused:
    """The vendor says that it is fixed: a claim, which starts close watching, and closes nothing."""
    if not by.strip() or not reason.strip():
        return Refused("say who contained it, and what was done")
    return Deed(Act.CONTAINED, now, by, reason=reason)


def accept(
    handling: Handling,
    now: datetime,
    by: str,
    party: str,
    reason: str,
    until: datetime,
    *,
    sensitive: bool,
    controllers: tuple[str, ...] = (),
) -> Deed | Refused:
    """The risk is taken, until a date. For data of persons another party of the chain, its controller, must agree."""
    if not by.strip() or not reason.strip():
        return Refused("say who accepts the risk, and why")
    if not now < until <= now + LONGEST_ACCEPTANCE:
        return Refused(f"an acceptance ends within {LONGEST_ACCEPTANCE.days} days, and not before it begins")
    if not sensitive:
        return Deed(Act.ACCEPTED, now, by, party=party, reason=reason, until=until)
    asked = handling.asked
    if asked is None or asked.act is not Act.ACCEPTANCE_ASKED:
        return Deed(Act.ACCEPTANCE_ASKED, now, by, party=party, reason=reason, until=until)
    if party == asked.party or by == asked.by:
        return Refused("the place holds data of persons: a person of another party must agree")
    if controllers and party not in controllers:
        return Refused(f"the controller must agree: {', '.join(controllers)}")
    return Deed(Act.ACCEPTED, now, f"{asked.by}, {by}", party=party, reason=asked.reason, until=asked.until)


def dismiss(finding: Finding, handling: Handling, now: datetime, by: str, reason: str) -> Deed | Refused:
    """It is no exposure. It holds while the rules and what is seen stay as they are; a grave one takes two persons."""
    if not by.strip() or not reason.strip():
        return Refused("say who dismisses it, and why it is none")
    signature = signature_of(finding)
    if finding.severity.rank < Severity.HIGH.rank:
        return Deed(Act.DISMISSED, now, by, reason=reason, signature=signature)
    asked = handling.asked
    if asked is None or asked.act is not Act.DISMISSAL_ASKED or asked.signature != signature:
        return Deed(Act.DISMISSAL_ASKED, now, by, reason=reason, signature=signature)
    if asked.by == by:
        return Refused(f"it is {finding.severity.value}: a second person must agree")
    return Deed(Act.DISMISSED, now, f"{asked.by}, {by}", reason=asked.reason, signature=signature)


def reopen(handling: Handling, now: datetime, by: str, reason: str) -> Deed | Refused:
    """Take back an acknowledgement, a claim, an acceptance or a dismissal."""
    if not by.strip() or not reason.strip():
        return Refused("say who reopens it, and why")
    if handling.standing is Standing.NEW and handling.asked is None:
        return Refused("nobody has done anything about it that could be taken back")
    return Deed(Act.REOPENED, now, by, reason=reason)


def aware(now: datetime, by: str, party: str, since: datetime, reason: str) -> Deed | Refused:
    """A party is aware in the sense of the law, since a time that a person of it says; the tool never sets it."""
    if not by.strip() or not reason.strip():
        return Refused("say who became aware, and on what grounds")
    if since > now:
        return Refused("nobody is aware from a time to come")
    return Deed(Act.AWARE, now, by, party=party, since=since, reason=reason)


def sent(now: datetime, by: str, party: str, duty: str, since: datetime, reason: str) -> Deed | Refused:
    """A party has sent what a legal duty asks for: a person says so, with what shows it."""
    if not by.strip() or not reason.strip():
        return Refused("say who sent it, and what shows it (a receipt, a case number)")
    if since > now:
        return Refused("nothing was sent at a time to come")
    return Deed(Act.SENT, now, by, party=party, since=since, reason=reason, signature=duty)


def _hours(span: timedelta) -> int:
    return int(span.total_seconds() // 3600)
