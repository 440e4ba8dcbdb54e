"""A store's list of its own buckets, as a host of ours may answer at its root: S3, Azure, Google and Swift."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Final

from probes.recognise.listing.structured.xml_tree import Node, parse
from probes.recognise.people.masking import Masked, mask_name

_LARGEST = 1 << 22
_SHOWN = 5
_S3_ROOT: Final = re.compile(rb"<(?:[\w.-]{1,40}:)?ListAllMyBucketsResult[\s>]")
_AZURE_ROOT: Final = re.compile(rb"<(?:[\w.-]{1,40}:)?EnumerationResults[\s>]")


@dataclass(frozen=True, slots=True)
class BucketList:
    """The buckets (containers) that a store names to whoever asks: their names, how many, and a few of them masked."""

    store: str
    """`s3`, `azure`, `gcs` or `swift`: the interface, not the product."""
    names: tuple[str, ...] = field(repr=False)
    """For asking on, and never for storing: a name may hold a person's number."""
    partial: bool = False
    """Whether the answer says or shows that there are more."""

    @property
    def count(self) -> int:
        """How many names the answer holds."""
        return len(self.names)

    @property
    def samples(self) -> tuple[Masked, ...]:
        """A few of the names, masked."""
        return tuple(mask_name(one) for one in self.names[:_SHOWN])


def bucket_list(body: bytes) -> BucketList | None:
    """The list of buckets that a body is, or None.

    S3: `ListAllMyBucketsResult` (ListBuckets); Azure: `EnumerationResults` with `Containers` (List Containers); Google:
    kind `storage#buckets` (buckets.list); Swift: an account's JSON rows of name, count and bytes. Total, linear time.
    """
    start = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"<":
        return _xml(body[:_LARGEST], len(body) > _LARGEST)
    return _json(body[:_LARGEST]) if start in (b"{", b"[") else None


def _xml(body: bytes, cut: bool) -> BucketList | None:
    head = body[:2048]
    if _S3_ROOT.search(head):
        store, path, each = "s3", "Buckets", "Bucket"
    elif _AZURE_ROOT.search(head) and b"Containers" in body:
        store, path, each = "azure", "Containers", "Container"
    else:
        return None
    root, whole = parse(body)
    held = root.first(path) if root else None
    if root is None or held is None:
        return None
    names = [_name(one) for one in held.children if one.name == each]
    more = bool(root.said("NextMarker") or root.said("ContinuationToken")) or root.said("IsTruncated") == "true"
    return _made(store, [one for one in names if one], more or cut or not whole)


def _name(node: Node) -> str:
    return node.said("Name")


def _json(body: bytes) -> BucketList | None:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, dict) and value.get("kind") == "storage#buckets":
        rows = value.get("items", [])
        names = (
            [str(row["name"]) for row in rows if isinstance(row, dict) and "name" in row]
            if isinstance(rows, list)
            else []
        )
        return _made("gcs", names, bool(value.get("nextPageToken")))
    if isinstance(value, list) and value and all(_is_container(row) for row in value):
        return _made("swift", [str(row["name"]) for row in value], len(value) >= 10_000)
    return None


def _is_container(row: object) -> bool:
    return isinstance(row, dict) and {"name", "count", "bytes"} <= row.keys() <= {
        "name",
        "count",
        "bytes",
        "last_modified",
    }


def _made(store: str, names: list[str], more: bool) -> BucketList:
    return BucketList(store, tuple(names), more)
