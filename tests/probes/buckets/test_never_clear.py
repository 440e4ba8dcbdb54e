"""No look is Clear in which any one answer gave a stranger a list or an object, whatever the other answers were."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probes.api import BucketTarget, Clear, Dialect, Known, Place, Probe
from probes.buckets.azure import AZURE_CONTAINER
from probes.buckets.bucket_verdict import witness
from probes.buckets.gcs import GCS_BUCKET
from probes.buckets.oci import OCI_BUCKET
from probes.buckets.s3 import S3_BUCKET
from probes.buckets.swift import SWIFT_CONTAINER
from probes.reasons import NoAnswerReason
from probes.requests.http import Answer, NoAnswer, Request, Response
from probes.testing import play, says
from tests.probes.buckets import test_azure as azure
from tests.probes.buckets import test_gcs as gcs
from tests.probes.buckets import test_oci as oci
from tests.probes.buckets import test_swift as swift
from tests.probes.buckets.s3 import builders as s3

NONCE = "x4c1d9e77a0b35f26"
PREFIX = "calls of 2026/"
KEY = "declared.wav"
ORIGIN = "https://www.example.com/"

Pool = Mapping[str, tuple[Answer, ...]]
"""What may come: answers that show a list, those that give an object, and the others."""

NOTHING: tuple[Answer, ...] = (
    NoAnswer(NoAnswerReason.TIMED_OUT),
    NoAnswer(NoAnswerReason.RESET),
    says(429, b"", retry_after="1"),
    says(500, b"<Error><Code>InternalError</Code></Error>"),
    says(403, b"<html><h1>Request blocked</h1></html>", content_type="text/html"),
    says(404, b"<html><h1>Not found</h1></html>", content_type="text/html"),
    says(200, b"<html><form><input type=password></form></html>", content_type="text/html"),
    says(302, b"", location="https://login.example/"),
)

POOLS: dict[Dialect, Pool] = {
    Dialect.S3: {
        "list": (s3.listing(), s3.listing((PREFIX + "a.wav",)), s3.listing(()), s3.versions()),
        "object": (s3.sound(), s3.answer(200, s3.SOUND, s3.AWS, content_length="44")),
        "other": (
            s3.denied(),
            s3.no_key(),
            s3.error(404, "NoSuchBucket"),
            s3.error(503, "SlowDown"),
            s3.error(301, "PermanentRedirect", Endpoint="s3.eu-north-1.example.test"),
            s3.error(403, "AllAccessDisabled"),
            s3.error(403, "InvalidObjectState"),
            s3.error(418, "Teapot"),
            *NOTHING,
        ),
    },
    Dialect.SWIFT: {
        "list": (swift.lists(swift.rows(PREFIX + "a.wav")), swift.lists(swift.rows("b.wav")), swift.lists(b"[]")),
        "object": (swift.WAV,),
        "other": (swift.NO, swift.GONE, swift.rgw(403, "AccessDenied"), swift.rgw(404, "NoSuchBucket"), *NOTHING),
    },
    Dialect.AZURE: {
        "list": (azure.lists(azure.blob(PREFIX + "a.wav")), azure.lists(azure.blob("b.wav")), azure.lists()),
        "object": (azure.WAV,),
        "other": (
            azure.MISSING,
            azure.NO_BLOB,
            azure.WALL,
            azure.refuses(409, "PublicAccessNotPermitted"),
            azure.refuses(404, "ContainerNotFound"),
            *NOTHING,
        ),
    },
    Dialect.GCS: {
        "list": (gcs.lists(PREFIX + "a.wav"), gcs.lists("b.wav"), gcs.items({"name": "c.wav"}), gcs.items()),
        "object": (gcs.WAV,),
        "other": (gcs.DENIED, gcs.NO, gcs.NO_KEY, gcs.denies(404, "NoSuchBucket"), gcs.may(), *NOTHING),
    },
    Dialect.OCI: {
        "list": (oci.lists(PREFIX + "a.wav"), oci.lists("b.wav"), oci.lists(), oci.old(("a.wav", "1"))),
        "object": (oci.WAV,),
        "other": (oci.NO, oci.fails(404, "ObjectNotFound"), oci.fails(401, "NotAuthenticated"), *NOTHING),
    },
}
ROOTS = {
    Dialect.S3: "/calls",
    Dialect.SWIFT: swift.ROOT,
    Dialect.AZURE: "/calls",
    Dialect.GCS: "/calls",
    Dialect.OCI: oci.ROOT,
}
PROBES: dict[Dialect, Probe[BucketTarget]] = {
    Dialect.S3: S3_BUCKET,
    Dialect.SWIFT: SWIFT_CONTAINER,
    Dialect.AZURE: AZURE_CONTAINER,
    Dialect.GCS: GCS_BUCKET,
    Dialect.OCI: OCI_BUCKET,
}
KEPT = (
    witness("list"),
    witness("list", f"\0{ORIGIN}"),
    witness("list old/", "old/"),
    witness("read", "once.wav"),
    witness("read"),
    witness("versions"),
    witness("uploads"),
    witness("acl"),
    witness("any-account"),
)


def target(dialect: Dialect, kept: tuple[str, ...], *, domain: bool) -> BucketTarget:
    return BucketTarget(
        asset="calls", dialect=dialect, host="store.test", port=443, tls=True, bucket="calls", root=ROOTS[dialect],
        filed=Place("store.test", 443, "/calls/"), prefixes=(PREFIX,), keys=(KEY,), referers=(ORIGIN,),
        known=(Known("/calls/", kept),) if kept else (), domain=domain, nonce=NONCE,
    )  # fmt: skip


def asks_for(request: Request) -> str:
    """Whether a list is asked for, an object, or anything else."""
    path = unquote(request.path, errors="surrogateescape")
    if request.method != "GET" or "/iam" in path or "acl" in path or "policy" in path or NONCE in path:
        return "other"
    if request.headers and any(name == "Range" for name, _ in request.headers):
        return "object"
    return "list" if "?" in path else "other"


@pytest.mark.parametrize("dialect", list(Dialect))
@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_whatever_was_shown_once_is_never_clear(dialect: Dialect, data: st.DataObject) -> None:
    pool = POOLS[dialect]
    kept = data.draw(st.sets(st.sampled_from(KEPT), max_size=3))
    shown: list[tuple[str, str]] = []
    # Mostly refused, so that looks come far.
    usual = data.draw(st.sampled_from(pool["other"][:4]))

    def script(request: Request) -> Answer:
        wanted = asks_for(request)
        kind = data.draw(st.sampled_from(("usual", "usual", "usual", "other", wanted, "object")))
        if kind == "usual":
            return usual
        answer = data.draw(st.sampled_from(pool[kind]))
        if isinstance(answer, Response) and answer.status in (200, 206) and kind == wanted and kind != "other":
            shown.append((wanted, request.path))
        return answer

    verdicts, _ = play(PROBES[dialect], target(dialect, tuple(sorted(kept)), domain=data.draw(st.booleans())), script)
    for verdict in verdicts:
        if verdict.kind == "bucket" and shown:
            assert not isinstance(verdict, Clear), (shown, verdict)
