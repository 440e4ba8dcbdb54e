"""Listings of the S3 protocol: keys, versions and unfinished uploads, of any namespace, whole or cut off."""

from __future__ import annotations

from dataclasses import dataclass

from probes.recognise.buckets.object_keys import StoredObject, decoded
from probes.recognise.buckets.xml import mended, read
from probes.recognise.listing.fields import sizes
from probes.recognise.listing.structured.json_rows import when
from probes.recognise.listing.structured.xml_tree import Node

_LIST_MARKS = frozenset({"Name", "Contents", "CommonPrefixes", "IsTruncated", "MaxKeys", "KeyCount"})
_VERSION_MARKS = frozenset({"Name", "Version", "DeleteMarker", "IsTruncated", "MaxKeys", "KeyMarker"})
_UPLOAD_MARKS = frozenset({"Bucket", "Upload", "IsTruncated", "MaxUploads", "KeyMarker", "UploadIdMarker"})


@dataclass(frozen=True, slots=True)
class BucketPage:
    """One page of a `ListBucketResult` (S3 API, ListObjects and ListObjectsV2)."""

    objects: tuple[StoredObject, ...]
    prefixes: tuple[str, ...]
    name: str = ""
    whole: bool = True
    """Whether the body was well-formed to its end; else what stands here was read before it broke off."""
    truncated: bool = False
    token: str = ""
    """NextContinuationToken, as it is sent back; empty where the server gives none."""
    marker: str = ""
    """NextMarker of the older way, decoded; empty where the server gives none: the last key stands for it."""
    newer: bool = False
    """Whether it is an answer to list-type=2: a server of the older way alone answers that with the older page."""
    encoded: bool = False
    """Whether the answer says that its keys are URL-encoded."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key and common prefix of the page."""
        return (*(one.key for one in self.objects), *self.prefixes)


@dataclass(frozen=True, slots=True)
class VersionsPage:
    """One page of a `ListVersionsResult` (S3 API, ListObjectVersions)."""

    current: tuple[StoredObject, ...]
    old: tuple[StoredObject, ...]
    """Versions that are no longer the latest: what was overwritten or deleted, and is still stored."""
    deleted: int = 0
    """Delete markers."""
    whole: bool = True
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class UploadsPage:
    """One page of a `ListMultipartUploadsResult` (S3 API, ListMultipartUploads)."""

    pending: int
    whole: bool = True
    truncated: bool = False


def bucket_page(body: bytes) -> BucketPage | None:
    """The page that a body is, or None when its root or what is below it is another thing. Raises nothing.

    Keys are decoded only when the answer says that it encoded them: servers that ignore encoding-type=url are many.
    """
    root, whole, odd = read(body)
    if root is None or root.name != "ListBucketResult" or not _LIST_MARKS & _names(root):
        return None
    encoded = _said(root, "EncodingType") == "url"
    children = complete(root, whole)
    objects = tuple(found for node in children if node.name == "Contents" and (found := _object(node, encoded, odd)))
    prefixes = [_key(node, "Prefix", encoded, odd) for node in children if node.name == "CommonPrefixes"]
    return BucketPage(
        objects,
        tuple(prefix for prefix in prefixes if prefix),
        name=_said(root, "Name"),
        whole=whole,
        truncated=_said(root, "IsTruncated").lower() == "true",
        token=root.text_of("NextContinuationToken"),
        marker=_key(root, "NextMarker", encoded, odd),
        newer=bool({"KeyCount", "NextContinuationToken", "ContinuationToken"} & _names(root)),
        encoded=encoded,
    )


def versions_page(body: bytes) -> VersionsPage | None:
    """The page of versions that a body is, or None. A server that lists plainly instead does not know the question."""
    root, whole, odd = read(body)
    if root is None or root.name != "ListVersionsResult" or not _VERSION_MARKS & _names(root):
        return None
    encoded = _said(root, "EncodingType") == "url"
    current: list[StoredObject] = []
    old: list[StoredObject] = []
    deleted = 0
    for node in complete(root, whole):
        deleted += node.name == "DeleteMarker"
        found = _object(node, encoded, odd) if node.name == "Version" else None
        if found is not None:
            (current if _said(node, "IsLatest").lower() == "true" else old).append(found)
    return VersionsPage(tuple(current), tuple(old), deleted, whole, _said(root, "IsTruncated").lower() == "true")


def uploads_page(body: bytes) -> UploadsPage | None:
    """The page of unfinished uploads that a body is, or None."""
    root, whole, _ = read(body)
    if root is None or root.name != "ListMultipartUploadsResult" or not _UPLOAD_MARKS & _names(root):
        return None
    pending = sum(node.name == "Upload" for node in complete(root, whole))
    return UploadsPage(pending, whole, _said(root, "IsTruncated").lower() == "true")


def bucket_names(body: bytes) -> int | None:
    """How many buckets a `ListAllMyBucketsResult` names (S3 API, ListBuckets): the endpoint answered, not a bucket."""
    root, whole, _ = read(body)
    if root is None or root.name != "ListAllMyBucketsResult":
        return None
    buckets = root.first("Buckets")
    return len(complete(buckets, whole)) if buckets is not None else 0


def complete(parent: Node, whole: bool) -> list[Node]:
    """The children, without the last one where the body was cut inside it."""
    return parent.children if whole else parent.children[:-1]


def _object(node: Node, encoded: bool, odd: bool) -> StoredObject | None:
    key = _key(node, "Key", encoded, odd)
    if not key:
        return None
    return StoredObject(key, sizes.exact(_said(node, "Size")), when(_said(node, "LastModified")))


def _key(node: Node, name: str, encoded: bool, odd: bool) -> str:
    text = node.text_of(name)
    text = mended(text) if odd else text
    return decoded(text) if encoded else text


def _said(node: Node, name: str) -> str:
    return node.said(name)


def _names(root: Node) -> set[str]:
    return {node.name for node in root.children}
