"""Answers that only say no: an interface's own complaint about a request, a demand for a certificate of the asker's."""

from __future__ import annotations

import json
import re

LONGEST_NOTE = 1 << 14
"""Bytes of a page that only says why nothing is served."""
# nginx, where a certificate of ours is missing; it sends its number 496 to clients as 400.
_CERTIFICATE = re.compile(rb"no required ssl certificate was sent", re.IGNORECASE)
_FAULT = re.compile(rb"<(?:[A-Za-z][\w.-]{0,40}:)?(?:Error|Fault)[\s>]")
_COMPLAINTS = frozenset({"error", "errors", "message", "detail", "code", "fault", "title"})


def wants_certificate(body: bytes) -> bool:
    """Whether a page says that only askers with a certificate of theirs are served."""
    return _CERTIFICATE.search(body[:LONGEST_NOTE]) is not None


def complains(body: bytes) -> bool:
    """Whether a body is an interface's own complaint about the request: an object with an error, or an XML fault."""
    body = body.strip()
    if len(body) > LONGEST_NOTE:
        return False
    if body.startswith(b"<"):
        return b"<html" not in body.lower() and _FAULT.search(body) is not None
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and bool({str(key).lower() for key in value} & _COMPLAINTS)
