"""Object stores' XML: S3 and its kin, and Azure, as they answer on a host of the owner's own."""

from __future__ import annotations

from urllib.parse import unquote_plus

from probes.recognise.data import when
from probes.recognise.dialects import flat
from probes.recognise.listing import Entry, Listing, NoListing
from probes.recognise.page import Page
from probes.recognise.tree import Node, parse
from probes.recognise.verdict import CUT


def read_s3(page: Page) -> Listing | NoListing:
    """A `ListBucketResult` of any namespace: S3, GCS, MinIO, Ceph, Aliyun and others."""
    root, whole = parse(page.body)
    if root is None or not (
        {"Name", "Contents", "IsTruncated", "MaxKeys", "KeyCount"} & {one.name for one in root.children}
    ):
        return NoListing("a bucket's root element without a bucket's content")
    encoded = root.said("EncodingType") == "url"
    found: dict[str, Entry] = {}
    for node in _complete(root, whole):
        key = ""
        if node.name == "Contents":
            key, size, changed = node.text_of("Key"), node.said("Size"), when(node.said("LastModified"))
        elif node.name == "CommonPrefixes":
            key, size, changed = node.text_of("Prefix"), "", None
        if not key:
            continue
        entry = flat(page, unquote_plus(key) if encoded else key, size, changed)
        if entry is not None:
            found[entry.path] = entry
    partial = "paged" if root.said("IsTruncated").lower() == "true" else ""
    said = ("a bucket's list of keys with size and date", f"{len(found)} keys and prefixes")
    return Listing("s3", tuple(found.values()), partial if whole and page.whole else CUT, said)


def read_azure(page: Page) -> Listing | NoListing:
    """Azure's `EnumerationResults` of a container's blobs."""
    root, whole = parse(page.body)
    blobs = root.first("Blobs") if root else None
    if root is None or blobs is None:
        return NoListing("an enumeration of something else than blobs")
    found: dict[str, Entry] = {}
    for node in _complete(blobs, whole):
        if node.name not in {"Blob", "BlobPrefix"}:
            continue
        size, changed = node.said("Properties/Content-Length"), when(node.said("Properties/Last-Modified"))
        entry = flat(page, node.text_of("Name"), size, changed)
        if entry is not None:
            found[entry.path] = entry
    partial = "paged" if root.said("NextMarker") else ""
    said = ("a container's list of blobs with size and date", f"{len(found)} blobs")
    return Listing("azure", tuple(found.values()), partial if whole and page.whole else CUT, said)


def _complete(parent: Node, whole: bool) -> list[Node]:
    """The children, without the last one where the body was cut inside it."""
    return parent.children if whole else parent.children[:-1]
