"""A domain of the owner's in front of a bucket: dangling when the store says that nobody holds the bucket."""

from __future__ import annotations

from typing import Any

import pytest

from probes.api import Certainty, Clear, Exposed, Unknown
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason, Why
from tests.probes.buckets.s3.builders import (
    AWS,
    Store,
    answer,
    denied,
    error,
    listing,
    look,
    no_key,
    open_store,
    page,
    silent,
)

DOMAIN = {"host": "ljud.example.test", "bucket": "", "root": "", "domain": True}
NO_BUCKET = error(404, "NoSuchBucket", BucketName="ljud.example.test")
WEBSITE = answer(
    404,
    "<html>\n<head><title>404 Not Found</title></head>\n<body>\n<h1>404 Not Found</h1>\n<ul>\n"
    "<li>Code: NoSuchBucket</li>\n"
    "<li>Message: The specified bucket does not exist</li>\n<li>BucketName: ljud.example.test</li>\n"
    "<li>RequestId: 4442587FB7D0A2F9</li>\n<li>HostId: vlR7PnpV2Ce81l0PRw6j=</li>\n</ul>\n<hr/>\n</body>\n</html>\n",
    {**AWS, "x-amz-error-code": "NoSuchBucket"},
    content_type="text/html",
)

NAMES: dict[str, tuple[Any, type, Why]] = {
    "nobody holds it": (NO_BUCKET, Exposed, OpenReason.DANGLING),
    "nobody holds it, says the website endpoint": (WEBSITE, Exposed, OpenReason.DANGLING),
    "private": (denied(), Clear, ClosedReason.BUCKET_THERE),
    "listed": (listing(), Clear, ClosedReason.BUCKET_THERE),
    "no index there": (no_key(), Clear, ClosedReason.BUCKET_THERE),
    "a website of a store": (answer(200, "<html>Hello</html>", AWS), Clear, ClosedReason.BUCKET_THERE),
    "a website of anybody": (page(), Unknown, UndecidedReason.NOT_A_STORE),
    "a front that refuses": (page(403), Unknown, UndecidedReason.NOT_A_STORE),
    "not found by a web server": (page(404), Unknown, UndecidedReason.NOT_A_STORE),
    "words under another status": (error(500, "NoSuchBucket"), Unknown, UndecidedReason.SERVER_ERROR),
    "no name": (silent(NoAnswerReason.NO_SUCH_NAME), Unknown, NoAnswerReason.NO_SUCH_NAME),
}


@pytest.mark.parametrize(("said", "kind", "why"), NAMES.values(), ids=NAMES)
def test_what_the_name_leads_to(said: Any, kind: type, why: Why) -> None:
    verdicts, _ = look(Store({"list": said, "canary": no_key()}), **DOMAIN)
    bucket, name = verdicts
    assert (bucket.kind, name.kind) == ("bucket", "dangling")
    assert isinstance(name, kind)
    assert name.why is why
    if isinstance(name, Exposed):
        assert name.certainty is Certainty.PROVEN


def test_dangling_is_likely_until_it_is_seen_twice_and_nothing_when_the_second_look_finds_a_bucket() -> None:
    (_, name), _ = look(Store({"list": NO_BUCKET, "list again": silent(NoAnswerReason.RESET)}), **DOMAIN)
    assert isinstance(name, Exposed)
    assert name.certainty is Certainty.LIKELY
    (_, name), _ = look(Store({"list": NO_BUCKET, "list again": denied()}), **DOMAIN)
    assert isinstance(name, Unknown)


def test_a_bucket_by_its_providers_own_name_has_no_name_to_dangle() -> None:
    verdicts, asked = look(Store({}, error(404, "NoSuchBucket", BucketName="calls")))
    (bucket,) = verdicts
    assert isinstance(bucket, Clear)
    assert len(asked) == 1


def test_an_open_bucket_behind_a_domain_is_exposed() -> None:
    (bucket, name), _ = look(Store(open_store()), **DOMAIN)
    assert isinstance(bucket, Exposed)
    assert isinstance(name, Clear)
