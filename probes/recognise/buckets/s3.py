"""Lists of the S3 protocol: keys, versions, unfinished uploads, of any namespace, whole or cut off.

Google Cloud Storage's XML interface, MinIO, Ceph, Alibaba and all who speak S3 write the same.
"""

from __future__ import annotations

from probes.recognise.buckets.columns import Columns, columns
from probes.recognise.buckets.key_page import KeyPage, decoded, key_bytes, raw, read_sizes, unquoted
from probes.recognise.buckets.xml import mended, read
from probes.recognise.listing.structured.xml_tree import Node

_LIST_MARKS = frozenset({"Name", "Contents", "CommonPrefixes", "IsTruncated", "MaxKeys", "KeyCount"})
_SECOND_MARKS = frozenset({"KeyCount", "NextContinuationToken", "ContinuationToken", "StartAfter"})
_VERSION_MARKS = frozenset({"Name", "Version", "DeleteMarker", "IsTruncated", "MaxKeys", "KeyMarker"})
_UPLOAD_MARKS = frozenset({"Bucket", "Upload", "IsTruncated", "MaxUploads", "KeyMarker", "UploadIdMarker"})


def bucket_page(body: bytes) -> KeyPage | None:
    """A `ListBucketResult` (S3 API, ListObjects and ListObjectsV2), or None for any other body. Raises nothing.

    Keys are decoded only when the answer says that it encoded them: many servers ignore encoding-type=url.
    """
    rows, rest = columns(body, b"Contents", (b"Key", b"Size", b"LastModified"))
    root, whole, odd = read(rest)
    if root is None or root.name != "ListBucketResult":
        return None
    said = {node.name for node in root.children}
    if rows is None and not said & _LIST_MARKS:
        return None
    children = complete(root, whole)
    encoded = root.said("EncodingType") == "url"
    page = _page(rows if rows is not None else _rows(children, "Contents", odd), encoded, whole)
    prefixes = [_text(node, "Prefix", odd) for node in children if node.name == "CommonPrefixes"]
    page.prefixes = [key_bytes(decoded(prefix)) if encoded else raw(prefix) for prefix in prefixes if prefix]
    page.name = root.said("Name")
    page.more = root.said("IsTruncated").lower() == "true"
    marker = _text(root, "NextMarker", odd)
    page.token = root.text_of("NextContinuationToken") or (decoded(marker) if encoded else marker)
    page.second = bool(said & _SECOND_MARKS)
    return page


def versions_page(body: bytes) -> KeyPage | None:
    """A `ListVersionsResult` (S3 API, ListObjectVersions), or None. Every version is a row of the page."""
    root, whole, odd = read(body)
    if root is None or root.name != "ListVersionsResult" or not _VERSION_MARKS & {one.name for one in root.children}:
        return None
    children = complete(root, whole)
    page = _page(_rows(children, "Version", odd), root.said("EncodingType") == "url", whole)
    versions = [node for node in children if node.name == "Version"]
    page.kept = sum(node.said("IsLatest").lower() != "true" for node in versions)
    page.deleted = sum(node.name == "DeleteMarker" for node in children)
    page.versioned = True
    page.more = root.said("IsTruncated").lower() == "true"
    return page


def uploads_page(body: bytes) -> KeyPage | None:
    """A `ListMultipartUploadsResult` (S3 API, ListMultipartUploads), or None. Every unfinished upload is a row."""
    root, whole, odd = read(body)
    if root is None or root.name != "ListMultipartUploadsResult":
        return None
    if not _UPLOAD_MARKS & {one.name for one in root.children}:
        return None
    page = _page(_rows(complete(root, whole), "Upload", odd), root.said("EncodingType") == "url", whole)
    page.more = root.said("IsTruncated").lower() == "true"
    return page


def complete(parent: Node, whole: bool) -> list[Node]:
    """The children, without the last one where the body was cut inside it."""
    return parent.children if whole else parent.children[:-1]


def _page(rows: Columns, encoded: bool, whole: bool) -> KeyPage:
    page = KeyPage(unquoted(rows[0]) if encoded else rows[0], dates=rows[2], whole=whole)
    page.sizes, page.sized = read_sizes(rows[1])
    return page


def _rows(children: list[Node], row: str, odd: bool) -> Columns:
    nodes = [(node, key) for node in children if node.name == row and (key := _text(node, "Key", odd))]
    return (
        [raw(key) for _, key in nodes],
        [raw(node.said("Size")) for node, _ in nodes],
        [raw(node.said("LastModified")) for node, _ in nodes],
    )


def _text(node: Node, name: str, odd: bool) -> str:
    text = node.text_of(name)
    return mended(text) if odd else text
