"""How each dialect is asked for its next keys: paths and queries, and which way is tried when one is not understood.

Sources: Amazon S3 API reference, ListObjectsV2 (`start-after`) and ListObjects (`marker`), both exclusive; Google
Cloud Storage JSON API, Objects: list (`startOffset` inclusive, `endOffset` exclusive); OpenStack Object Storage API v1
(`marker`, `end_marker`, both exclusive); OCI Object Storage, ListObjects (`start` inclusive, `end` exclusive); Azure
Blob service, List Blobs (`marker` opaque: it continues one answer, and no other).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import quote

from probes.api import BucketTarget, Dialect
from probes.recognise.buckets.key_pages import KeyPage, read_azure, read_gcs, read_oci, read_s3, read_swift

AZURE_VERSION: Final = (("x-ms-version", "2021-12-02"),)
"""Without it an anonymous request is answered as in 2009 (Azure: Versioning for the Azure Storage services)."""


class Tongue(StrEnum):
    """The kinds of request that list keys."""

    S3_V2 = "ListObjectsV2"
    S3_V1 = "ListObjects"
    GCS = "Objects: list"
    SWIFT = "container"
    OCI = "OCI ListObjects"
    AZURE = "List Blobs"


@dataclass(frozen=True, slots=True)
class Way:
    """One way to ask a bucket: a kind of request, at a path, with or without what not every server bears."""

    tongue: Tongue
    path: str
    plain: bool = False
    """S3: without `encoding-type`, with which some repeat one page for ever. Swift: without `limit`, which may be more
    than the cluster allows (412)."""

    @property
    def ranged(self) -> bool:
        """Whether it can begin after any key."""
        return self.tongue is not Tongue.AZURE

    @property
    def inclusive(self) -> bool:
        """Whether a page begins with the key that it was to begin after."""
        return self.tongue in (Tongue.GCS, Tongue.OCI)

    @property
    def bounded(self) -> bool:
        """Whether a store is told where to stop: it then shows nothing of what comes after."""
        return self.tongue in (Tongue.GCS, Tongue.OCI, Tongue.SWIFT)

    @property
    def empty_ends(self) -> bool:
        """Whether only an empty page ends a listing."""
        return self.tongue is Tongue.SWIFT

    def after(self, prefix: bytes, at: bytes, hi: bytes | None) -> str:
        """The request for the keys after `at`; stores that can be told to stop after `hi` are."""
        # One character after it: keys between the two are not counted, and `hi` itself surely is in the answer.
        end = "" if hi is None else quote(hi + b" ", safe="")
        start = quote(at, safe="")
        match self.tongue:
            case Tongue.S3_V2:
                return self._ask(prefix, [("start-after", start)])
            case Tongue.S3_V1:
                return self._ask(prefix, [("marker", start)])
            case Tongue.GCS:
                return self._ask(prefix, [("startOffset", start), ("endOffset", end)])
            case Tongue.OCI:
                return self._ask(prefix, [("start", start), ("end", end)])
            case _:
                return self._ask(prefix, [("marker", start), ("end_marker", end)])

    def chained(self, prefix: bytes, token: str, delimiter: str = "") -> str:
        """The request for the page that a page before it has named."""
        name = {
            Tongue.S3_V2: "continuation-token", Tongue.GCS: "pageToken", Tongue.OCI: "start",
        }.get(self.tongue, "marker")  # fmt: skip
        token = quote(token.encode("utf-8", "surrogateescape"), safe="")
        return self._ask(prefix, [(name, token), ("delimiter", quote(delimiter, safe=""))])

    def _ask(self, prefix: bytes, more: list[tuple[str, str]]) -> str:
        pairs = [*_ALWAYS[self.tongue], ("prefix", quote(prefix, safe="")), *more]
        if self.plain:
            pairs = [(name, value) for name, value in pairs if name not in ("encoding-type", "limit")]
        return self.path + "?" + "&".join(f"{name}={value}" for name, value in pairs if value)

    def read(self, body: bytes) -> KeyPage | None:
        """The page in a body; None when it is something else."""
        return _READERS[self.tongue](body)

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """What a request must say besides."""
        return AZURE_VERSION if self.tongue is Tongue.AZURE else ()


_READERS: Final = {
    Tongue.S3_V2: read_s3, Tongue.S3_V1: read_s3, Tongue.GCS: read_gcs,
    Tongue.SWIFT: read_swift, Tongue.OCI: read_oci, Tongue.AZURE: read_azure,
}  # fmt: skip
_ALWAYS: Final = {
    Tongue.S3_V2: (("list-type", "2"), ("max-keys", "1000"), ("encoding-type", "url")),
    Tongue.S3_V1: (("max-keys", "1000"), ("encoding-type", "url")),
    Tongue.GCS: (("maxResults", "1000"), ("fields", "kind,items(name,size,updated),prefixes,nextPageToken")),
    Tongue.SWIFT: (("format", "json"), ("limit", "10000")),
    Tongue.OCI: (("limit", "1000"), ("fields", "name,size,timeCreated")),
    Tongue.AZURE: (("restype", "container"), ("comp", "list"), ("maxresults", "5000")),
}  # fmt: skip


def ways(target: BucketTarget) -> tuple[Way, ...]:
    """The ways to list a bucket, the best first."""
    root = _root(target)
    match target.dialect:
        case Dialect.AZURE:
            return (Way(Tongue.AZURE, root),)
        case Dialect.SWIFT:
            return (Way(Tongue.SWIFT, root + "/"), Way(Tongue.SWIFT, root + "/", plain=True))
        case Dialect.OCI:
            return (Way(Tongue.OCI, root + "/o"),)
        case Dialect.GCS if target.bucket and not target.domain:
            return (Way(Tongue.GCS, f"/storage/v1/b/{quote(target.bucket, safe='')}/o"), *_s3(root))
        case _:
            return _s3(root)


def _s3(root: str) -> tuple[Way, ...]:
    at = root + "/"
    return (
        Way(Tongue.S3_V2, at),
        Way(Tongue.S3_V1, at),
        Way(Tongue.S3_V2, at, plain=True),
        Way(Tongue.S3_V1, at, plain=True),
    )


def object_path(target: BucketTarget, key: bytes) -> str:
    """Where an object is: every byte of its key to the letter (`//`, `..` and a space at its end too)."""
    match target.dialect:
        case Dialect.OCI:
            return f"{target.root}/o/{quote(key, safe='')}"
        case _:
            return f"{_root(target)}/{quote(key, safe='/')}"


def _root(target: BucketTarget) -> str:
    """The bucket's path. A domain of the owner's in front of Azure stands for the account, not for the container."""
    if target.dialect is Dialect.AZURE and not target.root:
        return f"/{quote(target.bucket or '$root', safe='$')}"
    return target.root
