"""The verdict of a domain in front of a bucket: whether anybody holds the bucket that it leads to, in any dialect."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace

from probes.api import Certainty, Clear, Exposed, Unknown, Verdict
from probes.buckets._checks import Checks, Denied, Inconclusive, Outcome
from probes.buckets.bucket_verdict import DANGLING
from probes.reasons import Why
from probes.recognise.buckets.object_rows import Keys
from probes.requests.http import Answer, Ask, Reply, Request, one


def dangling(
    checks: Checks, outcome: Denied | Inconclusive | Keys | None, ask: Request, judge: Callable[[Answer], Outcome[Keys]]
) -> Generator[Ask, Reply, tuple[Verdict, ...]]:
    """The verdict of the owner's own domain in front of a bucket: open to whoever takes a bucket that nobody holds.

    `outcome` is what the store said of the bucket, None where that is no word on whether it is there; one that is said
    to be missing is asked for again over a new connection.
    """
    target = checks.target
    if not target.domain or outcome is None:
        return ()
    if isinstance(outcome, Inconclusive):
        return (Unknown(target.filed, DANGLING, outcome.why, outcome.detail),)
    if isinstance(outcome, Keys) or outcome.why is not Why.NO_BUCKET:
        return (Clear(target.filed, DANGLING, Why.BUCKET_THERE),)
    again = judge((yield from one(replace(ask, fresh=True))))
    gone = isinstance(again, Denied) and again.why is Why.NO_BUCKET
    if isinstance(again, Keys):
        checks.record("list", Inconclusive(Why.UNSTABLE, "a second look over a new connection was given the list"))
    if not gone and not (isinstance(again, Inconclusive) and again.silent):
        return (Unknown(target.filed, DANGLING, Why.UNSTABLE, "a second look was answered otherwise"),)
    return (
        Exposed(
            target.filed,
            DANGLING,
            Why.DANGLING,
            Certainty.PROVEN if gone else Certainty.LIKELY,
            proof=("the store says that the bucket behind the owner's own domain does not exist",),
        ),
    )
