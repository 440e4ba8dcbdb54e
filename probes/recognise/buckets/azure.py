"""What Azure's blob service says: a container's list, and the code of a refusal."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import unquote_to_bytes

from probes.recognise.buckets.columns import Columns, columns
from probes.recognise.buckets.key_page import MOST_BYTES, KeyPage, raw, read_sizes
from probes.recognise.buckets.s3 import complete
from probes.recognise.buckets.xml import mended, read
from probes.recognise.listing.structured.xml_tree import Node, parse

_CODE: Final = re.compile(r"[A-Z][A-Za-z0-9]{2,79}")
_LONGEST_ERROR: Final = 16_384
_OLD: Final = re.compile(rb"<(?:VersionId|Snapshot|Deleted)>")
_MONTHS: Final = {
    name: f"{number:02d}"
    for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)  # noqa: SIM905
}


def blobs_page(body: bytes) -> KeyPage | None:
    """An `EnumerationResults` of blobs (Azure Blob service REST API, "List Blobs"), or None for any other body.

    With `include=versions,snapshots,deleted` a row may carry VersionId, Snapshot or Deleted. A name that XML cannot
    hold is percent-encoded and says `Encoded="true"` (version 2021-02-12 and later).
    """
    if len(body) > MOST_BYTES:
        return None
    old = _OLD.search(body) is not None
    rows, rest = columns(body, b"Blob", (b"Name", b"Content-Length", b"Last-Modified")) if not old else (None, body)
    root, whole, odd = read(rest)
    blobs = root.first("Blobs") if root else None
    if root is None or root.name != "EnumerationResults" or blobs is None:
        return None
    nodes = complete(blobs, whole or root.children[-1] is not blobs)
    found = [node for node in nodes if node.name == "Blob"]
    keys, sizes, dates = rows if rows is not None else _rows(found, odd)
    page = KeyPage(keys, dates=list(map(_from_http, dates)), whole=whole)
    page.sizes, page.sized = read_sizes(sizes)
    page.prefixes = [_name(node, odd) for node in nodes if node.name == "BlobPrefix"]
    page.token = root.text_of("NextMarker")
    page.more = bool(page.token)
    page.kept = sum(map(_is_old, found))
    page.versioned = page.kept > 0 or any(node.said("VersionId") for node in found)
    return page


def azure_code(body: bytes, header: str = "") -> str:
    """The code of a refusal: of the header `x-ms-error-code`, else of the XML body; empty when there is none.

    Source: Azure Blob service REST API, "Status and error codes".
    """
    if _CODE.fullmatch(header.strip()):
        return header.strip()
    if len(body) > _LONGEST_ERROR:
        return ""
    tree, whole = parse(body)
    if tree is None or tree.name != "Error":
        return ""
    code = next((node.text.strip() for node in complete(tree, whole) if node.name == "Code"), "")
    return code if _CODE.fullmatch(code) else ""


def is_access_policy(body: bytes) -> bool:
    """Whether a body is the stored access policies of a container ("Get Container ACL")."""
    tree, whole = parse(body[:_LONGEST_ERROR])
    return whole and tree is not None and tree.name == "SignedIdentifiers"


def _rows(nodes: list[Node], odd: bool) -> Columns:
    named = [(node, name) for node in nodes if (name := _name(node, odd))]
    sizes = [raw(node.said("Properties/Content-Length")) for node, _ in named]
    return [name for _, name in named], sizes, [raw(node.said("Properties/Last-Modified")) for node, _ in named]


def _name(node: Node, odd: bool) -> bytes:
    name = node.first("Name")
    if name is None:
        return b""
    encoded = name.attributes.get("Encoded", "").lower() == "true"
    return unquote_to_bytes(name.text) if encoded else raw(mended(name.text) if odd else name.text)


def _is_old(node: Node) -> bool:
    if node.said("Snapshot") or node.said("Deleted").lower() == "true":
        return True
    return bool(node.said("VersionId")) and node.said("IsCurrentVersion").lower() != "true"


@lru_cache(8192)
def _from_http(text: bytes) -> bytes:
    """`Sat, 16 Feb 2019 23:05:00 GMT` (RFC 9110, section 5.6.7) as the other stores write dates."""
    parts = text.decode("latin-1").split()
    month = _MONTHS.get(parts[2]) if len(parts) == 6 else None
    return f"{parts[3]:0>4}-{month}-{parts[1]:0>2}T{parts[4]}".encode() if month else b""
