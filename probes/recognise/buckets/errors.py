"""Errors in the words of an object store: the S3 protocol's XML, and the page of its website endpoints."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from probes.recognise.buckets.s3 import complete
from probes.recognise.buckets.xml import read

_MOST = 1 << 16
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9.]{1,63}")
_HOST = re.compile(r"(?:https?://)?([a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?)(?::\d{1,5})?/?")
_REGION = re.compile(r"[a-z][a-z0-9-]{1,38}[a-z0-9]")
_CONSTRAINT = re.compile(r"\bThe ([a-z0-9-]{2,40}) location constraint is incompatible")
_WRONG_SIGNED = re.compile(r"expecting '([a-z0-9-]{2,40})'")

# The page of a website endpoint (Amazon S3 User Guide, "Configuring a custom error document").
_ITEM = re.compile(r"<li>\s{0,8}(Code|Message|BucketName|RequestId):\s{0,8}([^<]{0,1024})</li>")


@dataclass(frozen=True, slots=True)
class StoreError:
    """An error that a store states itself (S3 API, "Error responses"): what a front or a HEAD cannot give."""

    code: str
    message: str = ""
    bucket: str = ""
    """The bucket that the store says it looked up; empty where it does not say."""
    endpoint: str = ""
    """The host that it names as the right one, in lower case; empty where it names none that can be a host."""
    region: str = ""
    """The region that it names, from an element of its own or from the two messages that carry one."""
    website: bool = False
    """Whether a website endpoint says so, in HTML: such an endpoint never lists."""


def read_error(body: bytes) -> StoreError | None:
    """The error that a body is, or None. At most 64 KiB are read; nothing is raised.

    `Error` must be the root element, or the only step below `ErrorResponse`, and its code a word: a page that merely
    quotes one is none.
    """
    body = body[:_MOST]
    root, whole, _ = read(body)
    if root is not None and root.name == "ErrorResponse":
        root = root.first("Error")
    if root is None or root.name != "Error":
        return _of_website(body)
    said = {node.name: node.text.strip() for node in reversed(complete(root, whole))}
    code, message = said.get("Code", ""), said.get("Message", "")
    if not _CODE.fullmatch(code):
        return None
    bucket = said.get("BucketName") or said.get("Bucket", "")
    return StoreError(
        code, message, bucket, host(said.get("Endpoint", "")), region(said.get("Region", "")) or _in(message)
    )


def region(text: str) -> str:
    """`text` where it can be the name of a region, else nothing."""
    text = text.strip().lower()
    return text if _REGION.fullmatch(text) else ""


def host(text: str) -> str:
    """The host in an endpoint as stores name it, with or without scheme and port; nothing where it can be none."""
    match = _HOST.fullmatch(text.strip().lower()[:300])
    return match[1] if match and "." in match[1] and ".." not in match[1] else ""


def _in(message: str) -> str:
    match = _CONSTRAINT.search(message[:1000]) or _WRONG_SIGNED.search(message[:1000])
    # "unspecified" is the one region without a constraint (S3 API, CreateBucket), and no name to be believed.
    return region(match[1]) if match and match[1] != "unspecified" else ""


def _of_website(body: bytes) -> StoreError | None:
    text = body[:8192].decode("utf-8", "replace")
    if not text.lstrip()[:5].lower().startswith("<html"):
        return None
    said = {name: html.unescape(value.strip()) for name, value in _ITEM.findall(text)}
    if not {"Code", "Message", "RequestId"} <= said.keys() or not _CODE.fullmatch(said["Code"]):
        return None
    return StoreError(said["Code"], said["Message"], said.get("BucketName", ""), website=True)
