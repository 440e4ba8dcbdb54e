"""A wrong region's answer is followed once, inside the provider, and decides nothing where that leads nowhere."""

from __future__ import annotations

from typing import Any

import pytest

from probes.api import Clear, Exposed, Unknown, Verdict
from probes.facts import Fact, FactKind
from probes.reasons import NoAnswerReason, UndecidedReason
from probes.requests.http import NoAnswer
from tests.probes.buckets.s3.builders import (
    AWS,
    OSS,
    Store,
    answer,
    denied,
    error,
    listing,
    look,
    no_key,
    open_store,
    silent,
    vector,
)

EAST = "s3.us-east-1.example.test"
NORTH = "s3.eu-north-1.example.test"
REGIONAL = {"regional": "s3.{region}.example.test", "host": EAST}
VIRTUAL = {"regional": "{bucket}.s3.{region}.example.test", "host": f"calls.{EAST}", "root": ""}
MALFORMED = "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-north-1'"
CONSTRAINT = (
    "The eu-north-1 location constraint is incompatible for the region specific endpoint this request was sent to."
)

MOVED: dict[str, tuple[Any, dict[str, Any], str]] = {
    "301, by the header's region": (
        error(301, "PermanentRedirect", {**AWS, "x-amz-bucket-region": "eu-north-1"}, Endpoint="evil.example.org"),
        REGIONAL,
        NORTH,
    ),
    "301, by the named endpoint": (error(301, "PermanentRedirect", Endpoint=NORTH), {"host": EAST}, NORTH),
    "301, by the named endpoint, which holds the bucket": (
        error(301, "PermanentRedirect", Endpoint=f"calls.{NORTH}"),
        {"host": EAST},
        NORTH,
    ),
    "301 without a body, by the header": (answer(301, b"", {"x-amz-bucket-region": "eu-north-1"}), REGIONAL, NORTH),
    "301 in virtual-host style": (
        error(301, "PermanentRedirect", {**AWS, "x-amz-bucket-region": "eu-north-1"}),
        VIRTUAL,
        f"calls.{NORTH}",
    ),
    "307 while names spread": (
        error(307, "TemporaryRedirect", Endpoint=f"calls.{NORTH}"),
        {"host": f"calls.{EAST}", "root": ""},
        f"calls.{NORTH}",
    ),
    "307 by its Location": (
        error(307, "TemporaryRedirect", {**AWS, "Location": f"https://{NORTH}/calls/?list-type=2"}),
        {"host": EAST},
        NORTH,
    ),
    "400, the region in the message": (
        error(400, "IllegalLocationConstraintException", message=CONSTRAINT),
        REGIONAL,
        NORTH,
    ),
    "400, the region in an element": (error(400, "AuthorizationHeaderMalformed", Region="eu-north-1"), REGIONAL, NORTH),
    "400, the region in what was expected": (
        error(400, "AuthorizationHeaderMalformed", message=MALFORMED),
        REGIONAL,
        NORTH,
    ),
    "403 of Alibaba, with another endpoint named": (
        error(
            403,
            "AccessDenied",
            OSS,
            Endpoint="oss-eu-central-1.aliyuncs.com",
            message=("The bucket you are attempting to access must be addressed using the specified endpoint."),
        ),
        {"host": "calls.oss-cn-hangzhou.aliyuncs.com", "root": ""},
        "calls.oss-eu-central-1.aliyuncs.com",
    ),
}


def follow(said: Any, declared: dict[str, Any], there: dict[str, Any], host: str) -> tuple[Verdict, list[str]]:
    """The verdict of a bucket that is elsewhere, and the hosts asked, in order."""
    store = Store({"list": said, "head": answer(400)}, silent(NoAnswerReason.TIMED_OUT), {host: there})
    (verdict,), asked = look(store, **declared)
    return verdict, [request.host for request in asked]


@pytest.mark.parametrize(("said", "declared", "host"), MOVED.values(), ids=MOVED)
def test_the_right_region_is_asked(said: Any, declared: dict[str, Any], host: str) -> None:
    verdict, hosts = follow(said, declared, open_store(), host)
    assert isinstance(verdict, Exposed)
    assert vector(verdict)["list"] == ("exposed", "listed")
    assert hosts[0] == ""
    assert set(hosts[1:]) == {host}, "every further question goes to where the bucket is"
    assert Fact(FactKind.ASKED_AT, host) in verdict.facts
    private = {"list": denied(), "canary": denied(), "versions": denied(), "uploads": denied(), "acl": denied()}
    verdict, _ = follow(said, declared, private, host)
    assert isinstance(verdict, Clear)


@pytest.mark.parametrize(("said", "declared", "host"), MOVED.values(), ids=MOVED)
def test_a_region_that_may_not_be_asked_leaves_it_unknown(said: Any, declared: dict[str, Any], host: str) -> None:
    verdict, hosts = follow(said, declared, {"list": NoAnswer(NoAnswerReason.OUT_OF_SCOPE)}, host)
    assert isinstance(verdict, Unknown)
    assert verdict.why is UndecidedReason.WRONG_REGION
    assert "out-of-scope" in verdict.detail
    assert hosts == ["", host]


@pytest.mark.parametrize(("said", "declared", "host"), MOVED.values(), ids=MOVED)
def test_it_is_followed_once(said: Any, declared: dict[str, Any], host: str) -> None:
    further = error(301, "PermanentRedirect", Endpoint="s3.elsewhere.example.test")
    verdict, hosts = follow(said, declared, {"list": further}, host)
    assert isinstance(verdict, Unknown)
    assert verdict.why is UndecidedReason.WRONG_REGION
    assert hosts == ["", host]


def test_a_head_tells_the_region_where_the_answer_names_none() -> None:
    store = Store(
        {
            "list": error(400, "IllegalLocationConstraintException"),
            "head": answer(400, b"", {"x-amz-bucket-region": "eu-north-1"}),
        },
        hosts={NORTH: open_store()},
    )
    (verdict,), asked = look(store, **REGIONAL)
    assert isinstance(verdict, Exposed)
    assert [request.method for request in asked[:3]] == ["GET", "HEAD", "GET"]


def test_the_same_endpoint_named_again_is_no_other_region() -> None:
    said = error(403, "AccessDenied", OSS, Endpoint="oss-cn-hangzhou.aliyuncs.com")
    (verdict,), asked = look(Store({}, said), host="calls.oss-cn-hangzhou.aliyuncs.com", root="")
    assert isinstance(verdict, Clear)
    assert {request.host for request in asked} == {""}


@pytest.mark.parametrize("named", ["", "evil", "a b.example", "192.0.2.1/x", "[::1]", "x" * 300 + ".se", "..", "a..b"])
def test_an_endpoint_that_can_be_none_is_not_asked(named: str) -> None:
    (verdict,), asked = look(Store({"list": error(301, "PermanentRedirect", Endpoint=named), "head": answer(301)}))
    assert isinstance(verdict, Unknown)
    assert {request.host for request in asked} == {""}


@pytest.mark.parametrize("region", ["eu-north-1/../x", "EU NORTH", "a@b", "{bucket}", "x" * 60, "-"])
def test_a_region_that_can_be_none_is_not_asked(region: str) -> None:
    said = answer(301, b"", {"x-amz-bucket-region": region})
    (_,), asked = look(Store({"list": said, "head": said}), **REGIONAL)
    assert {request.host for request in asked} == {""}


def test_a_signed_question_follows_too() -> None:
    store = Store(
        {"signed": error(400, "AuthorizationHeaderMalformed", Region="eu-north-1")},
        hosts={NORTH: {"signed": listing()}},
    )
    (verdict,), asked = look(store, signing=True, **REGIONAL)
    assert vector(verdict)["any-account"] == ("exposed", "any-account")
    assert all(request.signed for request in asked if request.host)


def test_a_bucket_of_a_tenant_keeps_its_name_at_another_endpoint() -> None:
    said = error(301, "PermanentRedirect", Endpoint=NORTH)
    store = Store({"list": said}, hosts={NORTH: {"list": listing(), "canary": no_key()}})
    (_,), asked = look(store, bucket="proj:calls", root="/proj:calls", host=EAST)
    assert asked[1].path.startswith("/proj:calls/?list-type=2")


def test_a_signed_question_is_sent_as_it_is_signed() -> None:
    """Signature Version 4 encodes the colon of a tenant's bucket: sent bare, the signature does not match."""
    _, asked = look(Store({"signed": listing()}), bucket="proj:calls", root="/proj:calls", signing=True)
    assert {request.path.partition("/?")[0] for request in asked if request.signed} == {"/proj%3Acalls"}
    assert {request.path.partition("/?")[0] for request in asked if not request.signed and "?" in request.path} == {
        "/proj:calls"
    }
