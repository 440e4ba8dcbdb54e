"""What Oracle's object storage says: lists of objects and versions, and the code of a refusal."""

from __future__ import annotations

import re
from typing import Final

from probes.recognise.buckets.object_rows import CUT, PAGED, Keys, json_of, listing, objects_of, row
from probes.recognise.listing.model import Entry, NoListing
from probes.recognise.listing.structured.json_rows import when

_CODE: Final = re.compile(r"[A-Z][A-Za-z0-9]{2,79}")
_LONGEST_ERROR: Final = 16_384
_LEVELS: Final = frozenset({"NoPublicAccess", "ObjectRead", "ObjectReadWithoutList"})


def read_oracle(body: bytes, root: str, *, whole: bool = True) -> Keys | NoListing:
    """A `ListObjects` (OCI Object Storage API: ListObjects): `objects` with a name each, and `prefixes`.

    `root` is the bucket's path; an object of it is asked for below `/o`.
    """
    value = json_of(body)
    if not isinstance(value, dict) or not value.keys() <= {"objects", "prefixes", "nextStartWith"}:
        return NoListing("no list of objects")
    rows = objects_of(value.get("objects"))
    if rows is None or not all(isinstance(one.get("name"), str) for one in rows):
        return NoListing("no objects with names")
    prefixes = value.get("prefixes")
    folders = [one for one in prefixes if isinstance(one, str)] if isinstance(prefixes, list) else []
    made = [_entry(root, one) for one in rows] + [row(f"{root}/o", one) for one in folders]
    partial = CUT if not whole else PAGED if value.get("nextStartWith") else ""
    return Keys(listing("oci", made, partial, "objects with name, size and time, as Oracle writes them"))


def read_oracle_versions(body: bytes, root: str, *, whole: bool = True) -> Keys | NoListing:
    """An `ObjectVersionCollection` (OCI Object Storage API: ListObjectVersions): `items`, each with a versionId."""
    value = json_of(body)
    if not isinstance(value, dict) or not value.keys() <= {"items", "prefixes"}:
        return NoListing("no list of versions")
    rows = objects_of(value.get("items"))
    if rows is None or not all(isinstance(one.get("name"), str) and "versionId" in one for one in rows):
        return NoListing("no items with name and versionId")
    names = {one.get("name") for one in rows}
    partial = "" if whole else CUT
    page = listing("oci", [_entry(root, one) for one in rows], partial, "items with name and versionId")
    return Keys(page, len(rows) - len(names), bool(rows))


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


def _entry(root: str, one: dict[str, object]) -> Entry | None:
    changed = one.get("timeModified", one.get("timeCreated"))
    return row(f"{root}/o", one.get("name"), one.get("size"), when(changed))
