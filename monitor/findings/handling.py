"""What people do about a finding. Actions are only ever appended; the status of a finding is computed from all of them.

It never closes a finding: that takes proof, on the observation axis. Two axes, because "seen open again" and "the
vendor says it is fixed" are both true at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.findings.finding import Finding, Severity, State

LAPSES = timedelta(hours=4)
"""An acknowledgement without a further step lapses after this: somebody took it, and nothing happened."""
WATCHED = timedelta(minutes=30)
"""So long a place is looked at every minute after somebody says that it is contained."""
LONGEST_ACCEPTANCE = timedelta(days=90)
RULES = "1"
"""The version of the rules of proof: a dismissal holds for the rules that it was made under."""


class ActionKind(StrEnum):
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
    INTENDED = "intended"  # by the system: the inventory declares the place open by intent
    INTENT_ENDED = "intent-ended"  # by the system: it declares so no longer, or strangers may do more than read
    UNPROMISED = "unpromised"  # by the system: the inventory no longer makes the promise that is broken
    PROMISED_AGAIN = "promised-again"  # by the system: it makes that promise again
    DISPROVED = "disproved"  # by the system: said to be contained, and still open
    REOPENED = "reopened"
    DISOWNED = "not-ours"  # whoever was alerted says that it is somebody else's
    REMOVED = "removed"  # by the system: its asset was taken out of the inventory
    RESTORED = "restored"  # by the system: its asset is back in the inventory
    AWARE = "aware"
    CAUSE = "cause"
    SENT = "sent"


NOTES = frozenset({ActionKind.REMOVED, ActionKind.RESTORED, ActionKind.AWARE, ActionKind.CAUSE, ActionKind.SENT})
"""Actions that are noted and leave the status of a finding as it is."""


class TriageStatus(StrEnum):
    """Where the handling stands."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    CONTAINED = "contained"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"
    INTENDED = "open by intent"
    UNPROMISED = "no longer promised"
    CLOSED = "closed"  # cleared by proof, with its cause told


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that somebody did. `at` is when it was recorded; `since` is when it took place, where that differs."""

    act: ActionKind
    at: datetime
    by: str
    """The person, or `leftopen` itself."""
    party: str = ""
    channel: str = ""
    reason: str = ""
    since: datetime | None = None
    until: datetime | None = None
    signature: str = ""
    """What the action is bound to: a dismissal to the rules and what was seen, a notification to its duty."""


@dataclass(frozen=True, slots=True)
class Handling:
    """Where the handling of a finding stands, folded from its actions."""

    standing: TriageStatus = TriageStatus.NEW
    by: str = ""
    at: datetime | None = None
    until: datetime | None = None
    reason: str = ""
    asked: Action | None = None
    """An acceptance or a dismissal that waits for a second person."""
    signature: str = ""
    aware: tuple[tuple[str, datetime], ...] = ()
    """For each party, since when it is legally aware, as a person of it said."""
    cause: str = ""

    @property
    def acknowledged(self) -> bool:
        """Whether somebody has it, and has said nothing further."""
        return self.standing is TriageStatus.ACKNOWLEDGED

    @property
    def silent(self) -> bool:
        """Whether what people decided keeps repeats of known news from being told."""
        return self.standing in (
            TriageStatus.ACKNOWLEDGED,
            TriageStatus.CONTAINED,
            TriageStatus.ACCEPTED,
            TriageStatus.DISMISSED,
            TriageStatus.INTENDED,
            TriageStatus.UNPROMISED,
        )


def signature_of(finding: Finding) -> str:
    """What a dismissal is bound to: a finding that looks otherwise is another judgement."""
    return f"{RULES}|{finding.kind}|{finding.why.value}|{finding.place}|{','.join(sorted(map(str, finding.facts)))}"


def fold(actions: Iterable[Action], finding: Finding) -> Handling:
    """Where a finding's handling stands after all its actions, in their order."""
    handling = after_all(actions)
    if finding.state is State.CLEARED and handling.cause:
        return replace(handling, standing=TriageStatus.CLOSED)
    return handling


def after_all(actions: Iterable[Action]) -> Handling:
    """As `fold`, of a finding that is not cleared."""
    handling = Handling()
    for action in actions:
        handling = _after(handling, action)
    return handling


def _after(handling: Handling, action: Action) -> Handling:
    moved = replace(handling, by=action.by, at=action.at, reason=action.reason, until=None, asked=None, signature="")
    match action.act:
        case ActionKind.ACKNOWLEDGED:
            return replace(moved, standing=TriageStatus.ACKNOWLEDGED, until=action.at + LAPSES)
        case ActionKind.CONTAINED:
            return replace(moved, standing=TriageStatus.CONTAINED, until=action.at + WATCHED)
        case ActionKind.ACCEPTANCE_ASKED | ActionKind.DISMISSAL_ASKED:
            return replace(handling, asked=action)
        case ActionKind.ACCEPTED:
            return replace(moved, standing=TriageStatus.ACCEPTED, until=action.until)
        case ActionKind.DISMISSED:
            return replace(moved, standing=TriageStatus.DISMISSED, signature=action.signature)
        case ActionKind.INTENDED:
            return replace(moved, standing=TriageStatus.INTENDED, until=action.until)
        case ActionKind.UNPROMISED:
            return replace(moved, standing=TriageStatus.UNPROMISED)
        case (
            ActionKind.LAPSED
            | ActionKind.EXPIRED
            | ActionKind.VOIDED
            | ActionKind.DISPROVED
            | ActionKind.REOPENED
            | ActionKind.INTENT_ENDED
            | ActionKind.PROMISED_AGAIN
        ):
            return replace(moved, standing=TriageStatus.NEW)
        case ActionKind.DISOWNED:
            # Whoever had it gives it back; what others said of it stays.
            return replace(moved, standing=TriageStatus.NEW) if handling.acknowledged else handling
        case ActionKind.AWARE:
            since = action.since or action.at
            others = tuple(pair for pair in handling.aware if pair[0] != action.party)
            return replace(handling, aware=(*others, (action.party, since)))
        case ActionKind.CAUSE:
            return replace(handling, cause=action.reason)
        case ActionKind.SENT | ActionKind.REMOVED | ActionKind.RESTORED:
            return handling


def own_action(finding: Finding, handling: Handling, now: datetime) -> Action | None:
    """What the system itself has to add now: an acknowledgement that lapsed, an acceptance that ended, a dismissal that
    no longer fits what is seen. None: nothing."""
    ended = handling.until is not None and now >= handling.until
    match handling.standing:
        case TriageStatus.ACKNOWLEDGED if ended and finding.state in (State.EXPOSED, State.CLEARING):
            return Action(ActionKind.LAPSED, now, "leftopen", reason=f"no further step within {_hours(LAPSES)} hours")
        case TriageStatus.CONTAINED if ended and finding.state is State.EXPOSED:
            return Action(ActionKind.DISPROVED, now, "leftopen", reason="said to be contained, and still seen open")
        case TriageStatus.ACCEPTED if ended:
            return Action(ActionKind.EXPIRED, now, "leftopen", reason="the acceptance ended")
        case TriageStatus.DISMISSED if handling.signature != signature_of(finding):
            return Action(ActionKind.VOIDED, now, "leftopen", reason="what is seen is no longer what was dismissed")
        case _:
            return None


def inventory_action(done: Iterable[Action], declared: bool, now: datetime) -> Action | None:
    """What the system notes when a finding's asset leaves the inventory, or comes back: an event, and no way out.

    The finding stays as it is: open until it is proven closed.
    """
    gone = [action.act for action in done if action.act in (ActionKind.REMOVED, ActionKind.RESTORED)][-1:] == [
        ActionKind.REMOVED
    ]
    if declared and gone:
        return Action(ActionKind.RESTORED, now, "leftopen", reason="its asset is in the inventory again")
    if not declared and not gone:
        return Action(
            ActionKind.REMOVED, now, "leftopen", reason="its asset was taken out of the inventory; that closes nothing"
        )
    return None


def promise_action(handling: Handling, promised: bool, now: datetime) -> Action | None:
    """What the system notes of the finding of a broken promise, when that promise leaves the inventory or comes back.

    Nobody looks whether a promise is kept that is not made. So such a finding ends, and is not proven mended.
    """
    gone = handling.standing is TriageStatus.UNPROMISED
    if promised and gone:
        why = "the inventory makes the promise again"
        return Action(ActionKind.PROMISED_AGAIN, now, "leftopen", reason=why)
    if not promised and not gone and handling.standing is not TriageStatus.DISMISSED:
        why = "the inventory no longer makes the promise; it was not seen mended"
        return Action(ActionKind.UNPROMISED, now, "leftopen", reason=why)
    return None


@dataclass(frozen=True, slots=True)
class Refused:
    """An action that may not be done, and why."""

    why: str


_MARK = re.compile(r"(.*?)\s*\[([0-9a-f]{8})\]")
"""A name with the mark of whoever bears it at an identity provider, as the dashboard writes it."""


def same_person(one: str, other: str) -> bool:
    """Whether two names are, or may be, one person's: by their mark, else by the name however it is written.

    A mark is the same whatever the person is called now; a name without one, from the command line, may be anybody's
    who is called so.
    """
    marks = [found for found in (_MARK.fullmatch(one.strip()), _MARK.fullmatch(other.strip())) if found]
    if len(marks) == 2 and marks[0][2] == marks[1][2]:
        return True
    names = [
        " ".join((found[1] if found else text).split()).casefold()
        for text in (one, other)
        for found in (_MARK.fullmatch(text.strip()),)
    ]
    return names[0] == names[1]


_ANYTIME = frozenset({ActionKind.AWARE, ActionKind.CAUSE, ActionKind.SENT})
"""What may be said of a finding whatever its state."""
_DECIDED = frozenset({TriageStatus.ACCEPTED, TriageStatus.DISMISSED, TriageStatus.INTENDED, TriageStatus.UNPROMISED})


def unfit(action: Action, finding: Finding, handling: Handling) -> Refused | None:
    """Why an action does not fit the state of a finding; None: it fits. Nothing that people do goes backwards."""
    if action.act in _ANYTIME:
        return None
    if finding.state is State.CLEARED:
        # What people decided may be taken back, lest it hold when the place opens again.
        if action.act is ActionKind.REOPENED and handling.standing in _DECIDED:
            return None
        when = f" since {finding.cleared:%Y-%m-%d %H:%M} UTC" if finding.cleared else ""
        return Refused(f"it is proven closed{when}: nothing is to be done")
    if finding.state is State.SUSPECTED and action.act is not ActionKind.DISMISSED:
        return Refused("it is only suspected, and not confirmed yet: nothing is to be done")
    if action.act is ActionKind.ACKNOWLEDGED and handling.standing is TriageStatus.CONTAINED:
        return Refused(f"{handling.by} has said that it is closed: that stands until the checks have decided")
    if action.act is ActionKind.CONTAINED and handling.standing in _DECIDED:
        return Refused(f"it is {handling.standing.value} (decided by {handling.by})")
    return None


def acknowledge(handling: Handling, now: datetime, by: str, channel: str = "") -> Action | Refused:
    """Somebody takes it. It silences repeats, not what is new, and lapses when nothing follows."""
    if not by.strip():
        return Refused("say who acknowledges it")
    if handling.standing in _DECIDED:
        return Refused(f"it is {handling.standing.value} already")
    return Action(ActionKind.ACKNOWLEDGED, now, by, channel=channel)


def contain(now: datetime, by: str, reason: str, channel: str = "") -> Action | Refused:
    """The vendor says that it is fixed: a claim, which starts close watching, and closes nothing."""
    if not by.strip() or not reason.strip():
        return Refused("say who contained it, and what was done")
    return Action(ActionKind.CONTAINED, now, by, channel=channel, reason=reason)


def disown(now: datetime, by: str, party: str, reason: str, channel: str = "") -> Action | Refused:
    """Whoever was alerted says that it is somebody else's: those who run leftopen must find out whose."""
    if not by.strip():
        return Refused("say who you are")
    return Action(ActionKind.DISOWNED, now, by, party=party, channel=channel, reason=reason)


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
) -> Action | Refused:
    """The risk is taken, until a date. For data of persons another party of the chain, its controller, must agree."""
    if not by.strip() or not reason.strip():
        return Refused("say who accepts the risk, and why")
    if not now < until <= now + LONGEST_ACCEPTANCE:
        return Refused(f"an acceptance ends within {LONGEST_ACCEPTANCE.days} days, and not before it begins")
    if not sensitive:
        return Action(ActionKind.ACCEPTED, now, by, party=party, reason=reason, until=until)
    asked = handling.asked
    if asked is None or asked.act is not ActionKind.ACCEPTANCE_ASKED:
        return Action(ActionKind.ACCEPTANCE_ASKED, now, by, party=party, reason=reason, until=until)
    if party == asked.party or same_person(by, asked.by):
        return Refused("the place holds data of persons: a person of another party must agree")
    if controllers and party not in controllers:
        return Refused(f"the controller must agree: {', '.join(controllers)}")
    return Action(ActionKind.ACCEPTED, now, f"{asked.by}, {by}", party=party, reason=asked.reason, until=asked.until)


def dismiss(finding: Finding, handling: Handling, now: datetime, by: str, reason: str) -> Action | Refused:
    """It is no exposure. It holds while the rules and what is seen stay as they are; a grave one takes two persons."""
    if not by.strip() or not reason.strip():
        return Refused("say who dismisses it, and why it is none")
    signature = signature_of(finding)
    if finding.severity.rank < Severity.HIGH.rank:
        return Action(ActionKind.DISMISSED, now, by, reason=reason, signature=signature)
    asked = handling.asked
    if asked is None or asked.act is not ActionKind.DISMISSAL_ASKED or asked.signature != signature:
        return Action(ActionKind.DISMISSAL_ASKED, now, by, reason=reason, signature=signature)
    if same_person(asked.by, by):
        return Refused(f"it is {finding.severity.value}: a second person must agree")
    return Action(ActionKind.DISMISSED, now, f"{asked.by}, {by}", reason=asked.reason, signature=signature)


def reopen(handling: Handling, now: datetime, by: str, reason: str) -> Action | Refused:
    """Take back an acknowledgement, a claim, an acceptance or a dismissal."""
    if not by.strip() or not reason.strip():
        return Refused("say who reopens it, and why")
    if handling.standing is TriageStatus.UNPROMISED:
        return Refused("the inventory no longer makes the promise that it breaks: put that back, and it is open again")
    if handling.standing is TriageStatus.NEW and handling.asked is None:
        return Refused("nobody has done anything about it that could be taken back")
    return Action(ActionKind.REOPENED, now, by, reason=reason)


def aware(now: datetime, by: str, party: str, since: datetime, reason: str) -> Action | Refused:
    """A party is aware in the sense of the law, since a time that a person of it says; the tool never sets it."""
    if not by.strip() or not reason.strip():
        return Refused("say who became aware, and on what grounds")
    if since > now:
        return Refused("nobody is aware from a time to come")
    return Action(ActionKind.AWARE, now, by, party=party, since=since, reason=reason)


def sent(now: datetime, by: str, party: str, duty: str, since: datetime, reason: str) -> Action | Refused:
    """A party has sent what a legal duty asks for: a person says so, with what shows it."""
    if not by.strip() or not reason.strip():
        return Refused("say who sent it, and what shows it (a receipt, a case number)")
    if since > now:
        return Refused("nothing was sent at a time to come")
    return Action(ActionKind.SENT, now, by, party=party, since=since, reason=reason, signature=duty)


def _hours(span: timedelta) -> int:
    return int(span.total_seconds() // 3600)
