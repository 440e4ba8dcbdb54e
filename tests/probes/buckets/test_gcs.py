"""The probe gcs-bucket as scripted dialogues: what Google's two interfaces say, and what is made of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.api import BucketTarget, Certainty, Clear, Dialect, Exposed, Unknown
from probes.buckets.bucket_verdict import witness
from probes.buckets.gcs import GCS_BUCKET
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason
from probes.recognise.buckets.key_page import key_bytes
from probes.requests.http import Answer, Ending, NoAnswer, Request, Response
from probes.testing import says
from tests.probes.buckets.fake_store import HOSTILE, STRAY, anything, cut_off
from tests.probes.buckets.looks import NONCE, known, look, target
from tests.servers.stored import BODY

ROOT = "/calls"
API = "storage.googleapis.com"
KEY = "070-1234567/call 1.wav"
SENT = "070-1234567/call%201.wav"
XML = {"content_type": "application/xml; charset=UTF-8", "x_guploader_uploadid": "ABPt"}
JSON = {"content_type": "application/json; charset=UTF-8"}


def page(*keys: str, more: bool = False, names: str = ' xmlns="http://doc.s3.amazonaws.com/2006-03-01"') -> bytes:
    rows = "".join(
        f"<Contents><Key>{quote_plus(key.encode('utf-8', 'surrogatepass'), safe='/')}</Key><Size>4</Size>"
        "<LastModified>2026-11-22T01:36:28.464Z</LastModified></Contents>"
        for key in keys
    )
    return (
        f"<?xml version='1.0' encoding='UTF-8'?><ListBucketResult{names}><Name>calls</Name><EncodingType>url"
        f"</EncodingType><KeyCount>{len(keys)}</KeyCount><IsTruncated>{str(more).lower()}</IsTruncated>{rows}"
        "</ListBucketResult>"
    ).encode()


def lists(*keys: str, more: bool = False) -> Response:
    return says(200, page(*keys, more=more), **XML)


def denies(status: int, code: str, details: str = "") -> Response:
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>m</Message><Details>{details}</Details></Error>"
    return says(status, body.encode(), **XML)


def fails(status: int, reason: str, message: str = "m") -> Response:
    errors = [{"message": message, "domain": "global", "reason": reason}]
    return says(status, json.dumps({"error": {"code": status, "message": message, "errors": errors}}).encode(), **JSON)


def items(*rows: dict[str, str], after: str = "") -> Response:
    told = {
        "kind": "storage#objects",
        **({"items": rows} if rows else {}),
        **({"nextPageToken": after} if after else {}),
    }
    return says(200, json.dumps(told).encode(), **JSON)


def may(*permissions: str) -> Response:
    told = {"kind": "storage#testIamPermissionsResponse", **({"permissions": permissions} if permissions else {})}
    return says(200, json.dumps(told).encode(), **JSON)


def policy(*bindings: tuple[str, str]) -> Response:
    rows = [{"role": role, "members": ["projectOwner:p", who]} for who, role in bindings]
    return says(200, json.dumps({"kind": "storage#policy", "bindings": rows}).encode(), **JSON)


DENIED = denies(403, "AccessDenied", "Anonymous caller does not have storage.objects.list access to the bucket.")
NO = fails(
    401, "required", "Anonymous caller does not have storage.objects.list access to the Google Cloud Storage bucket."
)
NONE = denies(404, "NoSuchBucket")
NO_KEY = denies(404, "NoSuchKey")
WAV = says(
    206, BODY[:512], content_type="audio/x-wav", content_range=f"bytes 0-511/{len(BODY)}", x_goog_generation="17"
)


def world(
    list_: Answer = DENIED,
    object_: Answer = DENIED,
    random: Answer = DENIED,
    old: Answer = NO,
    soft: Answer | None = None,
    held: Answer | None = None,
    iam: Answer = NO,
    json_: Answer = NO,
    again: Answer | None = None,
) -> Callable[[Request], Answer]:
    """What a bucket answers to each question."""

    def script(request: Request) -> Answer:
        if "/iam/testPermissions" in request.path:
            return may() if held is None else held
        if request.path.endswith("/iam"):
            return iam
        if "versions=true" in request.path:
            return old
        if "softDeleted=true" in request.path:
            return old if soft is None else soft
        if request.path.startswith("/storage/v1/"):
            return json_
        if "list-type=2" in request.path:
            return again if again is not None and request.fresh else list_
        return random if NONCE in request.path else object_

    return script


def here(**changed: Any) -> BucketTarget:
    values = {"host": API, **changed}
    return target(Dialect.GCS, values.pop("root", ROOT), **values)


def test_private_is_clear_and_costs_four_questions() -> None:
    verdict, checks, _, asked = look(GCS_BUCKET, here(), world())
    assert (type(verdict), verdict.why) == (Clear, ClosedReason.DENIED)
    assert checks == {
        "list": ("clear", "denied"), "versions": ("clear", "denied"), "write": ("clear", "denied"),
        "read": ("unknown", "no-known-key"), "acl": ("clear", "denied"),
    }  # fmt: skip
    assert len(asked) == 4


def test_listed_and_readable() -> None:
    verdict, checks, _, asked = look(GCS_BUCKET, here(), world(lists(KEY, more=True), WAV, NO_KEY, items(), items()))
    assert isinstance(verdict, Exposed)
    assert (verdict.why, verdict.certainty, verdict.size) == (OpenReason.READABLE, Certainty.PROVEN, len(BODY))
    assert verdict.listing is not None
    assert (verdict.listing.partial, verdict.listing.files[0].path) == ("paged", f"{ROOT}/{SENT}")
    assert checks["versions"] == ("unknown", "not-offered")
    assert all("070" not in (request.said or request.path) for request in asked)
    assert len(asked) == 8


GET = "storage.objects.get"
TABLE: dict[str, tuple[Callable[[Request], Answer], type[Any], str, dict[str, tuple[str, str]]]] = {
    "empty": (world(lists()), Exposed, "empty-listable", {"list": ("exposed", "empty-listable")}),
    "no namespace": (world(says(200, page("a", names=""), **XML)), Exposed, "listed", {"read": ("clear", "denied")}),
    "cut off": (world(cut_off(says(200, page("a", "b")[:-60], **XML))), Exposed, "listed", {}),
    "none": (world(NONE), Clear, "no-bucket", {"read": ("clear", "no-bucket")}),
    "refused by XML and listed by JSON": (
        world(NO, old=items({"name": "a"}), soft=items({"name": "a"}), json_=items({"name": "a", "size": "4"})),
        Exposed,
        "listed",
        {"list": ("exposed", "listed"), "read": ("clear", "denied")},
    ),
    "a policy of the organisation": (
        world(denies(403, "AccessDenied", "Request is prohibited by organization's policy")),
        Unknown,
        "firewalled",
        {},
    ),
    "an address that is filtered": (
        world(denies(403, "AccessDenied", "There is an IP filtering condition that is preventing access")),
        Unknown,
        "firewalled",
        {},
    ),
    "any Authorization header": (world(denies(401, "AuthenticationRequired")), Unknown, "signed-by-mistake", {}),
    "a token that is wrong": (world(fails(401, "authError", "Invalid Credentials")), Unknown, "signed-by-mistake", {}),
    "a bad signature": (world(denies(403, "SignatureDoesNotMatch")), Unknown, "signed-by-mistake", {}),
    "requester pays": (world(denies(400, "UserProjectMissing")), Unknown, "not-offered", {}),
    "requester pays, by JSON": (
        world(fails(400, "required", "Bucket is a requester pays bucket")),
        Unknown,
        "not-offered",
        {},
    ),
    "an account with a problem": (world(denies(403, "AccountProblem")), Unknown, "disabled", {}),
    "billing is off": (world(fails(403, "accountDisabled")), Unknown, "disabled", {}),
    "slow down": (world(denies(503, "SlowDown")), Unknown, "throttled", {}),
    "rate limit": (world(fails(429, "rateLimitExceeded")), Unknown, "throttled", {}),
    "a rate limit as a 403": (world(fails(403, "userRateLimitExceeded")), Unknown, "throttled", {}),
    "a code that is not known": (world(denies(418, "SomethingNew")), Unknown, "status-unexpected", {}),
    "listed by JSON, a front before XML": (
        world(says(200, b"<html>x</html>", content_type="text/html"), json_=items({"name": "a.wav", "size": "4"})),
        Exposed,
        "listed",
        {"list": ("exposed", "listed")},
    ),
    "refused by JSON, a front before XML": (world(says(404, b"<html>x</html>")), Clear, "denied", {}),
    "missing by JSON": (
        world(says(404, b""), json_=fails(404, "notFound", "The specified bucket does not exist.")),
        Clear,
        "no-bucket",
        {},
    ),
    "old generations": (
        world(lists("a"), WAV, NO_KEY, items({"name": "a", "timeDeleted": "2026-11-22T01:36:28Z"})),
        Exposed,
        "readable",
        {"versions": ("exposed", "versions-listed")},
    ),
    "deleted softly": (
        world(
            lists("a"),
            WAV,
            NO_KEY,
            items({"name": "a"}),
            items({"name": "b", "softDeleteTime": "2026-11-22T01:36:28Z"}),
        ),
        Exposed,
        "readable",
        {"versions": ("exposed", "versions-listed")},
    ),
    "readable by permission, no key known": (
        world(held=may(GET)),
        Exposed,
        "readable-not-listed",
        {"list": ("clear", "denied"), "write": ("clear", "denied")},
    ),
    "the permission to read, denied at the object": (
        world(lists("a"), held=may("storage.objects.list", GET)),
        Exposed,
        "listed",
        {"read": ("clear", "denied")},
    ),
    "strangers may write": (
        world(held=may("storage.objects.create")),
        Exposed,
        "write-granted",
        {"write": ("exposed", "write-granted")},
    ),
    "the policy is shown": (
        world(iam=policy(("allUsers", "roles/storage.legacyBucketReader"))),
        Exposed,
        "acl-readable",
        {},
    ),
    "every account": (
        world(iam=policy(("allAuthenticatedUsers", "roles/storage.objectViewer"))),
        Exposed,
        "any-account",
        {"any-account": ("exposed", "any-account"), "acl": ("exposed", "acl-readable")},
    ),
    "any key is answered": (world(lists("a"), WAV, WAV), Unknown, "catch-all", {"read": ("unknown", "catch-all")}),
}


@pytest.mark.parametrize("name", TABLE)
def test_rows_of_the_dialect(name: str) -> None:
    script, kind, why, some = TABLE[name]
    verdict, checks, _, asked = look(GCS_BUCKET, here(), script, most=12)
    assert isinstance(verdict, kind)
    assert verdict.why.value == why
    assert {check: checks[check] for check in some} == some
    assert not isinstance(verdict, Clear) or len(asked) <= 6


def test_the_json_interface_is_asked_at_googles_own_name() -> None:
    for where, host, bucket in (
        (here(), "", "calls"),
        (here(host=f"calls.{API}", root="", bucket="calls"), API, "calls"),
        (here(host="calls.example.com", root="", bucket="", domain=True), API, "calls.example.com"),
    ):
        *_, asked = look(GCS_BUCKET, where, world())
        by_json = [request for request in asked if request.path.startswith("/storage/")]
        assert {request.host for request in by_json} == {host}
        assert all(request.path.startswith(f"/storage/v1/b/{bucket}/") for request in by_json)
        assert {request.host for request in asked if request not in by_json} == {""}


def test_an_object_readable_though_unlisted_is_seen_twice() -> None:
    verdict, checks, _, asked = look(GCS_BUCKET, here(keys=("a/call 1.wav",)), world(object_=WAV))
    assert isinstance(verdict, Exposed)
    assert (verdict.why, verdict.certainty) == (OpenReason.READABLE_UNLISTED, Certainty.PROVEN)
    assert verdict.media.startswith("audio/wav")
    assert verdict.witnesses == (witness("read", "a/call 1.wav"),)
    assert checks["list"] == ("clear", "denied")
    assert sum(request.fresh for request in asked) == 1


def test_what_was_once_open_is_tried_again() -> None:
    told = known(here(), witness("read", KEY), witness("list x/"), witness("write"), witness("acl"))
    verdict, _, _, asked = look(GCS_BUCKET, here(known=told), world())
    assert isinstance(verdict, Clear)
    assert f"{ROOT}/{SENT}" in [request.path for request in asked]
    assert all("070" not in (request.said or request.path) for request in asked)
    for silent in (world(object_=NoAnswer(NoAnswerReason.RESET)), world(held=says(503)), world(iam=says(200, b"{}"))):
        verdict, *_ = look(GCS_BUCKET, here(known=told), silent)
        assert isinstance(verdict, Unknown)


def test_a_domain_that_leads_to_no_bucket_is_dangling() -> None:
    where = here(host="calls.example.com", root="", bucket="", domain=True)
    _, _, (name,), _ = look(GCS_BUCKET, where, world(NONE))
    assert isinstance(name, Exposed)
    assert (name.kind, name.why, name.certainty) == ("dangling", OpenReason.DANGLING, Certainty.PROVEN)
    _, _, (name,), _ = look(GCS_BUCKET, where, world(NONE, again=NoAnswer(NoAnswerReason.RESET)))
    assert isinstance(name, Exposed)
    assert name.certainty is Certainty.LIKELY
    _, _, (name,), _ = look(GCS_BUCKET, where, world(NONE, again=DENIED))
    assert isinstance(name, Unknown)
    for there in (DENIED, lists("a")):
        _, _, (name,), _ = look(GCS_BUCKET, where, world(there))
        assert (type(name), name.why) == (Clear, ClosedReason.BUCKET_THERE)


def test_a_prefix_that_a_managed_folder_opens() -> None:
    def script(request: Request) -> Answer:
        return lists("a/1.wav") if "prefix=a%2F" in request.path else world()(request)

    verdict, checks, *_ = look(GCS_BUCKET, here(prefixes=("a/", "b/")), script)
    assert isinstance(verdict, Exposed)
    assert checks["list a/"] == ("exposed", "prefix-listed")
    assert checks["list b/"] == ("clear", "denied")


def test_hostile_keys_come_back_and_are_asked_to_the_letter() -> None:
    plain = {key: sent for key, sent in HOSTILE.items() if "\ud800" not in key}
    by_json = items(*({"name": key, "size": "4"} for key in plain))
    for script in (world(lists(*plain)), world(says(404), json_=by_json)):
        verdict, _, _, asked = look(GCS_BUCKET, here(keys=tuple(plain)), script, most=60)
        assert isinstance(verdict, Exposed)
        assert verdict.listing is not None
        told = {key_bytes(entry.name): entry.path for entry in verdict.listing.entries}
        assert told == {key.encode(): f"{ROOT}/{sent}" for key, sent in plain.items()}
        assert set(told.values()) <= {request.path for request in asked}


@pytest.mark.parametrize("name", STRAY)
def test_what_is_no_word_of_the_store_decides_nothing(name: str) -> None:
    where = here(keys=("a.wav",), prefixes=("a/",), domain=True)
    verdict, checks, beside, _ = look(GCS_BUCKET, where, lambda _: STRAY[name])
    assert isinstance(verdict, Unknown)
    assert {verdict for verdict, _ in checks.values()} == {"unknown"}
    assert all(isinstance(one, Unknown) for one in beside)


@given(anything(DENIED, NO, NONE, NO_KEY, WAV, lists(KEY), items({"name": KEY}), may(GET), may()), st.booleans())
def test_any_answers_at_all_end_in_a_sight(script: Callable[[Request], Answer], domain: bool) -> None:
    told = known(here(), witness("read", KEY), witness("list x/"), witness("any-account"))
    *_, asked = look(GCS_BUCKET, here(keys=("a.wav",), prefixes=("a/",), domain=domain, known=told), script)
    assert all("070" not in (request.said or request.path) for request in asked)


@given(st.binary(max_size=300), st.sampled_from([200, 204, 206, 301, 400, 401, 403, 404, 409, 416, 500]))
def test_bytes_without_the_dialect_prove_nothing(body: bytes, status: int) -> None:
    verdict, *_ = look(GCS_BUCKET, here(), lambda _: Response(status, says(200).headers, body, Ending.WHOLE))
    assert isinstance(verdict, Unknown)


@pytest.mark.parametrize(
    "body", [b"<Error><Code>NoSuchBucket<C>doe", b"<Error><Code>NoSuchBucket</Code", b"<Error><Code>No"]
)
def test_a_word_that_is_not_closed_is_no_word_of_the_store(body: bytes) -> None:
    verdict, *_ = look(GCS_BUCKET, here(), lambda _: Response(404, says(200).headers, body, Ending.WHOLE))
    assert isinstance(verdict, Unknown)
