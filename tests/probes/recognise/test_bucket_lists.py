"""A store's list of its own buckets: told by its structure, counted, and its names masked."""

# ruff: noqa: E501  documents stand on one line

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.recognise.pages.bucket_lists import bucket_list
from probes.recognise.pages.page_kind import PageKind, page

NS = ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
S3 = "<Owner><ID>1</ID></Owner><Buckets><Bucket><Name>calls-0701740605</Name></Bucket><Bucket><Name>b</Name></Bucket></Buckets>"
AZURE = "<Containers><Container><Name>calls</Name><Properties><PublicAccess>blob</PublicAccess></Properties></Container></Containers>"
LISTS: dict[str, tuple[bytes, str, int, bool]] = {
    "s3": (f"<?xml version='1.0'?>\n<ListAllMyBucketsResult{NS}>{S3}</ListAllMyBucketsResult>".encode(), "s3", 2, False),
    "s3 with a prefix": (
        f"<a:ListAllMyBucketsResult xmlns:a='x'>{S3.replace('<', '<a:').replace('<a:/', '</a:')}</a:ListAllMyBucketsResult>".encode(),
        "s3", 2, False,
    ),
    "s3 of nothing": (b"<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>", "s3", 0, False),
    "s3 paged": (
        f"<ListAllMyBucketsResult>{S3}<ContinuationToken>x</ContinuationToken></ListAllMyBucketsResult>".encode(), "s3", 2, True,
    ),
    "s3 cut": (f"<ListAllMyBucketsResult>{S3}"[:-12].encode(), "s3", 2, True),
    "azure": (f"<EnumerationResults>{AZURE}<NextMarker/></EnumerationResults>".encode(), "azure", 1, False),
    "azure paged": (f"<EnumerationResults>{AZURE}<NextMarker>q</NextMarker></EnumerationResults>".encode(), "azure", 1, True),
    "gcs": (json.dumps({"kind": "storage#buckets", "items": [{"name": "a"}, {"name": "b"}]}).encode(), "gcs", 2, False),
    "gcs of nothing": (b'{"kind": "storage#buckets"}', "gcs", 0, False),
    "swift": (b'[{"name": "calls", "count": 12, "bytes": 5, "last_modified": "2024-11-21T21:08:34"}]', "swift", 1, False),
}  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_lists_of_buckets(name: str) -> None:
    body, store, count, partial = LISTS[name]
    found = bucket_list(body)
    assert found is not None
    assert (found.store, found.count, found.partial) == (store, count, partial)
    assert "0701740605" not in repr(found)
    told = page(body, "application/xml", 200)
    assert (told.kind, told.vendor) == (PageKind.BUCKET_LIST, store)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<ListBucketResult><Name>calls</Name><Contents><Key>a.wav</Key></Contents></ListBucketResult>",
        b"<EnumerationResults><Blobs><Blob><Name>a</Name></Blob></Blobs></EnumerationResults>",
        b"<html><body>ListAllMyBucketsResult</body></html>",
        b'{"kind": "storage#objects", "items": []}',
        b'[{"name": "A", "count": 3}]',
        b'[{"name": "A", "count": 3, "bytes": 1, "price": 2}]',
        b"[]",
        b"[" * 100_000,
        b"<!DOCTYPE x [<!ENTITY a 'b'>]><ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>",
    ],
)
def test_what_is_no_list_of_buckets(body: bytes) -> None:
    assert bucket_list(body) is None


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: f"<ListAllMyBucketsResult>{text}".encode()))
def test_any_body_is_read(body: bytes) -> None:
    bucket_list(body)
