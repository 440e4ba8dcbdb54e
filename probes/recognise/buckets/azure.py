"""What Azure's blob service says: a container's list, and the code of a refusal."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

from probes.recognise.buckets.object_rows import CUT, MOST_BYTES, PAGED, Keys, listing, row
from probes.recognise.listing.model import Entry, NoListing
from probes.recognise.listing.structured.json_rows import when
from probes.recognise.listing.structured.xml_tree import Node, parse

_CODE: Final = re.compile(r"[A-Z][A-Za-z0-9]{2,79}")
_LONGEST_ERROR: Final = 16_384


def read_azure_blobs(body: bytes, root: str, *, whole: bool = True) -> Keys | NoListing:
    """An `EnumerationResults` of blobs (Azure Blob service REST API, "List Blobs"), cut off or not.

    With `include=versions,snapshots,deleted` a row may carry VersionId, Snapshot or Deleted. A name that XML cannot
    hold is percent-encoded and says `Encoded="true"` (version 2021-02-12 and later).
    """
    if len(body) > MOST_BYTES:
        return NoListing("longer than any page of a container's list")
    tree, complete = parse(body)
    if tree is None or tree.name != "EnumerationResults":
        return NoListing("no EnumerationResults")
    blobs = tree.first("Blobs")
    if blobs is None or not ({"ContainerName", "ServiceEndpoint"} & tree.attributes.keys()):
        return NoListing("an enumeration of something else than blobs")
    nodes = blobs.children if complete else blobs.children[:-1]
    rows = [one for one in nodes if one.name == "Blob"]
    made = [_entry(root, one) for one in nodes if one.name in {"Blob", "BlobPrefix"}]
    partial = CUT if not (complete and whole) else PAGED if tree.said("NextMarker") else ""
    kept = sum(_old(one) for one in rows)
    versioned = kept > 0 or any(one.said("VersionId") for one in rows)
    return Keys(listing("azure", made, partial, "EnumerationResults of a container's blobs"), kept, versioned)


def azure_code(body: bytes, header: str = "") -> str:
    """The code of a refusal: of the header `x-ms-error-code`, else of the XML body; empty when there is none.

    Source: Azure Blob service REST API, "Status and error codes".
    """
    if _CODE.fullmatch(header.strip()):
        return header.strip()
    if len(body) > _LONGEST_ERROR:
        return ""
    tree, _ = parse(body)
    if tree is None or tree.name != "Error":
        return ""
    code = tree.said("Code")
    return code if _CODE.fullmatch(code) else ""


def is_access_policy(body: bytes) -> bool:
    """Whether a body is the stored access policies of a container ("Get Container ACL")."""
    tree, whole = parse(body[:_LONGEST_ERROR])
    return whole and tree is not None and tree.name == "SignedIdentifiers"


def _old(one: Node) -> bool:
    if one.said("Snapshot") or one.said("Deleted").lower() == "true":
        return True
    return bool(one.said("VersionId")) and one.said("IsCurrentVersion").lower() != "true"


def _entry(root: str, one: Node) -> Entry | None:
    node = one.first("Name")
    if node is None:
        return None
    name = node.text
    if node.attributes.get("Encoded", "").lower() == "true":
        name = unquote(name)
    return row(root, name, one.said("Properties/Content-Length"), when(one.said("Properties/Last-Modified")))
