"""What the boxes of synthetic recipients say about one canary case. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from probes.api import Check, Clear, Exposed, Place, Unknown, Verdict
from probes.dispatch.kinds import COUNT, DISPATCH
from probes.dispatch_plan import CanaryCase, DispatchPlan, Recall
from probes.facts import Fact, FactKind
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, OpenReason, UndecidedReason, Why
from probes.requests.sources import CountedMonth, CountRead, Letter, MailboxRead


@dataclass(frozen=True, slots=True)
class _Found:
    """A letter, and the box that it lies in."""

    box: str
    letter: Letter


def since(plan: DispatchPlan) -> int:
    """From when on letters are looked at: the last dispatch whose time has passed, else the one that is under way."""
    return (plan.judged or plan.running) - plan.early


def reading_since(plan: DispatchPlan) -> int:
    """From when on boxes are read: letters that must have been recalled may be of an earlier dispatch."""
    recalls = [one.recall.judged for one in plan.cases if one.recall is not None and one.recall.judged]
    return min([since(plan), *(at - plan.early for at in recalls)])


def judged(plan: DispatchPlan, case: CanaryCase, place: Place, boxes: Mapping[str, MailboxRead | Why]) -> Verdict:
    """The verdict about one case, by all boxes."""
    if not plan.judged and not plan.running:
        return Unknown(place, DISPATCH, UndecidedReason.NOT_DISPATCHED)
    read = {box: told for box, told in boxes.items() if isinstance(told, MailboxRead) and not told.unread}
    found = [
        _Found(box, letter) for box, told in read.items() for letter in told.letters if letter.at >= reading_since(plan)
    ]
    if case.recall is not None:
        return _recalled(plan, case, case.recall, place, boxes, [one for one in found if case.id in one.letter.cases])
    found = [one for one in found if one.letter.at >= since(plan)]
    mine = [one for one in found if case.id in one.letter.cases]
    checks = tuple(_check(case, box, boxes[box], mine) for box in plan.boxes)
    proof = (Proof(ProofStep.LETTER_FOUND), Proof(ProofStep.SEEN_AGAIN))
    if any(one.box != case.to for one in mine):
        return Exposed(place, DISPATCH, OpenReason.MISDIRECTED, proof=proof, checks=checks)
    if any(one.letter.attachments > case.attachments for one in mine):
        return Exposed(place, DISPATCH, OpenReason.UNDECLARED_ATTACHMENTS, proof=proof, checks=checks)
    unread = next((check for check in checks if check.verdict == "unknown"), None)
    if unread is not None:
        return Unknown(place, DISPATCH, unread.why, f"box {unread.name}", checks=checks)
    why = _undecided(plan, case, mine, found)
    if why is not None:
        return Unknown(place, DISPATCH, why, checks=checks)
    return Clear(place, DISPATCH, ClosedReason.DISPATCH_HOLDS, checks=checks)


def _check(case: CanaryCase, box: str, told: MailboxRead | Why, mine: list[_Found]) -> Check:
    here = [one for one in mine if one.box == box]
    if here:
        files = max(one.letter.attachments for one in here)
        said = f"{len(here)} with at most {files} files"
        if box != case.to:
            return Check(box, "exposed", OpenReason.MISDIRECTED, said)
        if files > case.attachments:
            return Check(box, "exposed", OpenReason.UNDECLARED_ATTACHMENTS, said)
        return Check(box, "clear", ClosedReason.DISPATCH_HOLDS, said)
    if not isinstance(told, MailboxRead):
        return Check(box, "unknown", told)
    if told.unread:
        return Check(box, "unknown", UndecidedReason.MAILBOX_UNREAD, told.unread)
    if told.unclear and box != case.to:
        return Check(box, "unknown", UndecidedReason.BODY_UNREADABLE, f"{len(told.unclear)} letters")
    return Check(box, "clear", ClosedReason.DISPATCH_HOLDS, "none")


def _undecided(plan: DispatchPlan, case: CanaryCase, mine: list[_Found], found: list[_Found]) -> UndecidedReason | None:
    """Why nothing can be said although no letter is where it should not be."""
    if not plan.judged:
        # The first dispatch is under way. What has arrived may yet arrive elsewhere as well.
        return UndecidedReason.NOT_DISPATCHED
    if not case.to:
        # Nothing arrived, as it should: that says something only if the routine did run.
        ran = any(box_of(plan, sent) == one.box for one in found for sent in one.letter.cases)
        return None if ran else UndecidedReason.LETTER_MISSING
    ends = plan.judged + plan.within
    arrived = [one.letter for one in mine if not plan.running or one.letter.at < plan.running - plan.early]
    if not arrived:
        return UndecidedReason.LETTER_MISSING
    if min(letter.at for letter in arrived) > ends:
        return UndecidedReason.LETTER_LATE
    if max(letter.attachments for letter in arrived) < case.attachments:
        return UndecidedReason.ATTACHMENT_MISSING
    return None


def _recalled(
    plan: DispatchPlan,
    case: CanaryCase,
    recall: Recall,
    place: Place,
    boxes: Mapping[str, MailboxRead | Why],
    mine: list[_Found],
) -> Verdict:
    """The verdict about a case that is sent and taken back: it was in its box, and is there no more.

    A box where it never was proves no recall, so what a look saw of a dispatch is on file as a fact for later looks.
    """
    mine = [one for one in mine if recall.after(one.letter.at, plan.early)]
    now = {recall.after(one.letter.at, plan.early) for one in mine if one.box == case.to}
    seen = sorted({*recall.seen, *now})
    facts = tuple(Fact(FactKind.LETTER_SEEN, case.id, at) for at in seen)
    proof = (Proof(ProofStep.LETTER_FOUND), Proof(ProofStep.SEEN_AGAIN))
    checks = tuple(_check(case, box, boxes[box], mine) for box in plan.boxes)
    for why, wrong in (
        (OpenReason.MISDIRECTED, any(one.box != case.to for one in mine)),
        (OpenReason.UNDECLARED_ATTACHMENTS, any(one.letter.attachments > case.attachments for one in mine)),
    ):
        if wrong:
            return Exposed(place, DISPATCH, why, proof=proof, facts=facts, checks=checks)
    if recall.judged and recall.judged in now:
        checks = tuple(
            Check(one.name, "exposed", OpenReason.NOT_RECALLED, one.detail) if one.name == case.to else one
            for one in checks
        )
        return Exposed(place, DISPATCH, OpenReason.NOT_RECALLED, proof=proof, facts=facts, checks=checks)
    unread = next((check for check in checks if check.verdict == "unknown"), None)
    if unread is not None:
        return Unknown(place, DISPATCH, unread.why, f"box {unread.name}", facts, checks)
    if not recall.judged:
        return Unknown(place, DISPATCH, UndecidedReason.NOT_DISPATCHED, facts=facts, checks=checks)
    if recall.judged not in seen:
        return Unknown(place, DISPATCH, UndecidedReason.LETTER_MISSING, facts=facts, checks=checks)
    return Clear(place, DISPATCH, ClosedReason.DISPATCH_HOLDS, facts, checks)


def box_of(plan: DispatchPlan, case: str) -> str:
    """The box that a case must reach; empty for one that must be held."""
    return next((one.to for one in plan.cases if one.id == case), "")


def counted(place: Place, plan: DispatchPlan, read: CountRead | Why) -> Verdict:
    """The verdict about the owner's count of misdirected dispatches, by a recount from its own log."""
    if not plan.months:
        return Unknown(place, COUNT, UndecidedReason.NOT_DISPATCHED, "no month has ended since the first dispatch")
    if not isinstance(read, CountRead):
        return Unknown(place, COUNT, read)
    if read.unread:
        return Unknown(place, COUNT, UndecidedReason.LOG_UNREAD, read.unread)
    checks = tuple(_month(one) for one in read.months)
    if any(check.verdict == "exposed" for check in checks):
        proof = (Proof(ProofStep.COUNTED_AGAIN), Proof(ProofStep.SEEN_AGAIN))
        return Exposed(place, COUNT, OpenReason.COUNT_DIFFERS, proof=proof, checks=checks)
    missing = next((check for check in checks if check.verdict == "unknown"), None)
    if missing is not None:
        return Unknown(place, COUNT, missing.why, missing.name, checks=checks)
    return Clear(place, COUNT, ClosedReason.COUNT_HOLDS, checks=checks)


def _month(one: CountedMonth) -> Check:
    said = "nothing" if one.counted is None else str(one.counted)
    if one.recount is None:
        # A log without a single row of a month was cut off, or nothing was sent: it shows no figure, and no zero.
        return Check(one.month, "unknown", UndecidedReason.COUNT_MISSING, f"counted {said}; not in the log")
    figures = f"counted {said}, {one.recount} in the log"
    if one.counted is None and not one.recount:
        return Check(one.month, "unknown", UndecidedReason.COUNT_MISSING, figures)
    if one.counted != one.recount:
        return Check(one.month, "exposed", OpenReason.COUNT_DIFFERS, figures)
    return Check(one.month, "clear", ClosedReason.COUNT_HOLDS, figures)
