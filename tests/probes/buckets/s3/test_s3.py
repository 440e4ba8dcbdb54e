"""The probe s3-bucket as scripted dialogues: the checks of each state, and what each costs."""

from __future__ import annotations

from typing import Any

import pytest

from probes.api import Certainty, Exposed
from tests.probes.buckets.s3.builders import (
    KEYS,
    NONCE,
    RGW,
    SEAWEED,
    Store,
    acl,
    answer,
    denied,
    error,
    listing,
    look,
    no_key,
    open_store,
    page,
    plus,
    sound,
    uploads,
    vector,
    versions,
)

# Checks of a bucket, each with what the store answers, what is declared, and the most that it may cost.
STATES: dict[str, tuple[Store, dict[str, Any], dict[str, tuple[str, str]], int]] = {
    "private": (
        Store({}),
        {},
        {
            "list": ("clear", "denied"),
            "read": ("unknown", "no-known-key"),
            "versions": ("clear", "denied"),
            "uploads": ("clear", "denied"),
            "acl": ("clear", "denied"),
            "write": ("unknown", "not-asked"),
            "any-account": ("unknown", "not-asked"),
        },
        6,
    ),
    "private at SeaweedFS, where a missing key tells": (
        Store({}, denied(SEAWEED)),
        {},
        {"list": ("clear", "private-or-missing"), "read": ("clear", "denied")},
        6,
    ),
    "ACL public-read at Ceph: listed, versions and uploads too, and nothing readable": (
        Store(
            {
                "list": listing(headers=RGW),
                "versions": versions(RGW),
                "uploads": uploads(1, RGW),
                "canary": no_key(RGW),
                "head": answer(200, b"", {**RGW, "x-rgw-object-count": "14", "x-rgw-bytes-used": "50"}),
            },
            denied(RGW),
        ),
        {},
        {
            "list": ("exposed", "listed"),
            "read": ("clear", "denied"),
            "versions": ("exposed", "versions-listed"),
            "uploads": ("exposed", "uploads-listed"),
            "acl": ("clear", "denied"),
        },
        12,
    ),
    "policy to list and get": (
        Store(open_store()),
        {},
        {
            "list": ("exposed", "listed"),
            "read": ("exposed", "readable"),
            "versions": ("clear", "denied"),
            "uploads": ("clear", "denied"),
        },
        9,
    ),
    "policy to get": (
        Store({"a/call 1.wav": sound()}),
        {"keys": ("a/call 1.wav",)},
        {"list": ("clear", "denied"), "read": ("exposed", "readable-not-listed")},
        9,
    ),
    "policy to get, and the declared key is not there": (
        Store({}),
        {"keys": ("other.wav",)},
        {"list": ("clear", "denied"), "read": ("clear", "denied")},
        7,
    ),
    "a prefix listed where the root is refused": (
        Store({"list a/": listing(KEYS[:2])}),
        {"prefixes": ("a/", "c/")},
        {
            "list": ("clear", "denied"),
            "list a/": ("exposed", "prefix-listed"),
            "list c/": ("clear", "denied"),
            "read": ("clear", "denied"),
        },
        12,
    ),
    "a prefix that lists what does not begin with it": (
        Store({"list c/": listing(KEYS[:2])}),
        {"prefixes": ("c/",)},
        {"list": ("clear", "denied"), "list c/": ("unknown", "catch-all")},
        7,
    ),
    "objects alone at SeaweedFS: a missing key is missing, uploads listed": (
        Store(
            {"canary": no_key(SEAWEED), "uploads": uploads(0, SEAWEED), "head": answer(200, b"", SEAWEED)},
            denied(SEAWEED),
        ),
        {},
        {
            "list": ("clear", "private-or-missing"),
            "read": ("exposed", "readable-not-listed"),
            "uploads": ("exposed", "uploads-listed"),
            "versions": ("clear", "denied"),
        },
        8,
    ),
    "the same behind a proxy that hides its name: a HEAD tells": (
        Store({"canary": no_key({}), "head": answer(200)}, denied({})),
        {},
        {"list": ("clear", "denied"), "read": ("exposed", "readable-not-listed")},
        9,
    ),
    "a missing key is missing at Amazon, the list refused: no oracle": (
        Store({"canary": no_key(), "head": answer(403)}),
        {},
        {"list": ("clear", "denied"), "read": ("unknown", "entry-unproven")},
        7,
    ),
    "grants readable, strangers may write": (
        Store({"acl": acl(("AllUsers", "READ_ACP"), ("AllUsers", "WRITE"))}),
        {},
        {"list": ("clear", "denied"), "acl": ("exposed", "acl-readable"), "write": ("exposed", "write-granted")},
        7,
    ),
    "grants readable, full control": (
        Store({**open_store(), "acl": acl(("AllUsers", "FULL_CONTROL")), "policy": error(404, "NoSuchBucketPolicy")}),
        {},
        {"list": ("exposed", "listed"), "acl": ("exposed", "acl-readable"), "write": ("exposed", "write-granted")},
        9,
    ),
    "grants and policy readable, and nobody may write": (
        Store({"acl": acl(("AllUsers", "READ_ACP")), "policy": error(404, "NoSuchBucketPolicy")}),
        {},
        {"acl": ("exposed", "acl-readable"), "write": ("clear", "denied")},
        7,
    ),
    "policy readable, strangers may write under a condition": (
        Store(
            {
                "policy": answer(
                    200,
                    '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:Put*","Resource":"*",'
                    '"Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}]}',
                )
            }
        ),
        {},
        {"acl": ("exposed", "acl-readable"), "write": ("unknown", "configured-open")},
        7,
    ),
    "policy readable, strangers may write": (
        Store({"policy": answer(200, '{"Statement":{"Effect":"Allow","Principal":{"AWS":["*"]},"Action":["s3:*"]}}')}),
        {},
        {"acl": ("exposed", "acl-readable"), "write": ("exposed", "write-granted")},
        7,
    ),
    "the policy's question not allowed, as at Amazon": (
        Store({"policy": error(405, "MethodNotAllowed")}),
        {},
        {"acl": ("clear", "denied")},
        6,
    ),
    "a question that the store does not know is answered with the list": (
        Store({**open_store(), "acl": listing(), "policy": listing(), "versions": listing(), "uploads": listing()}),
        {},
        {
            "versions": ("unknown", "not-offered"),
            "uploads": ("unknown", "not-offered"),
            "acl": ("unknown", "not-offered"),
        },
        9,
    ),
    "versions throttled": (
        Store({"versions": error(503, "SlowDown")}),
        {},
        {"list": ("clear", "denied"), "versions": ("unknown", "throttled")},
        6,
    ),
    "listed, and encrypted with a key of the owner's": (
        Store(
            {
                **open_store(),
                **dict.fromkeys(
                    KEYS,
                    error(
                        400,
                        "InvalidArgument",
                        message=(
                            "Requests specifying Server Side Encryption with AWS KMS managed keys require "
                            "AWS Signature Version 4."
                        ),
                    ),
                ),
            }
        ),
        {},
        {"list": ("exposed", "listed"), "read": ("clear", "key-demanded")},
        11,
    ),
    "listed, and in cold storage": (
        Store({**open_store(), **dict.fromkeys(KEYS, error(403, "InvalidObjectState"))}),
        {},
        {"list": ("exposed", "listed"), "read": ("unknown", "archived")},
        11,
    ),
    "any account": (
        Store({"signed": listing()}),
        {"signing": True},
        {"list": ("clear", "denied"), "any-account": ("exposed", "any-account")},
        8,
    ),
    "no account": (
        Store({}),
        {"signing": True},
        {"list": ("clear", "denied"), "any-account": ("clear", "denied")},
        8,
    ),
    "any account that pays": (
        Store({"paid": listing()}),
        {"signing": True},
        {"any-account": ("exposed", "any-account")},
        9,
    ),
    "the key of another tenant": (
        Store({"signed": error(404, "NoSuchBucket", RGW)}),
        {"signing": True},
        {"any-account": ("unknown", "no-bucket")},
        7,
    ),
    "a probing key that nobody knows": (
        Store({"signed": error(403, "InvalidAccessKeyId")}),
        {"signing": True},
        {"any-account": ("unknown", "signed-by-mistake")},
        7,
    ),
    "a front that refuses the list, and an object behind it": (
        Store({"list": answer(403), "canary": answer(404), "a/call 1.wav": sound({})}, answer(403)),
        {"keys": ("a/call 1.wav",)},
        {"list": ("unknown", "refused-by-front"), "read": ("exposed", "readable-not-listed")},
        4,
    ),
    "a front that answers everything": (
        Store({}, page()),
        {"keys": ("a/call 1.wav",)},
        {"list": ("unknown", "not-a-store"), "read": ("unknown", "catch-all")},
        3,
    ),
    "a list on a server that answers everything": (
        Store({"list": listing()}, page()),
        {},
        {"list": ("unknown", "catch-all")},
        2,
    ),
    "a list of a bucket that is said not to exist": (
        Store({"list": listing()}, error(404, "NoSuchBucket")),
        {},
        {"list": ("unknown", "catch-all")},
        2,
    ),
    "an older server, which ignores list-type": (
        Store(open_store(list=listing(newer=False))),
        {},
        {"list": ("exposed", "listed")},
        9,
    ),
    "an older server, which refuses list-type": (
        Store({**open_store(list=error(400, "InvalidArgument")), "older list": listing(newer=False)}),
        {},
        {"list": ("exposed", "listed"), "read": ("exposed", "readable")},
        10,
    ),
}


@pytest.mark.parametrize(("store", "declared", "expected", "most"), STATES.values(), ids=STATES)
def test_the_doors_of_each_state(
    store: Store, declared: dict[str, Any], expected: dict[str, tuple[str, str]], most: int
) -> None:
    (verdict,), asked = look(store, **declared)
    found = vector(verdict)
    assert {name: found[name] for name in expected} == expected
    # A list at a declared endpoint is tried against the list of a bucket that cannot exist.
    one_more = sum(NONCE in request.path.split("/")[1] for request in asked)
    assert one_more <= 1
    assert len(asked) <= most + one_more, [request.path for request in asked]
    exposed = any(verdict == "exposed" for verdict, _ in found.values())
    assert isinstance(verdict, Exposed) == exposed
    if isinstance(verdict, Exposed):
        assert verdict.certainty is Certainty.PROVEN
        assert verdict.witnesses
        assert verdict.proof
        assert sum(request.fresh for request in asked) == 1
    learnt = [request.said for request in asked if request.said]
    assert not [said for said in learnt for key in KEYS if key in said or plus(key) in said]
