"""A domain of the owner's in front of a bucket: whether anybody holds the bucket that the name leads to."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from probes.api import BucketTarget, Certainty, Clear, Exposed, Unknown, Verdict
from probes.buckets.bucket_verdict import DANGLING
from probes.reasons import Why
from probes.recognise.buckets.engines import engine
from probes.recognise.buckets.errors import read_error
from probes.recognise.listing.model import Listing
from probes.requests.http import Answer, Ask, NoAnswer, Reply, Request, Response, one

# Errors that a store gives for a bucket that is there.
_THERE = frozenset(
    {
        "AccessDenied",
        "AllAccessDisabled",
        "AccountProblem",
        "AuthorizationHeaderMalformed",
        "IllegalLocationConstraintException",
        "InvalidArgument",
        "NoSuchKey",
        "NoSuchWebsiteConfiguration",
        "PermanentRedirect",
        "TemporaryRedirect",
    }
)


_REQUEST_IDS = ("x-amz-request-id", "x-oss-request-id")


def name_verdict(
    target: BucketTarget, request: Request, answer: Answer, *, listed: bool
) -> Generator[Ask, Reply, Verdict]:
    """The verdict of the name: dangling when the store says, twice, that the bucket behind it does not exist.

    Whoever then makes a bucket of that name speaks under the owner's domain (OWASP WSTG-CONF-10, subdomain takeover).
    """
    place = target.filed
    if isinstance(answer, NoAnswer):
        return Unknown(place, DANGLING, answer.why, answer.detail)
    if _nobody(answer):
        again = yield from one(replace(request, fresh=True))
        if isinstance(again, Response) and not _nobody(again) and again.status < 500 and again.status != 429:
            return Unknown(place, DANGLING, Why.UNSTABLE, "a second look over a new connection found a bucket")
        proven = isinstance(again, Response) and _nobody(again)
        proof = ["the store says under the owner's own name that there is no such bucket"]
        proof.append(f"a second look over a new connection {'says the same' if proven else 'did not come about'}")
        return Exposed(
            place,
            DANGLING,
            Why.DANGLING,
            Certainty.PROVEN if proven else Certainty.LIKELY,
            listing=Listing("s3", ()),
            proof=tuple(proof),
        )
    error = read_error(answer.body) if answer.status >= 300 else None
    if listed or (error is not None and error.code in _THERE):
        return Clear(place, DANGLING, Why.BUCKET_THERE)
    if answer.status == 200 and engine(answer.headers) and any(answer.headers.get(name) for name in _REQUEST_IDS):
        return Clear(place, DANGLING, Why.BUCKET_THERE, ("a website endpoint, or an object in front",))
    return Unknown(place, DANGLING, Why.NOT_A_STORE, "no answer of a store")


def _nobody(answer: Response) -> bool:
    error = read_error(answer.body) if answer.status == 404 else None
    return error is not None and error.code == "NoSuchBucket"
