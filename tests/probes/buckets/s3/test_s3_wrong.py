"""Where existing tools are wrong about S3 buckets, and what is right: one case for each."""

from __future__ import annotations

import pytest

from probes.api import Clear, Exposed, Unknown
from probes.facts import Fact, FactKind
from probes.reasons import NoAnswerReason, OpenReason, UndecidedReason
from tests.probes.buckets.s3.builders import (
    KEYS,
    RGW,
    SEAWEED,
    Store,
    acl,
    answer,
    checks,
    denied,
    error,
    listing,
    look,
    no_key,
    open_store,
    plus,
    silent,
    uploads,
    vector,
)


def test_a_readable_acl_does_not_hide_a_list_that_a_policy_grants() -> None:
    """S3Scanner returns after READ_ACP with READ denied, and then skips the bucket when it enumerates."""
    (verdict,), _ = look(Store({**open_store(), "acl": acl(("AllUsers", "READ_ACP"))}))
    found = vector(verdict)
    assert found["list"] == ("exposed", "listed")
    assert found["acl"] == ("exposed", "acl-readable")


def test_a_server_of_the_older_way_is_listed_and_called_incomplete() -> None:
    """boto3's paginator calls such a page complete; S3Scanner asks for it five thousand times."""
    (verdict,), asked = look(Store(open_store(list=listing(newer=False, truncated=True))))
    assert isinstance(verdict, Exposed)
    assert verdict.listing is not None
    assert verdict.listing.partial == "paged"
    assert Fact(FactKind.OLD_LIST_ONLY) in verdict.facts
    assert len(asked) < 12


@pytest.mark.parametrize("said", ["a/call%201.wav", "a/call+1.wav"])
def test_a_space_is_a_space_however_it_is_encoded(said: str) -> None:
    """S3Scanner stores `call+1.wav` for `call 1.wav`."""
    (verdict,), asked = look(Store({"list": listing(("x",), encoder=lambda _: said), "canary": no_key()}))
    assert isinstance(verdict, Exposed)
    assert verdict.listing is not None
    assert [entry.name for entry in verdict.listing.files] == ["a/call 1.wav"]
    assert "/calls/a/call%201.wav" in [request.path for request in asked]


def test_a_plus_is_a_plus_where_nothing_was_encoded() -> None:
    """The counterpart: decoding what the answer does not call encoded makes `call 2.wav` of `call+2.wav`."""
    (verdict,), _ = look(Store(open_store(list=listing(encoder=None))))
    assert isinstance(verdict, Exposed)
    assert verdict.listing is not None
    assert [entry.name for entry in verdict.listing.files] == list(KEYS)


def test_a_head_never_decides() -> None:
    """S3Scanner calls READ what HeadBucket grants: at SeaweedFS that may be a grant on objects alone, and in a
    wrong region of Scaleway it is anything."""
    store = Store({"canary": no_key(SEAWEED), "uploads": uploads(0, SEAWEED), "head": answer(200)}, denied(SEAWEED))
    (verdict,), _ = look(store)
    assert vector(verdict)["list"] == ("clear", "private-or-missing")
    assert vector(verdict)["read"] == ("exposed", "readable-not-listed")
    (verdict,), _ = look(Store({"head": answer(200)}))
    assert isinstance(verdict, Clear)
    (verdict,), _ = look(Store({**open_store(), "head": answer(403)}))
    assert isinstance(verdict, Exposed), "and a HEAD that is refused says nothing against a list"


def test_one_error_of_transport_leaves_the_other_doors_told() -> None:
    """S3Scanner fails the whole check at the first error of one region."""
    (verdict,), _ = look(
        Store({**open_store(), "versions": silent(NoAnswerReason.RESET), "acl": silent(NoAnswerReason.TIMED_OUT)})
    )
    assert isinstance(verdict, Exposed)
    assert vector(verdict)["versions"] == ("unknown", "connection-reset")
    assert vector(verdict)["acl"] == ("unknown", "timed-out")


@pytest.mark.parametrize("name", ["Legacy_Bucket", "proj:calls", "a.dotted.name"])
def test_every_name_that_a_store_knows_is_asked(name: str) -> None:
    """S3Scanner rejects underscores, capitals and tenants; boto3 refuses the colon."""
    (verdict,), asked = look(Store({"list": listing(), "canary": no_key()}), bucket=name, root=f"/{name}")
    assert isinstance(verdict, Exposed)
    assert asked[0].path.startswith(f"/{name}/?")


def test_an_empty_bucket_that_lists_is_exposed() -> None:
    """BBOT looks for Contents: the next upload is public, and it says nothing."""
    (verdict,), _ = look(Store({"list": listing(()), "canary": no_key()}))
    assert isinstance(verdict, Exposed)
    assert verdict.why is OpenReason.EMPTY_LISTABLE
    assert verdict.listing is not None
    assert not verdict.listing.entries


def test_a_control_character_does_not_hide_the_bucket() -> None:
    """BBOT's parser dies of "reference to invalid character number"."""
    keys = ("a.wav", "x\x01y.wav", "z.wav")
    (verdict,), _ = look(Store({"list": listing(keys, encoder=None), "canary": no_key()}))
    assert isinstance(verdict, Exposed)
    assert verdict.why is OpenReason.LISTED
    assert verdict.listing is not None
    assert tuple(entry.name for entry in verdict.listing.files) == keys


def test_another_region_is_followed_and_never_silence() -> None:
    """BBOT does not follow a 301, cloud_enum does not handle 301, 307 or 400 at all."""
    store = Store(
        {"list": error(301, "PermanentRedirect", Endpoint="s3.eu-north-1.example.test")},
        hosts={"s3.eu-north-1.example.test": open_store()},
    )
    (verdict,), _ = look(store)
    assert isinstance(verdict, Exposed)
    for status, code in (
        (301, "PermanentRedirect"),
        (307, "TemporaryRedirect"),
        (400, "IllegalLocationConstraintException"),
    ):
        (verdict,), _ = look(Store({"list": error(status, code), "head": answer(400)}))
        assert isinstance(verdict, Unknown)
        assert verdict.why is UndecidedReason.WRONG_REGION


def test_access_denied_is_not_public() -> None:
    """Prowler once took a refused question for a public bucket; it looks at three keys of a hundred."""
    (verdict,), _ = look(Store({}))
    assert isinstance(verdict, Clear)
    (verdict,), _ = look(Store({**open_store(), "policyStatus": denied()}))
    assert isinstance(verdict, Exposed)


def test_a_policy_under_a_condition_is_no_open_write() -> None:
    """Prowler was for years wrong about conditions."""
    policy = (
        '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:PutObject","Resource":"*","Condition":{"StringEquals":'
        '{"aws:SourceVpce":"vpce-1a2b3c4d"}}}]}'
    )
    (verdict,), _ = look(Store({"policy": answer(200, policy)}))
    assert checks(verdict)["write"].verdict == "unknown"


def test_a_question_that_the_gateway_does_not_know_is_not_open_by_its_200() -> None:
    """Ceph 16 lists where it does not know the question: by the status alone, it gave its settings away."""
    store = Store({**open_store(RGW), "policyStatus": listing(headers=RGW), "acl": listing(headers=RGW)}, denied(RGW))
    (verdict,), _ = look(store)
    assert vector(verdict)["acl"][0] != "exposed"
    assert not [fact for fact in verdict.facts if "policy" in fact.kind]


def test_the_file_listing_of_a_provider_that_keeps_every_file_private() -> None:
    """DigitalOcean's "File Listing: public": listable, not readable, and BBOT had false positives on it."""
    (verdict,), _ = look(Store({"list": listing(headers=RGW, encoder=plus), "canary": denied(RGW)}, denied(RGW)))
    assert isinstance(verdict, Exposed)
    assert verdict.why is OpenReason.LISTED
    assert Fact(FactKind.LISTED_NOT_READABLE) in verdict.facts
