"""What the boxes of synthetic recipients say about one canary case. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from probes.api import Check, Clear, Exposed, Place, Unknown, Verdict
from probes.dispatch.kinds import DISPATCH
from probes.dispatch_plan import CanaryCase, DispatchPlan
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, OpenReason, UndecidedReason, Why
from probes.requests.sources import Letter, MailboxRead

EARLY: Final = 900
"""Seconds before its time by which a dispatch may go out, and clocks may differ."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A letter, and the box that it lies in."""

    box: str
    letter: Letter


def since(plan: DispatchPlan) -> int:
    """From when on letters are looked at: the last dispatch whose time has passed, else the one that is under way."""
    return (plan.judged or plan.running) - EARLY


def judged(plan: DispatchPlan, case: CanaryCase, place: Place, boxes: Mapping[str, MailboxRead | Why]) -> Verdict:
    """The verdict about one case, by all boxes."""
    if not plan.judged and not plan.running:
        return Unknown(place, DISPATCH, UndecidedReason.NOT_DISPATCHED)
    read = {box: told for box, told in boxes.items() if isinstance(told, MailboxRead) and not told.unread}
    found = [_Found(box, letter) for box, told in read.items() for letter in told.letters if letter.at >= since(plan)]
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
    arrived = [one.letter for one in mine if not plan.running or one.letter.at < plan.running - EARLY]
    if not arrived:
        return UndecidedReason.LETTER_MISSING
    if min(letter.at for letter in arrived) > ends:
        return UndecidedReason.LETTER_LATE
    if max(letter.attachments for letter in arrived) < case.attachments:
        return UndecidedReason.ATTACHMENT_MISSING
    return None


def box_of(plan: DispatchPlan, case: str) -> str:
    """The box that a case must reach; empty for one that must be held."""
    return next((one.to for one in plan.cases if one.id == case), "")
