"""The probe oci-bucket as scripted dialogues: what Oracle's object storage says, and what is made of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.api import BucketTarget, Certainty, Clear, Dialect, Exposed, Unknown
from probes.buckets.bucket_verdict import witness
from probes.buckets.oci import OCI_BUCKET
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason
from probes.recognise.buckets.key_page import key_bytes
from probes.requests.http import Answer, Ending, NoAnswer, Request, Response
from probes.testing import says
from tests.probes.buckets.fake_store import HOSTILE, STRAY, anything
from tests.probes.buckets.looks import NONCE, known, look, target
from tests.servers.stored import BODY

ROOT = "/n/axabc/b/calls"
TOKEN = "kQ9vV0s3cr3t"  # noqa: S105  of nobody
KEY = "070-1234567/call 1.wav"
SENT = "070-1234567/call%201.wav"
ID = {"opc_request_id": "arn-1:abc/def", "content_type": "application/json"}


def lists(*names: str, after: str = "", whole: bool = True) -> Response:
    rows = [{"name": name, "size": 4, "timeModified": "2026-11-22T01:36:28.464Z"} for name in names]
    body = json.dumps({"objects": rows, **({"nextStartWith": after} if after else {})}).encode()
    return says(200, body if whole else body[:-5], **ID)


def old(*rows: tuple[str, str]) -> Response:
    made = [{"name": name, "versionId": version, "isDeleteMarker": False, "size": 4} for name, version in rows]
    return says(200, json.dumps({"items": made}).encode(), **ID)


def fails(status: int, code: str) -> Response:
    return says(status, json.dumps({"code": code, "message": f"of bucket 'calls' ({code})"}).encode(), **ID)


NO = fails(404, "BucketNotFound")
NO_KEY = fails(404, "ObjectNotFound")
WAV = says(206, BODY[:512], content_type="audio/x-wav", content_range=f"bytes 0-511/{len(BODY)}", opc_request_id="x")
PAGE = says(200, json.dumps({"namespace": "axabc", "name": "calls", "publicAccessType": "ObjectRead"}).encode(), **ID)


def world(
    list_: Answer = NO,
    object_: Answer = NO,
    random: Answer = NO,
    versions: Answer = NO,
    page: Answer = NO,
    again: Answer | None = None,
) -> Callable[[Request], Answer]:
    """What a bucket answers to each question."""

    def script(request: Request) -> Answer:
        path, _, query = request.path.partition("?")
        if path.endswith("/b/calls"):
            return page
        if path.endswith("/objectversions"):
            return versions
        if query:
            return again if again is not None and request.fresh else list_
        return random if NONCE in path else object_

    return script


def here(**changed: Any) -> BucketTarget:
    return target(Dialect.OCI, changed.pop("root", ROOT), **changed)


def test_private_or_missing_is_clear_and_costs_two_questions() -> None:
    verdict, checks, _, asked = look(OCI_BUCKET, here(), world())
    assert (type(verdict), verdict.why) == (Clear, ClosedReason.PRIVATE_OR_MISSING)
    assert checks["list"] == checks["versions"] == ("clear", "private-or-missing")
    assert checks["read"] == ("unknown", "no-known-key")
    assert len(asked) == 2


def test_listed_and_readable() -> None:
    script = world(lists(KEY, after="b"), WAV, NO_KEY, old((KEY, "1"), (KEY, "2")), PAGE)
    verdict, checks, _, asked = look(OCI_BUCKET, here(), script)
    assert isinstance(verdict, Exposed)
    assert (verdict.why, verdict.certainty, verdict.size) == (OpenReason.READABLE, Certainty.PROVEN, len(BODY))
    assert verdict.listing is not None
    assert (verdict.listing.partial, verdict.listing.files[0].path) == ("paged", f"{ROOT}/o/{SENT}")
    assert {check: verdict for check, (verdict, _) in checks.items()} == dict.fromkeys(
        ("list", "versions", "read", "acl"), "exposed"
    )
    assert all("070" not in (request.said or request.path) for request in asked)
    assert len(asked) == 6


TABLE: dict[str, tuple[Callable[[Request], Answer], type[Any], str, dict[str, tuple[str, str]]]] = {
    "empty": (world(lists()), Exposed, "empty-listable", {"list": ("exposed", "empty-listable")}),
    "listed, objects refused": (world(lists("a")), Exposed, "listed", {"read": ("clear", "private-or-missing")}),
    "no versions": (world(lists("a"), versions=old()), Exposed, "listed", {"versions": ("unknown", "not-offered")}),
    "read without list": (
        world(object_=WAV, random=NO_KEY),
        Exposed,
        "readable-not-listed",
        {"list": ("clear", "private-or-missing"), "read": ("exposed", "readable-not-listed")},
    ),
    "any key is answered": (
        world(object_=WAV, random=WAV),
        Unknown,
        "catch-all",
        {"read": ("unknown", "catch-all")},
    ),
    "a credential demanded": (world(fails(401, "NotAuthenticated")), Clear, "denied", {}),
    "not authorised or not found": (world(fails(404, "NotAuthorizedOrNotFound")), Clear, "private-or-missing", {}),
    "no namespace": (world(fails(404, "NamespaceNotFound")), Clear, "private-or-missing", {}),
    "signed": (world(fails(401, "SignatureDoesNotMatch")), Unknown, "signed-by-mistake", {}),
    "too many": (world(fails(429, "TooManyRequests")), Unknown, "throttled", {}),
    "ill": (world(fails(500, "InternalServerError")), Unknown, "server-error", {}),
    "a code that is not known": (world(fails(400, "SomethingNew")), Unknown, "status-unexpected", {}),
    "cold storage": (
        world(lists("a"), fails(409, "NotRestored")),
        Exposed,
        "listed",
        {"read": ("unknown", "archived")},
    ),
    "cut off": (world(lists("a", whole=False)), Unknown, "not-a-store", {}),
}


@pytest.mark.parametrize("name", TABLE)
def test_rows_of_the_dialect(name: str) -> None:
    script, kind, why, some = TABLE[name]
    verdict, checks, *_ = look(OCI_BUCKET, here(keys=("a.wav",)), script)
    assert isinstance(verdict, kind)
    assert verdict.why.value == why
    assert {check: checks[check] for check in some} == some


def test_a_pre_authenticated_requests_token_is_written_nowhere() -> None:
    where = here(root=f"/p/{TOKEN}/n/axabc/b/calls", keys=("a.wav",), prefixes=("a/",))
    for script in (world(), world(lists(KEY), WAV, NO_KEY, old((KEY, "1")), PAGE)):
        *_, asked = look(OCI_BUCKET, where, script)
        assert all(request.path.startswith(f"/p/{TOKEN}/n/axabc/b/calls") for request in asked)
        assert all(TOKEN not in request.said and request.said.startswith("/p/{token}/n/") for request in asked)


def test_what_was_once_open_is_tried_again() -> None:
    told = known(here(), witness("read", KEY), witness("list x/"), witness("acl"), witness("versions"))
    verdict, checks, _, asked = look(OCI_BUCKET, here(known=told), world())
    assert isinstance(verdict, Clear)
    assert checks["acl"][0] == checks["list x/"][0] == checks["read"][0] == "clear"
    assert f"{ROOT}/o/{SENT}" in [request.path for request in asked]
    assert all("070" not in (request.said or request.path) for request in asked)
    verdict, *_ = look(OCI_BUCKET, here(known=told), world(object_=NoAnswer(NoAnswerReason.RESET)))
    assert isinstance(verdict, Unknown)
    verdict, *_ = look(OCI_BUCKET, here(known=told), world(object_=WAV, random=NO_KEY))
    assert isinstance(verdict, Exposed)


@pytest.mark.parametrize(
    ("again", "kind", "certainty"),
    [(says(503), Exposed, Certainty.LIKELY), (NO, Unknown, None), (lists("else"), Unknown, None)],
)
def test_the_second_look_decides(again: Answer, kind: type[Any], certainty: Certainty | None) -> None:
    verdict, *_ = look(OCI_BUCKET, here(), world(lists("a"), again=again))
    assert isinstance(verdict, kind)
    assert getattr(verdict, "certainty", None) is certainty


def test_hostile_keys_come_back_and_are_asked_to_the_letter() -> None:
    verdict, _, _, asked = look(OCI_BUCKET, here(keys=tuple(HOSTILE)), world(lists(*HOSTILE)), most=60)
    assert isinstance(verdict, Exposed)
    assert verdict.listing is not None
    told = {key_bytes(entry.name): entry.path for entry in verdict.listing.entries}
    assert told == {key.encode("utf-8", "surrogatepass"): f"{ROOT}/o/{sent}" for key, sent in HOSTILE.items()}
    assert set(told.values()) <= {request.path for request in asked}


@pytest.mark.parametrize("name", STRAY)
def test_what_is_no_word_of_the_store_decides_nothing(name: str) -> None:
    where = here(keys=("a.wav",), prefixes=("a/",), domain=True)
    verdict, checks, beside, _ = look(OCI_BUCKET, where, lambda _: STRAY[name])
    assert isinstance(verdict, Unknown)
    assert {verdict for verdict, _ in checks.values()} == {"unknown"}
    assert not beside


def test_a_front_that_demands_a_password_of_everybody_closes_what_is_behind_it() -> None:
    answer = says(401, b"<h1>401</h1>", www_authenticate='Basic realm="x"')
    verdict, *_ = look(OCI_BUCKET, here(keys=("a.wav",), prefixes=("a/",)), lambda _: answer)
    assert isinstance(verdict, Clear)
    assert verdict.why is ClosedReason.LOGIN_DEMANDED


@given(anything(NO, NO_KEY, WAV, PAGE, lists(KEY), old((KEY, "1"))), st.booleans())
def test_any_answers_at_all_end_in_a_sight(script: Callable[[Request], Answer], domain: bool) -> None:
    told = known(here(), witness("read", KEY), witness("list x/"), witness("write"))
    *_, asked = look(OCI_BUCKET, here(keys=("a.wav",), prefixes=("a/",), domain=domain, known=told), script)
    assert all("070" not in (request.said or request.path) for request in asked)


@given(st.binary(max_size=300), st.sampled_from([200, 204, 206, 301, 400, 401, 403, 404, 409, 416, 500]))
def test_bytes_without_the_dialect_prove_nothing(body: bytes, status: int) -> None:
    verdict, *_ = look(OCI_BUCKET, here(), lambda _: Response(status, says(200).headers, body, Ending.WHOLE))
    assert isinstance(verdict, Unknown)
