"""A host whose root lists all buckets of a store: a finding of its own, worse where one of the buckets is open."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from probes.api import Certainty, Clear, Exposed, Unknown, Verdict, WebTarget
from probes.reasons import OpenReason, UndecidedReason
from probes.requests.http import Answer, Ending, Headers, Request, Response
from probes.testing import play, says
from probes.web.listing import HTTP_LISTING
from tests.servers.sounds import wav

XML = {"content_type": "application/xml"}
NAMES = ("calls", "invoices-0701740605")
SOUND = wav(2)[0][:512]


def denied(code: str = "AccessDenied", status: int = 403) -> Response:
    return says(status, f"<Error><Code>{code}</Code></Error>".encode(), **XML)


def s3() -> Response:
    rows = "".join(f"<Bucket><Name>{name}</Name></Bucket>" for name in NAMES)
    return says(200, f"<ListAllMyBucketsResult><Buckets>{rows}</Buckets></ListAllMyBucketsResult>".encode(), **XML)


def azure() -> Response:
    rows = "".join(f"<Container><Name>{name}</Name></Container>" for name in NAMES)
    body = f'<EnumerationResults ServiceEndpoint="x"><Containers>{rows}</Containers><NextMarker/></EnumerationResults>'
    return says(200, body.encode(), **XML)


def gcs() -> Response:
    body = {"kind": "storage#buckets", "items": [{"name": name} for name in NAMES]}
    return says(200, json.dumps(body).encode(), content_type="application/json")


def swift() -> Response:
    body = [{"name": name, "count": 3, "bytes": 7} for name in NAMES]
    return says(200, json.dumps(body).encode(), content_type="application/json")


KEYS = says(200, b"<ListBucketResult><Name>calls</Name><Contents><Key>a.wav</Key><Size>99</Size></Contents>"
            b"</ListBucketResult>", **XML)  # fmt: skip
BLOBS = says(200, b"<EnumerationResults ContainerName='calls'><Blobs><Blob><Name>a.wav</Name></Blob></Blobs>"
             b"</EnumerationResults>", **XML)  # fmt: skip
OBJECTS = says(
    200, b'{"kind":"storage#objects","items":[{"name":"a.wav","size":"99"}]}', content_type="application/json"
)
ROWS = says(200, b'[{"name":"a.wav","bytes":99,"hash":"h","last_modified":"2026-01-01T00:00:00"}]',
            content_type="application/json")  # fmt: skip
STORES: dict[str, tuple[Callable[[], Response], str, Response]] = {
    "s3": (s3, "/calls/", KEYS),
    "azure": (azure, "/calls?restype=container&comp=list", BLOBS),
    "gcs": (gcs, "/calls/o", OBJECTS),
    "swift": (swift, "/calls/?format=json", ROWS),
}


def look(root: Response, opened: dict[str, Response], otherwise: Answer | None = None) -> tuple[Verdict, list[Request]]:
    def answer(request: Request) -> Answer:
        if request.path == "/":
            return root
        if request.path in opened:
            return opened[request.path]
        if request.path.partition("?")[0].endswith("/a.wav"):
            end = {"content-type": "audio/wav", "content-range": f"bytes 0-{len(SOUND) - 1}/{len(SOUND)}"}
            return Response(206, Headers(tuple(end.items())), SOUND, Ending.WHOLE)
        return otherwise or denied("NoSuchBucket", 404)

    target = WebTarget("store", "store.test", "store.test", "192.0.2.1", 443, tls=True)
    (verdict,), asked = play(HTTP_LISTING, target, answer)
    return verdict, asked


@pytest.mark.parametrize("store", STORES)
def test_a_list_of_buckets_of_which_one_is_open(store: str) -> None:
    root, path, inside = STORES[store]
    verdict, asked = look(root(), {path: inside, "/invoices-0701740605/": denied()})
    assert isinstance(verdict, Exposed)
    assert (verdict.why, verdict.certainty, str(verdict.place)) == (
        OpenReason.BUCKETS_LISTED, Certainty.PROVEN, "store.test/",
    )  # fmt: skip
    assert verdict.listing is not None
    assert (verdict.listing.family, len(verdict.listing.directories)) == (f"{store}-buckets", 2)
    assert [entry.name for one in verdict.inside for entry in one.files] == ["a.wav"]
    assert all("0701740605" not in (request.said or request.path) for request in asked), "a learnt name is not recorded"


@pytest.mark.parametrize("store", STORES)
def test_names_of_buckets_that_are_all_refused_are_an_exposure_too(store: str) -> None:
    root, *_ = STORES[store]
    verdict, _ = look(root(), {}, denied())
    assert isinstance(verdict, Exposed)
    assert (verdict.why, verdict.certainty, verdict.inside) == (OpenReason.BUCKETS_LISTED, Certainty.PROVEN, ())


def test_a_server_that_lists_its_buckets_at_any_path_proves_nothing() -> None:
    verdict, _ = look(s3(), {}, s3())
    assert (type(verdict), verdict.why) == (Unknown, UndecidedReason.CATCH_ALL)


def test_a_list_without_buckets_says_nothing() -> None:
    empty = says(200, b"<?xml version='1.0'?><ListAllMyBucketsResult><Owner><ID>anonymous</ID></Owner><Buckets/>"
                 b"</ListAllMyBucketsResult>", **XML)  # fmt: skip
    verdict, _ = look(empty, {})
    assert isinstance(verdict, Unknown)


def test_buckets_that_do_not_exist_are_no_exposure() -> None:
    verdict, _ = look(s3(), {})
    assert not isinstance(verdict, Exposed)


def test_a_refused_root_is_clear() -> None:
    verdict, _ = look(denied(), {})
    assert isinstance(verdict, Clear)
