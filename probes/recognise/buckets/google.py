"""What Google Cloud Storage says: lists, refusals, permissions and policies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from probes.recognise.buckets.key_page import KeyPage, json_of, objects_of, records, texts
from probes.recognise.buckets.s3 import complete
from probes.recognise.listing.structured.xml_tree import parse

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


def objects_page(body: bytes) -> KeyPage | None:
    """A `storage#objects` of the JSON API ("Objects: list"), or None; an empty bucket has no `items` at all.

    `timeDeleted` marks a version that is no longer live, `softDeleteTime` a deleted object that is still kept. The XML
    interface writes a `ListBucketResult`, which s3.py reads.
    """
    value = json_of(body)
    if not isinstance(value, dict) or value.get("kind") != "storage#objects":
        return None
    rows = objects_of(value.get("items", []))
    if rows is None or not all(isinstance(one.get("name"), str) for one in rows):
        return None
    page = records(rows, "name", "size", "updated")
    page.prefixes = texts(value.get("prefixes"))
    token = value.get("nextPageToken")
    page.token = token if isinstance(token, str) else ""
    page.more = bool(page.token)
    page.kept = sum(isinstance(one.get(mark), str) for one in rows for mark in ("timeDeleted", "softDeleteTime"))
    page.versioned = page.kept > 0
    return page


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
    tree, whole = parse(body)
    if tree is None or tree.name != "Error":
        return None
    # An element that is not closed may have been cut off, or holds no word of the store's.
    said = {node.name: node.text.strip() for node in reversed(complete(tree, whole))}
    if not _CODE.fullmatch(said.get("Code", "")):
        return None
    return Refusal(said["Code"], f"{said.get('Message', '')} {said.get('Details', '')}")


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
