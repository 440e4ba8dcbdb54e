"""Object stores' XML: S3 and its kin, and Azure, as they answer on a host of the owner's own."""

from __future__ import annotations

from probes.recognise.buckets.s3 import bucket_page, complete
from probes.recognise.listing.decide import CUT
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.model import Entry, Listing, NoListing
from probes.recognise.listing.structured.json_dialects import flat
from probes.recognise.listing.structured.json_rows import when
from probes.recognise.listing.structured.xml_tree import parse


def read_s3(page: Page) -> Listing | NoListing:
    """A `ListBucketResult` of any namespace: S3, GCS, MinIO, Ceph, Aliyun and others."""
    shown = bucket_page(page.body)
    if shown is None:
        return NoListing("a bucket's root element without a bucket's content")
    found: dict[str, Entry] = {}
    for one in shown.objects:
        entry = flat(page, one.key, one.size.best if one.size else None, one.modified)
        if entry is not None:
            found[entry.path] = entry
    for prefix in shown.prefixes:
        entry = flat(page, prefix, None, None)
        if entry is not None:
            found[entry.path] = entry
    partial = "paged" if shown.truncated else ""
    said = ("a bucket's list of keys with size and date", f"{len(found)} keys and prefixes")
    return Listing("s3", tuple(found.values()), partial if shown.whole and page.whole else CUT, said)


def read_azure(page: Page) -> Listing | NoListing:
    """Azure's `EnumerationResults` of a container's blobs."""
    root, whole = parse(page.body)
    blobs = root.first("Blobs") if root else None
    if root is None or blobs is None:
        return NoListing("an enumeration of something else than blobs")
    found: dict[str, Entry] = {}
    for node in complete(blobs, whole):
        if node.name not in {"Blob", "BlobPrefix"}:
            continue
        size, changed = node.said("Properties/Content-Length"), when(node.said("Properties/Last-Modified"))
        entry = flat(page, node.text_of("Name"), size, changed)
        if entry is not None:
            found[entry.path] = entry
    partial = "paged" if root.said("NextMarker") else ""
    said = ("a container's list of blobs with size and date", f"{len(found)} blobs")
    return Listing("azure", tuple(found.values()), partial if whole and page.whole else CUT, said)
