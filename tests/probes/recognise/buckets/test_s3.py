"""What an S3 store's bytes are read as: lists, errors, grants, engines; hostile ones too."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.recognise.buckets.engines import engine
from probes.recognise.buckets.errors import host, read_error, region
from probes.recognise.buckets.grants import matches, read_grants, read_policy, read_policy_status
from probes.recognise.buckets.key_page import decoded, key_bytes, key_text, sent
from probes.recognise.buckets.s3 import bucket_page, uploads_page, versions_page
from tests.probes.buckets.s3.builders import KEYS, OSS, RGW, SEAWEED, acl, error, listing, uploads, versions
from tests.speed import within

READERS = (
    bucket_page, versions_page, uploads_page, read_error, read_grants, read_policy, read_policy_status,
)  # fmt: skip


@given(st.binary(max_size=2000))
def test_every_reader_takes_any_bytes(body: bytes) -> None:
    for reader in READERS:
        assert reader(body) is None or b"<" in body or body.strip()[:1] in (b"{", b"\xef", b"\xff", b"\xfe", b"\x00")


@given(st.integers(0, len(listing().body)), st.integers(0, 255))
def test_a_list_with_a_byte_changed_or_cut_loses_no_more_than_what_follows(at: int, byte: int) -> None:
    body = listing().body
    for changed in (body[:at], body[:at] + bytes([byte]) + body[at + 1 :]):
        page = bucket_page(changed)
        assert page is None or len(page.keys) <= len(KEYS)
        if page is not None and changed is not body and len(changed) < len(body):
            assert not page.whole


def test_the_page_of_each_way() -> None:
    page = bucket_page(listing().body)
    assert page is not None
    assert (page.second, page.whole, page.more, page.name) == (True, True, False, "calls")
    older = bucket_page(
        b"<ListBucketResult><Marker/><NextMarker>a+b</NextMarker><IsTruncated>true</IsTruncated><Contents><Key>a+b</Key>"
        b"</Contents></ListBucketResult>"
    )
    assert older is not None
    assert (older.second, older.token, older.more, older.keys) == (False, "a+b", True, [b"a+b"])
    more = bucket_page(
        b"<ListBucketResult><EncodingType>url</EncodingType><NextContinuationToken>t+%3D</NextContinuationToken>"
        b"<IsTruncated>true</IsTruncated><CommonPrefixes><Prefix>a%2F</Prefix></CommonPrefixes></ListBucketResult>"
    )
    assert more is not None
    assert (more.token, more.prefixes) == ("t+%3D", [b"a/"]), "a token goes back as it came"


@pytest.mark.parametrize(
    ("written", "key"),
    [
        (b"x&#x1;y", "x\x01y"),
        (b"x&#1;y", "x\x01y"),
        (b"x\x01y", "x\x01y"),
        (b"x&#x0;y", "x\x00y"),
        (b"x&#xFFFF;y", "x\uffffy"),
        (b"&#xD83D;&#xDE00;", "😀"),
        (b"&#xD83D;.wav", "\ud83d.wav"),
        (b"&#x1;&#x1F600;", "\x01😀"),
        (b"&#10;&#x2;", "\n\x02"),
    ],
)
def test_characters_that_xml_forbids_are_put_back(written: bytes, key: str) -> None:
    page = bucket_page(
        b"<ListBucketResult><Name>c</Name><Contents><Key>" + written + b"</Key></Contents></ListBucketResult>"
    )
    assert page is not None
    assert page.whole
    assert page.keys == [key.encode("utf-8", "surrogatepass")]


def test_versions_and_uploads_are_counted() -> None:
    page = versions_page(versions().body)
    assert page is not None
    assert (len(page.keys), page.kept, page.deleted) == (2, 1, 1)
    pending = uploads_page(uploads(3).body)
    assert pending is not None
    assert len(pending.keys) == 3
    assert versions_page(listing().body) is None
    assert uploads_page(versions().body) is None


def test_entities_are_never_expanded() -> None:
    bomb = b'<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><ListBucketResult><Name>&b;</Name></ListBucketResult>'
    assert bucket_page(bomb) is None
    assert read_error(b'<!DOCTYPE l [<!ENTITY a "x">]><Error><Code>AccessDenied</Code></Error>') is None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (error(403, "AccessDenied").body, "AccessDenied"),
        (b"<ErrorResponse><Error><Code>SlowDown</Code></Error></ErrorResponse>", "SlowDown"),
        (b"<Error><Code>AccessDenied</Code><Message>Acc", "AccessDenied"),
        (b"<Error><Code>Acce", None),
        (b"<Error><Code>a name of a person</Code></Error>", None),
        (b"<Errors><Code>AccessDenied</Code></Errors>", None),
        (b"<html><Error><Code>AccessDenied</Code></Error></html>", None),
        (b"<html><li>Code: NoSuchKey</li></html>", None),
        (b"", None),
    ],
)
def test_an_error_is_an_error_by_its_structure(body: bytes, code: str | None) -> None:
    found = read_error(body)
    assert (found.code if found else None) == code


def test_names_in_errors_are_bounded() -> None:
    assert host("https://S3.eu-north-1.example.test:443/") == "s3.eu-north-1.example.test"
    assert [host(text) for text in ("localhost", "a/b.c", "user@a.b", "a..b", "", "x" * 400)] == [""] * 6
    assert [region(text) for text in ("eu-north-1", "EU-North-1", "", "a/b", "1eu")] == [
        "eu-north-1",
        "eu-north-1",
        "",
        "",
        "",
    ]


def test_grants_are_read_by_group_and_permission() -> None:
    grants = read_grants(acl(("AllUsers", "READ"), ("AuthenticatedUsers", "WRITE")).body)
    assert grants is not None
    assert grants.gives("everyone", "READ")
    assert not grants.gives("everyone", "WRITE")
    assert not grants.writable
    assert grants.others == 1
    full = read_grants(acl(("AllUsers", "FULL_CONTROL")).body)
    assert full is not None
    assert full.writable
    canned = b"<AccessControlList><Grant>public-read-write</Grant></AccessControlList>"
    alibaba = read_grants(b"<AccessControlPolicy>" + canned + b"</AccessControlPolicy>")
    assert alibaba is not None
    assert alibaba.writable


POLICIES = {
    "everyone puts": ({"Effect": "Allow", "Principal": "*", "Action": "s3:PutObject"}, True, False),
    "everyone does all": ({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "*"}, True, False),
    "anyone but one": ({"Effect": "Allow", "NotPrincipal": {"AWS": "1"}, "Action": ["s3:Delete*"]}, True, False),
    "all but deleting": ({"Effect": "Allow", "Principal": "*", "NotAction": "s3:DeleteBucket"}, True, False),
    "all but putting": ({"Effect": "Allow", "Principal": "*", "NotAction": "s3:Put*"}, False, False),
    "under a condition": (
        {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Condition": {"Bool": {}}}, False, True,
    ),
    "one account": ({"Effect": "Allow", "Principal": {"AWS": "123"}, "Action": "s3:*"}, False, False),
    "everyone gets": ({"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject", "s3:ListBucket"]}, False, False),
    "denied": ({"Effect": "Deny", "Principal": "*", "Action": "s3:*"}, False, False),
}  # fmt: skip


@pytest.mark.parametrize(("statement", "writable", "conditional"), POLICIES.values(), ids=POLICIES)
def test_what_a_policy_lets_everyone_write(statement: object, writable: bool, conditional: bool) -> None:
    for written in (statement, [statement]):
        policy = read_policy(json.dumps({"Version": "2012-10-17", "Statement": written}).encode())
        assert policy is not None
        assert (policy.writable, policy.writable_if) == (writable, conditional)


def test_a_denial_of_all_writing_outweighs() -> None:
    allow = {"Effect": "Allow", "Principal": "*", "Action": "s3:PutObject"}
    policy = read_policy(json.dumps({"Statement": [allow, {**allow, "Effect": "Deny"}]}).encode())
    assert policy is not None
    assert not policy.writable


def test_a_pattern_takes_no_more_time_than_the_product_of_its_lengths() -> None:
    begun = time.process_time()
    assert not matches("*a" * 20_000 + "b", "s3:putobject" * 4)
    assert within(time.process_time() - begun, 2)
    assert matches("s3:*object", "s3:putobject")
    assert matches("s3:?utobject", "s3:putobject")
    assert not matches("s3:get*", "s3:putobject")


def test_policy_status_is_what_it_says() -> None:
    assert read_policy_status(b"<PolicyStatus><IsPublic>TRUE</IsPublic></PolicyStatus>") is True
    assert read_policy_status(b"<PolicyStatus><IsPublic>false</IsPublic></PolicyStatus>") is False
    assert read_policy_status(b"<PolicyStatus><IsPublic>perhaps</IsPublic></PolicyStatus>") is None


def test_engines_by_their_own_headers() -> None:
    assert [engine(headers.items()) for headers in (RGW, SEAWEED, OSS)] == ["Ceph RGW", "SeaweedFS", "Alibaba OSS"]
    assert engine([("x-amz-request-id", "tx0a1b2c3d4e5f6a7b8c9d0-005f6a7b8c")]) == "", "Swift's own transaction"
    assert engine([("server", "nginx")]) == ""


@given(st.text(max_size=30))
def test_any_key_is_sent_and_decoded_again(key: str) -> None:
    assert decoded(sent(key)) == key_text(key_bytes(key))
