"""The probe `dispatch`: canary cases that the owner's routine dispatches reach their recipients, and nobody else.

Letters are read in boxes of synthetic recipients, which their owner gave us to read: a case of one of them in the box
of another, or with more files than it has, is what would have happened to a real case.
"""

from __future__ import annotations

from collections.abc import Generator

from probes.api import Dialogue, Exposed, Probe, Unknown, Verdict, WebTarget
from probes.dispatch.judge import judged, since
from probes.dispatch.kinds import DISPATCH
from probes.dispatch_plan import DispatchPlan
from probes.reasons import UndecidedReason, Why
from probes.requests.http import Ask, NoAnswer, Reply
from probes.requests.sources import MailboxRead, ReadMailbox


def look(target: WebTarget) -> Dialogue:
    """Read every box, judge every case; where one went astray, read all of them once more."""
    plan = target.dispatch
    if plan is None:
        return ()
    first = _verdicts(target, plan, (yield from _read(plan)))
    if not any(isinstance(one, Exposed) for one in first):
        return first
    again = _verdicts(target, plan, (yield from _read(plan)))
    return tuple(
        second if isinstance(one, Exposed) == isinstance(second, Exposed) else _unstable(second)
        for one, second in zip(first, again, strict=True)
    )


def _read(plan: DispatchPlan) -> Generator[Ask, Reply, dict[str, MailboxRead | Why]]:
    boxes: dict[str, MailboxRead | Why] = {}
    if not plan.judged and not plan.running:
        return boxes
    for box in plan.boxes:
        told = yield ReadMailbox(box, since(plan))
        assert isinstance(told, MailboxRead | NoAnswer)  # noqa: S101  the driver answers the reading of a box with one
        boxes[box] = told.why if isinstance(told, NoAnswer) else told
    return boxes


def _verdicts(target: WebTarget, plan: DispatchPlan, boxes: dict[str, MailboxRead | Why]) -> tuple[Verdict, ...]:
    return tuple(judged(plan, case, target.place(f"/dispatch/{case.id}"), boxes) for case in plan.cases)


def _unstable(verdict: Verdict) -> Verdict:
    return Unknown(verdict.place, DISPATCH, UndecidedReason.UNSTABLE, checks=verdict.checks)


DISPATCHED = Probe(
    "dispatch",
    WebTarget,
    look,
    "canary cases that the owner's routine dispatches reach their synthetic recipients, and nobody else",
)
