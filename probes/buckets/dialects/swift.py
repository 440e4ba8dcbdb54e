"""OpenStack Swift, and Ceph's gateway in its stead: what their refusals say."""

from __future__ import annotations

from probes.buckets.dialects.outcomes import Denied, Inconclusive, without_words
from probes.reasons import ClosedReason, UndecidedReason
from probes.recognise.buckets.swift import Engine, rgw_code
from probes.requests.http import Response


def refusal(answer: Response, engine: Engine, *, rgw: bool) -> Denied | Inconclusive:
    """A refusal in Swift's or the gateway's own words; a bare status (`Engine.NONE`) is somebody else's.

    `rgw`: Ceph's gateway has spoken in this dialogue.
    """
    if engine is Engine.NONE:
        return without_words(answer)
    code = rgw_code(answer.body)
    match answer.status:
        case 401 | 403 if rgw or answer.status == 403:
            return Denied(ClosedReason.DENIED)
        case 401:
            return Denied(ClosedReason.PRIVATE_OR_MISSING, "Swift answers alike for a private and a missing container")
        case 404 if code in ("", "NoSuchBucket"):
            return Denied(ClosedReason.NO_BUCKET)
        case 412:
            return Inconclusive(UndecidedReason.NOT_OFFERED, "the store refuses the question's limit or path")
        case 400 if code == "InvalidBucketName":
            return Inconclusive(UndecidedReason.STATUS_UNEXPECTED, "no such account or no valid name")
    return without_words(answer)
