"""How each dialect is asked for a page of keys, for the probes' first page and for the surveys' many.

Sources: Amazon S3 API reference, ListObjectsV2 (`start-after`) and ListObjects (`marker`), both exclusive; Google
Cloud Storage JSON API, Objects: list (`startOffset` inclusive, `endOffset` exclusive); OpenStack Object Storage API v1
(`marker`, `end_marker`, both exclusive); OCI Object Storage, ListObjects (`start` inclusive, `end` exclusive); Azure
Blob service, List Blobs (`marker` is opaque: it continues one answer, and no other).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import quote

from probes.recognise.buckets import azure, google, oracle, s3, swift
from probes.recognise.buckets.key_page import KeyPage

AZURE_VERSION: Final = (("x-ms-version", "2021-12-02"),)
"""Without it an anonymous request is answered as in 2009. Versions are listed since 2019-12-12, encoded names since
2021-02-12 (Azure: Versioning for the Azure Storage services)."""


class ListApi(StrEnum):
    """The kinds of request that list keys."""

    S3_V2 = "ListObjectsV2"
    S3_V1 = "ListObjects"
    GCS = "Objects: list"
    SWIFT = "container"
    OCI = "OCI ListObjects"
    AZURE = "List Blobs"


@dataclass(frozen=True, slots=True)
class ListVariant:
    """One way to list a bucket: a kind of request at a path, with or without what not every server understands."""

    api: ListApi
    path: str
    plain: bool = False
    """S3: without `encoding-type`, with which some repeat one page for ever. Swift: without `limit`, which may be more
    than the cluster allows (412)."""

    @property
    def ranged(self) -> bool:
        """Whether it can begin after any key."""
        return self.api is not ListApi.AZURE

    @property
    def inclusive(self) -> bool:
        """Whether a page begins with the key that it was to begin after."""
        return self.api in (ListApi.GCS, ListApi.OCI)

    @property
    def bounded(self) -> bool:
        """Whether a store is told where to stop: it then shows nothing of what comes after."""
        return self.api in (ListApi.GCS, ListApi.OCI, ListApi.SWIFT)

    @property
    def empty_ends(self) -> bool:
        """Whether only an empty page ends a listing."""
        return self.api is ListApi.SWIFT

    def first(self, rows: int, prefix: bytes = b"", more: Iterable[tuple[str, str]] = ()) -> str:
        """The request for the first page, of at most `rows` keys; `more` are further parameters, already encoded."""
        return self._ask(prefix, more, rows)

    def after(self, prefix: bytes, at: bytes, hi: bytes | None) -> str:
        """The request for the keys after `at`; stores that can be told to stop after `hi` are."""
        # One character after it: keys between the two are not counted, and `hi` itself surely is in the answer.
        end = "" if hi is None else quote(hi + b" ", safe="")
        start = quote(at, safe="")
        match self.api:
            case ListApi.S3_V2:
                return self._ask(prefix, [("start-after", start)])
            case ListApi.S3_V1:
                return self._ask(prefix, [("marker", start)])
            case ListApi.GCS:
                return self._ask(prefix, [("startOffset", start), ("endOffset", end)])
            case ListApi.OCI:
                return self._ask(prefix, [("start", start), ("end", end)])
            case _:
                return self._ask(prefix, [("marker", start), ("end_marker", end)])

    def chained(self, prefix: bytes, token: str, delimiter: str = "") -> str:
        """The request for the page that a page before it has named."""
        name = {
            ListApi.S3_V2: "continuation-token", ListApi.GCS: "pageToken", ListApi.OCI: "start",
        }.get(self.api, "marker")  # fmt: skip
        token = quote(token.encode("utf-8", "surrogateescape"), safe="")
        return self._ask(prefix, [(name, token), ("delimiter", quote(delimiter, safe=""))])

    def _ask(self, prefix: bytes, more: Iterable[tuple[str, str]], rows: int = 0) -> str:
        limit, most = _LIMITS[self.api]
        pairs = [*_ALWAYS[self.api], (limit, str(rows or most)), ("prefix", quote(prefix, safe="")), *more]
        if self.plain:
            pairs = [(name, value) for name, value in pairs if name not in ("encoding-type", "limit")]
        return self.path + "?" + "&".join(f"{name}={value}" for name, value in pairs if value)

    def read(self, body: bytes) -> KeyPage | None:
        """The page in a body; None when it is something else."""
        return _READERS[self.api](body)

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """The headers that a request needs."""
        return AZURE_VERSION if self.api is ListApi.AZURE else ()


def _swift_page(body: bytes) -> KeyPage | None:
    # An empty container may be answered with 204 and no body.
    return swift.container_page(body if body.strip() else b"[]")


_READERS: Final[dict[ListApi, Callable[[bytes], KeyPage | None]]] = {
    ListApi.S3_V2: s3.bucket_page, ListApi.S3_V1: s3.bucket_page, ListApi.GCS: google.objects_page,
    ListApi.SWIFT: _swift_page, ListApi.OCI: oracle.objects_page, ListApi.AZURE: azure.blobs_page,
}  # fmt: skip
_ALWAYS: Final = {
    ListApi.S3_V2: (("list-type", "2"), ("encoding-type", "url")),
    ListApi.S3_V1: (("encoding-type", "url"),),
    ListApi.GCS: (("fields", "kind,items(name,size,updated),prefixes,nextPageToken"),),
    ListApi.SWIFT: (("format", "json"),),
    ListApi.OCI: (("fields", "name,size,timeCreated,timeModified"),),
    ListApi.AZURE: (("restype", "container"), ("comp", "list")),
}  # fmt: skip
_LIMITS: Final = {
    ListApi.S3_V2: ("max-keys", 1000), ListApi.S3_V1: ("max-keys", 1000), ListApi.GCS: ("maxResults", 1000),
    ListApi.SWIFT: ("limit", 10_000), ListApi.OCI: ("limit", 1000), ListApi.AZURE: ("maxresults", 5000),
}  # fmt: skip
"""The parameter that bounds a page, and the most rows that the API gives."""
