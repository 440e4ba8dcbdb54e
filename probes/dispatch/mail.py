"""The probe `dispatch`: canary cases that the owner's routine dispatches reach their recipients, and nobody else.

Letters are read in boxes of synthetic recipients, which their owner gave us to read: a case of one of them in the box
of another, or with more files than it has, is what would have happened to a real case.
"""

from __future__ import annotations

from collections.abc import Generator

from probes.api import Dialogue, Exposed, Probe, Unknown, Verdict, WebTarget
from probes.dispatch.judge import counted, judged, reading_since
from probes.dispatch_plan import DispatchPlan
from probes.reasons import UndecidedReason, Why
from probes.requests.http import Ask, NoAnswer, Reply
from probes.requests.sources import CountRead, MailboxRead, ReadCount, ReadMailbox


def look(target: WebTarget) -> Dialogue:
    """Read every box, judge every case and count; where one went astray, read all of them once more."""
    plan = target.dispatch
    if plan is None:
        return ()
    first = yield from _verdicts(target, plan)
    if not any(isinstance(one, Exposed) for one in first):
        return first
    again = yield from _verdicts(target, plan)
    return tuple(
        second if isinstance(one, Exposed) == isinstance(second, Exposed) else _unstable(second)
        for one, second in zip(first, again, strict=True)
    )


def _verdicts(target: WebTarget, plan: DispatchPlan) -> Generator[Ask, Reply, tuple[Verdict, ...]]:
    boxes = yield from _read(plan)
    cases = tuple(judged(plan, case, target.place(f"/dispatch/{case.id}"), boxes) for case in plan.cases)
    if not plan.counts:
        return cases
    told = (yield ReadCount(plan.months)) if plan.months else CountRead()
    assert isinstance(told, CountRead | NoAnswer)  # noqa: S101  the driver answers the reading of a count with one
    read = told.why if isinstance(told, NoAnswer) else told
    return (*cases, counted(target.place("/dispatch"), plan, read))


def _read(plan: DispatchPlan) -> Generator[Ask, Reply, dict[str, MailboxRead | Why]]:
    boxes: dict[str, MailboxRead | Why] = {}
    if not plan.judged and not plan.running:
        return boxes
    for box in plan.boxes:
        told = yield ReadMailbox(box, reading_since(plan))
        assert isinstance(told, MailboxRead | NoAnswer)  # noqa: S101  the driver answers the reading of a box with one
        boxes[box] = told.why if isinstance(told, NoAnswer) else told
    return boxes


def _unstable(verdict: Verdict) -> Verdict:
    return Unknown(verdict.place, verdict.kind, UndecidedReason.UNSTABLE, facts=verdict.facts, checks=verdict.checks)


DISPATCHED = Probe(
    "dispatch",
    WebTarget,
    look,
    "canary cases that the owner's routine dispatches reach their synthetic recipients, and nobody else",
)
