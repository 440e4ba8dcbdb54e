"""The verdict of a domain in front of a bucket: whether anybody holds the bucket that it leads to, in any dialect."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace

from probes.api import Certainty, Clear, Exposed, Unknown, Verdict
from probes.buckets.hearing import Doors, Heard, Mute, Shut
from probes.buckets.vector import DANGLING
from probes.proof import Proof, ProofStep
from probes.reasons import Why
from probes.recognise.buckets.object_rows import Keys
from probes.requests.http import Answer, Ask, Reply, Request, one


def dangling(
    doors: Doors, heard: Shut | Mute | Keys | None, ask: Request, hear: Callable[[Answer], Heard[Keys]]
) -> Generator[Ask, Reply, tuple[Verdict, ...]]:
    """The verdict of the owner's own domain in front of a bucket: open to whoever takes a bucket that nobody holds.

    `heard` is what the store said of the bucket, None where that is no word on whether it is there; one that is said
    to be missing is asked for again over a new connection.
    """
    target = doors.target
    if not target.domain or heard is None:
        return ()
    if isinstance(heard, Mute):
        return (Unknown(target.filed, DANGLING, heard.why, heard.detail),)
    if isinstance(heard, Keys) or heard.why is not Why.NO_BUCKET:
        return (Clear(target.filed, DANGLING, Why.BUCKET_THERE),)
    again = hear((yield from one(replace(ask, fresh=True))))
    gone = isinstance(again, Shut) and again.why is Why.NO_BUCKET
    if isinstance(again, Keys):
        doors.heard("list", Mute(Why.UNSTABLE, "a second look over a new connection was given the list"))
    if not gone and not (isinstance(again, Mute) and again.silent):
        return (Unknown(target.filed, DANGLING, Why.UNSTABLE, "a second look was answered otherwise"),)
    return (
        Exposed(
            target.filed,
            DANGLING,
            Why.DANGLING,
            Certainty.PROVEN if gone else Certainty.LIKELY,
            proof=(Proof(ProofStep.NO_SUCH_BUCKET),),
        ),
    )
