"""What OpenStack Swift and Ceph's gateway in its stead say: lists, refusals, and which of the two speaks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from probes.recognise.buckets.key_page import MOST_BYTES, KeyPage, json_of, objects_of, raw, records
from probes.recognise.listing.structured.json_rows import load


class Engine(StrEnum):
    """Who speaks Swift's dialect."""

    SWIFT = "swift"
    RGW = "rgw"
    EITHER = "either"  # the dialect's headers and no more
    NONE = "none"


# Swift numbers its transactions `tx` + 21 hexadecimal digits + the time; Ceph's gateway writes the same and its zone.
_TRANSACTION: Final = re.compile(r"tx[0-9a-f]{21}-[0-9a-f]{10}(?:[-\w.]{0,128})?")
_WEBOB: Final = re.compile(
    rb"<html><h1>(?:Unauthorized</h1><p>This server could not verify that you are authorized to access the document "
    rb"you requested\.|Not Found</h1><p>The resource could not be found\.|Forbidden</h1><p>Access was denied to this "
    rb"resource\.|Requested Range Not Satisfiable</h1><p>The Range requested is not available\.|Precondition Failed"
    rb"</h1><p>)"
)
_BARE_CODE: Final = re.compile(rb"[A-Z][A-Za-z0-9]{3,59}\s*")
_RGW_HEADERS: Final = frozenset({"x-container-bytes-used-actual", "x-storage-class", "x-rgw-object-count"})
_STATIC_WEB: Final = re.compile(rb'<h1 id="title">Listing of [^<]{0,4096}</h1>\s*<table id="listing">')
_TITLE_BOUND: Final = 8192


def engine_of(headers: Iterable[tuple[str, str]], body: bytes) -> Engine:
    """Who wrote an answer, by headers (names in lower case) and the body of a refusal.

    Sources: OpenStack Object Store API ("X-Trans-Id" of every response; swob's error bodies), keystonemiddleware
    (`WWW-Authenticate: Keystone`), Ceph's gateway (its S3 error codes, bare or as JSON, under Swift's headers).
    """
    named = dict(headers)
    if _RGW_HEADERS & named.keys():
        return Engine.RGW
    dialect = _TRANSACTION.fullmatch(named.get("x-trans-id", "").strip()) is not None
    if dialect and rgw_code(body):
        return Engine.RGW
    if named.get("www-authenticate", "").lower().startswith(("swift realm=", "keystone uri=")):
        return Engine.SWIFT
    if _WEBOB.match(body):
        return Engine.SWIFT
    if dialect or "x-container-object-count" in named:
        return Engine.EITHER
    return Engine.NONE


def rgw_code(body: bytes) -> str:
    """The error code of Ceph's gateway: `{"Code":"NoSuchBucket",...}` or the code alone as text; else nothing."""
    if len(body) > 4096:
        return ""
    if _BARE_CODE.fullmatch(body):
        return body.decode("ascii").strip()
    value = json_of(body) if body.startswith(b"{") else None
    code = value.get("Code") if isinstance(value, dict) else None
    return code if isinstance(code, str) and _BARE_CODE.fullmatch(code.encode("utf-8", "replace")) else ""


def container_page(body: bytes, *, of_store: bool = True) -> KeyPage | None:
    """A container's list as `format=json` writes it (OpenStack Object Store API, "Show container details"), or None.

    Rows are `{"subdir"}` or have name, bytes, hash and last_modified. An empty array is a list only in an answer that
    is Swift's by its headers (`of_store`). Only an empty page says that there is no more: some clusters send short
    ones. `?versions` adds version_id, which is "null" where none is kept.
    """
    if len(body) > MOST_BYTES:
        return None
    value, whole = json_of(body), True
    if value is None and body[:1] == b"[":
        value, whole = load(body.decode("utf-8", "replace"))[0], False
    rows = objects_of(value)
    if rows is None or not (rows or of_store) or not all(map(_is_row, rows)):
        return None
    page = records(rows, "name", "bytes", "last_modified")
    page.prefixes = [raw(one["subdir"]) for one in rows if "name" not in one]
    page.whole = whole
    page.more = bool(rows)
    versions = [one for one in rows if isinstance(one.get("version_id"), str) and one["version_id"] != "null"]
    page.kept = sum(one.get("is_latest") is False for one in versions)
    page.versioned = bool(versions)
    return page


def is_static_web(body: bytes) -> bool:
    """Whether a page is the index that Swift's staticweb writes where `X-Container-Meta-Web-Listings` is set.

    Such a container answers strangers with this page whatever `format` they ask for.
    """
    return _STATIC_WEB.search(body[:_TITLE_BOUND]) is not None


def _is_row(one: dict[str, object]) -> bool:
    if isinstance(one.get("subdir"), str):
        return True
    if not all(isinstance(one.get(key), str) for key in ("name", "hash", "last_modified")):
        return False
    return isinstance(one.get("bytes"), int)
