"""Stores that contradict themselves: half a fix, a front that answers anything, an answer that belongs elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from probes.api import BucketTarget, Certainty, Clear, Dialect, Exposed, Probe, Unknown
from probes.buckets.azure import AZURE_CONTAINER
from probes.buckets.bucket_verdict import witness
from probes.buckets.gcs import GCS_BUCKET
from probes.buckets.oci import OCI_BUCKET
from probes.buckets.swift import SWIFT_CONTAINER
from probes.reasons import NoAnswerReason, UndecidedReason
from probes.requests.http import Answer, NoAnswer, Request, Response
from probes.testing import says
from tests.probes.buckets import test_azure as azure
from tests.probes.buckets import test_gcs as gcs
from tests.probes.buckets import test_oci as oci
from tests.probes.buckets import test_swift as swift
from tests.probes.buckets.looks import NONCE, known
from tests.probes.buckets.looks import look as look_by
from tests.probes.buckets.s3.builders import Store, denied, error, listing, look, no_key, once_open, open_store, sound

SILENT = NoAnswer(NoAnswerReason.TIMED_OUT)
ORIGIN = "https://www.example.com/"


@pytest.mark.parametrize("asked", ["uploads", "versions", "acl", "policy"])
def test_a_list_in_answer_to_another_question_is_no_closed_bucket(asked: str) -> None:
    """A store that does not know the sub-resource lists: half a fix at a proxy refuses the plain question alone."""
    (verdict,), _ = look(Store({asked: listing()}))
    assert (type(verdict), verdict.why) == (Unknown, UndecidedReason.UNSTABLE)


@pytest.mark.parametrize("shown", [{"list a/": listing(("a/b.wav",))}, {"a/k.wav": sound(), "canary": no_key()}])
def test_what_is_given_once_and_refused_at_the_second_look_closes_nothing(shown: dict[str, Any]) -> None:
    again = {f"{name} again": denied() for name in shown if name != "canary"}
    (verdict,), _ = look(Store({**shown, **again}), prefixes=("a/",), keys=("a/k.wav",))
    assert (type(verdict), verdict.why) == (Unknown, UndecidedReason.UNSTABLE)


def test_the_endpoint_that_we_are_sent_to_closes_nothing_by_knowing_no_such_bucket() -> None:
    elsewhere = "s3.eu-north-1.example.test"
    for first in (
        error(301, "PermanentRedirect", Endpoint=elsewhere),
        error(307, "TemporaryRedirect", Endpoint=elsewhere),
    ):
        store = Store({"list": first}, hosts={elsewhere: {"list": error(404, "NoSuchBucket")}})
        (verdict,), _ = look(store, known=once_open(witness("list")))
        assert (type(verdict), verdict.why) == (Unknown, UndecidedReason.WRONG_REGION)


def test_a_recording_that_is_gone_closes_nothing_where_a_stranger_is_told_so() -> None:
    """A policy for one folder: a key beside it is refused, and in the folder the next recording has another name."""
    (verdict,), _ = look(Store({"a/old.wav": no_key()}), known=once_open(witness("read", "a/old.wav")))
    assert (type(verdict), verdict.why) == (Unknown, UndecidedReason.ENTRY_UNPROVEN)


def test_a_bucket_that_is_back_at_the_second_look_is_not_gone() -> None:
    store = Store({"list": error(404, "NoSuchBucket"), "list again": listing()})
    verdicts, _ = look(store, domain=True, known=once_open(witness("list")))
    assert [(type(verdict), verdict.why) for verdict in verdicts] == [(Unknown, UndecidedReason.UNSTABLE)] * 2


# -- grants to an origin


def container(kept: tuple[str, ...] = (), referers: tuple[str, ...] = (ORIGIN,), **changed: Any) -> BucketTarget:
    here = swift.here(referers=referers, **changed)
    return swift.here(referers=referers, known=known(here, *kept), **changed)


@pytest.mark.parametrize("said", [SILENT, says(503, b"", **swift.TX), says(429, b"")])
@pytest.mark.parametrize("check", ["list", "random"])
def test_an_origin_that_gets_no_answer_now_closes_nothing(said: Answer, check: str) -> None:
    kept = (witness("list", f"\0{ORIGIN}"), witness("read"))
    script = swift.world(origin={check: said})
    for target in (container(kept), container(kept, referers=())):
        verdict, *_ = look_by(SWIFT_CONTAINER, target, script)
        assert isinstance(verdict, Unknown)


def test_a_witness_that_is_gone_does_not_hide_one_that_gave_no_answer() -> None:
    def script(request: Request) -> Answer:
        if "two.wav" in request.path:
            return SILENT
        return gcs.NO_KEY if "one.wav" in request.path else gcs.DENIED

    here = gcs.here(known=known(gcs.here(), witness("read", "one.wav"), witness("read", "two.wav")))
    verdict, checks, *_ = look_by(GCS_BUCKET, here, script)
    assert isinstance(verdict, Unknown)
    assert checks["read"] == ("unknown", "timed-out")


# -- servers that answer anything, and a canary that is not answered

LISTS: dict[Dialect, tuple[Probe[BucketTarget], BucketTarget, Answer, Answer]] = {
    Dialect.SWIFT: (SWIFT_CONTAINER, swift.here(), swift.lists(swift.rows("a.wav")), swift.WAV),
    Dialect.AZURE: (AZURE_CONTAINER, azure.here(), azure.lists(azure.blob("a.wav")), azure.WAV),
    Dialect.GCS: (GCS_BUCKET, gcs.here(), gcs.lists("a.wav"), gcs.WAV),
    Dialect.OCI: (OCI_BUCKET, oci.here(), oci.lists("a.wav"), oci.WAV),
}


@pytest.mark.parametrize("dialect", LISTS)
def test_a_server_that_lists_whatever_it_is_asked_is_no_open_bucket(dialect: Dialect) -> None:
    probe, target, page, _ = LISTS[dialect]
    verdict, *_ = look_by(probe, target, lambda _: page)
    assert (type(verdict), verdict.why) == (Unknown, UndecidedReason.CATCH_ALL)


@pytest.mark.parametrize("dialect", LISTS)
@pytest.mark.parametrize("nothing", [SILENT, says(503, b""), says(500, b"")])
def test_nothing_is_proven_while_a_key_that_cannot_exist_gets_no_answer(dialect: Dialect, nothing: Answer) -> None:
    probe, target, page, thing = LISTS[dialect]

    def script(request: Request) -> Answer:
        if NONCE in request.path:
            return nothing
        return thing if any(name == "Range" for name, _ in request.headers) else page

    verdict, *_ = look_by(probe, target, script)
    assert isinstance(verdict, Exposed)
    assert verdict.certainty is Certainty.LIKELY


@pytest.mark.parametrize("dialect", [Dialect.SWIFT, Dialect.AZURE])
def test_where_no_object_is_known_none_is_counted(dialect: Dialect) -> None:
    from monitor.findings.reach.extent import extent_of

    script, probe, target = {
        Dialect.SWIFT: (swift.world(random=swift.GONE), SWIFT_CONTAINER, swift.here()),
        Dialect.AZURE: (azure.world(random=azure.NO_BLOB), AZURE_CONTAINER, azure.here()),
    }[dialect]
    verdict, *_ = look_by(probe, target, script)
    assert isinstance(verdict, Exposed)
    assert extent_of(verdict).files == 0


def test_a_whole_fix_is_clear() -> None:
    """The counterpart of all of these."""
    kept = (witness("list"), witness("read", "a/k.wav"), witness("list a/", "a/"), witness("versions"))
    (verdict,), _ = look(Store({}), known=once_open(*kept))
    assert isinstance(verdict, Clear)
    (verdict,), _ = look(Store(open_store()))
    assert isinstance(verdict, Exposed)
    verdict, *_ = look_by(SWIFT_CONTAINER, container((witness("list", f"\0{ORIGIN}"), witness("read"))), swift.world())
    assert isinstance(verdict, Clear)


# -- a store's words under a status that is not theirs

REFUSALS: dict[Dialect, tuple[Any, Any, Callable[[int], Response]]] = {
    Dialect.AZURE: (AZURE_CONTAINER, azure.here(), lambda status: azure.refuses(status, "ResourceNotFound")),
    Dialect.GCS: (GCS_BUCKET, gcs.here(), lambda status: gcs.denies(status, "AccessDenied")),
    Dialect.OCI: (OCI_BUCKET, oci.here(), lambda status: oci.fails(status, "BucketNotFound")),
}


@pytest.mark.parametrize("dialect", REFUSALS)
@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_refusal_under_the_status_of_an_ill_server_closes_nothing(dialect: Dialect, status: int) -> None:
    probe, target, says_ = REFUSALS[dialect]
    verdict, *_ = look_by(probe, target, lambda _: says_(status))
    assert isinstance(verdict, Unknown)


@pytest.mark.parametrize("code", ["AuthorizationSourceIPMismatch", "NetworkRulesRefuse", "SomethingNew"])
def test_a_code_that_nobody_knows_closes_nothing(code: str) -> None:
    """Firewalls have codes of their own, and get new ones: to other networks the container may be open."""
    verdict, *_ = look_by(AZURE_CONTAINER, azure.here(), lambda _: azure.refuses(403, code))
    assert isinstance(verdict, Unknown)


def test_an_endpoint_that_lists_any_bucket_at_all_shows_nothing_of_ours() -> None:
    (verdict,), _ = look(Store({**open_store(), "another bucket": listing((), name=NONCE)}))
    assert (type(verdict), verdict.why) == (Unknown, UndecidedReason.CATCH_ALL)
    (verdict,), asked = look(Store(open_store()), provider="aws")
    assert isinstance(verdict, Exposed)
    assert not [request for request in asked if request.path.startswith(f"/{NONCE}")], "a provider's own is no mock"


def test_a_list_that_says_to_be_of_another_bucket_is_none_of_ours() -> None:
    other = Store(open_store(list=listing(name="somebody-elses")))
    (verdict,), _ = look(other, provider="aws")
    assert (type(verdict), verdict.why) == (Unknown, UndecidedReason.NOT_A_STORE)
    (verdict,), _ = look(Store(open_store()), provider="aws", bucket="calls-x1y2z3-s3alias")
    assert isinstance(verdict, Exposed), "an access point's alias stands for a bucket of another name"
