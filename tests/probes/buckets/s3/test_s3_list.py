"""Every answer to the list of an S3 bucket, and what it proves; what is asked no further."""

from __future__ import annotations

from typing import Any

import pytest

from probes.api import Clear, Exposed, Unknown
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason, Why
from probes.requests.http import Ending, Response
from tests.probes.buckets.s3.builders import (
    AWS,
    RGW,
    SEAWEED,
    WASABI,
    Store,
    answer,
    checks,
    denied,
    error,
    listing,
    look,
    no_key,
    page,
    silent,
)

CUT = listing().body[:-200]

LISTS: dict[str, tuple[Any, str, Why]] = {
    "a list": (listing(), "exposed", OpenReason.LISTED),
    "a list of another namespace": (
        listing(namespace="http://doc.s3.amazonaws.com/2006-03-01/"),
        "exposed",
        OpenReason.LISTED,
    ),
    "a list without a namespace": (
        answer(200, listing().body.replace(b' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"', b"")),
        "exposed",
        OpenReason.LISTED,
    ),
    "an empty list": (listing(()), "exposed", OpenReason.EMPTY_LISTABLE),
    "a list cut off": (answer(200, CUT, AWS), "exposed", OpenReason.LISTED_INCOMPLETE),
    "a list of which we read enough": (Response(200, listing().headers, CUT, Ending.CUT), "exposed", OpenReason.LISTED),
    "a page": (page(), "unknown", UndecidedReason.NOT_A_STORE),
    "a login page": (
        page(body="<html><title>Log in</title><form><input type=password name=p></form></html>"),
        "unknown",
        UndecidedReason.NOT_A_STORE,
    ),
    "a challenge": (
        page(body="<html><title>Just a moment...</title><script>window._cf_chl_opt={}</script></html>"),
        "unknown",
        UndecidedReason.FILTERED,
    ),
    "the endpoint's buckets": (
        answer(
            200, "<ListAllMyBucketsResult><Owner><ID>anonymous</ID></Owner><Buckets/></ListAllMyBucketsResult>", RGW
        ),
        "unknown",
        UndecidedReason.NOT_A_STORE,
    ),
    "a root element alone": (answer(200, "<ListBucketResult/>"), "unknown", UndecidedReason.NOT_A_STORE),
    "nothing": (answer(200, b""), "unknown", UndecidedReason.NOT_A_STORE),
    "refused": (denied(), "clear", ClosedReason.DENIED),
    "refused by Wasabi": (denied(WASABI), "clear", ClosedReason.DENIED),
    "refused by SeaweedFS, which says so of a missing bucket too": (
        denied(SEAWEED),
        "clear",
        ClosedReason.PRIVATE_OR_MISSING,
    ),
    "refused without the store's words": (page(403, "<h1>Forbidden</h1>"), "unknown", UndecidedReason.REFUSED_BY_FRONT),
    "refused with an empty body": (answer(403), "unknown", UndecidedReason.REFUSED_BY_FRONT),
    "refused by words under a 200": (answer(200, denied().body), "unknown", UndecidedReason.NOT_A_STORE),
    "a wrong key": (error(403, "InvalidAccessKeyId"), "unknown", UndecidedReason.SIGNED_BY_MISTAKE),
    "a wrong signature": (error(403, "SignatureDoesNotMatch"), "unknown", UndecidedReason.SIGNED_BY_MISTAKE),
    "all access disabled": (error(403, "AllAccessDisabled"), "unknown", UndecidedReason.DISABLED),
    "an account in trouble": (error(403, "AccountProblem"), "unknown", UndecidedReason.DISABLED),
    "no such bucket": (error(404, "NoSuchBucket", BucketName="calls"), "clear", ClosedReason.NO_BUCKET),
    "no such bucket, of another name": (
        error(404, "NoSuchBucket", RGW, BucketName="calls.s3.example.test"),
        "unknown",
        UndecidedReason.NOT_A_STORE,
    ),
    "not found by a web server": (page(404, "<h1>Not Found</h1>"), "unknown", UndecidedReason.NOT_A_STORE),
    "a missing key for the root": (no_key(), "unknown", UndecidedReason.NOT_OFFERED),
    "slow down": (error(503, "SlowDown"), "unknown", UndecidedReason.THROTTLED),
    "unavailable": (error(503, "ServiceUnavailable"), "unknown", UndecidedReason.THROTTLED),
    "unavailable, without words": (page(503, "<h1>503</h1>"), "unknown", UndecidedReason.THROTTLED),
    "too many requests": (answer(429), "unknown", UndecidedReason.THROTTLED),
    "an internal error": (error(500, "InternalError"), "unknown", UndecidedReason.SERVER_ERROR),
    "a bad gateway": (page(502, "<h1>Bad Gateway</h1>"), "unknown", UndecidedReason.SERVER_ERROR),
    "not allowed": (error(405, "MethodNotAllowed"), "unknown", UndecidedReason.NOT_OFFERED),
    "not implemented": (error(501, "NotImplemented"), "unknown", UndecidedReason.NOT_OFFERED),
    "signed requests alone": (
        error(400, "InvalidArgument", message="Authorization"),
        "unknown",
        UndecidedReason.STATUS_UNEXPECTED,
    ),
    "a redirect of a web server": (
        answer(301, location="https://www.example.test/"),
        "unknown",
        UndecidedReason.REDIRECTED,
    ),
    "a wrong region that names none": (error(301, "PermanentRedirect"), "unknown", UndecidedReason.WRONG_REGION),
    "a website endpoint": (
        page(
            403,
            "<html><body><h1>403 Forbidden</h1><ul><li>Code: AccessDenied</li><li>Message: Access Denied</li>"
            "<li>RequestId: 4442</li><li>HostId: vlR7</li></ul></body></html>",
        ),
        "unknown",
        UndecidedReason.NOT_A_STORE,
    ),
    "an error that is quoted": (
        page(403, "<p>&lt;Error&gt; AccessDenied <b>Error</b></p>"),
        "unknown",
        UndecidedReason.REFUSED_BY_FRONT,
    ),
    "no time": (silent(NoAnswerReason.TIMED_OUT), "unknown", NoAnswerReason.TIMED_OUT),
    "no name": (silent(NoAnswerReason.NO_SUCH_NAME), "unknown", NoAnswerReason.NO_SUCH_NAME),
    "no TLS": (silent(NoAnswerReason.TLS_FAILED), "unknown", NoAnswerReason.TLS_FAILED),
}


@pytest.mark.parametrize(("said", "word", "why"), LISTS.values(), ids=LISTS)
def test_what_each_answer_to_the_list_proves(said: Any, word: str, why: Why) -> None:
    # A store tells what is missing to those who may list.
    missing = {"canary": no_key()} if word == "exposed" else {}
    (verdict,), _ = look(Store({"list": said, "older list": said, **missing}))
    check = checks(verdict)["list"]
    assert (check.verdict, check.why) == (word, why)
    kind = {"exposed": Exposed, "clear": Clear, "unknown": Unknown}[word]
    assert isinstance(verdict, kind)
    assert verdict.why is why


SILENT = [
    name
    for name in LISTS
    if LISTS[name][2]
    in (UndecidedReason.THROTTLED, UndecidedReason.DISABLED, UndecidedReason.SERVER_ERROR, NoAnswerReason.TIMED_OUT)
]


@pytest.mark.parametrize("name", SILENT)
def test_nothing_more_is_asked_where_nothing_can_be_told(name: str) -> None:
    _, asked = look(Store({"list": LISTS[name][0]}), keys=("a.wav",), prefixes=("a/",), signing=True)
    assert len(asked) == 1
