"""Answers of real stores that differ from Amazon's, and answers that look like a store's: what each of them proves."""

from __future__ import annotations

import json
from typing import Any

import pytest

from probes.api import Certainty, Clear, Dialect, Exposed, Unknown
from probes.buckets.azure import AZURE_CONTAINER
from probes.buckets.oci import OCI_BUCKET
from probes.buckets.swift import SWIFT_CONTAINER
from probes.recognise.buckets.s3 import bucket_page
from probes.requests.http import Answer, Request, Response
from probes.testing import says
from tests.probes.buckets.looks import look as look_by
from tests.probes.buckets.looks import target as target_of
from tests.probes.buckets.s3.builders import (
    AWS,
    KEYS,
    Store,
    answer,
    checks,
    denied,
    error,
    listing,
    look,
    no_key,
    open_store,
    page,
    sound,
    vector,
)

ROW = "<Contents><Key>{key}</Key><LastModified>2026-03-01T10:00:00.000Z</LastModified><Size>9</Size></Contents>"


def listed(inside: str, *, root: str = "ListBucketResult", head: str = "", encoding: str = "utf-8") -> Response:
    """A list, written by hand."""
    return answer(200, f"{head}<{root}><Name>calls</Name>{inside}</{root.partition(' ')[0]}>".encode(encoding))


# what a store answers to the list | the verdict on the list, and its reason
LISTS: dict[str, tuple[Response, str, str]] = {
    "MinIO, private": (
        error(403, "AccessDenied", {"server": "MinIO"}, BucketName="calls", Resource="/calls/"),
        "clear", "denied",
    ),
    "MinIO, missing": (
        error(404, "NoSuchBucket", {"server": "MinIO"}, BucketName="calls"),
        "clear", "no-bucket",
    ),
    "MinIO is still starting": (
        error(503, "XMinioServerNotInitialized", {"server": "MinIO"}), "unknown", "throttled",
    ),
    "Garage takes no anonymous question": (
        error(403, "AccessDenied", {"server": "Garage"}, message="Forbidden: no anonymous access yet"),
        "clear", "denied",
    ),
    "Backblaze": (
        error(401, "UnauthorizedAccess", {}, message="bucket is not authorized: calls"), "clear", "denied",
    ),
    "R2's public host lists never": (
        answer(404, "<!DOCTYPE html><html><head><title>Not Found</title></head><body>Object not found</body></html>",
               {"server": "cloudflare"}, content_type="text/html"),
        "unknown", "not-a-store",
    ),
    "DigitalOcean, private": (
        error(403, "AccessDenied", {"x-amz-request-id": "tx00000"}, BucketName="calls"), "clear", "denied",
    ),
    "Tencent": (error(403, "AccessDenied", {"server": "tencent-cos"}), "clear", "denied"),
    "JSON in the place of XML": (
        answer(403, '{"Code":"AccessDenied","Message":"Access Denied"}', content_type="application/json"),
        "unknown", "refused-by-front",
    ),
    "a list as JSON": (
        answer(200, '{"ListBucketResult":{"Name":"calls","Contents":[{"Key":"a"}]}}', content_type="application/json"),
        "unknown", "not-a-store",
    ),
    "an error under a 200": (
        answer(200, "<Error><Code>InternalError</Code><Message>We encountered an internal error.</Message></Error>"),
        "unknown", "not-a-store",
    ),
    "a refusal under a 404": (error(404, "AccessDenied"), "unknown", "status-unexpected"),
    "a refusal in upper case": (
        answer(403, "<ERROR><CODE>AccessDenied</CODE></ERROR>"), "unknown", "refused-by-front",
    ),
    "a refusal below another root": (
        answer(403, "<html><Error><Code>AccessDenied</Code></Error></html>"), "unknown", "refused-by-front",
    ),
    "a refusal in a namespace": (
        answer(403, '<Error xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Code>AccessDenied</Code></Error>'),
        "clear", "denied",
    ),
    "a refusal with a byte order mark": (
        answer(403, "\ufeff<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>"), "clear", "denied",
    ),
    "a list in a prefixed namespace": (
        answer(200, '<s:ListBucketResult xmlns:s="urn:s3"><s:Name>calls</s:Name><s:Contents><s:Key>a</s:Key>'
                    "</s:Contents></s:ListBucketResult>"),
        "exposed", "listed",
    ),
    "a list in UTF-16": (
        listed(ROW.format(key="a.wav"), head="<?xml version='1.0' encoding='UTF-16'?>", encoding="utf-16"),
        "exposed", "listed",
    ),
    "a list whose rows have another order and a comment": (
        listed("<!-- page 1 --><Contents><Size>9</Size><Key>a.wav</Key><Owner/></Contents>"), "exposed", "listed",
    ),
    "more, and no word how to ask for it": (
        listed(ROW.format(key="a.wav") + "<IsTruncated>true</IsTruncated>"), "exposed", "listed",
    ),
    "a list of versions in the place of keys": (
        listed("<Version><Key>a</Key></Version>", root="ListVersionsResult"), "unknown", "unstable",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_what_an_answer_to_the_list_proves(name: str) -> None:
    said, word, why = LISTS[name]
    (verdict, *_), _ = look(Store({"list": said, "older list": said, "canary": no_key()}))
    assert vector(verdict)["list"] == (word, why)


KEYS_AS_WRITTEN = {
    "a+b%20c": b"a+b%20c",
    "a&#x1;b": b"a\x01b",
    "a&amp;amp;b": b"a&amp;b",
    " lead and trail ": b" lead and trail ",
    "line&#10;break&#13;": b"line\nbreak\r",
    "&#xD83D;&#xDE00;.wav": "😀.wav".encode(),
    "<![CDATA[a<b>&c]]>": b"a<b>&c",
}


@pytest.mark.parametrize("written", KEYS_AS_WRITTEN)
@pytest.mark.parametrize("rows", [1, 3])
def test_keys_come_back_to_the_byte_by_each_way_of_reading(written: str, rows: int) -> None:
    others = "".join(ROW.format(key=f"z{n}") for n in range(rows - 1))
    found = bucket_page(listed(ROW.format(key=written) + others).body)
    assert found is not None
    assert found.keys[0] == KEYS_AS_WRITTEN[written]
    assert (len(found.keys), found.sizes[0], found.whole) == (rows, 9, True)


def test_rows_outside_the_list_are_none_of_it() -> None:
    assert bucket_page(b"<Error><Message>" + ROW.format(key="a").encode() + b"</Message></Error>") is None
    assert bucket_page(b"<html><pre>" + ROW.format(key="a").encode() * 3 + b"</pre></html>") is None


def test_every_open_prefix_is_counted() -> None:
    store = Store({
        "list a/": listing(["a/call 1.wav", "a/call+2.wav"]), "list b/": listing(["b/notes.txt"]), "canary": no_key(),
        "list c/": denied(),
    })  # fmt: skip
    (verdict,), _ = look(store, prefixes=("a/", "b/", "c/"))
    assert isinstance(verdict, Exposed)
    assert [vector(verdict)[f"list {one}/"] for one in "abc"] == [
        ("exposed", "prefix-listed"), ("exposed", "prefix-listed"), ("clear", "denied"),
    ]  # fmt: skip
    assert verdict.listing is not None
    assert {entry.name for entry in verdict.listing.files} == {"a/call 1.wav", "a/call+2.wav", "b/notes.txt"}
    assert {one.partition("\n")[0] for one in verdict.witnesses} == {"list a/", "list b/"}


def test_every_open_prefix_is_counted_in_other_dialects() -> None:
    rows = [{"name": f"{one}/x.wav", "bytes": 1, "hash": "h", "last_modified": "2026-01-01T00:00:00"} for one in "ab"]

    def swift(request: Request) -> Answer:
        tx = {"x_trans_id": "tx" + "0" * 21 + "-" + "1" * 10}
        for number, one in enumerate("ab"):
            if f"prefix={one}%2F" in request.path:
                return says(200, json.dumps([rows[number]]).encode(), content_type="application/json", **tx)
        return says(401, b"<html><h1>Unauthorized</h1></html>", www_authenticate='Swift realm="AUTH_x"', **tx)

    where = target_of(Dialect.SWIFT, "/v1/AUTH_abc/calls", prefixes=("a/", "b/"))
    verdict, *_ = look_by(SWIFT_CONTAINER, where, swift)
    assert isinstance(verdict, Exposed)
    assert verdict.listing is not None
    assert len(verdict.listing.files) == 2


@pytest.mark.parametrize(
    "region", ["eu-north-1/../x", "evil.example", "eu north", "eu-north-1\r\nHost: x", "x" * 200, ""]
)
def test_a_region_that_is_none_leads_nowhere(region: str) -> None:
    moved = answer(301, "<Error><Code>PermanentRedirect</Code></Error>", {**AWS, "x-amz-bucket-region": region})
    (verdict,), asked = look(Store({"list": moved}), regional="s3.{region}.example.test")
    assert isinstance(verdict, Unknown)
    assert {request.host for request in asked} == {""}


@pytest.mark.parametrize("location", ["https://evil.example/", "//evil.example/", "https://[::1/", "javascript:1"])
def test_a_redirect_of_a_web_server_is_not_followed(location: str) -> None:
    (verdict,), asked = look(Store({"list": answer(302, b"", {"location": location}), "older list": answer(302)}))
    assert (type(verdict), verdict.why.value) == (Unknown, "redirected")
    assert {request.host for request in asked} == {""}


OBJECTS: dict[str, tuple[Any, tuple[str, str]]] = {
    "a whole object from a server that ignores ranges": (
        answer(200, sound().body, {**AWS, "content-type": "audio/x-wav", "content-length": "3116"}),
        ("exposed", "readable-not-listed"),
    ),
    "another range than was asked": (
        answer(206, sound().body, {**AWS, "content-range": "bytes 512-1023/3116"}), ("unknown", "type-unproven"),
    ),
    "a 206 without a range": (answer(206, sound().body, AWS), ("unknown", "type-unproven")),
    "nothing of an object that has bytes": (
        answer(206, b"", {**AWS, "content-range": "bytes 0-511/3116"}), ("unknown", "body-unreadable"),
    ),
    "cold storage": (error(403, "InvalidObjectState"), ("unknown", "archived")),
    "encrypted with a key of the owner's": (
        error(400, "InvalidArgument", message="Requests specifying Server Side Encryption with AWS KMS managed keys"),
        ("clear", "key-demanded"),
    ),
    "a login page": (page(200, "<html><form><input type=password></form></html>"), ("unknown", "type-unproven")),
    "a redirect to a login": (answer(302, b"", {"location": "https://login.example/"}), ("unknown", "redirected")),
    "sent to another region": (
        error(301, "PermanentRedirect", Endpoint="s3.eu-north-1.amazonaws.com"), ("unknown", "wrong-region"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OBJECTS)
def test_what_an_answer_to_a_declared_object_proves(name: str) -> None:
    said, expected = OBJECTS[name]
    (verdict,), _ = look(Store({"a.wav": said, "canary": no_key()}), keys=("a.wav",))
    assert vector(verdict)["read"] == expected


def test_a_store_whose_bucket_fills_between_two_looks_is_open() -> None:
    (verdict,), _ = look(Store({**open_store(), "list": listing(()), "list again": listing(KEYS)}))
    assert isinstance(verdict, Exposed)
    assert checks(verdict)["list"].why.value == "empty-listable"


def test_a_store_whose_bucket_is_emptied_between_two_looks_is_undecided() -> None:
    (verdict,), _ = look(Store({"list": listing(KEYS), "canary": no_key(), "list again": listing(())}))
    assert vector(verdict)["list"] == ("unknown", "unstable")


AZURE: dict[str, tuple[Response, type, str]] = {
    "the code in the header alone": (
        says(409, b"", x_ms_error_code="PublicAccessNotPermitted"), Clear, "public-access-off",
    ),
    "JSON in the place of XML": (
        says(409, b'{"error":{"code":"PublicAccessNotPermitted"}}', content_type="application/json"),
        Unknown, "status-unexpected",
    ),
    "a list of containers in the place of blobs": (
        says(200, b"<EnumerationResults><Containers><Container><Name>calls</Name></Container></Containers>"
             b"</EnumerationResults>", content_type="application/xml"),
        Unknown, "not-a-store",
    ),
    "S3's list in the place of Azure's": (
        says(200, b"<ListBucketResult><Name>calls</Name></ListBucketResult>", content_type="application/xml"),
        Unknown, "not-a-store",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", AZURE)
def test_odd_answers_of_azure(name: str) -> None:
    said, kind, why = AZURE[name]
    verdict, *_ = look_by(AZURE_CONTAINER, target_of(Dialect.AZURE, "/calls"), lambda _: said)
    assert (type(verdict), verdict.why.value) == (kind, why)


def test_an_empty_object_is_no_list_of_oracles() -> None:
    where = target_of(Dialect.OCI, "/n/ns/b/calls")
    verdict, *_ = look_by(OCI_BUCKET, where, lambda _: says(200, b"{}", content_type="application/json"))
    assert isinstance(verdict, Unknown)


def test_an_open_store_is_proven_by_two_looks() -> None:
    (verdict,), asked = look(Store(open_store()))
    assert isinstance(verdict, Exposed)
    assert verdict.certainty is Certainty.PROVEN
    assert [request.fresh for request in asked].count(True) == 1
