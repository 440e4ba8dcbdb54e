"""Object stores' XML as a page of a declared host: S3 and its kin, and Azure."""

from __future__ import annotations

from probes.recognise.buckets.azure import blobs_page
from probes.recognise.buckets.key_page import CUT, PAGED, KeyPage, key_text
from probes.recognise.buckets.s3 import bucket_page
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.model import Listing, NoListing
from probes.recognise.listing.structured.json_dialects import flat


def read_s3(page: Page) -> Listing | NoListing:
    """A `ListBucketResult` of any namespace: S3, GCS, MinIO, Ceph, Alibaba and others."""
    shown = bucket_page(page.body)
    if shown is None:
        return NoListing("a bucket's root element without a bucket's content")
    return _below(page, shown, "s3", "a bucket's list of keys with size and date")


def read_azure(page: Page) -> Listing | NoListing:
    """Azure's `EnumerationResults` of a container's blobs."""
    shown = blobs_page(page.body)
    if shown is None:
        return NoListing("an enumeration of something else than blobs")
    return _below(page, shown, "azure", "a container's list of blobs with size and date")


def _below(page: Page, shown: KeyPage, family: str, mark: str) -> Listing:
    rows = [flat(page, key, size.best if size else None, modified) for key, size, modified in shown.objects()]
    rows += [flat(page, key_text(prefix), None, None) for prefix in shown.prefixes]
    found = {entry.path: entry for entry in rows if entry is not None}
    partial = CUT if not (shown.whole and page.whole) else PAGED if shown.more else ""
    return Listing(family, tuple(found.values()), partial, (mark, f"{len(found)} keys and prefixes"))
