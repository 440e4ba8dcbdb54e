"""What Oracle's object storage says: lists of objects and versions, and the code of a refusal."""

from __future__ import annotations

import re
from typing import Final

from probes.recognise.buckets.key_page import KeyPage, json_of, objects_of, records, texts

_CODE: Final = re.compile(r"[A-Z][A-Za-z0-9]{2,79}")
_LONGEST_ERROR: Final = 16_384
_LEVELS: Final = frozenset({"NoPublicAccess", "ObjectRead", "ObjectReadWithoutList"})


def objects_page(body: bytes) -> KeyPage | None:
    """A `ListObjects` (OCI Object Storage API: ListObjects), or None: `objects` with a name each, and `prefixes`."""
    value = json_of(body)
    if not isinstance(value, dict) or not value.keys() <= {"objects", "prefixes", "nextStartWith"}:
        return None
    page = _named(value.get("objects"))
    if page is not None:
        page.prefixes = texts(value.get("prefixes"))
        token = value.get("nextStartWith")
        page.token = token if isinstance(token, str) else ""
        page.more = bool(page.token)
    return page


def versions_page(body: bytes) -> KeyPage | None:
    """An `ObjectVersionCollection` (OCI Object Storage API: ListObjectVersions), or None: `items` with a versionId."""
    value = json_of(body)
    if not isinstance(value, dict) or not value.keys() <= {"items", "prefixes"}:
        return None
    rows = objects_of(value.get("items"))
    page = _named(rows)
    if page is None or rows is None or not all("versionId" in one for one in rows):
        return None
    page.kept = len(page.keys) - len(set(page.keys))
    page.versioned = bool(page.keys)
    return page


def oracle_code(body: bytes) -> str:
    """The code of a refusal, `{"code": "BucketNotFound", "message": ...}` (OCI, "API errors"); else nothing."""
    value = json_of(body) if len(body) <= _LONGEST_ERROR else None
    if not isinstance(value, dict) or not isinstance(value.get("message"), str):
        return ""
    code = value.get("code")
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""


def public_level(body: bytes) -> str:
    """What a bucket's own page says of strangers: its `publicAccessType` (OCI: GetBucket); else nothing."""
    value = json_of(body) if len(body) <= _LONGEST_ERROR else None
    level = value.get("publicAccessType") if isinstance(value, dict) and "namespace" in value else None
    return level if isinstance(level, str) and level in _LEVELS else ""


def _named(value: object) -> KeyPage | None:
    rows = objects_of(value)
    if rows is None or not all(isinstance(one.get("name"), str) for one in rows):
        return None
    date = "timeModified" if any("timeModified" in one for one in rows) else "timeCreated"
    return records(rows, "name", "size", date)
