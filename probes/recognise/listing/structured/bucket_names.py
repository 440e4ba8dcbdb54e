"""A store's list of its own buckets as a listing of folders: what lies in them is one level below."""

from __future__ import annotations

from probes.recognise.listing.doubts.partial import CUT
from probes.recognise.listing.fields.links import quoted, to_bytes, to_text
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.model import Entry, Kind, Listing
from probes.recognise.pages.bucket_lists import bucket_list

_BUCKET_ENDS = {"s3": "/", "azure": "?restype=container&comp=list", "gcs": "/o", "swift": "/?format=json"}
"""What follows a bucket's name in the path that lists the bucket."""
BUCKET_LIST = "-buckets"
"""Ends the name of the family of a store's list of its own buckets, such as `s3-buckets`."""


def read_bucket_list(page: Page) -> Listing | None:
    """A store's list of its own buckets (containers), each as a folder that is asked for by its list; None if none."""
    found = bucket_list(page.body)
    if found is None:
        return None
    base = page.place.path if page.place.path.endswith("/") else page.place.path + "/"
    end = _BUCKET_ENDS[found.store]
    entries = {
        name: Entry(to_text(to_bytes(name)), f"{base}{quoted(name)}{end}", Kind.DIRECTORY)
        for name in found.names
        if name.strip(".") and "/" not in name and "\x00" not in name
    }
    partial = CUT if not page.whole else "paged" if found.partial else ""
    mark = f"a list of {found.count} buckets or containers, as a store writes it"
    return Listing(found.store + BUCKET_LIST, tuple(entries.values()), partial, (mark,))
