"""What Google Cloud Storage says: lists and refusals of its XML and its JSON interface, permissions and policies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_plus

from probes.recognise.buckets.object_rows import CUT, MOST_BYTES, PAGED, Keys, json_of, listing, objects_of, row
from probes.recognise.listing.model import Entry, NoListing
from probes.recognise.listing.structured.json_rows import when
from probes.recognise.listing.structured.xml_tree import Node, parse

_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9]{2,79}")
_LONGEST_ERROR: Final = 16_384
_PERMISSION: Final = re.compile(r"storage\.[A-Za-z]{1,40}\.[A-Za-z]{1,40}")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal in the store's own words; `message` is for telling cases apart and never for storing."""

    code: str
    """XML: the Code. JSON: the reason of the first error."""
    message: str = ""
    json: bool = False


def read_google_xml(body: bytes, root: str, *, whole: bool = True) -> Keys | NoListing:
    """A `ListBucketResult` of the XML API ("List objects"), in any namespace or none, cut off or not."""
    if len(body) > MOST_BYTES:
        return NoListing("longer than any page of a bucket's list")
    tree, complete = parse(body)
    if tree is None or tree.name != "ListBucketResult":
        return NoListing("no ListBucketResult")
    if not {"Name", "IsTruncated", "KeyCount", "Contents"} & {one.name for one in tree.children}:
        return NoListing("a bucket's root element without a bucket's content")
    encoded = tree.said("EncodingType") == "url"
    nodes = tree.children if complete else tree.children[:-1]
    made = [_of_xml(root, one, encoded) for one in nodes]
    partial = CUT if not (complete and whole) else PAGED if tree.said("IsTruncated").lower() == "true" else ""
    return Keys(listing("gcs", made, partial, "a ListBucketResult of keys with size and date"))


def read_google_json(body: bytes, root: str, *, whole: bool = True) -> Keys | NoListing:
    """A `storage#objects` of the JSON API ("Objects: list"); an empty bucket has no `items` at all.

    `timeDeleted` marks a version that is no longer live, `softDeleteTime` a deleted object that is still kept.
    """
    value = json_of(body)
    if not isinstance(value, dict) or value.get("kind") != "storage#objects":
        return NoListing("no storage#objects")
    rows = objects_of(value.get("items", []))
    if rows is None or not all(isinstance(one.get("name"), str) for one in rows):
        return NoListing("items without names")
    prefixes = value.get("prefixes", [])
    folders = [one for one in prefixes if isinstance(one, str)] if isinstance(prefixes, list) else []
    made = [row(root, one.get("name"), one.get("size"), when(one.get("updated"))) for one in rows]
    made.extend(row(root, one) for one in folders)
    partial = "" if whole and not value.get("nextPageToken") else PAGED if whole else CUT
    kept = sum(isinstance(one.get(mark), str) for one in rows for mark in ("timeDeleted", "softDeleteTime"))
    return Keys(listing("gcs", made, partial, "storage#objects with name, size and updated"), kept, kept > 0)


def refusal_of(body: bytes) -> Refusal | None:
    """The refusal that a body is: XML `<Error><Code>`, or JSON `{"error": {"errors": [{"reason"}]}}`; else None.

    Sources: Cloud Storage, "XML API: HTTP status codes and errors" and "JSON API: status and error codes".
    """
    body = body if len(body) <= _LONGEST_ERROR else b""
    value = json_of(body) if body.lstrip()[:1] == b"{" else None
    error = value.get("error") if isinstance(value, dict) else None
    if isinstance(error, dict):
        rows = objects_of(error.get("errors")) or [{}]
        reason, message = rows[0].get("reason"), error.get("message")
        if isinstance(reason, str) and _CODE.fullmatch(reason):
            return Refusal(reason, message if isinstance(message, str) else "", json=True)
        return None
    tree, _ = parse(body)
    if tree is None or tree.name != "Error" or not _CODE.fullmatch(tree.said("Code")):
        return None
    return Refusal(tree.said("Code"), f"{tree.said('Message')} {tree.said('Details')}")


def permissions_of(body: bytes) -> frozenset[str] | None:
    """The permissions that the caller was told to hold ("Buckets: testIamPermissions"); None: no such answer."""
    value = json_of(body)
    if not isinstance(value, dict) or value.get("kind") != "storage#testIamPermissionsResponse":
        return None
    held = value.get("permissions", [])
    if not isinstance(held, list):
        return None
    return frozenset(one for one in held if isinstance(one, str) and _PERMISSION.fullmatch(one))


def grants_of(body: bytes) -> frozenset[tuple[str, str]] | None:
    """Who of everybody holds which role, by a policy ("Buckets: getIamPolicy"): pairs of principal and role.

    Only `allUsers` and `allAuthenticatedUsers` are read; None: no policy.
    """
    value = json_of(body)
    if not isinstance(value, dict) or value.get("kind") != "storage#policy":
        return None
    found = set()
    for one in objects_of(value.get("bindings", [])) or []:
        role, members = one.get("role"), one.get("members")
        if isinstance(role, str) and isinstance(members, list):
            found |= {(who, role) for who in ("allUsers", "allAuthenticatedUsers") if who in members}
    return frozenset(found)


def _of_xml(root: str, one: Node, encoded: bool) -> Entry | None:
    if one.name == "Contents":
        key = one.text_of("Key")
        return row(root, _key(key, encoded), one.said("Size"), when(one.said("LastModified")))
    if one.name == "CommonPrefixes":
        return row(root, _key(one.text_of("Prefix"), encoded))
    return None


def _key(text: str, encoded: bool) -> str:
    # `unquote_plus` is right for both spellings of a space: a plus that is meant is always written %2B.
    return unquote_plus(text) if encoded else text
