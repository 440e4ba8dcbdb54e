"""How an open S3 bucket is proven, told and tried again before it is closed."""

from __future__ import annotations

from typing import Any

import pytest

from probes.api import Certainty, Clear, Exposed, Unknown
from probes.buckets.bucket_verdict import witness
from probes.facts import Fact, FactKind
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason, Why
from tests.probes.buckets.s3.builders import (
    KEYS,
    NONCE,
    RGW,
    SEAWEED,
    Store,
    answer,
    denied,
    error,
    listing,
    look,
    no_key,
    once_open,
    open_store,
    page,
    silent,
    sound,
    uploads,
    vector,
    versions,
)


def test_what_is_listed_and_what_is_readable_are_told_apart() -> None:
    (verdict,), _ = look(Store({**open_store(RGW), **dict.fromkeys(KEYS, denied(RGW))}, denied(RGW)))
    assert isinstance(verdict, Exposed)
    assert verdict.why is OpenReason.LISTED
    assert Fact(FactKind.LISTED_NOT_READABLE) in verdict.facts
    (verdict,), asked = look(Store(open_store()))
    assert isinstance(verdict, Exposed)
    assert verdict.why is OpenReason.READABLE
    assert Fact(FactKind.LISTED_AND_READABLE) in verdict.facts
    assert verdict.media == "audio/wav/pcm16"
    assert verdict.listing is not None
    assert [entry.name for entry in verdict.listing.files] == list(KEYS)
    assert verdict.size == 3116
    assert [request for request in asked if "Range" in dict(request.headers)]
    assert all(request.take <= 1 << 14 for request in asked if "Range" in dict(request.headers))


def test_what_any_account_is_shown_is_counted() -> None:
    (verdict,), _ = look(Store({"signed": listing()}), signing=True)
    assert isinstance(verdict, Exposed)
    assert verdict.why is OpenReason.ANY_ACCOUNT
    assert verdict.listing is not None
    assert len(verdict.listing.files) == len(KEYS)
    assert verdict.listing.files[0].path == "/calls/a/call%201.wav"


def test_size_by_the_gateways_own_count() -> None:
    store = Store(
        {**open_store(RGW), "head": answer(200, b"", {**RGW, "x-rgw-object-count": "2700000", "x-rgw-bytes-used": "9"})}
    )
    (verdict,), _ = look(store)
    assert {Fact(FactKind.ENGINE, "Ceph RGW"), Fact(FactKind.OBJECTS, number=2_700_000)} <= set(verdict.facts)


@pytest.mark.parametrize(
    "again", [silent(NoAnswerReason.TIMED_OUT), answer(503), error(500, "InternalError"), answer(429)]
)
def test_without_a_second_look_it_is_likely_and_not_proven(again: Any) -> None:
    (verdict,), _ = look(Store({**open_store(), **{f"{name} again": again for name in ("list", *KEYS)}}))
    assert isinstance(verdict, Exposed)
    assert verdict.certainty is Certainty.LIKELY


def test_a_list_that_is_refused_at_the_second_look_is_unstable() -> None:
    store = Store({"list": listing(), "canary": no_key(), "list again": denied()})
    (verdict,), _ = look(store)
    assert isinstance(verdict, Unknown)
    assert verdict.why is UndecidedReason.UNSTABLE


def test_a_list_of_other_keys_at_each_look_is_unstable() -> None:
    store = Store({"list": listing(("u1", "u2")), "canary": no_key(), "list again": listing(("u3", "u4"))})
    (verdict,), _ = look(store)
    assert isinstance(verdict, Unknown)


def test_the_next_door_stands_for_the_exposure_when_the_first_is_unstable() -> None:
    store = Store({**open_store(), "list again": denied()})
    (verdict,), _ = look(store)
    assert isinstance(verdict, Exposed)
    assert vector(verdict)["list"] == ("unknown", "unstable")
    assert (verdict.why, verdict.certainty) == (OpenReason.READABLE_UNLISTED, Certainty.PROVEN)
    assert verdict.listing is None or not verdict.listing.entries


def test_a_store_that_does_not_answer_a_missing_key_leaves_it_likely() -> None:
    (verdict,), _ = look(Store({**open_store(), "canary": error(500, "InternalError")}))
    assert isinstance(verdict, Exposed)
    assert verdict.certainty is Certainty.LIKELY
    assert vector(verdict)["read"] == ("unknown", "canary-failed")


def test_a_prefix_is_likely_or_nothing_where_a_missing_key_is_answered_out_of_order() -> None:
    prefix = {"list a/": listing(KEYS[:2])}
    (verdict,), _ = look(Store({**prefix, "canary": answer(502)}), prefixes=("a/",))
    assert isinstance(verdict, Exposed)
    assert verdict.certainty is Certainty.LIKELY
    (verdict,), _ = look(Store({**prefix, "canary": page()}), prefixes=("a/",))
    assert vector(verdict)["list a/"] == ("unknown", "catch-all")
    assert isinstance(verdict, Unknown), "a list came to a stranger, whatever it was of"


# What was once seen open is tried again, and only the store's own word closes it.
AGAIN: dict[str, tuple[Store, tuple[str, ...], type, Why]] = {
    "the list is closed": (Store({}), (witness("list"),), Clear, ClosedReason.DENIED),
    "the object is still open": (
        Store({"k.wav": sound()}),
        (witness("read", "k.wav"),),
        Exposed,
        OpenReason.READABLE_UNLISTED,
    ),
    "the object is closed": (Store({}), (witness("list"), witness("read", "k.wav")), Clear, ClosedReason.DENIED),
    "the object is gone": (Store({}), (witness("read", "k.wav"),), Clear, ClosedReason.DENIED),
    "the object is said to be gone, as to whoever may read others": (
        Store({"k.wav": no_key()}),
        (witness("read", "k.wav"),),
        Unknown,
        UndecidedReason.ENTRY_UNPROVEN,
    ),
    "the object gives no answer": (
        Store({"k.wav": silent(NoAnswerReason.TIMED_OUT)}),
        (witness("read", "k.wav"),),
        Unknown,
        NoAnswerReason.TIMED_OUT,
    ),
    "one of two objects gives no answer": (
        Store({"k.wav": answer(503)}),
        (witness("read", "k.wav"), witness("read", "l.wav")),
        Unknown,
        UndecidedReason.THROTTLED,
    ),
    "the object is in cold storage now": (
        Store({"k.wav": error(403, "InvalidObjectState")}),
        (witness("read", "k.wav"),),
        Unknown,
        UndecidedReason.ARCHIVED,
    ),
    "versions give no answer": (
        Store({"versions": answer(503)}),
        (witness("versions"),),
        Unknown,
        UndecidedReason.THROTTLED,
    ),
    "versions are closed": (Store({}), (witness("versions"),), Clear, ClosedReason.DENIED),
    "a prefix that is no more declared is open still": (
        Store({"list ä/": listing(("ä/ö.wav",))}),
        (witness("list ä/", "ä/"),),
        Exposed,
        OpenReason.PREFIX_LISTED,
    ),
    "a prefix is closed": (Store({}), (witness("list ä/", "ä/"),), Clear, ClosedReason.DENIED),
    "any account, and the probing key is gone": (
        Store({}),
        (witness("any-account"),),
        Unknown,
        NoAnswerReason.NOT_ASKED,
    ),
    "a missing key told what could be read, and is refused now": (
        Store({}, denied(SEAWEED)),
        (witness("read"),),
        Clear,
        ClosedReason.PRIVATE_OR_MISSING,
    ),
    "an origin by which another protocol read it": (
        Store({}),
        (witness("read", "\0http://x.example/"),),
        Clear,
        ClosedReason.DENIED,
    ),
    "a key with a space": (
        Store({"a b.wav": sound()}),
        (witness("read", "a b.wav"),),
        Exposed,
        OpenReason.READABLE_UNLISTED,
    ),
    "the bucket is gone": (
        Store({}, error(404, "NoSuchBucket")),
        (witness("list"), witness("read", "k.wav"), witness("list a/", "a/")),
        Clear,
        ClosedReason.NO_BUCKET,
    ),
}


@pytest.mark.parametrize(("store", "witnesses", "kind", "why"), AGAIN.values(), ids=AGAIN)
def test_what_was_once_open_is_tried_again(store: Store, witnesses: tuple[str, ...], kind: type, why: Why) -> None:
    (verdict,), asked = look(store, known=once_open(*witnesses))
    assert isinstance(verdict, kind)
    assert verdict.why is why
    assert not [request.said for request in asked if "k.wav" in request.said or "%C3%A4" in request.said]
    assert all(request.said for request in asked if "k.wav" in request.path or "%C3%A4" in request.path)


def test_what_is_seen_open_is_told_so_that_it_can_be_tried_again() -> None:
    (verdict,), _ = look(Store({**open_store(), "versions": versions(), "uploads": uploads()}))
    assert isinstance(verdict, Exposed)
    assert {"list\n", "versions\n", "uploads\n", "read\na/call 1.wav", "read\nb/notes.txt"} <= set(verdict.witnesses)
    (after,), _ = look(Store({"b/notes.txt": sound()}), known=once_open(*verdict.witnesses))
    assert isinstance(after, Exposed), "the list is closed and an object is not: the classic half fix"
    (closed,), _ = look(Store({}), known=once_open(*verdict.witnesses))
    assert isinstance(closed, Clear)


def test_a_folder_that_is_listed_still_keeps_the_bucket_open_and_one_that_is_refused_does_not() -> None:
    (verdict,), _ = look(Store(open_store()))
    assert isinstance(verdict, Exposed)
    once = once_open(*verdict.witnesses)
    (after,), asked = look(Store({"list a/": listing(KEYS[:2])}), known=once)
    assert isinstance(after, Exposed)
    assert after.why is OpenReason.PREFIX_LISTED
    assert not [check.name for check in after.checks if "a/" in check.name], "a learnt prefix stands in no check"
    assert all("{prefix " in request.said for request in asked if "prefix=a" in request.path)
    assert {"list folder 1\na/", "list folder 2\nb/"} <= set(verdict.witnesses)
    (again,), _ = look(Store(open_store()), known=once)
    assert not [check.name for check in again.checks if check.name.startswith("list folder")]
    (closed,), _ = look(Store({}), known=once)
    assert isinstance(closed, Clear)


def test_a_key_that_cannot_exist_is_no_secret_and_a_declared_key_neither() -> None:
    _, asked = look(Store(open_store()), keys=("a/call 1.wav",))
    assert [request.path for request in asked if not request.said and "?" not in request.path] == [
        f"/calls/{NONCE}",
        "/calls/a/call%201.wav",
    ]
